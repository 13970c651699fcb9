import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../src/lib/clock.ts';
import { createPacer, type Pacer, type Priority } from '../../src/services/pacer.ts';

/** Lets every promise that can go on do so; nothing here waits for the machine's time. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Drives the clock from one due moment to the next until all work is done. */
async function drain(clock: ManualClock, work: Promise<unknown>): Promise<void> {
  const state = { done: false };
  const mark = () => {
    state.done = true;
  };
  work.then(mark, mark);
  for (;;) {
    await settle();
    if (state.done) return;
    if (!clock.jump()) throw new Error('work waits for nothing');
  }
}

type Started = { at: number; lane: string; name: string };

function recorder(clock: ManualClock, pacer: Pacer, tookMs = 0) {
  const started: Started[] = [];
  const call = (
    lane: string,
    name: string,
    options: { priority?: Priority; cost?: number; signal?: AbortSignal } = {},
  ) =>
    pacer.run({ lane, ...options }, async () => {
      started.push({ at: clock.now(), lane, name });
      if (tookMs > 0) await clock.sleep(tookMs);
    });
  return { started, call };
}

function mostWithin(starts: readonly number[], windowMs: number): number {
  return Math.max(0, ...starts.map((from) => starts.filter((at) => at >= from && at < from + windowMs).length));
}

describe('createPacer', () => {
  it('keeps no more calls of a lane under way than allowed, and holds no other lane up', async () => {
    const clock = createManualClock(0);
    const wide = { limit: 1_000, windowMs: 1_000 };
    const { started, call } = recorder(clock, createPacer({ clock, perLane: wide, concurrentPerLane: 2 }), 50);
    const calls = ['1', '2', '3', '4', '5'].map((name) => call('a', name));
    await drain(clock, Promise.all([...calls, call('b', 'other')]));
    expect(started.map(({ at, name }) => [at, name])).toEqual([
      [0, '1'],
      [0, '2'],
      [0, 'other'],
      [50, '3'],
      [50, '4'],
      [100, '5'],
    ]);
  });

  it('never starts more than the limit within a window, and ends when the formula says', async () => {
    const inputs = fc.record({
      limit: fc.integer({ min: 1, max: 7 }),
      windowMs: fc.integer({ min: 100, max: 10_000 }),
      calls: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ limit, windowMs, calls }) => {
        const clock = createManualClock(1_000);
        const { started, call } = recorder(clock, createPacer({ clock, perLane: { limit, windowMs } }));
        await drain(clock, Promise.all(Array.from({ length: calls }, (_, index) => call('a', String(index)))));
        const starts = started.map(({ at }) => at);
        expect(mostWithin(starts, windowMs)).toBeLessThanOrEqual(limit);
        expect(clock.now() - 1_000).toBe(windowMs * Math.floor((calls - 1) / limit));
        expect(started.map(({ name }) => Number(name))).toEqual([...Array(calls).keys()]);
      }),
      { numRuns: 40 },
    );
  });

  it('holds the limit from the end of slow calls on, whenever the vendor counted them', async () => {
    const clock = createManualClock(0);
    const { started, call } = recorder(clock, createPacer({ clock, perLane: { limit: 2, windowMs: 1_000 } }), 300);
    await drain(clock, Promise.all(['1', '2', '3'].map((name) => call('a', name))));
    expect(started.map(({ at }) => at)).toEqual([0, 0, 1_300]);
  });

  it('keeps a shared limit over all lanes and serves the lanes in turn', async () => {
    const clock = createManualClock(0);
    const pacer = createPacer({
      clock,
      perLane: { limit: 5, windowMs: 10_000 },
      shared: { limit: 6, windowMs: 10_000 },
    });
    const { started, call } = recorder(clock, pacer);
    const lanes = ['a', 'a', 'a', 'a', 'a', 'a', 'b', 'b', 'c', 'c'];
    await drain(clock, Promise.all(lanes.map((lane, index) => call(lane, String(index)))));
    expect(
      mostWithin(
        started.map(({ at }) => at),
        10_000,
      ),
    ).toBe(6);
    // `a` came first and took its own limit; after that, whoever was served longest ago goes first.
    expect(started.filter(({ at }) => at === 0).map(({ lane }) => lane)).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
    expect(started.filter(({ at }) => at === 10_000).map(({ lane }) => lane)).toEqual(['c', 'a', 'b', 'c']);
  });

  it('reads a fleet of tenants in the time the shared limit allows', async () => {
    const clock = createManualClock(0);
    const perLane = { limit: 5, windowMs: 10_000 };
    const { started, call } = recorder(
      clock,
      createPacer({ clock, perLane, shared: { limit: 122, windowMs: 10_000 } }),
    );
    const tenants = Array.from({ length: 500 }, (_, index) => `tenant-${index}`);
    await drain(clock, Promise.all(tenants.flatMap((tenant) => [call(tenant, '1'), call(tenant, '2')])));
    expect(clock.now()).toBe(80_000);
    expect(
      mostWithin(
        started.map(({ at }) => at),
        10_000,
      ),
    ).toBe(122);
  });

  it('lets an approval go before the calls that wait already', async () => {
    const clock = createManualClock(0);
    const { started, call } = recorder(clock, createPacer({ clock, perLane: { limit: 1, windowMs: 1_000 } }));
    const work = [call('a', 'read 1'), call('a', 'read 2', { priority: 'background' }), call('a', 'read 3')];
    work.push(call('a', 'approval', { priority: 'approval' }));
    await drain(clock, Promise.all(work));
    expect(started.map(({ name }) => name)).toEqual(['read 1', 'approval', 'read 3', 'read 2']);
    expect(started[1]?.at).toBe(1_000);
  });

  it('spends resource units by cost, and lets a call dearer than the limit start alone', async () => {
    const clock = createManualClock(0);
    const { started, call } = recorder(clock, createPacer({ clock, perLane: { limit: 10, windowMs: 1_000 } }));
    const costs = [4, 6, 1, 50];
    await drain(clock, Promise.all(costs.map((cost, index) => call('a', String(index), { cost }))));
    expect(started.map(({ at }) => at)).toEqual([0, 0, 1_000, 2_000]);
  });

  it('spends nothing for a call that was cancelled while it waited', async () => {
    const clock = createManualClock(0);
    const { started, call } = recorder(clock, createPacer({ clock, perLane: { limit: 1, windowMs: 1_000 } }));
    const cancel = new AbortController();
    const first = call('a', 'first');
    const cancelled = call('a', 'cancelled', { signal: cancel.signal });
    const last = call('a', 'last');
    cancel.abort(new Error('stopped'));
    await expect(cancelled).rejects.toThrow('stopped');
    await drain(clock, Promise.all([first, last]));
    expect(started.map(({ name, at }) => [name, at])).toEqual([
      ['first', 0],
      ['last', 1_000],
    ]);
  });

  it('counts a failed call like any other', async () => {
    const clock = createManualClock(0);
    const pacer = createPacer({ clock, perLane: { limit: 1, windowMs: 1_000 } });
    const { started, call } = recorder(clock, pacer);
    await expect(pacer.run({ lane: 'a' }, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await drain(clock, call('a', 'next'));
    expect(started[0]?.at).toBe(1_000);
  });

  it('starts nothing in a lane that the vendor told to pause, and everything elsewhere', async () => {
    const clock = createManualClock(0);
    const pacer = createPacer({ clock, perLane: { limit: 5, windowMs: 1_000 } });
    const { started, call } = recorder(clock, pacer);
    pacer.hold('a', 7_000);
    await drain(clock, Promise.all([call('a', 'held'), call('b', 'free')]));
    expect(started.map(({ name, at }) => [name, at])).toEqual([
      ['free', 0],
      ['held', 7_000],
    ]);
  });

  it('forgets lanes at rest, however many there were, and no lane whose limit still counts', async () => {
    const clock = createManualClock(0);
    const pacer = createPacer({ clock, perLane: { limit: 1, windowMs: 10_000 } });
    pacer.hold('held', 1_000_000);
    for (let lane = 0; lane < 5_000; lane += 1) {
      await pacer.run({ lane: `chat ${lane}` }, () => Promise.resolve());
      clock.advance(100);
    }
    expect(pacer.lanes()).toBeLessThan(1_200);
    const { started, call } = recorder(clock, pacer);
    await drain(clock, Promise.all([call('chat 4999', 'again'), call('held', 'held')]));
    expect(started.map(({ name, at }) => [name, at])).toEqual([
      ['again', 509_900],
      ['held', 1_000_000],
    ]);
  });
});
