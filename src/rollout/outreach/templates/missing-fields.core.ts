/**
 * What a person, a customer or the deployment lacks for a mail, found before a phase starts: a list to be mended, and
 * never a broken mail.
 */
import type { MessageKind, Sentence } from '../../phases/phase-types.core.ts';
import type { EscalationContact, MessageFields } from './message-types.core.ts';
import { isDay, isMailAddress, isSafeAddress, safeLine } from './safe-value.core.ts';

/** What is known for a mail before it can be written; what nobody knows is null or absent. */
export type MessageFacts = {
  readonly [Field in keyof Omit<MessageFields, 'contact'>]?: MessageFields[Field] | null | undefined;
} & {
  /** Where the mail would go. */
  readonly address: string | null;
  readonly contact?: { readonly [Key in keyof EscalationContact]?: string | null | undefined } | null | undefined;
};

export type MissingField = {
  field: keyof MessageFields | 'address';
  /** Whose fact it is: one reader's, or the same for all of a customer's people. */
  of: 'person' | 'customer';
  /** `blocks`: the mail cannot be written; `fallsBack`: it is written, and the message says how. */
  weight: 'blocks' | 'fallsBack';
  message: Sentence;
  clear: Sentence;
};

/** Everything that is missing for a mail of this kind to this person, in a fixed order; empty: it can be written. */
export function missingFields(kind: MessageKind, facts: MessageFacts): MissingField[] {
  const noAddress = facts.address === null || !isMailAddress(facts.address);
  return [...(noAddress ? [NO_ADDRESS] : []), ...missingInFields(kind, facts)];
}

/** The same without the address: what the text of a mail lacks. */
export function missingInFields(kind: MessageKind, facts: Omit<MessageFacts, 'address'>): MissingField[] {
  return [...missingOfReader(kind, facts), ...missingOfRollout(kind, facts)];
}

type TextFacts = Omit<MessageFacts, 'address'>;

function missingOfReader(kind: MessageKind, facts: TextFacts): MissingField[] {
  const missing: MissingField[] = [];
  if (isBlank(facts.displayName)) missing.push(NO_NAME);
  else if (isBlank(facts.firstName)) missing.push(NO_FIRST_NAME);
  if (kind === 'managerNudge') {
    const people = facts.people ?? [];
    if (people.length === 0) missing.push(NOBODY);
    else if (people.some((person) => isBlank(person.displayName))) missing.push(NAMELESS);
  } else if (kind !== 'allClear' && isBlank(facts.manager)) {
    missing.push(NO_MANAGER);
  }
  return missing;
}

function missingOfRollout(kind: MessageKind, facts: TextFacts): MissingField[] {
  const { name, address } = facts.contact ?? {};
  const noContact = isBlank(name) || !isMailAddress(address ?? '');
  return [
    ...(['company', 'phase', 'msp'] as const).filter((field) => isBlank(facts[field])).map(noName),
    ...(['enforceOn', 'deadline'] as const).filter((field) => !isDay(facts[field] ?? '')).map(noDay),
    ...badLinks(facts).map(noLink),
    ...(kind === 'managerNudge' && (facts.tabUrl ?? null) === null ? [NO_TAB] : []),
    ...(noContact ? [NO_CONTACT] : []),
  ];
}

function badLinks(facts: TextFacts): ('guideUrl' | 'guidePages' | 'tabUrl')[] {
  const tab = facts.tabUrl ?? null;
  const isTabBad = tab !== null && !isSafeAddress(tab);
  const arePagesBad = (facts.guidePages ?? []).some((page) => !isSafeAddress(page.url));
  return [
    ...(isSafeAddress(facts.guideUrl ?? '') ? [] : (['guideUrl'] as const)),
    ...(arePagesBad ? (['guidePages'] as const) : []),
    ...(isTabBad ? (['tabUrl'] as const) : []),
  ];
}

function isBlank(value: string | null | undefined): boolean {
  return safeLine(value ?? '') === '';
}

const NO_ADDRESS: MissingField = {
  field: 'address',
  of: 'person',
  weight: 'blocks',
  message: {
    en: 'There is no mail address, or the one on record is none.',
    de: 'Es gibt keine Mailadresse, oder die hinterlegte ist keine.',
  },
  clear: {
    en: 'Give the account a mailbox or correct its mail address in Entra ID, or reach the person in Teams.',
    de: 'Geben Sie dem Konto ein Postfach, berichtigen Sie die Mailadresse in Entra ID, oder schreiben Sie in Teams.',
  },
};

const NO_NAME: MissingField = {
  field: 'displayName',
  of: 'person',
  weight: 'blocks',
  message: { en: 'The account has no display name.', de: 'Das Konto hat keinen Anzeigenamen.' },
  clear: {
    en: 'Set a display name in Entra ID or in HR.',
    de: 'Setzen Sie den Anzeigenamen in Entra ID oder im HR-System.',
  },
};

const NO_FIRST_NAME: MissingField = {
  field: 'firstName',
  of: 'person',
  weight: 'fallsBack',
  message: {
    en: 'No first name is known; the mail uses the display name.',
    de: 'Es ist kein Vorname bekannt; die Mail verwendet den Anzeigenamen.',
  },
  clear: {
    en: 'Nothing has to be done. To change it, set the first name in HR or in Entra ID.',
    de: 'Es ist nichts zu tun. Zum Ändern setzen Sie den Vornamen im HR-System oder in Entra ID.',
  },
};

const NO_MANAGER: MissingField = {
  field: 'manager',
  of: 'person',
  weight: 'fallsBack',
  message: {
    en: 'No manager is known; the mail goes out without a copy to one.',
    de: 'Es ist keine Führungskraft bekannt; die Mail geht ohne Kopie an eine hinaus.',
  },
  clear: {
    en: 'Enter the manager in HR or in Entra ID and read the master list again.',
    de: 'Tragen Sie die Führungskraft im HR-System oder in Entra ID ein und lesen Sie die Stammliste neu.',
  },
};

const NOBODY: MissingField = {
  field: 'people',
  of: 'person',
  weight: 'blocks',
  message: { en: 'All of the manager’s people are enrolled.', de: 'Alle Mitarbeitenden sind eingerichtet.' },
  clear: { en: 'Nothing has to be sent.', de: 'Es muss nichts verschickt werden.' },
};

const NAMELESS: MissingField = {
  field: 'people',
  of: 'person',
  weight: 'blocks',
  message: {
    en: 'One of the manager’s people has no display name.',
    de: 'Jemand aus dem Team hat keinen Anzeigenamen.',
  },
  clear: NO_NAME.clear,
};

const NO_TAB: MissingField = {
  field: 'tabUrl',
  of: 'customer',
  weight: 'fallsBack',
  message: {
    en: 'There is no tab in Teams to link to; the mail goes out without that link.',
    de: 'Es gibt keine Registerkarte in Teams, auf die zu verweisen wäre; die Mail geht ohne diesen Link hinaus.',
  },
  clear: {
    en: 'Publish the app in the customer’s Teams and add it to the channel.',
    de: 'Veröffentlichen Sie die App in Teams des Kunden und fügen Sie sie dem Kanal hinzu.',
  },
};

const NO_CONTACT: MissingField = {
  field: 'contact',
  of: 'customer',
  weight: 'blocks',
  message: {
    en: 'It is not said whom people ask when something does not work: a name and a mail address.',
    de: 'Es ist nicht gesagt, wer bei Schwierigkeiten hilft: ein Name und eine Mailadresse.',
  },
  clear: {
    en: 'Set the helpdesk’s name and mail address: mfa-rollout guide edit FILE.',
    de: 'Hinterlegen Sie Name und Mailadresse des Helpdesks: mfa-rollout guide edit DATEI.',
  },
};

const NAMES: Readonly<Record<'company' | 'phase' | 'msp', Sentence>> = {
  company: { en: 'the customer’s name', de: 'der Name des Kunden' },
  phase: { en: 'the name of the phase', de: 'der Name der Phase' },
  msp: { en: 'the service provider’s name', de: 'der Name des Dienstleisters' },
};

function noName(field: 'company' | 'phase' | 'msp'): MissingField {
  return {
    field,
    of: 'customer',
    weight: 'blocks',
    message: { en: `It is not known: ${NAMES[field].en}.`, de: `Nicht bekannt ist ${NAMES[field].de}.` },
    clear: { en: 'Enter it in the settings.', de: 'Tragen Sie ihn in den Einstellungen ein.' },
  };
}

const DAYS: Readonly<Record<'enforceOn' | 'deadline', Sentence>> = {
  enforceOn: { en: 'the phase’s day of enforcement', de: 'der Tag, ab dem die Phase erzwungen wird' },
  deadline: { en: 'the deadline of the rollout', de: 'der Stichtag der Umstellung' },
};

function noDay(field: 'enforceOn' | 'deadline'): MissingField {
  return {
    field,
    of: 'customer',
    weight: 'blocks',
    message: {
      en: `It is not known, or no day of the calendar: ${DAYS[field].en}.`,
      de: `Nicht bekannt oder kein Kalendertag ist ${DAYS[field].de}.`,
    },
    clear: { en: 'Set the day in the rollout.', de: 'Setzen Sie den Tag in der Umstellung.' },
  };
}

const LINKS: Readonly<Record<'guideUrl' | 'guidePages' | 'tabUrl', Sentence>> = {
  guideUrl: { en: 'the enrolment guide', de: 'zur Anleitung' },
  guidePages: { en: 'a page of the enrolment guide', de: 'zu einer Seite der Anleitung' },
  tabUrl: { en: 'the tab in Teams', de: 'zur Registerkarte in Teams' },
};

function noLink(field: 'guideUrl' | 'guidePages' | 'tabUrl'): MissingField {
  return {
    field,
    of: 'customer',
    weight: 'blocks',
    message: {
      en: `There is no link, or none that a mail may carry, to ${LINKS[field].en}.`,
      de: `Es gibt keinen Link, oder keinen, den eine Mail enthalten darf, ${LINKS[field].de}.`,
    },
    clear: {
      en: 'Set the server’s public address (https) and start the server again.',
      de: 'Setzen Sie die öffentliche Adresse des Servers (https) und starten Sie ihn neu.',
    },
  };
}
