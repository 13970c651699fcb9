/**
 * How many people will be able to answer MFA by the deadline, from how fast those who could not came to be able lately.
 * Each day everybody who is left enrols with the same chance; the chance is what was seen of it in the last days. The
 * range is that of a count of enrolments as rare as these (normal approximation of a Poisson count, four in five).
 */

import { msOf } from '../../lib/instant.ts';

/** How many of the people in scope could answer MFA at the end of a day. Days `YYYY-MM-DD`. */
export type DayCount = { day: string; people: number; capable: number };

export type ForecastAsked = { today: string; deadline: string; days: readonly DayCount[] };

type Range = { low: number; expected: number; high: number };

export type Forecast =
  | { kind: 'done' }
  /** The deadline has passed. */
  | { kind: 'over'; left: number }
  | { kind: 'notEnough'; days: number; daysNeeded: number }
  | {
      kind: 'expected';
      by: string;
      /** Of everybody in scope, in whole percent, never rounded up. */
      percent: Range;
      /** Who will not be able by then. `low` is the favourable end. */
      atRisk: Range;
      /** Of a hundred who are left, so many enrol in a day. */
      perHundredADay: number;
      /** The days that this rests on. */
      basis: { from: string; to: string; enrolled: number };
    };

/** Fewer days show the mood of one morning. */
const DAYS_NEEDED = 3;
/** Older days tell of another message, or of another phase. */
const DAYS_LOOKED_AT = 14;
/** Standard deviations on either side of a range in which four of five such counts lie. */
const SPREAD = 1.28;
const DAY_MS = 86_400_000;

/**
 * What to expect by the deadline. Never promises more than the counts show: without enough days it says so, and people who
 * came in scope later count as left until they were seen to enrol.
 */
export function forecastOf({ today, deadline, days }: ForecastAsked): Forecast {
  const known = days.filter(({ day }) => day <= today).toSorted((a, b) => (a.day < b.day ? -1 : 1));
  const last = known.at(-1);
  if (last === undefined) return { kind: 'notEnough', days: 0, daysNeeded: DAYS_NEEDED };
  const left = Math.max(0, last.people - last.capable);
  if (left === 0) return { kind: 'done' };
  const ahead = daysBetween(today, deadline);
  if (ahead < 0) return { kind: 'over', left };
  const recent = known.filter(({ day }) => daysBetween(day, last.day) <= DAYS_LOOKED_AT);
  const seen = seenOf(recent);
  if (seen.days < DAYS_NEEDED) return { kind: 'notEnough', days: seen.days, daysNeeded: DAYS_NEEDED };
  const share = (enrolled: number) => Math.min(1, Math.max(0, enrolled) / seen.personDays);
  const stay = (enrolled: number) => Math.round(left * (1 - share(enrolled)) ** ahead);
  const spread = SPREAD * Math.sqrt(seen.enrolled + 1);
  const atRisk = {
    low: stay(seen.enrolled + 1 + spread),
    expected: stay(seen.enrolled),
    high: stay(seen.enrolled - spread),
  };
  const percent = (risk: number) => Math.floor((100 * (last.people - risk)) / last.people);
  return {
    kind: 'expected',
    by: deadline,
    percent: { low: percent(atRisk.high), expected: percent(atRisk.expected), high: percent(atRisk.low) },
    atRisk,
    perHundredADay: Math.round(1000 * share(seen.enrolled)) / 10,
    basis: { from: recent[0]?.day ?? last.day, to: last.day, enrolled: seen.enrolled },
  };
}

type Seen = { days: number; enrolled: number; personDays: number };

/** Enrolments between one count and the next, and for how many days how many people could have enrolled. */
function seenOf(counts: readonly DayCount[]): Seen {
  const seen: Seen = { days: 0, enrolled: 0, personDays: 0 };
  for (const [place, count] of counts.entries()) {
    const before = counts[place - 1];
    if (before === undefined) continue;
    const passed = daysBetween(before.day, count.day);
    seen.days += passed;
    seen.enrolled += Math.max(0, count.capable - before.capable);
    seen.personDays += passed * Math.max(1, before.people - before.capable);
  }
  return seen;
}

function daysBetween(from: string, to: string): number {
  return Math.round((msOf(to) - msOf(from)) / DAY_MS);
}

/** One step of the plan: so many people shall be able from this day on. */
export type PlanStep = { day: string; people: number };

/** How many people shall be able when, by the days on which the phases are enforced; the last step is everybody. */
export function planOf(phases: readonly { enforceOn: string; people: number }[]): PlanStep[] {
  const days = [...new Set(phases.map(({ enforceOn }) => enforceOn))].sort();
  return days.map((day) => {
    const due = phases.filter(({ enforceOn }) => enforceOn <= day);
    return { day, people: due.reduce((sum, { people }) => sum + people, 0) };
  });
}
