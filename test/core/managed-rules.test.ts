import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/lib/canonical-json.ts';
import { drawPolicies, type ManagedGroup } from '../../src/rollout/policy/managed-policies.core.ts';
import { brokenRules } from '../../src/rollout/policy/managed-rules.core.ts';

const group = (name: string, purpose: ManagedGroup['purpose']): ManagedGroup => ({
  ...{ reference: `$group:${name}`, name, purpose, phase: null, id: null, members: [], add: [] },
});
const GROUPS = [group('Phase', 'phase'), group('Break-glass', 'breakGlass'), group('Exceptions', 'exceptions')];

const BASE = {
  displayName: 'MFA Rollout - ENFORCE',
  state: 'enabledForReportingButNotEnforced',
  users: { includeGroups: ['$group:Phase'], excludeGroups: ['$GROUP:break-glass'] } as Json,
  applications: { includeApplications: ['All'] } as Json,
  more: {} as Record<string, Json>,
  builtInControls: ['mfa'],
};

function codesOf(change: Partial<typeof BASE>): string[] {
  const { users, applications, more, builtInControls, ...policy } = { ...BASE, ...change };
  const json = {
    ...policy,
    conditions: { users, applications, ...more },
    grantControls: { operator: 'OR', builtInControls },
  };
  return brokenRules({ name: 'ENFORCE', json }, GROUPS).map((finding) => finding.code);
}

const excludeGroups = ['$group:Break-glass'];

describe('what a managed policy may never say', () => {
  it('is nothing that a drawn one says', () => {
    expect(drawPolicies(GROUPS).flatMap((policy) => brokenRules(policy, GROUPS))).toEqual([]);
    expect(codesOf({})).toEqual([]);
  });

  it.each<[string, string, Partial<typeof BASE>]>([
    ['S4', 'not_report_only', { state: 'enabled' }],
    ['S4', 'not_report_only', { state: 'disabled' }],
    ['S6', 'names_users', { users: { includeUsers: ['u1'], excludeGroups } }],
    ['S6', 'names_users', { users: { includeUsers: ['All'], excludeUsers: ['u1'], excludeGroups } }],
    ['S17', 'blocks_everybody', { users: { includeUsers: ['All'], excludeGroups }, builtInControls: ['block'] }],
    ['S18', 'excludes_applications', { applications: { includeApplications: ['All'], excludeApplications: ['a'] } }],
    ['S26', 'names_service_principals', { more: { clientApplications: { includeServicePrincipals: ['s'] } } }],
    ['S1', 'break_glass_not_excluded', { users: { includeGroups: ['$group:Phase'] } }],
  ])('%s: %s', (_rule, code, change) => {
    expect(codesOf(change)).toEqual([code]);
  });
});
