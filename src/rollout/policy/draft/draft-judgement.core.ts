/**
 * Who has to be looked at one by one before a draft goes anywhere (S8, S9): people who would be asked for MFA and cannot
 * answer, every Global Administrator, every exception, and the partner's technicians.
 */
import type { ExceptionRow } from '../../exceptions/exception-types.core.ts';
import type { Enrolment } from '../../roster/roster-types.core.ts';
import { evaluateSignIn } from '../evaluate.core.ts';
import type { Answer } from '../evaluator/answer.core.ts';
import { GLOBAL_ADMINISTRATOR } from '../evaluator/role-templates.core.ts';
import type { CompiledTenant } from '../evaluator/tenant.core.ts';
import type { Change, EffectRow, Judged, Level } from './draft-effect.core.ts';

/** What the master list knows of an account. */
export type KnownAccount = {
  displayName: string;
  department: string | null;
  enrolment: Enrolment;
  enrolmentWhy: string;
};

/** Somebody who would be asked for MFA and cannot answer, or of whom that is not known. */
export type StuckPerson = {
  accountId: string;
  displayName: string;
  department: string | null;
  canAnswer: 'no' | 'unknown';
  why: string;
};

export type AdminVerdict = {
  accountId: string;
  displayName: string;
  role: 'active' | 'eligible';
  before: Level;
  after: Level;
  change: Change;
  /** `lockedOut`: would be asked everywhere by the draft and cannot answer. */
  verdict: 'notReached' | 'leftOut' | 'canAnswer' | 'lockedOut' | 'unknown';
  why: string;
};

export type ExceptionVerdict = {
  accountId: string;
  displayName: string;
  kind: ExceptionRow['kind'];
  signed: boolean;
  until: string | null;
  /** `leftOut`: the draft excludes it; `notReached`: no group of the draft holds it; `asked`: the draft asks it. */
  verdict: 'leftOut' | 'notReached' | 'asked' | 'unknown';
  after: Level;
  why: string;
};

/** A technician of a partner, who has no account in the directory. */
export type PartnerVerdict = {
  before: Answer;
  after: Answer;
  blockedBefore: Answer;
  blockedAfter: Answer;
  why: string;
};

export type JudgementInput = {
  tenant: CompiledTenant;
  effect: readonly EffectRow[];
  known: ReadonlyMap<string, KnownAccount>;
  exceptions: readonly ExceptionRow[];
  judged: Judged;
};

export type Judgement = {
  stuck: StuckPerson[];
  admins: AdminVerdict[];
  exceptions: ExceptionVerdict[];
  partner: PartnerVerdict;
};

/** Judges them all. Promises every Global Administrator, active or eligible, and every row of the exception table. */
export function judgeOneByOne(input: JudgementInput): Judgement {
  const rows = new Map(input.effect.map((row) => [row.accountId.toLowerCase(), row]));
  return {
    stuck: stuckPeople(input),
    admins: adminVerdicts(input, rows),
    exceptions: input.exceptions.map((row) => exceptionVerdict(row, rows.get(row.accountId.toLowerCase()))),
    partner: partnerVerdict(input.judged),
  };
}

function stuckPeople({ effect, known }: JudgementInput): StuckPerson[] {
  return effect
    .filter((row) => row.isEnabled && (row.reach === 'in' || row.reach === 'unknown') && row.after !== 'never')
    .flatMap((row) => {
      const account = known.get(row.accountId);
      const canAnswer = answerOf(row, account);
      if (canAnswer === 'yes') return [];
      const why = account?.enrolmentWhy ?? 'the registration of the account was not read';
      const { displayName = row.accountId, department = null } = account ?? {};
      return [{ accountId: row.accountId, displayName, department, canAnswer, why }];
    })
    .sort((a, b) => (`${a.displayName} ${a.accountId}` < `${b.displayName} ${b.accountId}` ? -1 : 1));
}

/** The master list has looked at more sources than the registration report alone. */
function answerOf(row: EffectRow, account: KnownAccount | undefined): EffectRow['canAnswer'] {
  switch (account?.enrolment) {
    case 'capable':
      return 'yes';
    case 'not':
      return 'no';
    case 'unknown':
      return 'unknown';
    case undefined:
      return row.canAnswer;
  }
}

function adminVerdicts({ tenant, known }: JudgementInput, rows: ReadonlyMap<string, EffectRow>): AdminVerdict[] {
  const { active, eligible } = tenant.holdersOf(GLOBAL_ADMINISTRATOR);
  const ids = [...new Set([...active, ...eligible])].sort();
  return ids.flatMap((id) => {
    const row = rows.get(id);
    // A service principal may hold the role too; no policy for users reaches it.
    if (row === undefined) return [];
    const account = known.get(row.accountId);
    return [
      {
        accountId: row.accountId,
        displayName: account?.displayName ?? row.accountId,
        role: active.has(id) ? 'active' : 'eligible',
        before: row.before,
        after: row.after,
        change: row.change,
        ...adminVerdict(row, account),
      },
    ];
  });
}

function adminVerdict(row: EffectRow, account: KnownAccount | undefined): Pick<AdminVerdict, 'verdict' | 'why'> {
  if (row.reach === 'leftOut') return { verdict: 'leftOut', why: 'the draft excludes the account' };
  if (row.reach === 'out') return { verdict: 'notReached', why: 'in no group of the draft' };
  const answer = answerOf(row, account);
  const why = account?.enrolmentWhy ?? 'the registration of the account was not read';
  if (answer === 'yes') return { verdict: 'canAnswer', why };
  return { verdict: answer === 'no' && row.reach === 'in' ? 'lockedOut' : 'unknown', why };
}

function exceptionVerdict(row: ExceptionRow, effect: EffectRow | undefined): ExceptionVerdict {
  const { accountId, displayName, kind, signed, endsAt: until } = row;
  const shared = { accountId, displayName, kind, signed, until };
  if (effect === undefined) return { ...shared, verdict: 'unknown', after: 'unknown', why: 'the account was not read' };
  const { after, why } = effect;
  switch (effect.reach) {
    case 'leftOut':
      return { ...shared, after, verdict: 'leftOut', why: why.after };
    case 'out':
      return { ...shared, after, verdict: 'notReached', why: 'in no group of the draft' };
    case 'in':
      return {
        ...shared,
        after,
        verdict: 'asked',
        why: signed ? why.after : `not signed, so not carved out. ${why.after}`,
      };
    case 'unknown':
      return { ...shared, after, verdict: 'unknown', why: why.after };
  }
}

function partnerVerdict({ before, after }: Judged): PartnerVerdict {
  const technician = { externalUser: { type: 'serviceProvider' }, clientAppType: 'browser' } as const;
  const was = before === null ? null : evaluateSignIn(before, technician);
  const will = evaluateSignIn(after, technician);
  return {
    before: was?.mfaRequired ?? 'unknown',
    blockedBefore: was?.blocked ?? 'unknown',
    after: will.mfaRequired,
    blockedAfter: will.blocked,
    why: will.why,
  };
}
