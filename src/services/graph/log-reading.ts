import type { Graph } from './client.ts';
import {
  createLogSieve,
  type LogEntry,
  type LogMark,
  type LogRules,
  type LogSpan,
  planLogRead,
} from './log-mark.core.ts';
import { type Listing, pagesOf, type ReadOptions } from './pages.ts';

/** Four times the longest delay that was seen. */
const OVERLAP_MS = 45 * 60_000;
const RETENTION_MS = 30 * 86_400_000;

export type LogRead<T> = ReadOptions & {
  /** Where the last reading ended; without one the log is read from `from`. */
  mark?: LogMark | undefined;
  from: string;
  now: number;
  rules?: Partial<LogRules>;
  /** Gets each new entry once, page by page; the next page is asked for when it has done with this one. */
  onRows: (rows: T[]) => Promise<void> | void;
};

/**
 * What a reading came to. The mark counts only together with what `onRows` made of the rows: keep both or neither.
 * `lost` is the span that the log had dropped before it was read.
 */
export type LogReading = { kind: 'read'; mark: LogMark; rows: number; pages: number; lost: LogSpan | null };

/** Reads what is new in a log, holding a few pages at most. Throws what reading its pages throws; then no mark is given. */
export async function readNewEntries<T>(
  graph: Graph,
  read: LogRead<T>,
  log: { listing: (window: LogSpan, options: ReadOptions) => Listing<T>; entryOf: (row: T) => LogEntry },
): Promise<LogReading> {
  const { mark, from, now, rules, onRows, ...options } = read;
  const overlapMs = rules?.overlapMs ?? OVERLAP_MS;
  const plan = planLogRead({ mark, from, now }, { overlapMs, retentionMs: rules?.retentionMs ?? RETENTION_MS });
  const sieve = createLogSieve({ mark, window: plan.window, overlapMs });
  const count = { rows: 0, pages: 0 };
  for await (const page of pagesOf(graph, log.listing(plan.window, options))) {
    const fresh = sieve.fresh(page.rows, log.entryOf);
    count.rows += fresh.length;
    count.pages += 1;
    if (fresh.length > 0) await onRows(fresh);
  }
  return { kind: 'read', mark: sieve.mark(), ...count, lost: plan.lost };
}
