import type { Clock } from '../../src/lib/clock.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { type ConnectionSettings, type Connections, createConnections } from '../../src/services/connections.ts';
import { createPacers, type Limits } from '../../src/services/limits.ts';
import {
  type Arrived,
  type Authority,
  createAuthority,
  type Reply,
  startVendorDouble,
  type VendorDouble,
} from './vendor-double.ts';

export const TENANT = '7a6b1d9e-0000-4000-8000-00000000aa01';
export const CLIENT = '7a6b1d9e-0000-4000-8000-00000000bb01';

/** Limits so wide that no test waits; those that test waiting set their own. */
export const WIDE: Limits = {
  conditionalAccess: { limit: 1_000, windowMs: 1_000 },
  reports: { limit: 1_000, windowMs: 1_000 },
  reportsAllTenants: { limit: 1_000, windowMs: 1_000 },
  directory: { limit: 100_000, windowMs: 1_000 },
  outlook: { limit: 1_000, windowMs: 1_000 },
  exchangeMails: { limit: 100_000, windowMs: 1_000 },
  outlookConcurrent: 4,
  teams: { limit: 1_000, windowMs: 1_000 },
  teamsOne: { limit: 1_000, windowMs: 1_000 },
  bamboohr: { limit: 1_000, windowMs: 1_000 },
  workday: { limit: 1_000, windowMs: 1_000 },
  gmail: { limit: 100_000, windowMs: 1_000 },
  gmailProject: { limit: 1_000_000, windowMs: 1_000 },
  connectwise: { limit: 1_000, windowMs: 1_000 },
};

export type GraphBench = {
  connections: Connections;
  graph: Connections['graph'];
  /** Requests to Graph, without those for tokens. */
  arrived(): Arrived[];
  tokenRequests(): Arrived[];
  double: VendorDouble;
  close(): Promise<void>;
};

let authority: Authority | null = null;

/** One authority for a test file: making keys is slow. */
export function testAuthority(): Authority {
  authority ??= createAuthority();
  return authority;
}

type BenchOptions = {
  clock?: Clock;
  limits?: Partial<Limits>;
  signal?: AbortSignal;
  settings?: Partial<ConnectionSettings['graph']>;
  /** Further systems of the customer, on the same server. */
  connections?: (url: string) => Pick<ConnectionSettings, 'hr' | 'mail' | 'psa'>;
  login?: (request: Arrived, count: number) => Reply;
};

const isToken = (request: Arrived) => request.path.endsWith('/oauth2/v2.0/token');

/** A Graph and a login on one TLS server, and the product's client in front of it. */
export async function startGraphBench(
  answer: (request: Arrived, index: number, origin: string) => Reply | Promise<Reply>,
  options: BenchOptions = {},
): Promise<GraphBench> {
  const trusted = testAuthority();
  let graphCount = 0;
  let tokenCount = 0;
  const double: VendorDouble = await startVendorDouble((request) => {
    if (isToken(request)) {
      tokenCount += 1;
      return options.login?.(request, tokenCount) ?? tokenReply(tokenCount);
    }
    graphCount += 1;
    return answer(request, graphCount - 1, double.origin);
  }, trusted);
  const clock = options.clock ?? systemClock;
  const connections = createConnections(
    {
      graph: {
        baseUrl: double.url,
        loginUrl: double.url,
        tenantId: TENANT,
        clientId: CLIENT,
        credential: { kind: 'secret', secret: 'a-secret' },
        ...options.settings,
      },
      ...options.connections?.(double.url),
      tls: { caFile: trusted.caFile },
    },
    {
      clock,
      log: silentLog,
      pacers: createPacers(clock, { ...WIDE, ...options.limits }),
      signal: options.signal,
      random: () => 0,
    },
  );
  return {
    connections,
    graph: connections.graph,
    double,
    arrived: () => double.arrived.filter((request) => !isToken(request)),
    tokenRequests: () => double.arrived.filter(isToken),
    async close() {
      await connections.close();
      await double.close();
    },
  };
}

/** A login's answer with the n-th token. */
export function tokenReply(count: number, expiresIn = 3_600): Reply {
  return { json: { token_type: 'Bearer', expires_in: expiresIn, access_token: `token-${count}` } };
}
