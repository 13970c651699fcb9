/**
 * What has to be mended in the directory and in HR before a phase's people can be written to: a list, never a broken
 * mail. A manager is wanted for holdouts only, and only where the procedure asks managers to help; whoever has people
 * under him and nobody above is the top and needs none.
 */

import { MAILBOX_FULL } from '../phases/phase-life.core.ts';
import type { Gate, Phase, PhasePerson, Procedure, Sentence } from '../phases/phase-types.core.ts';
import { recipientOf } from './cadence-managers.core.ts';
import type { LedgerFact } from './outreach-types.core.ts';

export type GateFacts = {
  phase: Phase;
  procedure: Procedure;
  /** The phase's people who are not carved out. */
  people: readonly PhasePerson[];
  hasMail: boolean;
  /** Whether the bot can write to whom no mail reaches. */
  hasTeams: boolean;
};

/** The gates that outreach keeps closed; none once the phase is enforced, where no procedure sends mails, or all is well. */
export function outreachGates({ phase, procedure, people, hasMail, hasTeams }: GateFacts): Gate[] {
  if (phase.state === 'enforced' || Object.keys(procedure.messages).length === 0) return [];
  if (!hasMail && !hasTeams)
    return [gate('mail_not_configured', { message: NO_MAIL, clear: ADD_MAIL, accountIds: [] })];
  const reachable = people.filter(({ accountStatus }) => accountStatus === 'enabled');
  const noAddress = hasTeams ? [] : idsOf(reachable.filter((person) => recipientOf(person) === null));
  const wantsManagers = procedure.messages.managerNudge !== undefined;
  const noManager = wantsManagers ? idsOf(reachable.filter((person) => lacksManager(person, people))) : [];
  return [
    ...(noAddress.length === 0
      ? []
      : [
          gate('address_missing', {
            message: noAddresses(noAddress.length),
            clear: ADD_ADDRESS,
            accountIds: noAddress,
          }),
        ]),
    ...(noManager.length === 0
      ? []
      : [
          gate('manager_missing', { message: noManagers(noManager.length), clear: ADD_MANAGER, accountIds: noManager }),
        ]),
  ];
}

/** The gate that stands as long as open messages wait for somebody to mend what they are written from. */
export function unwrittenGates(open: readonly Pick<LedgerFact, 'personId' | 'reason'>[]): Gate[] {
  const waiting = open.filter(({ reason }) => reason?.code === 'cannotWrite');
  const [first] = waiting;
  if (first?.reason === undefined || first.reason === null) return [];
  const accountIds = [...new Set(waiting.map(({ personId }) => personId))].sort();
  return [gate('messages_unwritten', { message: first.reason.text, clear: MEND_MESSAGE, accountIds })];
}

/** The gate that stands while messages wait for a mailbox that has sent as much as it may: their readers know of nothing. */
export function heldGates(open: readonly Pick<LedgerFact, 'personId' | 'reason'>[]): Gate[] {
  const waiting = open.filter(({ reason }) => reason?.code === 'quota');
  const [first] = waiting;
  if (first?.reason === undefined || first.reason === null) return [];
  const { en, de } = first.reason.text;
  const message = {
    en: `${waiting.length} messages of this phase wait. ${en}`,
    de: `${waiting.length} Nachrichten dieser Phase warten. ${de}`,
  };
  const accountIds = [...new Set(waiting.map(({ personId }) => personId))].sort();
  return [gate(MAILBOX_FULL, { message, clear: NOTHING_TO_DO, accountIds })];
}

function lacksManager(person: PhasePerson, people: readonly PhasePerson[]): boolean {
  if (person.enrolment === 'capable') return false;
  const { accountId, managerAccountId } = person;
  const isOwn = managerAccountId === accountId;
  if (managerAccountId !== null && !isOwn) return false;
  return isOwn || !people.some((other) => other.managerAccountId === accountId);
}

function idsOf(people: readonly PhasePerson[]): string[] {
  return people.map(({ accountId }) => accountId).sort();
}

function gate(code: string, rest: Pick<Gate, 'message' | 'clear' | 'accountIds'>): Gate {
  return { code, rule: null, ...rest };
}

const NO_MAIL: Sentence = {
  en: 'The customer has no mailbox to send from, so nobody can be told.',
  de: 'Der Kunde hat kein Postfach für den Versand, darum kann niemand benachrichtigt werden.',
};
const ADD_MAIL: Sentence = {
  en: 'Give the customer file the section "mail" and add it again.',
  de: 'Ergänzen Sie in der Kundendatei den Abschnitt „mail“ und fügen Sie sie erneut hinzu.',
};
const ADD_ADDRESS: Sentence = {
  en: 'Give each account on the list a mail address in Entra ID, or carve it out by a signed exception.',
  de: 'Geben Sie jedem Konto der Liste in Entra ID eine Mailadresse, oder nehmen Sie es durch eine unterschriebene Ausnahme heraus.',
};
const ADD_MANAGER: Sentence = {
  en: 'Enter a manager who works here in HR for each person on the list; who enrols needs none.',
  de: 'Tragen Sie in der Personalverwaltung für jede Person der Liste eine anwesende Führungskraft ein; wer sich registriert, braucht keine.',
};

const MEND_MESSAGE: Sentence = {
  en: 'Mend what the sentence names: the message template, the guide, or PUBLIC_URL of the server.',
  de: 'Beheben Sie, was der Satz nennt: die Nachrichtenvorlage, die Anleitung oder PUBLIC_URL des Servers.',
};

const NOTHING_TO_DO: Sentence = {
  en: 'Wait: they go out by themselves. Where that is too late, send from a mailbox that may send more.',
  de: 'Warten: Sie gehen von selbst hinaus. Ist das zu spät, versenden Sie aus einem Postfach, das mehr versenden darf.',
};

function noAddresses(count: number): Sentence {
  return {
    en: `${count} of the phase's people have no mail address that can be written to.`,
    de: `${count} Personen der Phase haben keine Mailadresse, an die geschrieben werden kann.`,
  };
}

function noManagers(count: number): Sentence {
  return {
    en: `${count} people who are not enrolled have no manager who could be asked to help.`,
    de: `${count} nicht registrierte Personen haben keine Führungskraft, die um Hilfe gebeten werden könnte.`,
  };
}
