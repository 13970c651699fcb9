import { DAY_MS } from '../../lib/clock.ts';

/** The day `days` after a given one, YYYY-MM-DD. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The calendar day at an instant in a time zone, YYYY-MM-DD. */
export function dayIn(instantMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    instantMs,
  );
}

/** Whether a text is a day that the calendar has, YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = Date.parse(text);
  // Some engines carry 30 February over into March instead of refusing it.
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(text);
}
