/** The exception table: which accounts may be carved out of the policy, on what evidence, and until when. */
import type {
  Account,
  AccountMethods,
  Declared,
  Mailbox,
  RegistrationRow,
  RoleAssignment,
  Roster,
} from '../roster/roster-types.core.ts';
import type { ServiceEvidenceLimits, SignInProfile } from './sign-in-profile.core.ts';

/** What somebody may ask for about one person; each with a last day, and without effect before it is signed. */
export const REQUEST_KINDS = ['extension', 'onLeave', 'mfaOff'] as const;

export type RequestKind = (typeof REQUEST_KINDS)[number];

/** Classes the customer decides as a whole. */
export const CLASS_KINDS = ['guest', 'room', 'equipment'] as const;

export type ClassKind = (typeof CLASS_KINDS)[number];

/** Kinds of rows that the customer signs. */
export const SIGNED_KINDS = [
  'breakGlass',
  'serviceAccount',
  'sharedMailbox',
  'onLeave',
  'extension',
  'mfaOff',
] as const satisfies readonly (RequestKind | string)[];

/** A row of a class stands in the table by the decision about the class, and is no row of the signed ones. */
export type ExceptionKind = (typeof SIGNED_KINDS)[number] | ClassKind;

/** What is asked of the customer: carve the account out, block its sign-in instead, or wait for the person to return. */
export type ExceptionProposal = 'exclude' | 'blockSignIn' | 'extendDeadline';

export type ExceptionOwner = { accountId: string | null; why: string };

/** A stored shape: the signature is bound to the digest of these rows, `signed` left out. */
export type ExceptionRow = {
  accountId: string;
  displayName: string;
  userPrincipalName: string | null;
  kind: ExceptionKind;
  directorySync: boolean;
  /** Sentences, each with a fact and the source of it; no running counts, so that they change only with the fact. */
  evidence: string[];
  owner: ExceptionOwner;
  reason: string;
  compensatingControl: string;
  /** The day on which the account returns to scope; null for those that never do so by themselves. */
  endsAt: string | null;
  /** The day on which somebody has to look at it again; null where the end date does that. */
  reviewAt: string | null;
  proposal: ExceptionProposal;
  /** Sign-in is blocked already: there is nothing to carve out. */
  signInBlocked: boolean;
  signed: boolean;
  /** The request that the row is made from, such as `R3`; absent from rows that facts alone made. */
  request?: string;
};

/** What somebody asked for about one person. */
export type ExceptionRequest = {
  /** Counts up over all requests of the customer. */
  seq: number;
  accountId: string;
  kind: RequestKind;
  /** The day on which the person returns to scope. */
  until: string;
  /** In the words of whoever asked; null: the words of the kind. */
  reason: string | null;
  by: { tenantId: string; objectId: string };
  displayName: string | null;
  /** ISO 8601 in UTC. */
  at: string;
};

/** What the approver decided about a whole class; the newest one stands, also for members who come later. */
export type ClassDecision = {
  class: ClassKind;
  verdict: 'enforce' | 'carveOut';
  reason: string;
  /** The day on which it has to be decided again; null where the class is enforced. */
  reviewAt: string | null;
  /** Of the members that were shown. */
  digest: string;
  count: number;
  by: { tenantId: string; objectId: string };
  displayName: string | null;
  at: string;
};

/** An account that may be a service account, on evidence too weak to say so. */
export type ExceptionCandidate = {
  accountId: string;
  displayName: string;
  userPrincipalName: string | null;
  kind: 'serviceAccount';
  evidence: string[];
};

/** Two facts that cannot both stand, for a person to settle. */
export type ExceptionConflict = { accountId: string; kind: ExceptionKind; facts: [string, string] };

/** Who is in each class. */
export type ExceptionClasses = Record<ClassKind, { count: number; accountIds: string[] }>;

/** Sources without which a kind of exception can neither be found nor ruled out. */
export type UnknownSource = 'mailboxes' | 'roleAssignments' | 'signIns' | 'registration' | 'hr';

/** How a break-glass account stands in the five facts that make it usable; `unknown` is no pass. */
export type BreakGlassCheck = {
  accountId: string;
  enabled: Answer;
  cloudOnly: Answer;
  initialDomain: Answer;
  permanentGlobalAdmin: Answer;
  phishingResistantMethod: Answer;
};

export type Answer = 'yes' | 'no' | 'unknown';

export type ExceptionTable = {
  exceptions: ExceptionRow[];
  candidates: ExceptionCandidate[];
  conflicts: ExceptionConflict[];
  classes: ExceptionClasses;
  breakGlass: BreakGlassCheck[];
  unknown: UnknownSource[];
};

export type ExceptionSettings = {
  /** Days after the return from leave until the deadline. */
  returnGraceDays: number;
  /** Days until an absence without a return date is looked at again. */
  leaveReviewDays: number;
  /** Days for which a service account or shared mailbox may be carved out. */
  exceptionDays: number;
  /** Days until a break-glass or directory-sync account is looked at again. */
  reviewDays: number;
  service: ServiceEvidenceLimits;
};

/** What was shown of a row before: its dates and words stay, so that a later reading asks for no new signature. */
export type ShownRow = Pick<
  ExceptionRow,
  'accountId' | 'kind' | 'owner' | 'reason' | 'compensatingControl' | 'endsAt' | 'reviewAt' | 'proposal'
>;

export type ClassifyInput = {
  /** Today in the customer's time zone, `YYYY-MM-DD`. */
  today: string;
  accounts: readonly Account[];
  /** The master list of the same reading; null when HR could not be read. */
  roster: Pick<Roster, 'people' | 'accountWithoutHr'> | null;
  mailboxes?: readonly Mailbox[] | null | undefined;
  roleAssignments?: readonly RoleAssignment[] | null | undefined;
  /** Members of the groups that hold roles, group id -> account ids. */
  roleGroupMembers?: ReadonlyMap<string, readonly string[]> | undefined;
  registration?: readonly RegistrationRow[] | null | undefined;
  /** Each account's own methods, where the registration report is not licensed. */
  methods?: readonly AccountMethods[] | null | undefined;
  /** Sign-ins of interactive and non-interactive kind, counted; null when they were not read. */
  signInProfiles?: ReadonlyMap<string, SignInProfile> | null | undefined;
  declared?: Declared | null | undefined;
  /** The account that answers for rows without a better owner, as a rule the customer's approver. */
  defaultOwner?: string | null | undefined;
  /** True when Entra Connect synchronises through an application and needs no account any more. */
  isSyncByApplication?: boolean | undefined;
  settings?: Partial<ExceptionSettings> | undefined;
  shown?: readonly ShownRow[] | undefined;
  /** What people asked for and nobody withdrew, at most one for each account. */
  requests?: readonly ExceptionRequest[] | undefined;
  /** The newest decision about each class. */
  classDecisions?: readonly ClassDecision[] | undefined;
  /** The customer's tenant: whoever asks from another one has no account here. */
  tenantId?: string | undefined;
};
