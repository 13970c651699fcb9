import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approvalDigest,
  type EnforceInput,
  type FlipPhase,
  type FlipPlan,
  phaseKey,
  planEnforce,
  planWithdraw,
} from '../../src/rollout/policy/enforce/enforce.core.ts';
import { type GraphObject, objectOf } from '../../src/rollout/policy/graph-json.core.ts';
import type { ManagedObject } from '../../src/rollout/policy/managed-objects.core.ts';

const NAMES = ['Sales', 'Engineering', 'Operations', 'Finance'];
const EXCLUDED = { breakGlass: 'g-break', exceptions: 'g-exceptions' };
const EVERYONE: FlipPhase = { name: 'Everyone else', everyoneElse: true };

const phaseOf = (name: string): FlipPhase => ({ name, everyoneElse: false });
const groupOf = (name: string) => `g-${name.toLowerCase()}`;
const enforcedOf = (names: readonly string[]) => names.map((name) => ({ ...phaseOf(name), groupId: groupOf(name) }));

function object(key: string, objectId: string): ManagedObject {
  return { key, kind: 'group', objectId, name: key, fingerprint: '', written: null, pushId: 'p' };
}

const OWNED = [object('direct', 'g-direct'), ...NAMES.map((name) => object(phaseKey({ name }), groupOf(name)))];

function policy(state: string, users: Record<string, string[]>): GraphObject {
  return {
    id: 'enforce',
    displayName: 'MFA Rollout - ENFORCE',
    state,
    conditions: {
      users: { includeUsers: [], excludeUsers: [], excludeGroups: ['g-break', 'g-exceptions'], ...users },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  };
}

const BORN = policy('enabledForReportingButNotEnforced', { includeGroups: ['g-direct', ...NAMES.map(groupOf)] });
const running = (names: readonly string[]) => policy('enabled', { includeGroups: ['g-direct', ...names.map(groupOf)] });

function input(change: Partial<EnforceInput>): EnforceInput {
  return { live: BORN, owned: OWNED, excluded: EXCLUDED, enforced: [], phase: phaseOf('Sales'), ...change };
}

function planned(change: Partial<EnforceInput>): FlipPlan {
  const plan = planEnforce(input(change));
  if ('code' in plan) throw new Error(plan.code);
  return plan;
}

const usersOf = (json: GraphObject) => objectOf(objectOf(json.conditions)?.users) ?? {};

describe('the first enforcement', () => {
  it('switches the policy on and cuts it to the direct group and this phase in the same change', () => {
    const plan = planned({});
    expect(plan).toMatchObject({ isFirst: true, groupId: 'g-sales', change: { state: 'enabled' } });
    expect(usersOf(plan.json)).toEqual({ ...usersOf(BORN), includeGroups: ['g-direct', 'g-sales'] });
  });
});

describe('every enforcement', () => {
  it('changes only whom the policy includes, names no user and loses no exclusion', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(NAMES, { minLength: 1 }), fc.boolean(), (names, isLast) => {
        const [next = '', ...before] = names;
        const live = before.length === 0 ? BORN : running(before);
        const phase = isLast ? EVERYONE : phaseOf(next);
        const { json, change } = planned({ live, enforced: enforcedOf(before), phase });
        const wanted = isLast ? [] : ['g-direct', ...[next, ...before].map(groupOf)].sort();
        const reach = { includeUsers: isLast ? ['All'] : [], includeGroups: wanted };
        const conditions = { ...objectOf(live.conditions), users: { ...usersOf(live), ...reach } };
        expect(json).toEqual({ ...live, state: 'enabled', conditions });
        expect(change.state).toBe(before.length === 0 ? 'enabled' : undefined);
      }),
    );
  });

  it.each([
    ['already_enforced', { live: running(['Sales']), enforced: enforcedOf(['Sales']) }],
    ['phase_group_missing', { phase: phaseOf('Unheard of') }],
    ['phase_group_missing', { owned: OWNED.slice(1) }],
    ['everyone_enforced', { enforced: [{ ...EVERYONE, groupId: null }] }],
    ['excludes_differ', { live: policy('enabled', { includeGroups: [], excludeGroups: ['g-break'] }) }],
    ['excludes_differ', { live: policy('enabled', { excludeGroups: ['g-break', 'g-exceptions', 'g-other'] }) }],
    ['names_users', { live: policy('enabled', { includeUsers: ['u-1'] }) }],
    ['names_users', { live: policy('enabled', { excludeUsers: ['u-1'] }) }],
    ['policy_state_unexpected', { live: policy('disabled', {}) }],
    ['policy_state_unexpected', { live: BORN, enforced: enforcedOf(['Finance']) }],
  ])('refuses with %s', (code, change) => {
    expect(planEnforce(input(change))).toMatchObject({ code });
  });
});

describe('the way back', () => {
  it('takes out this phase alone, in any order, and never touches the state', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(NAMES, { minLength: 1 }), (names) => {
        const [out = '', ...others] = names;
        const live = running(names);
        const plan = planWithdraw({ live, owned: OWNED, enforced: enforcedOf(names), phase: phaseOf(out) });
        expect(usersOf(plan?.json ?? BORN).includeGroups).toEqual(['g-direct', ...others.map(groupOf)]);
        expect(plan?.change.state).toBeUndefined();
        expect(plan?.json.state).toBe('enabled');
      }),
    );
  });

  it('keeps everything that somebody else wrote into the policy', () => {
    const edited: GraphObject = { ...running(['Sales', 'Finance']), state: 'disabled', displayName: 'Renamed' };
    const plan = planWithdraw({ live: edited, owned: OWNED, enforced: enforcedOf(['Sales']), phase: phaseOf('Sales') });
    expect(plan?.json).toEqual({ ...running(['Finance']), state: 'disabled', displayName: 'Renamed' });
  });

  it('goes back from everyone to the groups enforced before', () => {
    const live = policy('enabled', { includeUsers: ['All'], includeGroups: [] });
    const enforced = [...enforcedOf(['Sales', 'Finance']), { ...EVERYONE, groupId: null }];
    const plan = planWithdraw({ live, owned: OWNED, enforced, phase: EVERYONE });
    expect(usersOf(plan?.json ?? BORN)).toEqual(
      usersOf(policy('enabled', { includeGroups: ['g-direct', 'g-finance', 'g-sales'] })),
    );
  });

  it('leaves no policy for nobody, which Graph refuses', () => {
    const live = policy('enabled', { includeGroups: ['g-sales'] });
    const plan = planWithdraw({ live, owned: OWNED, enforced: [], phase: phaseOf('Sales') });
    expect(usersOf(plan?.json ?? BORN).includeGroups).toEqual(['g-direct']);
  });

  it('has nothing to do where the policy does not reach the phase', () => {
    expect(
      planWithdraw({ live: running(['Finance']), owned: OWNED, enforced: [], phase: phaseOf('Sales') }),
    ).toBeNull();
  });
});

describe('the digest of an approval', () => {
  const bound = { tenantId: 't', phase: phaseOf('Sales'), users: ['a', 'b'], exempt: ['c'], anyway: ['a'] };
  const digest = (change: object = {}) => approvalDigest({ ...bound, plan: planned({}), ...change });

  it('is the same in any order and any spelling of ids', () => {
    expect(digest({ users: ['B', 'a', 'A'] })).toBe(digest());
  });

  it.each([
    ['tenant', { tenantId: 'other' }],
    ['phase', { phase: phaseOf('Finance') }],
    ['people', { users: ['a'] }],
    ['people carved out', { exempt: [] }],
    ['people enforced anyway', { anyway: [] }],
    ['policy', { plan: planned({ phase: phaseOf('Finance') }) }],
  ])('changes with the %s', (_what, change) => {
    expect(digest(change)).not.toBe(digest());
  });
});
