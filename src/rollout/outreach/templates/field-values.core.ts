/** The facts of a mail as the words, lists and links that stand in place of its merge fields. */
import { weekdayOf } from '../../../lib/local-time.ts';
import { guideText } from '../../guide/content.core.ts';
import { dayInEnglish, dayInGerman } from '../../policy/day-words.core.ts';
import type { EscalationContact, MessageFields, MessageLanguage } from './message-types.core.ts';
import { methodWords, missingWords } from './method-words.core.ts';
import { mailLink, safeLine } from './safe-value.core.ts';
import type { FieldValue, FieldValues, Inline } from './template-tree.core.ts';

/** So many of a manager's people are named; a longer list would not be read, and Gmail would cut the mail. */
export const PEOPLE_SHOWN_MAX = 50;

/** What every merge field says in this language. Facts are taken as given: `missingInFields` looks at them first. */
export function fieldValues(fields: MessageFields, language: MessageLanguage): FieldValues {
  const { contact } = fields;
  const methods = fields.methods === null ? null : line(methodWords(fields.methods, language));
  return {
    firstName: line(safeLine(fields.firstName ?? '') || fields.displayName),
    displayName: line(fields.displayName),
    company: line(fields.company),
    phase: line(fields.phase),
    enforceOn: line(dayWords(fields.enforceOn, language)),
    deadline: line(dayWords(fields.deadline, language)),
    guideUrl: { shape: 'address', text: fields.guideUrl, target: fields.guideUrl },
    guidePages: guidePages(fields, language),
    methods,
    missing: fields.missing === null ? null : line(missingWords(fields.missing, language)),
    manager: safeLine(fields.manager ?? '') === '' ? null : line(fields.manager ?? ''),
    contact: { shape: 'line', inside: contactLine(contact, language) },
    contactName: line(contact.name),
    contactAddress: { shape: 'address', text: contact.address, target: mailLink(contact.address) },
    msp: line(fields.msp),
    people: people(fields, language),
    peopleCount: line(peopleCount(fields.people.length, language)),
    tabUrl: fields.tabUrl === null ? null : { shape: 'address', text: fields.tabUrl, target: fields.tabUrl },
  };
}

/** A day with its weekday: "Monday, 7 December 2026", "Montag, 7. Dezember 2026". */
export function dayWords(day: string, language: MessageLanguage): string {
  const weekday = WEEKDAYS[weekdayOf(day) - 1]?.[language] ?? '';
  return `${weekday}, ${language === 'de' ? dayInGerman(day) : dayInEnglish(day)}`;
}

const WEEKDAYS = [
  { en: 'Monday', de: 'Montag' },
  { en: 'Tuesday', de: 'Dienstag' },
  { en: 'Wednesday', de: 'Mittwoch' },
  { en: 'Thursday', de: 'Donnerstag' },
  { en: 'Friday', de: 'Freitag' },
  { en: 'Saturday', de: 'Samstag' },
  { en: 'Sunday', de: 'Sonntag' },
] as const;

function line(words: string): FieldValue {
  return { shape: 'line', inside: [text(safeLine(words))] };
}

function text(words: string): Inline {
  return { kind: 'text', text: words };
}

function guidePages({ guidePages: pages }: MessageFields, language: MessageLanguage): FieldValue {
  const guide = guideText(language);
  const items = pages.map(({ method, url }): Inline[] => {
    const { name, minutes } = guide.methods[method];
    return [{ kind: 'link', target: url, inside: [text(name)] }, text(` (${guide.minutes(minutes)})`)];
  });
  return items.length === 0 ? null : { shape: 'block', items };
}

function people({ people: all }: MessageFields, language: MessageLanguage): FieldValue {
  const items = all.slice(0, PEOPLE_SHOWN_MAX).map(({ displayName, missing }): Inline[] => {
    const name: Inline = { kind: 'strong', inside: [text(safeLine(displayName))] };
    return [name, text(`: ${missingWords(missing, language)}`)];
  });
  const others = all.length - items.length;
  if (others > 0) items.push([text(language === 'de' ? `und ${others} weitere` : `and ${others} more`)]);
  return items.length === 0 ? null : { shape: 'block', items };
}

function peopleCount(count: number, language: MessageLanguage): string {
  const one = { en: 'person', de: 'Person' } as const;
  const many = { en: 'people', de: 'Personen' } as const;
  return `${count} ${(count === 1 ? one : many)[language]}`;
}

/** "IT Helpdesk (helpdesk@contoso.example, phone +49 30 1234, Teams #it-support)". */
function contactLine({ name, address, phone, channel }: EscalationContact, language: MessageLanguage): Inline[] {
  const mail: Inline = { kind: 'link', target: mailLink(address), inside: [text(address)] };
  const more = [
    phone === null ? '' : `${language === 'de' ? 'Telefon' : 'phone'} ${safeLine(phone)}`,
    channel === null ? '' : `Teams ${safeLine(channel)}`,
  ].filter((part) => part !== '');
  return [text(`${safeLine(name)} (`), mail, text(`${more.map((part) => `, ${part}`).join('')})`)];
}
