import { type CompileOptions, compilePolicies, evaluateSignIn } from '../../src/rollout/policy/evaluate.core.ts';
import type { SignIn } from '../../src/rollout/policy/evaluator/sign-in.core.ts';
import { compileTenant, type TenantInput } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import type { GraphObject, JsonObject } from '../../src/rollout/policy/graph-json.core.ts';

/** Valid objects for policy tests; a test names only what matters to it. */
export const EXCHANGE = '00000002-0000-0ff1-ce00-000000000000';
export const SHAREPOINT = '00000003-0000-0ff1-ce00-000000000000';
export const AZURE_PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';
export const AZURE_MANAGEMENT = '797f4846-ba00-4fd7-ba43-dac1f8f63013';
export const PAYROLL = '7a1c0000-0000-4000-8000-00000000aa01';
export const GLOBAL_ADMIN = '62e90394-69f5-4237-9190-012177145e10';
export const SYNC_ROLE = 'd29b2b05-8046-44ba-8758-1e26182fcf32';
export const OFFICE = 'loc-office';
export const OFFICE_V6 = 'loc-office-v6';
export const BRANCH = 'loc-branch';
export const SWISS = 'loc-ch';
export const ANYWHERE_ELSE = 'loc-unknown';

const USER = '#microsoft.graph.user';
const GROUP = '#microsoft.graph.group';

/**
 * Ada is in Sales through two nested groups that also form a cycle; Bo holds Global Administrator, Cy is eligible for
 * it, Di holds it through a group, Ed holds it for one administrative unit only. Gus is a B2B guest, Ina an internal
 * guest, Mel an external member, Syd the account of directory synchronisation.
 */
export const TENANT = {
  users: [
    member('ada'),
    member('bo'),
    member('cy'),
    member('di'),
    member('ed'),
    member('syd'),
    { id: 'gus', userType: 'Guest', userPrincipalName: 'gus_fabrikam.example#EXT#@contoso.example' },
    { id: 'ina', userType: 'Guest', userPrincipalName: 'ina@contoso.example' },
    { id: 'mel', userType: 'Member', userPrincipalName: 'mel_fabrikam.example#EXT#@contoso.example' },
    { id: 'nil' },
  ],
  groups: [
    { id: 'sales', displayName: 'Sales', members: [{ id: 'sales-emea', '@odata.type': GROUP }] },
    { id: 'sales-emea', displayName: 'Sales EMEA', members: [{ id: 'sales-dach', '@odata.type': GROUP }] },
    {
      id: 'sales-dach',
      displayName: 'Sales DACH',
      members: [
        { id: 'ada', '@odata.type': USER },
        { id: 'sales', '@odata.type': GROUP },
      ],
    },
    { id: 'exceptions', displayName: 'Exceptions', members: [{ id: 'ada', '@odata.type': USER }] },
    { id: 'admins', displayName: 'Admins', members: [{ id: 'di', '@odata.type': USER }] },
    { id: 'empty', displayName: 'Empty', members: [] },
    { id: 'unread', displayName: 'Unread' },
    { id: 'half-read', displayName: 'Half read', members: [{ id: 'elsewhere', '@odata.type': GROUP }] },
  ],
  roleAssignments: [
    { roleDefinitionId: GLOBAL_ADMIN, principalId: 'bo', eligible: false, directoryScopeId: '/' },
    { roleDefinitionId: GLOBAL_ADMIN, principalId: 'cy', eligible: true },
    { roleDefinitionId: GLOBAL_ADMIN, principalId: 'admins', eligible: false },
    { roleDefinitionId: GLOBAL_ADMIN, principalId: 'ed', directoryScopeId: '/administrativeUnits/au1' },
    { roleDefinitionId: SYNC_ROLE, principalId: 'syd', eligible: false },
  ],
  servicePrincipals: [
    {
      id: 'sp1',
      appId: PAYROLL,
      displayName: 'Payroll',
      appOwnerOrganizationId: '11111111-1111-4111-8111-111111111111',
    },
  ],
  namedLocations: [
    { id: OFFICE, displayName: 'Office', isTrusted: true, ipRanges: [{ cidrAddress: '203.0.113.9/24' }] },
    { id: OFFICE_V6, displayName: 'Office v6', isTrusted: true, ipRanges: [{ cidrAddress: '2001:db8:1::/48' }] },
    { id: BRANCH, displayName: 'Branch', isTrusted: false, ipRanges: [{ cidrAddress: '198.51.100.0/25' }] },
    { id: SWISS, displayName: 'Switzerland', countriesAndRegions: ['CH'], includeUnknownCountriesAndRegions: false },
    { id: ANYWHERE_ELSE, displayName: 'Nowhere', countriesAndRegions: ['AQ'], includeUnknownCountriesAndRegions: true },
    {
      id: 'loc-gps',
      displayName: 'By telephone',
      countriesAndRegions: ['CH'],
      countryLookupMethod: 'authenticatorAppGps',
    },
    {
      id: 'loc-later',
      displayName: 'By a later way',
      countriesAndRegions: ['CH'],
      countryLookupMethod: 'unknownFutureValue',
    },
    {
      id: 'loc-network',
      displayName: 'Compliant network',
      '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation',
    },
  ],
  authenticationStrengths: [
    { id: 'strength-mfa', requirementsSatisfied: 'mfa' },
    { id: 'strength-weak', requirementsSatisfied: 'none', allowedCombinations: ['password', 'sms'] },
    { id: 'strength-keys', allowedCombinations: ['fido2', 'password,softwareOath'] },
    { id: 'strength-mixed', allowedCombinations: ['fido2', 'password'] },
  ],
} satisfies TenantInput;

function member(id: string): GraphObject {
  return { id, userType: 'Member', userPrincipalName: `${id}@contoso.example`, accountEnabled: true };
}

export type PolicyParts = {
  id?: string;
  displayName?: string;
  state?: string;
  users?: unknown;
  applications?: unknown;
  /** Further conditions beside users and applications. */
  conditions?: JsonObject;
  grantControls?: unknown;
  more?: JsonObject;
};

export const MFA = { operator: 'OR', builtInControls: ['mfa'] };
export const BLOCK = { operator: 'OR', builtInControls: ['block'] };

/** An enabled policy that requires MFA of everybody everywhere, but for what the test changes. */
export function policy(parts: PolicyParts = {}): GraphObject {
  return {
    id: parts.id ?? 'p1',
    displayName: parts.displayName ?? 'MFA for everybody',
    state: parts.state ?? 'enabled',
    conditions: {
      users: 'users' in parts ? parts.users : { includeUsers: ['All'] },
      applications: 'applications' in parts ? parts.applications : { includeApplications: ['All'] },
      clientAppTypes: ['all'],
      ...parts.conditions,
    },
    grantControls: 'grantControls' in parts ? parts.grantControls : MFA,
    ...parts.more,
  };
}

/** A sign-in of Ada to Exchange with every condition given, but for what the test changes. */
export function signIn(changes: SignIn = {}): SignIn {
  return {
    userId: 'ada',
    target: { kind: 'app', appId: EXCHANGE },
    clientAppType: 'browser',
    platform: 'windows',
    ipAddress: '192.0.2.44',
    country: 'US',
    device: 'unregistered',
    authenticationFlow: 'none',
    signInRisk: 'none',
    userRisk: 'none',
    insiderRisk: 'none',
    ...changes,
  };
}

/** Judges one sign-in by policies in a tenant. */
export function judge(
  policies: readonly GraphObject[],
  changes: SignIn = {},
  tenant: TenantInput = TENANT,
  options?: CompileOptions,
) {
  return evaluateSignIn(compilePolicies(compileTenant(tenant), policies, options), signIn(changes));
}

/** What one policy says about one sign-in. */
export function resultOf(parts: PolicyParts, changes: SignIn = {}, tenant: TenantInput = TENANT): string {
  return judge([policy(parts)], changes, tenant).applies[0]?.result ?? 'missing';
}
