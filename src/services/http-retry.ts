import type { Clock } from '../lib/clock.ts';
import { VendorUnreachableError } from '../lib/errors.ts';
import type { HttpAnswer, LostStage } from './http-types.ts';

/** What one try came to. */
export type TryOutcome =
  | { kind: 'status'; status: number; retryAfterMs: number | null }
  | { kind: 'lost'; stage: LostStage };

export type RetryFacts = {
  /** True for a call that may be carried out twice without harm: a read, whatever its method. */
  repeatable: boolean;
  /** Tries made so far, the one just judged included. */
  attempt: number;
  attemptsMax: number;
  /** A longer wait than this is left to the caller's own schedule. */
  waitMaxMs: number;
  outcome: TryOutcome;
  /** Between 0 and 1: spreads callers that were refused at the same moment. */
  jitter: number;
};

export type RetryDecision = { retry: false } | { retry: true; waitMs: number };

const REPEATABLE_STATUSES: readonly number[] = [408, 500, 502, 503, 504];
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 60_000;

/**
 * Decides whether a call is tried again, from type and status alone. A throttled call (429) was not accepted, so any
 * method may be repeated; a 5xx or a lost answer may hide an accepted write, so only repeatable calls are; where no
 * connection came about, nothing was sent and every call is. A certificate that is not trusted stays so.
 */
export function retryDecision(facts: RetryFacts): RetryDecision {
  if (facts.attempt >= facts.attemptsMax || !mayRepeat(facts)) return { retry: false };
  const asked = facts.outcome.kind === 'status' ? facts.outcome.retryAfterMs : null;
  const waitMs = asked ?? backoffMs(facts.attempt, facts.jitter);
  return waitMs > facts.waitMaxMs ? { retry: false } : { retry: true, waitMs };
}

function mayRepeat({ outcome, repeatable }: RetryFacts): boolean {
  if (outcome.kind === 'status') {
    return outcome.status === 429 || (repeatable && REPEATABLE_STATUSES.includes(outcome.status));
  }
  switch (outcome.stage) {
    case 'connect':
      return true;
    case 'tls':
      return false;
    case 'sent':
      return repeatable;
  }
}

function backoffMs(attempt: number, jitter: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (attempt - 1)) * (1 + jitter / 2);
}

/**
 * Reads a Retry-After header: seconds (fractions occur) or an HTTP date, as milliseconds from `now`. Null where the
 * header is missing or says nothing that can be understood.
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  if (!/[a-z]/i.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

export type RetryOptions = {
  clock: Clock;
  random: () => number;
  repeatable: boolean;
  attemptsMax: number;
  waitMaxMs: number;
  signal?: AbortSignal | undefined;
  /** Told before each wait. */
  onRetry?: (facts: { attempt: number; waitMs: number; status: number | null }) => void;
};

/**
 * Makes tries until one is final, and gives that one's answer or throws its error. The answer may still have a status
 * that means no; whoever asked decides. Stops with the signal's reason when aborted.
 */
export async function withRetries(options: RetryOptions, tryOnce: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const made = await settle(tryOnce);
    const outcome = outcomeOf(made, options.clock.now());
    const decision =
      outcome === null
        ? ({ retry: false } as const)
        : retryDecision({ ...options, attempt, outcome, jitter: options.random() });
    if (!decision.retry) {
      if ('error' in made) throw made.error;
      return made.answer;
    }
    const status = outcome?.kind === 'status' ? outcome.status : null;
    options.onRetry?.({ attempt, waitMs: decision.waitMs, status });
    options.signal?.throwIfAborted();
    await options.clock.sleep(decision.waitMs, options.signal);
  }
}

type Made = { answer: HttpAnswer } | { error: VendorUnreachableError };

async function settle(tryOnce: () => Promise<HttpAnswer>): Promise<Made> {
  try {
    return { answer: await tryOnce() };
  } catch (error) {
    // Only a lost answer is judged for a retry; a broken answer, an abort or a programming fault is final.
    if (error instanceof VendorUnreachableError) return { error };
    throw error;
  }
}

function outcomeOf(made: Made, now: number): TryOutcome | null {
  if ('error' in made) {
    const stage = made.error.facts.stage;
    return { kind: 'lost', stage: stage === 'connect' || stage === 'tls' ? stage : 'sent' };
  }
  const { status, headers } = made.answer;
  return status < 400 ? null : { kind: 'status', status, retryAfterMs: retryAfterMs(headers['retry-after'], now) };
}
