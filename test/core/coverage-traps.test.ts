/**
 * Six ways in which tools get coverage wrong, each quoted from the complaints of those who used them, and the missing
 * readings that must never look fine. Asked through a snapshot, as `coverage --snapshot` asks.
 */
import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../src/rollout/snapshots/policy-answers.ts';
import { parseSnapshot } from '../../src/rollout/snapshots/snapshot-file.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import { GLOBAL_ADMIN, type PolicyParts, policy, SYNC_ROLE, TENANT } from '../support/policy-builders.ts';
import { worldSnapshot } from '../support/world-snapshot.ts';

const COMPLETE = {
  version: 1,
  takenAt: '2026-11-22T08:00:00Z',
  tenantId: '11111111-2222-4333-8444-555555555555',
  ...TENANT,
  groups: [
    ...TENANT.groups,
    {
      id: 'everyone',
      displayName: 'Everyone of Sales',
      groupTypes: ['DynamicMembership'],
      membershipRule: '(user.department -eq "Sales")',
      members: [{ id: 'bo', '@odata.type': '#microsoft.graph.user' }],
    },
    { id: 'rule-unread', groupTypes: ['DynamicMembership'], membershipRule: '(user.department -eq "Sales")' },
    {
      id: 'break-glass',
      displayName: 'Break glass',
      members: [{ id: 'inner-glass', '@odata.type': '#microsoft.graph.group' }],
    },
    { id: 'inner-glass', members: [{ id: 'di', '@odata.type': '#microsoft.graph.user' }] },
  ],
  registration: [
    { id: 'ada', isMfaRegistered: true, isMfaCapable: true, methodsRegistered: ['microsoftAuthenticatorPush'] },
    { id: 'bo', isMfaRegistered: true, isMfaCapable: true, methodsRegistered: ['fido2SecurityKey'] },
    { id: 'cy', isMfaRegistered: true, isMfaCapable: true, methodsRegistered: ['mobilePhone'] },
    { id: 'di', isMfaRegistered: false, isMfaCapable: false, methodsRegistered: [] },
  ],
  policies: [] as object[],
  securityDefaults: { isEnabled: false } as { isEnabled: boolean } | null,
  perUserMfa: [] as { id: string; perUserMfaState: string }[] | null,
};

type Parts = Partial<Record<keyof typeof COMPLETE | 'authenticationMethods' | 'subscribedSkus', unknown>>;

function rows(parts: Parts) {
  const { people } = coverageOf(parseSnapshot(JSON.stringify({ ...COMPLETE, ...parts })));
  return (userId: string) => {
    const row = people.find((each) => each.userId === userId);
    if (row === undefined) throw new Error(`no row for ${userId}`);
    return row;
  };
}

const under = (parts: PolicyParts) => rows({ policies: [policy(parts)] });

describe('1: "the report says not enforced for policies scoped to groups, dynamic or not; honour excluded groups and roles"', () => {
  it.each<[claim: string, users: object, userId: string, covered: string, why: string]>([
    ['three groups deep', { includeGroups: ['sales'] }, 'ada', 'all', 'included through the group "Sales"'],
    ['a dynamic group', { includeGroups: ['everyone'] }, 'bo', 'all', 'included through the group "Everyone of Sales"'],
    ['an active role', { includeRoles: [GLOBAL_ADMIN] }, 'bo', 'all', 'included through an active role'],
    ['a role held through a group', { includeRoles: [GLOBAL_ADMIN] }, 'di', 'all', 'included through an active role'],
    [
      'a role that is only eligible',
      { includeRoles: [GLOBAL_ADMIN] },
      'cy',
      'partial',
      'included only while an eligible role is active, limited by role',
    ],
  ])('%s counts', (_claim, users, userId, covered, why) => {
    expect(under({ users })(userId)).toMatchObject({
      covered,
      by: ['p1'],
      covering: [{ id: 'p1', name: 'MFA for everybody', effect: 'mfa', why }],
    });
  });

  it.each<[claim: string, users: object, userId: string]>([
    ['nested', { includeUsers: ['All'], excludeGroups: ['sales'] }, 'ada'],
    ['dynamic', { includeUsers: ['All'], excludeGroups: ['everyone'] }, 'bo'],
    ['by role', { includeUsers: ['All'], excludeRoles: [GLOBAL_ADMIN] }, 'di'],
    ['over an inclusion by name', { includeUsers: ['ada'], excludeGroups: ['exceptions'] }, 'ada'],
  ])('an exclusion wins: %s', (_claim, users, userId) => {
    expect(under({ users })(userId)).toMatchObject({ covered: 'none', by: [], covering: [] });
  });

  it('a group whose members were not read is unknown, on either side, with the group in the reason', () => {
    for (const users of [
      { includeGroups: ['rule-unread'] },
      { includeUsers: ['All'], excludeGroups: ['rule-unread'] },
    ]) {
      const row = under({ users })('ada');
      expect(row).toMatchObject({ covered: 'unknown', by: [] });
      expect(row.why).toContain('the members of the group "rule-unread" were not read');
    }
  });

  it('a role limited to an administrative unit makes an admin, and brings no policy on', () => {
    expect(under({ users: { includeRoles: [GLOBAL_ADMIN] } })('ed')).toMatchObject({
      covered: 'none',
      admin: 'active',
      adminRoles: { active: [GLOBAL_ADMIN], eligible: [] },
    });
  });
});

describe('2: "the report counted report-only and disabled policies as protection"', () => {
  const enforced = policy({ id: 'old', users: { includeUsers: ['bo'] } });
  it.each<[state: string, reportOnlyIn: string[]]>([
    ['enabledForReportingButNotEnforced', ['p1']],
    ['disabled', []],
  ])('%s protects nobody', (state, reportOnlyIn) => {
    const person = rows({ policies: [policy({ state }), enforced] });
    expect(person('ada')).toMatchObject({ covered: 'none', by: [], covering: [], reportOnlyIn });
    expect(person('bo')).toMatchObject({ covered: 'all', by: ['old'], reportOnlyIn });
  });

  it('a report-only exclusion or block takes nothing away either', () => {
    const state = 'enabledForReportingButNotEnforced';
    const block = policy({ id: 'block', state, grantControls: { builtInControls: ['block'] } });
    const excluding = policy({ id: 'x', state, users: { includeUsers: ['All'], excludeUsers: ['bo'] } });
    expect(rows({ policies: [block, excluding, enforced] })('bo')).toMatchObject({
      covered: 'all',
      reportOnlyIn: [],
      excludedFrom: [],
    });
  });

  it('a deleted policy that is still listed and one with a state nobody knows are not protection', () => {
    const deleted = policy({ more: { deletedDateTime: '2026-11-01T00:00:00Z' } });
    expect(rows({ policies: [deleted] })('ada').covered).toBe('none');
    expect(under({ state: 'enabledForSome' })('ada')).toMatchObject({ covered: 'unknown', by: [] });
  });
});

describe('3: "tenants on Security Defaults or without P1 come out as missing MFA; a P2 tenant as not licensed when the call failed"', () => {
  const withoutP1 = {
    policies: null,
    registration: null,
    authenticationMethods: [
      { id: 'ada', methods: [{ '@odata.type': '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod' }] },
      { id: 'bo', methods: [{ '@odata.type': '#microsoft.graph.passwordAuthenticationMethod' }] },
    ],
  };

  it.each<[claim: string, parts: Parts, userId: string, expected: object]>([
    [
      'on, as a cover of their own',
      { securityDefaults: { isEnabled: true } },
      'ada',
      { covered: 'partial', by: ['securityDefaults'], securityDefaults: 'on' },
    ],
    [
      'on, where the licence keeps policies from being read',
      { ...withoutP1, securityDefaults: { isEnabled: true } },
      'ada',
      { covered: 'partial', by: ['securityDefaults'], registered: 'yes', capable: 'yes' },
    ],
    [
      'on, and the account of directory synchronisation left out',
      { securityDefaults: { isEnabled: true } },
      'syd',
      { covered: 'none', by: [], securityDefaults: 'leftOut' },
    ],
    ['off', {}, 'ada', { covered: 'none', securityDefaults: 'off' }],
    ['not read', { securityDefaults: null }, 'ada', { covered: 'unknown', securityDefaults: 'unknown' }],
    [
      'not read beside an enabled policy, which proves them off',
      { securityDefaults: null, policies: [policy({ users: { includeUsers: ['bo'] } })] },
      'ada',
      { covered: 'none', securityDefaults: 'off' },
    ],
    [
      'off, and policies not read: neither protected nor missing',
      { ...withoutP1, securityDefaults: { isEnabled: false } },
      'ada',
      { covered: 'unknown', by: [], securityDefaults: 'off', gap: null },
    ],
  ])('Security Defaults %s', (_claim, parts, userId, expected) => {
    expect(rows(parts)(userId)).toMatchObject(expected);
  });

  it('falls back to the methods of each person, and keeps whom neither source tells of unknown', () => {
    const person = rows({ ...withoutP1, policies: [] });
    expect(person('ada')).toMatchObject({ registered: 'yes', methods: ['microsoftAuthenticator'] });
    expect(person('bo')).toMatchObject({ registered: 'no', methods: ['password'] });
    expect(person('cy')).toMatchObject({ registered: 'unknown', capable: 'unknown', methods: [] });
  });

  it('says nothing about the licence when a call failed: the registration is unknown', () => {
    const premium = [
      { capabilityStatus: 'Enabled', servicePlans: [{ servicePlanId: 'eec0eb4f-6444-4f95-aba0-50c24d67f998' }] },
    ];
    const person = rows({ registration: null, subscribedSkus: premium });
    expect(person('bo')).toMatchObject({ registered: 'unknown', capable: 'unknown', gap: null });
  });
});

describe('4: "an admin who has a method registered but no policy that asks for it is not alerted"', () => {
  it.each<[claim: string, userId: string, parts: Parts, expected: object]>([
    [
      'registered, never asked',
      'bo',
      {},
      {
        admin: 'active',
        adminRoles: { active: [GLOBAL_ADMIN], eligible: [] },
        registered: 'yes',
        covered: 'none',
        gap: 'registeredNotRequired',
      },
    ],
    [
      'eligible only, registered, never asked',
      'cy',
      {},
      { admin: 'eligible', adminRoles: { active: [], eligible: [GLOBAL_ADMIN] }, gap: 'registeredNotRequired' },
    ],
    [
      'asked, not registered',
      'di',
      { policies: [policy()] },
      { admin: 'active', covered: 'all', registered: 'no', gap: 'requiredNotRegistered' },
    ],
    ['neither', 'di', {}, { admin: 'active', gap: 'neither' }],
    ['registered and asked', 'bo', { policies: [policy()] }, { admin: 'active', covered: 'all', gap: null }],
    ['nobody’s admin', 'ada', {}, { admin: 'no', adminRoles: { active: [], eligible: [] } }],
    ['the account of synchronisation', 'syd', {}, { admin: 'no' }],
    ['roles not read', 'bo', { roleAssignments: null }, { admin: 'unknown', adminRoles: null }],
    [
      'groups not read: a role may be held through one',
      'ada',
      { groups: null },
      { admin: 'unknown', adminRoles: null },
    ],
  ])('%s', (_claim, userId, parts, expected) => {
    expect(rows(parts)(userId)).toMatchObject(expected);
  });

  it('names the role once where it is both active and eligible, by way of a group too', () => {
    const roleAssignments = [
      ...TENANT.roleAssignments,
      { roleDefinitionId: GLOBAL_ADMIN.toUpperCase(), principalId: 'di' },
      { roleDefinitionId: GLOBAL_ADMIN, principalId: 'di', eligible: true },
    ];
    expect(rows({ roleAssignments })('di').adminRoles).toEqual({ active: [GLOBAL_ADMIN], eligible: [GLOBAL_ADMIN] });
    expect(TENANT.roleAssignments.some(({ roleDefinitionId }) => roleDefinitionId === SYNC_ROLE)).toBe(true);
  });
});

describe('14: "checks fail when break-glass is excluded through a group rather than directly"', () => {
  it.each<[spelling: string, users: object, how: string]>([
    ['directly', { includeUsers: ['All'], excludeUsers: ['di'] }, 'excluded by name'],
    [
      'through a group',
      { includeUsers: ['All'], excludeGroups: ['inner-glass'] },
      'excluded through the group "inner-glass"',
    ],
    [
      'through a group in a group',
      { includeUsers: ['All'], excludeGroups: ['break-glass'] },
      'excluded through the group "Break glass"',
    ],
  ])('%s, the effect is the same', (_spelling, users, how) => {
    expect(under({ users })('di')).toMatchObject({
      covered: 'none',
      excludedFrom: [{ policyId: 'p1', how }],
    });
  });

  it('an exclusion from one policy is no exclusion from the others', () => {
    const policies = [
      policy({ id: 'one', users: { includeUsers: ['All'], excludeGroups: ['break-glass'] } }),
      policy({ id: 'two' }),
    ];
    expect(rows({ policies })('di')).toMatchObject({
      covered: 'all',
      by: ['two'],
      excludedFrom: [{ policyId: 'one' }],
    });
  });
});

describe('20: "third-party MFA must count"', () => {
  it.each<[claim: string, grantControls: object, expected: object]>([
    [
      'alone it is a class of its own, neither covered nor missing',
      { operator: 'OR', builtInControls: [], customAuthenticationFactors: ['DuoMfa'] },
      { covered: 'unknown', thirdPartyIn: ['p1'], gap: null },
    ],
    [
      'beside Microsoft’s as an alternative, too: either way a second factor may be asked for',
      { operator: 'OR', builtInControls: ['mfa'], customAuthenticationFactors: ['DuoMfa'] },
      { covered: 'unknown', thirdPartyIn: ['p1'] },
    ],
    [
      'on top of Microsoft’s it takes nothing away',
      { operator: 'AND', builtInControls: ['mfa'], customAuthenticationFactors: ['DuoMfa'] },
      { covered: 'all', by: ['p1'], thirdPartyIn: [] },
    ],
    [
      'as an alternative to a device it is not required',
      { operator: 'OR', builtInControls: ['compliantDevice'], customAuthenticationFactors: ['DuoMfa'] },
      { covered: 'none', alternativeIn: ['p1'] },
    ],
  ])('%s', (_claim, grantControls, expected) => {
    expect(under({ grantControls })('ada')).toMatchObject(expected);
  });

  it('shows only those whom the policy is for', () => {
    const duo = { operator: 'OR', builtInControls: [], customAuthenticationFactors: ['DuoMfa'] };
    const person = under({ grantControls: duo, users: { includeGroups: ['sales'] } });
    expect(person('ada').thirdPartyIn).toEqual(['p1']);
    expect(person('bo')).toMatchObject({ covered: 'none', thirdPartyIn: [] });
  });
});

describe('a reading that is missing makes unknown, never fine and never missing', () => {
  const toGroup = policy({ users: { includeGroups: ['sales'] } });
  const toRole = policy({ users: { includeRoles: [GLOBAL_ADMIN] } });
  const outside = policy({
    conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } },
  });
  const strong = policy({ grantControls: { authenticationStrength: { id: 'strength-keys' } } });

  it.each<[part: keyof Parts, policies: object[], userId: string, whenRead: string]>([
    ['groups', [toGroup], 'ada', 'all'],
    ['groups', [toGroup], 'bo', 'none'],
    ['roleAssignments', [toRole], 'bo', 'all'],
    ['roleAssignments', [toRole], 'ada', 'none'],
    ['namedLocations', [outside], 'ada', 'partial'],
    ['authenticationStrengths', [strong], 'ada', 'all'],
    ['perUserMfa', [toGroup], 'bo', 'none'],
    ['securityDefaults', [], 'ada', 'none'],
    ['policies', [toGroup], 'ada', 'all'],
  ])('%s', (part, policies, userId, whenRead) => {
    expect(rows({ policies })(userId).covered).toBe(whenRead);
    for (const missing of [null, undefined]) {
      expect(rows({ policies, [part]: missing })(userId).covered).toBe('unknown');
    }
  });

  it('does not take Security Defaults for the cover of what may be the account of synchronisation', () => {
    const users = TENANT.users.map((user) => ({ ...user, onPremisesSyncEnabled: user.id === 'ada' }));
    const unread = { securityDefaults: { isEnabled: true }, roleAssignments: null };
    const person = rows({ ...unread, users });
    expect(person('ada')).toMatchObject({ covered: 'partial', by: ['securityDefaults'] });
    expect(person('syd')).toMatchObject({ covered: 'unknown', by: [], securityDefaults: 'unknown' });
    expect(rows(unread)('syd').covered).toBe('partial');
  });

  it('takes nothing back from a cover that does not rest on it', () => {
    const bare = {
      groups: null,
      roleAssignments: null,
      namedLocations: null,
      perUserMfa: null,
      securityDefaults: null,
    };
    expect(rows({ policies: [policy()], ...bare })('ada').covered).toBe('all');
  });
});

const WORLDS = [
  ['reference', 41],
  ['securityDefaults', 42],
  ['oldPolicies', 43],
] as const;

const OPTIONAL = [
  'groups',
  'roleAssignments',
  'servicePrincipals',
  'namedLocations',
  'authenticationStrengths',
  'perUserMfa',
  'securityDefaults',
  'policies',
  'registration',
  'hr',
  'mailboxes',
  'signIns',
  'subscribedSkus',
] as const;

describe.each(WORLDS)('the generated world %s, seed %i', (name, seed) => {
  const { world, truth } = generateWorld({ name, seed, size: 100 });
  const [customer] = truth.customers;
  const [tenant] = world.tenants;
  if (customer === undefined || tenant === undefined) throw new Error('a world has a customer');
  const snapshot = worldSnapshot(world, customer);
  const { people } = coverageOf(snapshot);

  it.each(OPTIONAL)('without "%s" says the same of a person or unknown, and nothing else', (part) => {
    const bare = coverageOf({ ...snapshot, [part]: null }).people;
    const turned = people.filter((row, index) => {
      const covered = bare[index]?.covered;
      return covered !== row.covered && covered !== 'unknown';
    });
    expect(turned.map(({ userId, covered }) => `${userId} was ${covered}`)).toEqual([]);
  });

  it('gives each cover its reason, and none to a policy that is not enabled', () => {
    const enabled = new Set(
      tenant.conditionalAccessPolicies.filter(({ state }) => state === 'enabled').map(({ id }) => id),
    );
    const others = new Set(['securityDefaults', 'perUserMfa']);
    for (const { by, covering, covered } of people) {
      expect(covering.map(({ id }) => id)).toEqual(by);
      expect(covering.filter(({ why }) => why === '')).toEqual([]);
      expect(by.filter((id) => !enabled.has(id) && !others.has(id))).toEqual([]);
      expect(by.length > 0).toBe(covered === 'all' || covered === 'some' || covered === 'partial');
    }
  });

  it('knows the admins of the tenant, active and eligible, and their per-user MFA', () => {
    const holders = (rows: readonly { roleDefinitionId: string; principalId: string }[]) =>
      new Set(rows.filter((row) => row.roleDefinitionId === GLOBAL_ADMIN).map((row) => row.principalId));
    const [active, eligible] = [holders(tenant.roleAssignments), holders(tenant.roleEligibilities)];
    for (const { userId, adminRoles, admin, perUserMfa, securityDefaults } of people) {
      expect(adminRoles?.active.includes(GLOBAL_ADMIN)).toBe(active.has(userId));
      expect(adminRoles?.eligible.includes(GLOBAL_ADMIN)).toBe(eligible.has(userId));
      if (active.has(userId)) expect(admin).toBe('active');
      expect(perUserMfa).toBe(tenant.perUserMfa[userId] ?? 'disabled');
      expect(securityDefaults === 'off').toBe(!tenant.securityDefaults.isEnabled);
    }
  });
});
