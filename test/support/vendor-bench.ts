import { createManualClock, type ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createHttpClient, type HttpClient } from '../../src/services/http.ts';
import { createPacers, type Limits, type Pacers } from '../../src/services/limits.ts';
import { testAuthority, WIDE } from './graph-bench.ts';
import { type Arrived, type Reply, startVendorDouble, type VendorDouble } from './vendor-double.ts';

export const NOON = Date.parse('2026-11-20T12:00:00Z');

export type VendorBench = {
  double: VendorDouble;
  http: HttpClient;
  clock: ManualClock;
  pacers: Pacers;
  close(): Promise<void>;
};

/** A vendor on a TLS server of its own and the product's HTTP client in front of it, on a clock that stands at noon. */
export async function startVendorBench(
  answer: (request: Arrived, index: number) => Reply | Promise<Reply>,
  limits: Partial<Limits> = {},
): Promise<VendorBench> {
  const double = await startVendorDouble(answer, testAuthority());
  const clock = createManualClock(NOON);
  const http = createHttpClient({
    clock: { ...clock, sleep: pausesAtOnce(clock) },
    log: silentLog,
    caFile: testAuthority().caFile,
    random: () => 0,
  });
  return {
    double,
    http,
    clock,
    pacers: createPacers(clock, { ...WIDE, ...limits }),
    async close() {
      await http.close();
      await double.close();
    },
  };
}

/** Pauses between tries take no time; deadlines sleep on the clock, which only a test moves. */
function pausesAtOnce(clock: ManualClock) {
  return (ms: number, signal?: AbortSignal) => (ms < 10_000 ? Promise.resolve() : clock.sleep(ms, signal));
}

/** Answers that no client may believe, for any JSON call. */
export const UNBELIEVABLE: readonly { what: string; reply: Reply }[] = [
  { what: 'truncated JSON', reply: { headers: { 'content-type': 'application/json' }, raw: '{"value":[{"id":' } },
  { what: 'a page of HTML', reply: { headers: { 'content-type': 'text/html' }, raw: '<html>sign in</html>' } },
  { what: 'another JSON type', reply: { json: 'maintenance' } },
  { what: 'a redirect to another host', reply: { status: 302, headers: { location: 'https://elsewhere.example/x' } } },
];
