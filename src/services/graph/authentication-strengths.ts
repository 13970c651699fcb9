import type { Graph } from './client.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { authenticationStrengthSchema, type GraphAuthenticationStrength } from './wire.ts';

/**
 * Every authentication strength of the tenant, Microsoft's own and the customer's, with the combinations of methods that
 * each allows. A policy shows the strength it demands as it was when the policy was read; here it stands as it is. Needs
 * Policy.Read.All.
 */
export function listAuthenticationStrengths(
  graph: Graph,
  options: ReadOptions = {},
): Promise<GraphAuthenticationStrength[]> {
  return rowsOf(graph, { call: 'authenticationStrengths.list', row: authenticationStrengthSchema, options });
}
