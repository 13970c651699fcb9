/**
 * Whom a policy is about.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups
 * https://learn.microsoft.com/entra/identity/conditional-access/workload-identity
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { type Answer, anyOf, type Finding, inScope, notGiven, notUnderstood, yesIf } from './answers.ts';
import { matchesSecurityAttributes } from './application-filter.ts';
import type { Person } from './identity.ts';
import { EXTERNAL_USER_TYPES, type ExternalUserType } from './sign-in.ts';
import { flagsAt, isCollectiveWord, isObject, objectAt, saysNothing, textAt, unknownKeys, wordsAt } from './wire.ts';

const KNOWN_USER_KEYS = ['Users', 'Groups', 'Roles', 'GuestsOrExternalUsers'].flatMap((name) => [
  `include${name}`,
  `exclude${name}`,
]);
const KNOWN_PRINCIPAL_KEYS = ['includeServicePrincipals', 'excludeServicePrincipals', 'servicePrincipalFilter'];

/** Whether a person is in the policy's users: included by any of the lists and excluded by none. */
export function usersFinding(conditions: GraphObject, person: Person): Finding {
  const users = objectAt(conditions, 'users');
  const included = anyOf([...listed('include', users, person), ...unknownSide('include', users)]);
  const excluded = anyOf([...listed('exclude', users, person), ...unknownSide('exclude', users)]);
  return { answer: inScope(included, excluded), reason: 'users' };
}

function listed(side: 'include' | 'exclude', users: GraphObject, person: Person): Answer[] {
  const names = wordsAt(users, `${side}Users`);
  if (person.isAgentAccount) return [ofAgents(side, users)];
  return [
    // "All users that exist in the directory including B2B guests."
    yesIf(side === 'include' && names.includes('all')),
    ...names.filter((name) => isUnknownSet(name, side)).map((name) => notUnderstood(`users.${name}`)),
    yesIf(names.includes(person.userId)),
    // "All guest and external users" stands for all the sub-types (authentication-conditional-access, note).
    names.includes('guestsorexternalusers') ? whateverKind(person, (kind) => yesIf(kind !== null)) : 'no',
    yesIf(wordsAt(users, `${side}Groups`).some((id) => person.groups.has(id))),
    yesIf(wordsAt(users, `${side}Roles`).some((id) => person.roles.has(id))),
    whateverKind(person, (kind) => isOfExternalKind(objectAt(users, `${side}GuestsOrExternalUsers`), kind, person)),
  ];
}

const ALL_AGENT_USERS = 'allagentidusers';

/**
 * "Today, you can target an agent's user account with a single scope", and yet "it's like any other user account": what
 * the other choices mean for one is open.
 * https://learn.microsoft.com/entra/identity/conditional-access/agent-id#agents-user-account
 */
function ofAgents(side: 'include' | 'exclude', users: GraphObject): Answer {
  const names = wordsAt(users, `${side}Users`).filter((name) => name !== 'none');
  if (names.includes(ALL_AGENT_USERS)) return 'yes';
  const kinds = flagsAt(objectAt(users, `${side}GuestsOrExternalUsers`), 'guestOrExternalUserTypes');
  const others = [...names, ...wordsAt(users, `${side}Groups`), ...wordsAt(users, `${side}Roles`)];
  const isEmpty = others.length === 0 && kinds.every((kind) => kind === 'none');
  return isEmpty ? 'no' : notUnderstood('the account of an agent');
}

/** Any word but those of the documents; to exclude all is in no document. */
function isUnknownSet(name: string, side: 'include' | 'exclude'): boolean {
  if (name === 'all') return side === 'exclude';
  return isCollectiveWord(name) && ![ALL_AGENT_USERS, 'guestsorexternalusers'].includes(name);
}

/** The answer that holds for each kind the person may be of. */
function whateverKind(person: Person, ask: (kind: ExternalUserType | null) => Answer): Answer {
  const answers = person.externalTypes.map(ask);
  const first = answers[0] ?? 'no';
  return answers.every((answer) => answer === first) ? first : notUnderstood('userType');
}

/** An unknown exclusion may only exclude; anything else unknown may widen the condition or narrow it. */
function unknownSide(side: 'include' | 'exclude', users: GraphObject): Answer[] {
  return unknownKeys(users, KNOWN_USER_KEYS)
    .filter((key) => side === 'exclude' || !key.startsWith('exclude'))
    .map((key) => notUnderstood(`users.${key}`));
}

/**
 * The chosen kinds of external users, of all tenants or of the tenants listed.
 * https://learn.microsoft.com/graph/api/resources/conditionalaccessguestsorexternalusers
 */
function isOfExternalKind(choice: GraphObject, kind: ExternalUserType | null, person: Person): Answer {
  const kinds = flagsAt(choice, 'guestOrExternalUserTypes').filter((word) => word !== 'none');
  if (kind === null) return 'no';
  if (kinds.includes(kind.toLowerCase())) return isOfListedTenant(choice, kind, person);
  const isKnown = (word: string): boolean => EXTERNAL_USER_TYPES.some((type) => type.toLowerCase() === word);
  return kinds.every(isKnown) ? 'no' : notUnderstood('guestOrExternalUserTypes');
}

function isOfListedTenant(choice: GraphObject, kind: ExternalUserType, person: Person): Answer {
  if (!isObject(choice.externalTenants)) return 'yes';
  switch (textAt(choice.externalTenants, 'membershipKind')?.toLowerCase() ?? '') {
    case 'all':
      return 'yes';
    case 'enumerated':
      break;
    default:
      return notUnderstood('externalTenants');
  }
  // "The tenant IDs of the selected types of external users": no page says of which tenant a local guest is.
  if (kind === 'internalGuest') return notUnderstood('the tenant of a local guest');
  if (person.externalTenantId === undefined) return notGiven('externalTenantId');
  const members = wordsAt(choice.externalTenants, 'members');
  return yesIf(person.externalTenantId !== null && members.includes(person.externalTenantId.toLowerCase()));
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
