import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createGraph, type Graph } from './graph/client.ts';
import { type Credential, createTokenSource } from './graph/token.ts';
import { createBambooSource } from './hr/bamboohr/provider.ts';
import type { BambooSettings } from './hr/bamboohr/settings.ts';
import type { HrSource } from './hr/hr.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import type { Pacers } from './limits.ts';

/** One customer's other systems. Secrets stand here as values: references are resolved before. */
export type ConnectionSettings = {
  graph: { baseUrl: string; loginUrl: string; tenantId: string; clientId: string; credential: Credential };
  hr?: ({ kind: 'bamboohr' } & BambooSettings) | undefined;
  tls?: { caFile?: string | undefined } | undefined;
};

export type ConnectionDeps = {
  clock: Clock;
  log: Log;
  /** One set for the whole process: some limits count over all customers. */
  pacers: Pacers;
  /** Ends calls and waits when the process stops. */
  signal?: AbortSignal | undefined;
  random?: () => number;
};

export type Connections = {
  graph: Graph;
  hr: HrSource | null;
  /** For further vendors of this customer: the same authorities, deadlines and retries. */
  http: HttpClient;
  close(): Promise<void>;
};

/** Builds the clients of one customer. Nothing is sent yet; refuses addresses and files that cannot be used. */
export function createConnections(settings: ConnectionSettings, deps: ConnectionDeps): Connections {
  const http = createHttpClient({ ...deps, caFile: settings.tls?.caFile });
  const { baseUrl, ...app } = settings.graph;
  const tokens = createTokenSource({ http, clock: deps.clock }, app);
  const graph = createGraph({ http, tokens, app, clock: deps.clock, pacers: deps.pacers }, baseUrl);
  const hr =
    settings.hr === undefined
      ? null
      : createBambooSource({ http, clock: deps.clock, pacer: deps.pacers.bamboohr }, settings.hr);
  return { graph, hr, http, close: () => http.close() };
}
