/**
 * No step shrinks the protected set (S13): everybody's cover is judged before and after each step by the evaluator.
 * Whoever comes to have less is named, unless a signed exception says so.
 */

import { compilePolicies } from '../policy/evaluate.core.ts';
import { type CoverageRow, coverage } from '../policy/evaluator/coverage.core.ts';
import { compileTenant } from '../policy/evaluator/tenant.core.ts';
import type { GraphObject, JsonObject } from '../policy/graph-json.core.ts';
import { type StripTenant, withChange } from './strip.core.ts';
import type { TakeoverStep } from './takeover.core.ts';

/** The tenant before a step: policies, and the users' own switches. */
export type CoverState = {
  tenant: StripTenant;
  policies: readonly GraphObject[];
  perUserMfa: readonly { id: string; perUserMfaState: string }[];
};

/** The tenant after a step. */
export function afterStep(state: CoverState, step: TakeoverStep): CoverState {
  switch (step.do) {
    case 'observe':
      return { ...state, policies: state.policies.filter(({ id }) => id !== step.policyId) };
    case 'policy':
      return {
        ...state,
        policies: state.policies.map((one) => (one.id === step.policyId ? withChange(one, step.change) : one)),
      };
    case 'perUser': {
      const cleared = new Set(step.users.map(({ id }) => id.toLowerCase()));
      const perUserMfa = state.perUserMfa.map((row) =>
        cleared.has(row.id.toLowerCase()) ? { ...row, perUserMfaState: 'disabled' } : row,
      );
      return { ...state, perUserMfa };
    }
  }
}

/** Whom a step would leave with less than before, by account id, sorted; those who signed it away left out. */
export function losersOf(state: CoverState, step: TakeoverStep): string[] {
  const users = step.do === 'perUser' ? usersOf(state, new Set(step.users.map(({ id }) => id))) : state.tenant.users;
  const before = rowsOf(state, users);
  const after = rowsOf(afterStep(state, step), users);
  const signed = new Set(step.do === 'policy' ? step.signedAway.map((id) => id.toLowerCase()) : []);
  const removed = step.do === 'perUser' ? 'perUserMfa' : step.policyId;
  return users
    .filter((_user, index) => isLess(before[index], after[index], removed))
    .map(({ id }) => id)
    .filter((id) => !signed.has(id.toLowerCase()))
    .sort();
}

function usersOf({ tenant }: CoverState, wanted: ReadonlySet<string>): readonly GraphObject[] {
  return tenant.users.filter(({ id }) => wanted.has(id));
}

function rowsOf({ tenant: parts, policies, perUserMfa }: CoverState, users: readonly GraphObject[]) {
  const tenant = compileTenant(parts);
  const rows = perUserMfa as readonly JsonObject[];
  return coverage({ tenant, users, policies: compilePolicies(tenant, policies), perUserMfa: rows });
}

/** Short of MFA everywhere, whatever the removed thing gave is missed, even where the level has the same name. */
function isLess(before: CoverageRow | undefined, after: CoverageRow | undefined, removed: string): boolean {
  if (before === undefined || after === undefined) return true;
  if (after.covered === 'all') return false;
  if (before.covered === after.covered) return before.by.includes(removed);
  if (before.covered === 'unknown' || after.covered === 'unknown') return true;
  return RANK[after.covered] < RANK[before.covered] || before.by.includes(removed);
}

const RANK = { none: 0, partial: 1, some: 1, all: 2 } as const;

/** The first step of a plan that takes from somebody, and from whom; null when none does. */
export function firstLoss(
  state: CoverState,
  steps: readonly TakeoverStep[],
): { step: TakeoverStep; accountIds: string[] } | null {
  let now = state;
  for (const step of steps) {
    const accountIds = losersOf(now, step);
    if (accountIds.length > 0) return { step, accountIds };
    now = afterStep(now, step);
  }
  return null;
}
