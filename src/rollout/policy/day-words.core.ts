/** Days in the words of the two languages: the same on every machine, whatever its locale data. */
const MONTHS = [
  ['January', 'Januar'],
  ['February', 'Februar'],
  ['March', 'März'],
  ['April', 'April'],
  ['May', 'Mai'],
  ['June', 'Juni'],
  ['July', 'Juli'],
  ['August', 'August'],
  ['September', 'September'],
  ['October', 'Oktober'],
  ['November', 'November'],
  ['December', 'Dezember'],
] as const;

/** `2026-10-23` as "23 October 2026". */
export function dayInEnglish(day: string): string {
  const { year, month, date } = partsOf(day);
  return `${date} ${MONTHS[month]?.[0] ?? ''} ${year}`;
}

/** `2026-10-23` as "23. Oktober 2026". */
export function dayInGerman(day: string): string {
  const { year, month, date } = partsOf(day);
  return `${date}. ${MONTHS[month]?.[1] ?? ''} ${year}`;
}

function partsOf(day: string): { year: string; month: number; date: number } {
  return { year: day.slice(0, 4), month: Number(day.slice(5, 7)) - 1, date: Number(day.slice(8, 10)) };
}
