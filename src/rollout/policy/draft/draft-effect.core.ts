/**
 * What a draft would do to everybody once it is enforced, by judging the tenant's policies without it and with it. It
 * rests on the evaluator alone: two drafts that act alike have the same effect however they are written.
 *
 * Security Defaults cannot be on while a policy is enabled, so that `after` is a tenant without them.
 */

import { type CompiledPolicies, compilePolicies, evaluateSignIn } from '../evaluate.core.ts';
import { type CoverageInput, type CoverageRow, coverage } from '../evaluator/coverage.core.ts';
import type { SignIn } from '../evaluator/sign-in.core.ts';
import type { CompiledTenant } from '../evaluator/tenant.core.ts';
import type { GraphObject } from '../graph-json.core.ts';

/** How much MFA is asked of an account: at every sign-in, in some cases, never; or it cannot be told. */
export type Level = 'everywhere' | 'partly' | 'never' | 'unknown';

/**
 * What becomes different for an account. `asked`: MFA everywhere, which was not so before. `kept`: was so before and
 * stays. `more`, `less`: asked in more or fewer cases. `blocked`: could sign in before. `leftOut`: the draft excludes
 * it. `same`: the draft does not change anything. `unknown`: something needed was not read or not understood.
 */
export type Change = 'asked' | 'kept' | 'more' | 'less' | 'blocked' | 'leftOut' | 'same' | 'unknown';

export type EffectRow = {
  accountId: string;
  before: Level;
  after: Level;
  change: Change;
  /** Whether the draft is for this account: it is, it excludes it, it is not, or that cannot be told. */
  reach: 'in' | 'leftOut' | 'out' | 'unknown';
  /** An older client that cannot ask for MFA got in before and would not any more. */
  olderClientsFail: boolean;
  /** What covers the account today and afterwards: policy ids, `securityDefaults`, `perUserMfa`. */
  coveredBy: { before: readonly string[]; after: readonly string[] };
  canAnswer: 'yes' | 'no' | 'unknown';
  isEnabled: boolean;
  /** Why it is so today and why afterwards. */
  why: { before: string; after: string };
};

export type EffectInput = Omit<CoverageInput, 'policies'> & {
  /** The policies of the tenant; null when they were not read. */
  live: readonly GraphObject[] | null;
  /** The draft under the id of the policy it is to replace, or under an id of its own. */
  draft: GraphObject;
};

/** The policies before and after, for further questions. */
export type Judged = { before: CompiledPolicies | null; after: CompiledPolicies; draftId: string };

/** Compiles the tenant's policies without the draft and with it. */
export function compileBoth({ tenant, live, draft }: Pick<EffectInput, 'tenant' | 'live' | 'draft'>): Judged {
  const others = (live ?? []).filter((policy) => policy.id !== draft.id);
  return {
    before: live === null ? null : compilePolicies(tenant, live),
    after: compilePolicies(withoutDefaults(tenant), [...others, draft], { treatAsEnabled: [draft.id] }),
    draftId: draft.id,
  };
}

/** Security Defaults have to be off before any policy can be enabled. */
function withoutDefaults(tenant: CompiledTenant): CompiledTenant {
  return { ...tenant, securityDefaultsOn: false };
}

/** Judges every account. Promises one row for each, in the order given. */
export function effectOf(input: EffectInput, judged: Judged): EffectRow[] {
  const { before, after } = judged;
  const rowsBefore = coverage({ ...input, policies: before });
  const rowsAfter = coverage({ ...input, tenant: after.tenant, policies: after });
  const reachOf = createReach(judged);
  const clients = createClients(judged, input.tenant.securityDefaultsOn === true);
  return input.users.map((user, index) => {
    const was = rowsBefore[index] as CoverageRow;
    const will = rowsAfter[index] as CoverageRow;
    const reach = reachOf(user.id);
    const { olderClientsFail, wasBlocked, isBlocked } = clients(user.id);
    const levels = { before: levelOf(was), after: afterLevel(will, before !== null) };
    return {
      accountId: user.id,
      ...levels,
      change: isBlocked && !wasBlocked ? 'blocked' : changeOf(levels, wasBlocked ? 'out' : reach),
      reach,
      olderClientsFail,
      coveredBy: { before: was.by, after: will.by },
      canAnswer: will.capable,
      isEnabled: was.enabled !== 'no',
      why: { before: was.why, after: will.why },
    };
  });
}

function levelOf({ covered }: Pick<CoverageRow, 'covered'>): Level {
  switch (covered) {
    case 'all':
      return 'everywhere';
    case 'some':
    case 'partial':
      return 'partly';
    case 'none':
      return 'never';
    case 'unknown':
      return 'unknown';
  }
}

/** A draft judged without the live policies proves what it asks for, and nothing about what they ask for. */
function afterLevel(will: CoverageRow, isLiveRead: boolean): Level {
  const level = levelOf(will);
  return isLiveRead || level === 'everywhere' ? level : 'unknown';
}

function changeOf({ before, after }: { before: Level; after: Level }, reach: EffectRow['reach']): Change {
  if (reach === 'leftOut') return 'leftOut';
  if (after === 'everywhere') return before === 'everywhere' ? keptOrSame(reach) : 'asked';
  if (before === after && (before !== 'unknown' || reach === 'out')) return 'same';
  if (before === 'unknown' || after === 'unknown') return 'unknown';
  return RANK[after] > RANK[before] ? 'more' : 'less';
}

function keptOrSame(reach: EffectRow['reach']): Change {
  return reach === 'out' ? 'same' : 'kept';
}

const RANK = { never: 0, partly: 1, everywhere: 2 } as const;

function createReach({ after, draftId }: Judged): (accountId: string) => EffectRow['reach'] {
  const index = after.policies.findIndex((policy) => policy.id === draftId);
  return (accountId) => {
    const subject = after.tenant.subjects?.get(accountId.toLowerCase());
    const verdict = subject === undefined ? undefined : after.classOf(subject).verdicts[index];
    if (verdict === undefined) return 'unknown';
    if (verdict.reason.startsWith('excluded')) return verdict.outcome === 'no' ? 'leftOut' : 'unknown';
    if (verdict.outcome === 'no') return 'out';
    return verdict.outcome === 'yes' ? 'in' : 'unknown';
  };
}

/** Some application, from anywhere, on anything: what the sign-in leaves open makes an answer conditional. */
const MODERN: readonly SignIn[] = [{ clientAppType: 'browser' }, { clientAppType: 'mobileAppsAndDesktopClients' }];
const OLDER: readonly SignIn[] = [{ clientAppType: 'exchangeActiveSync' }, { clientAppType: 'other' }];

/** Which of an account's sign-ins are refused today and which would be. Who is blocked already is asked for nothing. */
function createClients({ before, after }: Judged, defaultsOn: boolean) {
  const ask = (policies: CompiledPolicies, userId: string, signIns: readonly SignIn[]) =>
    signIns.map((signIn) => evaluateSignIn(policies, { ...signIn, userId }));
  return (userId: string) => {
    if (before === null) return { olderClientsFail: false, wasBlocked: false, isBlocked: false };
    const blocked = (policies: CompiledPolicies) =>
      ask(policies, userId, MODERN).every((result) => result.blocked === 'yes');
    // Security Defaults keep older clients out already.
    const olderFail = (policies: CompiledPolicies) =>
      ask(policies, userId, OLDER).some((result) => result.mfaRequired === 'yes' || result.blocked === 'yes');
    return {
      olderClientsFail: !defaultsOn && olderFail(after) && !olderFail(before),
      wasBlocked: blocked(before),
      isBlocked: blocked(after),
    };
  };
}
