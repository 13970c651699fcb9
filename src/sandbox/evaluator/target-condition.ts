/**
 * What is accessed: applications, a user action, or data behind an authentication context.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { type Answer, anyOf, type Finding, inScope, notGiven, notUnderstood, yesIf } from './answers.ts';
import { matchesSecurityAttributes } from './application-filter.ts';
import {
  ADMIN_PORTAL_APPS,
  ADMIN_PORTAL_CANDIDATES,
  AZURE_MANAGEMENT_APP,
  AZURE_MANAGEMENT_APPS,
  MICROSOFT_SERVICES_TENANT,
  OFFICE_365_APPS,
  OFFICE_365_CANDIDATES,
  OFFICE_365_NAMES,
} from './application-sets.ts';
import type { SignInTarget, UserAction } from './sign-in.ts';
import { isCollectiveWord, objectAt, saysNothing, textAt, unknownKeys, wordsAt } from './wire.ts';

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
  switch (target.kind) {
    case 'application':
      return {
        answer: anyOf(target.appIds.map((appId) => appAnswer(applications, appId, tenant))),
        reason: 'application',
      };
    case 'userAction':
      return { answer: actionAnswer(applications, target.userAction), reason: 'userActions' };
    case 'authenticationContext':
      return { answer: contextAnswer(applications, target.value, tenant), reason: 'authenticationContext' };
  }
}

/** Keys that this evaluator does not know, and a filter of no known mode: they may widen the targets or narrow them. */
function openKeys(applications: GraphObject): Answer[] {
  const keys = unknownKeys(applications, KNOWN_KEYS);
  const isClear =
    saysNothing(applications.applicationFilter) || ['include', 'exclude'].includes(filterMode(applications));
  return [...keys, ...(isClear ? [] : ['applicationFilter'])].map((key) => notUnderstood(`applications.${key}`));
}

function filterMode(applications: GraphObject): string {
  return textAt(objectAt(applications, 'applicationFilter'), 'mode')?.toLowerCase() ?? '';
}

/**
 * "All resources" "without any resource exclusions enforces the policy for all token requests": it also reaches the
 * registration of security information, as example 3 of https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate
 * shows. No page tells of devices, nor of any user action once a resource is excluded.
 */
function actionAnswer(applications: GraphObject, userAction: UserAction): Answer {
  const open = openKeys(applications);
  if (wordsAt(applications, 'includeUserActions').includes(URN_OF[userAction])) return inScope('yes', anyOf(open));
  const included = wordsAt(applications, 'includeApplications');
  const excluded = wordsAt(applications, 'excludeApplications');
  if (included.includes('all') && !excluded.includes('all')) {
    const isWhole = excluded.length === 0 && filterMode(applications) !== 'exclude';
    const isShown = userAction === 'registerSecurityInformation' && isWhole;
    return inScope(isShown ? 'yes' : notUnderstood(`All resources for ${userAction}`), anyOf(open));
  }
  return anyOf([...open, ...included.filter(isUnknownSet).map((word) => notUnderstood(word))]);
}

/** Data behind an authentication context lies in some application, which the request does not name. */
function contextAnswer(applications: GraphObject, value: string, tenant: Tenant): Answer {
  const contexts = wordsAt(applications, 'includeAuthenticationContextClassReferences');
  if (contexts.includes(value.toLowerCase())) return inScope('yes', anyOf(openKeys(applications)));
  return appAnswer(applications, null, tenant);
}

/** Whether the policy is about an application; null: about one that nobody named. */
function appAnswer(applications: GraphObject, appId: string | null, tenant: Tenant): Answer {
  const open = openKeys(applications);
  const entriesAt = (key: string): Answer[] =>
    wordsAt(applications, key).map((entry) => entryMeans(entry, appId?.toLowerCase() ?? null, tenant));
  const filter = objectAt(applications, 'applicationFilter');
  const filterAnswer = saysNothing(filter) ? 'no' : matchesFilter(filter, appId, tenant);
  const isExclusion = filterMode(applications) === 'exclude';
  return inScope(
    anyOf([...entriesAt('includeApplications'), isExclusion ? 'no' : filterAnswer, ...open]),
    anyOf([...entriesAt('excludeApplications'), isExclusion ? filterAnswer : 'no', ...open]),
  );
}

function matchesFilter(filter: GraphObject, appId: string | null, tenant: Tenant): Answer {
  if (appId === null) return notGiven('application');
  return matchesSecurityAttributes(filter, principalOf(appId, tenant));
}

function isUnknownSet(entry: string): boolean {
  return isCollectiveWord(entry) && entry !== 'microsoftadminportals';
}

/** Whether an entry of includeApplications or excludeApplications, in lower case, means this application. */
function entryMeans(entry: string, appId: string | null, tenant: Tenant): Answer {
  if (entry === 'all') return 'yes';
  if (entry === 'none') return 'no';
  if (isUnknownSet(entry)) return notUnderstood(entry);
  if (appId === null) return notGiven('application');
  switch (entry) {
    case 'office365':
      return OFFICE_365_CANDIDATES.has(appId) ? notUnderstood('Office365') : yesIf(isOffice365(appId, tenant));
    case 'microsoftadminportals':
      return ADMIN_PORTAL_CANDIDATES.has(appId)
        ? notUnderstood('MicrosoftAdminPortals')
        : yesIf(ADMIN_PORTAL_APPS.has(appId));
    case AZURE_MANAGEMENT_APP:
      return yesIf(AZURE_MANAGEMENT_APPS.has(appId));
    default:
      return yesIf(entry === appId);
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
