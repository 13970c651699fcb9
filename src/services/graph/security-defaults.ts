import type { Graph } from './client.ts';
import { objectOf, type ReadOptions } from './pages.ts';
import { type GraphSecurityDefaults, securityDefaultsSchema } from './wire.ts';

/** Whether Security Defaults are on, with the object as it stands. Needs Policy.Read.All. */
export function getSecurityDefaults(graph: Graph, options: ReadOptions = {}): Promise<GraphSecurityDefaults> {
  return objectOf(graph, { call: 'securityDefaults.get', schema: securityDefaultsSchema, options });
}
