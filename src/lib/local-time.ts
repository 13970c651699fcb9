import { DateTime, IANAZone } from 'luxon';
import { AppError } from './errors.ts';

/* Calendar days are `YYYY-MM-DD` and times of day `HH:MM`, both as the customer's clocks on the wall show them. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * The instant at which the wall clocks of a zone show this day and time. Where clocks are put forward, a time that does
 * not exist counts on over the gap (02:30 becomes 03:30); where they are put back, the first of the two is meant. A
 * whole day that a zone left out gives the day after it. Refuses with `bad_day`, `bad_time_of_day` or `bad_time_zone`.
 */
export function instantOf(day: string, at: string, zone: string): Date {
  if (!TIME.test(at)) throw new AppError('bad_time_of_day', `not a time of day: ${at}`);
  const { year, month, day: dayOfMonth } = utcDay(day);
  const [hour, minute] = at.split(':').map(Number);
  const wanted = { year, month, day: dayOfMonth, hour, minute };
  const possible = DateTime.fromObject(wanted, { zone: knownZone(zone) }).getPossibleOffsets();
  return new Date(Math.min(...possible.map((one) => one.toMillis())));
}

/** The calendar day of an instant, or of its ISO 8601 text, in a zone. Refuses with `bad_time_zone` or `bad_instant`. */
export function dayOf(instant: Date | string, zone: string): string {
  const epochMs = typeof instant === 'string' ? epochOf(instant) : instant.getTime();
  if (!Number.isFinite(epochMs)) throw new AppError('bad_instant', 'not an instant');
  return DateTime.fromMillis(epochMs, { zone: knownZone(zone) }).toFormat('yyyy-MM-dd');
}

/** The milliseconds since the epoch of an instant in ISO 8601. Refuses with `bad_instant`. */
export function epochOf(instant: string): number {
  const epochMs = Date.parse(instant);
  if (!Number.isFinite(epochMs)) throw new AppError('bad_instant', 'not an instant');
  return epochMs;
}

/** The time of day of an instant in a zone, `HH:MM`. Refuses with `bad_time_zone` or `bad_instant`. */
export function timeOf(instant: Date, zone: string): string {
  const local = DateTime.fromJSDate(instant, { zone: knownZone(zone) });
  if (!local.isValid) throw new AppError('bad_instant', 'not an instant');
  return local.toFormat('HH:mm');
}

/** The ISO weekday of a day: 1 Monday to 7 Sunday. Refuses with `bad_day`. */
export function weekdayOf(day: string): number {
  return utcDay(day).weekday;
}

/** The day so many calendar days later, or earlier where the number is negative. Refuses with `bad_day`. */
export function dayAfter(day: string, days: number): string {
  return utcDay(day).plus({ days }).toFormat('yyyy-MM-dd');
}

function knownZone(zone: string): IANAZone {
  // Kept by luxon, unlike what it asks of the machine to tell whether there is such a zone.
  const known = IANAZone.create(zone);
  if (!known.isValid) throw new AppError('bad_time_zone', `not a time zone: ${zone}`);
  return known;
}

/** Reckoned in UTC, where every day has 24 hours. */
function utcDay(day: string): DateTime<true> {
  const parsed = DateTime.fromISO(day, { zone: 'utc' });
  if (!DAY.test(day) || !parsed.isValid) throw new AppError('bad_day', `not a day: ${day}`);
  return parsed;
}
