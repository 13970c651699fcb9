/**
 * Every sign-in of a phase's window, interactive and not: the least requests, the least time under the limit of the logs
 * in virtual time, each row once also when the window goes on, and memory that does not grow with the window.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { LogMark } from '../src/services/graph/log-mark.core.ts';
import { readNewSignIns, type SignInLog } from '../src/services/graph/sign-ins.ts';
import { leastReportPaceMs } from './support/least.ts';
import { type BenchLine, countLine, noneLine, ratioLine } from './support/line.ts';
import { type LogServer, startLogServer } from './support/log-server.ts';
import { createLogTenants } from './support/log-tenant.ts';
import { createVirtualTime, type VirtualTime } from './support/virtual-time.ts';

const STARTS_AT = Date.parse('2026-01-12T08:00:00Z');
const WINDOW_MS = 24 * 3_600_000;
/** Of both logs together; the first is what the second's memory is held against. */
const SMALL = 100_000;
const LARGE = 1_000_000;
const PAGE = 1_000;
const LOGS: readonly SignInLog[] = ['interactive', 'nonInteractive'];
const MAKESPAN_TARGET = 1.02;
const MEMORY_TARGET = 1.25;
/** Rows between two looks at what is left when the garbage is out. */
const LOOK_EVERY = 50_000;
const MEGABYTE = 2 ** 20;
/** A reading goes on so much later. */
const LATER_MS = 30 * 60_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

type Scan = {
  rows: number;
  again: number;
  requests: number;
  refused: number;
  makespanMs: number;
  /** MB that are in use when the garbage is out, at most. */
  live: number;
  rss: Halves;
};

/** MB of the process at most, while the first half of the window was read and while the second was. */
type Halves = { first: number; second: number };

/** Runs the bench. */
export async function runWindowScan(): Promise<BenchLine[]> {
  const small = await scanned(SMALL);
  const large = await scanned(LARGE);
  const name = `window-scan/${LARGE}`;
  const least = LOGS.length * Math.ceil(large.expected / LOGS.length / PAGE);
  return [
    countLine({ name: `${name}: sign-ins read`, value: large.first.rows, limit: large.expected }),
    countLine({ name: `${name}: requests`, value: large.first.requests, limit: least }),
    noneLine(`${name}: refused with 429`, large.first.refused + large.next.refused),
    ratioLine({
      name: `${name}: ms under the windows`,
      value: large.first.makespanMs,
      limit: leastReportPaceMs(least),
      target: MAKESPAN_TARGET,
    }),
    countLine({ name: `${name}: sign-ins of the next half hour`, value: large.next.rows, limit: large.expectedNext }),
    noneLine(`${name}: sign-ins counted twice`, large.first.again + large.next.again),
    ratioLine({
      name: `${name}: MB in use, against ${SMALL} sign-ins`,
      value: large.first.live,
      limit: small.first.live,
      target: MEMORY_TARGET,
    }),
    ratioLine({
      name: `${name}: MB of the process in the window's second half, against its first`,
      value: large.first.rss.second,
      limit: large.first.rss.first,
      target: MEMORY_TARGET,
    }),
  ];
}

type Scanned = { first: Scan; next: Scan; expected: number; expectedNext: number };

async function scanned(signIns: number): Promise<Scanned> {
  const stepMs = (WINDOW_MS * LOGS.length) / signIns;
  const time = createVirtualTime(STARTS_AT);
  const server = await startLogServer({ now: () => time.now(), stepMs, people: 0 });
  const inSpan = (from: number, to: number) => LOGS.length * (Math.floor(to / stepMs) - Math.ceil(from / stepMs) + 1);
  const counter = createCounter(stepMs, inSpan(STARTS_AT - WINDOW_MS, STARTS_AT));
  const tenants = createLogTenants({ server, time });
  const graph = tenants.graph(1);
  try {
    const marks = new Map<SignInLog, LogMark>();
    const read = async (now: number) => {
      for (const log of LOGS) {
        const onRows = (rows: { id: string }[]) => counter.take(log, rows);
        const from = new Date(STARTS_AT - WINDOW_MS).toISOString();
        const reading = await readNewSignIns(graph, log, { mark: marks.get(log), from, now, onRows });
        if (reading.kind !== 'read') throw new Error('the log server asks for no licence');
        marks.set(log, reading.mark);
      }
    };
    const first = await measured({ server, time, counter }, () => read(STARTS_AT));
    const next = await measured({ server, time, counter }, () => read(STARTS_AT + LATER_MS));
    const expected = inSpan(STARTS_AT - WINDOW_MS, STARTS_AT);
    return { first, next, expected, expectedNext: inSpan(STARTS_AT - WINDOW_MS, STARTS_AT + LATER_MS) - expected };
  } finally {
    await tenants.close();
    await server.stop();
  }
}

type Counter = ReturnType<typeof createCounter>;

/** Knows each row by its number, a bit for each: what it holds is small beside what it watches for. */
function createCounter(stepMs: number, expected: number) {
  const base = Math.ceil((STARTS_AT - WINDOW_MS) / stepMs);
  const size = Math.ceil((WINDOW_MS + LATER_MS) / stepMs) + 1;
  const seen = new Map(LOGS.map((log) => [log, new Uint8Array(Math.ceil(size / 8))]));
  const none = { rows: 0, again: 0, live: 0, rss: { first: 0, second: 0 } };
  const count = structuredClone(none);
  return {
    take(log: SignInLog, rows: readonly { id: string }[]) {
      const bits = seen.get(log) ?? new Uint8Array();
      for (const { id } of rows) {
        const n = Number(id.slice(id.lastIndexOf('-') + 1)) - base;
        const bit = 1 << (n % 8);
        const byte = bits[n >> 3] ?? 0;
        if ((byte & bit) !== 0) count.again += 1;
        bits[n >> 3] = byte | bit;
      }
      const before = count.rows;
      count.rows += rows.length;
      const half = before * 2 < expected ? 'first' : 'second';
      count.rss[half] = Math.max(count.rss[half], process.memoryUsage.rss() / MEGABYTE);
      if (Math.floor(before / LOOK_EVERY) === Math.floor(count.rows / LOOK_EVERY)) return;
      collectGarbage();
      count.live = Math.max(count.live, process.memoryUsage().heapUsed / MEGABYTE);
    },
    takeOut() {
      const taken = structuredClone(count);
      Object.assign(count, structuredClone(none));
      return taken;
    },
  };
}

async function measured(
  { server, time, counter }: { server: LogServer; time: VirtualTime; counter: Counter },
  read: () => Promise<void>,
): Promise<Scan> {
  server.forget();
  const startedAt = time.now();
  await time.run(read);
  return { ...counter.takeOut(), ...server.traffic(), makespanMs: time.now() - startedAt };
}
