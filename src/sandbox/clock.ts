import type { Clock } from '../lib/clock.ts';

/** The sandbox's time: the machine's (or a test's) clock plus an offset that can be turned forward. */
export type SandboxClock = Clock & {
  offsetMs(): number;
  /** Sets the distance from the underlying clock and wakes everybody whose time has come by it. */
  setOffset(offsetMs: number): void;
  /** Lets something happen at an instant: while it does, and not longer, this is the time. Nobody wakes by it. */
  at(instantMs: number, act: () => void): void;
};

/** Puts an adjustable offset on `base`; sleepers wake when either clock brings their time. */
export function createSandboxClock(base: Clock, startOffsetMs: number): SandboxClock {
  let offset = startOffsetMs;
  let turned: (() => void)[] = [];
  let pinned: number | null = null;
  const now = () => pinned ?? base.now() + offset;
  return {
    now,
    offsetMs: () => offset,
    setOffset(offsetMs) {
      offset = offsetMs;
      const waiting = turned;
      turned = [];
      for (const wake of waiting) wake();
    },
    at(instantMs, act) {
      const before = pinned;
      pinned = instantMs;
      try {
        act();
      } finally {
        pinned = before;
      }
    },
    async sleep(ms, signal) {
      const due = now() + ms;
      while (now() < due) {
        signal?.throwIfAborted();
        const turn = new AbortController();
        const either = signal === undefined ? turn.signal : AbortSignal.any([signal, turn.signal]);
        const wake = () => turn.abort();
        turned.push(wake);
        await base.sleep(due - now(), either).catch((error: unknown) => {
          // Being woken by a turn of the clock is not a failure: the loop looks at the time again.
          if (!turn.signal.aborted) throw error;
        });
        turned = turned.filter((other) => other !== wake);
      }
    },
  };
}
