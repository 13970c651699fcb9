/** A random small tenant for Conditional Access cases: people of every kind, nested groups, roles, places, apps. */
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import type { Dice } from './random-dice.ts';

const TENANT_ID = 'c0000000-0000-4000-8000-00000000c0de';
const ROLES = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  exchangeAdministrator: '29232cdf-9323-42fd-ade2-1d097af3e4de',
  reader: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
  synchronization: 'd29b2b05-8046-44ba-8758-1e26182fcf32',
} as const;
const MICROSOFT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

/** Applications of the cases; of some there is a service principal. */
export const APPS = {
  exchange: '00000002-0000-0ff1-ce00-000000000000',
  sharePoint: '00000003-0000-0ff1-ce00-000000000000',
  teams: 'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe',
  azureManagement: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  azurePortal: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  officePortal: '00000006-0000-0ff1-ce00-000000000000',
  officeGroups: '86b4b4b4-db10-481c-876b-07447e7f204f',
  planner: 'b737dad2-2f6c-4c65-90e3-ca563267e8b9',
  loop: 'a0000000-0000-4000-8000-00000000000f',
  falseLoop: 'a0000000-0000-4000-8000-0000000000f0',
  teamsAdmin: '2ddfbe71-ed12-4123-b99b-d5fc8a062a79',
  payroll: 'a0000000-0000-4000-8000-000000000001',
  wiki: 'a0000000-0000-4000-8000-000000000002',
} as const;

function idOf(kind: 'e' | 'f' | 'b' | '9', index: number): string {
  return `${kind}0000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** Makes the tenant, without policies. */
export function randomTenant(dice: Dice): Tenant {
  const users = Array.from({ length: dice.between(3, 12) }, (_, index) => randomUser(dice, index));
  const groups = randomGroups(
    dice,
    users.map((user) => user.id),
  );
  const principals = [...users, ...groups.filter(({ group }) => group.isAssignableToRole === true).map((g) => g.group)];
  const assignment = (index: number) => ({
    id: `assignment-${index}`,
    roleDefinitionId: dice.one(Object.values(ROLES)),
    principalId: dice.one(principals).id,
    // Some roles are held for an administrative unit only.
    directoryScopeId: dice.chance(0.8) ? '/' : '/administrativeUnits/90000000-0000-4000-8000-0000000000aa',
  });
  return {
    tenantId: TENANT_ID,
    initialDomain: 'contoso-cases.onmicrosoft.com',
    organization: { id: TENANT_ID, countryLetterCode: 'NL', verifiedDomains: [], assignedPlans: [] },
    subscribedSkus: [],
    apps: [],
    users,
    managers: {},
    authenticationMethods: {},
    registrationReportLag: {},
    allowedMethods: ['microsoftAuthenticatorPush', 'mobilePhone', 'fido2SecurityKey'],
    mailboxPurposes: {},
    groups,
    roleAssignments: Array.from({ length: dice.between(0, 4) }, (_, index) => assignment(index)),
    roleEligibilities: Array.from({ length: dice.between(0, 2) }, (_, index) => assignment(index + 10)),
    servicePrincipals: randomPrincipals(dice),
    conditionalAccessPolicies: [],
    deletedPolicies: [],
    namedLocations: randomLocations(dice),
    securityDefaults: { id: '00000000-0000-0000-0000-000000000005', isEnabled: false },
    perUserMfa: {},
    signIns: [],
    directoryAudits: [],
  };
}

function randomUser(dice: Dice, index: number): GraphObject & { id: string } {
  const kind = dice.weighted({ member: 6, b2bGuest: 2, b2bMember: 1, localGuest: 1 });
  const isFromElsewhere = kind === 'b2bGuest' || kind === 'b2bMember';
  const name = `person${index}`;
  return {
    id: idOf('e', index),
    displayName: `Person ${index}`,
    userPrincipalName: isFromElsewhere
      ? `${name}_fabrikam.example#EXT#@contoso-cases.onmicrosoft.com`
      : `${name}@contoso-cases.example`,
    // Accounts that came by synchronization can lack the type.
    userType: dice.chance(0.02) ? null : kind === 'b2bGuest' || kind === 'localGuest' ? 'Guest' : 'Member',
    creationType: isFromElsewhere ? 'Invitation' : null,
    externalUserState: isFromElsewhere ? dice.one(['Accepted', 'PendingAcceptance']) : null,
    accountEnabled: true,
  };
}

/** Groups with people and groups in them, circles included; role-assignable groups hold people only, as in Entra. */
function randomGroups(dice: Dice, userIds: readonly string[]): Tenant['groups'] {
  const count = dice.between(0, 6);
  const assignable = Array.from({ length: count }, () => dice.chance(0.2));
  return Array.from({ length: count }, (_, index) => {
    const people = dice.some(userIds, 0.3).map((id) => ({ id, '@odata.type': '#microsoft.graph.user' }));
    const others = assignable.flatMap((isAssignable, other) => (isAssignable || other === index ? [] : [other]));
    const nested = dice.some(others, 0.3).map((other) => ({
      id: idOf('f', other),
      '@odata.type': '#microsoft.graph.group',
    }));
    const isAssignable = assignable[index] === true;
    return {
      group: {
        id: idOf('f', index),
        displayName: `Group ${index}`,
        securityEnabled: true,
        mailEnabled: false,
        groupTypes: dice.chance(0.2) ? ['DynamicMembership'] : [],
        isAssignableToRole: isAssignable ? true : null,
      },
      members: isAssignable ? people : [...people, ...nested],
    };
  });
}

function randomPrincipals(dice: Dice): Tenant['servicePrincipals'] {
  const own = { appOwnerOrganizationId: TENANT_ID, servicePrincipalType: 'Application' };
  const microsoft = {
    appOwnerOrganizationId: MICROSOFT,
    servicePrincipalType: 'Application',
    signInAudience: 'AzureADMultipleOrgs',
  };
  // Custom security attributes are there only for callers who may read them.
  const attributes = dice.chance(0.5)
    ? { customSecurityAttributes: dice.chance(0.5) ? { Rollout: { level: dice.one(['high', 'low']) } } : null }
    : {};
  return [
    {
      ...own,
      ...attributes,
      id: idOf('b', 1),
      appId: APPS.payroll,
      displayName: 'Payroll',
      signInAudience: 'AzureADMyOrg',
    },
    { ...own, id: idOf('b', 2), appId: APPS.wiki, displayName: 'Wiki', signInAudience: 'AzureADMultipleOrgs' },
    { ...microsoft, id: idOf('b', 3), appId: APPS.exchange, displayName: 'Office 365 Exchange Online' },
    { ...own, id: idOf('b', 4), appId: idOf('b', 4), displayName: 'Robot', servicePrincipalType: 'ManagedIdentity' },
    // Two of one name, of which only Microsoft's is a part of the suite.
    { ...microsoft, id: idOf('b', 5), appId: APPS.loop, displayName: 'Loop' },
    { ...own, id: idOf('b', 6), appId: APPS.falseLoop, displayName: 'Loop', signInAudience: 'AzureADMyOrg' },
  ];
}

const V4_RANGES = ['198.51.100.0/24', '198.51.100.77/25', '192.0.2.128/26', '203.0.113.9/32'];
const V6_RANGES = ['2001:db8:85a3::/48', '2001:0db8:0000:00ff:0:0:0:1/64', '2001:db8::7/128'];

function randomLocations(dice: Dice): Tenant['namedLocations'] {
  return Array.from({ length: dice.between(0, 4) }, (_, index) => ({
    id: idOf('9', index),
    displayName: `Place ${index}`,
    ...randomLocation(dice),
  }));
}

function randomLocation(dice: Dice): GraphObject {
  switch (dice.weighted({ ip: 60, country: 35, compliantNetwork: 5 })) {
    case 'ip':
      return ipLocation(dice);
    case 'country':
      return countryLocation(dice);
    case 'compliantNetwork':
      return {
        '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation',
        compliantNetworkType: 'allTenantCompliantNetworks',
        isTrusted: dice.chance(0.5),
      };
  }
}

function countryLocation(dice: Dice): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    countriesAndRegions: dice.some(['NL', 'BE', 'US'], 0.5),
    includeUnknownCountriesAndRegions: dice.chance(0.4),
    countryLookupMethod: dice.weighted({ clientIpAddress: 8, authenticatorAppGps: 2, unknownFutureValue: 0.2 }),
  };
}

/** Ranges of other kinds: from one address to another, of a kind that came later, and broken ones. */
const ODD_RANGES: readonly GraphObject[] = [
  { '@odata.type': '#microsoft.graph.iPv4Range', lowerAddress: '203.0.113.1', upperAddress: '203.0.113.200' },
  { '@odata.type': '#microsoft.graph.asnRange', asn: 64500 },
  { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.113.0/33' },
  { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.113.9' },
];

function ipLocation(dice: Dice): GraphObject {
  const ranges = (type: string, cidrs: readonly string[]): GraphObject[] =>
    dice.some(cidrs, 0.4).map((cidrAddress) => ({ '@odata.type': `#microsoft.graph.${type}`, cidrAddress }));
  return {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    isTrusted: dice.chance(0.5),
    ipRanges: [
      ...ranges('iPv4CidrRange', V4_RANGES),
      ...ranges('iPv6CidrRange', V6_RANGES),
      ...(dice.chance(0.05) ? [dice.one(ODD_RANGES)] : []),
    ],
  };
}
