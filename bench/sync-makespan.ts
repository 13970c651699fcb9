/**
 * How long a people sync takes in virtual time, under the published windows, against the earliest end that these
 * windows allow: first with answers that take no time, so that nothing but the windows counts, then with a round trip.
 */
import type { BenchOptions } from './support/bench.ts';
import { createGraphClientPeer, DEFAULT_PLAN, iterateAll } from './support/graph-client-peer.ts';
import { leastMakespanMs } from './support/least.ts';
import { type BenchLine, noneLine, ratioLine } from './support/line.ts';
import { FULL_SIGN_INS, leastSyncOf, type MeasuredSync, syncPeople } from './support/people-sync.ts';
import type { BenchTenant, BenchTenants, TenantOptions } from './support/tenant.ts';

const TARGET = 1.02;
const ROUND_TRIP_MS = 75;

const ROUND_TRIP_FAULT = 'round trip';

type Case = TenantOptions & { label: string; withPeer?: true; distance?: 'printed' };

const CASES: Case[] = [
  { label: '200', size: 200, ordinarySignIns: 'all' },
  // Two policy calls, one after the other. Nobody says whether Graph counts a call when it comes or when it is answered,
  // so that the second waits for a second from the first one's answer: a round trip more than the formula has.
  {
    label: '200 with Security Defaults',
    size: 200,
    name: 'securityDefaults',
    ordinarySignIns: 'all',
    distance: 'printed',
  },
  { label: '1000', size: 1_000, ordinarySignIns: 'all', withPeer: true },
  { label: '20000', size: 20_000, ordinarySignIns: 'few' },
];
const FULL: Case[] = [{ label: '200000', size: 200_000, ordinarySignIns: 'few', signInsPerPerson: FULL_SIGN_INS }];

/** Runs the bench, one tenant after another. */
export async function runSyncMakespan(tenants: BenchTenants, { full }: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const { label, withPeer, distance, ...options } of [...CASES, ...(full ? FULL : [])]) {
    const tenant = await tenants.get(options);
    const made = await linesOf(tenant, `sync-makespan/${label}`, withPeer === true);
    lines.push(made.windows, { ...made.distant, ...(distance === 'printed' ? { ok: null } : {}) }, made.refused);
  }
  return lines;
}

async function linesOf(tenant: BenchTenant, name: string, withPeer: boolean) {
  const least = leastSyncOf(tenant);
  const windows = await syncPeople(tenant);
  const peer = withPeer ? await readByPeer(tenant) : undefined;
  const distant = await syncFromAfar(tenant);
  const line = (label: string, value: number, roundTripMs: number) => ({
    name: `${name}: ${label}`,
    value,
    limit: leastMakespanMs(least, roundTripMs),
    target: TARGET,
  });
  return {
    windows: ratioLine({ ...line('ms under the windows', windows.makespanMs, 0), peer: peer?.makespanMs }),
    distant: ratioLine(line(`ms with a round trip of ${ROUND_TRIP_MS} ms`, distant.makespanMs, ROUND_TRIP_MS)),
    refused: noneLine(`${name}: refused with 429`, windows.refused + distant.refused, peer?.refused ?? null),
  };
}

async function syncFromAfar(tenant: BenchTenant): Promise<MeasuredSync> {
  const { faults } = tenant.sandbox;
  faults.put({ id: ROUND_TRIP_FAULT, vendor: 'graph', template: '*', delayMs: ROUND_TRIP_MS });
  try {
    return await syncPeople(tenant);
  } finally {
    faults.remove(ROUND_TRIP_FAULT);
  }
}

/** graph-client's default plan with its own retries, its listings side by side. */
async function readByPeer(tenant: BenchTenant): Promise<{ makespanMs: number; refused: number }> {
  const client = await createGraphClientPeer(tenant);
  tenant.forget();
  const startedAt = tenant.time.now();
  await tenant.time.run(() => Promise.all(DEFAULT_PLAN.map((path) => iterateAll(client, path))));
  return { makespanMs: tenant.time.now() - startedAt, refused: tenant.traffic().refused };
}
