import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { Agent, request } from 'undici';
import type { Clock } from '../src/lib/clock.ts';
import { AppError } from '../src/lib/errors.ts';

export type WireRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
};

export type WireAnswer = { status: number; headers: Record<string, string>; text: string };

export type Wire = { exchange(request: WireRequest): Promise<WireAnswer>; close(): Promise<void> };

const DEADLINE_MS = 30_000;
const ANSWER_CHARS_MAX = 1_000_000;

/** Creates the bot's way to login service and connector. Refuses a `caFile` that cannot be read: `ca_file_unreadable`. */
export function createWire(options: { caFile?: string | undefined }): Wire {
  const ca = options.caFile === undefined ? {} : { ca: [...getCACertificates('default'), readCa(options.caFile)] };
  const agent = new Agent({ connections: 16, connect: ca });
  return {
    exchange: async ({ method, url, headers, body, signal }) => {
      const limit = AbortSignal.timeout(DEADLINE_MS);
      const answer = await request(url, {
        dispatcher: agent,
        method,
        headers: headers ?? {},
        body: body ?? null,
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      const text = await answer.body.text();
      if (text.length > ANSWER_CHARS_MAX) throw new AppError('answer_too_large', 'the answer is too large');
      return { status: answer.statusCode, headers: flat(answer.headers), text };
    },
    close: () => agent.destroy(),
  };
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('ca_file_unreadable', 'the file of further certificate authorities cannot be read', { cause });
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

/** The connector said no, or did not answer. `facts` hold status and the connector's own code. */
export class ConnectorError extends AppError {
  readonly status: number | null;
  readonly reason: string;

  constructor(status: number | null, reason: string, cause?: unknown) {
    super('connector_failed', `the Teams connector failed: ${status ?? 'no answer'} ${reason}`, {
      facts: { status, reason },
      ...(cause === undefined ? {} : { cause }),
    });
    this.status = status;
    this.reason = reason;
  }
}

/** What a try came to, and whether another one may follow. */
export type ConnectorOutcome = { status: number; retryAfter: string | undefined };

/** Microsoft names these as "try again": the message was not taken. A lost answer or a 500 is not among them. */
const AGAIN: readonly number[] = [412, 429, 502, 504];
const TRIES_MAX = 5;
const FIRST_WAIT_MS = 1_000;
const WAIT_MAX_MS = 30_000;

/** How long to wait before the next try; undefined when there shall be none. */
export function waitBeforeRetry(outcome: ConnectorOutcome, tries: number, jitter: number): number | undefined {
  if (tries >= TRIES_MAX || !AGAIN.includes(outcome.status)) return undefined;
  const asked = Number(outcome.retryAfter);
  const isAsked = outcome.retryAfter !== undefined && outcome.retryAfter !== '' && Number.isFinite(asked) && asked >= 0;
  const backoff = FIRST_WAIT_MS * 2 ** (tries - 1) * (1 + jitter / 2);
  const waitMs = isAsked ? asked * 1_000 : backoff;
  return waitMs > WAIT_MAX_MS ? undefined : waitMs;
}

/** Waits and tries again as far as `waitBeforeRetry` allows; gives the last answer. */
export async function withRetries(
  deps: { clock: Clock; random: () => number; signal?: AbortSignal | undefined },
  tryOnce: () => Promise<WireAnswer>,
): Promise<WireAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await tryOnce();
    const outcome = { status: answer.status, retryAfter: answer.headers['retry-after'] };
    const waitMs = waitBeforeRetry(outcome, tries, deps.random());
    if (waitMs === undefined) return answer;
    await deps.clock.sleep(waitMs, deps.signal);
  }
}
