/*
 * Reading a log a second time without counting anything twice. Entra writes a sign-in or an audit into its log minutes
 * after it happened, and in no order: whoever goes on where the last reading stopped misses what came late. So the next
 * reading begins an overlap earlier, and what was read of that span before is left out by its id.
 */

/** Where a reading ended and what it had read of the span that is read again. Stored; changes need a migration. */
export type LogMark = { readTo: string; known: readonly string[] };

/** A span of a log, ISO 8601 in UTC, both ends included. */
export type LogSpan = { from: string; to: string };

export type LogRules = {
  /** How late an entry may come: sign-ins were seen up to eleven minutes late, without a promise. */
  overlapMs: number;
  /** How far the log reaches back: 30 days with a premium licence, 7 without. */
  retentionMs: number;
};

export type LogPlan = {
  window: LogSpan;
  /** What the log has dropped before it could be read; null where nothing is missing. */
  lost: LogSpan | null;
};

/** What to read now: from the mark less the overlap, or from the given beginning; never what the log has dropped. */
export function planLogRead(read: { mark?: LogMark | undefined; from: string; now: number }, rules: LogRules): LogPlan {
  const { mark, now } = read;
  const oldest = now - rules.retentionMs;
  const unread = Math.min(Date.parse(mark === undefined ? read.from : mark.readTo), now);
  const from = mark === undefined ? unread : unread - rules.overlapMs;
  const at = (instant: number) => new Date(instant).toISOString();
  return {
    window: { from: at(Math.max(from, oldest)), to: at(now) },
    lost: unread < oldest ? { from: at(unread), to: at(oldest) } : null,
  };
}

export type LogEntry = { id: string; at: string };

export type LogSieve = {
  /** The entries of a page that were not handed out before, in their order. */
  fresh<T>(page: readonly T[], entryOf: (row: T) => LogEntry): T[];
  /** Where the next reading goes on, once this one has come to its end. */
  mark(): LogMark;
};

/** An entry that arrives while pages are read pushes others onto the next page, where they come again. */
const PAGES_REMEMBERED = 3;

/**
 * Creates the sieve of one reading. It remembers the ids of the overlap and of the last few pages, so that its memory
 * follows from how much happens within the overlap and not from the length of the window.
 */
export function createLogSieve({
  mark,
  window,
  overlapMs,
}: {
  mark?: LogMark | undefined;
  window: LogSpan;
  overlapMs: number;
}): LogSieve {
  const known = new Set(mark?.known);
  const keptFrom = Date.parse(window.to) - overlapMs;
  const kept = new Set<string>();
  const pages: Set<string>[] = [];
  // What cannot be dated is remembered rather than counted twice.
  const isKept = (at: string) => !(Date.parse(at) < keptFrom);
  const isSeen = (id: string) => known.has(id) || kept.has(id) || pages.some((page) => page.has(id));
  return {
    fresh(page, entryOf) {
      const own = new Set<string>();
      pages.push(own);
      if (pages.length > PAGES_REMEMBERED) pages.shift();
      return page.filter((row) => {
        const { id, at } = entryOf(row);
        const isFresh = !isSeen(id);
        own.add(id);
        if (isKept(at)) kept.add(id);
        return isFresh;
      });
    },
    mark: () => ({ readTo: window.to, known: [...kept] }),
  };
}
