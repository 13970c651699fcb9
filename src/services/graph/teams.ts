import type { Graph } from './client.ts';
import { orMissing } from './eventually.ts';
import { objectOf, type ReadOptions } from './pages.ts';
import { type GraphTeam, teamSchema } from './wire.ts';

/** The team of a group, by the group's id; null where the group is unknown or has no team. Needs TeamSettings.Read.Group. */
export function getTeam(graph: Graph, groupId: string, options: ReadOptions = {}): Promise<GraphTeam | null> {
  const query = { $select: 'id,displayName,internalId,isArchived' };
  return orMissing(() =>
    objectOf(graph, { call: 'teams.get', schema: teamSchema, options: { ...options, ids: { id: groupId }, query } }),
  );
}
