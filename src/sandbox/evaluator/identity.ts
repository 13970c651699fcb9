/** Who signs in: groups through every nesting, active directory roles, kind of external user. */
import type { GraphObject, Tenant } from '../world/world.ts';
import type { ExternalUserType, SignIn, UserIdentity } from './sign-in.ts';
import { textAt } from './wire.ts';

export type Person = {
  userId: string;
  /** Ids of all groups the person is in, in lower case. */
  groups: ReadonlySet<string>;
  /** Template ids of the directory roles active for the whole directory, in lower case. */
  roles: ReadonlySet<string>;
  /** The kinds of external user that the person may be of, null for none; one alone where the account tells. */
  externalTypes: readonly (ExternalUserType | null)[];
  externalTenantId: string | null | undefined;
  /** https://learn.microsoft.com/graph/api/resources/agentuser: an account that is no person's. */
  isAgentAccount: boolean;
};

/** Who signs in, read once from the tenant, so that many sign-ins of one person can be judged. */
export type Subject = { kind: 'user'; person: Person } | { kind: 'servicePrincipal'; id: string };

/** Reads the subject of a sign-in from the tenant. */
export function readSubject(tenant: Tenant, identity: SignIn['identity']): Subject {
  if (identity.kind === 'servicePrincipal') return { kind: 'servicePrincipal', id: identity.servicePrincipalId };
  return { kind: 'user', person: readPerson(tenant, identity) };
}

/** Reads a person from the tenant; one without an object in the directory has no groups and no roles. */
function readPerson(tenant: Tenant, identity: UserIdentity): Person {
  const userId = identity.userId.toLowerCase();
  const user = findUser(tenant, userId);
  return {
    userId,
    groups: groupsOf(tenant, userId),
    roles: rolesOf(tenant, userId, identity.activatedRoles ?? []),
    externalTypes: identity.externalUserType === undefined ? externalTypesOf(user) : [identity.externalUserType],
    externalTenantId: identity.externalTenantId,
    isAgentAccount: user !== undefined && isAgentAccount(user),
  };
}

/** A derived type, which answers carry as an annotation; each has the agent identity it belongs to as its parent. */
function isAgentAccount(user: GraphObject): boolean {
  const type = textAt(user, '@odata.type') ?? '';
  return type.toLowerCase() === '#microsoft.graph.agentuser' || (textAt(user, 'identityParentId') ?? '') !== '';
}

/** The user object with that id, whatever the case of the id. */
export function findUser(tenant: Tenant, userId: string): (GraphObject & { id: string }) | undefined {
  const wanted = userId.toLowerCase();
  return tenant.users.find((user) => user.id.toLowerCase() === wanted);
}

/**
 * "Policy is applied to nested users and groups", for any type of group, dynamic and distribution groups included.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups#include-users
 * Groups can contain each other in a circle; a group is entered once.
 */
function groupsOf(tenant: Tenant, memberId: string): Set<string> {
  const found = new Set<string>();
  let newcomers = [memberId.toLowerCase()];
  while (newcomers.length > 0) {
    const parents = tenant.groups
      .filter(({ members }) => members.some((member) => newcomers.includes(member.id.toLowerCase())))
      .map(({ group }) => group.id.toLowerCase())
      .filter((id) => !found.has(id));
    for (const id of parents) found.add(id);
    newcomers = parents;
  }
  return found;
}

/**
 * Active assignments count, eligible ones once they are activated ("users actively assigned a privileged role"), and
 * only for the whole directory: roles scoped to an administrative unit or to an object are not supported.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups#include-users
 * A role may be held through a role-assignable group; such groups have no nested groups.
 * https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept
 */
function rolesOf(tenant: Tenant, userId: string, activatedRoles: readonly string[]): Set<string> {
  const holders = new Set([userId]);
  for (const { group, members } of tenant.groups) {
    if (members.some((member) => member.id.toLowerCase() === userId)) holders.add(group.id.toLowerCase());
  }
  const activated = activatedRoles.map((role) => role.toLowerCase());
  const active = tenant.roleAssignments.filter((assignment) => isHeld(assignment, holders));
  const usable = tenant.roleEligibilities
    .filter((eligibility) => isHeld(eligibility, holders))
    .filter((eligibility) => activated.includes(eligibility.roleDefinitionId.toLowerCase()));
  return new Set([...active, ...usable].map((assignment) => assignment.roleDefinitionId.toLowerCase()));
}

function isHeld(assignment: { principalId: string; directoryScopeId: string }, holders: ReadonlySet<string>): boolean {
  return assignment.directoryScopeId === '/' && holders.has(assignment.principalId.toLowerCase());
}

/**
 * The kind of external user as the user object shows it: accounts from elsewhere carry an invitation state, the
 * creation type Invitation or `#EXT#` in the user principal name; `userType` then tells guest from member, and a Guest
 * without such marks is a local guest.
 * https://learn.microsoft.com/entra/external-id/authentication-conditional-access#assigning-conditional-access-policies-to-external-user-types
 * https://learn.microsoft.com/entra/external-id/user-properties
 */
function externalTypesOf(user: GraphObject | undefined): readonly (ExternalUserType | null)[] {
  if (user === undefined) return [null];
  const isFromElsewhere =
    textAt(user, 'externalUserState') !== null ||
    textAt(user, 'creationType') === 'Invitation' ||
    (textAt(user, 'userPrincipalName') ?? '').toUpperCase().includes('#EXT#');
  switch (textAt(user, 'userType')?.toLowerCase() ?? '') {
    case 'guest':
      return [isFromElsewhere ? 'b2bCollaborationGuest' : 'internalGuest'];
    case 'member':
      return [isFromElsewhere ? 'b2bCollaborationMember' : null];
    default:
      return isFromElsewhere ? KINDS_FROM_ELSEWHERE : [null, 'internalGuest'];
  }
}

/** Of an account from elsewhere without a user type; accounts that came by synchronization can lack it. */
const KINDS_FROM_ELSEWHERE = ['b2bCollaborationGuest', 'b2bCollaborationMember', 'otherExternalUser'] as const;
