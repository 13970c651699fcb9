/** Every word of the cards about one person and about whole classes of accounts, in both languages. */
import type { ClassKind } from '../../src/rollout/exceptions/exception-types.core.ts';
import type { RequestStanding } from '../../src/rollout/exceptions/requests.ts';
import type { CoverLevel } from '../../src/rollout/persons/persons.core.ts';
import type { Language } from './texts.ts';

const EN = {
  covered: {
    all: 'MFA is required everywhere',
    some: 'MFA is required for some applications only',
    partial: 'MFA is required in some cases only',
    none: 'Nothing that is enforced requires MFA',
    unknown: 'Whether MFA is required cannot be told',
  } as Record<CoverLevel, string>,
  answer: { yes: 'can answer', no: 'cannot answer', unknown: 'not known' },
  readAt: 'read on ',
  by: 'By ',
  canAnswer: 'MFA methods',
  account: 'Account',
  disabled: 'sign-in blocked',
  enabled: 'enabled',
  direct: 'Switched on by itself',
  yes: 'yes',
  no: 'no',
  phase: 'Phase',
  last: {
    on: {
      asked: 'MFA on was asked for by ',
      writing: 'MFA on is being done for ',
      done: 'MFA on, done for ',
      refused: 'MFA on was refused to ',
    },
    back: {
      asked: 'Taking MFA on back was asked for by ',
      writing: 'MFA on is being taken back for ',
      done: 'MFA on was taken back for ',
      refused: 'Taking MFA on back was refused to ',
    },
  },
  beforeAfter: (before: string, after: string) => `Evaluated before: ${before}. Evaluated after: ${after}.`,
  until: 'MFA returns on (for MFA off)',
  reason: 'Why (for MFA off)',
  on: 'MFA on for this one person',
  anyway: 'Sign: MFA on although locked out',
  back: 'Take MFA on back',
  off: 'Ask for MFA off for this one person',
  withdraw: (id: string) => `Withdraw ${id}`,
  look: 'Look again',
  offNote: 'MFA off is an exception: it counts once the approver has signed the table.',
  kinds: { extension: 'extension', onLeave: 'on leave', mfaOff: 'MFA off' },
  standing: {
    unsigned: 'waits for the signature',
    signed: 'signed',
    ended: 'ended',
    covered: 'an exception for another reason',
    replaced: 'replaced by a later one',
    withdrawn: 'withdrawn',
  } as Record<RequestStanding, string>,
  requestUntil: ' until ',
  asked: 'Asked for. Look again in a moment for the evaluated status.',
  unknown: 'Nobody, or more than one, is called that here. Write "person" and the sign-in name.',
  classes: { guest: 'Guests', room: 'Rooms', equipment: 'Devices' } as Record<ClassKind, string>,
  classesTitle: 'Guests, rooms and devices, each decided as a whole',
  classesIntro:
    'The decision counts for members who come later too. Until it is made, the phase for everyone else waits.',
  classState: {
    empty: 'no members',
    undecided: 'not decided',
    enforced: 'enforced like everybody',
    carvedOut: 'left out',
    review: 'to be decided again',
  },
  review: 'Look again on (for leaving out)',
  classReason: 'Why',
  enforce: (name: string, count: number) => `Enforce: ${name} (${count})`,
  carveOut: (name: string, count: number) => `Leave out: ${name} (${count})`,
  stale: 'The class has changed since it was shown; nothing was recorded. Look at it again.',
};

export type PersonTexts = typeof EN;

const DE: PersonTexts = {
  covered: {
    all: 'MFA wird überall verlangt',
    some: 'MFA wird nur für manche Anwendungen verlangt',
    partial: 'MFA wird nur in manchen Fällen verlangt',
    none: 'Nichts Erzwungenes verlangt MFA',
    unknown: 'Ob MFA verlangt wird, ist nicht festzustellen',
  },
  answer: { yes: 'kann antworten', no: 'kann nicht antworten', unknown: 'unbekannt' },
  readAt: 'gelesen am ',
  by: 'Durch ',
  canAnswer: 'MFA-Methoden',
  account: 'Konto',
  disabled: 'Anmeldung gesperrt',
  enabled: 'aktiv',
  direct: 'Einzeln eingeschaltet',
  yes: 'ja',
  no: 'nein',
  phase: 'Phase',
  last: {
    on: {
      asked: '„MFA ein“ wurde beantragt von ',
      writing: '„MFA ein“ wird ausgeführt für ',
      done: '„MFA ein“, ausgeführt für ',
      refused: '„MFA ein“ wurde verweigert: ',
    },
    back: {
      asked: 'Die Rücknahme von „MFA ein“ wurde beantragt von ',
      writing: '„MFA ein“ wird zurückgenommen für ',
      done: '„MFA ein“ wurde zurückgenommen für ',
      refused: 'Die Rücknahme von „MFA ein“ wurde verweigert: ',
    },
  },
  beforeAfter: (before, after) => `Ausgewertet vorher: ${before}. Ausgewertet nachher: ${after}.`,
  until: 'MFA kehrt zurück am (für „MFA aus“)',
  reason: 'Grund (für „MFA aus“)',
  on: 'MFA ein für diese eine Person',
  anyway: 'Unterschreiben: MFA ein trotz Aussperrung',
  back: '„MFA ein“ zurücknehmen',
  off: '„MFA aus“ für diese eine Person beantragen',
  withdraw: (id) => `${id} zurücknehmen`,
  look: 'Erneut ansehen',
  offNote: '„MFA aus“ ist eine Ausnahme: sie gilt, sobald die Freigabe die Liste unterschrieben hat.',
  kinds: { extension: 'Verlängerung', onLeave: 'abwesend', mfaOff: 'MFA aus' },
  standing: {
    unsigned: 'wartet auf die Unterschrift',
    signed: 'unterschrieben',
    ended: 'abgelaufen',
    covered: 'aus anderem Grund Ausnahme',
    replaced: 'durch einen späteren ersetzt',
    withdrawn: 'zurückgenommen',
  },
  requestUntil: ' bis ',
  asked: 'Beantragt. Sehen Sie gleich noch einmal nach dem ausgewerteten Stand.',
  unknown: 'Niemand oder mehr als eine Person heißt hier so. Schreiben Sie „person“ und den Anmeldenamen.',
  classes: { guest: 'Gäste', room: 'Räume', equipment: 'Geräte' },
  classesTitle: 'Gäste, Räume und Geräte, jeweils als Ganzes entschieden',
  classesIntro:
    'Die Entscheidung gilt auch für spätere Mitglieder. Bis sie getroffen ist, wartet die Phase für alle übrigen.',
  classState: {
    empty: 'keine Mitglieder',
    undecided: 'nicht entschieden',
    enforced: 'erzwungen wie alle',
    carvedOut: 'ausgenommen',
    review: 'erneut zu entscheiden',
  },
  review: 'Erneut prüfen am (fürs Ausnehmen)',
  classReason: 'Grund',
  enforce: (name, count) => `Erzwingen: ${name} (${count})`,
  carveOut: (name, count) => `Ausnehmen: ${name} (${count})`,
  stale: 'Die Klasse hat sich seit der Anzeige geändert; nichts wurde festgehalten. Sehen Sie erneut nach.',
};

/** The words in a language. */
export function personTextsIn(language: Language): PersonTexts {
  return language === 'de' ? DE : EN;
}
