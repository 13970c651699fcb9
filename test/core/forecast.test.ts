import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DayCount, forecastOf, planOf } from '../../src/rollout/forecast/forecast.core.ts';
import { forecastSentence } from '../../src/rollout/forecast/forecast-texts.core.ts';

const day = (n: number) => new Date(Date.UTC(2027, 0, 11) + n * 86_400_000).toISOString().slice(0, 10);
const counts = (...capable: number[]): DayCount[] =>
  capable.map((one, n) => ({ day: day(n), people: 100, capable: one }));

describe('what to expect by the deadline', () => {
  it('says that there is not enough history before three days have passed', () => {
    const asked = { today: day(2), deadline: day(20) };
    expect(forecastOf({ ...asked, days: [] })).toEqual({ kind: 'notEnough', days: 0, daysNeeded: 3 });
    expect(forecastOf({ ...asked, days: counts(10, 20, 30) })).toEqual({ kind: 'notEnough', days: 2, daysNeeded: 3 });
  });

  it('lets those who are left enrol as fast as those before them', () => {
    // Of 100, 80, 64 and 51 who were left, a fifth enrolled each day.
    const days = counts(0, 20, 36, 49, 59);
    const found = forecastOf({ today: day(4), deadline: day(7), days });
    expect(found).toMatchObject({
      kind: 'expected',
      perHundredADay: 20,
      atRisk: { expected: 21 },
      percent: { expected: 79 },
    });
  });

  it('expects nobody more when nobody enrolled, and says how many are at risk', () => {
    const found = forecastOf({ today: day(3), deadline: '2027-03-12', days: counts(92, 92, 92, 92) });
    expect(found).toMatchObject({ kind: 'expected', percent: { expected: 92 }, atRisk: { expected: 8, high: 8 } });
    expect(forecastSentence(found).en).toContain('92 % by Friday 12 March 2027, 8 people at risk');
  });

  it('is done when nobody is left, and over after the deadline', () => {
    expect(forecastOf({ today: day(1), deadline: day(5), days: counts(90, 100) })).toEqual({ kind: 'done' });
    expect(forecastOf({ today: day(9), deadline: day(5), days: counts(90, 91) })).toEqual({ kind: 'over', left: 9 });
  });

  it('stays within what is possible, and its range holds what is expected', () => {
    const history = fc.array(
      fc.record({ people: fc.integer({ min: 1, max: 500 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 60 }), (rows, ahead) => {
        const days = rows.map(({ people, share }, n) => ({ day: day(n), people, capable: Math.floor(people * share) }));
        const last = days.at(-1) ?? { people: 0, capable: 0 };
        const found = forecastOf({ today: day(rows.length - 1), deadline: day(rows.length - 1 + ahead), days });
        if (found.kind !== 'expected') return;
        const { atRisk, percent } = found;
        expect(atRisk.low).toBeLessThanOrEqual(atRisk.expected);
        expect(atRisk.expected).toBeLessThanOrEqual(atRisk.high);
        expect(atRisk.high).toBeLessThanOrEqual(last.people - last.capable);
        expect(percent.low).toBeLessThanOrEqual(percent.expected);
        expect(percent.high).toBeLessThanOrEqual(100);
        if (ahead === 0) expect(atRisk.expected).toBe(last.people - last.capable);
      }),
    );
  });

  it('expects no fewer the later the deadline is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 12 }),
        fc.integer({ min: 0, max: 40 }),
        (capable, ahead) => {
          const days = counts(...capable);
          const today = day(capable.length - 1);
          const at = (more: number) => forecastOf({ today, deadline: day(capable.length - 1 + more), days });
          const [soon, late] = [at(ahead), at(ahead + 5)];
          if (soon.kind !== 'expected' || late.kind !== 'expected') return;
          expect(late.percent.expected).toBeGreaterThanOrEqual(soon.percent.expected);
        },
      ),
    );
  });
});

describe('the plan', () => {
  it('adds up the phases by the days on which they are enforced', () => {
    const phases = [
      { enforceOn: '2027-02-01', people: 30 },
      { enforceOn: '2027-01-20', people: 5 },
      { enforceOn: '2027-01-20', people: 7 },
    ];
    expect(planOf(phases)).toEqual([
      { day: '2027-01-20', people: 12 },
      { day: '2027-02-01', people: 42 },
    ]);
  });
});
