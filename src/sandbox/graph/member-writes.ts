import type { Answer } from '../http/exchange.ts';
import type { Member, TenantHappening } from '../state/events.ts';
import type { TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type AuditFacts, auditTarget, modified } from './audit-trail.ts';
import type { GraphContext } from './context.ts';
import { badRequest, forbidden, notFound } from './errors.ts';
import { findGroup } from './group-members.ts';
import { commit, readBody, textList } from './write.ts';

type GroupEntry = TenantState['tenant']['groups'][number];

const MANAGES_MEMBERS = ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'];
const DELETES_USERS = ['User.ReadWrite.All', 'User.DeleteRestore.All', 'Directory.ReadWrite.All'];
const SYNCED =
  'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.';

/** POST /groups/{id}/members/$ref: 204; a member already is 400. */
export function addMember(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const entry = findGroup(context, id);
  if (entry === undefined) return notFound(id);
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const bound = boundObjects(context, [read.body['@odata.id']]);
  if (!bound.ok) return bound.refusal;
  const refusal = refuseMembership(context, id, bound.found);
  if (refusal !== null) return refusal;
  const event: TenantHappening = { type: 'members.change', groupId: id, added: bound.found, removed: [] };
  commit(
    context,
    [event],
    bound.found.map((member) => addition(context, { group: entry.group, member })),
  );
  return { status: 204 };
}

/** DELETE /groups/{id}/members/{member}/$ref: 204, and the object itself stays. */
export function removeMember(context: GraphContext): Answer {
  const { id = '', member: memberId = '' } = context.values;
  const entry = findGroup(context, id);
  const member = entry?.members.find((candidate) => candidate.id === memberId);
  if (entry === undefined || member === undefined) return notFound(entry === undefined ? id : memberId);
  const refusal = refuseGroup(context, entry);
  if (refusal !== null) return refusal;
  const event: TenantHappening = { type: 'members.change', groupId: id, added: [], removed: [memberId] };
  commit(context, [event], [removal(context, { group: entry.group, member })]);
  return { status: 204 };
}

/**
 * DELETE /groups/{id}/members/{member} without `/$ref`: the object is deleted from the directory when the application
 * may delete users, whatever it meant; otherwise 403.
 */
export function deleteMemberObject(context: GraphContext): Answer {
  const { id = '', member = '' } = context.values;
  const entry = findGroup(context, id);
  if (entry === undefined || entry.members.every((candidate) => candidate.id !== member)) {
    return notFound(entry === undefined ? id : member);
  }
  const user = context.tenant.usersById.get(member);
  if (user === undefined || !DELETES_USERS.some((role) => context.roles.has(role))) return forbidden();
  const targets = [auditTarget({ id: member, type: 'User', object: user })];
  commit(
    context,
    [{ type: 'user.delete', userId: member, permanently: false }],
    [{ activity: 'Delete user', category: 'UserManagement', service: 'Core Directory', targets }],
  );
  return { status: 204 };
}

export type Bound = { ok: true; found: Member[] } | { ok: false; refusal: Answer };

/** The objects that links such as `…/directoryObjects/{id}` name. Refuses a bad link with 400, an unknown id with 404. */
export function boundObjects(context: GraphContext, links: unknown): Bound {
  const texts = textList(links);
  if (texts === null) return { ok: false, refusal: badRequest('Invalid object reference.') };
  const found: Member[] = [];
  for (const link of texts) {
    const id = /\/(?:directoryObjects|users|groups|servicePrincipals)(?:\/|\(')([^/()']+)(?:'\))?$/i.exec(link)?.[1];
    if (id === undefined) {
      return { ok: false, refusal: badRequest(`The URL '${link}' is not a reference to a directory object.`) };
    }
    const member = memberOf(context, id);
    if (member === null) return { ok: false, refusal: notFound(id) };
    found.push(member);
  }
  return { ok: true, found };
}

function memberOf(context: GraphContext, id: string): Member | null {
  const { tenant } = context;
  if (tenant.usersById.has(id)) return { '@odata.type': '#microsoft.graph.user', id };
  if (findGroup(context, id) !== undefined) return { '@odata.type': '#microsoft.graph.group', id };
  const isPrincipal = tenant.tenant.servicePrincipals.some((principal) => principal.id === id);
  return isPrincipal ? { '@odata.type': '#microsoft.graph.servicePrincipal', id } : null;
}

/** Why members cannot be added: the group refuses any, or one of them. Nothing is added then, not even the others. */
export function refuseMembership(context: GraphContext, groupId: string, members: readonly Member[]): Answer | null {
  const entry = findGroup(context, groupId);
  if (entry === undefined) return notFound(groupId);
  const refusal = refuseGroup(context, entry);
  if (refusal !== null) return refusal;
  const taken = new Set(entry.members.map((member) => member.id));
  for (const member of members) {
    if (taken.has(member.id)) {
      const message =
        "One or more added object references already exist for the following modified properties: 'members'.";
      return badRequest(message);
    }
    taken.add(member.id);
    const isGroup = member['@odata.type'] === '#microsoft.graph.group';
    if (member.id === groupId || (isGroup && entry.group.isAssignableToRole === true)) {
      return badRequest(`The object '${member.id}' cannot be a member of this group.`);
    }
  }
  return null;
}

function refuseGroup(context: GraphContext, entry: GroupEntry): Answer | null {
  const { group } = entry;
  if (!mayManageMembers(context, entry)) return forbidden();
  if (group.isAssignableToRole === true && !context.roles.has('RoleManagement.ReadWrite.Directory')) return forbidden();
  if (group.onPremisesSyncEnabled === true) return badRequest(SYNCED);
  const types: unknown = group.groupTypes;
  if (Array.isArray(types) && types.includes('DynamicMembership')) {
    return badRequest('Members of a group with dynamic membership cannot be changed.');
  }
  const isDistribution = group.mailEnabled === true && !(Array.isArray(types) && types.includes('Unified'));
  return isDistribution ? badRequest('Cannot Update a mail-enabled security groups and or distribution list.') : null;
}

function mayManageMembers(context: GraphContext, entry: GroupEntry): boolean {
  return MANAGES_MEMBERS.some((role) => context.roles.has(role)) || ownsGroup(context, entry);
}

/** Whether the calling application is an owner of a group: that lets it change one that it created. */
export function ownsGroup(context: GraphContext, entry: GroupEntry): boolean {
  const principal = context.tenant.tenant.servicePrincipals.find((candidate) => candidate.appId === context.appId);
  return principal !== undefined && (entry.owners ?? []).some((owner) => owner.id === principal.id);
}

type Membership = { group: GraphObject & { id: string }; member: Member };

/** The line about somebody who joined a group. */
export function addition(context: Pick<GraphContext, 'tenant'>, membership: Membership): AuditFacts {
  return membershipAudit(context.tenant, { ...membership, activity: 'Add member to group', side: 'to' });
}

/** The line about somebody who left a group. */
export function removal(context: Pick<GraphContext, 'tenant'>, membership: Membership): AuditFacts {
  return membershipAudit(context.tenant, { ...membership, activity: 'Remove member from group', side: 'from' });
}

function membershipAudit(
  tenant: TenantState,
  facts: Membership & { activity: string; side: 'from' | 'to' },
): AuditFacts {
  const { group, member, activity, side } = facts;
  const user = tenant.usersById.get(member.id);
  const object = user ?? tenant.groupsById.get(member.id)?.group;
  const type = user === undefined ? 'Group' : 'User';
  const values = [
    modified('Group.ObjectID', { [side]: group.id }),
    modified('Group.DisplayName', { [side]: group.displayName ?? '' }),
  ];
  return {
    activity,
    category: 'GroupManagement',
    service: 'Core Directory',
    targets: [
      auditTarget({ id: member.id, type, object }, values),
      auditTarget({ id: group.id, type: 'Group', object: group }),
    ],
  };
}
