import type { Answer } from '../http/exchange.ts';
import type { FilterRules } from '../odata/rules.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext, isEventual } from './context.ts';
import { badRequest, notFound } from './errors.ts';
import { findGroup, groupsOf, type MemberRef, transitiveMembers } from './group-members.ts';
import { cutToSelection, listAnswer } from './listing.ts';
import { findUser, showUser, USER_TYPE } from './users.ts';

const PAGE = { default: 100, max: 999 };
const GROUP_TYPE = '#microsoft.graph.group';
/** Rights that show what a member is; with less only its id and type come. */
const SEES_USERS = [
  'User.Read.All',
  'User.ReadBasic.All',
  'User.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];

const TEXT = 'eq ne ge le in startswith';
const PLAIN = 'eq ne in';
const DATED = 'eq ne ge le in';
const GROUP_FILTERS: FilterRules = {
  classification: 'eq ne ge le startswith',
  createdByAppId: 'eq ne in startswith',
  displayName: TEXT,
  description: 'eq ne ge le startswith',
  expirationDateTime: DATED,
  groupTypes: 'any',
  'groupTypes/*': 'eq',
  hasMembersWithLicenseErrors: 'eq',
  id: PLAIN,
  isAssignableToRole: 'eq ne',
  mail: TEXT,
  mailEnabled: 'eq ne',
  mailNickname: TEXT,
  membershipRule: 'eq ne ge le startswith',
  membershipRuleProcessingState: PLAIN,
  onPremisesLastSyncDateTime: DATED,
  onPremisesSamAccountName: TEXT,
  onPremisesSecurityIdentifier: 'eq',
  onPremisesSyncEnabled: PLAIN,
  preferredLanguage: TEXT,
  renewedDateTime: DATED,
  securityEnabled: PLAIN,
};

const MEMBER_FILTERS: FilterRules = {
  id: PLAIN,
  displayName: TEXT,
  userPrincipalName: TEXT,
  mail: TEXT,
  accountEnabled: PLAIN,
};

/** Selectable properties of a group and what stands for nothing in them. */
const EMPTY_GROUP: GraphObject = {
  id: null,
  deletedDateTime: null,
  classification: null,
  createdDateTime: null,
  description: null,
  displayName: null,
  expirationDateTime: null,
  groupTypes: [],
  isAssignableToRole: null,
  mail: null,
  mailEnabled: false,
  mailNickname: null,
  membershipRule: null,
  membershipRuleProcessingState: null,
  onPremisesDomainName: null,
  onPremisesLastSyncDateTime: null,
  onPremisesNetBiosName: null,
  onPremisesSamAccountName: null,
  onPremisesSecurityIdentifier: null,
  onPremisesSyncEnabled: null,
  preferredDataLocation: null,
  preferredLanguage: null,
  proxyAddresses: [],
  renewedDateTime: null,
  resourceBehaviorOptions: [],
  resourceProvisioningOptions: [],
  securityEnabled: true,
  securityIdentifier: null,
  theme: null,
  uniqueName: null,
  visibility: null,
  onPremisesProvisioningErrors: [],
  serviceProvisioningErrors: [],
};

/** A group with every property that the documents return by default. */
export function fullGroup(group: GraphObject): GraphObject {
  return { ...EMPTY_GROUP, ...group };
}

/** GET /groups. */
export function listGroups(context: GraphContext): Answer {
  return listAnswer(context, {
    fragment: 'groups',
    resource: 'Group',
    items: context.tenant.tenant.groups.map((entry) => entry.group),
    view: fullGroup,
    filters: GROUP_FILTERS,
    orders: ['displayName'],
    page: PAGE,
    allows: ['count', 'search'],
    directory: true,
  });
}

/** GET /groups/{id}. */
export function getGroup(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const entry = findGroup(context, id);
  if (entry === undefined) return notFound(id);
  const body = { '@odata.context': contextUrl(context, 'groups/$entity') };
  return { status: 200, body: { ...body, ...cutToSelection(fullGroup(entry.group), context.options.select) } };
}

/** GET /groups/{id}/members and /transitiveMembers, as far as the caller may see the members. */
export function listMembers(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const entry = findGroup(context, id);
  if (entry === undefined) return notFound(id);
  const isTransitive = context.template.endsWith('/transitiveMembers');
  const members = isTransitive ? transitiveMembers(context.tenant, id) : entry.members;
  const { options } = context;
  const advanced = options.filter !== null || options.search !== null;
  if (advanced && !(isEventual(context) && options.count)) {
    return badRequest(
      '$filter on members needs $count=true and ConsistencyLevel:eventual.',
      'Request_UnsupportedQuery',
    );
  }
  return listAnswer<GraphObject>(context, {
    fragment: 'directoryObjects',
    resource: 'DirectoryObject',
    items: members,
    view: (member) => showMember(context, member as MemberRef),
    cut: (member) => showMember(context, member as MemberRef),
    filters: MEMBER_FILTERS,
    page: PAGE,
    allows: ['count', 'search'],
    directory: true,
  });
}

/** GET /users/{id}/memberOf and /transitiveMemberOf: groups only. */
export function listMemberOf(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const user = findUser(context.tenant, id);
  if (user === undefined) return notFound(id);
  const ids = new Set(groupsOf(context.tenant, user.id, context.template.endsWith('/transitiveMemberOf')));
  return listAnswer<GraphObject>(context, {
    fragment: 'directoryObjects',
    resource: 'DirectoryObject',
    items: context.tenant.tenant.groups.filter((entry) => ids.has(entry.group.id)).map((entry) => entry.group),
    view: (group) => ({ '@odata.type': GROUP_TYPE, ...fullGroup(group) }),
    filters: {},
    page: PAGE,
    allows: ['count'],
    directory: true,
  });
}

function showMember(context: GraphContext, member: MemberRef): GraphObject {
  const { tenant, options } = context;
  const bare = { ...context, options: { ...options, expand: [] } };
  const user = tenant.usersById.get(member.id);
  if (user !== undefined) {
    if (!SEES_USERS.some((role) => context.roles.has(role))) return { '@odata.type': USER_TYPE, id: user.id };
    return { '@odata.type': USER_TYPE, ...showUser(bare, user, options.select) };
  }
  const group = tenant.groupsById.get(member.id);
  if (group !== undefined)
    return { '@odata.type': GROUP_TYPE, ...cutToSelection(fullGroup(group.group), options.select) };
  const principal = tenant.tenant.servicePrincipals.find((candidate) => candidate.id === member.id);
  const type = member['@odata.type'];
  return { '@odata.type': type, id: member.id, ...cutToSelection(principal ?? {}, options.select) };
}
