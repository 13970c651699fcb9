import type { Context, Middleware, MiddlewareOptions } from '@microsoft/microsoft-graph-client';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { HttpClient } from '../http.ts';
import { successOf } from '../http-failures.ts';
import { retryAfterMs, withRetries } from '../http-retry.ts';
import type { BodyCollector, HttpAnswer, HttpRequest } from '../http-types.ts';
import { laneOf, type Pacers } from '../limits.ts';
import type { Priority } from '../pacer.ts';
import type { GraphCall } from './calls.ts';
import type { TokenSource } from './token.ts';

/**
 * What one call carries along the chain, and what came of it. A class, because the SDK finds options by their
 * constructor. The outcome is kept here, because the SDK would turn our errors into its own and re-read the body.
 */
export class CallOptions implements MiddlewareOptions {
  readonly call: GraphCall;
  readonly priority: Priority | undefined;
  readonly signal: AbortSignal | undefined;
  readonly expect: 'json' | 'none';
  readonly repeatable: boolean;
  /** Resource units, where they differ from the table's. */
  readonly cost: number;
  /** The limit that is spent, where it is not the call's own: a batch spends that of the calls inside it. */
  readonly limit: GraphCall['limit'];
  /** A paging link, sent byte for byte: the SDK would take its query apart and put it together in another order. */
  readonly link: string | undefined;
  /** The mailbox, team or person that the call works on, where a limit counts by it. */
  readonly place: string | undefined;
  readonly attemptsMax: number | undefined;
  readonly collect: (() => BodyCollector) | undefined;
  readonly throttledMs: ((answer: HttpAnswer, now: number) => number | null) | undefined;
  request: HttpRequest | null = null;
  outcome: { answer: HttpAnswer } | { error: unknown } | null = null;

  constructor(
    init: Pick<CallOptions, 'call' | 'expect' | 'repeatable' | 'cost' | 'limit'> &
      Partial<Pick<CallOptions, 'priority' | 'signal' | 'link' | 'place' | 'attemptsMax' | 'collect' | 'throttledMs'>>,
  ) {
    this.call = init.call;
    this.priority = init.priority;
    this.signal = init.signal;
    this.expect = init.expect;
    this.repeatable = init.repeatable;
    this.cost = init.cost;
    this.limit = init.limit;
    this.link = init.link;
    this.place = init.place;
    this.attemptsMax = init.attemptsMax;
    this.collect = init.collect;
    this.throttledMs = init.throttledMs;
  }
}

export type ChainDeps = {
  http: HttpClient;
  clock: Clock;
  pacers: Pacers;
  tokens: TokenSource;
  app: { tenantId: string; clientId: string };
};

/**
 * The chain that replaces the SDK's own handlers, which repeat POSTs, follow redirects with the token and know no
 * pacing: settle the outcome – token, renewed once when refused – retries – pacing – our HTTP client.
 */
export function graphMiddleware(deps: ChainDeps): Middleware[] {
  return [settling(), authorising(deps.tokens), retrying(deps.http), pacing(deps), transporting(deps.http)];
}

type Step = (context: Context, options: CallOptions, next: () => Promise<HttpAnswer>) => Promise<HttpAnswer>;

function step(run: Step): Middleware {
  let following: Middleware | null = null;
  return {
    async execute(context) {
      const options = optionsOf(context);
      const next = async (): Promise<HttpAnswer> => {
        await following?.execute(context);
        if (options.outcome === null || !('answer' in options.outcome))
          throw new AppError('graph_chain', 'the chain gave no answer');
        return options.outcome.answer;
      };
      options.outcome = { answer: await run(context, options, next) };
    },
    setNext(next) {
      following = next;
    },
  };
}

function optionsOf(context: Context): CallOptions {
  const options = context.middlewareControl?.getMiddlewareOptions(CallOptions);
  if (!(options instanceof CallOptions)) throw new AppError('graph_chain', 'a Graph call was made past the client');
  return options;
}

function settling(): Middleware {
  let following: Middleware | null = null;
  return {
    async execute(context) {
      const options = optionsOf(context);
      try {
        await following?.execute(context);
      } catch (error) {
        options.outcome = { error };
      }
      // The SDK hands this stand-in to us unread (ResponseType.RAW); the real outcome is in the options.
      context.response = new Response(null, { status: 200 });
    },
    setNext(next) {
      following = next;
    },
  };
}

function authorising(tokens: TokenSource): Middleware {
  return step(async (context, options, next) => {
    const withToken = async (): Promise<{ token: string; answer: HttpAnswer }> => {
      const token = await tokens.token(options.signal);
      options.request = requestOf(context, options, token);
      return { token, answer: await next() };
    };
    const first = await withToken();
    const heldMs = heldBeforeDoubt(first.answer);
    const isRenewed = heldMs !== null && tokens.invalidate(first.token, heldMs);
    if (!isRenewed || (first.answer.status === 403 && options.attemptsMax === 1))
      return successOf(madeRequest(options), first.answer);
    // A refused token means a call that was not carried out, so it may be made again, whatever its method.
    const second = await withToken();
    return successOf(madeRequest(options), second.answer);
  });
}

/** A right that is granted now shows in the next token: one that came only just is not worth another. */
const RIGHTS_STAND_MS = 60_000;

/** Graph's services have codes of their own for a right that is missing: `Authorization_RequestDenied`, `ErrorAccessDenied`, `Forbidden` …. */
const RIGHT_IS_MISSING = /denied|forbidden/i;

/** How long a token must have been held for another one to change this answer; null where none would. */
function heldBeforeDoubt({ status, vendorCode }: HttpAnswer): number | null {
  if (status === 401) return 0;
  return status === 403 && RIGHT_IS_MISSING.test(vendorCode ?? '') ? RIGHTS_STAND_MS : null;
}

function requestOf(context: Context, options: CallOptions, token: string): HttpRequest {
  const { call } = options;
  const sdk = context.options;
  const body: unknown = sdk?.body;
  const hasBody = typeof body === 'string' && body !== '';
  return {
    vendor: 'graph',
    method: call.method,
    url: options.link ?? String(context.request as unknown),
    pathTemplate: call.version === 'beta' ? `/beta${call.path}` : call.path,
    headers: {
      ...headersOf(sdk?.headers as Record<string, string> | undefined, hasBody),
      accept: 'application/json',
      authorization: `Bearer ${token}`,
    },
    ...(hasBody ? { body } : {}),
    expect: options.expect,
    ...(options.collect === undefined ? {} : { collect: options.collect }),
    repeatable: options.repeatable,
    ...(options.attemptsMax === undefined ? {} : { attemptsMax: options.attemptsMax }),
    signal: options.signal,
    vendorCode: graphErrorCode,
    refusalMessage: (status) =>
      status === 403 && call.permissions.length > 0
        ? `Microsoft Graph refused the app: grant ${call.permissions.join(' and ')} and consent to it in this tenant.`
        : undefined,
  };
}

/** The SDK declares JSON whether or not it sends any. */
function headersOf(headers: Record<string, string> | undefined, hasBody: boolean): Record<string, string> {
  const kept = Object.entries(headers ?? {}).filter(([name]) => hasBody || name.toLowerCase() !== 'content-type');
  return Object.fromEntries(kept);
}

function madeRequest(options: CallOptions): HttpRequest {
  if (options.request === null) throw new AppError('graph_chain', 'the call has no request yet');
  return options.request;
}

function retrying(http: HttpClient): Middleware {
  return step((_context, options, next) => withRetries(http.retryOptions(madeRequest(options)), next));
}

function pacing({ pacers, clock, app }: ChainDeps): Middleware {
  return step((_context, options, next) => {
    const pacer = pacers.graph(options.limit, app);
    const lane = laneOf(options.limit, app, options.place);
    return pacer.run({ lane, priority: options.priority, cost: options.cost, signal: options.signal }, async () => {
      const answer = await next();
      const pause = options.throttledMs?.(answer, clock.now()) ?? pauseToldBy(answer, clock.now());
      if (pause !== null) pacer.hold(lane, clock.now() + pause);
      return answer;
    });
  });
}

function pauseToldBy({ status, headers }: HttpAnswer, now: number): number | null {
  return status === 429 ? retryAfterMs(headers['retry-after'], now) : null;
}

function transporting(http: HttpClient): Middleware {
  return step((_context, options) => http.exchange(madeRequest(options)));
}

/**
 * Graph's error code. Conditional Access hides the telling part in a text that begins with a number ("1064: …"), in
 * `message` or in the inner error's; that number is then the code.
 */
export function graphErrorCode(body: unknown): string | undefined {
  const error = member(body, 'error');
  const inner = member(error, 'innerError') ?? member(error, 'innererror');
  const numbered = [member(inner, 'message'), member(error, 'message')]
    .map((text) => (typeof text === 'string' ? /^(\d{4}):/.exec(text)?.[1] : undefined))
    .find((number) => number !== undefined);
  if (numbered !== undefined) return numbered;
  const code = member(error, 'code');
  return typeof code === 'string' && /^[A-Za-z0-9_.-]{1,100}$/.test(code) ? code : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
