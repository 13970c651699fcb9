/** What the helpdesk has to do after a manager's answer, as tickets: one for each person and wish, closed when it is over. */
import type { PhasePerson, Sentence } from '../phases/phase-types.core.ts';
import { plainName } from '../tickets/plain-text.core.ts';
import type { WantedTicket } from '../tickets/tickets.core.ts';
import type { HoldoutAnswer } from './holdout-types.core.ts';

type Wish = 'needsToken' | 'tapRequest';

/** The wishes that are the helpdesk's to fulfil; a later answer of another kind takes none of them back. */
export function wishesIn(answers: readonly HoldoutAnswer[]): Map<Wish, HoldoutAnswer> {
  const wishes = new Map<Wish, HoldoutAnswer>();
  for (const answer of answers) {
    const { kind } = answer;
    if ((kind === 'needsToken' || kind === 'tapRequest') && !wishes.has(kind)) wishes.set(kind, answer);
  }
  return wishes;
}

export type TicketFacts = {
  accountId: string;
  /** Null: no longer on the master list. */
  person: Pick<PhasePerson, 'displayName' | 'userPrincipalName'> | null;
  answers: readonly HoldoutAnswer[];
  /** Why it is over; null while the person is a holdout. */
  over: Sentence | null;
  language: keyof Sentence;
};

/**
 * The tickets of one person. A pass is asked for here and never issued: only the helpdesk does that, after the person
 * proved who he is, and never to whoever asked (safety rule S28).
 */
export function wishTickets({ accountId, person, answers, over, language }: TicketFacts): WantedTicket[] {
  const name = plainName(person?.displayName, language === 'de' ? 'eine Person' : 'a person');
  const who = `${name} (${plainName(person?.userPrincipalName, accountId)})`;
  return [...wishesIn(answers)].map(([wish, answer]) => {
    const { prefix, summary, text } = WISHES[wish];
    const by = plainName(answer.displayName, answer.by.objectId);
    return {
      key: `${prefix}:${accountId}`,
      summary: `${summary[language]}: ${name}`,
      text: text(who, by)[language],
      state: over === null ? ({ is: 'open' } as const) : { is: 'closed', why: over[language] },
      priority: 'high',
    };
  });
}

type WishText = { prefix: string; summary: Sentence; text(who: string, by: string): Sentence };

const WISHES: Readonly<Record<Wish, WishText>> = {
  needsToken: {
    prefix: 'token',
    summary: { en: 'Hardware token needed for MFA', de: 'Hardware-Token für MFA benötigt' },
    text: (who, by) => ({
      en: `${who} needs a hardware token or security key to register for MFA.\nAsked for by: ${by}.\nWhat to do: hand one out and register it together. This ticket closes by itself when the person is registered.`,
      de: `${who} benötigt für die MFA-Registrierung einen Hardware-Token oder Sicherheitsschlüssel.\nAngefragt von: ${by}.\nZu tun: Einen ausgeben und gemeinsam registrieren. Dieses Ticket schließt sich von selbst, sobald die Person registriert ist.`,
    }),
  },
  tapRequest: {
    prefix: 'tap',
    summary: { en: 'Temporary Access Pass asked for', de: 'Befristeter Zugangspass angefragt' },
    text: (who, by) => ({
      en: `A Temporary Access Pass is asked for, so that ${who} can register for MFA.\nAsked for by: ${by}.\nWhat to do: let the person prove who he is, then issue a one-time, short pass to the person, never to whoever asked. This ticket closes by itself when the person is registered.`,
      de: `Ein befristeter Zugangspass wird angefragt, damit sich ${who} für MFA registrieren kann.\nAngefragt von: ${by}.\nZu tun: Die Identität der Person prüfen und ihr dann einen einmaligen, kurzen Pass ausstellen, niemals der anfragenden Person. Dieses Ticket schließt sich von selbst, sobald die Person registriert ist.`,
    }),
  },
};
