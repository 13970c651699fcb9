import type { Graph } from './client.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { type GraphNamedLocation, type GraphPolicy, namedLocationSchema, policySchema } from './wire.ts';

/**
 * Every Conditional Access policy as it stands, complete: the list carries whole objects, so one call shows every
 * drift. All apps of the tenant together get one such call a second. Needs Policy.Read.All.
 */
export function listPolicies(graph: Graph, options: ReadOptions = {}): Promise<GraphPolicy[]> {
  return rowsOf(graph, { call: 'conditionalAccess.policies', row: policySchema, options });
}

/** Every named location, of either kind. Needs Policy.Read.All. */
export function listNamedLocations(graph: Graph, options: ReadOptions = {}): Promise<GraphNamedLocation[]> {
  return rowsOf(graph, { call: 'conditionalAccess.namedLocations', row: namedLocationSchema, options });
}
