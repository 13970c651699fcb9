import { instantOf, type Stage } from './draft.ts';
import { EXCHANGE_PLAN, P1_PLAN, P2_PLAN, SKU_BUSINESS_PREMIUM, SKU_BUSINESS_STANDARD } from './graph-users.ts';
import type { Random } from './random.ts';
import type { AppRegistration, GraphObject, Tenant } from './world.ts';

const SKU_P2 = '84a661c4-e949-4bd2-a560-ed7766fcaf2b';
const P2_SEATS = 5;

/** The permission sets that the product asks for, one app registration each; the reader comes first. */
const PERMISSION_SETS: readonly { displayName: string; roles: string[] }[] = [
  {
    displayName: 'Rollout reader',
    roles: [
      'User.Read.All',
      'GroupMember.Read.All',
      'AuditLog.Read.All',
      'Policy.Read.All',
      'RoleManagement.Read.Directory',
      'Application.Read.All',
      'Organization.Read.All',
      'MailboxSettings.Read',
      'UserAuthenticationMethod.Read.All',
    ],
  },
  {
    displayName: 'Rollout writer',
    roles: [
      'Policy.Read.All',
      'Application.Read.All',
      'Policy.ReadWrite.ConditionalAccess',
      'Policy.ReadWrite.SecurityDefaults',
      'Policy.ReadWrite.AuthenticationMethod',
      'Group.Create',
      'GroupMember.ReadWrite.All',
      'Group.ReadWrite.All',
      'UserAuthMethod-TAP.ReadWrite.All',
      'User.RevokeSessions.All',
    ],
  },
  {
    displayName: 'Rollout messenger',
    roles: [
      'Mail.Send',
      'Mail.ReadWrite',
      'Channel.Create',
      'Channel.ReadBasic.All',
      'TeamsTab.Create',
      'TeamsTab.ReadWriteSelfForTeam.All',
      'TeamsAppInstallation.ReadForUser.All',
      'TeamsAppInstallation.ReadWriteSelfForUser.All',
      'TeamsAppInstallation.ReadWriteSelfForTeam.All',
      'AppCatalog.Read.All',
      'TeamsActivity.Send',
    ],
  },
];

/** App registrations consented in the tenant. */
export function createApps(random: Random): AppRegistration[] {
  return PERMISSION_SETS.map(({ displayName, roles }) => ({
    clientId: random.uuid(),
    clientSecret: `sandbox-${random.hex(32)}`,
    displayName,
    roles: [...roles],
  }));
}

/** Graph's `organization`. */
export function createOrganization(stage: Stage, tenantId: string): GraphObject {
  const { facts } = stage;
  const assignedDateTime = instantOf(facts, -700);
  const plan = (service: string, servicePlanId: string) => ({
    assignedDateTime,
    capabilityStatus: 'Enabled',
    service,
    servicePlanId,
  });
  const domain = (name: string, flags: { isDefault: boolean; isInitial: boolean }) => ({
    capabilities: 'Email, OfficeCommunicationsOnline',
    ...flags,
    name,
    type: 'Managed',
  });
  return {
    id: tenantId,
    deletedDateTime: null,
    businessPhones: [],
    city: facts.city,
    country: facts.country,
    countryLetterCode: facts.country,
    createdDateTime: instantOf(facts, -2000),
    defaultUsageLocation: facts.country,
    displayName: facts.company,
    marketingNotificationEmails: [],
    onPremisesLastSyncDateTime: instantOf(facts, -0.01),
    onPremisesSyncEnabled: true,
    postalCode: null,
    preferredLanguage: 'en',
    securityComplianceNotificationMails: [],
    securityComplianceNotificationPhones: [],
    state: null,
    street: null,
    technicalNotificationMails: [`it@${facts.domain}`],
    tenantType: 'AAD',
    privacyProfile: null,
    assignedPlans: [
      plan('exchange', EXCHANGE_PLAN),
      ...(facts.premium ? [plan('AADPremiumService', P1_PLAN), plan('AADPremiumService', P2_PLAN)] : []),
    ],
    provisionedPlans: [{ capabilityStatus: 'Enabled', provisioningStatus: 'Success', service: 'exchange' }],
    verifiedDomains: [
      domain(facts.initialDomain, { isDefault: false, isInitial: true }),
      domain(facts.domain, { isDefault: true, isInitial: false }),
      domain(facts.aliasDomain, { isDefault: false, isInitial: false }),
    ],
  };
}

/** The tenant's products with seats for everybody; a handful of seats of the higher plan for the administrators. */
export function createSkus(stage: Stage, tenantId: string): GraphObject[] {
  const { premium } = stage.facts;
  const consumedUnits = stage.accounts.filter(({ licensed }) => licensed).length;
  const seats = Math.max(consumedUnits + 10, Math.ceil(stage.accounts.length / 25) * 25);
  const everybody = sku(tenantId, {
    skuId: premium ? SKU_BUSINESS_PREMIUM : SKU_BUSINESS_STANDARD,
    skuPartNumber: premium ? 'SPB' : 'O365_BUSINESS_PREMIUM',
    seats,
    consumedUnits,
    plans: [[EXCHANGE_PLAN, 'EXCHANGE_S_STANDARD'], ...(premium ? [[P1_PLAN, 'AAD_PREMIUM'] as [string, string]] : [])],
  });
  if (!premium) return [everybody];
  const few = { skuId: SKU_P2, skuPartNumber: 'AAD_PREMIUM_P2', seats: P2_SEATS, consumedUnits: 0 };
  return [everybody, sku(tenantId, { ...few, plans: [[P2_PLAN, 'AAD_PREMIUM_P2']] })];
}

type Product = {
  skuId: string;
  skuPartNumber: string;
  seats: number;
  consumedUnits: number;
  plans: [string, string][];
};

function sku(tenantId: string, product: Product): GraphObject {
  return {
    id: `${tenantId}_${product.skuId}`,
    accountId: tenantId,
    accountName: 'customer',
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: product.consumedUnits,
    prepaidUnits: { enabled: product.seats, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: product.plans.map(([servicePlanId, servicePlanName]) => ({
      servicePlanId,
      servicePlanName,
      provisioningStatus: 'Success',
      appliesTo: 'User',
    })),
    skuId: product.skuId,
    skuPartNumber: product.skuPartNumber,
    subscriptionIds: [],
  };
}

const MICROSOFT_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';
const MICROSOFT_APPS: readonly [string, string][] = [
  ['00000003-0000-0000-c000-000000000000', 'Microsoft Graph'],
  ['00000002-0000-0ff1-ce00-000000000000', 'Office 365 Exchange Online'],
  ['00000003-0000-0ff1-ce00-000000000000', 'Office 365 SharePoint Online'],
  ['797f4846-ba00-4fd7-ba43-dac1f8f63013', 'Windows Azure Service Management API'],
  ['cb1056e2-e479-49de-ae31-7812af012ed8', 'Microsoft Azure Active Directory Connect'],
];

/** Service principals of Microsoft's own apps, of the given ones, and of a managed identity. */
export function createServicePrincipals(
  tenantId: string,
  random: Random,
  apps: readonly { appId: string; displayName: string }[],
): Tenant['servicePrincipals'] {
  const one = (appId: string, displayName: string, owner: string, servicePrincipalType = 'Application') => ({
    id: random.uuid(),
    deletedDateTime: null,
    accountEnabled: true,
    alternativeNames: [],
    appDisplayName: displayName,
    appDescription: null,
    appId,
    appOwnerOrganizationId: owner,
    appRoleAssignmentRequired: false,
    description: null,
    disabledByMicrosoftStatus: null,
    displayName,
    homepage: null,
    loginUrl: null,
    logoutUrl: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    replyUrls: [],
    servicePrincipalNames: [appId],
    servicePrincipalType,
    signInAudience: owner === tenantId ? 'AzureADMyOrg' : 'AzureADMultipleOrgs',
    tags: [],
  });
  return [
    ...MICROSOFT_APPS.map(([appId, name]) => one(appId, name, MICROSOFT_TENANT)),
    ...apps.map(({ appId, displayName }) => one(appId, displayName, tenantId)),
    one(random.uuid(), 'nightly-export', tenantId, 'ManagedIdentity'),
  ];
}

/** The office's addresses, trusted, and a list of countries. */
export function createNamedLocations(
  stage: Stage,
  random: Random,
): { trusted: GraphObject & { id: string }; country: GraphObject & { id: string } } {
  const at = instantOf(stage.facts, -400);
  const born = { createdDateTime: at, modifiedDateTime: at, deletedDateTime: null };
  return {
    trusted: {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      id: random.uuid(),
      displayName: 'Office',
      ...born,
      isTrusted: true,
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.113.0/24' }],
    },
    country: {
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      id: random.uuid(),
      displayName: 'Home country',
      ...born,
      countriesAndRegions: [stage.facts.country],
      countryLookupMethod: 'clientIpAddress',
      includeUnknownCountriesAndRegions: false,
    },
  };
}
