/**
 * How each account of the tenant stands on the day of the report. "Enforced" is the evaluator's word about enabled
 * policies, never membership and never report-only; what was not read makes an account unknown, neither safe nor missing.
 */
import type { ExceptionRow } from '../exceptions/exception-types.core.ts';
import type { PhaseState } from '../phases/phase-types.core.ts';
import type { AccountWithoutHr, Person } from '../roster/roster-types.core.ts';
import type {
  CoverFact,
  ExceptionState,
  ReportAccount,
  ReportException,
  ReportFacts,
  StandingReason,
} from './report-types.core.ts';

type Known = {
  cover: ReadonlyMap<string, CoverFact>;
  isCoverRead: boolean;
  /** Ids of the policies that enforce. */
  enforcing: ReadonlySet<string>;
  /** The exception in force, by account. */
  carved: ReadonlyMap<string, ExceptionRow>;
  phaseOf: ReadonlyMap<string, string>;
  stateOf: ReadonlyMap<string, PhaseState>;
};

/** Everybody and everything that has an account, each once, ordered by name, with how it stands. */
export function standingsOf(facts: ReportFacts): ReportAccount[] {
  const known = knownOf(facts);
  const accounts = new Map<string, ReportAccount>();
  for (const row of [...(facts.roster?.people ?? []), ...(facts.roster?.accountWithoutHr ?? [])]) {
    const key = row.accountId.toLowerCase();
    if (!accounts.has(key)) accounts.set(key, accountOf(row, known));
  }
  return [...accounts.values()].sort(byName);
}

/** The exceptions, each with what came of it: what is carved out is signed, has not ended, and nothing enforces it. */
export function exceptionStates(facts: ReportFacts, accounts: readonly ReportAccount[]): ReportException[] {
  const byId = new Map(accounts.map((account) => [account.accountId.toLowerCase(), account]));
  return (facts.exceptions?.rows ?? [])
    .map((row): ReportException => {
      const { accountId, displayName, userPrincipalName, kind, reason, compensatingControl } = row;
      const account = facts.roster === null ? null : byId.get(accountId.toLowerCase());
      const { endsAt, reviewAt, signed } = row;
      const shown = { accountId, displayName, userPrincipalName, kind, reason, compensatingControl };
      return { ...shown, endsAt, reviewAt, signed, state: stateOf(row, account, facts.today) };
    })
    .sort((a, b) => compare(a.kind, b.kind) || byName(a, b));
}

/** Null: accounts were not read. Undefined: the tenant has no such account any more. */
function stateOf(row: ExceptionRow, account: ReportAccount | null | undefined, today: string): ExceptionState {
  if (account === undefined) return 'accountGone';
  if (row.signInBlocked || account?.reason === 'signInBlocked') return 'signInBlocked';
  if (account?.standing === 'outOfScope') return 'outOfScope';
  if (hasEnded(row, today)) return 'ended';
  if (!row.signed) return 'unsigned';
  return account?.standing === 'enforced' ? 'enforcedAnyway' : 'carvedOut';
}

function hasEnded({ endsAt }: ExceptionRow, today: string): boolean {
  return endsAt !== null && endsAt <= today;
}

function knownOf(facts: ReportFacts): Known {
  const { rollout } = facts;
  const read = rollout === null || rollout === 'none' ? null : rollout;
  const inForce = (facts.exceptions?.rows ?? []).filter(
    (row) => row.signed && !row.signInBlocked && !hasEnded(row, facts.today),
  );
  return {
    cover: new Map((facts.coverage ?? []).map((row) => [row.userId.toLowerCase(), row])),
    isCoverRead: facts.coverage !== null && facts.policies !== null,
    enforcing: new Set((facts.policies ?? []).filter(({ state }) => state === 'enabled').map(({ id }) => id)),
    carved: new Map(inForce.map((row) => [row.accountId.toLowerCase(), row])),
    phaseOf: new Map((read?.people ?? []).map(({ accountId, phase }) => [accountId.toLowerCase(), phase])),
    stateOf: new Map((read?.phases ?? []).map(({ name, state }) => [name, state])),
  };
}

function accountOf(row: Person | AccountWithoutHr, known: Known): ReportAccount {
  const { accountId, displayName, userPrincipalName, enrolment } = row;
  const isPerson = 'personId' in row;
  const kind =
    isPerson && row.class === 'employee' ? 'employee' : row.class === 'employee' ? 'unclassified' : row.class;
  const phase = known.phaseOf.get(accountId.toLowerCase()) ?? null;
  const standing = judge(
    { id: accountId.toLowerCase(), kind, phase, isBlocked: row.accountStatus === 'disabled' },
    known,
  );
  const named = { accountId, displayName, userPrincipalName, department: isPerson ? row.department : null };
  return { ...named, class: kind, phase, ...standing, enrolment, methods: isPerson ? row.methods : [] };
}

type Judged = { id: string; kind: ReportAccount['class']; phase: string | null; isBlocked: boolean };

function judge({ id, kind, phase, isBlocked }: Judged, known: Known): Pick<ReportAccount, 'standing' | 'reason'> {
  if (isBlocked) return { standing: 'outOfScope', reason: 'signInBlocked' };
  // The customer decides about these as a whole: a guest who happens to be covered must not improve the share.
  if (kind === 'guest' || kind === 'room' || kind === 'equipment') return { standing: 'outOfScope', reason: kind };
  const cover = known.cover.get(id);
  if (known.isCoverRead && cover !== undefined && isEnforced(cover, known))
    return { standing: 'enforced', reason: null };
  const carved = known.carved.get(id);
  if (carved !== undefined) return { standing: 'excepted', reason: carved.kind };
  if (!known.isCoverRead || cover === undefined) return { standing: 'unknown', reason: 'notRead' };
  // Covered in every case, yet by nothing that is known to be enabled: the readings do not fit together.
  if (cover.covered === 'unknown' || cover.covered === 'all') return { standing: 'unknown', reason: 'unclear' };
  return { standing: 'notEnforced', reason: reasonOf(cover, phase === null ? undefined : known.stateOf.get(phase)) };
}

function isEnforced({ covered, by }: CoverFact, { enforcing }: Known): boolean {
  return covered === 'all' && by.some((id) => enforcing.has(id));
}

/** The reason that somebody can do most about comes first. */
function reasonOf(cover: CoverFact, phase: PhaseState | undefined): StandingReason {
  if (phase === 'rolledBack') return 'phaseRolledBack';
  if (phase === 'held') return 'phaseHeld';
  if (cover.excludedFrom.length > 0) return 'leftOutUnsigned';
  if (phase !== undefined && phase !== 'enforced') return 'phaseNotReached';
  if (cover.covered !== 'none') return 'inSomeCasesOnly';
  return cover.reportOnlyIn.length > 0 ? 'reportOnly' : 'nothingAsks';
}

type Named = { displayName: string; accountId: string };

function byName(a: Named, b: Named): number {
  return compare(a.displayName, b.displayName) || compare(a.accountId, b.accountId);
}

/** By code unit: the same order on every machine, whatever its languages. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
