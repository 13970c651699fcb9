/**
 * What a replay says in one sentence, in English and German. It holds counts and kinds of accounts and never a name,
 * so that it may stand in a channel; the same sign-ins give the same sentence in whatever order they were read.
 */
import { dayInEnglish, dayInGerman } from '../day-words.core.ts';
import type { ReplayKind, ReplayPerson, ReplayResult } from './replay.core.ts';

export type ReplaySentences = { en: string; de: string };

/** Protocols by which devices and programs send mail on their own: scanners, printers, line-of-business programs. */
const SENDING: ReadonlySet<string> = new Set(['authenticated smtp', 'smtp']);

/** Those of one kind who would fail, and how many of them do nothing but send mail. */
type Failing = { readonly kind: ReplayKind; readonly count: number; readonly senders: number };

/** Writes the sentence of a replay. `isLogRead` false says that nothing is known. */
export function replaySentences(result: ReplayResult, isLogRead: boolean): ReplaySentences {
  if (!isLogRead) {
    return {
      en: 'The sign-in log was not read, so that nothing can be said about the past.',
      de: 'Das Anmeldeprotokoll wurde nicht gelesen; über die Vergangenheit lässt sich nichts sagen.',
    };
  }
  return { en: written(result, ENGLISH), de: written(result, GERMAN) };
}

type Words = {
  start(day: string): string;
  failing(people: number, times: number): string;
  among(parts: readonly string[]): string;
  kind(failing: Failing): string;
  notRegistered(people: number): string;
  canAnswer(people: number): string;
  unchanged(people: number): string;
  unknown(people: number): string;
  notSeen(accounts: number): string;
};

function written({ people, counts, window }: ReplayResult, words: Words): string {
  const failing = people.filter(({ outcome }) => outcome === 'wouldFail');
  const kinds = kindsOf(failing).map(words.kind);
  const some = (count: number, write: (count: number) => string) => (count > 0 ? [write(count)] : []);
  const clauses = [
    `${words.failing(failing.length, counts.signIns.wouldFail)}${kinds.length > 0 ? words.among(kinds) : ''}`,
    ...some(counts.people.promptedNotRegistered, words.notRegistered),
    ...some(counts.people.promptedCanAnswer, words.canAnswer),
    ...some(counts.people.unchanged, words.unchanged),
    ...some(counts.people.unknown, words.unknown),
    ...some(counts.notSeen, words.notSeen),
  ];
  // A log that begins later than the window proves nothing about the days before it.
  return `${words.start((window.firstSeen ?? window.from).slice(0, 10))}${clauses.join('; ')}.`;
}

/** The kinds of those who would fail, people of the company left out: a plain person needs no remark. */
function kindsOf(failing: readonly ReplayPerson[]): readonly Failing[] {
  const kinds = [...new Set(failing.map(({ kind }) => kind))].filter((kind) => kind !== 'employee' && kind !== 'other');
  return kinds.sort().map((kind) => {
    const ofKind = failing.filter((person) => person.kind === kind);
    return { kind, count: ofKind.length, senders: ofKind.filter(onlySends).length };
  });
}

function onlySends({ apps }: ReplayPerson): boolean {
  return apps.every(({ outcome, client }) => outcome !== 'wouldFail' || SENDING.has(client.toLowerCase()));
}

const ENGLISH_KINDS: Record<ReplayKind, readonly [one: string, many: string]> = {
  employee: ['an employee', 'employees'],
  guest: ['a guest', 'guests'],
  sharedMailbox: ['a shared mailbox', 'shared mailboxes'],
  room: ['a room', 'rooms'],
  equipment: ['a device’s mailbox', 'devices’ mailboxes'],
  serviceAccount: ['a service account', 'service accounts'],
  breakGlass: ['a break-glass account', 'break-glass accounts'],
  other: ['another account', 'other accounts'],
};

function people(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

const ENGLISH: Words = {
  start: (day) => `Had this draft been enforced since ${dayInEnglish(day)}, `,
  failing: (count, times) =>
    count === 0
      ? 'nobody would have been blocked'
      : `${people(count)} would have been blocked ${times === 1 ? 'once' : `${times} times`}`,
  among: (parts) => `, among them ${listed(parts, 'and')}`,
  kind: ({ kind, count, senders }) => {
    const [one, many] = ENGLISH_KINDS[kind];
    if (count === 1) return senders === 1 ? `${one} that a scanner or program sends mail from` : one;
    return `${count} ${many}${senders > 0 ? ` (a scanner or program sends mail from ${senders} of them)` : ''}`;
  },
  notRegistered: (count) => `${people(count)} would have been asked for MFA and cannot answer yet`,
  canAnswer: (count) => `${people(count)} would have been asked and can answer`,
  unchanged: (count) => `for ${people(count)} nothing would have changed`,
  unknown: (count) => `for ${people(count)} it cannot be told`,
  notSeen: (count) => `${count === 1 ? '1 account was' : `${count} accounts were`} not seen signing in`,
};

const GERMAN_KINDS: Record<ReplayKind, readonly [one: string, many: string]> = {
  employee: ['ein Mitarbeiterkonto', 'Mitarbeiterkonten'],
  guest: ['ein Gast', 'Gäste'],
  sharedMailbox: ['ein gemeinsames Postfach', 'gemeinsame Postfächer'],
  room: ['ein Raum', 'Räume'],
  equipment: ['ein Gerätepostfach', 'Gerätepostfächer'],
  serviceAccount: ['ein Dienstkonto', 'Dienstkonten'],
  breakGlass: ['ein Notfallkonto', 'Notfallkonten'],
  other: ['ein anderes Konto', 'andere Konten'],
};

function personen(count: number): string {
  return count === 1 ? '1 Person' : `${count} Personen`;
}

const GERMAN: Words = {
  start: (day) => `Wäre dieser Entwurf seit dem ${dayInGerman(day)} erzwungen: `,
  failing: (count, times) =>
    count === 0
      ? 'niemand wäre ausgesperrt worden'
      : `${personen(count)} ${count === 1 ? 'wäre' : 'wären'} ${times === 1 ? 'einmal' : `${times}-mal`} ausgesperrt worden`,
  among: (parts) => `, darunter ${listed(parts, 'und')}`,
  kind: ({ kind, count, senders }) => {
    const [one, many] = GERMAN_KINDS[kind];
    if (count === 1) return senders === 1 ? `${one} (ein Scanner oder Programm versendet darüber Mails)` : one;
    return `${count} ${many}${senders > 0 ? ` (über ${senders} davon versendet ein Scanner oder Programm Mails)` : ''}`;
  },
  notRegistered: (count) =>
    `${personen(count)} ${count === 1 ? 'wäre' : 'wären'} nach MFA gefragt worden und ${count === 1 ? 'kann' : 'können'} noch nicht antworten`,
  canAnswer: (count) =>
    `${personen(count)} ${count === 1 ? 'wäre' : 'wären'} gefragt worden und ${count === 1 ? 'kann' : 'können'} antworten`,
  unchanged: (count) => `für ${personen(count)} hätte sich nichts geändert`,
  unknown: (count) => `für ${personen(count)} lässt es sich nicht sagen`,
  notSeen: (count) => `${count === 1 ? '1 Konto hat' : `${count} Konten haben`} sich in dieser Zeit nicht angemeldet`,
};

function listed(parts: readonly string[], and: string): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${and} ${last}`;
}
