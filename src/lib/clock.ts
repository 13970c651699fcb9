/**
 * Time as an argument. Nothing else in the product asks the machine for the time: business code receives a `Clock`,
 * a core receives the instant itself.
 */
export type Clock = {
  /** Milliseconds since the epoch, in this clock's time. */
  now(): number;
  /** Resolves once this clock has passed `ms` further milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * The same for how long an answer is waited for: a clock that hurries through pauses leaves that to the machine which
   * answers. Absent: as `sleep`.
   */
  deadline?(ms: number, signal: AbortSignal): Promise<void>;
};

/** A day of 24 hours in milliseconds. */
export const DAY_MS = 86_400_000;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => realSleep(ms, signal),
};

/** A clock that runs at the machine's pace but stands `offset()` milliseconds ahead: the sandbox's turned clock. */
export function createOffsetClock(offset: () => number): Clock {
  return { now: () => Date.now() + offset(), sleep: (ms, signal) => realSleep(ms, signal) };
}

/** A clock that only moves when told, for tests and for measuring plans in virtual time. */
export type ManualClock = Clock & {
  /** Moves on by `ms`, waking every sleeper whose time has come, in order. */
  advance(ms: number): void;
  /** Jumps to the earliest sleeper and wakes it; false when nobody sleeps. */
  jump(): boolean;
  /** How many callers are asleep. */
  sleepers(): number;
};

/** Creates a clock that stands at `startMs` until it is advanced. */
export function createManualClock(startMs: number): ManualClock {
  let now = startMs;
  let waiting: { due: number; wake: () => void }[] = [];
  const wakeDue = () => {
    for (;;) {
      const next = waiting.filter((sleeper) => sleeper.due <= now).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) return;
      waiting = waiting.filter((sleeper) => sleeper !== next);
      next.wake();
    }
  };
  return {
    now: () => now,
    sleepers: () => waiting.length,
    advance(ms) {
      now += ms;
      wakeDue();
    },
    jump() {
      if (waiting.length === 0) return false;
      now = Math.max(now, Math.min(...waiting.map((sleeper) => sleeper.due)));
      wakeDue();
      return true;
    },
    sleep(ms, signal) {
      if (ms <= 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const sleeper = { due: now + ms, wake: resolve };
        waiting.push(sleeper);
        signal?.addEventListener(
          'abort',
          () => {
            waiting = waiting.filter((other) => other !== sleeper);
            reject(signal.reason as Error);
          },
          { once: true },
        );
      });
    },
  };
}

function realSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.max(0, ms),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
