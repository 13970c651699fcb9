/**
 * MFA on for one person is membership of the direct group, and off is an exception that the approver signs (S13); what
 * is shown is always what the evaluator finds, never the membership. Nobody is switched on who could not answer (S10),
 * unless a pass lets him register or the approver signed it; a Global Administrator never (S9). Taking a switch of ours
 * back never falls below the cover that the person had before it.
 */
import type { Sentence } from '../phases/phase-types.core.ts';

const LEVELS = ['all', 'some', 'partial', 'none', 'unknown'] as const;

/** How somebody is covered by MFA; see the evaluator. */
export type CoverLevel = (typeof LEVELS)[number];

export { LEVELS as COVER_LEVELS };

/** The evaluated status of one person at one moment; a stored shape. */
export type Evaluated = {
  covered: CoverLevel;
  /** Names of the policies that cover, and how each reaches the person. */
  by: { name: string; why: string }[];
  why: string;
  canAnswer: 'yes' | 'no' | 'unknown';
  /** When policies and groups were read, ISO 8601. */
  at: string;
};

export type SwitchKind = 'on' | 'back';

export type SwitchFacts = {
  accountExists: boolean;
  isEnabled: boolean | null;
  enforce: 'absent' | 'reportOnly' | 'enabled';
  isInDirect: boolean;
  /** Whether the membership is a switch of ours and no carrying over. */
  isOurs: boolean;
  isEnforced: boolean;
  isBreakGlass: boolean;
  isSync: boolean;
  isException: boolean;
  canAnswer: 'yes' | 'no' | 'unknown';
  hasPass: boolean;
  isGlobalAdmin: boolean | null;
  /** The approver signed that the person is enforced all the same. */
  anyway: boolean;
  /** People switched within the last day, and how many one run may move. */
  switchedLately: number;
  switchedMax: number;
  /** The cover now, the one that the write would bring, and the one before the switch of ours; null: there was none. */
  before: CoverLevel;
  after: CoverLevel;
  floor: CoverLevel | null;
};

export type SwitchRefusal = { code: string; rule: string; message: Sentence };

/** What speaks against switching MFA on, most final first; null where nothing does. */
export function refusalOn(facts: SwitchFacts): SwitchRefusal | null {
  const never = accountRefusal(facts) ?? answerRefusal(facts);
  if (never !== null) return never;
  if (facts.switchedLately >= facts.switchedMax) return refused('rails_exceeded');
  return rank(facts.after) < rank(facts.before) ? refused('cover_shrinks') : null;
}

function accountRefusal(facts: SwitchFacts): SwitchRefusal | null {
  if (facts.enforce === 'absent') return refused('policy_not_pushed');
  if (!facts.accountExists) return refused('account_unknown');
  if (facts.isBreakGlass) return refused('break_glass');
  if (facts.isSync) return refused('sync_account');
  if (facts.isException) return refused('excepted');
  return facts.isEnabled === false ? refused('account_disabled') : null;
}

function answerRefusal({ canAnswer, isGlobalAdmin, hasPass, anyway }: SwitchFacts): SwitchRefusal | null {
  if (canAnswer === 'yes') return null;
  // Whether somebody administers is not known either where it was not read.
  if (isGlobalAdmin !== false) return refused('admin_not_registered');
  if (hasPass || anyway) return null;
  return refused(canAnswer === 'no' ? 'not_registered' : 'methods_unknown');
}

/** What speaks against taking a switch of ours back; null where nothing does. */
export function refusalBack(facts: SwitchFacts): SwitchRefusal | null {
  if (!facts.accountExists) return refused('account_unknown');
  if (!facts.isOurs) return refused('not_ours');
  return facts.floor !== null && rank(facts.after) < rank(facts.floor) ? refused('below_before') : null;
}

/** What is not known counts as nothing, so that it never stands for protection. */
function rank(level: CoverLevel): number {
  return { all: 3, some: 2, partial: 1, none: 0, unknown: 0 }[level];
}

function refused(code: keyof typeof REFUSALS): SwitchRefusal {
  const [rule, en, de] = REFUSALS[code];
  return { code, rule, message: { en, de } };
}

const REFUSALS = {
  policy_not_pushed: [
    'S4',
    'The managed policies do not stand in the tenant: push the approved draft first.',
    'Die verwalteten Richtlinien stehen nicht im Mandanten: pushen Sie zuerst den freigegebenen Entwurf.',
  ],
  account_unknown: [
    'S7',
    'There is no such account in this tenant any more.',
    'Dieses Konto gibt es im Mandanten nicht (mehr).',
  ],
  break_glass: [
    'S1',
    'This is a break-glass account: no managed policy ever reaches it.',
    'Das ist ein Notfallkonto: keine verwaltete Richtlinie erfasst es jemals.',
  ],
  sync_account: [
    'S13',
    'This account synchronises the directory and cannot answer MFA.',
    'Dieses Konto synchronisiert das Verzeichnis und kann MFA nicht beantworten.',
  ],
  excepted: [
    'S13',
    'This account is left out by an exception. Withdraw the exception, or wait for its end.',
    'Dieses Konto ist durch eine Ausnahme ausgenommen. Nehmen Sie sie zurück oder warten Sie ihr Ende ab.',
  ],
  account_disabled: [
    'S10',
    'Sign-in of this account is blocked: there is nobody to ask for MFA.',
    'Die Anmeldung dieses Kontos ist gesperrt: niemand kann nach MFA gefragt werden.',
  ],
  admin_not_registered: [
    'S9',
    'This may be a Global Administrator who has no usable method: he is never enforced before he has registered one.',
    'Das ist womöglich ein globaler Administrator ohne nutzbare Methode: er wird nie erzwungen, bevor er eine registriert hat.',
  ],
  not_registered: [
    'S10',
    'This person has no usable method and would be locked out. Let the helpdesk issue a Temporary Access Pass, or let the approver sign "enforce anyway".',
    'Diese Person hat keine nutzbare Methode und wäre ausgesperrt. Lassen Sie den Helpdesk einen befristeten Zugriffspass ausstellen oder die Freigabe „trotzdem erzwingen“ unterschreiben.',
  ],
  methods_unknown: [
    'S31',
    'Whether this person can answer MFA is not known: the methods are of kinds that are not understood. The approver may sign "enforce anyway".',
    'Ob diese Person MFA beantworten kann, ist unbekannt: die Methoden sind von unbekannter Art. Die Freigabe kann „trotzdem erzwingen“ unterschreiben.',
  ],
  rails_exceeded: [
    'S21',
    'As many people were switched within a day as one run may move. Wait, or raise "rails" in the customer file.',
    'Innerhalb eines Tages wurden so viele Personen umgeschaltet, wie ein Lauf bewegen darf. Warten Sie, oder heben Sie „rails“ in der Kundendatei an.',
  ],
  cover_shrinks: [
    'S13',
    'By the policies as they are now this would leave the person less protected. Nothing is written.',
    'Nach den jetzigen Richtlinien wäre die Person danach schlechter geschützt. Es wird nichts geschrieben.',
  ],
  not_ours: [
    'S13',
    'The person was not switched on by this product one by one: ask for MFA off, which the approver signs.',
    'Die Person wurde nicht einzeln von diesem Produkt eingeschaltet: beantragen Sie „MFA aus“, was die Freigabe unterschreibt.',
  ],
  below_before: [
    'S13',
    'The policies that covered this person before are gone: taking it back would leave less than there was. Ask for MFA off instead.',
    'Die Richtlinien, die diese Person zuvor erfassten, sind weg: nach der Rücknahme bliebe weniger als vorher. Beantragen Sie stattdessen „MFA aus“.',
  ],
} as const satisfies Readonly<Record<string, readonly [rule: string, en: string, de: string]>>;

export type NewcomerFacts = {
  /** The day on which the phase for everyone else was enforced; null: it is not. */
  everyoneSince: string | null;
  /** The first day at work and the day on which the account was made, where they are known. */
  hireDate: string | null;
  createdOn: string | null;
  enrolment: 'capable' | 'not' | 'unknown';
};

/** What happens to somebody who came after everybody was enforced and has no method yet; null for everybody else. */
export function newcomerNote({ everyoneSince, hireDate, createdOn, enrolment }: NewcomerFacts): Sentence | null {
  if (everyoneSince === null || enrolment === 'capable') return null;
  const came = [hireDate, createdOn].some((day) => day !== null && day >= everyoneSince);
  return came ? NEWCOMER : null;
}

const NEWCOMER: Sentence = {
  en: 'Came after everybody was enforced: covered from the first sign-in, so a method has to be registered then. Let the helpdesk issue a Temporary Access Pass for the first day, or ask for an extension.',
  de: 'Kam, nachdem alle erzwungen waren: ab der ersten Anmeldung erfasst, eine Methode muss dann registriert werden. Lassen Sie den Helpdesk für den ersten Tag einen befristeten Zugriffspass ausstellen, oder beantragen Sie eine Verlängerung.',
};
