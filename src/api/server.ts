import type { AddressInfo } from 'node:net';
import restify, { type Request, type Response } from 'restify';
import { REFERENCE_HEADER } from '../contract.ts';
import { AppError } from '../lib/errors.ts';
import { type NewId, randomId } from '../lib/ids.ts';
import { type Log, silentLog } from '../lib/log.ts';
import { errorAnswer, refused, statusOf } from './api-error.ts';
import { readBytes, readJson } from './body.ts';
import type { Route, RouteAnswer } from './route.ts';

/** Takes one message for the bot, its JSON in `request.body`; answers it, and checks who sent it. */
export type MessagesHandler = (request: Request, response: Response) => Promise<void>;

/** What the server asks the product; the first two answer at once, from memory. */
export type ServerDeps = {
  /** Whether requests can be served; the reason when not. */
  readiness(): { ready: true } | { ready: false; why: string };
  /** Counters in Prometheus’ text form. */
  metrics(): string;
  routes?: readonly Route[];
  /** POST /api/messages; without it there is no such address. */
  messages?: MessagesHandler;
  log?: Log;
  newReference?: NewId;
  timeouts?: Partial<Timeouts>;
  /** Where to listen, when elsewhere than on loopback. */
  host?: string;
};

/** Against peers that send slowly on purpose, each holding a connection. */
export type Timeouts = {
  headersMs: number;
  /** For the whole request, headers and body. */
  requestMs: number;
  /** How often connections are looked at. */
  lookMs: number;
};

export type RunningServer = { url: string; close(): Promise<void> };

const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000, lookMs: 5_000 };
const LOOPBACK = '127.0.0.1';
const API_BODY_BYTES = 64 * 1024;
const MESSAGE_BODY_BYTES = 256 * 1024;
const REFERENCE_CHARACTERS = 8;

/**
 * Starts the HTTP server, on loopback where nothing else is said. `/healthz` says that the process lives, `/readyz` that it can serve, `/metrics`
 * gives counters; what else there is comes with the routes. Every answer carries the request's reference, every refusal
 * is JSON. Rejects with the listener’s error, for example EADDRINUSE.
 */
export async function startServer(port: number, deps: ServerDeps): Promise<RunningServer> {
  const server = restify.createServer({ name: 'mfa-rollout', ignoreTrailingSlash: true });
  const { log = silentLog, newReference = randomId } = deps;
  server.pre((_request, response, next) => {
    response.header('X-Content-Type-Options', 'nosniff');
    response.header('Referrer-Policy', 'no-referrer');
    response.header('Cache-Control', 'no-store');
    response.header(REFERENCE_HEADER, newReference().replaceAll('-', '').slice(0, REFERENCE_CHARACTERS));
    next();
  });
  addProbes(server, deps);
  for (const route of deps.routes ?? []) addRoute(server, route, log);
  if (deps.messages !== undefined) addMessages(server, deps.messages, log);
  answerUnknown(server);
  limitTime(server, { ...TIMEOUTS, ...deps.timeouts });
  const host = deps.host ?? LOOPBACK;
  await listen(server, { port, host });
  const address = server.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.server.closeAllConnections();
      }),
  };
}

type Exchange = { request: Request; response: Response; log: Log };

function addProbes(server: restify.Server, deps: ServerDeps): void {
  const probes: Record<string, (response: Response) => void> = {
    '/healthz': (response) => {
      response.json(200, { status: 'alive' });
    },
    '/readyz': (response) => {
      const readiness = deps.readiness();
      response.json(readiness.ready ? 200 : 503, readiness);
    },
    '/metrics': (response) => {
      response.sendRaw(200, deps.metrics(), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
    },
  };
  for (const [path, answer] of Object.entries(probes)) {
    for (const method of ['get', 'head'] as const) {
      server[method](path, (_request, response, next) => {
        answer(response);
        next();
      });
    }
  }
}

function addRoute(server: restify.Server, route: Route, log: Log): void {
  // Written as async functions throughout: restify looks at that, not at what comes back.
  const handler = async (request: Request, response: Response): Promise<void> => {
    await guarded({ request, response, log }, async () => {
      const answer = await route.handle({
        params: (request.params ?? {}) as Record<string, string>,
        query: new URLSearchParams(request.getQuery()),
        headers: request.headers,
        body: route.method === 'POST' ? await bodyOf(request, route) : undefined,
        reference: referenceOf(response),
      });
      send(response, answer);
    });
  };
  if (route.method === 'POST') server.post(route.path, handler);
  else {
    server.get(route.path, handler);
    server.head(route.path, handler);
  }
}

function bodyOf(request: Request, { bodyBytesMax = API_BODY_BYTES, takesBytes = false }: Route): Promise<unknown> {
  return takesBytes ? readBytes(request, bodyBytesMax) : readJson(request, bodyBytesMax);
}

function addMessages(server: restify.Server, messages: MessagesHandler, log: Log): void {
  server.post('/api/messages', async (request: Request, response: Response) => {
    await guarded({ request, response, log }, async () => {
      request.body = (await readJson(request, MESSAGE_BODY_BYTES)) ?? {};
      await messages(request, response);
    });
  });
}

/** Runs a handler; what it throws becomes the JSON error, and a line in the log under the same reference. */
async function guarded({ request, response, log }: Exchange, handle: () => Promise<void>): Promise<void> {
  try {
    await handle();
  } catch (error) {
    const reference = referenceOf(response);
    const facts = { reference, method: request.method ?? '', route: request.getRoute().path.toString() };
    if (statusOf(error) < 500 && error instanceof AppError) {
      log.info('api.refused', { ...facts, code: error.code, why: error.message });
    } else if (request.destroyed && !request.complete) {
      // Anybody can go away in the middle of a request: no fault of ours, and nobody is there to be answered.
      log.info('api.broken_off', facts);
    } else {
      log.error('api.failed', {
        ...facts,
        error: error instanceof Error ? `${error.name}: ${error.message}` : 'thrown',
      });
    }
    // Half an answer cannot be taken back: the reader has to see that it broke off.
    if (response.headersSent) response.destroy();
    else send(response, errorAnswer(error, reference), !request.complete);
  }
}

function referenceOf(response: Response): string {
  return String(response.getHeader(REFERENCE_HEADER));
}

function send(response: Response, { status, headers = {}, body }: RouteAnswer, isLast = false): void {
  // What the peer still sends is not read to its end.
  if (isLast) response.setHeader('Connection', 'close');
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}

/** Addresses and methods that do not exist, and requests that restify cannot read. */
function answerUnknown(server: restify.Server): void {
  server.on(
    'restifyError',
    (_request: Request, response: Response, error: { statusCode?: number }, done: () => void) => {
      const status = error.statusCode ?? 500;
      const answer = errorAnswer(unknownError(status), referenceOf(response));
      if (!response.headersSent) send(response, { ...answer, status });
      // Tells restify that there is an answer; it looks at nothing else.
      (response as unknown as { _sent: boolean })._sent = true;
      done();
    },
  );
}

function unknownError(status: number): unknown {
  if (status === 404) return refused('not_found', 'There is nothing at this address.');
  if (status === 405) return refused('method_not_allowed', 'This address does not take this method.');
  return status < 500 ? refused('request_invalid', 'This request is not understood.') : undefined;
}

function limitTime(server: restify.Server, { headersMs, requestMs, lookMs }: Timeouts): void {
  server.server.headersTimeout = headersMs;
  server.server.requestTimeout = requestMs;
  // Node takes this one from the options of its constructor, which restify does not hand on.
  Object.assign(server.server, { connectionsCheckingInterval: lookMs });
}

function listen(server: restify.Server, { port, host }: { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
