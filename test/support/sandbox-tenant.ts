import type { BambooCompany, GraphObject, Tenant, World } from '../../src/sandbox/world/world.ts';

/** A small world by hand: every object valid, every name invented; a test names only what matters to it. */
const STARTS_AT = '2026-03-02T08:00:00Z';
export const START_MS = Date.parse(STARTS_AT);
export const TENANT_ID = '11111111-aaaa-4bbb-8ccc-000000000001';
export const OTHER_TENANT_ID = '22222222-aaaa-4bbb-8ccc-000000000002';
export const P1_PLAN = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';
const P2_PLAN = 'eec0eb4f-6444-4f95-aba0-50c24d67f998';
export const GLOBAL_ADMIN = '62e90394-69f5-4237-9190-012177145e10';

/** Every right that reading needs. */
export const READ_ROLES = [
  'User.Read.All',
  'GroupMember.Read.All',
  'AuditLog.Read.All',
  'Policy.Read.All',
  'RoleManagement.Read.Directory',
  'Application.Read.All',
  'Organization.Read.All',
  'MailboxSettings.Read',
  'UserAuthenticationMethod.Read.All',
];

export const READER = {
  clientId: '33333333-aaaa-4bbb-8ccc-000000000003',
  clientSecret: 'sandbox-secret-of-the-reader',
  displayName: 'Rollout reader',
  roles: READ_ROLES,
};

/** The id of the n-th object of a kind: users 1…, groups 1…, and so on. */
export function idOf(kind: 'user' | 'group' | 'policy' | 'signIn' | 'audit' | 'principal', n: number): string {
  const digit = { user: 'a', group: 'b', policy: 'c', signIn: 'd', audit: 'e', principal: 'f' }[kind];
  return `${digit.repeat(8)}-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export function buildUser(n: number, set: GraphObject = {}): GraphObject & { id: string } {
  return {
    id: idOf('user', n),
    displayName: `Person ${n}`,
    givenName: 'Person',
    surname: String(n),
    userPrincipalName: `Person.${n}@contoso-example.com`,
    mail: `person.${n}@contoso-example.com`,
    businessPhones: [],
    jobTitle: 'Clerk',
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: 'en',
    accountEnabled: true,
    userType: 'Member',
    employeeId: String(1000 + n),
    department: 'Sales',
    createdDateTime: '2024-01-01T00:00:00Z',
    proxyAddresses: [`SMTP:person.${n}@contoso-example.com`],
    ...set,
  };
}

export function buildSku(...plans: string[]): GraphObject {
  return {
    id: `${TENANT_ID}_sku`,
    skuId: 'sku-id',
    skuPartNumber: 'SPB',
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: 5,
    prepaidUnits: { enabled: 25, suspended: 0, warning: 0 },
    servicePlans: plans.map((servicePlanId) => ({
      servicePlanId,
      servicePlanName: 'AAD_PREMIUM',
      provisioningStatus: 'Success',
      appliesTo: 'User',
    })),
  };
}

export function buildSignIn(
  n: number,
  set: GraphObject & { createdDateTime: string },
): GraphObject & { id: string; createdDateTime: string; userId: string } {
  return {
    id: idOf('signIn', n),
    userDisplayName: 'Person 1',
    userPrincipalName: 'person.1@contoso-example.com',
    userId: idOf('user', 1),
    appId: 'de8bc8b5-d9f9-48b1-a8ad-b748da725064',
    appDisplayName: 'Line of business',
    ipAddress: '203.0.113.7',
    clientAppUsed: 'Browser',
    correlationId: idOf('audit', 900 + n),
    conditionalAccessStatus: 'notApplied',
    isInteractive: true,
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes_v2: [],
    resourceDisplayName: 'Microsoft Graph',
    resourceId: '00000003-0000-0000-c000-000000000000',
    status: { errorCode: 0, failureReason: null, additionalDetails: null },
    deviceDetail: { deviceId: '', displayName: null, operatingSystem: 'Windows 10', browser: 'Edge' },
    location: { city: 'Utrecht', state: null, countryOrRegion: 'NL', geoCoordinates: {} },
    appliedConditionalAccessPolicies: [],
    signInEventTypes: ['interactiveUser'],
    authenticationRequirement: 'singleFactorAuthentication',
    authenticationProtocol: 'oAuth2',
    ...set,
  };
}

export function buildTenant(set: Partial<Tenant> = {}): Tenant {
  return {
    tenantId: TENANT_ID,
    initialDomain: 'contosoexample.onmicrosoft.com',
    organization: {
      id: TENANT_ID,
      displayName: 'Contoso Example',
      verifiedDomains: [{ name: 'contoso-example.com', isDefault: true, isInitial: false, type: 'Managed' }],
      assignedPlans: [],
    },
    subscribedSkus: [buildSku(P1_PLAN, P2_PLAN)],
    apps: [READER],
    users: [buildUser(1), buildUser(2), buildUser(3)],
    managers: { [idOf('user', 1)]: idOf('user', 2) },
    authenticationMethods: {},
    registrationReportLag: {},
    allowedMethods: ['microsoftAuthenticatorPush', 'passKeyDeviceBound'],
    mailboxPurposes: { [idOf('user', 1)]: 'user', [idOf('user', 2)]: 'shared' },
    groups: [],
    roleAssignments: [],
    roleEligibilities: [],
    servicePrincipals: [],
    conditionalAccessPolicies: [],
    deletedPolicies: [],
    namedLocations: [],
    securityDefaults: { isEnabled: true },
    perUserMfa: {},
    signIns: [],
    directoryAudits: [],
    ...set,
  };
}

export function buildEmployee(n: number, set: Record<string, string | null> = {}): BambooCompany['employees'][number] {
  return {
    id: String(n),
    employeeNumber: String(1000 + n),
    firstName: 'Person',
    lastName: String(n),
    displayName: `Person ${n}`,
    department: 'Sales',
    jobTitle: 'Clerk',
    status: 'Active',
    workEmail: `person.${n}@contoso-example.com`,
    hireDate: '2024-01-01',
    terminationDate: '0000-00-00',
    supervisor: null,
    supervisorId: null,
    supervisorEId: null,
    supervisorEmail: null,
    ...set,
  };
}

export function buildCompany(set: Partial<BambooCompany> = {}): BambooCompany {
  return {
    domain: 'contosoexample',
    apiKey: 'key-of-contoso-example',
    employees: [
      buildEmployee(1, { supervisor: '2, Person', supervisorId: '1002', supervisorEId: '2' }),
      buildEmployee(2),
      buildEmployee(3, { status: 'Inactive', hireDate: '2026-06-01' }),
    ],
    absences: [],
    lastChanged: { '1': { action: 'Inserted', at: '2024-01-01T00:00:00Z' } },
    ...set,
  };
}

export function buildWorld(set: { tenants?: Tenant[]; companies?: BambooCompany[] } = {}): World {
  return {
    seed: 7,
    name: 'by hand',
    startsAt: STARTS_AT,
    tenants: set.tenants ?? [buildTenant()],
    bambooCompanies: set.companies ?? [buildCompany()],
  };
}
