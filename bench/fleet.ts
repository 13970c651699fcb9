/**
 * Every tenant of a deployment read at the same time: reports and logs count over all of them together. In virtual time,
 * against the earliest end that the shared limit allows; then once more with one tenant that never answers.
 */
import type { Graph } from '../src/services/graph/client.ts';
import { listPolicies } from '../src/services/graph/conditional-access.ts';
import { listRegistrations } from '../src/services/graph/registration.ts';
import { readLegacySignIns } from '../src/services/graph/sign-ins.ts';
import { leastFleetMs } from './support/least.ts';
import { type BenchLine, countLine, noneLine, ratioLine } from './support/line.ts';
import { startLogServer } from './support/log-server.ts';
import { createLogTenants } from './support/log-tenant.ts';
import { createVirtualTime } from './support/virtual-time.ts';

const TENANTS = 500;
const PEOPLE = 200;
/** Registration and legacy sign-ins. */
const REPORT_CALLS = 2;
const POLICY_CALLS = 1;
const STARTS_AT = Date.parse('2026-01-12T08:00:00Z');
const FROM = '2026-01-05T08:00:00Z';
const TARGET = 1.02;
const FAILING = 250;

type Fleet = { requests: number; refused: number; failed: number; makespanMs: number; endsAt: Map<number, number> };

/** Runs the bench. */
export async function runFleet(): Promise<BenchLine[]> {
  const all = await readFleet();
  const least = leastFleetMs(TENANTS * REPORT_CALLS);
  const name = `fleet/${TENANTS} tenants`;
  const lines = [
    countLine({ name: `${name}: requests`, value: all.requests, limit: TENANTS * (REPORT_CALLS + POLICY_CALLS) }),
    noneLine(`${name}: refused with 429`, all.refused, '2828 when all ask at once'),
    noneLine(`${name}: tenants not read`, all.failed),
    ratioLine({
      name: `${name}: ms until the last tenant is read`,
      value: all.makespanMs,
      limit: least,
      target: TARGET,
    }),
  ];
  for (const status of [429, 503]) {
    const broken = await readFleet(status);
    const others = [...broken.endsAt].filter(([tenant]) => tenant !== FAILING);
    const last = lastOf(others.map(([, endsAt]) => endsAt));
    const label = `${name}, one always ${status}`;
    lines.push(countLine({ name: `${label}: tenants not read`, value: broken.failed, limit: 1 }));
    lines.push(noneLine(`${label}: ms by which the others end later`, Math.max(0, last - all.makespanMs)));
  }
  return lines;
}

async function readFleet(failingStatus?: number): Promise<Fleet> {
  const time = createVirtualTime(STARTS_AT);
  const server = await startLogServer({ now: () => time.now(), stepMs: 1_000, people: PEOPLE });
  const deployment = createLogTenants({ server, time });
  const graphs = Array.from({ length: TENANTS }, (_none, n) => deployment.graph(n));
  const failing = graphs[FAILING];
  if (failingStatus !== undefined && failing !== undefined) server.failWith(failing.tenantId, failingStatus);
  const endsAt = new Map<number, number>();
  const readOne = async (graph: Graph, n: number): Promise<void> => {
    await Promise.all([
      listRegistrations(graph),
      readLegacySignIns(graph, { window: { from: FROM }, onRows: () => undefined }),
      listPolicies(graph),
    ]);
    endsAt.set(n, time.now() - STARTS_AT);
  };
  try {
    const outcomes = await time.run(() => Promise.allSettled(graphs.map(readOne)));
    const failed = outcomes.filter(({ status }) => status === 'rejected').length;
    return { ...server.traffic(), failed, makespanMs: lastOf([...endsAt.values()]), endsAt };
  } finally {
    await deployment.close();
    await server.stop();
  }
}

/** Nobody was read: then nothing was quick. */
function lastOf(ends: readonly number[]): number {
  return ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends);
}
