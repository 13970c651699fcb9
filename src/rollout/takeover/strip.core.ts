/**
 * What may be done with a policy that required MFA before this product came (S16): MFA is taken out of its grant, or it
 * is disabled when nothing else is left in it, or it is left as it is, with the reason. Policies add up, so that MFA goes
 * only where the enforcing policy gives everyone whom the old one reaches at least the same, today and tomorrow: judged
 * by the evaluator over the accounts there are, and over newcomers who join each group that the old policy names.
 */
import type { Json } from '../../lib/canonical-json.ts';
import type { ExceptionRow } from '../exceptions/exception-types.core.ts';
import { type CompiledPolicies, compilePolicies } from '../policy/evaluate.core.ts';
import { coverage } from '../policy/evaluator/coverage.core.ts';
import { compileTenant, externalSubject, type TenantInput } from '../policy/evaluator/tenant.core.ts';
import { type GraphObject, isEmpty, type JsonObject, objectOf, textOf, textsOf } from '../policy/graph-json.core.ts';
import { EXTERNAL_KINDS, newcomersTo, withNewcomers } from './newcomers.core.ts';
import { asksForMfa, type LeaveCode, structuralReasons } from './strip-rules.core.ts';

export type StripTenant = TenantInput & { users: readonly GraphObject[] };

/** What a signature says about an account, as far as it may lose its MFA by it. */
export type SignedRow = Pick<ExceptionRow, 'accountId' | 'kind' | 'proposal' | 'signed' | 'endsAt'>;

export type StripInput = {
  tenant: StripTenant;
  /** Every policy of the tenant as it is. */
  policies: readonly GraphObject[];
  /** The enforcing policy as it is, or as it would be once everyone else is enforced. */
  enforce: GraphObject;
  /** Ids of the policies that this product made. */
  ownIds: ReadonlySet<string>;
  exceptions: readonly SignedRow[];
  breakGlass: readonly string[];
  /** Today in the customer's time zone, `YYYY-MM-DD`. */
  today: string;
};

/** What is written into the old policy: nothing but this. */
export type StripChange = { grantControls: JsonObject } | { state: 'disabled' };

/** One old policy that asks for MFA, and what may be done with it. */
export type OldPolicy = {
  policyId: string;
  name: string;
  do: 'strip' | 'disable' | 'leave';
  /** Why it is left; empty where it is not. */
  reasons: LeaveCode[];
  /** Null where it is left. */
  change: StripChange | null;
  /** Everybody whom it reaches, surely or perhaps, sorted. */
  people: string[];
  /** Whom taking it away would leave with less, so that it is left, sorted. */
  uncovered: string[];
  /** Who would come to be without it tomorrow, in words. */
  uncoveredTomorrow: string[];
  /** Who loses it by a signed exception, sorted. */
  signedAway: string[];
};

/** Judges every policy that asks for MFA and is not ours, in the order of their names. Promises a reason for each left. */
export function judgeOldPolicies(input: StripInput): OldPolicy[] {
  const old = input.policies.filter((policy) => !input.ownIds.has(policy.id) && asksForMfa(policy));
  if (old.length === 0) return [];
  const cover = createCover(input, old);
  const tenant = compileTenant(input.tenant);
  return old
    .map((policy) => judgeOne(policy, input, { reach: cover(policy), structural: structuralReasons(policy, tenant) }))
    .sort((a, b) => (`${a.name} ${a.policyId}` < `${b.name} ${b.policyId}` ? -1 : 1));
}

/** Whether a signature lets this account lose the MFA that an old policy asks of it: only one that carves it out. */
export function isSignedAway(row: SignedRow, today: string): boolean {
  const isInForce = row.signed && (row.endsAt === null || row.endsAt > today);
  return isInForce && row.proposal === 'exclude' && row.kind !== 'breakGlass';
}

function judgeOne(
  policy: GraphObject,
  input: StripInput,
  { reach, structural }: { reach: Reach; structural: LeaveCode[] },
): OldPolicy {
  const lost = lossOf(reach, input);
  const reasons = structural.length > 0 ? structural : lost.reasons;
  const change = reasons.length > 0 ? null : changeOf(policy);
  return {
    policyId: policy.id,
    name: textOf(policy.displayName) ?? policy.id,
    do: change === null ? 'leave' : 'state' in change ? 'disable' : 'strip',
    ...{ reasons, change, people: reach.people },
    // A policy that stays for what it is, or never asked anybody, takes nothing from anybody.
    ...{ uncovered: structural.length > 0 ? [] : lost.uncovered },
    ...{ uncoveredTomorrow: reach.tomorrow, signedAway: change === null ? [] : lost.signedAway },
  };
}

type Reach = { people: string[]; missing: string[]; tomorrow: string[] };

type Cover = (policy: GraphObject) => Reach;

/** Compiles accounts, newcomers and the enforcing policy once for all old policies. */
function createCover(input: StripInput, old: readonly GraphObject[]): Cover {
  const newcomers = newcomersTo(old, input.tenant);
  const grown = withNewcomers(input.tenant, newcomers);
  const tenant = compileTenant(grown);
  const managed = compilePolicies(tenant, [{ ...input.enforce, state: 'enabled' }]);
  const rows = coverage({ tenant, users: grown.users, policies: managed });
  const isCovered = new Set(rows.filter(({ covered }) => covered === 'all').map(({ userId }) => userId.toLowerCase()));
  const names = new Map(newcomers.map(({ user, words }) => [user.id.toLowerCase(), words]));
  return (policy) => {
    const compiled = compilePolicies(tenant, [policy], { treatAsEnabled: [policy.id] });
    const reached = grown.users.filter(({ id }) => reaches(compiled, id));
    const open = reached.filter(({ id }) => !isCovered.has(id.toLowerCase()));
    const isNew = ({ id }: GraphObject) => names.has(id.toLowerCase());
    return {
      people: idsOf(reached.filter((user) => !isNew(user))),
      missing: idsOf(open.filter((user) => !isNew(user))),
      tomorrow: [
        ...open.flatMap(({ id }) => names.get(id.toLowerCase()) ?? []),
        ...EXTERNAL_KINDS.filter((kind) => isExternalLost(kind, { compiled, managed })),
      ],
    };
  };
}

function reaches(compiled: CompiledPolicies, id: string): boolean {
  const subject = compiled.tenant.subjects?.get(id.toLowerCase());
  return subject === undefined || compiled.classOf(subject).verdicts[0]?.outcome !== 'no';
}

/** Somebody from outside without an account here whom the old policy reaches and the enforcing one does not. */
function isExternalLost(
  kind: string,
  { compiled, managed }: Record<'compiled' | 'managed', CompiledPolicies>,
): boolean {
  const subject = externalSubject(kind, null);
  if (compiled.classOf(subject).verdicts[0]?.outcome === 'no') return false;
  return managed.classOf(subject).verdicts[0]?.outcome !== 'yes';
}

function idsOf(users: readonly GraphObject[]): string[] {
  return users.map(({ id }) => id).sort();
}

type Loss = { reasons: LeaveCode[]; uncovered: string[]; signedAway: string[] };

function lossOf({ missing, tomorrow }: Reach, { exceptions, breakGlass, today }: StripInput): Loss {
  const emergency = new Set(breakGlass.map((id) => id.toLowerCase()));
  const signed = new Set(
    exceptions.filter((row) => isSignedAway(row, today)).map(({ accountId }) => accountId.toLowerCase()),
  );
  const isEmergency = (id: string) => emergency.has(id.toLowerCase());
  const isSigned = (id: string) => signed.has(id.toLowerCase()) && !isEmergency(id);
  const uncovered = missing.filter((id) => !isSigned(id));
  const reasons: LeaveCode[] = [
    ...(uncovered.some(isEmergency) ? (['break_glass'] as const) : []),
    ...(uncovered.some((id) => !isEmergency(id)) ? (['not_covered'] as const) : []),
    ...(tomorrow.length > 0 ? (['not_covered_tomorrow'] as const) : []),
  ];
  return { reasons, uncovered, signedAway: missing.filter(isSigned) };
}

const BESIDE_MFA = ['termsOfUse', 'customAuthenticationFactors'] as const;

/** The grant without MFA, said whole; where nothing is left of it, the policy is switched off instead. */
function changeOf(policy: GraphObject): StripChange {
  const grant = objectOf(policy.grantControls) ?? {};
  const builtIn = listOf(grant.builtInControls).filter((control) => control.toLowerCase() !== 'mfa');
  const others = BESIDE_MFA.map((name) => [name, listOf(grant[name])] as const);
  if (builtIn.length === 0 && others.every(([, list]) => list.length === 0)) return { state: 'disabled' };
  return {
    grantControls: {
      operator: textOf(grant.operator) ?? 'OR',
      builtInControls: builtIn,
      ...Object.fromEntries(others),
    },
  };
}

function listOf(value: unknown): string[] {
  return textsOf(value) === null || !Array.isArray(value) ? [] : [...(value as string[])];
}

/** The policy as it would stand with a change in it. */
export function withChange(policy: GraphObject, change: StripChange): GraphObject {
  return { ...policy, ...change };
}

/** The members of the original that a change replaced, as they have to be written to bring them back. */
export function wayBack(original: GraphObject, change: StripChange): Record<string, Json> {
  if ('state' in change) return { state: textOf(original.state) ?? 'enabled' };
  const grant = objectOf(original.grantControls) ?? {};
  const lists = Object.fromEntries(['builtInControls', ...BESIDE_MFA].map((name) => [name, listOf(grant[name])]));
  return { grantControls: { operator: textOf(grant.operator) ?? 'OR', ...lists } as Json };
}

/** Whether a policy still says what the change wrote, whatever else somebody may have edited in it. */
export function saysChange(live: GraphObject, change: StripChange): boolean {
  if ('state' in change) return live.state === change.state;
  return isSameGrant(live.grantControls, change.grantControls);
}

/** Whether a policy says again what the original said where the change was made. */
export function saysOriginal(live: GraphObject, original: GraphObject, change: StripChange): boolean {
  if ('state' in change) return live.state === original.state;
  return isSameGrant(live.grantControls, original.grantControls);
}

function isSameGrant(one: unknown, other: unknown): boolean {
  const [a, b] = [objectOf(one), objectOf(other)];
  if (a === null || b === null) return isEmpty(one) && isEmpty(other);
  if (!isEmpty(a.authenticationStrength) || !isEmpty(b.authenticationStrength)) return false;
  const names = ['builtInControls', ...BESIDE_MFA];
  const isSameList = (name: string) => JSON.stringify(textsOf(a[name])) === JSON.stringify(textsOf(b[name]));
  const size = names.reduce((sum, name) => sum + listOf(a[name]).length, 0);
  const isSameOperator = textOf(a.operator)?.toLowerCase() === textOf(b.operator)?.toLowerCase();
  // With a single control the operator says nothing.
  return names.every(isSameList) && (size <= 1 || isSameOperator);
}
