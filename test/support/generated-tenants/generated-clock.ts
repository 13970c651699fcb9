import { type Clock, systemClock } from '../../../src/lib/clock.ts';

/** Pauses of this length and longer are the deadlines of calls: they belong to the machine that answers. */
const DEADLINE_MS = 30_000;

export type GeneratedClock = Clock & {
  /** Moves on to an instant; never back. */
  moveTo(instantMs: number): void;
};

/**
 * A clock that stands still until it is moved, and moves by itself while somebody pauses: thousands of rollouts of weeks
 * each pass in the time that their work takes.
 */
export function createGeneratedClock(startMs: number): GeneratedClock {
  let now = startMs;
  return {
    now: () => now,
    moveTo: (instantMs) => {
      now = Math.max(now, instantMs);
    },
    sleep: async (ms, signal) => {
      if (ms >= DEADLINE_MS) {
        await systemClock.sleep(ms, signal);
        return;
      }
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
      now += Math.max(0, Math.round(ms));
    },
  };
}
