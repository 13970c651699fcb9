/** Numbers, days, instants and plurals in a person's language, by the browser's own tables. */

type PluralForms = { one: string; other: string };

export type Format = {
  /** A BCP 47 tag for `lang` attributes. */
  locale: string;
  number(value: number): string;
  /** A share as a whole per cent, rounded down so that only everybody is 100 %; nothing of nothing is 0 %. */
  percent(part: number, whole: number): string;
  /** A calendar day, `YYYY-MM-DD`, which has no time zone. */
  day(day: string): string;
  /** An instant, ISO 8601, in the person's time zone. */
  instant(at: string): string;
  /** How long ago an instant was, in its largest whole unit; the instant itself where that would mislead. */
  ago(at: string, now: number): string;
  plural(count: number, forms: PluralForms): string;
  list(items: readonly string[]): string;
};

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

const CLOCKS_DIFFER_MS = 300_000;
const RECENT_MS = 30 * 86_400_000;

/** The formats of one locale; a tag the browser does not know falls back to English. */
export function createFormat(wanted: string): Format {
  const locale = knownLocale(wanted);
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const instant = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const rules = new Intl.PluralRules(locale);
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  return {
    locale,
    number: (value) => number.format(value),
    percent: (part, whole) => percent.format(whole === 0 ? 0 : Math.floor((part / whole) * 100) / 100),
    day: (value) => formatted(day, `${value.slice(0, 10)}T00:00:00Z`, value),
    instant: (at) => formatted(instant, at, at),
    ago: (at, now) => ago(relative, Date.parse(at), now) ?? formatted(instant, at, at),
    plural: (count, forms) =>
      (rules.select(count) === 'one' ? forms.one : forms.other).replace('#', number.format(count)),
    list: (items) => list.format(items),
  };
}

function knownLocale(wanted: string): string {
  try {
    return Intl.getCanonicalLocales(wanted)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** What is no date is shown as it came rather than as "Invalid Date". */
function formatted(format: Intl.DateTimeFormat, at: string, raw: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? raw : format.format(time);
}

/** Null for what is no instant, lies clearly ahead (clocks disagree), or so far back that a date says more. */
function ago(relative: Intl.RelativeTimeFormat, at: number, now: number): string | null {
  const age = now - at;
  if (Number.isNaN(age) || age < -CLOCKS_DIFFER_MS || age > RECENT_MS) return null;
  const step = STEPS.find(([, size]) => age >= size);
  return step === undefined ? relative.format(0, 'second') : relative.format(-Math.floor(age / step[1]), step[0]);
}
