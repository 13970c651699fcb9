import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import type { GraphVersion } from './context.ts';

const USERS: GraphObject = {
  includeUsers: [],
  excludeUsers: [],
  includeGroups: [],
  excludeGroups: [],
  includeRoles: [],
  excludeRoles: [],
  includeGuestsOrExternalUsers: null,
  excludeGuestsOrExternalUsers: null,
};

const APPLICATIONS: GraphObject = {
  includeApplications: [],
  excludeApplications: [],
  includeUserActions: [],
  includeAuthenticationContextClassReferences: [],
  applicationFilter: null,
};

const CONDITIONS: GraphObject = {
  userRiskLevels: [],
  signInRiskLevels: [],
  clientAppTypes: ['all'],
  servicePrincipalRiskLevels: [],
  insiderRiskLevels: null,
  platforms: null,
  locations: null,
  devices: null,
  clientApplications: null,
  authenticationFlows: null,
};

const GRANT: GraphObject = {
  operator: 'OR',
  builtInControls: [],
  customAuthenticationFactors: [],
  termsOfUse: [],
  authenticationStrength: null,
};

const SESSION: GraphObject = {
  disableResilienceDefaults: null,
  applicationEnforcedRestrictions: null,
  cloudAppSecurity: null,
  signInFrequency: null,
  persistentBrowser: null,
};

/** Keys that only beta shows, and that no metadata declares. */
const BETA_CONDITIONS: GraphObject = { times: null, deviceStates: null, clients: null };
const BETA_POLICY: GraphObject = { partialEnablementStrategy: null };

/** A policy as Graph returns it: every list and object that was not set is there, empty or null. */
export function fullPolicy(policy: GraphObject, version: GraphVersion): GraphObject {
  const isBeta = version === 'beta';
  const given = isObject(policy.conditions) ? policy.conditions : {};
  const conditions: GraphObject = {
    ...CONDITIONS,
    ...(isBeta ? BETA_CONDITIONS : {}),
    ...given,
    applications: fill(APPLICATIONS, given.applications ?? {}),
    users: fill(USERS, given.users ?? {}),
  };
  return {
    id: null,
    templateId: null,
    displayName: '',
    createdDateTime: null,
    modifiedDateTime: null,
    deletedDateTime: null,
    state: 'disabled',
    ...(isBeta ? BETA_POLICY : {}),
    ...policy,
    conditions,
    grantControls: fill(GRANT, policy.grantControls ?? null),
    sessionControls: fill(SESSION, policy.sessionControls ?? null),
  };
}

function fill(defaults: GraphObject, given: unknown): GraphObject | null {
  return isObject(given) ? { ...defaults, ...given } : null;
}
