import type { Graph } from './client.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { type GraphSku, skuSchema } from './wire.ts';

/** Service plans by which Entra ID's paid editions are known, whatever product brings them. */
export const SERVICE_PLANS = {
  entraP1: '41781fb2-bc02-4b7c-bd55-b576c07bb09d',
  entraP2: 'eec0eb4f-6444-4f95-aba0-50c24d67f998',
  workloadIdentitiesP1: '84c289f0-efcb-486f-8581-07f44fc9efad',
  workloadIdentitiesP2: '7dc0e92d-bf15-401d-907e-0884efe7c760',
} as const;

/** What the tenant has bought. Needs Organization.Read.All. */
export function listSkus(graph: Graph, options: ReadOptions = {}): Promise<GraphSku[]> {
  return rowsOf(graph, { call: 'licences.list', row: skuSchema, options });
}
