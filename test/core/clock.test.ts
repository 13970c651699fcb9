import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock, createOffsetClock, systemClock } from '../../src/lib/clock.ts';

describe('manual clock', () => {
  it('wakes sleepers in the order of their time, and nobody early', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 1000 }),
        async (naps, step) => {
          const clock = createManualClock(5_000);
          const woken: number[] = [];
          const sleeps = naps.map(async (nap) => {
            await clock.sleep(nap);
            woken.push(nap);
          });
          clock.advance(step);
          await Promise.resolve();
          await Promise.resolve();
          expect(woken).toEqual(naps.filter((nap) => nap <= step).sort((a, b) => a - b));
          while (clock.jump());
          await Promise.all(sleeps);
          expect(clock.now()).toBe(5_000 + Math.max(step, ...naps, 0));
          expect(clock.sleepers()).toBe(0);
        },
      ),
    );
  });

  it('forgets a sleeper that was called off, and tells it why', async () => {
    const clock = createManualClock(0);
    const stop = new AbortController();
    const sleep = clock.sleep(10, stop.signal);
    stop.abort(new Error('stopping'));
    await expect(sleep).rejects.toThrow('stopping');
    expect(clock.jump()).toBe(false);
  });
});

describe('running clocks', () => {
  it('stand ahead by their offset', () => {
    const ahead = createOffsetClock(() => 86_400_000).now() - systemClock.now();
    expect(ahead).toBeGreaterThan(86_000_000);
    expect(ahead).toBeLessThan(87_000_000);
  });

  it('refuse to sleep once called off', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopping'));
    await expect(systemClock.sleep(1_000_000, stop.signal)).rejects.toThrow('stopping');
    const later = new AbortController();
    const sleep = systemClock.sleep(1_000_000, later.signal);
    later.abort(new Error('stopping later'));
    await expect(sleep).rejects.toThrow('stopping later');
  });
});
