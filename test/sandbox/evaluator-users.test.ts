import { describe, expect, it } from 'vitest';
import {
  type Case,
  caGroup,
  caTenant,
  GLOBAL_ADMIN,
  OTHER_TENANT,
  PARTNER_TENANT,
  READER,
  verdictOf,
} from '../support/ca-tenant.ts';

type Row = [claim: string, users: Record<string, unknown>, expected: boolean | 'depends', rest?: Case];

function expectRow(users: Record<string, unknown>, expected: Row[2], rest: Case = {}): void {
  const verdict = verdictOf({ ...rest, policy: { conditions: { users } } });
  expect(verdict.applies).toBe(expected);
  if (expected === false) expect(verdict.reasons).toEqual(['users']);
}

const as = (userId: string, more: Record<string, unknown> = {}): Case => ({ identity: { userId, ...more } });

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups#include-users
describe('include users', () => {
  it.each<Row>([
    ['"None: no users selected"', { includeUsers: ['None'] }, false],
    ['"All users that exist in the directory"', { includeUsers: ['All'] }, true],
    ['"... including B2B guests"', { includeUsers: ['All'] }, true, as('guest')],
    ['a user is selected by id', { includeUsers: ['ann'] }, true],
    ['ids are compared without case', { includeUsers: ['ANN'] }, true],
    ['another user is not selected', { includeUsers: ['bob'] }, false],
    ['no list says anybody', { includeUsers: [], includeGroups: null }, false],
    ['an unset list reads as an empty one', { includeUsers: null, includeGroups: ['inner'] }, true],
    ['a direct member of the group', { includeGroups: ['inner'] }, true],
    ['"Policy is applied to nested users and groups" (one level)', { includeGroups: ['middle'] }, true],
    ['"Policy is applied to nested users and groups" (two levels)', { includeGroups: ['outer'] }, true],
    ['the nesting does not lead upwards', { includeGroups: ['ring-a'] }, false],
    ['groups in a circle hold their members', { includeGroups: ['ring-b'] }, true, as('eve')],
    ['groups in a circle hold nobody else', { includeGroups: ['ring-b'] }, false],
    ['a deleted group holds nobody', { includeGroups: ['gone'] }, false],
    ['one hit among the lists is enough', { includeUsers: ['bob'], includeGroups: ['gone', 'outer'] }, true],
  ])('%s', (_, users, expected, rest) => expectRow(users, expected, rest));
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups#include-users
describe('directory roles', () => {
  const assigned = (roleDefinitionId: string, principalId: string, directoryScopeId = '/'): Case => ({
    tenant: { roleAssignments: [{ id: 'r', roleDefinitionId, principalId, directoryScopeId }] },
  });
  it.each<Row>([
    ['"users actively assigned a privileged role"', { includeRoles: [GLOBAL_ADMIN] }, true, as('bob')],
    ['a person without the role', { includeRoles: [GLOBAL_ADMIN] }, false, as('eve')],
    ['another role does not count', { includeRoles: [READER] }, false, as('bob')],
    ['an eligible role is not active', { includeRoles: [GLOBAL_ADMIN] }, false],
    ['an activated role is', { includeRoles: [GLOBAL_ADMIN] }, true, as('ann', { activatedRoles: [GLOBAL_ADMIN] })],
    [
      'nobody activates what he is not eligible for',
      { includeRoles: [GLOBAL_ADMIN] },
      false,
      as('eve', { activatedRoles: [GLOBAL_ADMIN] }),
    ],
    [
      'a role held through a role-assignable group',
      { includeRoles: [READER] },
      true,
      { ...assigned(READER, 'admins'), ...as('eve') },
    ],
    [
      '"administrative unit-scoped roles" are not supported',
      { includeRoles: [READER] },
      false,
      { ...assigned(READER, 'ann', '/administrativeUnits/au'), ...as('ann') },
    ],
    ['a role excludes as well', { includeUsers: ['All'], excludeRoles: [GLOBAL_ADMIN] }, false, as('bob')],
    ['an eligible role excludes nobody', { includeUsers: ['All'], excludeRoles: [GLOBAL_ADMIN] }, true],
    ['role ids are compared without case', { includeRoles: [GLOBAL_ADMIN.toUpperCase()] }, true, as('bob')],
  ])('%s', (_, users, expected, rest) => expectRow(users, expected, rest));
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups#exclude-users
describe('exclude users: "The exclude action overrides the include action in policy"', () => {
  it.each<Row>([
    ['a user in All and excluded', { includeUsers: ['All'], excludeUsers: ['ann'] }, false],
    ['a user both included and excluded', { includeUsers: ['ann'], excludeUsers: ['ann'] }, false],
    ['a group both included and excluded', { includeGroups: ['inner'], excludeGroups: ['inner'] }, false],
    ['included by id, excluded by nested group', { includeUsers: ['ann'], excludeGroups: ['outer'] }, false],
    ['excluded through a circle', { includeUsers: ['All'], excludeGroups: ['ring-b'] }, false, as('eve')],
    ['the excluded person is somebody else', { includeUsers: ['All'], excludeUsers: ['bob'] }, true],
    // https://learn.microsoft.com/graph/api/resources/conditionalaccessusers: ids "and/or GuestsOrExternalUsers".
    ['to exclude All is in no document', { includeUsers: ['ann'], excludeUsers: ['All'] }, 'depends'],
    ['such a word with another beginning', { includeUsers: ['EveryContractor'] }, 'depends'],
    ['a word for a set that came later', { includeUsers: ['AllMoonUsers'] }, 'depends'],
    ['no person is among the accounts of agents', { includeUsers: ['AllAgentIdUsers'] }, false],
    ['their exclusion lets no person out', { includeUsers: ['All'], excludeUsers: ['AllAgentIdUsers'] }, true],
    [
      'guests excluded by the old word',
      { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'] },
      false,
      as('guest'),
    ],
  ])('%s', (_, users, expected, rest) => expectRow(users, expected, rest));
});

const kinds = (guestOrExternalUserTypes: string, externalTenants: unknown = null) => ({
  guestOrExternalUserTypes,
  externalTenants,
});
const listing = (...members: string[]) => ({ membershipKind: 'enumerated', members });
const included = (choice: unknown) => ({ includeGuestsOrExternalUsers: choice });

// https://learn.microsoft.com/entra/external-id/authentication-conditional-access#assigning-conditional-access-policies-to-external-user-types
describe('guest or external users', () => {
  it.each<Row>([
    ['B2B guest: external account, UserType Guest', included(kinds('b2bCollaborationGuest')), true, as('guest')],
    ['B2B member: external account, UserType Member', included(kinds('b2bCollaborationMember')), true, as('partner')],
    ['local guest: own account, UserType Guest', included(kinds('internalGuest')), true, as('local-guest')],
    ['a B2B guest is not a local guest', included(kinds('internalGuest')), false, as('guest')],
    ['a B2B member is not a B2B guest', included(kinds('b2bCollaborationGuest')), false, as('partner')],
    [
      'an internal member is none of them',
      included(kinds('internalGuest,b2bCollaborationGuest,otherExternalUser')),
      false,
    ],
    ['the kinds are flags in one text', included(kinds('internalGuest,b2bCollaborationGuest')), true, as('guest')],
    ['an empty choice means nobody', included(kinds('')), false, as('guest')],
    ['the old word means every sub-type', { includeUsers: ['GuestsOrExternalUsers'] }, true, as('partner')],
    ['the old word means local guests too', { includeUsers: ['GuestsOrExternalUsers'] }, true, as('local-guest')],
    ['the old word means no member', { includeUsers: ['GuestsOrExternalUsers'] }, false],
    [
      'B2B direct connect users have no object here',
      included(kinds('b2bDirectConnectUser')),
      true,
      as('nobody', { externalUserType: 'b2bDirectConnectUser' }),
    ],
    [
      'service providers, for instance partners with delegated rights',
      { includeUsers: ['All'], excludeGuestsOrExternalUsers: kinds('serviceProvider') },
      false,
      as('technician', { externalUserType: 'serviceProvider' }),
    ],
    [
      'a service provider is in "All users"',
      { includeUsers: ['All'] },
      true,
      as('technician', { externalUserType: 'serviceProvider' }),
    ],
    [
      '"you can specify all tenants"',
      included(kinds('b2bCollaborationGuest', { membershipKind: 'all' })),
      true,
      as('guest', { externalTenantId: OTHER_TENANT }),
    ],
    [
      'a listed tenant',
      included(kinds('b2bCollaborationGuest', listing(PARTNER_TENANT))),
      true,
      as('guest', { externalTenantId: PARTNER_TENANT.toUpperCase() }),
    ],
    [
      'a tenant that is not listed',
      included(kinds('b2bCollaborationGuest', listing(PARTNER_TENANT))),
      false,
      as('guest', { externalTenantId: OTHER_TENANT }),
    ],
    [
      'a social account has no tenant',
      included(kinds('b2bCollaborationGuest', listing(PARTNER_TENANT))),
      false,
      as('guest', { externalTenantId: null }),
    ],
    [
      'an unknown home tenant leaves it open',
      included(kinds('b2bCollaborationGuest', listing(PARTNER_TENANT))),
      'depends',
      as('guest'),
    ],
    [
      'of which tenant a local guest is, no page says',
      included(kinds('internalGuest', listing(PARTNER_TENANT))),
      'depends',
      as('local-guest'),
    ],
    ['a kind not known here leaves it open', included(kinds('unknownFutureValue')), 'depends', as('guest')],
    ['... and is none of a member', included(kinds('unknownFutureValue')), false],
    ['another kind not known here', included(kinds('agentUser')), 'depends', as('guest')],
    [
      'a limit to tenants that is not known here',
      included(kinds('b2bCollaborationGuest', { membershipKind: 'unknownFutureValue' })),
      'depends',
      as('guest', { externalTenantId: PARTNER_TENANT }),
    ],
    [
      'excluded guests of one tenant',
      { includeUsers: ['All'], excludeGuestsOrExternalUsers: kinds('b2bCollaborationGuest', listing(PARTNER_TENANT)) },
      false,
      as('guest', { externalTenantId: PARTNER_TENANT }),
    ],
  ])('%s', (_, users, expected, rest) => expectRow(users, expected, rest));
});

describe('what is not known about the users', () => {
  it('leaves a policy open whose users hold an undeclared key that says something', () => {
    const verdict = verdictOf({ policy: { conditions: { users: { includeUsers: ['bob'], includeAgents: ['All'] } } } });
    expect(verdict).toMatchObject({ applies: 'depends', notUnderstood: ['users.includeAgents'] });
  });

  it('leaves a policy open that may be narrowed by an undeclared inclusion', () => {
    const users = { includeUsers: ['ann'], includeAgents: ['All'] };
    expect(verdictOf({ policy: { conditions: { users } } }).applies).toBe('depends');
  });

  // https://learn.microsoft.com/entra/external-id/authentication-conditional-access: the user type tells the kinds apart.
  it('leaves open which kind an account without a user type is', () => {
    const [ann, ...others] = caTenant().users;
    if (ann === undefined) throw new Error('no user');
    const judge = (guestOrExternalUserTypes: string) =>
      verdictOf({
        policy: { conditions: { users: included(kinds(guestOrExternalUserTypes)) } },
        tenant: { users: [{ ...ann, userType: null }, ...others] },
      }).applies;
    expect([judge('internalGuest'), judge('b2bCollaborationGuest')]).toEqual(['depends', false]);
  });

  it('does not let an undeclared exclusion include anybody', () => {
    const users = { includeUsers: ['bob'], excludeAgents: ['All'] };
    expect(verdictOf({ policy: { conditions: { users } } }).applies).toBe(false);
  });

  it('reads over undeclared keys that say nothing and over annotations', () => {
    const users = { includeUsers: ['ann'], includeAgents: [], 'x@odata.context': 'y' };
    expect(verdictOf({ policy: { conditions: { users } } }).applies).toBe(true);
  });

  it('follows a long chain of groups to its end', () => {
    const chain = Array.from({ length: 40 }, (_, index) =>
      caGroup(`g${index + 1}`, [index === 0 ? 'ann' : `g${index}`]),
    );
    const conditions = { users: { includeGroups: ['g40'] } };
    expect(verdictOf({ policy: { conditions }, tenant: { groups: chain } }).applies).toBe(true);
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/workload-identity
describe('workload identities', () => {
  const own = { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] };
  const users = { includeUsers: ['None'] };
  it.each<[string, string, unknown, boolean]>([
    ['a single-tenant app of the tenant', 'own-app', own, true],
    ['an app chosen by its object id', 'own-app', { includeServicePrincipals: ['own-app'] }, true],
    ['another app is not chosen', 'own-app', { includeServicePrincipals: ['saas'] }, false],
    ['"multi-tenanted apps are out of scope"', 'shared-app', { includeServicePrincipals: ['shared-app'] }, false],
    ['"Third party SaaS" is out of scope', 'saas', { includeServicePrincipals: ['saas'] }, false],
    ['"Managed identities are not covered by policy"', 'identity', own, false],
    ['exclusion wins', 'own-app', { ...own, excludeServicePrincipals: ['own-app'] }, false],
  ])('%s', (_, servicePrincipalId, clientApplications, expected) => {
    const verdict = verdictOf({
      policy: { conditions: { users, clientApplications }, grant: { operator: 'OR', builtInControls: ['block'] } },
      identity: { kind: 'servicePrincipal', servicePrincipalId },
    });
    expect(verdict.applies).toBe(expected);
    if (!expected) expect(verdict.reasons).toEqual(['workloadIdentities']);
  });

  it('a policy about users never reaches a service principal', () => {
    const verdict = verdictOf({ identity: { kind: 'servicePrincipal', servicePrincipalId: 'own-app' } });
    expect(verdict).toMatchObject({ applies: false, reasons: ['workloadIdentities'] });
  });

  it('a policy about workload identities never reaches a person', () => {
    const verdict = verdictOf({ policy: { conditions: { users, clientApplications: own } } });
    expect(verdict).toMatchObject({ applies: false, reasons: ['users'] });
  });

  it('their risk is asked of them and of nobody else', () => {
    const conditions = { users, clientApplications: own, servicePrincipalRiskLevels: ['high'] };
    const judge = (servicePrincipalRisk: 'high' | 'low') =>
      verdictOf({
        policy: { conditions },
        signIn: { servicePrincipalRisk },
        identity: { kind: 'servicePrincipal', servicePrincipalId: 'own-app' },
      }).applies;
    expect([judge('high'), judge('low')]).toEqual([true, false]);
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/agent-id#agents-user-account
describe('the account of an agent', () => {
  const users = [
    { id: 'typed', userType: 'Member', '@odata.type': '#microsoft.graph.agentUser' },
    { id: 'parented', userType: 'Member', identityParentId: 'agent' },
  ];
  it.each<[claim: string, condition: object, userId: string, expected: boolean | 'depends']>([
    ['is of "all agent users"', { includeUsers: ['AllAgentIdUsers'] }, 'typed', true],
    ['is told by its parent too', { includeUsers: ['AllAgentIdUsers'] }, 'parented', true],
    ['is excluded with them', { includeUsers: ['AllAgentIdUsers'], excludeUsers: ['AllAgentIdUsers'] }, 'typed', false],
    ['is perhaps not of all users', { includeUsers: ['All'] }, 'typed', 'depends'],
    ['is of nobody', { includeUsers: ['None'] }, 'typed', false],
  ])('%s', (_claim, condition, userId, expected) => {
    const verdict = verdictOf({
      policy: { conditions: { users: condition } },
      identity: { userId },
      tenant: { users },
    });
    expect(verdict.applies).toBe(expected);
  });
});
