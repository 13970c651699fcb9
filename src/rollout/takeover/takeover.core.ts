/**
 * The plan by which this product takes over from what required MFA before it: OBSERVE goes, since everybody is enforced;
 * MFA goes out of the old policies, one at a time; per-user MFA is cleared, twenty people at a time. Nothing is added
 * here and nothing weakens anybody: whoever loses something has it by the enforcing policy, which was there before
 * (S15, S16, S25). The way back goes the other way round. Drawing and running are this one plan.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import { compilePolicies } from '../policy/evaluate.core.ts';
import { coverage } from '../policy/evaluator/coverage.core.ts';
import { compileTenant } from '../policy/evaluator/tenant.core.ts';
import { objectOf, type Part } from '../policy/graph-json.core.ts';
import { canonicalMeaning } from '../policy/policy-difference.core.ts';
import { judgeOldPolicies, type OldPolicy, type StripChange, type StripInput } from './strip.core.ts';

export type PerUserState = 'disabled' | 'enabled' | 'enforced';

/** One write. A stored shape: a change needs a migration. */
export type TakeoverStep =
  /** Deletes the policy that only reports. */
  | { do: 'observe'; name: string; policyId: string; displayName: string; before: Json }
  /** Takes MFA out of an old policy, or switches it off. */
  | {
      do: 'policy';
      name: string;
      policyId: string;
      displayName: string;
      before: Json;
      change: StripChange;
      /** Who loses MFA by it, each by a signed exception. */
      signedAway: string[];
    }
  /** Switches off the users' own switch. */
  | { do: 'perUser'; name: string; users: { id: string; before: PerUserState }[] };

/** Somebody who keeps per-user MFA, and why. */
export type KeptPerson = { accountId: string; why: 'breakGlass' | 'exception' | 'notCovered' };

/** A stored shape: a change needs a migration. */
export type TakeoverPlan = {
  steps: TakeoverStep[];
  /** Old policies that are left, each with its reasons. */
  left: Omit<OldPolicy, 'change' | 'people'>[];
  kept: KeptPerson[];
  /** The policy that everything rests on, by id and meaning. */
  enforce: { policyId: string; meaning: string };
  /** Everybody whom the plan concerns, as a digest: who comes or goes makes it another plan. */
  userSet: string;
  /** Whose own switch is written. */
  moved: number;
};

export type TakeoverInput = StripInput & {
  tenantId: string;
  /** The policy that only reports, where there is one. */
  observeId: string | null;
  /** Null: not read. */
  perUserMfa: Part<{ id: string; perUserMfaState: string }>;
};

/** So many users are written in one request. */
const USERS_PER_STEP = 20;

/** Plans the writes, in order. Promises that no step concerns anybody whom the enforcing policy does not cover. */
export function planTakeover(input: TakeoverInput): TakeoverPlan {
  const old = judgeOldPolicies(input);
  const { clear, kept } = perUserOf(input);
  const steps = [...observeStep(input), ...policySteps(input, old), ...perUserSteps(clear)];
  const people = [...old.flatMap((one) => (one.change === null ? [] : one.people)), ...clear.map(({ id }) => id)];
  return {
    steps,
    left: old.filter((one) => one.change === null).map(({ change: _change, people: _people, ...one }) => one),
    kept,
    enforce: { policyId: input.enforce.id, meaning: digestOf(canonicalMeaning(input.enforce)) },
    userSet: digestOf([...new Set(people.map((id) => id.toLowerCase()))].sort()),
    moved: clear.length,
  };
}

/** What an approval is bound to: the tenant, each step with what it finds, and the people (S22). */
export function takeoverDigest(tenantId: string, plan: TakeoverPlan): string {
  const { enforce, userSet } = plan;
  return digestOf({ tenantId, enforce, userSet, steps: plan.steps.map(contentOf) });
}

function contentOf(step: TakeoverStep): Json {
  switch (step.do) {
    case 'observe':
      return { do: step.do, policyId: step.policyId, before: meaningOf(step.before) };
    case 'policy': {
      const { do: what, policyId, change, signedAway } = step;
      return { do: what, policyId, change: asJson(change), signedAway, before: meaningOf(step.before) };
    }
    case 'perUser':
      return { do: step.do, users: step.users };
  }
}

function meaningOf(policy: Json): Json {
  return canonicalMeaning(objectOf(policy) ?? {});
}

function observeStep({ policies, observeId }: TakeoverInput): TakeoverStep[] {
  const live = policies.find(({ id }) => id === observeId);
  if (live === undefined) return [];
  const displayName = String(live.displayName ?? live.id);
  return [{ do: 'observe', name: 'observe', policyId: live.id, displayName, before: asJson(live) }];
}

function policySteps({ policies }: TakeoverInput, old: readonly OldPolicy[]): TakeoverStep[] {
  return old.flatMap(({ policyId, name: displayName, change, signedAway }): TakeoverStep[] => {
    const live = policies.find(({ id }) => id === policyId);
    if (change === null || live === undefined) return [];
    const step = { do: 'policy' as const, name: `policy.${policyId}`, policyId, displayName };
    return [{ ...step, before: asJson(live), change, signedAway }];
  });
}

function perUserSteps(clear: readonly { id: string; before: PerUserState }[]): TakeoverStep[] {
  const count = Math.ceil(clear.length / USERS_PER_STEP);
  return Array.from({ length: count }, (_, index) => ({
    do: 'perUser' as const,
    name: `perUser.${index + 1}`,
    users: clear.slice(index * USERS_PER_STEP, (index + 1) * USERS_PER_STEP),
  }));
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Whose own switch is on, apart by whether the enforcing policy covers him (S15). Of whom it is not known, he keeps it. */
function perUserOf(input: TakeoverInput): { clear: { id: string; before: PerUserState }[]; kept: KeptPerson[] } {
  const on = (input.perUserMfa ?? []).flatMap(({ id, perUserMfaState }) => {
    const before = onState(perUserMfaState);
    return before === null ? [] : [{ id, before }];
  });
  if (on.length === 0) return { clear: [], kept: [] };
  const covered = coveredByEnforce(input);
  const isCovered = ({ id }: { id: string }) => covered.has(id.toLowerCase());
  const emergency = new Set(input.breakGlass.map((id) => id.toLowerCase()));
  const excepted = new Set(
    input.exceptions.filter(({ signed }) => signed).map(({ accountId }) => accountId.toLowerCase()),
  );
  const whyOf = (id: string): KeptPerson['why'] => {
    if (emergency.has(id)) return 'breakGlass';
    return excepted.has(id) ? 'exception' : 'notCovered';
  };
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return {
    clear: on.filter(isCovered).sort(byId),
    kept: on
      .filter((one) => !isCovered(one))
      .sort(byId)
      .map(({ id }) => ({ accountId: id, why: whyOf(id.toLowerCase()) })),
  };
}

function onState(state: string): PerUserState | null {
  const known = state.toLowerCase();
  return known === 'enabled' || known === 'enforced' ? known : null;
}

/** Everybody who must use MFA at every sign-in by the enforcing policy alone, in lower case. */
export function coveredByEnforce({ tenant: parts, enforce }: Pick<StripInput, 'tenant' | 'enforce'>): Set<string> {
  const tenant = compileTenant(parts);
  const policies = compilePolicies(tenant, [enforce]);
  const rows = coverage({ tenant, users: parts.users, policies });
  return new Set(rows.filter(({ covered }) => covered === 'all').map(({ userId }) => userId.toLowerCase()));
}
