/**
 * What the tab and the server say to each other: zod schemas of every answer, request and query under `/api/v1`, and
 * the types inferred from them. The one file of `src` that the tab may import; it imports zod and nothing else.
 *
 * Every request carries `Authorization: Bearer <token of getAuthToken>`. Every GET answers with a weak ETag and takes
 * If-None-Match. A failure is `{error: {code, message, reference}}` with its HTTP status; the message is a sentence for
 * people. Ids are lower-case GUIDs, instants ISO 8601 in UTC, days `YYYY-MM-DD`.
 */
import { z } from 'zod';

/** Where the API stands on the server. */
export const API_BASE = '/api/v1';

/** Rows of one page of people; a page of this many stays below 8 KB whatever the names are. */
export const PEOPLE_PAGE_ROWS = 25;

/** The same for left-overs, whose rows hold a sentence. */
export const LEFTOVER_PAGE_ROWS = 12;

/** The header that carries the request's reference in every answer, also in good ones. */
export const REFERENCE_HEADER = 'x-request-reference';

/** Bytes of an app package that are taken; the product's own is a fiftieth of this. */
export const PACKAGE_BYTES_MAX = 1024 * 1024;

const instant = z.string();
const day = z.string();
const count = z.number().int().nonnegative();

export const roleSchema = z.enum(['engineer', 'approver', 'helpdesk', 'manager', 'viewer']);
export const enrolmentSchema = z.enum(['capable', 'not', 'unknown']);
export const accountStatusSchema = z.enum(['enabled', 'disabled']);
export const personClassSchema = z.enum(['employee', 'guest']);
export const accountClassSchema = z.enum([
  'leaver',
  'secondAccount',
  'futureHire',
  'guest',
  'room',
  'equipment',
  'sharedMailbox',
  'serviceAccount',
  'breakGlass',
  'unclassified',
]);
export const matchedBySchema = z.enum(['employeeId', 'mail', 'userPrincipalName', 'proxyAddress']);
export const differenceFieldSchema = z.enum(['department', 'manager']);
export const managerWhySchema = z.enum([
  'managerLeft',
  'managerNotStarted',
  'managerWithoutAccount',
  'noManager',
  'unknownManager',
]);

export const phaseStateSchema = z.enum([
  'planned',
  'announced',
  'observing',
  'blocked',
  'ready',
  'approved',
  'enforced',
  'held',
  'rolledBack',
]);
export type PhaseState = z.infer<typeof phaseStateSchema>;

/** A refusal or failure. `reference` is what the log line of the same request carries. */
export const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), reference: z.string() }),
});

/** GET /me */
export const meSchema = z.object({
  identity: z.object({ tenantId: z.string(), objectId: z.string(), displayName: z.string().nullable() }),
  /** Empty for somebody whom no customer knows. An end user finds the own employer with no roles. */
  customers: z.array(z.object({ id: z.string(), name: z.string(), roles: z.array(roleSchema) })),
});
export type Me = z.infer<typeof meSchema>;

/** Who decided what about which content, and when. */
export const decisionSchema = z.object({
  /** Names this decision; sent back as `seen` by whoever lifts a hold. */
  id: z.string(),
  subject: z.enum(['exceptions', 'policyDraft']),
  digest: z.string(),
  verdict: z.enum(['signed', 'approved', 'held']),
  by: z.object({ tenantId: z.string(), objectId: z.string() }),
  displayName: z.string().nullable(),
  at: instant,
});
export type Decision = z.infer<typeof decisionSchema>;

/** Whether the one who asks may decide now; `why` is a sentence when not. */
export const mayDecideSchema = z.discriminatedUnion('yes', [
  z.object({ yes: z.literal(true) }),
  z.object({ yes: z.literal(false), why: z.string() }),
]);

/** A source behind the data: `ok` false means that an older reading stands, or none (`readAt` null). */
export const sourceSchema = z.object({
  source: z.string(),
  readAt: instant.nullable(),
  ok: z.boolean(),
  why: z.string().optional(),
  code: z.string().optional(),
});
export type Source = z.infer<typeof sourceSchema>;

/** [name, people, capable, not capable, unknown]: a list, since there may be hundreds of departments. Name null: none. */
export const departmentSchema = z.tuple([z.string().nullable(), count, count, count, count]);
export type Department = z.infer<typeof departmentSchema>;

/** What awaits, or had, a decision. */
export const pendingDecisionSchema = z.object({
  kind: z.enum(['exceptions', 'policyDraft']),
  /** `open`: nobody has decided about this content; `outdated`: decided, then the content changed; `unavailable`: there
   * is no content to decide about yet, and `why` says what is missing. */
  state: z.enum(['open', 'signed', 'approved', 'held', 'outdated', 'unavailable']),
  /** Of the content as it stands; null when unavailable. */
  digest: z.string().nullable(),
  mayDecide: z.boolean(),
  why: z.string().optional(),
});
export type PendingDecision = z.infer<typeof pendingDecisionSchema>;

/** GET /customers/:id/overview. A manager without another role sees the own people counted, and no left-overs. */
export const overviewSchema = z.object({
  revision: z.string(),
  customer: z.object({ id: z.string(), name: z.string(), timeZone: z.string() }),
  /** The newest reading; null when nothing was read yet. */
  takenAt: instant.nullable(),
  /** `team`: the numbers are about the own people only. */
  scope: z.enum(['customer', 'team']),
  sources: z.array(sourceSchema),
  counts: z.object({
    people: count,
    capable: count,
    notCapable: count,
    unknown: count,
    exceptions: count.nullable(),
    hrWithoutAccount: count,
    accountWithoutHr: count,
    suggestions: count,
    differences: count,
  }),
  /** By name; people without a department last. */
  departments: z.array(departmentSchema),
  decisions: z.array(pendingDecisionSchema),
  /** Phases of the running rollout that are under way, in their order; empty without one. */
  phases: z.array(z.object({ name: z.string(), state: phaseStateSchema })),
});
export type Overview = z.infer<typeof overviewSchema>;

const offset = z.coerce.number().int().min(0).max(10_000_000).default(0);
const search = z.string().max(200);

/** The query of GET /customers/:id/people. An absent filter lets everybody through. */
export const peopleQuerySchema = z.strictObject({
  /** Words of which each must begin a word of the name or address, or the employee id; case and diacritics are alike. */
  search: search.optional(),
  /** The exact department; empty for people without one. */
  department: z.string().max(1_000).optional(),
  enrolment: enrolmentSchema.optional(),
  accountStatus: accountStatusSchema.optional(),
  class: personClassSchema.optional(),
  /** People whose HR and Entra values differ: in this field, or in any. */
  difference: z.union([differenceFieldSchema, z.literal('any')]).optional(),
  /** A leading minus turns the order round; equal rows stay in the order of names. */
  sort: z.enum(['name', '-name', 'department', '-department', 'enrolment', '-enrolment']).default('name'),
  offset,
  limit: z.coerce.number().int().min(1).max(PEOPLE_PAGE_ROWS).default(PEOPLE_PAGE_ROWS),
});
export type PeopleQuery = z.infer<typeof peopleQuerySchema>;

/** A row of the master list. Names that would not fit a page are shortened and end in an ellipsis. */
export const personRowSchema = z.object({
  accountId: z.string(),
  name: z.string(),
  department: z.string().nullable(),
  enrolment: enrolmentSchema,
  accountStatus: accountStatusSchema,
  class: personClassSchema,
  differences: z.array(differenceFieldSchema),
});
export type PersonRow = z.infer<typeof personRowSchema>;

/** GET /customers/:id/people */
export const peoplePageSchema = z.object({
  revision: z.string(),
  /** Rows that pass the filters, on all pages. */
  total: count,
  offset: count,
  rows: z.array(personRowSchema),
});
export type PeoplePage = z.infer<typeof peoplePageSchema>;

const accountRefSchema = z.object({ accountId: z.string(), name: z.string() });

/** Members of a class are rows where one account is shown; they are none of those that are signed. */
const exceptionKindSchema = z.enum([
  'breakGlass',
  'serviceAccount',
  'sharedMailbox',
  'onLeave',
  'extension',
  'mfaOff',
  'guest',
  'room',
  'equipment',
]);

/** One row of the exception table. */
export const exceptionRowSchema = z.object({
  accountId: z.string(),
  displayName: z.string(),
  userPrincipalName: z.string().nullable(),
  kind: exceptionKindSchema,
  directorySync: z.boolean(),
  evidence: z.array(z.string()),
  owner: z.object({ accountId: z.string().nullable(), name: z.string().nullable(), why: z.string() }),
  reason: z.string(),
  compensatingControl: z.string(),
  endsAt: day.nullable(),
  reviewAt: day.nullable(),
  proposal: z.enum(['exclude', 'blockSignIn', 'extendDeadline']),
  signInBlocked: z.boolean(),
  signed: z.boolean(),
});
export type ExceptionRow = z.infer<typeof exceptionRowSchema>;

/** A field with HR's value, which stands, beside Entra's. Managers are named, `null` is "no value". */
export const comparedFieldSchema = z.object({
  field: differenceFieldSchema,
  hr: z.string().nullable(),
  entra: z.string().nullable(),
  differs: z.boolean(),
});
export type ComparedField = z.infer<typeof comparedFieldSchema>;

/** GET /customers/:id/people/:accountId, of a person of the master list or of an account without HR. */
export const personDetailSchema = z.object({
  revision: z.string(),
  accountId: z.string(),
  displayName: z.string(),
  userPrincipalName: z.string().nullable(),
  mail: z.string().nullable(),
  accountStatus: accountStatusSchema,
  class: z.union([personClassSchema, accountClassSchema]),
  /** Why the account belongs to nobody at work; null for people. */
  classWhy: z.string().nullable(),
  enrolment: enrolmentSchema,
  enrolmentWhy: z.string(),
  /** Registered methods as Entra names them. */
  methods: z.array(z.string()),
  /** What HR adds; null for an account without HR. */
  hr: z
    .object({
      employeeId: z.string(),
      /** Null for somebody who may not know who is on leave; the day of return with it. */
      status: z.enum(['active', 'onLeave']).nullable(),
      returnDate: day.nullable(),
      jobTitle: z.string().nullable(),
      department: z.string().nullable(),
      matchedBy: matchedBySchema,
      manager: accountRefSchema.nullable(),
      managerWhy: managerWhySchema.nullable(),
      compared: z.array(comparedFieldSchema),
    })
    .nullable(),
  /** People whose manager this is. */
  reports: count,
  /** The exception with its evidence; null when there is none, absent when the one who asks may not see it. */
  exception: exceptionRowSchema.nullable().optional(),
});
export type PersonDetail = z.infer<typeof personDetailSchema>;

/** The query of GET /customers/:id/leftovers: one of the three lists at a time. */
export const leftoversQuerySchema = z.strictObject({
  kind: z.enum(['hrWithoutAccount', 'accountWithoutHr', 'suggestions']).default('hrWithoutAccount'),
  search: search.optional(),
  /** For `accountWithoutHr`. */
  class: accountClassSchema.optional(),
  offset,
  limit: z.coerce.number().int().min(1).max(LEFTOVER_PAGE_ROWS).default(LEFTOVER_PAGE_ROWS),
});
export type LeftoversQuery = z.infer<typeof leftoversQuerySchema>;

export const hrWithoutAccountRowSchema = z.object({
  employeeId: z.string(),
  name: z.string(),
  department: z.string().nullable(),
  /** Null for somebody who may not know who is on leave. */
  hrStatus: z.enum(['active', 'onLeave']).nullable(),
  workEmail: z.string().nullable(),
  why: z.string(),
});
export const accountWithoutHrRowSchema = z.object({
  accountId: z.string(),
  name: z.string(),
  userPrincipalName: z.string().nullable(),
  accountStatus: accountStatusSchema,
  class: accountClassSchema,
  enrolment: enrolmentSchema,
  why: z.string(),
});
/** A pair that only a person may confirm. */
export const suggestionRowSchema = z.object({
  employeeId: z.string(),
  employeeName: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  userPrincipalName: z.string().nullable(),
  why: z.string(),
});
export type HrWithoutAccountRow = z.infer<typeof hrWithoutAccountRowSchema>;
export type AccountWithoutHrRow = z.infer<typeof accountWithoutHrRowSchema>;
export type SuggestionRow = z.infer<typeof suggestionRowSchema>;

const leftoverPage = {
  revision: z.string(),
  /** Of all three lists, unfiltered; as far as the one who asks may see them. */
  counts: z.object({ hrWithoutAccount: count, accountWithoutHr: count, suggestions: count }),
  total: count,
  offset: count,
};

/** GET /customers/:id/leftovers */
export const leftoversPageSchema = z.discriminatedUnion('kind', [
  z.object({ ...leftoverPage, kind: z.literal('hrWithoutAccount'), rows: z.array(hrWithoutAccountRowSchema) }),
  z.object({ ...leftoverPage, kind: z.literal('accountWithoutHr'), rows: z.array(accountWithoutHrRowSchema) }),
  z.object({ ...leftoverPage, kind: z.literal('suggestions'), rows: z.array(suggestionRowSchema) }),
]);
export type LeftoversPage = z.infer<typeof leftoversPageSchema>;

const changedRows = z.array(
  z.object({ accountId: z.string(), kind: exceptionRowSchema.shape.kind, displayName: z.string() }),
);

/** GET /customers/:id/exceptions */
export const exceptionReviewSchema = z.object({
  revision: z.string(),
  digest: z.string(),
  counts: z.object({ total: count, byKind: z.record(z.string(), count) }),
  /** Null: the one who asks may not see names. */
  rows: z.array(exceptionRowSchema).nullable(),
  /** The same table as Markdown; null with the rows. */
  markdown: z.string().nullable(),
  signature: z.discriminatedUnion('state', [
    z.object({ state: z.literal('unsigned') }),
    z.object({ state: z.literal('signed'), decision: decisionSchema }),
    z.object({
      state: z.literal('outdated'),
      decision: decisionSchema,
      /** How the table differs from the signed one; null for who may not see names. */
      changes: z.object({ added: changedRows, changed: changedRows, removed: changedRows }).nullable(),
    }),
  ]),
  mayDecide: mayDecideSchema,
});
export type ExceptionReview = z.infer<typeof exceptionReviewSchema>;

/** An account as a request names it. */
const accountIdSchema = z.guid('the id of an account').transform((id) => id.toLowerCase());

/** POST /customers/:id/exceptions/sign: the digest that was shown. */
export const signRequestSchema = z.strictObject({ digest: z.string().min(1).max(200) });
export type SignRequest = z.infer<typeof signRequestSchema>;

/** What became of a press. One that is refused is an error: 403 for who may not decide, 409 when a finding forbids it. */
export const decisionOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('recorded'), decision: decisionSchema }),
  /** Decided before for this very content: by whom and when. */
  z.object({ outcome: z.literal('already'), decision: decisionSchema }),
  /** The content changed since it was shown. */
  z.object({ outcome: z.literal('stale'), currentDigest: z.string(), message: z.string() }),
]);
export type DecisionOutcome = z.infer<typeof decisionOutcomeSchema>;

/** One value in which a drafted policy differs from the live one; both as JSON text, null where there is none. */
export const policyDifferenceSchema = z.object({
  policy: z.string(),
  /** Where in the policy, for example `conditions.users.includeGroups`; empty when the policy is new as a whole. */
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  live: z.string().nullable(),
  draft: z.string().nullable(),
  /** The same for people. */
  words: z.string(),
});
export type PolicyDifference = z.infer<typeof policyDifferenceSchema>;

/** Somebody who would be asked for MFA and cannot answer, or of whom that is not known. */
export const stuckPersonSchema = z.object({
  accountId: z.string(),
  name: z.string(),
  department: z.string().nullable(),
  canAnswer: z.enum(['no', 'unknown']),
  why: z.string(),
});
export type StuckPerson = z.infer<typeof stuckPersonSchema>;

/** Something to know before approving. */
export const draftRemarkSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** What it stands in the way of: approving at all, enforcing later, or nothing. */
  blocks: z.enum(['push', 'enforcement', 'nothing']),
  /** What somebody can do about it; null where there is nothing to do. */
  clear: z.string().nullable(),
  /** The first of them; `peopleCount` tells all. */
  people: z.array(accountRefSchema),
  peopleCount: count,
});
export type DraftRemark = z.infer<typeof draftRemarkSchema>;

/** People listed per remark, and per group of the changes. */
export const LISTED_PEOPLE_MAX = 50;

const changedPeopleSchema = z.object({ count, people: z.array(accountRefSchema) });

/** In what the draft differs from the one that was decided about. */
export const draftChangesSchema = z.object({
  policies: z.array(
    z.object({
      policy: z.string(),
      path: z.string(),
      change: z.enum(['added', 'removed', 'changed']),
      before: z.string().nullable(),
      after: z.string().nullable(),
      words: z.string(),
    }),
  ),
  groups: z.array(
    z.object({ reference: z.string(), name: z.string(), added: changedPeopleSchema, removed: changedPeopleSchema }),
  ),
  /** How many people are touched how, as far as the number is another one. */
  counts: z.array(
    z.object({
      what: z.enum(['asked', 'stuck', 'kept', 'more', 'less', 'blocked', 'leftOut', 'unknown']),
      before: count,
      after: count,
    }),
  ),
});
export type DraftChanges = z.infer<typeof draftChangesSchema>;

/** People listed as stuck; who wants to see all of them filters the master list. */
export const STUCK_MAX = 200;

/** GET /customers/:id/policy-draft */
export const draftReviewSchema = z.object({
  revision: z.string(),
  digest: z.string(),
  /** `json` is the canonical text that the digest is of, indented for reading. */
  policies: z.array(z.object({ name: z.string(), json: z.string(), digest: z.string() })),
  /** One plain sentence about the effect, and the same in each language. */
  sentence: z.string(),
  sentences: z.object({ en: z.string(), de: z.string() }),
  difference: z.array(policyDifferenceSchema),
  /** Those who certainly cannot answer first; `stuckCounts` tells all of them. */
  stuck: z.array(stuckPersonSchema),
  stuckCounts: z.object({ no: count, unknown: count }),
  findings: z.array(draftRemarkSchema),
  /** What the reader has to know beside the sentence. */
  notes: z.array(z.string()),
  state: z.discriminatedUnion('state', [
    z.object({ state: z.literal('open') }),
    z.object({ state: z.literal('approved'), decision: decisionSchema }),
    z.object({ state: z.literal('held'), decision: decisionSchema }),
    z.object({
      state: z.literal('outdated'),
      decision: decisionSchema,
      /** Null when what was decided about can no longer be compared. */
      changes: draftChangesSchema.nullable(),
    }),
  ]),
  mayDecide: mayDecideSchema,
});
export type DraftReview = z.infer<typeof draftReviewSchema>;

/** POST /customers/:id/policy-draft/decide */
export const decideRequestSchema = z.strictObject({
  digest: z.string().min(1).max(200),
  verdict: z.enum(['approved', 'held']),
  /** Id of the decision that stood on the page: a hold is lifted only by somebody who saw it. */
  seen: z.string().max(100).nullish(),
});
export type DecideRequest = z.infer<typeof decideRequestSchema>;

/** GET /customers/:id/app-package: whether the one who asks can publish the app from here, and what is needed for it. */
export const appPackageSchema = z.object({
  revision: z.string(),
  /** The application whose package alone is taken. */
  appId: z.string(),
  /** Path on this server that leads an administrator of the customer to Microsoft's consent page. */
  consentPath: z.string(),
  may: z.discriminatedUnion('yes', [
    z.object({ yes: z.literal(true) }),
    z.object({
      yes: z.literal(false),
      /** `sandbox`: the sign-in service is not Microsoft's; `otherTenant`: catalogues belong to the customer's people. */
      code: z.enum(['sandbox', 'otherTenant']),
      why: z.string(),
    }),
  ]),
});
export type AppPackage = z.infer<typeof appPackageSchema>;

/** POST /customers/:id/app-package: the file's bytes as base64. */
export const publishRequestSchema = z.strictObject({
  zip: z
    .base64()
    .min(1)
    .max(Math.ceil(PACKAGE_BYTES_MAX / 3) * 4),
});

/** What became of it. What could not even be tried is an error, `on_behalf_consent` when nobody has consented yet. */
export const publishOutcomeSchema = z.discriminatedUnion('outcome', [
  /** In the catalogue, or waiting there for an administrator; `none`: it was there before. */
  z.object({
    outcome: z.enum(['published', 'inReview']),
    change: z.enum(['added', 'updated', 'none']),
    appId: z.string(),
    version: z.string(),
  }),
  z.object({ outcome: z.literal('refused'), code: z.string(), message: z.string() }),
  /** Sent, and the catalogue does not show it yet. */
  z.object({ outcome: z.literal('unknown'), message: z.string() }),
]);
export type PublishOutcome = z.infer<typeof publishOutcomeSchema>;

/** A sentence in each language of the product. */
const sentenceSchema = z.object({ en: z.string(), de: z.string() });

/** Something that has to be mended or waited for before a phase is enforced. */
export const gateSchema = z.object({
  code: z.string(),
  message: sentenceSchema,
  clear: sentenceSchema,
  /** The first of those it is about; `peopleCount` tells all. Empty in the list of phases. */
  people: z.array(accountRefSchema),
  peopleCount: count,
});
export type Gate = z.infer<typeof gateSchema>;

/** The people of a phase whose accounts work: `exempt` are carved out and not among the others. */
export const readinessSchema = z.object({ people: count, capable: count, not: count, unknown: count, exempt: count });
export type Readiness = z.infer<typeof readinessSchema>;

/** How much of its report-only window a phase has behind it. */
const windowSightSchema = z.object({
  countable: count,
  seen: count,
  neverSeen: count,
  hoursPassed: z.number().nonnegative(),
  /** What is needed. */
  hours: z.number(),
  seenPercent: z.number(),
});

const phaseHead = {
  name: z.string(),
  /** The last one, which takes everybody in. */
  everyoneElse: z.boolean(),
  state: phaseStateSchema,
  since: instant,
  /** Where a held phase goes on. */
  resumes: phaseStateSchema.nullable(),
  /** Ready, and enforced with the last phase, when Security Defaults give way: nobody approves it by itself. */
  waiting: z.boolean(),
  announceOn: day,
  enforceOn: day,
  windowFrom: instant.nullable(),
  enforcedAt: instant.nullable(),
  revision: count,
  counts: readinessSchema,
  /** Closed gates; null for who may see the own people only. */
  gates: z.array(gateSchema).nullable(),
  /** Null outside of the window, and for who may see the own people only. */
  sight: windowSightSchema.nullable(),
};

export const phaseSummarySchema = z.object(phaseHead);
export type PhaseSummary = z.infer<typeof phaseSummarySchema>;

/** The stop line of an enforced phase: how many of its people fail MFA, and how many may. */
const stopLineSchema = z.object({
  /** People of the phase with a sign-in since it was enforced. */
  seen: count,
  failing: count,
  /** With so many the phase is taken out of enforcement. */
  limit: count,
  over: z.boolean(),
  /** Whether the logs say enough; where they do not, `why` says since when and why. */
  known: z.boolean(),
  why: sentenceSchema,
  /** Until when the phase stands under the line, and for how many days in all. */
  until: instant,
  days: count,
});
export type StopLine = z.infer<typeof stopLineSchema>;

const rangeSchema = z.object({ low: count, expected: count, high: count });

/** What to expect by the deadline, by how fast people enrolled lately. */
export const forecastSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done') }),
  z.object({ kind: z.literal('over'), left: count }),
  z.object({ kind: z.literal('notEnough'), days: count, daysNeeded: count }),
  z.object({
    ...{ kind: z.literal('expected'), by: day, percent: rangeSchema, atRisk: rangeSchema },
    perHundredADay: z.number(),
    basis: z.object({ from: day, to: day, enrolled: count }),
  }),
]);

/** How a rollout got on so far and how it was meant to; people in scope, day by day. */
export const progressSchema = z.object({
  days: z.array(z.object({ day, people: count, capable: count })),
  plan: z.array(z.object({ day, people: count })),
  forecast: forecastSchema,
  sentence: sentenceSchema,
});
export type RolloutProgress = z.infer<typeof progressSchema>;

/** GET /customers/:id/rollout */
export const rolloutSchema = z.object({
  /** `team`: the numbers are about the own people only. */
  scope: z.enum(['customer', 'team']),
  /** The customer's newest rollout; null before the first. */
  rollout: z
    .object({
      name: z.string(),
      state: z.enum(['running', 'finished', 'stopped']),
      startsOn: day,
      /** The insurer's day. */
      deadline: day,
      today: day,
      timeZone: z.string(),
      counts: readinessSchema,
      phases: z.array(phaseSummarySchema),
      /** Null for somebody who sees the own people only: the days were counted over everybody. */
      progress: progressSchema.nullable(),
      /** Whether the reader may move the deadline. */
      mayMove: z.boolean(),
    })
    .nullable(),
});
export type RolloutAnswer = z.infer<typeof rolloutSchema>;

export const HISTORY_GROUPS = ['decisions', 'enforcement', 'setUp'] as const;
export type HistoryGroup = (typeof HISTORY_GROUPS)[number];

/** Query of GET /customers/:id/rollout/history: `before` is the `next` of the page before. */
export const historyQuerySchema = z.strictObject({
  group: z.enum(HISTORY_GROUPS).optional(),
  before: z.coerce.number().int().positive().optional(),
});

/** GET /customers/:id/rollout/history: what was decided and done, the newest first; by null is the product itself. */
export const historySchema = z.object({
  /** Where the next, older page begins; null: this is the last. */
  next: count.nullable(),
  rows: z.array(
    z.object({
      seq: count,
      at: instant,
      kind: z.enum([
        ...(['rolloutBegun', 'rolloutStopped', 'rolloutFinished', 'exceptionsSigned'] as const),
        ...(['deadlineMoved', 'phaseMoved'] as const),
        ...(['draftApproved', 'draftHeld', 'pushed', 'pushUndone'] as const),
        ...(['approve', 'hold', 'resume', 'rollBack', 'askAgain'] as const),
        ...(['enforced', 'refused', 'takenOut', 'stopLine', 'kept', 'defaultsOff', 'defaultsOn'] as const),
      ]),
      phase: z.string().nullable(),
      by: z.string().nullable(),
      why: sentenceSchema.nullable(),
    }),
  ),
});
export type HistoryRow = z.infer<typeof historySchema>['rows'][number];

export const sideSchema = z.enum(['msp', 'customer']);
export type Side = z.infer<typeof sideSchema>;

/** What somebody decided about a phase. */
export const phaseDecisionSchema = z.object({
  id: z.string(),
  verdict: z.enum(['approve', 'hold', 'resume', 'rollBack', 'askAgain']),
  digest: z.string(),
  by: z.object({ tenantId: z.string(), objectId: z.string() }),
  displayName: z.string().nullable(),
  at: instant,
});
export type PhaseDecision = z.infer<typeof phaseDecisionSchema>;

/** A phase as it is put before whoever decides about it. */
export const phaseReviewSchema = z.object({
  /** What an approval is bound to; null where there is nothing to approve, and `refusal` says why. */
  digest: z.string().nullable(),
  refusal: z.object({ code: z.string(), message: sentenceSchema }).nullable(),
  /** Whether enforcing it switches the policy on. */
  isFirst: z.boolean(),
  counts: z.object({ asked: count, already: count, exempt: count, notReady: count }),
  /** Those who would be asked and cannot answer; `counts.notReady` tells all. */
  notReady: z.array(z.object({ accountId: z.string(), name: z.string(), why: z.string(), anyway: z.boolean() })),
  /** Accounts that are enforced although they are not ready, as the digest has them. */
  anyway: z.array(z.string()),
  approvals: z.array(phaseDecisionSchema),
  /** The sides of which nobody has approved this yet. */
  missing: z.array(sideSchema),
  expiresAt: instant.nullable(),
  latest: phaseDecisionSchema.nullable(),
  mayDecide: mayDecideSchema,
  /** When the enforcing policy was first applied to a sign-in of its people; null while none was read. */
  firstEnforcedSignInAt: instant.nullable(),
});
export type PhaseReview = z.infer<typeof phaseReviewSchema>;

/** People listed as not ready in a review; a phase with more of them is not approved, it is extended. */
export const NOT_READY_MAX = 200;

export const impactSchema = z.enum([
  'wouldBePromptedCanAnswer',
  'wouldBePromptedNotRegistered',
  'wouldFail',
  'neverSeen',
  'notAsked',
  'unknown',
]);
export type Impact = z.infer<typeof impactSchema>;

/** The query of GET /customers/:id/phase and of what stands below it. Without a name it is the first phase. */
export const phaseQuerySchema = z.strictObject({ phase: z.string().max(200).optional() });

/** GET /customers/:id/phase. Null: there is no such phase. */
export const phaseAnswerSchema = z.object({
  phase: z
    .object({
      ...phaseHead,
      window: z
        .object({
          readTo: instant.nullable(),
          problem: sentenceSchema.nullable(),
          counts: z.record(impactSchema, count),
        })
        .nullable(),
      /** Null while the phase is not enforced or the line no longer watched, and for who may see the own people only. */
      stopLine: stopLineSchema.nullable(),
      /** What the last weeks of sign-ins say of a phase that is still to be announced; null where nothing is known. */
      past: sentenceSchema.nullable().optional(),
      /** Null for who decides nothing here. */
      review: phaseReviewSchema.nullable(),
      /** Whether the reader may move its day: nobody was told of it yet. */
      mayMove: z.boolean(),
      /** Whether phases come after it. */
      hasLater: z.boolean(),
    })
    .nullable(),
});
export type PhaseDetail = NonNullable<z.infer<typeof phaseAnswerSchema>['phase']>;

/** The query of GET /customers/:id/phase/people. */
export const phasePeopleQuerySchema = z.strictObject({
  phase: z.string().max(200).optional(),
  search: search.optional(),
  enrolment: enrolmentSchema.optional(),
  impact: impactSchema.optional(),
  offset,
  limit: z.coerce.number().int().min(1).max(PEOPLE_PAGE_ROWS).default(PEOPLE_PAGE_ROWS),
});

/** GET /customers/:id/phase/people: those who are not ready first. */
export const phasePeopleSchema = z.object({
  total: count,
  offset: count,
  rows: z.array(
    z.object({
      accountId: z.string(),
      name: z.string(),
      department: z.string().nullable(),
      enrolment: enrolmentSchema,
      enrolmentWhy: z.string(),
      accountStatus: accountStatusSchema,
      /** Whether the account is carved out; null for who may not know. */
      exempt: z.boolean().nullable(),
      /** What enforcing would mean for the person by the sign-ins of the window; null outside of it, or for who may not know. */
      impact: impactSchema.nullable(),
      lastSeen: instant.nullable(),
    }),
  ),
});
export type PhasePeople = z.infer<typeof phasePeopleSchema>;

/** POST /customers/:id/phase/review: the review with these people enforced although they are not ready. */
export const phaseReviewRequestSchema = z.strictObject({
  phase: z.string().min(1).max(200),
  anyway: z.array(accountIdSchema).max(NOT_READY_MAX),
});

/** POST /customers/:id/phase/decide */
export const phaseDecideRequestSchema = z.strictObject({
  phase: z.string().min(1).max(200),
  verdict: phaseDecisionSchema.shape.verdict,
  /** The one that was shown; empty where there was none, which no approval may be. */
  digest: z.string().max(200),
  anyway: z.array(accountIdSchema).max(NOT_READY_MAX).optional(),
  /** Id of the decision that stood on the page: a hold is lifted only by somebody who saw it. */
  seen: z.string().max(100).nullish(),
});
export type PhaseDecideRequest = z.infer<typeof phaseDecideRequestSchema>;

/** POST /customers/:id/rollout/move: another deadline. */
export const moveDeadlineRequestSchema = z.strictObject({
  to: z.iso.date(),
  /** Only says what would change. */
  plan: z.boolean().optional(),
  /** The deadline that was shown. */
  seen: z.iso.date(),
});

export type MoveDeadlineRequest = z.infer<typeof moveDeadlineRequestSchema>;

/** POST /customers/:id/phase/move: another day for a phase that nobody was told of, with all later ones or alone. */
export const movePhaseRequestSchema = z.strictObject({
  phase: z.string().min(1).max(200),
  to: z.iso.date(),
  withLater: z.boolean(),
  plan: z.boolean().optional(),
  /** The revision that was shown. */
  revision: z.number().int(),
});

export type MovePhaseRequest = z.infer<typeof movePhaseRequestSchema>;

const movedDay = { from: day, to: day };

/** What was moved, or would be; a move that is refused is an error. */
export const moveOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.enum(['moved', 'planned']),
    deadline: z.object(movedDay).nullable(),
    phases: z.array(z.object({ name: z.string(), ...movedDay })),
  }),
  z.object({ outcome: z.literal('already') }),
]);

/** What became of it; a press that is refused is an error. */
export const phaseOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('recorded'), decision: phaseDecisionSchema, missing: z.array(sideSchema) }),
  z.object({
    outcome: z.literal('already'),
    decision: phaseDecisionSchema.nullable(),
    message: z.string(),
    text: sentenceSchema.optional(),
  }),
  z.object({ outcome: z.literal('stale'), currentDigest: z.string(), message: z.string() }),
]);
export type PhaseOutcome = z.infer<typeof phaseOutcomeSchema>;

export const messageKindSchema = z.enum(['announcement', 'howTo', 'reminder', 'lastCall', 'managerNudge', 'allClear']);
export type MessageKind = z.infer<typeof messageKindSchema>;

export const ledgerStateSchema = z.enum([
  'queued',
  'drafted',
  'asked',
  'accepted',
  'refused',
  'bounced',
  'fellOver',
  'unknown',
  'skipped',
]);
export type LedgerState = z.infer<typeof ledgerStateSchema>;

/** GET /customers/:id/messages?phase=NAME: each message of the phase, by what became of it and what is still to come. */
export const messagesSchema = z.object({
  messages: z.array(
    z.object({
      message: messageKindSchema,
      /** When it goes out; null where it waits for the enforcement. */
      dueAt: instant.nullable(),
      /** Rows of the ledger by state; a state without rows is left out. */
      states: z.partialRecord(ledgerStateSchema, count),
      /** Who will be written to, and who will not, as of now. */
      later: count,
      not: count,
    }),
  ),
});
export type Messages = z.infer<typeof messagesSchema>;

/** The query of GET /customers/:id/messages/rows: what went out, who comes next, or who is not written to. */
export const messageRowsQuerySchema = z.strictObject({
  phase: z.string().max(200).optional(),
  message: messageKindSchema.optional(),
  list: z.enum(['sent', 'later', 'not']).default('sent'),
  state: ledgerStateSchema.optional(),
  offset,
  limit: z.coerce.number().int().min(1).max(LEFTOVER_PAGE_ROWS).default(LEFTOVER_PAGE_ROWS),
});

export const messageRowSchema = z.object({
  message: messageKindSchema,
  /** Who gets it; for a nudge the manager. Null where that is nobody. */
  accountId: z.string().nullable(),
  name: z.string(),
  /** Which of several messages of a kind it is; sent back when a doubt is settled. */
  scope: z.string(),
  /** Null for what is not in the ledger. */
  state: ledgerStateSchema.nullable(),
  at: instant.nullable(),
  reason: sentenceSchema.nullable(),
  /** Whom a manager's message is about. */
  about: count,
});
export type MessageRow = z.infer<typeof messageRowSchema>;

/** GET /customers/:id/messages/rows */
export const messageRowsSchema = z.object({
  total: count,
  offset: count,
  rows: z.array(messageRowSchema),
  /** Whether the one who asks may say what became of a message in doubt. */
  maySettle: z.boolean(),
});
export type MessageRows = z.infer<typeof messageRowsSchema>;

/** POST /customers/:id/messages/settle: a person's word on a mail of which nobody could tell whether it was sent. */
export const settleRequestSchema = z.strictObject({
  message: messageKindSchema,
  accountId: accountIdSchema,
  scope: z.string().max(200),
  verdict: z.enum(['sent', 'notSent']),
});
export type SettleRequest = z.infer<typeof settleRequestSchema>;

export const doneSchema = z.object({ done: z.literal(true) });

export const findingStatusSchema = z.enum(['open', 'inWork', 'waived', 'gone']);
export type FindingStatus = z.infer<typeof findingStatusSchema>;

/** The query of GET /customers/:id/findings; `phase` narrows it to one. */
export const findingsQuerySchema = z.strictObject({
  phase: z.string().max(200).optional(),
  status: findingStatusSchema.optional(),
  offset,
  limit: z.coerce.number().int().min(1).max(LEFTOVER_PAGE_ROWS).default(LEFTOVER_PAGE_ROWS),
});

/** A client of an account that cannot answer MFA. */
export const findingSchema = z.object({
  key: z.string(),
  accountId: z.string(),
  accountName: z.string().nullable(),
  phase: z.string().nullable(),
  appName: z.string(),
  protocol: z.string(),
  count,
  firstSeen: instant,
  lastSeen: instant,
  status: findingStatusSchema,
  remedy: sentenceSchema,
  /** A day that others set, after which the client stops whatever happens here. */
  outside: z.object({ on: day, what: sentenceSchema }).nullable(),
  owner: z.object({
    name: z.string().nullable(),
    why: z.enum(['own_account', 'exception_owner', 'manager', 'nobody_known']),
  }),
  takenBy: z.string().nullable(),
  waiver: z.object({ by: z.string().nullable(), until: day, why: z.string() }).nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

/** GET /customers/:id/findings */
export const findingsSchema = z.object({
  /** Of the phase that was asked for, whatever the status. */
  counts: z.record(findingStatusSchema, count),
  total: count,
  offset: count,
  rows: z.array(findingSchema),
  may: z.object({ take: z.boolean(), waive: z.boolean() }),
});
export type Findings = z.infer<typeof findingsSchema>;

/** POST /customers/:id/findings/take and …/waive */
export const takeFindingRequestSchema = z.strictObject({ key: z.string().min(1).max(500) });
export const waiveFindingRequestSchema = z.strictObject({
  key: z.string().min(1).max(500),
  until: z.string().max(20),
  why: z.string().max(2_000),
});

const inBoth = z.object({ en: z.string(), de: z.string() });

const driftTwoSchema = z.object({
  /** To what they say yes, in counts. */
  words: inBoth,
  /** Who loses cover, by name; `more` beyond those. */
  who: z.array(z.string()),
  more: count,
  approvedBy: z.array(z.string()),
  missing: z.array(z.enum(['msp', 'customer'])),
  /** When the first approval lapses; null without one. */
  expiresAt: z.string().nullable(),
});
export type DriftTwo = z.infer<typeof driftTwoSchema>;

const driftRowSchema = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['open', 'restoring', 'restored', 'accepted', 'gone']),
  severity: z.union([z.literal(1), z.literal(2)]),
  /** What a press is bound to. */
  digest: z.string(),
  firstSeen: z.string(),
  changedAt: z.string(),
  title: inBoth,
  object: inBoth,
  effect: inBoth,
  advice: inBoth,
  rows: z.array(z.object({ what: z.string(), before: z.string(), now: z.string() })),
  more: count,
  /** Who did it by the audit log; null while it does not say. */
  actor: z.object({ kind: z.enum(['user', 'app', 'unnamed']), name: z.string().nullable() }).nullable(),
  decidedBy: z.string().nullable(),
  failure: inBoth.nullable(),
  /** Why it is not offered; null where it is. */
  restore: inBoth.nullable(),
  accept: inBoth.nullable(),
  /** What takes two people, an engineer and an approver of the customer; absent where one decides. */
  two: z.object({ restore: driftTwoSchema.nullable(), accept: driftTwoSchema.nullable() }).optional(),
});
export type DriftRow = z.infer<typeof driftRowSchema>;

/** GET /customers/:id/drift */
export const driftSchema = z.object({
  lookedAt: z.string().nullable(),
  unread: z.array(z.object({ part: z.string(), code: z.string() })),
  may: z.boolean(),
  /** Whether this person may give one of two approvals. */
  mayApprove: z.boolean().optional(),
  open: z.array(driftRowSchema),
  history: z.array(driftRowSchema),
});
export type DriftAnswer = z.infer<typeof driftSchema>;

/** POST /customers/:id/drift/decide */
export const driftDecideRequestSchema = z.strictObject({
  id: z.guid(),
  verdict: z.enum(['restore', 'accept']),
  digest: z.string().max(100),
});
export const driftOutcomeSchema = z.object({ outcome: z.enum(['recorded', 'already', 'stale']), text: inBoth });

/** The query of GET /customers/:id/holdouts; `phase` narrows it to one. */
export const holdoutsQuerySchema = z.strictObject({
  phase: z.string().max(200).optional(),
  offset,
  limit: z.coerce.number().int().min(1).max(PEOPLE_PAGE_ROWS).default(PEOPLE_PAGE_ROWS),
});

/** GET /customers/:id/holdouts: people who would have to answer MFA and cannot yet, the earliest phase first. */
export const holdoutsSchema = z.object({
  total: count,
  offset: count,
  rows: z.array(
    z.object({
      accountId: z.string(),
      name: z.string(),
      department: z.string().nullable(),
      phase: z.string(),
      enforceOn: day,
      enrolment: enrolmentSchema,
      enrolmentWhy: z.string(),
      manager: z.string().nullable(),
      /** The newest message that went to him. */
      lastMessage: z.object({ message: messageKindSchema, state: ledgerStateSchema, at: instant }).nullable(),
    }),
  ),
});
export type Holdouts = z.infer<typeof holdoutsSchema>;

/** The evaluated status of one person at one moment. */
const evaluatedSchema = z.object({
  covered: z.enum(['all', 'some', 'partial', 'none', 'unknown']),
  by: z.array(z.object({ name: z.string(), why: z.string() })),
  why: z.string(),
  canAnswer: z.enum(['yes', 'no', 'unknown']),
  at: instant,
});
export type Evaluated = z.infer<typeof evaluatedSchema>;

/** What somebody asked for about one person; it counts once the approver has signed it. */
const exceptionRequestSchema = z.object({
  id: z.string(),
  accountId: z.string(),
  name: z.string(),
  kind: z.enum(['extension', 'onLeave', 'mfaOff']),
  until: day,
  reason: z.string().nullable(),
  askedBy: z.string().nullable(),
  at: instant,
  standing: z.enum(['unsigned', 'signed', 'ended', 'covered', 'replaced', 'withdrawn']),
});
export type ExceptionRequest = z.infer<typeof exceptionRequestSchema>;

/** GET /customers/:id/people/:accountId/mfa */
export const personMfaSchema = z.object({
  accountId: z.string(),
  evaluated: evaluatedSchema.nullable(),
  isDirect: z.boolean(),
  /** Put into the direct group by a switch, which can be taken back. */
  isOurs: z.boolean(),
  requests: z.array(exceptionRequestSchema),
  latest: z
    .object({
      kind: z.enum(['on', 'back']),
      state: z.enum(['asked', 'writing', 'done', 'refused']),
      by: z.string().nullable(),
      at: instant,
      before: evaluatedSchema.nullable(),
      after: evaluatedSchema.nullable(),
      refusal: z.object({ code: z.string(), message: sentenceSchema }).nullable(),
    })
    .nullable(),
  /** What happens to somebody who came after everybody was enforced. */
  newcomer: sentenceSchema.nullable(),
  maySwitch: z.boolean(),
  maySign: z.boolean(),
});
export type PersonMfa = z.infer<typeof personMfaSchema>;

/** POST /customers/:id/people/:accountId/mfa: on, with the approver's signature where `anyway`; or taken back. */
export const personSwitchRequestSchema = z.strictObject({
  kind: z.enum(['on', 'back']),
  anyway: z.boolean().default(false),
});

/** POST /customers/:id/people/:accountId/request */
export const exceptionAskRequestSchema = z.strictObject({
  kind: z.enum(['extension', 'onLeave', 'mfaOff']),
  until: z.string().max(20),
  reason: z.string().max(2_000),
});

/** GET /customers/:id/exception-requests, the newest first */
export const exceptionRequestsSchema = z.object({ requests: z.array(exceptionRequestSchema) });

/** POST /customers/:id/exception-requests/withdraw */
export const withdrawRequestSchema = z.strictObject({ id: z.string().max(20) });

/** Guests, rooms or devices, decided as a whole. */
const exceptionClassSchema = z.object({
  class: z.enum(['guest', 'room', 'equipment']),
  count,
  digest: z.string(),
  state: z.enum(['empty', 'undecided', 'enforced', 'carvedOut', 'review']),
  decision: z
    .object({
      verdict: z.enum(['enforce', 'carveOut']),
      reason: z.string(),
      reviewAt: day.nullable(),
      by: z.string().nullable(),
      at: instant,
    })
    .nullable(),
  /** Members came or went since; the decision counts for them too. */
  hasChanged: z.boolean(),
});
export type ExceptionClass = z.infer<typeof exceptionClassSchema>;

/** GET /customers/:id/exception-classes */
export const exceptionClassesSchema = z.object({ classes: z.array(exceptionClassSchema), mayDecide: z.boolean() });

/** POST /customers/:id/exception-classes/decide */
export const classDecideRequestSchema = z.strictObject({
  class: z.enum(['guest', 'room', 'equipment']),
  verdict: z.enum(['enforce', 'carveOut']),
  reason: z.string().max(2_000),
  reviewAt: z.string().max(20).nullable(),
  digest: z.string().max(100),
});

/** How a press about a person, a request or a class ended; everything but the first changed nothing. */
export const askOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('done'), note: sentenceSchema.nullable() }),
  z.object({ outcome: z.literal('already'), note: sentenceSchema.nullable() }),
  z.object({ outcome: z.literal('stale') }),
  z.object({ outcome: z.literal('refused'), code: z.string(), message: sentenceSchema }),
]);
export type AskOutcome = z.infer<typeof askOutcomeSchema>;

const bothLanguages = z.object({ en: z.string(), de: z.string() });

/** The taking out of old MFA as it stands, or as it would be done. */
export const takeoverSchema = z.object({
  state: z.enum(['asked', 'running', 'done', 'refused', 'compensated', 'standing', 'undoing', 'undone']).nullable(),
  digest: z.string().nullable(),
  first: z.array(z.object({ code: z.string(), message: bothLanguages, clear: bothLanguages })),
  steps: z.array(
    z.object({
      step: z.string(),
      does: bothLanguages,
      undo: bothLanguages,
      state: z.enum(['planned', 'begun', 'done', 'skipped', 'undone', 'left']),
      why: z.string().nullable(),
      people: z.array(z.string()),
      signedAway: z.array(z.string()),
      methods: z.object({ before: z.number(), after: z.number() }).nullable(),
    }),
  ),
  left: z.array(
    z.object({
      policyId: z.string(),
      name: z.string(),
      reasons: z.array(bothLanguages),
      uncovered: z.array(z.string()),
    }),
  ),
  kept: z.array(z.object({ name: z.string(), why: bothLanguages })),
  approvals: z.array(z.object({ name: z.string(), at: z.string() })),
  missing: z.array(z.enum(['msp', 'customer'])),
  expiresAt: z.string().nullable(),
  overRails: z.boolean(),
  failure: z.string().nullable(),
  /** What undoing everything would do, and how the last one stands. Absent where nothing stands and nothing was undone. */
  everything: z
    .object({
      /** Empty where nothing of this product stands. */
      does: z.array(bothLanguages),
      last: z
        .object({
          state: z.enum(['begun', 'undone', 'standing']),
          text: bothLanguages,
          at: z.string(),
          left: z.array(z.object({ step: z.string(), why: z.string() })),
        })
        .nullable(),
    })
    .optional(),
});
export type TakeoverAnswer = z.infer<typeof takeoverSchema>;

/** A press on the plan of this digest. */
export const takeoverDecideRequestSchema = z.strictObject({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  verdict: z.enum(['approve', 'hold']),
});
export type TakeoverDecideRequest = z.infer<typeof takeoverDecideRequestSchema>;

export const takeoverOutcomeSchema = z.object({
  outcome: z.enum(['recorded', 'already', 'stale']),
  text: bothLanguages.nullable(),
});
export type TakeoverOutcome = z.infer<typeof takeoverOutcomeSchema>;

/** GET /customers/:id/helpdesk: who is stuck in the running phases and why, the most urgent first. */
export const helpSchema = z.object({
  isPassEnabled: z.boolean(),
  mayIssue: z.boolean(),
  isEngineer: z.boolean(),
  people: z.array(
    z.object({
      accountId: z.string(),
      name: z.string(),
      phase: z.string(),
      enforceOn: day,
      /** Until when there is a pass that can be used. */
      passUntil: z.string().nullable(),
      reasons: z.array(z.object({ text: bothLanguages, next: bothLanguages })),
    }),
  ),
});
export type HelpAnswer = z.infer<typeof helpSchema>;

/** POST /customers/:id/helpdesk/pass */
export const passRequestSchema = z.strictObject({
  accountId: accountIdSchema,
  proof: z.string().max(40),
  note: z.string().max(500).optional(),
  minutes: z.number().int().optional(),
  override: z.string().max(500).optional(),
});
export type PassRequestBody = z.infer<typeof passRequestSchema>;

/** The secret stands in this answer alone: it is shown once and kept nowhere. */
export const passOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('issued'), secret: z.string(), expiresAt: z.string() }),
  z.object({ outcome: z.literal('refused'), message: bothLanguages }),
]);
export type PassOutcome = z.infer<typeof passOutcomeSchema>;

/** POST /customers/:id/helpdesk/pass/withdraw and …/sessions */
export const helpPersonRequestSchema = z.strictObject({ accountId: accountIdSchema });
export type HelpPersonRequest = z.infer<typeof helpPersonRequestSchema>;

export const sessionsOutcomeSchema = z.object({
  outcome: z.enum(['done', 'refused']),
  message: bothLanguages.nullable(),
});
export type SessionsOutcome = z.infer<typeof sessionsOutcomeSchema>;

/** A step of a push with its way back, and how far it came. */
const pushStepSchema = z.object({
  step: z.string(),
  does: bothLanguages,
  undo: bothLanguages,
  state: z.enum(['planned', 'begun', 'done', 'undone', 'left']),
  /** Why undoing left it as it is. */
  why: z.string().nullable(),
});

/** GET /customers/:id/policy-push: how the approved draft stands in the tenant, and what pushing it would write. */
export const policyPushSchema = z.object({
  /** Of the newest push; null before the first. */
  state: z.enum(['asked', 'running', 'live', 'refused', 'compensated', 'standing', 'undoing', 'undone']).nullable(),
  askedAt: instant.nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Whether `steps` are what pushing would write now; else they are those of the newest push. */
  isPlan: z.boolean(),
  steps: z.array(pushStepSchema),
  /** What a press is bound to. */
  digest: z.string(),
  /** What forbids the push now, with what to do about it. */
  refusal: z.object({ code: z.string(), rule: z.string(), message: z.string() }).nullable(),
  mayPush: z.boolean(),
  /** What was found after the push. */
  after: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type PolicyPushAnswer = z.infer<typeof policyPushSchema>;

/** POST /customers/:id/policy-push */
export const pushRequestSchema = z.strictObject({ digest: z.string().min(1).max(200) });

/** POST /customers/:id/policy-push/undo: the newest push that stands. */
export const pushUndoRequestSchema = z.strictObject({});

/** Where it stands after a press; a second press joins the first. */
export const pushOutcomeSchema = z.object({ state: policyPushSchema.shape.state.unwrap() });
export type PushOutcome = z.infer<typeof pushOutcomeSchema>;
