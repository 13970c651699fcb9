import type { Clock } from '../lib/clock.ts';

/** A sliding window: at most `limit` units in any `windowMs`. Refused calls keep counting, as Graph's pages say. */
export type Window = { limit: number; windowMs: number };

/** Where a call stands after it was counted: how full the window is and, when refused, how long until one fits. */
export type Verdict = { refused: boolean; used: number; waitMs: number };

type Spent = { at: number; units: number };

/** Counts calls by key on the given clock. */
export type Throttle = {
  count(key: string, window: Window, units?: number): Verdict;
  /** The same for limits under which a refused call costs nothing. */
  take(key: string, window: Window, units?: number): Verdict;
  clear(): void;
};

/** Creates an empty throttle. */
export function createThrottle(clock: Clock): Throttle {
  const spentByKey = new Map<string, Spent[]>();
  const weigh = (key: string, given: { window: Window; units: number; refusedCount: boolean }): Verdict => {
    const { window, units } = given;
    const now = clock.now();
    const spent = (spentByKey.get(key) ?? []).filter((entry) => entry.at > now - window.windowMs);
    const usedBefore = sum(spent);
    const refused = usedBefore + units > window.limit;
    if (!refused || given.refusedCount) spent.push({ at: now, units });
    spentByKey.set(key, spent);
    return { refused, used: usedBefore + units, waitMs: refused ? waitFor(spent, window, { now, units }) : 0 };
  };
  return {
    clear: () => spentByKey.clear(),
    count: (key, window, units = 1) => weigh(key, { window, units, refusedCount: true }),
    take: (key, window, units = 1) => weigh(key, { window, units, refusedCount: false }),
  };
}

/** The time until enough has left the window for `units` more, the present refused call included. */
function waitFor(spent: Spent[], window: Window, next: { now: number; units: number }): number {
  let used = sum(spent);
  for (const entry of spent) {
    used -= entry.units;
    if (used + next.units <= window.limit) return entry.at + window.windowMs - next.now;
  }
  return window.windowMs;
}

function sum(spent: Spent[]): number {
  return spent.reduce((total, entry) => total + entry.units, 0);
}
