import { type Clock, systemClock } from '../lib/clock.ts';

export type RehearsalClock = Clock & {
  /** The same time for whoever answers calls: his pauses pass whether a call is under way or not. */
  answering: Clock;
};

type Sleeper = { due: number; order: number; wake(): void };

/** Longer pauses are plans, such as the store's upkeep: they never end here. */
const PAUSE_MS_MAX = 15 * 60_000;

/**
 * A clock that stands still until it is moved, and goes to the end of the next pause by itself once no answer is waited
 * for: a pace of calls costs no real time, and what a vendor shows some seconds later is shown. How long an answer is
 * waited for is the machine's own time. Whoever pauses goes on in the order of time, then of asking.
 */
export function createRehearsalClock(startMs: number): RehearsalClock {
  const state = { now: startMs, answers: 0, order: 0, isPlanned: false };
  const sleepers = new Set<Sleeper>();
  const wakeDue = () => {
    const due = [...sleepers].filter((one) => one.due <= state.now).sort((a, b) => a.due - b.due || a.order - b.order);
    for (const one of due) one.wake();
  };
  const next = () => Math.min(...[...sleepers].map(({ due }) => due));
  const hurry = () => {
    if (state.isPlanned) return;
    state.isPlanned = true;
    // After whatever is ready to run has run: it may begin a call, or another pause that ends earlier.
    setImmediate(() => {
      state.isPlanned = false;
      const until = next();
      if (state.answers > 0 || until - state.now > PAUSE_MS_MAX) return;
      state.now = Math.max(state.now, until);
      wakeDue();
      if (sleepers.size > 0) hurry();
    });
  };
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const end = (settle: () => void) => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const onAbort = () => end(() => reject(signal?.reason as Error));
      state.order += 1;
      const due = state.now + Math.max(0, Math.round(ms));
      const sleeper: Sleeper = { due, order: state.order, wake: () => end(resolve) };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
      hurry();
    });
  const deadline = async (ms: number, signal: AbortSignal) => {
    state.answers += 1;
    try {
      await systemClock.sleep(ms, signal);
    } finally {
      state.answers -= 1;
      hurry();
    }
  };
  const now = () => state.now;
  return {
    ...{ now, sleep, deadline },
    answering: {
      now,
      sleep: async (ms, signal) => {
        await systemClock.sleep(ANSWER_REAL_MS, signal);
        state.now += Math.max(0, Math.round(ms));
        wakeDue();
      },
    },
  };
}

const ANSWER_REAL_MS = 1;
