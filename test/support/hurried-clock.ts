import { type Clock, systemClock } from '../../src/lib/clock.ts';

const TIMES_FASTER = 200;

/**
 * The machine's time for somebody in a hurry: the pause before a vendor is asked again lasts a two-hundredth, so that
 * five tries of one that is down are made at once. Such a pause carries jitter; whole seconds are deadlines of calls and
 * the worker's looks for work, which keep their length.
 */
export const hurriedClock: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms % 1000 === 0 ? ms : ms / TIMES_FASTER, signal),
};
