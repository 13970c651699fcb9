/** Days on the calendar, `YYYY-MM-DD`, without a clock or a time zone. */

/** The day `days` after `date` (before, when negative). Refuses what is no date by throwing. */
export function addDays(date: string, days: number): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(date);
  if (match === null) throw new RangeError('a calendar day must be written YYYY-MM-DD');
  return fromDayNumber(dayNumber(Number(match[1]), Number(match[2]), Number(match[3])) + days);
}

/** Days since 1 March of year 0 in the Gregorian calendar, whose years are counted from March so that leap days come last. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const m = (month + 9) % 12;
  return (
    365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((153 * m + 2) / 5) + day - 1
  );
}

function fromDayNumber(number: number): string {
  let year = Math.floor((10_000 * number + 14_780) / 3_652_425);
  let rest = number - dayNumber(year, 3, 1);
  if (rest < 0) {
    year -= 1;
    rest = number - dayNumber(year, 3, 1);
  }
  const m = Math.floor((100 * rest + 52) / 3060);
  const month = ((m + 2) % 12) + 1;
  const day = rest - Math.floor((m * 306 + 5) / 10) + 1;
  return `${pad(year + Math.floor((m + 2) / 12), 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
