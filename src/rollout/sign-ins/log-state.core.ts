/**
 * How far the sign-in logs were read, and whether that suffices to say something about a span of time. What was not
 * read is unknown: it is never taken for silence (safety rule S31).
 */
import { msOf } from '../../lib/instant.ts';
import type { Sentence } from '../phases/phase-types.core.ts';

export type Span = { from: string; to: string };

/** One log as it was last read. */
export type LogState = {
  log: 'interactive' | 'nonInteractive';
  state: 'read' | 'failed' | 'notLicensed';
  why: string | null;
  readFrom: string | null;
  readTo: string | null;
  lost: readonly Span[];
};

/** What is known of both logs together. `readTo`: up to when both were read; null where one never was. */
export type LogsKnown = { readTo: string | null; problem: Sentence | null; code: string | null };

/** Four readings may fail before what is known counts as old. */
const STALE_MS = 60 * 60_000;

/** Whether everything since `fromMs` was read until shortly before `nowMs`; else what is missing, as a sentence. */
export function logsKnownSince(logs: readonly LogState[], fromMs: number, nowMs: number): LogsKnown {
  const readTo = readToOf(logs);
  if (logs.some(({ state }) => state === 'notLicensed')) return { readTo, ...NOT_LICENSED };
  if (readTo === null) return { readTo, ...notRead(logs) };
  const gap = logs.find((log) => log.readFrom !== null && msOf(log.readFrom) > fromMs);
  const lost = logs.flatMap((log) => log.lost).find(({ to }) => msOf(to) > fromMs);
  if (gap !== undefined || lost !== undefined) return { readTo, ...LOST };
  if (nowMs - msOf(readTo) > STALE_MS) return { readTo, ...stale(logs, readTo) };
  return { readTo, problem: null, code: null };
}

/** Up to when both logs were read; null where one of them never was. */
export function readToOf(logs: readonly LogState[]): string | null {
  const ends = new Map(logs.map(({ log, readTo }) => [log, readTo]));
  const [one, other] = [ends.get('interactive') ?? null, ends.get('nonInteractive') ?? null];
  if (one === null || other === null) return null;
  return msOf(one) <= msOf(other) ? one : other;
}

type Problem = { problem: Sentence; code: string };

const NOT_LICENSED: Problem = {
  code: 'sign_ins_not_licensed',
  problem: {
    en: 'The tenant has no Entra ID P1 licence, without which its sign-in log cannot be read.',
    de: 'Der Mandant hat keine Lizenz Entra ID P1, ohne die sein Anmeldeprotokoll nicht gelesen werden kann.',
  },
};

const LOST: Problem = {
  code: 'sign_ins_lost',
  problem: {
    en: 'Part of the sign-in log of this window was never read: it begins later, or the log had dropped it.',
    de: 'Ein Teil des Anmeldeprotokolls dieses Fensters wurde nie gelesen: Es beginnt später, oder das Protokoll hatte ihn verworfen.',
  },
};

function notRead(logs: readonly LogState[]): Problem {
  const why = logs.find((log) => log.why !== null)?.why ?? null;
  return {
    code: 'sign_ins_not_read',
    problem: {
      en: `The sign-in logs were not read yet${why === null ? '.' : `: ${why}`}`,
      de: `Die Anmeldeprotokolle wurden noch nicht gelesen${why === null ? '.' : `: ${why}`}`,
    },
  };
}

function stale(logs: readonly LogState[], readTo: string): Problem {
  const why = logs.find((log) => log.why !== null)?.why ?? null;
  return {
    code: 'sign_ins_not_read',
    problem: {
      en: `The sign-in logs were last read up to ${readTo}${why === null ? '.' : `: ${why}`}`,
      de: `Die Anmeldeprotokolle wurden zuletzt bis ${readTo} gelesen${why === null ? '.' : `: ${why}`}`,
    },
  };
}
