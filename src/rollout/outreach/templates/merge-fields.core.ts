/**
 * The merge fields of templates: what each stands for, which mails may use it, and which must. A mail that leaves out the
 * day, the way or whom to ask is refused when it is written, not noticed when it is out.
 */
import type { MessageKind, Sentence } from '../../phases/phase-types.core.ts';

/** `line`: words within a sentence; `block`: several lines, alone in a paragraph; `address`: also the target of a link. */
export type FieldShape = 'line' | 'block' | 'address';

export type MergeField = {
  shape: FieldShape;
  meaning: Sentence;
  /** Whether a reader may lack it: the paragraph or list item around it is then left out. */
  mayLack?: true;
  /** The only kinds of mail that may use it; every one where nothing is said. */
  only?: readonly MessageKind[];
};

const READERS: readonly MessageKind[] = ['announcement', 'howTo', 'reminder', 'lastCall', 'allClear'];

export const MERGE_FIELDS = {
  firstName: {
    shape: 'line',
    meaning: { en: 'the reader’s first name, else the display name', de: 'der Vorname, sonst der Anzeigename' },
  },
  displayName: { shape: 'line', meaning: { en: 'the reader’s display name', de: 'der Anzeigename' } },
  company: { shape: 'line', meaning: { en: 'the customer’s name', de: 'der Name des Kunden' } },
  phase: { shape: 'line', meaning: { en: 'the name of the reader’s phase', de: 'der Name der Phase' } },
  enforceOn: {
    shape: 'line',
    meaning: { en: 'the day from which the phase is enforced', de: 'der Tag, ab dem die Phase erzwungen wird' },
  },
  deadline: {
    shape: 'line',
    meaning: { en: 'the day by which the rollout is done', de: 'der Tag, an dem die Umstellung fertig ist' },
  },
  guideUrl: {
    shape: 'address',
    meaning: { en: 'the enrolment guide’s first page', de: 'die erste Seite der Anleitung' },
  },
  guidePages: {
    shape: 'block',
    meaning: { en: 'a list of the guide’s pages, one per method', de: 'die Seiten der Anleitung, eine je Methode' },
    mayLack: true,
    only: READERS,
  },
  methods: {
    shape: 'line',
    meaning: { en: 'the reader’s registered methods', de: 'die eingerichteten Methoden' },
    mayLack: true,
    only: READERS,
  },
  missing: {
    shape: 'line',
    meaning: { en: 'what the reader’s account lacks', de: 'was dem Konto noch fehlt' },
    mayLack: true,
    only: READERS,
  },
  manager: {
    shape: 'line',
    meaning: { en: 'the manager’s name, who gets a copy', de: 'der Name der Führungskraft, die eine Kopie erhält' },
    mayLack: true,
    only: READERS,
  },
  contact: {
    shape: 'line',
    meaning: {
      en: 'whom to ask: name, address, telephone and channel',
      de: 'wer hilft: Name, Adresse, Telefon und Kanal',
    },
  },
  contactName: { shape: 'line', meaning: { en: 'the name of whom to ask', de: 'der Name dessen, der hilft' } },
  contactAddress: {
    shape: 'address',
    meaning: { en: 'the mail address of whom to ask', de: 'die Mailadresse dessen, der hilft' },
  },
  msp: { shape: 'line', meaning: { en: 'the service provider’s name', de: 'der Name des Dienstleisters' } },
  people: {
    shape: 'block',
    meaning: {
      en: 'a list of the manager’s people with what each lacks',
      de: 'die Mitarbeitenden der Führungskraft und was jeweils fehlt',
    },
    only: ['managerNudge'],
  },
  peopleCount: {
    shape: 'line',
    meaning: { en: 'how many people that are: "3 people"', de: 'wie viele das sind: „3 Personen“' },
    only: ['managerNudge'],
  },
  tabUrl: { shape: 'address', meaning: { en: 'the tab in Teams', de: 'die Registerkarte in Teams' }, mayLack: true },
} as const satisfies Record<string, MergeField>;

export type FieldName = keyof typeof MERGE_FIELDS;

export const FIELD_NAMES = Object.keys(MERGE_FIELDS) as readonly FieldName[];

const WAY: readonly FieldName[] = ['guideUrl'];
const DAY: readonly FieldName[] = ['enforceOn'];
const HELP: readonly FieldName[] = ['contact', 'contactAddress'];

/** What a mail has to say: of each list at least one field, in its body. */
export const REQUIRED_FIELDS: Readonly<Record<MessageKind, readonly (readonly FieldName[])[]>> = {
  announcement: [['company'], DAY, WAY, HELP],
  howTo: [DAY, WAY, HELP],
  reminder: [DAY, WAY, HELP],
  lastCall: [DAY, WAY, HELP],
  managerNudge: [['people'], DAY, ['tabUrl'], HELP],
  allClear: [HELP],
};

/** A merge field as it is written; what stands between the braces may be no field at all. */
export const FIELD_PATTERN = /\{\{\s*([^{}\n]*?)\s*\}\}/g;

/** Whether a word names a merge field. */
export function isFieldName(word: string): word is FieldName {
  return Object.hasOwn(MERGE_FIELDS, word);
}

/** What is known of a merge field. */
export function mergeField(name: FieldName): MergeField {
  return MERGE_FIELDS[name];
}

/** Whether this kind of mail may use the field. */
export function isUsable(name: FieldName, kind: MessageKind): boolean {
  return mergeField(name).only?.includes(kind) ?? true;
}

/** Whether some reader may lack the field. */
export function mayLack(name: FieldName): boolean {
  return mergeField(name).mayLack === true;
}

/** The field of this kind of mail that a word was probably meant for, or null. */
export function meantField(word: string, kind: MessageKind): FieldName | null {
  const wanted = folded(word);
  const usable = FIELD_NAMES.filter((name) => isUsable(name, kind));
  const ranked = usable.map((name) => ({ name, away: distance(wanted, folded(name)) }));
  const nearest = ranked.reduce((best, next) => (next.away < best.away ? next : best));
  return nearest.away <= Math.max(1, Math.floor(nearest.name.length / 3)) ? nearest.name : null;
}

function folded(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .slice(0, 40);
}

/** How many letters have to be added, taken away or changed to make one word of the other. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...left].entries()) {
    const next = [at + 1];
    for (const [to, other] of [...right].entries()) {
      const changed = (row[to] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
