/**
 * What the closing report is made of. A fact that was not read is null: the report says so, and no sum takes it for zero
 * or for fine (safety rule S31). Instants are ISO 8601, days `YYYY-MM-DD` in the customer's time zone.
 */
import type {
  BreakGlassCheck,
  ExceptionKind,
  ExceptionRow,
  UnknownSource,
} from '../exceptions/exception-types.core.ts';
import type { PhaseState } from '../phases/phase-types.core.ts';
import type { CoverageRow } from '../policy/evaluator/coverage.core.ts';
import type { AccountClass, Enrolment, Roster } from '../roster/roster-types.core.ts';

/** Everything the report rests on. */
export type ReportFacts = {
  customer: { name: string; tenantId: string; timeZone: string };
  /** When the newest of what is reported was read. */
  takenAt: string;
  /** The customer's day at that instant; exceptions that end on it or before have ended. */
  today: string;
  roster: Pick<Roster, 'people' | 'hrWithoutAccount' | 'accountWithoutHr'> | null;
  exceptions: ExceptionFacts | null;
  policies: readonly PolicyFact[] | null;
  securityDefaultsOn: boolean | null;
  /** What the evaluator says of every account. */
  coverage: readonly CoverFact[] | null;
  /** When registration was read; null: it was not. */
  registrationReadAt: string | null;
  /** `none`: this customer has no rollout yet. */
  rollout: RolloutFacts | 'none' | null;
  approvals: readonly ApprovalFact[] | null;
  findings: readonly FindingFact[] | null;
  /** Where the journal stands, so that what was cut off its end later can be seen. */
  journal: { seq: number; hash: string } | null;
};

export type CoverFact = Pick<
  CoverageRow,
  'userId' | 'covered' | 'by' | 'excludedFrom' | 'reportOnlyIn' | 'securityDefaults'
>;

export type ExceptionFacts = {
  rows: readonly ExceptionRow[];
  /** The last signature on the table; rows that it does not hold word for word are not `signed`. */
  signature: { by: string; at: string; digest: string } | null;
  breakGlass: readonly BreakGlassCheck[];
  /** Sources without which a kind could neither be found nor ruled out. */
  unknown: readonly UnknownSource[];
};

/** A Conditional Access policy as it is live. */
export type PolicyFact = {
  id: string;
  name: string;
  /** Graph's own word; only `enabled` enforces. */
  state: string;
  /** Which of the product's own policies it is. */
  managed: 'ENFORCE' | 'OBSERVE' | null;
  asksForMfa: boolean;
};

export type RolloutFacts = {
  startsOn: string;
  deadline: string;
  state: 'running' | 'finished' | 'stopped';
  phases: readonly { name: string; ordinal: number; state: PhaseState; enforceOn: string; enforcedAt: string | null }[];
  /** Whose turn it is when; null: not read. */
  people: readonly { accountId: string; phase: string }[] | null;
};

/** Something that was signed, approved, held or taken back, as the journal has it. */
export type ApprovalFact = { at: string; event: string; by: string; digest: string | null; seq: number };

/** The use of a client that cannot answer MFA. */
export type FindingFact = {
  id: string;
  accountId: string | null;
  application: string;
  protocol: string;
  state: 'open' | 'waived' | 'gone';
};

/**
 * How an account in scope stands. `enforced`: an enabled policy requires MFA of it in every case, as evaluated.
 * `excepted`: signed, not ended, and not enforced anyway. `unknown`: what decides it was not read or not understood.
 */
export type Standing = 'enforced' | 'excepted' | 'notEnforced' | 'unknown' | 'outOfScope';

export type StandingReason =
  | 'signInBlocked'
  | 'guest'
  | 'room'
  | 'equipment'
  | 'notRead'
  | 'unclear'
  | 'leftOutUnsigned'
  | 'phaseHeld'
  | 'phaseRolledBack'
  | 'phaseNotReached'
  | 'inSomeCasesOnly'
  | 'reportOnly'
  | 'nothingAsks';

export type ReportAccount = {
  accountId: string;
  displayName: string;
  userPrincipalName: string | null;
  department: string | null;
  class: 'employee' | AccountClass;
  phase: string | null;
  standing: Standing;
  /** Why it is not enforced; the exception's kind for `excepted`; null for `enforced`. */
  reason: StandingReason | ExceptionKind | null;
  enrolment: Enrolment;
  methods: readonly string[];
};

export type ExceptionState =
  | 'carvedOut'
  | 'enforcedAnyway'
  | 'unsigned'
  | 'ended'
  | 'signInBlocked'
  | 'outOfScope'
  | 'accountGone';

export type ReportException = Pick<
  ExceptionRow,
  | 'accountId'
  | 'displayName'
  | 'userPrincipalName'
  | 'kind'
  | 'reason'
  | 'compensatingControl'
  | 'endsAt'
  | 'reviewAt'
  | 'signed'
> & { state: ExceptionState };

export const FIGURES = [
  'accounts.total',
  'accounts.people',
  'accounts.outOfScope',
  'accounts.inScope',
  'scope.enforced',
  'scope.excepted',
  'scope.notEnforced',
  'scope.unknown',
  'enrolment.capable',
  'enrolment.not',
  'enrolment.unknown',
  'enforced.notCapable',
  'hr.withoutAccount',
  'exceptions.total',
  'exceptions.carvedOut',
  'exceptions.enforcedAnyway',
  'exceptions.unsigned',
  'exceptions.ended',
  'exceptions.signInBlocked',
  'exceptions.outOfScope',
  'exceptions.accountGone',
  'policies.enforcing',
  'policies.reportOnly',
  'findings.open',
  'findings.waived',
  'findings.gone',
] as const;

export type FigureKey = (typeof FIGURES)[number];

/** One phase, or the accounts of no phase (`name` null), by standing. */
export type ReportPhase = {
  name: string | null;
  ordinal: number | null;
  state: PhaseState | null;
  enforceOn: string | null;
  enforcedAt: string | null;
  counts: Readonly<Record<Standing, number>>;
};

/** A part of the facts that was not read. */
export type UnreadPart =
  | 'roster'
  | 'exceptions'
  | 'policies'
  | 'securityDefaults'
  | 'coverage'
  | 'registration'
  | 'rollout'
  | 'phasePeople'
  | 'approvals'
  | 'findings'
  | 'journal';

/** The report before it is put into words: a stored and published shape, to which members may be added. */
export type ReportModel = {
  version: 1;
  customer: ReportFacts['customer'];
  takenAt: string;
  /** Null: not read. */
  figures: Readonly<Record<FigureKey, number | null>>;
  /** The rows behind each figure, by id: as many as the figure says. */
  references: Readonly<Record<FigureKey, readonly string[]>>;
  accounts: readonly ReportAccount[];
  phases: readonly ReportPhase[];
  methods: readonly { method: string; accounts: number }[];
  exceptions: readonly ReportException[];
  exceptionKinds: readonly { kind: ExceptionKind; total: number; carvedOut: number }[];
  signature: ExceptionFacts['signature'];
  breakGlass: readonly BreakGlassCheck[] | null;
  exceptionsUnread: readonly UnknownSource[];
  hrWithoutAccount: readonly { employeeId: string; displayName: string; department: string | null; why: string }[];
  policies: readonly (PolicyFact & { accountsCovered: number | null })[] | null;
  securityDefaultsOn: boolean | null;
  registrationReadAt: string | null;
  rollout: Omit<RolloutFacts, 'phases' | 'people'> | 'none' | null;
  approvals: readonly ApprovalFact[] | null;
  findings: readonly FindingFact[] | null;
  journal: ReportFacts['journal'];
  notRead: readonly UnreadPart[];
};
