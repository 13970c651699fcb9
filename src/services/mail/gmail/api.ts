import { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { AppError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../http.ts';
import { callOf, successOf, vendorCodeOf } from '../../http-failures.ts';
import { retryAfterMs, withRetries } from '../../http-retry.ts';
import type { HttpAnswer, HttpRequest } from '../../http-types.ts';
import type { Pacer } from '../../pacer.ts';
import { parsedAnswer } from '../../parsed-answer.ts';
import { type GmailCall, type GmailCallName, gmailCalls } from './calls.ts';
import { GMAIL_BASE_URL, type GmailSettings } from './settings.ts';
import { createGoogleToken } from './token.ts';

export type GmailAsk<S extends z.ZodType> = {
  call: GmailCallName;
  answer: S;
  id?: string;
  query?: readonly (readonly [name: string, value: string])[];
  body?: object;
  attemptsMax?: number;
  /** `none` for a call that answers with nothing. */
  expect?: 'json' | 'none';
  signal?: AbortSignal | undefined;
};

/** Gmail of one mailbox: makes one call and gives its answer, checked; throws the vendor errors otherwise. */
export type GmailApi = <S extends z.ZodType>(ask: GmailAsk<S>) => Promise<z.infer<S>>;

type Deps = { http: HttpClient; clock: Clock; pacer: Pacer };

/** Creates the API of one mailbox. Refuses a base URL that is none. */
export function createGmailApi(deps: Deps, settings: GmailSettings): GmailApi {
  const base = settings.baseUrl ?? GMAIL_BASE_URL;
  if (!URL.canParse(base)) {
    throw new AppError('bad_base_url', 'the base URL of Gmail is not an address', {
      userMessage: 'The base URL of Gmail in the customer file is not an address.',
    });
  }
  const root = `${base.replace(/\/+$/, '')}/gmail/v1`;
  const tokens = createGoogleToken(deps, settings);
  const tried = async (ask: GmailAsk<z.ZodType>) => {
    const token = await tokens.token(ask.signal);
    const request = requestOf(ask, `${root}${pathOf(ask)}`, token);
    const turn = () => pacedExchange(deps, settings.mailbox, { ask, request });
    return { token, request, answer: await withRetries(deps.http.retryOptions(request), turn) };
  };
  return async (ask) => {
    let made = await tried(ask);
    if (made.answer.status === 401) {
      // A refused token means a call that was not carried out, so it may be made again, whatever its method.
      tokens.invalidate(made.token);
      made = await tried(ask);
    }
    const answer = successOf(made.request, made.answer);
    return parsedAnswer(ask.answer, answer.body, callOf(made.request, answer));
  };
}

function pathOf({ call, id, query }: GmailAsk<z.ZodType>): string {
  const { path }: GmailCall = gmailCalls[call];
  const filled = path.replace('{id}', () => encodeURIComponent(id ?? ''));
  const asked = new URLSearchParams((query ?? []).map(([name, value]): [string, string] => [name, value])).toString();
  return asked === '' ? filled : `${filled}?${asked}`;
}

function requestOf(ask: GmailAsk<z.ZodType>, url: string, token: string): HttpRequest {
  const { method, path }: GmailCall = gmailCalls[ask.call];
  return {
    vendor: 'gmail',
    method,
    url,
    pathTemplate: path,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    expect: ask.expect ?? 'json',
    ...(ask.attemptsMax === undefined ? {} : { attemptsMax: ask.attemptsMax }),
    signal: ask.signal,
    vendorCode: reasonOf,
    refusalMessage: (status) =>
      status === 403
        ? 'Gmail refused the service account: grant its client id the scopes of docs/permissions.md.'
        : undefined,
  };
}

const THROTTLED: readonly (string | undefined)[] = ['rateLimitExceeded', 'userRateLimitExceeded'];

/** Gmail throttles with 403 as well as with 429; the reason tells, and both mean a call that was not carried out. */
function pacedExchange(
  { http, pacer, clock }: Deps,
  mailbox: string,
  { ask, request }: { ask: GmailAsk<z.ZodType>; request: HttpRequest },
): Promise<HttpAnswer> {
  const lane = mailbox.toLowerCase();
  return pacer.run({ lane, cost: gmailCalls[ask.call].cost, signal: ask.signal }, async () => {
    const answer = await http.exchange(request);
    const isThrottled = answer.status === 429 || (answer.status === 403 && THROTTLED.includes(answer.vendorCode));
    if (!isThrottled) return answer;
    const pause = retryAfterMs(answer.headers['retry-after'], clock.now());
    if (pause !== null) pacer.hold(lane, clock.now() + pause);
    return { ...answer, status: 429 };
  });
}

const reasons = z.looseObject({
  error: z.looseObject({ errors: z.tuple([z.looseObject({ reason: z.string() })]).rest(z.unknown()) }),
});

/** Google's reason, since several share one status; the texts beside it are not taken. */
function reasonOf(body: unknown): string | undefined {
  const parsed = reasons.safeParse(body);
  const reason = parsed.success ? parsed.data.error.errors[0].reason : undefined;
  return reason !== undefined && /^[A-Za-z]{1,60}$/.test(reason) ? reason : vendorCodeOf(body);
}
