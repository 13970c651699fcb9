/** The rules of a takeover, each with two tenants that differ in that rule alone. */
import { describe, expect, it } from 'vitest';
import type { ManagedObject } from '../../src/rollout/policy/managed-objects.core.ts';
import { policyFingerprint } from '../../src/rollout/policy/managed-objects.core.ts';
import { losersOf } from '../../src/rollout/takeover/cover-steps.core.ts';
import { planTakeover, type TakeoverInput } from '../../src/rollout/takeover/takeover.core.ts';
import { type TakeoverFacts, takeoverGates } from '../../src/rollout/takeover/takeover-gates.core.ts';
import { enforcing, judged, oldPolicy, takeoverInput } from '../support/takeover-tenant.ts';

const BREAK_GLASS = {
  ...{ enabled: 'yes', cloudOnly: 'yes', initialDomain: 'yes', permanentGlobalAdmin: 'yes' },
  phishingResistantMethod: 'yes',
} as const;

function facts(change: Partial<TakeoverFacts> = {}, input: TakeoverInput = takeoverInput()): TakeoverFacts {
  const plan = planTakeover(input);
  const owned: ManagedObject = {
    ...{ key: 'ENFORCE', kind: 'policy', objectId: 'enforce', name: 'ENFORCE', written: null, pushId: 'push' },
    fingerprint: policyFingerprint(enforcing()),
  };
  return {
    rollout: { state: 'finished', phases: [] },
    everyoneEnforced: true,
    enforce: enforcing(),
    owned: [owned],
    securityDefaultsOn: false,
    unread: [],
    breakGlass: ['bg-1', 'bg-2'].map((accountId) => ({ accountId, ...BREAK_GLASS })) as TakeoverFacts['breakGlass'],
    breakGlassInside: ['bg-1', 'bg-2'],
    plan,
    cover: { tenant: input.tenant, policies: input.policies, perUserMfa: input.perUserMfa ?? [] },
    rails: { accountsMax: 100, percentMax: 30 },
    accounts: 6,
    isFirst: true,
    ...change,
  };
}

function refusals(change: Partial<TakeoverFacts>): string[] {
  return takeoverGates(facts(change)).map(({ rule, code }) => `${rule ?? ''} ${code}`);
}

it('a tenant in which every rule holds is taken over', () => {
  expect(refusals({})).toEqual([]);
});

describe('S13', () => {
  it('a step that takes from somebody is refused with his name; one that takes from nobody is not', () => {
    const input = takeoverInput({}, { exceptions: ['ben'] });
    const step = {
      ...{ do: 'policy' as const, name: 'policy.old', policyId: 'old', displayName: 'MFA Finance', before: null },
      ...{ change: { state: 'disabled' as const }, signedAway: [] },
    };
    const state = { tenant: input.tenant, policies: input.policies, perUserMfa: [] };
    expect(losersOf(state, step)).toEqual(['ben']);
    expect(losersOf(state, { ...step, signedAway: ['ben'] })).toEqual([]);
    const forced = facts({ plan: { ...facts().plan, steps: [step] }, cover: state });
    expect(takeoverGates(forced).map(({ rule, accountIds }) => [rule, accountIds])).toEqual([['S13', ['ben']]]);
  });
});

describe('S15', () => {
  it('old MFA stays while phases can be rolled back and goes once they cannot', () => {
    expect(refusals({ rollout: { state: 'running', phases: [] } })).toEqual(['S15 rollout_not_finished']);
    expect(refusals({ rollout: { state: 'finished', phases: [] } })).toEqual([]);
  });

  it('per-user MFA stays with whom the enforcing policy leaves out and goes from whom it covers', () => {
    const perUserMfa = [{ id: 'ann', perUserMfaState: 'enforced' }];
    const clearedOf = (exceptions: string[]) =>
      planTakeover(takeoverInput({ perUserMfa, policies: [enforcing()] }, { exceptions })).moved;
    expect([clearedOf(['ann']), clearedOf([])]).toEqual([0, 1]);
  });
});

describe('S16', () => {
  it('a policy of whose people one would lose MFA is left, and the same one without him is not', () => {
    expect(judged(oldPolicy(), {}, { exceptions: ['ben'] }).do).toBe('leave');
    expect(judged(oldPolicy(), {}, { exceptions: ['cat'] }).do).toBe('disable');
  });

  it('nothing is taken before the enforcing policy is for everyone', () => {
    expect(refusals({ everyoneEnforced: false })).toEqual(['S16 everyone_not_enforced']);
  });
});

describe('S19', () => {
  it('a policy of Microsoft is left, and the same one of the customer is not', () => {
    const name = 'Microsoft-managed: MFA Finance';
    expect(judged(oldPolicy({ displayName: name })).reasons).toEqual(['microsoft_managed']);
    expect(judged(oldPolicy({ displayName: 'MFA Finance' })).reasons).toEqual([]);
  });
});

describe('the rules that every write of a policy obeys', () => {
  it.each<[string, Partial<TakeoverFacts>]>([
    ['S1 break_glass_not_excluded', { breakGlassInside: ['bg-1'] }],
    ['S2 break_glass_unusable', { breakGlass: facts().breakGlass.slice(1) }],
    ['S14 security_defaults_on', { securityDefaultsOn: true }],
    ['S14 security_defaults_on', { securityDefaultsOn: null }],
    ['S23 enforce_changed', { enforce: { ...enforcing(), displayName: 'Renamed' } }],
    ['S31 not_read', { unread: ['perUserMfa'] }],
    ['S21 rails_exceeded', { isFirst: false, plan: { ...facts().plan, moved: 101 } }],
  ])('%s', (expected, change) => {
    expect(refusals(change)).toEqual([expected]);
  });

  it('the first takeover may go over the rails, since two people let it', () => {
    expect(refusals({ isFirst: true, plan: { ...facts().plan, moved: 101 } })).toEqual([]);
  });
});
