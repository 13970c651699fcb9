import { Client, type GraphRequest, ResponseType } from '@microsoft/microsoft-graph-client';
import { AppError } from '../../lib/errors.ts';
import type { BodyCollector, HttpAnswer } from '../http-types.ts';
import type { Priority } from '../pacer.ts';
import { type GraphCall, type GraphCallName, graphCallOf } from './calls.ts';
import { CallOptions, type ChainDeps, graphMiddleware } from './middleware.ts';

export type GraphOptions = {
  /** Values for the braces of the path. */
  ids?: Record<string, string>;
  query?: Record<string, string | number>;
  /** Sends `ConsistencyLevel: eventual`, which advanced queries need on every page. */
  advanced?: boolean;
  headers?: Record<string, string>;
  body?: object;
  /** A paging or delta link of this call, sent as it came. */
  link?: string;
  expect?: 'json' | 'none';
  /** Takes the answer's body as it arrives, in place of one that parses it whole. */
  collect?: () => BodyCollector;
  /** True for a call that changes nothing although its method is not GET. */
  repeatable?: boolean;
  cost?: number;
  limit?: GraphCall['limit'];
  /** Whose mailbox the call works on: Outlook's limit counts by it, as that of Teams counts by the path's first id. */
  mailbox?: string;
  /** 1 for a call that must not be made again by itself, not even after a throttling answer. */
  attemptsMax?: number;
  /** How long an answer asks its limit to pause, where that does not stand in status and headers: a batch. */
  throttledMs?: (answer: HttpAnswer, now: number) => number | null;
  priority?: Priority | undefined;
  signal?: AbortSignal | undefined;
};

/** Graph of one tenant. Areas build on it; it knows the calls of `calls.ts` and no other. */
export type Graph = {
  tenantId: string;
  /** Scheme, host and port that this tenant's Graph answers on: links elsewhere are not followed. */
  origin: string;
  /** Makes one call and gives its success; throws one of the three vendor errors otherwise. */
  request(name: GraphCallName, options?: GraphOptions): Promise<HttpAnswer>;
};

/** Without it Graph hides enum members that are younger than the API version: `reportOnly…` results among them. */
const PREFER = 'include-unknown-enum-members';

/** Creates the Graph client of one tenant. Refuses a base URL that is none. */
export function createGraph(deps: ChainDeps, baseUrl: string): Graph {
  if (!URL.canParse(baseUrl)) {
    throw new AppError('bad_base_url', 'the base URL of Graph is not an address', {
      userMessage: 'The base URL of Microsoft Graph in the customer file is not an address.',
    });
  }
  const base = new URL(baseUrl);
  const sdk = Client.initWithMiddleware({
    baseUrl: base.href,
    middleware: graphMiddleware(deps),
    customHosts: new Set([base.hostname]),
  });
  return {
    tenantId: deps.app.tenantId,
    origin: base.origin,
    async request(name, options = {}) {
      const call = graphCallOf(name);
      const carried = new CallOptions({
        call,
        expect: options.expect ?? 'json',
        repeatable: options.repeatable ?? call.method === 'GET',
        cost: options.cost ?? call.cost ?? 1,
        limit: options.limit ?? call.limit,
        priority: options.priority,
        signal: options.signal,
        link: options.link,
        collect: options.collect,
        place: options.mailbox ?? (call.limit === 'teams' ? options.ids?.id : undefined),
        attemptsMax: options.attemptsMax,
        throttledMs: options.throttledMs,
      });
      const request = sdk
        .api(`${filledPath(call.path, options.ids ?? {})}${queryOf(options.query ?? {})}`)
        .version(call.version)
        .headers({
          prefer: preferOf(options),
          ...(options.advanced === true ? { consistencylevel: 'eventual' } : {}),
          ...headersOf(options),
        })
        .responseType(ResponseType.RAW)
        .middlewareOptions([carried]);
      await sendBy(request, call, options.body);
      return outcomeOf(carried);
    },
  };
}

/** Fills the braces of a path template, encoded. Refuses an id that is missing or empty. */
export function filledPath(template: string, ids: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_braces, name: string) => {
    const id = ids[name] ?? '';
    // A dot segment would be resolved away by the URL and turn the call into another one.
    if (id === '' || id === '.' || id === '..')
      throw new AppError('missing_id', `the path ${template} needs an id for {${name}}`);
    return encodeURIComponent(id);
  });
}

/** A query string, encoded, with its question mark; empty for an empty query. */
export function queryOf(query: Record<string, string | number>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function preferOf(options: GraphOptions): string {
  const own = options.headers?.prefer;
  return own === undefined ? PREFER : `${PREFER}, ${own}`;
}

function headersOf(options: GraphOptions): Record<string, string> {
  const { prefer: _own, ...rest } = options.headers ?? {};
  return rest;
}

/** The SDK writes every object down as JSON, null too, where Graph demands a length of 0: "Send message". */
const NO_BODY = '';

async function sendBy(request: GraphRequest, call: GraphCall, body: object | undefined): Promise<void> {
  switch (call.method) {
    case 'GET':
      await request.get();
      return;
    case 'POST':
      await request.post(body ?? NO_BODY);
      return;
    case 'PUT':
      await request.put(body ?? NO_BODY);
      return;
    case 'PATCH':
      await request.patch(body ?? NO_BODY);
      return;
    case 'DELETE':
      await request.delete();
      return;
  }
}

function outcomeOf(carried: CallOptions): HttpAnswer {
  if (carried.outcome === null) throw new AppError('graph_chain', 'the call came to nothing');
  if ('error' in carried.outcome) throw carried.outcome.error;
  return carried.outcome.answer;
}
