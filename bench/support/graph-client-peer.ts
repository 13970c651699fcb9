/**
 * Microsoft's graph-client as it comes, against the same tenant: its own authentication, retry, redirect and
 * telemetry handlers with their defaults, and its own PageIterator. Only what carries the bytes is ours, so that the
 * sandbox's certificate is trusted, and its waits run in virtual time.
 */
import {
  AuthenticationHandler,
  Client,
  type Context,
  type Middleware,
  type PageCollection,
  PageIterator,
  RedirectHandler,
  RetryHandler,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client';
import { fetch } from 'undici';
import type { BenchTenant } from './tenant.ts';

/** The client of `tenant`. `beforeEach` runs before every request that leaves. */
export async function createGraphClientPeer(tenant: BenchTenant, beforeEach = () => {}): Promise<Client> {
  const token = await tenant.token();
  const retries = new RetryHandler();
  Object.assign(retries, { sleep: (seconds: number) => tenant.time.callers.sleep(seconds * 1000) });
  return Client.initWithMiddleware({
    baseUrl: tenant.sandbox.urls.graph,
    customHosts: new Set(['127.0.0.1']),
    middleware: [
      new AuthenticationHandler({ getAccessToken: () => Promise.resolve(token) }),
      retries,
      new RedirectHandler(),
      new TelemetryHandler(),
      transport(tenant, beforeEach),
    ],
  });
}

/** Reads a whole collection with the PageIterator and gives the number of its rows. */
export async function iterateAll(client: Client, path: string): Promise<number> {
  const first = (await client.api(path).get()) as PageCollection;
  let rows = 0;
  const iterator = new PageIterator(client, first, () => {
    rows += 1;
    return true;
  });
  await iterator.iterate();
  return rows;
}

/** The listings of a people sync as graph-client's documents show them: no selection, no page size, no filter. */
export const DEFAULT_PLAN = [
  '/users?$expand=manager',
  '/reports/authenticationMethods/userRegistrationDetails',
  '/identity/conditionalAccess/policies',
  '/auditLogs/signIns',
];

function transport(tenant: BenchTenant, beforeEach: () => void): Middleware {
  return {
    async execute(context: Context) {
      beforeEach();
      context.response = await tenant.time.call(async () => {
        const { method, headers } = context.options ?? {};
        const answer = await fetch(String(context.request as unknown), {
          dispatcher: tenant.agent,
          ...(method === undefined ? {} : { method }),
          headers: headers as Record<string, string>,
        });
        const kept = [...answer.headers].filter(([name]) => !['content-encoding', 'content-length'].includes(name));
        return new Response(await answer.arrayBuffer(), { status: answer.status, headers: kept });
      });
    },
  };
}
