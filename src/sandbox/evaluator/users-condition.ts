/**
 * Whom a policy is about.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups
 * https://learn.microsoft.com/entra/identity/conditional-access/workload-identity
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { type Answer, anyOf, type Finding, inScope, notGiven, notUnderstood, yesIf } from './answers.ts';
import { matchesSecurityAttributes } from './application-filter.ts';
import type { Person } from './identity.ts';
import { flagsAt, objectAt, saysNothing, textAt, unknownKeys, wordsAt } from './wire.ts';

const KNOWN_USER_KEYS = ['Users', 'Groups', 'Roles', 'GuestsOrExternalUsers'].flatMap((name) => [
  `include${name}`,
  `exclude${name}`,
]);
const KNOWN_PRINCIPAL_KEYS = ['includeServicePrincipals', 'excludeServicePrincipals', 'servicePrincipalFilter'];

/** Whether a person is in the policy's users: included by any of the lists and excluded by none. */
export function usersFinding(conditions: GraphObject, person: Person, tenant: Tenant): Finding {
  const users = objectAt(conditions, 'users');
  const included = anyOf([...listed('include', users, { person, tenant }), ...unknownSide('include', users)]);
  const excluded = anyOf([...listed('exclude', users, { person, tenant }), ...unknownSide('exclude', users)]);
  return { answer: inScope(included, excluded), reason: 'users' };
}

function listed(side: 'include' | 'exclude', users: GraphObject, who: { person: Person; tenant: Tenant }): Answer[] {
  const { person, tenant } = who;
  const names = wordsAt(users, `${side}Users`);
  return [
    // "All users that exist in the directory including B2B guests."
    yesIf(side === 'include' && names.includes('all')),
    yesIf(names.includes(person.userId)),
    // "All guest and external users" stands for all the sub-types (authentication-conditional-access, note).
    yesIf(names.includes('guestsorexternalusers') && person.externalType !== null),
    yesIf(wordsAt(users, `${side}Groups`).some((id) => person.groups.has(id))),
    yesIf(wordsAt(users, `${side}Roles`).some((id) => person.roles.has(id))),
    isOfExternalKind(objectAt(users, `${side}GuestsOrExternalUsers`), person, tenant),
  ];
}

/** Something unknown on the include side may include, on the exclude side exclude; elsewhere it may do either. */
function unknownSide(side: 'include' | 'exclude', users: GraphObject): Answer[] {
  const other = side === 'include' ? 'exclude' : 'include';
  return unknownKeys(users, KNOWN_USER_KEYS)
    .filter((key) => !key.startsWith(other))
    .map((key) => notUnderstood(`users.${key}`));
}

/**
 * The chosen kinds of external users, of all tenants or of the tenants listed.
 * https://learn.microsoft.com/graph/api/resources/conditionalaccessguestsorexternalusers
 */
function isOfExternalKind(choice: GraphObject, person: Person, tenant: Tenant): Answer {
  const kinds = flagsAt(choice, 'guestOrExternalUserTypes');
  if (person.externalType === null || kinds.length === 0) return 'no';
  if (!kinds.includes(person.externalType.toLowerCase())) {
    return kinds.includes('unknownfuturevalue') ? notUnderstood('guestOrExternalUserTypes') : 'no';
  }
  return isOfListedTenant(objectAt(choice, 'externalTenants'), person, tenant);
}

function isOfListedTenant(tenants: GraphObject, person: Person, tenant: Tenant): Answer {
  const members = wordsAt(tenants, 'members');
  const membershipKind = textAt(tenants, 'membershipKind')?.toLowerCase();
  const isAnyTenant = saysNothing(tenants) || membershipKind === 'all';
  if (isAnyTenant) return 'yes';
  if (membershipKind !== undefined && membershipKind !== 'enumerated') return notUnderstood('externalTenants');
  // A local guest's account is managed in this very directory, so the tenant that contains him is this one.
  const home = person.externalType === 'internalGuest' ? tenant.tenantId : person.externalTenantId;
  if (home === undefined) return notGiven('externalTenantId');
  return yesIf(home !== null && members.includes(home.toLowerCase()));
}

/**
 * Whether a service principal is in the policy. Only single-tenant service principals registered in the tenant can
 * be: "Third party SaaS and multi-tenanted apps are out of scope. Managed identities aren't covered by policy."
 * A policy about users says nothing about service principals.
 */
export function servicePrincipalFinding(conditions: GraphObject, principalId: string, tenant: Tenant): Finding {
  const choice = objectAt(conditions, 'clientApplications');
  const id = principalId.toLowerCase();
  const principal = tenant.servicePrincipals.find((candidate) => candidate.id.toLowerCase() === id);
  const filter = objectAt(choice, 'servicePrincipalFilter');
  const filterAnswer = saysNothing(filter) ? 'no' : matchesSecurityAttributes(filter, principal);
  const isIncludeFilter = textAt(filter, 'mode')?.toLowerCase() === 'include';
  const open = unknownKeys(choice, KNOWN_PRINCIPAL_KEYS).map((key) => notUnderstood(`clientApplications.${key}`));
  const included = wordsAt(choice, 'includeServicePrincipals');
  const answer = inScope(
    anyOf([
      yesIf(included.includes('serviceprincipalsinmytenant') || included.includes(id)),
      isIncludeFilter ? filterAnswer : 'no',
      ...open,
    ]),
    anyOf([
      yesIf(wordsAt(choice, 'excludeServicePrincipals').includes(id)),
      isIncludeFilter ? 'no' : filterAnswer,
      ...open,
    ]),
  );
  const isCoverable = principal !== undefined && isOwnSingleTenantApp(principal, tenant);
  return { answer: isCoverable ? answer : 'no', reason: 'workloadIdentities' };
}

function isOwnSingleTenantApp(principal: GraphObject, tenant: Tenant): boolean {
  const kind = textAt(principal, 'servicePrincipalType') ?? 'Application';
  const owner = textAt(principal, 'appOwnerOrganizationId');
  const audience = textAt(principal, 'signInAudience') ?? 'AzureADMyOrg';
  return (
    kind.toLowerCase() === 'application' &&
    owner?.toLowerCase() === tenant.tenantId.toLowerCase() &&
    audience.toLowerCase() === 'azureadmyorg'
  );
}
