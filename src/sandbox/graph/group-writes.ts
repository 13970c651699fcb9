import { randomUUID } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { Member, TenantHappening } from '../state/events.ts';
import { isObject, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type AuditFacts, auditTarget, modified } from './audit-trail.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, forbidden, notFound } from './errors.ts';
import { findGroup } from './group-members.ts';
import { fullGroup } from './groups.ts';
import { hasP1 } from './licence.ts';
import { addition, boundObjects, ownsGroup, refuseMembership } from './member-writes.ts';
import { commit, instant, readBody, textList } from './write.ts';

/** Owners and members together that one creation may name. */
const RELATIONS_MAX = 20;
const MAIL_NICKNAME = /^[!-~]{1,64}$/;
const NO_NICKNAME = /[@()[\]\\";:<>, ]/;
const MANAGES_ROLE_GROUPS = 'RoleManagement.ReadWrite.Directory';
/** Properties that a caller may set, besides the two relations. */
const SETTABLE = new Set([
  'classification',
  'description',
  'displayName',
  'groupTypes',
  'isAssignableToRole',
  'mailEnabled',
  'mailNickname',
  'membershipRule',
  'membershipRuleProcessingState',
  'preferredLanguage',
  'securityEnabled',
  'visibility',
]);
const FIXED = ['groupTypes', 'isAssignableToRole', 'mailEnabled', 'securityEnabled'];

/** POST /groups: 201. With the right Group.Create alone, only a group that the application owns can be changed later. */
export function createGroup(context: GraphContext): Answer {
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const { 'owners@odata.bind': ownerLinks, 'members@odata.bind': memberLinks, ...given } = read.body;
  const refusal = refuseProperties(given) ?? refuseRequired(given) ?? refuseKind(context, given);
  if (refusal !== null) return refusal;
  const owners = boundObjects(context, ownerLinks ?? []);
  if (!owners.ok) return owners.refusal;
  const members = boundObjects(context, memberLinks ?? []);
  if (!members.ok) return members.refusal;
  if (owners.found.length + members.found.length > RELATIONS_MAX) {
    return badRequest(`A request cannot name more than ${RELATIONS_MAX} relationships.`);
  }
  const group = newGroup(context, given);
  keepGroup(context, group, { owners: owners.found, members: members.found });
  return { status: 201, body: { '@odata.context': contextUrl(context, 'groups/$entity'), ...fullGroup(group) } };
}

function keepGroup(
  context: GraphContext,
  group: GraphObject & { id: string },
  given: { owners: Member[]; members: Member[] },
): void {
  const target = auditTarget({ id: group.id, type: 'Group', object: group }, [
    modified('DisplayName', { to: [group.displayName] }),
  ]);
  commit(
    context,
    [{ type: 'group.put', group, ...given }],
    [
      { activity: 'Add group', category: 'GroupManagement', service: 'Core Directory', targets: [target] },
      ...given.members.map((member) => addition(context, { group, member })),
    ],
  );
}

function newGroup(context: GraphContext, given: GraphObject): GraphObject & { id: string } {
  const at = instant(context);
  const nickname = textOf(given, 'mailNickname');
  const address = `${nickname}@${context.tenant.tenant.initialDomain}`;
  const mailed = given.mailEnabled === true ? { mail: address, proxyAddresses: [`SMTP:${address}`] } : {};
  return { ...given, ...mailed, id: randomUUID(), createdDateTime: at, renewedDateTime: at };
}

function refuseProperties(given: GraphObject): Answer | null {
  const unknown = Object.keys(given).find((name) => !SETTABLE.has(name) && !name.startsWith('@odata.'));
  if (unknown === undefined) return null;
  return badRequest(`Invalid property '${unknown}'.`);
}

function refuseRequired(given: GraphObject): Answer | null {
  const kinds: [string, string][] = [
    ['displayName', 'string'],
    ['mailEnabled', 'boolean'],
    ['mailNickname', 'string'],
    ['securityEnabled', 'boolean'],
  ];
  for (const [name, kind] of kinds) {
    if (given[name] === undefined || given[name] === null || given[name] === '') {
      return badRequest(`A value is required for property '${name}' of resource 'Group'.`);
    }
    if (typeof given[name] !== kind) return invalid(name);
  }
  const nickname = textOf(given, 'mailNickname');
  return MAIL_NICKNAME.test(nickname) && !NO_NICKNAME.test(nickname) ? null : invalid('mailNickname');
}

function invalid(name: string): Answer {
  return badRequest(`Invalid value specified for property '${name}' of resource 'Group'.`);
}

function refuseKind(context: GraphContext, given: GraphObject): Answer | null {
  const types = textList(given.groupTypes ?? []);
  if (types === null || types.some((type) => type !== 'Unified' && type !== 'DynamicMembership')) {
    return invalid('groupTypes');
  }
  if (given.mailEnabled === true && !types.includes('Unified')) {
    return badRequest('Cannot Create a mail-enabled security groups and or distribution list.');
  }
  const isDynamic = types.includes('DynamicMembership');
  if (isDynamic && (!hasP1(context.tenant) || textOf(given, 'membershipRule') === '')) return invalid('membershipRule');
  if (given.isAssignableToRole !== true) return null;
  if (!context.roles.has(MANAGES_ROLE_GROUPS)) return forbidden();
  if (!hasP1(context.tenant)) return forbidden('The tenant needs Microsoft Entra ID P1 for role-assignable groups.');
  return isDynamic || given.securityEnabled !== true ? invalid('isAssignableToRole') : null;
}

/** PATCH /groups/{id}: properties, or up to twenty members at once, of which one that is there already refuses all. */
export function updateGroup(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const entry = findGroup(context, id);
  if (entry === undefined) return notFound(id);
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const { 'members@odata.bind': links, ...set } = read.body;
  const events: TenantHappening[] = [];
  const members = boundObjects(context, links ?? []);
  if (!members.ok) return members.refusal;
  const refusal = refuseSet(context, set) ?? refuseMembers(context, { id, members: members.found, links });
  if (refusal !== null) return refusal;
  if (Object.keys(set).length > 0) events.push({ type: 'group.patch', groupId: id, set });
  if (members.found.length > 0) events.push({ type: 'members.change', groupId: id, added: members.found, removed: [] });
  const changed = Object.keys(set).map((name) => modified(name, { from: [entry.group[name]], to: [set[name]] }));
  const target = auditTarget({ id, type: 'Group', object: entry.group }, changed);
  const edit: AuditFacts = {
    activity: 'Update group',
    category: 'GroupManagement',
    service: 'Core Directory',
    targets: [target],
  };
  const joins = members.found.map((member) => addition(context, { group: entry.group, member }));
  commit(context, events, changed.length === 0 ? joins : [edit, ...joins]);
  return { status: 204 };
}

const EDITS_GROUPS = ['Group.ReadWrite.All', 'Directory.ReadWrite.All'];

function refuseSet(context: GraphContext, set: GraphObject): Answer | null {
  if (Object.keys(set).length === 0) return null;
  if (!EDITS_GROUPS.some((role) => context.roles.has(role))) return forbidden();
  const fixed = FIXED.find((name) => set[name] !== undefined);
  return fixed === undefined ? refuseProperties(set) : badRequest(`Property '${fixed}' cannot be changed.`);
}

function refuseMembers(context: GraphContext, given: { id: string; members: Member[]; links: unknown }): Answer | null {
  if (given.links === undefined) return null;
  if (given.members.length > RELATIONS_MAX) {
    return badRequest(`A request cannot name more than ${RELATIONS_MAX} relationships.`);
  }
  return refuseMembership(context, given.id, given.members);
}

/** DELETE /groups/{id}: 204. Policies go on naming it. */
export function deleteGroup(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const entry = findGroup(context, id);
  if (entry === undefined) return notFound(id);
  const isGuarded = entry.group.isAssignableToRole === true && !context.roles.has(MANAGES_ROLE_GROUPS);
  const mayDelete = EDITS_GROUPS.some((role) => context.roles.has(role)) || ownsGroup(context, entry);
  if (isGuarded || !mayDelete) return forbidden();
  const parents = context.tenant.tenant.groups.filter((other) => other.members.some((member) => member.id === id));
  const leaving = parents.map(
    (parent): TenantHappening => ({ type: 'members.change', groupId: parent.group.id, added: [], removed: [id] }),
  );
  const targets = [auditTarget({ id, type: 'Group', object: entry.group })];
  commit(
    context,
    [...leaving, { type: 'group.delete', groupId: id, at: instant(context) }],
    [{ activity: 'Delete group', category: 'GroupManagement', service: 'Core Directory', targets }],
  );
  return { status: 204 };
}

/** GET /groups/{id}/owners: ids and types. */
export function listOwners(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const entry = findGroup(context, id);
  if (entry === undefined) return notFound(id);
  const value = (entry.owners ?? []).filter(isObject);
  return { status: 200, body: { '@odata.context': contextUrl(context, 'directoryObjects'), value } };
}
