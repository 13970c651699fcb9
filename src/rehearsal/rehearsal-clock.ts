import { type Clock, systemClock } from '../lib/clock.ts';

/** Pauses before a vendor is asked again last so much shorter than they say. */
const TIMES_FASTER = 500;

export type RehearsalClock = Clock & {
  /** Moves on to an instant; never back. */
  moveTo(instantMs: number): void;
};

/**
 * A clock that stands still until it is moved, and moves by itself only while somebody pauses, so that what a vendor
 * shows some seconds later is shown. Whole seconds are deadlines of calls, which keep their length: they belong to the
 * machine that answers.
 */
export function createRehearsalClock(startMs: number): RehearsalClock {
  let now = startMs;
  return {
    now: () => now,
    moveTo: (instantMs) => {
      now = Math.max(now, instantMs);
    },
    sleep: async (ms, signal) => {
      if (ms % 1000 === 0) {
        await systemClock.sleep(ms, signal);
        return;
      }
      await systemClock.sleep(ms / TIMES_FASTER, signal);
      now += Math.max(0, Math.round(ms));
    },
  };
}
