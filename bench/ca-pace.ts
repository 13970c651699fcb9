/**
 * Fifteen reads of Conditional Access at once, three of them an approval's, where Graph allows one a second and
 * refuses more without saying for how long: none fails, none is sent twice, and the approval's go first.
 */
import { listPolicies } from '../src/services/graph/conditional-access.ts';
import type { Priority } from '../src/services/pacer.ts';
import { createGraphClientPeer } from './support/graph-client-peer.ts';
import { leastPolicyPaceMs } from './support/least.ts';
import { atMostLine, type BenchLine, countLine, noneLine, ratioLine } from './support/line.ts';
import type { BenchTenant, BenchTenants } from './support/tenant.ts';

/** The approval's reads come last, when everybody else stands in line already. */
const READS: readonly Priority[] = [
  ...Array.from({ length: 6 }, () => 'background' as const),
  ...Array.from({ length: 6 }, () => 'normal' as const),
  ...Array.from({ length: 3 }, () => 'approval' as const),
];
const APPROVAL_WAIT_MS_MAX = 1_000;
const MAKESPAN_TARGET = 1.02;

/** Runs the bench. */
export async function runCaPace(tenants: BenchTenants): Promise<BenchLine[]> {
  const tenant = await tenants.get({ size: 200, ordinarySignIns: 'few' });
  const own = await readPaced(tenant);
  const peer = await readByPeer(tenant);
  const approvals = own.served.flatMap(({ priority, afterMs }, place) =>
    priority === 'approval' ? [{ place, afterMs }] : [],
  );
  // One read was under way already when the approval's came.
  const overtaken = approvals.filter(({ place }) => place > approvals.length).length;
  return [
    countLine({
      name: 'ca-pace: requests for 15 reads',
      value: own.requests,
      limit: READS.length,
      peer: peer.requests,
    }),
    noneLine('ca-pace: reads that failed', own.failed, peer.failed),
    noneLine('ca-pace: refused with 429', own.refused, peer.refused),
    noneLine('ca-pace: approval reads served after another that waited', overtaken),
    atMostLine({
      name: "ca-pace: ms until the approval's first read",
      value: approvals[0]?.afterMs ?? Number.POSITIVE_INFINITY,
      target: APPROVAL_WAIT_MS_MAX,
    }),
    ratioLine({
      name: 'ca-pace: ms for all reads',
      value: own.makespanMs,
      limit: leastPolicyPaceMs(READS.length),
      peer: peer.makespanMs,
      target: MAKESPAN_TARGET,
    }),
  ];
}

type Paced = { requests: number; refused: number; failed: number; makespanMs: number };

async function readPaced(tenant: BenchTenant): Promise<Paced & { served: { priority: Priority; afterMs: number }[] }> {
  const { graph } = tenant.connect();
  const served: { priority: Priority; afterMs: number }[] = [];
  const startedAt = tenant.time.now();
  const paced = await settled(tenant, (index) => {
    const priority = READS[index] ?? 'normal';
    return listPolicies(graph, { priority }).then(() => {
      served.push({ priority, afterMs: tenant.time.now() - startedAt });
    });
  });
  return { ...paced, served };
}

/** The same reads by graph-client with its own retries. */
async function readByPeer(tenant: BenchTenant): Promise<Paced> {
  const client = await createGraphClientPeer(tenant);
  return settled(tenant, () => client.api('/identity/conditionalAccess/policies').get() as Promise<unknown>);
}

async function settled(tenant: BenchTenant, read: (index: number) => Promise<unknown>): Promise<Paced> {
  tenant.forget();
  const startedAt = tenant.time.now();
  const outcomes = await tenant.time.run(() => Promise.allSettled(READS.map((_priority, index) => read(index))));
  const { requests, refused } = tenant.traffic();
  const failed = outcomes.filter(({ status }) => status === 'rejected').length;
  return { requests, refused, failed, makespanMs: tenant.time.now() - startedAt };
}
