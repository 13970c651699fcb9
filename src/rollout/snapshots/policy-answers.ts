import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { licenceOf } from '../policy/draft/draft-answer.ts';
import type { DraftFinding } from '../policy/draft/draft-finding.core.ts';
import { writtenFindings } from '../policy/draft/written-findings.core.ts';
import { type CompiledPolicies, compilePolicies } from '../policy/evaluate.core.ts';
import { type CoverageRow, coverage } from '../policy/evaluator/coverage.core.ts';
import type { SignIn, SignInTarget } from '../policy/evaluator/sign-in.core.ts';
import { compileTenant } from '../policy/evaluator/tenant.core.ts';
import { type WhatIfResult, whatIf } from '../policy/evaluator/what-if.core.ts';
import type { GraphObject } from '../policy/graph-json.core.ts';
import { required } from './answers.ts';
import type { Snapshot } from './snapshot-file.ts';

/** A what-if question; what is left out is not evaluated. */
export const whatIfQuestion = z.object({
  /** A policy that does not exist yet, as JSON text; judged as if it were enabled. */
  draftText: z.string().optional(),
  user: z.string().min(1).optional(),
  app: z.string().min(1).optional(),
  action: z.string().min(1).optional(),
  client: z.string().optional(),
  platform: z.string().optional(),
  ip: z.string().optional(),
  country: z.string().optional(),
  flow: z.string().optional(),
});

export type WhatIfQuestion = z.infer<typeof whatIfQuestion>;

/** Id under which a draft without one is listed. */
export const DRAFT_ID = 'draft';

const draftSchema = z.looseObject({
  id: z.string().min(1).optional(),
  conditions: z.looseObject({}),
  grantControls: z.looseObject({}).nullish(),
  sessionControls: z.looseObject({}).nullish(),
});

/**
 * Judges one sign-in for one person or for everybody of a snapshot. Refuses a draft that is no policy with
 * `draft_invalid`; with one, what stands against it is among the answer. Without policies, or about a person who was not
 * read, the answer is unknown.
 */
export function whatIfOf(
  snapshot: Snapshot,
  question: WhatIfQuestion,
): { results: WhatIfResult[]; findings?: DraftFinding[] } {
  const { draftText } = question;
  const results = whatIfResults(snapshot, question);
  return draftText === undefined ? { results } : { results, findings: findingsAbout(snapshot, parseDraft(draftText)) };
}

/** What stands against a draft, whoever is asked about. */
function findingsAbout(snapshot: Snapshot, draft: GraphObject): DraftFinding[] {
  return writtenFindings({
    draft,
    tenant: compileTenant(snapshot),
    users: snapshot.users,
    groups: snapshot.groups,
    breakGlass: snapshot.declared.breakGlass,
    licence: licenceOf(snapshot),
  });
}

function whatIfResults(snapshot: Snapshot, question: WhatIfQuestion): WhatIfResult[] {
  const signIn = signInOf(question);
  const everybody = () => required(snapshot, 'users').map((user) => user.id);
  const userIds = question.user === undefined ? everybody() : [question.user];
  const policies = compiled(snapshot, question.draftText);
  if (policies === null) return userIds.map(unknownAnswer);
  const signIns = userIds.map((userId) => ({ ...signIn, userId }));
  const results = whatIf(policies, signIns).map(besidePerUserMfa(snapshot));
  return (snapshot.policies ?? null) === null ? results.map(besideUnread) : results;
}

/** Per-user MFA asks by rules of its own, which no policy shows: where no policy asks, the sentence tells of it. */
function besidePerUserMfa({ perUserMfa }: Snapshot): (result: WhatIfResult) => WhatIfResult {
  const on = new Set(
    (perUserMfa ?? []).flatMap(({ id, perUserMfaState }) =>
      /^(enabled|enforced)$/i.test(perUserMfaState) ? [id.toLowerCase()] : [],
    ),
  );
  const note = (id: string) => {
    if (on.has(id)) return ' Per-user MFA is on for this account and asks by rules of its own.';
    return (perUserMfa ?? null) === null ? ' Whether per-user MFA asks was not read.' : '';
  };
  return (result) =>
    result.mfaRequired === 'no'
      ? { ...result, why: `${result.why}${note(result.userId?.toLowerCase() ?? '')}` }
      : result;
}

/** A draft judged without the live policies proves what it asks for, and nothing about what they ask for. */
function besideUnread(result: WhatIfResult): WhatIfResult {
  const open = (answer: WhatIfResult['blocked']) => (answer === 'no' ? 'unknown' : answer);
  const why = `${result.why} The live policies were not read.`;
  return { ...result, mfaRequired: open(result.mfaRequired), blocked: open(result.blocked), why };
}

/** Who is covered by what. Refuses with `snapshot_part_missing` without accounts. */
export function coverageOf(snapshot: Snapshot): { people: CoverageRow[] } {
  const tenant = compileTenant(snapshot);
  const people = coverage({
    users: required(snapshot, 'users'),
    policies: (snapshot.policies ?? null) === null ? null : compilePolicies(tenant, snapshot.policies ?? []),
    tenant,
    roleAssignments: snapshot.roleAssignments,
    registration: snapshot.registration,
    authenticationMethods: snapshot.authenticationMethods,
    perUserMfa: snapshot.perUserMfa,
  });
  return { people: [...people] };
}

/** The live policies with the draft among them: instead of the policy of its id, or as a new one. */
function compiled(snapshot: Snapshot, draftText: string | undefined): CompiledPolicies | null {
  const live = snapshot.policies ?? null;
  const draft = draftText === undefined ? undefined : parseDraft(draftText);
  if (live === null && draft === undefined) return null;
  const tenant = compileTenant(snapshot);
  if (draft === undefined) return compilePolicies(tenant, live ?? []);
  const others = (live ?? []).filter((policy) => policy.id !== draft.id);
  return compilePolicies(tenant, [...others, draft], { treatAsEnabled: [draft.id] });
}

/** Reads a policy that does not exist yet. Refuses with `draft_invalid` what is no policy. */
export function parseDraft(text: string): GraphObject {
  const parsed = draftSchema.safeParse(jsonOf(text));
  if (parsed.success) return { ...parsed.data, id: parsed.data.id ?? DRAFT_ID };
  const userMessage =
    'The draft is not a Conditional Access policy: it must be one JSON object with "conditions", as Graph takes it.';
  throw new AppError('draft_invalid', userMessage, { userMessage });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // What is not JSON is no policy either; the caller says so in a sentence.
    return undefined;
  }
}

function signInOf(question: WhatIfQuestion): SignIn {
  return {
    target: targetOf(question),
    clientAppType: question.client,
    platform: question.platform,
    ipAddress: question.ip,
    country: question.country,
    // Whoever names the country means it, however a location finds it out.
    gpsCountry: question.country,
    authenticationFlow: question.flow,
  };
}

/** authenticationContextClassReference: "c1 through c99". */
const AUTHENTICATION_CONTEXT = /^c[1-9]\d?$/i;

function targetOf({ app, action }: WhatIfQuestion): SignInTarget | undefined {
  if (action !== undefined && AUTHENTICATION_CONTEXT.test(action)) return { kind: 'authenticationContext', id: action };
  if (action !== undefined) return { kind: 'userAction', action };
  return app === undefined ? undefined : { kind: 'app', appId: app };
}

function unknownAnswer(userId: string): WhatIfResult {
  const why = 'The policies were not read, so nothing can be said.';
  return { userId, applies: [], conditional: [], unknown: [], mfaRequired: 'unknown', blocked: 'unknown', why };
}
