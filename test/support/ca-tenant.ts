/** A small tenant and policies for tests of Conditional Access; a test names only what matters to it. */
import type { Judgement } from '../../src/sandbox/evaluator/judge.ts';
import { judgeSignIn } from '../../src/sandbox/evaluator/judge.ts';
import type { Circumstances, UserIdentity } from '../../src/sandbox/evaluator/sign-in.ts';
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';

export const TENANT_ID = 'c0000000-0000-4000-8000-000000000001';
export const PARTNER_TENANT = 'd0000000-0000-4000-8000-000000000001';
export const OTHER_TENANT = 'd0000000-0000-4000-8000-000000000002';
export const GLOBAL_ADMIN = '62e90394-69f5-4237-9190-012177145e10';
export const READER = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b';
export const SYNC_ROLE = 'd29b2b05-8046-44ba-8758-1e26182fcf32';
export const EXCHANGE = '00000002-0000-0ff1-ce00-000000000000';
export const SHAREPOINT = '00000003-0000-0ff1-ce00-000000000000';
export const AZURE_MANAGEMENT = '797f4846-ba00-4fd7-ba43-dac1f8f63013';
export const AZURE_PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';
export const PAYROLL = 'a0000000-0000-4000-8000-000000000001';

export const PASSWORD = { id: 'm0', '@odata.type': '#microsoft.graph.passwordAuthenticationMethod' };
export const AUTHENTICATOR = { id: 'm1', '@odata.type': '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod' };
export const MOBILE = { id: 'm2', '@odata.type': '#microsoft.graph.phoneAuthenticationMethod', phoneType: 'mobile' };
export const KEY = { id: 'm3', '@odata.type': '#microsoft.graph.fido2AuthenticationMethod' };

/** Who is in the tenant: ann (in a nested group), bob (Global Administrator), and one guest or member of each kind. */
export function caTenant(changes: Partial<Tenant> = {}): Tenant {
  const user = (id: string, more: GraphObject = {}) => ({
    id,
    userPrincipalName: `${id}@contoso.example`,
    userType: 'Member',
    creationType: null,
    externalUserState: null,
    accountEnabled: true,
    ...more,
  });
  const fromElsewhere = (id: string, userType: string) =>
    user(id, {
      userType,
      creationType: 'Invitation',
      externalUserState: 'Accepted',
      userPrincipalName: `${id}_fabrikam.example#EXT#@contoso.onmicrosoft.com`,
    });
  return {
    tenantId: TENANT_ID,
    initialDomain: 'contoso.onmicrosoft.com',
    organization: { id: TENANT_ID, countryLetterCode: 'NL' },
    subscribedSkus: [],
    apps: [],
    users: [
      user('ann'),
      user('bob'),
      user('eve'),
      fromElsewhere('guest', 'Guest'),
      fromElsewhere('partner', 'Member'),
      user('local-guest', { userType: 'Guest' }),
    ],
    managers: {},
    authenticationMethods: {
      ann: [PASSWORD, AUTHENTICATOR],
      bob: [PASSWORD, KEY],
      eve: [PASSWORD],
    },
    registrationReportLag: {},
    allowedMethods: ['microsoftAuthenticatorPush', 'mobilePhone', 'fido2SecurityKey', 'temporaryAccessPass'],
    mailboxPurposes: {},
    groups: [
      caGroup('inner', ['ann']),
      caGroup('middle', ['inner']),
      caGroup('outer', ['middle']),
      caGroup('ring-a', ['ring-b', 'eve']),
      caGroup('ring-b', ['ring-a']),
      caGroup('admins', ['eve'], { isAssignableToRole: true }),
    ],
    roleAssignments: [{ id: 'r1', roleDefinitionId: GLOBAL_ADMIN, principalId: 'bob', directoryScopeId: '/' }],
    roleEligibilities: [{ id: 'r2', roleDefinitionId: GLOBAL_ADMIN, principalId: 'ann', directoryScopeId: '/' }],
    servicePrincipals: [
      caPrincipal('own-app', PAYROLL),
      caPrincipal('shared-app', 'a0000000-0000-4000-8000-000000000002', { signInAudience: 'AzureADMultipleOrgs' }),
      caPrincipal('identity', 'a0000000-0000-4000-8000-000000000003', { servicePrincipalType: 'ManagedIdentity' }),
      caPrincipal('saas', 'a0000000-0000-4000-8000-000000000004', { appOwnerOrganizationId: PARTNER_TENANT }),
    ],
    conditionalAccessPolicies: [],
    deletedPolicies: [],
    namedLocations: [
      ipLocation('office', true, ['198.51.100.0/24', '2001:db8:1::/48']),
      ipLocation('branch', false, ['192.0.2.128/25']),
      countryLocation('benelux', ['NL', 'BE', 'LU']),
      { ...countryLocation('home-or-unknown', ['NL']), includeUnknownCountriesAndRegions: true },
      { ...countryLocation('gps', ['NL']), countryLookupMethod: 'authenticatorAppGps' },
    ],
    securityDefaults: { id: '00000000-0000-0000-0000-000000000005', isEnabled: false },
    perUserMfa: {},
    signIns: [],
    directoryAudits: [],
    ...changes,
  };
}

export function caGroup(id: string, members: string[], more: GraphObject = {}): Tenant['groups'][number] {
  return {
    group: { id, displayName: id, securityEnabled: true, ...more },
    members: members.map((member) => ({ id: member, '@odata.type': '#microsoft.graph.directoryObject' })),
  };
}

function caPrincipal(id: string, appId: string, more: GraphObject = {}): Tenant['servicePrincipals'][number] {
  return {
    id,
    appId,
    displayName: id,
    servicePrincipalType: 'Application',
    appOwnerOrganizationId: TENANT_ID,
    signInAudience: 'AzureADMyOrg',
    ...more,
  };
}

function ipLocation(id: string, isTrusted: boolean, ranges: string[]): Tenant['namedLocations'][number] {
  return {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    id,
    isTrusted,
    ipRanges: ranges.map((cidrAddress) => ({ cidrAddress })),
  };
}

function countryLocation(id: string, countriesAndRegions: string[]): Tenant['namedLocations'][number] {
  return {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    id,
    countriesAndRegions,
    includeUnknownCountriesAndRegions: false,
    countryLookupMethod: 'clientIpAddress',
  };
}

type PolicyChanges = { conditions?: GraphObject; grant?: GraphObject | null; state?: string; id?: string };

/** An enabled policy that requires MFA of all users for all resources, with the conditions given in their place. */
export function caPolicy(changes: PolicyChanges = {}): GraphObject & { id: string } {
  return {
    id: changes.id ?? 'policy',
    displayName: changes.id ?? 'policy',
    state: changes.state ?? 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
      ...changes.conditions,
    },
    grantControls: changes.grant === undefined ? { operator: 'OR', builtInControls: ['mfa'] } : changes.grant,
    sessionControls: null,
  };
}

/** An ordinary sign-in in which everything is told: a browser on an unregistered Windows device, from the street. */
export const ORDINARY: Circumstances = {
  target: { kind: 'application', appIds: [EXCHANGE] },
  clientApp: 'browser',
  platform: 'windows',
  ipAddress: '203.0.113.9',
  country: 'US',
  gpsCountry: 'US',
  device: null,
  transferMethod: 'none',
  signInRisk: 'none',
  userRisk: 'none',
  insiderRisk: 'none',
  servicePrincipalRisk: 'none',
};

export type Case = {
  policy?: PolicyChanges;
  signIn?: Partial<Circumstances>;
  identity?: Partial<UserIdentity> | { kind: 'servicePrincipal'; servicePrincipalId: string };
  tenant?: Partial<Tenant>;
};

/** Judges one policy on one sign-in, of ann unless told otherwise. */
export function judgeCase({ policy, signIn, identity, tenant }: Case): Judgement {
  const who = identity?.kind === 'servicePrincipal' ? identity : { kind: 'user' as const, userId: 'ann', ...identity };
  return judgeSignIn(caTenant({ conditionalAccessPolicies: [caPolicy(policy)], ...tenant }), {
    ...ORDINARY,
    ...signIn,
    identity: who,
  });
}

/** What the one policy of the case comes to. */
export function verdictOf(given: Case): Judgement['policies'][number] {
  const [verdict] = judgeCase(given).policies;
  if (verdict === undefined) throw new Error('the tenant of the case has no policy');
  return verdict;
}
