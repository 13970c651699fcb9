import { describe, expect, it } from 'vitest';
import { createRehearsalClock } from '../../src/rehearsal/rehearsal-clock.ts';

const START = Date.parse('2027-01-11T08:00:00Z');

describe('the clock of a rehearsal', () => {
  it('lets a pause pass in its own time, however long a vendor asks to wait', async () => {
    const clock = createRehearsalClock(START);
    await clock.sleep(60_000);
    expect(clock.now()).toBe(START + 60_000);
  });

  it('ends pauses in the order of time, and goes no further than the first', async () => {
    const clock = createRehearsalClock(START);
    const ended: [string, number][] = [];
    const pause = (name: string, ms: number) => clock.sleep(ms).then(() => ended.push([name, clock.now() - START]));
    await Promise.all([pause('late', 2_000), pause('early', 500), pause('also early', 500)]);
    expect(ended).toEqual([
      ['early', 500],
      ['also early', 500],
      ['late', 2_000],
    ]);
  });

  it('stands still while an answer is waited for, whose deadline is the machine\u2019s', async () => {
    const clock = createRehearsalClock(START);
    const call = new AbortController();
    const deadline = clock.deadline?.(30_000, call.signal) ?? Promise.resolve();
    const pause = clock.sleep(1_000);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(clock.now()).toBe(START);
    call.abort(new Error('answered'));
    await expect(deadline).rejects.toThrow('answered');
    await pause;
    expect(clock.now()).toBe(START + 1_000);
  });

  it('never ends what is planned for hours later', async () => {
    const clock = createRehearsalClock(START);
    const stop = new AbortController();
    const plan = clock.sleep(6 * 3_600_000, stop.signal);
    await clock.sleep(1);
    stop.abort(new Error('stopped'));
    await expect(plan).rejects.toThrow('stopped');
    expect(clock.now()).toBe(START + 1);
  });
});
