/** The forecast as a sentence for people, in both languages. */
import { weekdayOf } from '../../lib/local-time.ts';
import { dayInEnglish, dayInGerman } from '../policy/day-words.core.ts';
import type { Forecast } from './forecast.core.ts';

/** One sentence of what to expect; it says so when nothing can be expected yet. */
export function forecastSentence(forecast: Forecast): { en: string; de: string } {
  switch (forecast.kind) {
    case 'done':
      return { en: 'Everybody in scope can answer MFA.', de: 'Alle, um die es geht, können MFA beantworten.' };
    case 'over':
      return {
        en: `The deadline has passed; ${count(forecast.left, 'person cannot', 'people cannot')} answer MFA.`,
        de: `Die Frist ist vorbei; ${count(forecast.left, 'Person kann', 'Personen können')} MFA nicht beantworten.`,
      };
    case 'notEnough':
      return {
        en: `Not enough history for a forecast: ${forecast.days} of ${forecast.daysNeeded} days.`,
        de: `Noch zu wenig Verlauf für eine Vorhersage: ${forecast.days} von ${forecast.daysNeeded} Tagen.`,
      };
    case 'expected': {
      const { percent, by, atRisk } = forecast;
      return {
        en: `Expected: ${percent.expected} % by ${WEEKDAYS[weekdayOf(by)]?.[0] ?? ''} ${dayInEnglish(by)}, ${count(atRisk.expected, 'person', 'people')} at risk (${atRisk.low} to ${atRisk.high}).`,
        de: `Erwartet: ${percent.expected} % bis ${WEEKDAYS[weekdayOf(by)]?.[1] ?? ''}, ${dayInGerman(by)}, ${count(atRisk.expected, 'Person', 'Personen')} gefährdet (${atRisk.low} bis ${atRisk.high}).`,
      };
    }
  }
}

function count(n: number, one: string, other: string): string {
  return `${n} ${n === 1 ? one : other}`;
}

/** From Monday, which is 1. */
const WEEKDAYS = [
  ['', ''],
  ['Monday', 'Montag'],
  ['Tuesday', 'Dienstag'],
  ['Wednesday', 'Mittwoch'],
  ['Thursday', 'Donnerstag'],
  ['Friday', 'Freitag'],
  ['Saturday', 'Samstag'],
  ['Sunday', 'Sonntag'],
] as const;
