/** On which days and at which times a phase may be enforced (safety rule S29). Days are `YYYY-MM-DD`, times `HH:MM`. */
import { dayAfter, weekdayOf } from '../../lib/local-time.ts';
import type { ProcedureCalendar, Sentence } from './phase-types.core.ts';

/** Why nothing is enforced on this day at all; null when something may be. */
export function dayRefusal(day: string, calendar: ProcedureCalendar): Sentence | null {
  if (!calendar.workdays.includes(weekdayOf(day))) {
    return { en: `${day} is no working day.`, de: `${day} ist kein Arbeitstag.` };
  }
  if (calendar.holidays.includes(day)) return { en: `${day} is a holiday.`, de: `${day} ist ein Feiertag.` };
  const freeze = calendar.freezes.find(({ from, to }) => from <= day && day <= to);
  if (freeze === undefined) return null;
  return {
    en: `Nothing is changed from ${freeze.from} to ${freeze.to}: ${freeze.why}.`,
    de: `Vom ${freeze.from} bis ${freeze.to} wird nichts geändert: ${freeze.why}.`,
  };
}

/** Why nothing is enforced at this moment of the customer's day; null when it may be. */
export function momentRefusal(moment: { day: string; time: string }, calendar: ProcedureCalendar): Sentence | null {
  const day = dayRefusal(moment.day, calendar);
  if (day !== null) return day;
  const until = untilOf(moment.day, calendar);
  if (moment.time >= calendar.enforceFrom && moment.time < until) return null;
  return {
    en: `Phases are enforced between ${calendar.enforceFrom} and ${until}, while the helpdesk is there.`,
    de: `Phasen werden zwischen ${calendar.enforceFrom} und ${until} Uhr erzwungen, solange der Helpdesk besetzt ist.`,
  };
}

/** On Friday nothing is enforced after its own time: nobody would be there to mend it. */
function untilOf(day: string, { enforceUntil, fridayUntil }: ProcedureCalendar): string {
  return weekdayOf(day) === 5 && fridayUntil < enforceUntil ? fridayUntil : enforceUntil;
}

/** Days looked at before it is said that there is none: a calendar of freezes without end must not loop for ever. */
const DAYS_MAX = 3 * 366;

/**
 * The first day from `day` on, or null within three years, on which something may be enforced and which lies `count` such
 * days after the first of them.
 */
export function workDayAfter(day: string, count: number, calendar: ProcedureCalendar): string | null {
  let left = count;
  let at = day;
  for (let looked = 0; looked < DAYS_MAX; looked += 1) {
    if (dayRefusal(at, calendar) === null) {
      if (left === 0) return at;
      left -= 1;
    }
    at = dayAfter(at, 1);
  }
  return null;
}
