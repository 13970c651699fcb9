import { expect, it } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Database } from '../../src/store/database.ts';
import { keepUp } from '../../src/work/upkeep.ts';
import { describeStore } from '../support/store.ts';

const HOUR_MS = 3_600_000;

describeStore('upkeep', (store) => {
  it('looks after the store every six hours, also after a failure, and ends with the process', async () => {
    const database = await store.open();
    const clock = createManualClock(0);
    const stop = new AbortController();
    let calls = 0;
    let done: (() => void) | undefined;
    const watched: Database = {
      ...database,
      maintain: async () => {
        calls += 1;
        await database.maintain();
        done?.();
        if (calls === 1) throw new Error('busy');
      },
    };
    const customers = { list: async () => [] };
    const running = keepUp({
      ...{ database: watched, clock, log: silentLog, signal: stop.signal },
      ...{ customers, forgettings: [] },
    });
    for (const expected of [1, 2, 3]) {
      const finished = new Promise<void>((resolve) => {
        done = resolve;
      });
      clock.advance(6 * HOUR_MS);
      await finished;
      expect(calls).toBe(expected);
      while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort(new Error('stopping'));
    await running;
  });

  it('forgets old rows in batches, one customer after the other, and one failure stops nobody', async () => {
    const database = await store.open();
    const clock = createManualClock(0);
    const stop = new AbortController();
    const left: Record<string, number> = { first: 2, broken: 1, last: 3 };
    const maintained = Promise.withResolvers<void>();
    const running = keepUp({
      ...{ clock, log: silentLog, signal: stop.signal },
      database: { ...database, maintain: async () => maintained.resolve() },
      customers: { list: async () => Object.keys(left).map((id) => ({ id })) },
      forgettings: [
        async (id) => {
          if (id === 'broken') throw new Error('no');
          const count = Math.min(1, left[id] ?? 0);
          left[id] = (left[id] ?? 0) - count;
          return count;
        },
      ],
    });
    clock.advance(6 * HOUR_MS);
    await maintained.promise;
    while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(left).toEqual({ first: 0, broken: 1, last: 0 });
    stop.abort(new Error('stopping'));
    await running;
  });
});
