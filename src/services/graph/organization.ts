import { VendorBrokenError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { type GraphOrganization, graphCallFacts, organizationSchema } from './wire.ts';

/** The tenant's organization. Refuses an answer that does not hold exactly one. Needs Organization.Read.All. */
export async function getOrganization(graph: Graph, options: ReadOptions = {}): Promise<GraphOrganization> {
  const [organization, ...others] = await rowsOf(graph, { call: 'organization.get', row: organizationSchema, options });
  if (organization === undefined || others.length > 0) {
    throw new VendorBrokenError(graphCallFacts('organization.get'), 'the answer is not one organization');
  }
  return organization;
}
