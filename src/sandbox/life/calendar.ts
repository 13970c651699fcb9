/** Days and working hours of the customers, in their own time zone. */
import { DateTime } from 'luxon';
import type { Random } from '../world/random.ts';

/** Where the customers of every world are. */
export const TIME_ZONE = 'Europe/Berlin';

const MINUTE_MS = 60_000;
const NOON = 12 * 60;
export const WORK_BEGINS = 8 * 60;
export const WORK_ENDS = 17 * 60 + 30;

const noons = new Map<string, number>();

/** The local date of an instant, `YYYY-MM-DD`. */
export function dateAt(instantMs: number): string {
  return DateTime.fromMillis(instantMs, { zone: TIME_ZONE }).toISODate() ?? '';
}

/** The date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The instant of a local minute of a day; counted from noon, since clocks are only ever set at night. */
export function instantAt(date: string, minute: number): number {
  const known = noons.get(date) ?? DateTime.fromISO(`${date}T12:00:00`, { zone: TIME_ZONE }).toMillis();
  noons.set(date, known);
  return known + (minute - NOON) * MINUTE_MS;
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7;
}

export function isWeekend(date: string): boolean {
  return weekdayOf(date) > 4;
}

/** The instant itself when it lies in working hours, else one early in the next working day. */
export function inWorkingHours(instantMs: number, random: Random): number {
  let date = dateAt(instantMs);
  if (!isWeekend(date) && instantMs <= instantAt(date, WORK_ENDS)) {
    if (instantMs >= instantAt(date, WORK_BEGINS)) return instantMs;
  } else {
    do date = addDays(date, 1);
    while (isWeekend(date));
  }
  return instantAt(date, WORK_BEGINS) + Math.floor(random.next() * 90 * MINUTE_MS);
}
