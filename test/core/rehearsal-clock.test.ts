import { describe, expect, it } from 'vitest';
import { createRehearsalClock } from '../../src/rehearsal/rehearsal-clock.ts';

const START = Date.parse('2027-01-11T08:00:00Z');

describe('the clock of a rehearsal', () => {
  it('stands still until it is moved, and never goes back', () => {
    const clock = createRehearsalClock(START);
    expect(clock.now()).toBe(START);
    clock.moveTo(START + 3_600_000);
    clock.moveTo(START);
    expect(clock.now()).toBe(START + 3_600_000);
  });

  it('lets a pause before another try pass in its own time', async () => {
    const clock = createRehearsalClock(START);
    await clock.sleep(1_501);
    expect(clock.now()).toBe(START + 1_501);
  });

  it('leaves deadlines of calls to the machine', async () => {
    const clock = createRehearsalClock(START);
    const call = new AbortController();
    const deadline = clock.sleep(30_000, call.signal);
    call.abort(new Error('answered'));
    await expect(deadline).rejects.toThrow('answered');
    expect(clock.now()).toBe(START);
  });
});
