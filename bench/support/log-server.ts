import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked of the server. */
export type LogTraffic = { requests: number; refused: number };

/**
 * A Graph of many tenants that knows reports, sign-in logs and policies alone and makes their rows up while it answers: a
 * log of any length costs it no memory. It keeps the published limits of reports and logs on the given clock.
 */
export type LogServer = {
  url: string;
  traffic(): LogTraffic;
  forget(): void;
  /** Requests of this tenant for logs and reports are answered with this status from now on. */
  failWith(tenantId: string, status: number): void;
  stop(): Promise<void>;
};

export type LogServerOptions = {
  now: () => number;
  /** Time between two sign-ins of a log. */
  stepMs: number;
  /** Rows of the registration report. */
  people: number;
};

const PAGE_SIZE = 1_000;
const WINDOW_MS = 10_000;
const PER_TENANT = 5;
const OVER_ALL = 122;

/** Starts it on loopback. */
export async function startLogServer(options: LogServerOptions): Promise<LogServer> {
  const state = { requests: 0, refused: 0, spent: new Map<string, number[]>(), failing: new Map<string, number>() };
  const takes = (key: string, limit: number): boolean => {
    const now = options.now();
    const kept = (state.spent.get(key) ?? []).filter((at) => at + WINDOW_MS > now);
    kept.push(now);
    state.spent.set(key, kept);
    return kept.length <= limit;
  };
  const statusFor = (tenantId: string): number => {
    const isWithin = [takes(tenantId, PER_TENANT), takes('all', OVER_ALL)].every(Boolean);
    return isWithin ? (state.failing.get(tenantId) ?? 200) : 429;
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', server.origin);
    state.requests += 1;
    const status = url.pathname.includes('/conditionalAccess/') ? 200 : statusFor(tenantOf(request));
    if (status !== 200) {
      state.refused += status === 429 ? 1 : 0;
      send(response, '{"error":{"code":"TooManyRequests","message":"later"}}', status);
      return;
    }
    send(response, answerTo(url, options));
  }) as ReturnType<typeof createServer> & { origin: string };
  server.origin = 'http://127.0.0.1';
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: server.origin,
    traffic: () => ({ requests: state.requests, refused: state.refused }),
    forget() {
      Object.assign(state, { requests: 0, refused: 0 });
      state.spent.clear();
    },
    failWith: (tenantId, status) => state.failing.set(tenantId, status),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The token is the tenant's id: nobody here has a secret. */
function tenantOf({ headers }: IncomingMessage): string {
  return (headers.authorization ?? '').replace('Bearer ', '');
}

function send(response: ServerResponse, text: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(text);
}

function answerTo(url: URL, options: LogServerOptions): string {
  if (url.pathname.endsWith('/policies')) return '{"value":[]}';
  if (url.pathname.endsWith('/userRegistrationDetails')) return registrations(options.people);
  const filter = url.searchParams.get('$filter') ?? '';
  if (filter.includes('clientAppUsed')) return '{"value":[]}';
  return signInPage(url, spanOf(filter), options);
}

function registrations(people: number): string {
  const row = (n: number) =>
    `{"id":"${idOf(n)}","isMfaRegistered":true,"isMfaCapable":true,"methodsRegistered":[],"lastUpdatedDateTime":null}`;
  return `{"value":[${Array.from({ length: people }, (_none, n) => row(n)).join(',')}]}`;
}

/** The numbers of the sign-ins within the filter's two dates; the one of number n happens n steps after the epoch. */
function spanOf(filter: string): { from: number; to: number } {
  const date = (operator: string) =>
    Date.parse(new RegExp(`createdDateTime ${operator} (\\S+)`).exec(filter)?.[1] ?? '');
  return { from: date('ge'), to: date('le') };
}

function signInPage(url: URL, { from, to }: { from: number; to: number }, { stepMs }: LogServerOptions): string {
  const newest = Math.floor(to / stepMs);
  const oldest = Math.ceil(from / stepMs);
  const first = newest - Number(url.searchParams.get('$skiptoken') ?? '0');
  const last = Math.max(oldest, first - PAGE_SIZE + 1);
  const rows: string[] = [];
  for (let n = first; n >= last; n -= 1) rows.push(signIn(n, stepMs));
  if (last === oldest) return `{"value":[${rows.join(',')}]}`;
  url.searchParams.set('$skiptoken', String(newest - last + 1));
  return `{"value":[${rows.join(',')}],"@odata.nextLink":${JSON.stringify(url.href)}}`;
}

function signIn(n: number, stepMs: number): string {
  return (
    `{"id":"${idOf(n)}","createdDateTime":"${new Date(n * stepMs).toISOString()}","userId":"${idOf(n % 200)}",` +
    `"userPrincipalName":"person.${n % 200}@contoso.example","appId":"${idOf(n % 7)}","appDisplayName":"Line of business",` +
    '"clientAppUsed":"Browser","conditionalAccessStatus":"success","status":{"errorCode":0},' +
    '"authenticationProtocol":"oAuth2","appliedConditionalAccessPolicies":[{"id":"11111111-0000-4000-8000-000000000001",' +
    '"displayName":"Rollout: observe","result":"reportOnlyInterrupted"}]}'
  );
}

function idOf(n: number): string {
  return `dddddddd-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
