import type { Graph } from './client.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { type GraphServicePrincipal, servicePrincipalSchema } from './wire.ts';

const SELECT = 'id,appId,displayName,servicePrincipalType,accountEnabled,appOwnerOrganizationId';
const PAGE_SIZE = 999;

/** Every service principal: its object `id` and the `appId` that policies and sign-ins name. Needs Application.Read.All. */
export function listServicePrincipals(graph: Graph, options: ReadOptions = {}): Promise<GraphServicePrincipal[]> {
  const query = { $select: SELECT, $top: PAGE_SIZE };
  return rowsOf(graph, { call: 'servicePrincipals.list', row: servicePrincipalSchema, options: { ...options, query } });
}
