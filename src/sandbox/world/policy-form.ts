import type { Account } from './draft.ts';
import type { GraphObject } from './world.ts';

type PolicyState = 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced';

/** What a policy says beyond the defaults that Graph fills in. */
export type PolicyTemplate = {
  name: string;
  state: PolicyState;
  users?: Partial<Record<UserList, string[]>> & { guests?: string };
  apps?: string[];
  userActions?: string[];
  authenticationContexts?: string[];
  clients?: string[];
  locations?: { include: string[]; exclude: string[] };
  signInRisk?: string[];
  grant: { controls: string[]; operator?: 'AND' | 'OR'; strength?: GraphObject } | null;
  session?: GraphObject;
  /** Whom it covers and what it does to past sign-ins; absent: it touched none of them. */
  past?: {
    covers: (account: Account) => boolean;
    effect: 'mfa' | 'block' | 'session';
    on: 'all' | 'legacy' | 'outside';
  };
};

type UserList = 'includeUsers' | 'excludeUsers' | 'includeGroups' | 'excludeGroups' | 'includeRoles' | 'excludeRoles';

/** The built-in strength "Multifactor authentication", as Graph expands it in a policy. */
export const MFA_STRENGTH: GraphObject = {
  id: '00000000-0000-0000-0000-000000000002',
  createdDateTime: '2021-12-01T08:00:00Z',
  modifiedDateTime: '2021-12-01T08:00:00Z',
  displayName: 'Multifactor authentication',
  description: 'Combinations of methods that satisfy strong authentication, such as a password + SMS',
  policyType: 'builtIn',
  requirementsSatisfied: 'mfa',
  allowedCombinations: [
    'windowsHelloForBusiness',
    'fido2',
    'x509CertificateMultiFactor',
    'deviceBasedPush',
    'temporaryAccessPassOneTime',
    'temporaryAccessPassMultiUse',
    'password,microsoftAuthenticatorPush',
    'password,softwareOath',
    'password,hardwareOath',
    'password,sms',
    'password,voice',
    'federatedMultiFactor',
  ],
};

/** A policy in Graph's full form: every list filled with [], every unset object null. */
export function graphPolicy(
  template: PolicyTemplate,
  born: { id: string; createdDateTime: string; modifiedDateTime: string | null },
): GraphObject & { id: string } {
  return {
    id: born.id,
    templateId: null,
    displayName: template.name,
    description: null,
    createdDateTime: born.createdDateTime,
    modifiedDateTime: born.modifiedDateTime,
    deletedDateTime: null,
    state: template.state,
    sessionControls: template.session === undefined ? null : { ...NO_SESSION_CONTROLS, ...template.session },
    conditions: conditionsOf(template),
    grantControls: grantOf(template.grant),
  };
}

const NO_SESSION_CONTROLS: GraphObject = {
  applicationEnforcedRestrictions: null,
  cloudAppSecurity: null,
  disableResilienceDefaults: null,
  persistentBrowser: null,
  secureSignInSession: null,
  signInFrequency: null,
};

function conditionsOf(template: PolicyTemplate): GraphObject {
  const isWithoutApps = template.userActions !== undefined || template.authenticationContexts !== undefined;
  return {
    userRiskLevels: [],
    signInRiskLevels: template.signInRisk ?? [],
    servicePrincipalRiskLevels: [],
    insiderRiskLevels: null,
    clientAppTypes: template.clients ?? ['all'],
    platforms: null,
    locations:
      template.locations === undefined
        ? null
        : { includeLocations: template.locations.include, excludeLocations: template.locations.exclude },
    devices: null,
    clientApplications: null,
    authenticationFlows: null,
    applications: {
      includeApplications: isWithoutApps ? [] : (template.apps ?? ['All']),
      excludeApplications: [],
      includeUserActions: template.userActions ?? [],
      includeAuthenticationContextClassReferences: template.authenticationContexts ?? [],
      applicationFilter: null,
    },
    users: usersOf(template.users ?? {}),
  };
}

function usersOf({ guests, ...lists }: NonNullable<PolicyTemplate['users']>): GraphObject {
  const targets = {
    guestOrExternalUserTypes: guests,
    externalTenants: { '@odata.type': '#microsoft.graph.conditionalAccessAllExternalTenants', membershipKind: 'all' },
  };
  return {
    includeUsers: [],
    excludeUsers: [],
    includeGroups: [],
    excludeGroups: [],
    includeRoles: [],
    excludeRoles: [],
    includeGuestsOrExternalUsers: guests === undefined ? null : targets,
    excludeGuestsOrExternalUsers: null,
    ...lists,
  };
}

function grantOf(grant: PolicyTemplate['grant']): GraphObject | null {
  if (grant === null) return null;
  return {
    operator: grant.operator ?? 'OR',
    builtInControls: grant.controls,
    customAuthenticationFactors: [],
    termsOfUse: [],
    authenticationStrength: grant.strength ?? null,
  };
}
