/**
 * Random Conditional Access cases in Graph's wire form, for comparing two evaluators: a small tenant, its policies and
 * a sign-in as the body of POST /identity/conditionalAccess/evaluate. Shapes are awkward on purpose but such as Graph
 * can hold: null beside [], ids both included and excluded, groups in a circle, upper-case ids, undeclared keys.
 */
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import { randomPolicy } from './random-ca-policies.ts';
import { type Dice, diceOf } from './random-dice.ts';

export type RandomCase = {
  tenant: Tenant;
  /** The same objects as `tenant.conditionalAccessPolicies`. */
  policies: (GraphObject & { id: string })[];
  /** Body of the evaluate request. */
  signIn: GraphObject;
};

const TENANT_ID = 'c0000000-0000-4000-8000-00000000c0de';
const HOME_TENANTS = ['d0000000-0000-4000-8000-00000000000a', 'd0000000-0000-4000-8000-00000000000b'];
const ROLES = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  exchangeAdministrator: '29232cdf-9323-42fd-ade2-1d097af3e4de',
  reader: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
  synchronization: 'd29b2b05-8046-44ba-8758-1e26182fcf32',
} as const;
const APPS = {
  exchange: '00000002-0000-0ff1-ce00-000000000000',
  sharePoint: '00000003-0000-0ff1-ce00-000000000000',
  teams: 'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe',
  azureManagement: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  azurePortal: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  payroll: 'a0000000-0000-4000-8000-000000000001',
  wiki: 'a0000000-0000-4000-8000-000000000002',
} as const;

/** Makes one case; equal random numbers make equal cases. `random` gives numbers from 0 up to 1. */
export function randomCase(random: () => number): RandomCase {
  const dice = diceOf(random);
  const tenant = randomTenant(dice);
  const count = dice.between(1, 4);
  tenant.conditionalAccessPolicies = Array.from({ length: count }, (_, index) => randomPolicy(dice, tenant, index));
  return { tenant, policies: tenant.conditionalAccessPolicies, signIn: randomSignIn(dice, tenant) };
}

/** A random source from a seed (the "mulberry32" recipe), so that a failing case can be made again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function idOf(kind: 'e' | 'f' | 'b' | '9', index: number): string {
  return `${kind}0000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

function randomTenant(dice: Dice): Tenant {
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
    servicePrincipals: randomPrincipals(),
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
    userType: kind === 'b2bGuest' || kind === 'localGuest' ? 'Guest' : 'Member',
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

function randomPrincipals(): Tenant['servicePrincipals'] {
  const own = { appOwnerOrganizationId: TENANT_ID, servicePrincipalType: 'Application' };
  return [
    { ...own, id: idOf('b', 1), appId: APPS.payroll, displayName: 'Payroll', signInAudience: 'AzureADMyOrg' },
    { ...own, id: idOf('b', 2), appId: APPS.wiki, displayName: 'Wiki', signInAudience: 'AzureADMultipleOrgs' },
    {
      id: idOf('b', 3),
      appId: APPS.exchange,
      displayName: 'Office 365 Exchange Online',
      appOwnerOrganizationId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
      servicePrincipalType: 'Application',
      signInAudience: 'AzureADMultipleOrgs',
    },
    { ...own, id: idOf('b', 4), appId: idOf('b', 4), displayName: 'Robot', servicePrincipalType: 'ManagedIdentity' },
  ];
}

const V4_RANGES = ['198.51.100.0/24', '198.51.100.77/25', '192.0.2.128/26', '203.0.113.9/32'];
const V6_RANGES = ['2001:db8:85a3::/48', '2001:0db8:0000:00ff:0:0:0:1/64', '2001:db8::7/128'];

function randomLocations(dice: Dice): Tenant['namedLocations'] {
  return Array.from({ length: dice.between(0, 4) }, (_, index) => {
    const base = { id: idOf('9', index), displayName: `Place ${index}` };
    if (dice.chance(0.35)) {
      return {
        '@odata.type': '#microsoft.graph.countryNamedLocation',
        ...base,
        countriesAndRegions: dice.some(['NL', 'BE', 'US'], 0.5),
        includeUnknownCountriesAndRegions: dice.chance(0.4),
        countryLookupMethod: 'clientIpAddress',
      };
    }
    return {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      ...base,
      isTrusted: dice.chance(0.5),
      ipRanges: [
        ...dice.some(V4_RANGES, 0.4).map((cidrAddress) => ({
          '@odata.type': '#microsoft.graph.iPv4CidrRange',
          cidrAddress,
        })),
        ...dice.some(V6_RANGES, 0.4).map((cidrAddress) => ({
          '@odata.type': '#microsoft.graph.iPv6CidrRange',
          cidrAddress,
        })),
      ],
    };
  });
}

const ADDRESSES = [
  '198.51.100.5',
  '198.51.100.200',
  '192.0.2.130',
  '192.0.2.5',
  '203.0.113.9',
  '2001:db8:85a3:0:0:8a2e:370:7334',
  '2001:DB8:0:FF::99',
  '2001:db8::7',
  '2001:db8::8',
];

/** A sign-in of a person (seldom a service principal), most of its conditions given, some left out. */
function randomSignIn(dice: Dice, tenant: Tenant): GraphObject {
  const isPrincipal = dice.chance(0.08);
  const conditions = randomConditions(dice);
  const given = Object.entries(conditions).filter(() => dice.chance(0.93));
  return {
    signInIdentity: isPrincipal
      ? {
          '@odata.type': '#microsoft.graph.servicePrincipalSignIn',
          servicePrincipalId: dice.one(tenant.servicePrincipals).id,
        }
      : randomIdentity(dice, tenant),
    signInContext: isPrincipal ? appContext(dice) : randomContext(dice),
    signInConditions: Object.fromEntries(given),
    appliedPoliciesOnly: dice.chance(0.5),
  };
}

function randomIdentity(dice: Dice, tenant: Tenant): GraphObject {
  const user = dice.one(tenant.users);
  const isFromElsewhere = user.externalUserState !== null;
  return {
    '@odata.type': '#microsoft.graph.userSignIn',
    userId: user.id,
    ...(isFromElsewhere && dice.chance(0.8) ? { externalTenantId: dice.one(HOME_TENANTS) } : {}),
  };
}

function appContext(dice: Dice): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.applicationContext',
    includeApplications: [dice.one(Object.values(APPS))],
  };
}

function randomContext(dice: Dice): GraphObject {
  switch (dice.weighted({ app: 8, action: 1, context: 1 })) {
    case 'app':
      return appContext(dice);
    case 'action':
      return {
        '@odata.type': '#microsoft.graph.userActionContext',
        userAction: dice.one(['registerSecurityInformation', 'registerOrJoinDevices']),
      };
    case 'context':
      return { '@odata.type': '#microsoft.graph.authContext', authenticationContextValue: dice.one(['c1', 'c2']) };
  }
}

function randomConditions(dice: Dice): GraphObject {
  const risk = (): string => dice.weighted({ none: 4, low: 1, medium: 1, high: 1 });
  return {
    clientAppType: dice.one(['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other']),
    devicePlatform: dice.one(['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux']),
    ipAddress: dice.one(ADDRESSES),
    country: dice.one(['NL', 'BE', 'US', 'JP']),
    signInRiskLevel: risk(),
    userRiskLevel: risk(),
    servicePrincipalRiskLevel: risk(),
    insiderRiskLevel: dice.one(['none', 'minor', 'moderate', 'elevated']),
    authenticationFlow: { transferMethod: dice.weighted({ none: 4, deviceCodeFlow: 1, authenticationTransfer: 1 }) },
    deviceInfo: randomDevice(dice),
  };
}

/** A registered device; every attribute may be absent. */
function randomDevice(dice: Dice): GraphObject {
  const all: GraphObject = {
    deviceId: dice.one(['90000000-0000-4000-8000-0000000000d1', '90000000-0000-4000-8000-0000000000d2']),
    displayName: dice.one(['LAPTOP-017', 'phone of person 3']),
    isCompliant: dice.chance(0.5),
    trustType: dice.one(['AzureAD', 'ServerAD', 'Workplace']),
    operatingSystem: dice.one(['Windows', 'iOS', 'Android']),
    operatingSystemVersion: dice.one(['10.0.19045.1', '17.4']),
    ownership: dice.one(['Company', 'Personal']),
    manufacturer: dice.one(['Northwind Devices', 'Tailspin']),
    mdmAppId: dice.one(['0000000a-0000-0000-c000-000000000000', '90000000-0000-4000-8000-0000000000ee']),
    extensionAttribute1: dice.one(['SAW', 'kiosk']),
    physicalIds: ['[ZTDId]:7', '[OrderId]:north'],
    systemLabels: dice.some(['MultiUser', 'M365Managed'], 0.5),
  };
  return Object.fromEntries(Object.entries(all).filter(() => dice.chance(0.8)));
}
