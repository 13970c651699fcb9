/**
 * What is accessed: applications, a user action, or data behind an authentication context.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { type Answer, anyOf, type Finding, inScope, notUnderstood, yesIf } from './answers.ts';
import { matchesSecurityAttributes } from './application-filter.ts';
import {
  ADMIN_PORTAL_APPS,
  AZURE_MANAGEMENT_APP,
  AZURE_MANAGEMENT_APPS,
  MICROSOFT_SERVICES_TENANT,
  OFFICE_365_APPS,
  OFFICE_365_NAMES,
} from './application-sets.ts';
import type { SignInTarget, UserAction } from './sign-in.ts';
import { objectAt, saysNothing, textAt, unknownKeys, wordsAt } from './wire.ts';

const KNOWN_KEYS = [
  'includeApplications',
  'excludeApplications',
  'includeUserActions',
  'includeAuthenticationContextClassReferences',
  'applicationFilter',
];

/** https://learn.microsoft.com/graph/api/resources/conditionalaccessapplications, `includeUserActions` */
const URN_OF: Record<UserAction, string> = {
  registerSecurityInformation: 'urn:user:registersecurityinfo',
  registerOrJoinDevices: 'urn:user:registerdevice',
};

/** Whether the policy is about what this sign-in goes to. */
export function targetFinding(conditions: GraphObject, target: SignInTarget, tenant: Tenant): Finding {
  const applications = objectAt(conditions, 'applications');
  // "All resources ... enforces the policy for all token requests": it also reaches user actions, as example 3 of
  // https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate shows, and in the same way contexts.
  const isForAll = wordsAt(applications, 'includeApplications').includes('all');
  const open = unknownKeys(applications, KNOWN_KEYS).map((key) => notUnderstood(`applications.${key}`));
  switch (target.kind) {
    case 'application':
      return {
        answer: anyOf(target.appIds.map((appId) => appAnswer(applications, { appId, tenant, open }))),
        reason: 'application',
      };
    case 'userAction': {
      const isNamed = wordsAt(applications, 'includeUserActions').includes(URN_OF[target.userAction]);
      return { answer: anyOf([yesIf(isForAll || isNamed), ...open]), reason: 'userActions' };
    }
    case 'authenticationContext': {
      const contexts = wordsAt(applications, 'includeAuthenticationContextClassReferences');
      const isNamed = contexts.includes(target.value.toLowerCase());
      return { answer: anyOf([yesIf(isForAll || isNamed), ...open]), reason: 'authenticationContext' };
    }
  }
}

function appAnswer(applications: GraphObject, wanted: { appId: string; tenant: Tenant; open: Answer[] }): Answer {
  const { appId, tenant, open } = wanted;
  const isNamedIn = (key: string): boolean =>
    wordsAt(applications, key).some((entry) => entryMeans(entry, appId.toLowerCase(), tenant));
  const filter = objectAt(applications, 'applicationFilter');
  const filterAnswer = saysNothing(filter) ? 'no' : matchesSecurityAttributes(filter, principalOf(appId, tenant));
  const isExclude = textAt(filter, 'mode')?.toLowerCase() === 'exclude';
  return inScope(
    anyOf([yesIf(isNamedIn('includeApplications')), isExclude ? 'no' : filterAnswer, ...open]),
    anyOf([yesIf(isNamedIn('excludeApplications')), isExclude ? filterAnswer : 'no']),
  );
}

/** Whether an entry of includeApplications or excludeApplications, in lower case, means this application. */
function entryMeans(entry: string, appId: string, tenant: Tenant): boolean {
  switch (entry) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'office365':
      return isOffice365(appId, tenant);
    case 'microsoftadminportals':
      return ADMIN_PORTAL_APPS.has(appId);
    case AZURE_MANAGEMENT_APP:
      return AZURE_MANAGEMENT_APPS.has(appId);
    default:
      return entry === appId;
  }
}

function isOffice365(appId: string, tenant: Tenant): boolean {
  if (OFFICE_365_APPS.has(appId)) return true;
  const principal = principalOf(appId, tenant);
  if (principal === undefined) return false;
  const isMicrosoft = textAt(principal, 'appOwnerOrganizationId')?.toLowerCase() === MICROSOFT_SERVICES_TENANT;
  return isMicrosoft && OFFICE_365_NAMES.has((textAt(principal, 'displayName') ?? '').toLowerCase());
}

function principalOf(appId: string, tenant: Tenant): GraphObject | undefined {
  const wanted = appId.toLowerCase();
  return tenant.servicePrincipals.find((principal) => principal.appId.toLowerCase() === wanted);
}
