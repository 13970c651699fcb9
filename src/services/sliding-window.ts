/**
 * Counts what was spent within a sliding window. A vendor counts a call at some moment between its sending and its
 * answer, so a call occupies its place from the start until a whole window after its end: however long a call takes,
 * no window on the vendor's side ever holds more than the limit.
 */
export type WindowLimit = { limit: number; windowMs: number };

export type SlidingWindow = {
  /** The earliest moment at which `cost` more may start; Infinity while that depends on a call still under way. */
  freeAt(cost: number, now: number): number;
  start(cost: number): void;
  finish(cost: number, now: number): void;
  /** Whether nothing counts any more: a new window would say the same. */
  isEmpty(now: number): boolean;
};

/** Creates an empty window. A call dearer than the limit counts as the whole limit, so that it can start at all. */
export function createSlidingWindow({ limit, windowMs }: WindowLimit): SlidingWindow {
  const charged = (cost: number) => Math.min(Math.max(cost, 0), limit);
  let ended: { at: number; cost: number }[] = [];
  let endedCost = 0;
  let running = 0;

  const forget = (now: number) => {
    const first = ended.findIndex((entry) => entry.at + windowMs > now);
    const gone = first === -1 ? ended : ended.slice(0, first);
    if (gone.length === 0) return;
    endedCost -= gone.reduce((sum, entry) => sum + entry.cost, 0);
    ended = first === -1 ? [] : ended.slice(first);
  };

  return {
    freeAt(cost, now) {
      forget(now);
      let excess = running + endedCost + charged(cost) - limit;
      if (excess <= 0) return now;
      for (const entry of ended) {
        excess -= entry.cost;
        if (excess <= 0) return entry.at + windowMs;
      }
      return Number.POSITIVE_INFINITY;
    },
    start(cost) {
      running += charged(cost);
    },
    finish(cost, now) {
      running -= charged(cost);
      ended.push({ at: now, cost: charged(cost) });
      endedCost += charged(cost);
    },
    isEmpty(now) {
      forget(now);
      return running === 0 && ended.length === 0;
    },
  };
}
