import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { Agent, request as undiciRequest } from 'undici';
import type { Clock } from '../lib/clock.ts';
import { AppError, VendorBrokenError, VendorUnreachableError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { answerOf, flatHeaders } from './http-answer.ts';
import { dropBody } from './http-body.ts';
import { callOf, successOf, wireFailureOf } from './http-failures.ts';
import { type RetryOptions, withRetries } from './http-retry.ts';
import type { CarriedAnswer, Carry, HttpAnswer, HttpRequest } from './http-types.ts';

export type HttpClient = {
  /**
   * One try. Gives the answer whatever its status; throws VendorUnreachableError when none came within the deadline
   * and VendorBrokenError when what came cannot be believed.
   */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  /** Tries, paced by `turn` and repeated as far as `retryDecision` allows; gives only successes. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** The retry options that `send` works with, for a caller that makes its own tries. */
  retryOptions(request: HttpRequest): RetryOptions;
  /** Ends every connection; calls under way fail. */
  close(): Promise<void>;
};

export type HttpClientOptions = {
  clock: Clock;
  log: Log;
  /** PEM file with further certificate authorities to trust besides the public ones. */
  caFile?: string | undefined;
  /** Ends calls and waits when the process stops. */
  signal?: AbortSignal | undefined;
  random?: () => number;
  /** Carries calls to whatever answers in this process. */
  carry?: Carry | undefined;
};

const DEADLINE_MS = 60_000;
const ATTEMPTS_MAX = 5;
const WAIT_MAX_MS = 120_000;
const REDIRECTS_MAX = 3;
const CONNECTIONS_PER_ORIGIN = 16;

/** Creates the one HTTP client of a customer. Refuses a `caFile` that cannot be read. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agent = new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    // The deadline of a call runs on the injected clock and covers all phases; undici's own timers would be a second.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 0, ...(options.caFile === undefined ? {} : { secureContext: trustedWith(options.caFile) }) },
  });
  const exchange = (request: HttpRequest) => exchangeOnce({ agent, options }, request);
  const retryOptions = (request: HttpRequest): RetryOptions => ({
    clock: options.clock,
    random: options.random ?? Math.random,
    repeatable: request.repeatable ?? request.method === 'GET',
    attemptsMax: request.attemptsMax ?? ATTEMPTS_MAX,
    waitMaxMs: WAIT_MAX_MS,
    signal: anySignal([request.signal, options.signal]),
    onRetry: ({ attempt, waitMs, status }) =>
      options.log.warn('vendor.retry', { vendor: request.vendor, path: request.pathTemplate, attempt, waitMs, status }),
  });
  return {
    exchange,
    retryOptions,
    send: async (request) => {
      const turn = request.turn ?? ((tryOnce) => tryOnce());
      const answer = await withRetries(retryOptions(request), () => turn(() => exchange(request)));
      return successOf(request, answer);
    },
    close: () => agent.destroy(),
  };
}

/** One signal out of several, any of which may be missing. */
export function anySignal(signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const present = signals.filter((signal) => signal !== undefined);
  return present.length < 2 ? present[0] : AbortSignal.any(present);
}

/** Whether an address leads to this very machine. */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}

/** By the text of the file: parsing the public authorities takes longer than a call, and would be done for every connection. */
const contexts = new Map<string, SecureContext>();

function trustedWith(caFile: string): SecureContext {
  try {
    const own = readFileSync(caFile, 'utf8');
    const context = contexts.get(own) ?? createSecureContext({ ca: [...getCACertificates('default'), own] });
    contexts.set(own, context);
    return context;
  } catch (cause) {
    throw new AppError('ca_file_unreadable', 'the file of further certificate authorities cannot be read', {
      userMessage: 'tls.caFile names a file that cannot be read: check the path and the rights.',
      cause,
    });
  }
}

type Wire = { agent: Agent; options: HttpClientOptions };

async function exchangeOnce(wire: Wire, request: HttpRequest): Promise<HttpAnswer> {
  refuseOpenToken(request);
  const stop = anySignal([request.signal, wire.options.signal]);
  stop?.throwIfAborted();
  const deadline = new AbortController();
  const done = new AbortController();
  const deadlineMs = request.deadlineMs ?? DEADLINE_MS;
  // The sleep is ended by `done` as soon as the call is over, which rejects it: nothing to report then.
  const { clock } = wire.options;
  (clock.deadline ?? clock.sleep)(deadlineMs, done.signal).then(
    () => deadline.abort(),
    () => undefined,
  );
  try {
    const signal = AbortSignal.any(stop === undefined ? [deadline.signal] : [deadline.signal, stop]);
    return await followed(wire, request, signal);
  } catch (error) {
    if (stop?.aborted === true) throw stop.reason;
    if (deadline.signal.aborted) {
      throw new VendorUnreachableError(callOf(request), `no complete answer within ${deadlineMs} ms`, {
        facts: { stage: 'sent' },
      });
    }
    throw translated(request, error);
  } finally {
    done.abort();
  }
}

/** A token never travels unencrypted, except to this machine itself. */
function refuseOpenToken(request: HttpRequest): void {
  const url = new URL(request.url);
  if (url.protocol === 'https:' || isLoopback(url)) return;
  throw new AppError('insecure_url', `${request.vendor} ${request.pathTemplate}: the address is not https`, {
    userMessage: `The base URL of ${request.vendor} must begin with https.`,
  });
}

async function followed(wire: Wire, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  let url = request.url;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
    const { method, headers, body = null } = request;
    const given = { method, headers: { 'accept-encoding': 'gzip, deflate, br', ...headers }, body, signal };
    const carried = wire.options.carry?.(url, given);
    const response = await (carried ?? undiciRequest(url, { dispatcher: wire.agent, ...given }));
    if (response.statusCode < 300 || response.statusCode >= 400) return answerOf(request, response);
    dropBody(response.body);
    url = redirectTarget(request, response, url);
  }
  throw new VendorBrokenError(callOf(request), `redirected more than ${REDIRECTS_MAX} times`);
}

/** Only a read is redirected, and only within its own origin: credentials must not be carried to another host. */
function redirectTarget(request: HttpRequest, response: CarriedAnswer, from: string): string {
  const headers = flatHeaders(response.headers);
  const call = callOf(request, { status: response.statusCode, headers });
  const location = headers.location ?? '';
  if (location === '' || !URL.canParse(location, from)) {
    throw new VendorBrokenError(call, `answered ${response.statusCode} without a place to go to`);
  }
  const target = new URL(location, from);
  if (target.origin !== new URL(from).origin) throw new VendorBrokenError(call, 'redirected to another host');
  if (request.method !== 'GET') throw new VendorBrokenError(call, 'redirected a call that is not a read');
  return target.href;
}

function translated(request: HttpRequest, error: unknown): unknown {
  if (error instanceof AppError) return error;
  const failure = wireFailureOf(error);
  if (failure.kind === 'notHttp')
    return new VendorBrokenError(callOf(request), `the answer is not HTTP (${failure.code})`);
  const { stage, code } = failure;
  if (stage !== 'tls') return new VendorUnreachableError(callOf(request), `no answer (${code})`, { facts: { stage } });
  return new VendorUnreachableError(callOf(request), `the certificate is not trusted (${code})`, {
    facts: { stage },
    userMessage: `The certificate of ${request.vendor} is not trusted. If it is issued by your own authority, name its file as tls.caFile.`,
  });
}
