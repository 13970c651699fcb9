import { describe, expect, it } from 'vitest';
import type { SignIn } from '../../src/rollout/policy/evaluator/sign-in.core.ts';
import type { TenantInput } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import { GLOBAL_ADMIN, resultOf, SYNC_ROLE, TENANT } from '../support/policy-builders.ts';

type Row = readonly [rule: string, users: unknown, who: SignIn, expected: string];

const guests = (types: string, externalTenants?: unknown) => ({
  guestOrExternalUserTypes: types,
  ...(externalTenants === undefined ? {} : { externalTenants }),
});
const fabrikam = { membershipKind: 'enumerated', members: ['fabrikam'] };
const EVERY_TYPE =
  'internalGuest,b2bCollaborationGuest,b2bCollaborationMember,b2bDirectConnectUser,otherExternalUser,serviceProvider';

// Source of every row: "Conditional Access: Users, groups, and workload identities" and "Authentication and
// Conditional Access for B2B users".
const INCLUSION: readonly Row[] = [
  ['All includes a member', { includeUsers: ['All'] }, { userId: 'ada' }, 'applies'],
  ['All includes a guest', { includeUsers: ['All'] }, { userId: 'gus' }, 'applies'],
  ['None includes nobody', { includeUsers: ['None'] }, { userId: 'ada' }, 'notApplies'],
  ['a named user is included', { includeUsers: ['ada'] }, { userId: 'ada' }, 'applies'],
  ['ids are compared without regard to case', { includeUsers: ['ADA'] }, { userId: 'Ada' }, 'applies'],
  ['another user is not included', { includeUsers: ['ada'] }, { userId: 'bo' }, 'notApplies'],
  ['a direct member of a group is included', { includeGroups: ['sales-dach'] }, { userId: 'ada' }, 'applies'],
  ['a member three groups deep is included', { includeGroups: ['sales'] }, { userId: 'ada' }, 'applies'],
  ['somebody outside the group is not', { includeGroups: ['sales'] }, { userId: 'bo' }, 'notApplies'],
  ['an empty group includes nobody', { includeGroups: ['empty'] }, { userId: 'ada' }, 'notApplies'],
  ['a deleted group includes nobody', { includeGroups: ['deleted'] }, { userId: 'ada' }, 'notApplies'],
  ['a group without its members is not read', { includeGroups: ['unread'] }, { userId: 'ada' }, 'unknown'],
  ['a nested group that is missing is not read', { includeGroups: ['half-read'] }, { userId: 'ada' }, 'unknown'],
  ['an unread group beside All changes nothing', { includeUsers: ['All'], includeGroups: ['unread'] }, {}, 'applies'],
  ['no users at all includes nobody', {}, {}, 'notApplies'],
  ['users that are null include nobody', null, {}, 'notApplies'],
  ['a word for users that is not known is not judged', { includeUsers: ['AllMoonUsers'] }, {}, 'unknown'],
  // "Conditional Access for agent identities"; agentUser: "distinct from human users".
  ['no person is among the accounts of agents', { includeUsers: ['AllAgentIdUsers'] }, {}, 'notApplies'],
  [
    'the exclusion of agents lets no person out',
    { includeUsers: ['All'], excludeUsers: ['AllAgentIdUsers'] },
    {},
    'applies',
  ],
  ['whatever it begins with', { includeUsers: ['EveryContractor'] }, {}, 'unknown'],
  ['a list that is no list is not judged', { includeUsers: 'All' }, {}, 'unknown'],
  ['an unknown member of users is not judged', { includeUsers: ['All'], includeTeams: ['t'] }, {}, 'unknown'],
  ['a user who was not read is not judged', { includeUsers: ['All'] }, { userId: 'zoe' }, 'unknown'],
  ['a user who was not given leaves it open', { includeUsers: ['All'] }, { userId: null }, 'conditional'],
];

const EXCLUSION: readonly Row[] = [
  ['exclusion wins over All', { includeUsers: ['All'], excludeUsers: ['ada'] }, {}, 'notApplies'],
  ['exclusion wins over the same name', { includeUsers: ['ada'], excludeUsers: ['ada'] }, {}, 'notApplies'],
  ['a group excludes', { includeUsers: ['All'], excludeGroups: ['exceptions'] }, {}, 'notApplies'],
  ['a nested group excludes', { includeUsers: ['All'], excludeGroups: ['sales'] }, {}, 'notApplies'],
  ['a group that was not read may exclude', { includeUsers: ['All'], excludeGroups: ['unread'] }, {}, 'unknown'],
  ['a word that is not known may exclude', { includeUsers: ['All'], excludeUsers: ['EveryContractor'] }, {}, 'unknown'],
  ['a deleted group excludes nobody', { includeUsers: ['All'], excludeGroups: ['deleted'] }, {}, 'applies'],
  ['who is not included needs no exclusion', { includeUsers: ['bo'], excludeGroups: ['unread'] }, {}, 'notApplies'],
  [
    'an excluded guest is out',
    { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'] },
    { userId: 'gus' },
    'notApplies',
  ],
  [
    'excluding guests keeps members',
    { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'] },
    { userId: 'ada' },
    'applies',
  ],
  ['an active role excludes', { includeUsers: ['All'], excludeRoles: [GLOBAL_ADMIN] }, { userId: 'bo' }, 'notApplies'],
  [
    'an eligible role excludes while active',
    { includeUsers: ['All'], excludeRoles: [GLOBAL_ADMIN] },
    { userId: 'cy' },
    'conditional',
  ],
  [
    'the sync account is excluded by its role',
    { includeUsers: ['All'], excludeRoles: [SYNC_ROLE] },
    { userId: 'syd' },
    'notApplies',
  ],
  [
    'a role that brings the policy on and takes it off never applies it',
    { includeRoles: [GLOBAL_ADMIN], excludeRoles: [GLOBAL_ADMIN] },
    { userId: 'cy' },
    'notApplies',
  ],
  [
    '... whatever else may exclude',
    { includeRoles: [GLOBAL_ADMIN], excludeRoles: [GLOBAL_ADMIN], excludeGroups: ['unread'] },
    { userId: 'cy' },
    'notApplies',
  ],
  // conditionalAccessUsers: `excludeUsers` takes ids and GuestsOrExternalUsers.
  ['to exclude All is in no document', { includeUsers: ['All'], excludeUsers: ['All'] }, {}, 'unknown'],
  ['an unknown exclusion may exclude', { includeUsers: ['All'], excludeTeams: ['t'] }, {}, 'unknown'],
  ['an unknown exclusion includes nobody', { includeUsers: ['bo'], excludeTeams: ['t'] }, {}, 'notApplies'],
  ['the sync account is a user like others otherwise', { includeUsers: ['All'] }, { userId: 'syd' }, 'applies'],
];

const ROLES: readonly Row[] = [
  ['an active role includes', { includeRoles: [GLOBAL_ADMIN] }, { userId: 'bo' }, 'applies'],
  ['a role held through a group includes', { includeRoles: [GLOBAL_ADMIN] }, { userId: 'di' }, 'applies'],
  ['an eligible role includes while active', { includeRoles: [GLOBAL_ADMIN] }, { userId: 'cy' }, 'conditional'],
  [
    'a role for one administrative unit does not count',
    { includeRoles: [GLOBAL_ADMIN] },
    { userId: 'ed' },
    'notApplies',
  ],
  ['without the role nobody is included', { includeRoles: [GLOBAL_ADMIN] }, { userId: 'ada' }, 'notApplies'],
  [
    'a group beside an eligible role decides',
    { includeRoles: [GLOBAL_ADMIN], includeUsers: ['cy'] },
    { userId: 'cy' },
    'applies',
  ],
  ['role template ids ignore case', { includeRoles: [GLOBAL_ADMIN.toUpperCase()] }, { userId: 'bo' }, 'applies'],
];

const provider = { userId: null, externalUser: { type: 'serviceProvider', tenantId: 'fabrikam' } };

const GUESTS: readonly Row[] = [
  ['the old word means every kind of guest', { includeUsers: ['GuestsOrExternalUsers'] }, { userId: 'gus' }, 'applies'],
  ['the old word includes internal guests', { includeUsers: ['GuestsOrExternalUsers'] }, { userId: 'ina' }, 'applies'],
  ['the old word includes external members', { includeUsers: ['GuestsOrExternalUsers'] }, { userId: 'mel' }, 'applies'],
  ['the old word leaves members out', { includeUsers: ['GuestsOrExternalUsers'] }, { userId: 'ada' }, 'notApplies'],
  [
    'a B2B guest matches his type',
    { includeGuestsOrExternalUsers: guests('b2bCollaborationGuest') },
    { userId: 'gus' },
    'applies',
  ],
  [
    'an internal guest is another type',
    { includeGuestsOrExternalUsers: guests('b2bCollaborationGuest') },
    { userId: 'ina' },
    'notApplies',
  ],
  [
    'an internal guest matches his type',
    { includeGuestsOrExternalUsers: guests('internalGuest') },
    { userId: 'ina' },
    'applies',
  ],
  [
    'an external member matches his type',
    { includeGuestsOrExternalUsers: guests('b2bCollaborationMember') },
    { userId: 'mel' },
    'applies',
  ],
  [
    'types are a comma-joined text',
    { includeGuestsOrExternalUsers: guests('internalGuest, b2bCollaborationMember') },
    { userId: 'mel' },
    'applies',
  ],
  [
    'somebody without a user type may be a guest',
    { includeGuestsOrExternalUsers: guests(EVERY_TYPE) },
    { userId: 'nil' },
    'unknown',
  ],
  [
    'a kind of guest that is not known is not judged',
    { includeGuestsOrExternalUsers: guests('martian') },
    { userId: 'gus' },
    'unknown',
  ],
  [
    'a kind that is not known is none of a member',
    { includeGuestsOrExternalUsers: guests('martian') },
    { userId: 'ada' },
    'notApplies',
  ],
  [
    'a known kind beside one that is not known decides',
    { includeGuestsOrExternalUsers: guests('b2bCollaborationGuest,martian') },
    { userId: 'gus' },
    'applies',
  ],
  [
    'of which tenant a local guest is, is documented nowhere',
    { includeGuestsOrExternalUsers: guests('internalGuest', fabrikam) },
    { userId: 'ina' },
    'unknown',
  ],
  [
    'a limit to tenants of a kind not known is not judged',
    { includeGuestsOrExternalUsers: guests('b2bCollaborationGuest', { membershipKind: 'unknownFutureValue' }) },
    { userId: 'gus' },
    'unknown',
  ],
  [
    'all external tenants match',
    { includeGuestsOrExternalUsers: guests('b2bCollaborationGuest', { membershipKind: 'all' }) },
    { userId: 'gus' },
    'applies',
  ],
  [
    'a listed tenant needs the home tenant',
    { includeGuestsOrExternalUsers: guests('b2bCollaborationGuest', fabrikam) },
    { userId: 'gus' },
    'unknown',
  ],
  [
    'a listed tenant matches',
    { includeGuestsOrExternalUsers: guests('serviceProvider', fabrikam) },
    provider,
    'applies',
  ],
  [
    'another tenant does not match',
    { includeGuestsOrExternalUsers: guests('serviceProvider', { membershipKind: 'enumerated', members: ['other'] }) },
    provider,
    'notApplies',
  ],
  ['All reaches a partner’s technician', { includeUsers: ['All'] }, provider, 'applies'],
  [
    'a partner’s technician can be excluded',
    { includeUsers: ['All'], excludeGuestsOrExternalUsers: guests('serviceProvider') },
    provider,
    'notApplies',
  ],
  [
    'a guest rule without types says nothing',
    { includeUsers: ['All'], excludeGuestsOrExternalUsers: guests('none') },
    { userId: 'gus' },
    'applies',
  ],
];

describe('whom a policy is for', () => {
  it.each([...INCLUSION, ...EXCLUSION, ...ROLES, ...GUESTS])('%s', (_rule, users, who, expected) => {
    expect(resultOf({ users }, who)).toBe(expected);
  });
});

describe('a role whose holders were read in part', () => {
  it('leaves it unknown who else holds it', () => {
    const roleAssignments = [{ roleDefinitionId: GLOBAL_ADMIN, principalId: 'unread' }, ...TENANT.roleAssignments];
    const users = { includeRoles: [GLOBAL_ADMIN] };
    expect(resultOf({ users }, { userId: 'ada' }, { ...TENANT, roleAssignments })).toBe('unknown');
    expect(resultOf({ users }, { userId: 'bo' }, { ...TENANT, roleAssignments })).toBe('applies');
  });
});

describe('a part of the tenant that was not read', () => {
  const without = (part: keyof TenantInput): TenantInput => ({ ...TENANT, [part]: undefined });

  it.each([
    ['groups that were not read', 'groups', { includeGroups: ['sales'] }, 'unknown'],
    [
      'groups that were not read, as an exclusion',
      'groups',
      { includeUsers: ['All'], excludeGroups: ['sales'] },
      'unknown',
    ],
    ['roles that were not read', 'roleAssignments', { includeRoles: [GLOBAL_ADMIN] }, 'unknown'],
    [
      'roles that were not read, as an exclusion',
      'roleAssignments',
      { includeUsers: ['All'], excludeRoles: [SYNC_ROLE] },
      'unknown',
    ],
    ['users that were not read, for guests', 'users', { includeUsers: ['GuestsOrExternalUsers'] }, 'unknown'],
    ['users that were not read, for All', 'users', { includeUsers: ['All'] }, 'applies'],
    ['users that were not read, for the accounts of agents', 'users', { includeUsers: ['AllAgentIdUsers'] }, 'unknown'],
    ['users that were not read, for a group', 'users', { includeGroups: ['sales'] }, 'applies'],
  ] as const)('%s', (_rule, part, users, expected) => {
    expect(resultOf({ users }, { userId: 'ada' }, without(part))).toBe(expected);
  });
});

// "Conditional Access for agent identities": "you can target an agent's user account with a single scope".
describe('the account of an agent', () => {
  const users = [
    { id: 'typed', userType: 'Member', '@odata.type': '#microsoft.graph.agentUser' },
    { id: 'parented', userType: 'Member', identityParentId: 'agent-1' },
    { id: 'person', userType: 'Member', '@odata.type': '#microsoft.graph.user', identityParentId: null },
  ];
  it.each<[claim: string, condition: unknown, userId: string, expected: string]>([
    ['is reached by the word for it', { includeUsers: ['AllAgentIdUsers'] }, 'typed', 'applies'],
    ['is told by its parent too', { includeUsers: ['AllAgentIdUsers'] }, 'parented', 'applies'],
    ['is not that of a person', { includeUsers: ['AllAgentIdUsers'] }, 'person', 'notApplies'],
    ['is excluded by the word', { includeUsers: ['All'], excludeUsers: ['AllAgentIdUsers'] }, 'typed', 'notApplies'],
    ['is perhaps not among all users', { includeUsers: ['All'] }, 'typed', 'unknown'],
    ['is perhaps not reached by name', { includeUsers: ['typed'] }, 'typed', 'unknown'],
    ['is not reached by nobody', { includeUsers: ['None'] }, 'typed', 'notApplies'],
    [
      'is perhaps not excluded by a group',
      { includeUsers: ['AllAgentIdUsers'], excludeGroups: ['sales'] },
      'typed',
      'unknown',
    ],
  ])('%s', (_claim, condition, userId, expected) => {
    expect(resultOf({ users: condition }, { userId }, { ...TENANT, users })).toBe(expected);
  });
});
