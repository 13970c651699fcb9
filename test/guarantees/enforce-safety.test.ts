/** The rules that stand before an enforcement, one block for each: two tenants that differ only in what the rule is about. */
import { describe, expect, it } from 'vitest';
import type { EffectRow } from '../../src/rollout/policy/draft/draft-effect.core.ts';
import { type FlipFacts, flipRefusal } from '../../src/rollout/policy/enforce/enforce-gates.core.ts';

const ENGINEER = { tenantId: 'msp', objectId: 'eva', sides: ['msp'] as const };
const APPROVER = { tenantId: 'home', objectId: 'ada', sides: ['customer'] as const };
const YES = { enabled: 'yes', cloudOnly: 'yes', initialDomain: 'yes', permanentGlobalAdmin: 'yes' } as const;
const usable = (accountId: string) => ({ accountId, ...YES, phishingResistantMethod: 'yes' as const });

function row(accountId: string, change: Partial<EffectRow> = {}): EffectRow {
  return {
    ...{ accountId, before: 'never', after: 'everywhere', change: 'asked', reach: 'in', olderClientsFail: false },
    ...{ coveredBy: { before: [], after: [] }, canAnswer: 'yes', isEnabled: true, why: { before: '', after: '' } },
    ...change,
  };
}

const leftOut = (id: string) => row(id, { after: 'never', change: 'leftOut', reach: 'leftOut' });
const untouched = (id: string) => row(id, { after: 'never', change: 'same', reach: 'out' });
const EFFECT = [row('anna'), row('ben'), untouched('carl'), leftOut('bg1'), leftOut('bg2')];

function factsOf(change: Partial<FlipFacts> = {}): FlipFacts {
  return {
    ...{ phase: 'Sales', digest: 'd', approvers: [ENGINEER, APPROVER], otherApprovals: 0, pushUnfinished: false },
    ...{ breakGlass: [usable('bg1'), usable('bg2')], declared: ['bg1', 'bg2'], breakGlassInside: ['bg1', 'bg2'] },
    ...{ owned: [], live: [], groups: [], approved: ['anna', 'ben'], inGroup: ['anna'], leftOut: ['bg1', 'bg2'] },
    ...{ anyway: [], effect: EFFECT, admins: ['bg1', 'bg2'], findings: [], rails: { accountsMax: 10, percentMax: 80 } },
    ...change,
  };
}

const changed = (id: string, change: Partial<EffectRow>) =>
  EFFECT.map((one) => (one.accountId === id ? { ...one, ...change } : one));
const finding = (code: string, rule: string, accountIds: string[] = []) => ({
  ...{ code, rule, accountIds, blocks: 'enforcement' as const, message: 'It is so.', clear: 'Mend it.' },
});
const MISSING = { key: 'ENFORCE', kind: 'policy', objectId: 'x', name: 'ENFORCE', fingerprint: 'f' } as const;

const RULES: [rule: string, code: string, change: Partial<FlipFacts>][] = [
  ['S1', 'break_glass_not_excluded', { breakGlassInside: ['bg1'] }],
  ['S1', 'break_glass_not_excluded', { breakGlassInside: null }],
  ['S1', 'break_glass_not_excluded', { effect: changed('bg1', { reach: 'out' }) }],
  ['S2', 'break_glass_unusable', { breakGlass: [usable('bg1'), { ...usable('bg2'), enabled: 'unknown' }] }],
  ['S3', 'group_differs', { inGroup: ['anna', 'stranger'] }],
  ['S3', 'members_unread', { inGroup: null }],
  ['S8', 'somebody_blocked', { effect: changed('anna', { change: 'blocked' }) }],
  ['S8', 'others_enforced', { effect: changed('carl', { after: 'everywhere', change: 'asked', reach: 'in' }) }],
  ['S9', 'admin_locked_out', { admins: ['anna', 'bg1'], effect: changed('anna', { canAnswer: 'unknown' }) }],
  ['S9', 'admin_locked_out', { admins: [] }],
  ['S9', 'roles_not_read', { admins: null }],
  ['S10', 'unregistered_people', { effect: changed('anna', { canAnswer: 'no' }) }],
  ['S10', 'unregistered_people', { effect: changed('anna', { canAnswer: 'unknown' }) }],
  ['S13', 'cover_lost', { effect: changed('carl', { before: 'everywhere', after: 'partly' }) }],
  ['S14', 'parity_missing', { parity: [{ protection: 'everybodyMfa', accountIds: ['carl'], names: ['Carl'] }] }],
  ['S20', 'licence_unknown', { parity: [], licence: null }],
  ['S20', 'licence_short', { parity: [], licence: { hasP1: true, seats: 1 } }],
  ['S14', 'security_defaults_on', { findings: [finding('security_defaults_on', 'S14')] }],
  ['S20', 'licence_short', { findings: [finding('licence_short', 'S20')] }],
  ['S21', 'rails_exceeded', { rails: { accountsMax: 1, percentMax: 80 } }],
  ['S22', 'approvals_missing', { approvers: [ENGINEER] }],
  ['S22', 'approvals_missing', { approvers: [{ ...ENGINEER, sides: ['msp', 'customer'] }] }],
  ['S22', 'approvals_missing', { approvers: [ENGINEER, { ...ENGINEER, objectId: 'eric' }] }],
  ['S23', 'managed_object_changed', { owned: [{ ...MISSING, written: null, pushId: 'p' }] }],
  ['S23', 'push_under_way', { pushUnfinished: true }],
  ['S31', 'effect_unknown', { effect: changed('carl', { after: 'unknown', reach: 'unknown' }) }],
];

it('a tenant in which every rule is kept may be enforced', () => {
  expect(flipRefusal(factsOf())).toBeNull();
});

describe.each(RULES)('%s', (rule, code, change) => {
  it(`refuses with ${code}`, () => {
    expect(flipRefusal(factsOf(change))).toMatchObject({ rule, code });
  });
});

describe('S14', () => {
  const on = { findings: [finding('security_defaults_on', 'S14')] };
  const covered = (id: string) =>
    changed(id, { coveredBy: { before: ['securityDefaults'], after: [] }, canAnswer: 'no' });
  const licence = { hasP1: true, seats: 10 };

  it('lets the step through in which Security Defaults give way', () => {
    expect(flipRefusal(factsOf({ ...on, parity: [], licence }))).toBeNull();
  });

  it('does not count as new to MFA whom Security Defaults cover (S10)', () => {
    expect(flipRefusal(factsOf({ ...on, parity: [], licence, effect: covered('anna') }))).toBeNull();
  });
});

describe('S10', () => {
  it('lets somebody through who is named in both approvals', () => {
    expect(flipRefusal(factsOf({ effect: changed('anna', { canAnswer: 'no' }), anyway: ['anna'] }))).toBeNull();
  });

  it('does not take a signature for an administrator who could not answer (S9)', () => {
    const effect = changed('anna', { canAnswer: 'no' });
    const facts = factsOf({ effect, anyway: ['anna'], admins: ['anna', 'bg1'] });
    expect(flipRefusal(facts)).toMatchObject({ code: 'admin_locked_out' });
  });
});
