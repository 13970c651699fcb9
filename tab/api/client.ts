/**
 * Calls of our own server: a fresh token each time, the answer parsed by the contract, and the last answer of each
 * address kept in memory with its ETag, so that asking again costs a 304. Nothing is written to the browser's storage,
 * which a tab inside Teams does not have.
 */
import { API_BASE, errorSchema, REFERENCE_HEADER } from '../../src/contract.ts';
import { ANSWER_LOST, ApiError } from './api-error.ts';

const DEADLINE_MS = 20_000;
const KEPT_ANSWERS = 200;

/** The one method of a zod schema that the client needs. */
export type Parser<T> = { parse(value: unknown): T };

export type ApiClient = {
  /** The answer at `path`; the very same object as before when the server says that nothing changed. */
  get<T>(path: string, parser: Parser<T>, signal: AbortSignal): Promise<T>;
  /** Sends once; never repeated by itself, since a press may have had its effect. */
  post<T>(path: string, request: PostRequest, parser: Parser<T>): Promise<T>;
};

export type ApiDeps = { readToken: () => Promise<string>; language: string; fetch: typeof fetch };

/** What is sent, and how long its answer may take when that is longer than usual. */
export type PostRequest = { body: unknown; deadlineMs?: number };

type Kept = { etag: string; value: unknown };

/** Creates the client; refuses with `ApiError`, or with the `TokenError` of the sign-in. */
export function createApiClient({ readToken, language, fetch }: ApiDeps): ApiClient {
  const kept = new Map<string, Kept>();
  const call = async (path: string, init: RequestInit & { headers: Record<string, string> }) => {
    const token = await readToken();
    const headers = { ...init.headers, authorization: `Bearer ${token}`, 'accept-language': language };
    return reach(() => fetch(API_BASE + path, { ...init, headers, credentials: 'omit', cache: 'no-store' }));
  };
  return {
    async get(path, parser, signal) {
      const before = kept.get(path);
      const headers: Record<string, string> = before === undefined ? {} : { 'if-none-match': before.etag };
      const response = await call(path, {
        headers,
        signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
      });
      if (response.status === 304 && before !== undefined) return before.value as never;
      const value = await parsed(response, parser);
      const etag = response.headers.get('etag');
      if (etag !== null) keep(kept, path, { etag, value });
      return value;
    },
    async post(path, { body, deadlineMs = DEADLINE_MS }, parser) {
      const response = await call(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(deadlineMs),
      }).catch(asLost);
      return parsed(response, parser).catch(asLost);
    },
  };
}

/** Of what was sent and not answered nobody knows whether it arrived. */
function asLost(error: unknown): never {
  if (error instanceof ApiError && error.layer === 'unreachable')
    throw new ApiError({ layer: 'unreachable', status: 0, code: ANSWER_LOST });
  throw error;
}

/** The oldest answer goes first; one that is asked for again counts as new. */
function keep(kept: Map<string, Kept>, path: string, answer: Kept): void {
  kept.delete(path);
  kept.set(path, answer);
  const oldest = kept.keys().next();
  if (kept.size > KEPT_ANSWERS && oldest.done !== true) kept.delete(oldest.value);
}

async function reach<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    // An abort by the page itself is no failure and must keep its name for the query library.
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({ layer: 'unreachable', status: 0, code: 'unreachable' });
  }
}

async function parsed<T>(response: Response, parser: Parser<T>): Promise<T> {
  const reference = response.headers.get(REFERENCE_HEADER);
  const text = await reach(() => response.text());
  if (!response.ok) throw refusal(response.status, text, reference);
  try {
    return parser.parse(JSON.parse(text));
  } catch {
    throw new ApiError({ layer: 'broken', status: response.status, code: 'unexpectedAnswer', reference });
  }
}

function refusal(status: number, text: string, reference: string | null): ApiError {
  const failure = errorSchema.safeParse(jsonOrNull(text));
  if (!failure.success) return new ApiError({ layer: 'broken', status, code: `http${status}`, reference });
  const { code, message, reference: own } = failure.data.error;
  return new ApiError({
    layer: status >= 500 ? 'broken' : 'refused',
    status,
    code,
    userMessage: message,
    reference: own,
  });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
