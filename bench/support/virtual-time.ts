import { type Clock, createManualClock } from '../../src/lib/clock.ts';

/**
 * One clock for the product, its peers and the sandbox, which stands still while anything is being sent, answered or
 * worked on and jumps to the next sleeper when nothing is: windows of seconds pass in milliseconds, and how long a
 * plan takes is a number without noise.
 */
export type VirtualTime = {
  now(): number;
  /** For the callers. A call is under way from the moment its deadline begins to run until that is called off. */
  callers: Clock;
  /** For whoever waits for a limit or for a time of day, however long. */
  waiters: Clock;
  /** For the sandbox, which sleeps only where an answer is delayed on purpose. */
  vendors: Clock;
  /** Marks a call of somebody who sets no deadline on this clock. */
  call<T>(make: () => Promise<T>): Promise<T>;
  /** Does the work to its end, moving the clock whenever everybody waits for it. */
  run<T>(work: () => Promise<T>): Promise<T>;
};

/**
 * The product lets a call run into a deadline of a minute; nothing that is measured here sleeps so long for another
 * reason. Were this wrong, the clock would jump too early and the product would look slower than it is, never faster.
 */
const DEADLINE_FROM_MS = 60_000;
/** Turns of the event loop without any event, after which nobody is about to do something. */
const QUIET_TURNS = 12;

/** Creates a clock that stands at `startMs` until `run` moves it. */
export function createVirtualTime(startMs: number): VirtualTime {
  const manual = createManualClock(startMs);
  const state = { underWay: 0, delayed: 0, events: 0 };
  const during = async <T>(count: 'underWay' | 'delayed', make: () => Promise<T>): Promise<T> => {
    state[count] += 1;
    state.events += 1;
    try {
      return await make();
    } finally {
      state[count] -= 1;
      state.events += 1;
    }
  };
  const counted = (count: 'underWay' | 'delayed', fromMs: number): Clock => ({
    now: () => manual.now(),
    sleep(ms, signal) {
      state.events += 1;
      const sleep = () => manual.sleep(ms, signal);
      return ms < fromMs ? sleep() : during(count, sleep);
    },
  });
  const isQuiet = async () => {
    const seen = state.events;
    for (let turn = 0; turn < QUIET_TURNS; turn += 1) {
      if (state.underWay !== state.delayed || state.events !== seen) return false;
      await nextTurn();
    }
    return true;
  };
  return {
    now: () => manual.now(),
    callers: counted('underWay', DEADLINE_FROM_MS),
    waiters: counted('underWay', Number.POSITIVE_INFINITY),
    vendors: counted('delayed', 1),
    call: (make) => during('underWay', make),
    async run(work) {
      const progress = { done: false };
      const result = work().finally(() => {
        progress.done = true;
      });
      // Whoever awaits the result hears of its failure; here it only ends the loop.
      result.catch(() => undefined);
      while (!progress.done) {
        if (await isQuiet()) manual.jump();
        await nextTurn();
      }
      return result;
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
