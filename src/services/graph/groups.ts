import type { Graph } from './client.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { type GraphGroup, type GraphMember, groupSchema, memberSchema } from './wire.ts';

const SELECT = [
  'id',
  'displayName',
  'securityEnabled',
  'mailEnabled',
  'groupTypes',
  'isAssignableToRole',
  'membershipRule',
  'membershipRuleProcessingState',
  'onPremisesSyncEnabled',
].join(',');

const PAGE_SIZE = 999;

/** Every group of the tenant. Needs GroupMember.Read.All. */
export function listGroups(graph: Graph, options: ReadOptions = {}): Promise<GraphGroup[]> {
  return rowsOf(graph, {
    call: 'groups.list',
    row: groupSchema,
    options: { ...options, query: { $select: SELECT, $top: PAGE_SIZE } },
  });
}

/** The direct members of a group: users, groups, devices, service principals. Needs GroupMember.Read.All. */
export function listMembers(graph: Graph, groupId: string, options: ReadOptions = {}): Promise<GraphMember[]> {
  return rowsOf(graph, membersListing('groups.members', groupId, options));
}

/** The members of a group and of all groups within it, those groups included. Needs GroupMember.Read.All. */
export function listTransitiveMembers(
  graph: Graph,
  groupId: string,
  options: ReadOptions = {},
): Promise<GraphMember[]> {
  return rowsOf(graph, membersListing('groups.transitiveMembers', groupId, options));
}

function membersListing(call: 'groups.members' | 'groups.transitiveMembers', groupId: string, options: ReadOptions) {
  return {
    call,
    row: memberSchema,
    options: { ...options, ids: { id: groupId }, query: { $select: 'id', $top: PAGE_SIZE } },
  };
}
