import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/rollout/policy/evaluate.core.ts';
import { type CoverageInput, coverage } from '../../src/rollout/policy/evaluator/coverage.core.ts';
import { compileTenant, type TenantInput } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import { type PolicyParts, policy, TENANT } from '../support/policy-builders.ts';

type Setting = { tenant?: Partial<TenantInput>; perUserMfa?: CoverageInput['perUserMfa'] };

function coverOfAda(parts: readonly PolicyParts[], { tenant, perUserMfa = [] }: Setting = {}) {
  const compiled = compileTenant({ ...TENANT, securityDefaults: { isEnabled: false }, ...tenant });
  const policies = compilePolicies(
    compiled,
    parts.map((each) => policy({ displayName: 'p1', ...each })),
  );
  const users = TENANT.users.filter(({ id }) => id === 'ada');
  const [row] = coverage({ users, tenant: compiled, policies, roleAssignments: TENANT.roleAssignments, perUserMfa });
  if (row === undefined) throw new Error('no row for ada');
  return row;
}

// S31: what is not understood never becomes "not asked".
describe('per-user MFA', () => {
  it.each<[claim: string, perUserMfa: CoverageInput['perUserMfa'], expected: string]>([
    ['in a state that came later is unknown', [{ id: 'ada', perUserMfaState: 'requiredSoon' }], 'unknown'],
    ['in a row without a state is unknown', [{ id: 'ada' }], 'unknown'],
    ['of somebody who is in no row is not on', [{ id: 'bo', perUserMfaState: 'enforced' }], 'none'],
  ])('%s', (_claim, perUserMfa, expected) => {
    expect(coverOfAda([], { perUserMfa }).covered).toBe(expected);
  });
});

// S31: what is unknown is said, and which source or condition makes it so.
describe('the reason of an answer that cannot be told', () => {
  const exceptTrusted = { conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } } };
  const byFilter = { conditions: { devices: { deviceFilter: { mode: 'exclude', rule: 'device.x' } } } };
  it.each<[claim: string, parts: readonly PolicyParts[], setting: Setting, why: string]>([
    [
      'names places that were not read',
      [exceptTrusted],
      { tenant: { namedLocations: null } },
      'named locations were not read',
    ],
    ['names a filter for devices', [byFilter], {}, 'the filter for devices'],
    ['names a control', [{ grantControls: { builtInControls: ['later'] } }], {}, 'the controls of "p1"'],
    ['names a third party', [{ grantControls: { customAuthenticationFactors: ['Duo'] } }], {}, '"p1" hands over'],
    ['names per-user MFA', [], { perUserMfa: null }, 'per-user MFA was not read'],
  ])('%s', (_claim, parts, setting, why) => {
    const row = coverOfAda(parts, setting);
    expect(row.covered).toBe('unknown');
    expect(row.why).toContain(why);
  });
});
