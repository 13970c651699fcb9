/**
 * Which tickets a rollout needs: one for each person who cannot answer MFA shortly before it is required of him, and one
 * for each finding among the sign-ins. What is over is closed, with the reason.
 */
import { addDays } from '../exceptions/calendar.core.ts';
import type { Phase, PhasePerson, Rollout, Sentence } from '../phases/phase-types.core.ts';
import { plainName } from './plain-text.core.ts';
import type { WantedTicket } from './tickets.core.ts';

type Language = keyof Sentence;

/** Today at the customer, `YYYY-MM-DD`; and the accounts that have a ticket, whose people may be gone since. */
export type HoldoutFacts = {
  rollout: Rollout;
  phase: Phase;
  people: readonly PhasePerson[];
  language: Language;
  today: string;
  knownAccountIds?: readonly string[];
};

/** The key of a holdout's ticket. */
export function holdoutKey(accountId: string): string {
  return `holdout:${accountId}`;
}

/**
 * The holdout tickets of a phase: open for people who are not capable once the phase is near its day or enforced, closed
 * for the others. Before that time there are none. Whose enrolment is not known keeps what he has. A ticket whose person
 * is in no phase any more is closed as well.
 */
export function holdoutTickets(facts: HoldoutFacts): WantedTicket[] {
  const { phase, people, knownAccountIds = [] } = facts;
  if (!isNear(facts)) return [];
  const own = people.filter((person) => sameName(person.phase, phase.name));
  const present = new Set(people.map(({ accountId }) => accountId));
  const gone = knownAccountIds.filter((accountId) => !present.has(accountId));
  return [
    ...own.flatMap((person) => ticketOf(facts, person) ?? []),
    ...gone.map((accountId) => closedTicket(accountId, null, facts, 'gone')),
  ];
}

function sameName(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.trim().toLowerCase();
}

function isNear({ rollout, phase, today }: HoldoutFacts): boolean {
  if (rollout.state !== 'running' && phase.state !== 'enforced') return false;
  switch (phase.state) {
    case 'enforced':
      return true;
    case 'planned':
      return false;
    case 'announced':
    case 'observing':
    case 'blocked':
    case 'ready':
    case 'approved':
    case 'held':
    case 'rolledBack':
      return phase.enforceOn <= addDays(today, rollout.procedure.chaseDaysBefore);
  }
}

function ticketOf(facts: HoldoutFacts, person: PhasePerson): WantedTicket | null {
  if (person.exempt !== null) return closedTicket(person.accountId, person, facts, 'exempt');
  if (person.accountStatus !== 'enabled') {
    return closedTicket(person.accountId, person, facts, 'gone');
  }
  switch (person.enrolment) {
    case 'capable':
      return closedTicket(person.accountId, person, facts, 'enrolled');
    case 'not':
      return openTicket(facts, person);
    case 'unknown':
      return null;
  }
}

function openTicket(facts: HoldoutFacts, person: PhasePerson): WantedTicket {
  const { phase, language } = facts;
  return {
    key: holdoutKey(person.accountId),
    summary: summaryOf(person, facts),
    text: openText(person, phase)[language],
    state: { is: 'open' },
    priority: phase.state === 'enforced' ? 'high' : 'normal',
  };
}

function openText(person: PhasePerson, phase: Phase): Sentence {
  const name = plainName(person.displayName, person.accountId);
  const who = `${name} (${plainName(person.userPrincipalName, person.accountId)})`;
  const place = plainName(phase.name, '');
  const day = phase.enforceOn;
  const isEnforced = phase.state === 'enforced';
  return {
    en: `${who} has no usable MFA method yet.\nPhase: ${place}. MFA ${isEnforced ? 'has been required since' : 'is required from'} ${day}.\nWhat to do: call the person and register a method together. This ticket closes by itself when the person is registered.`,
    de: `${who} hat noch keine nutzbare MFA-Methode.\nPhase: ${place}. MFA ist ${isEnforced ? 'seit' : 'ab'} ${day} Pflicht.\nZu tun: Die Person anrufen und gemeinsam eine Methode registrieren. Dieses Ticket schließt sich von selbst, sobald die Person registriert ist.`,
  };
}

function summaryOf(person: PhasePerson | null, { language }: HoldoutFacts): string {
  const name = plainName(person?.displayName, language === 'de' ? 'eine Person' : 'a person');
  return language === 'de' ? `MFA noch nicht eingerichtet: ${name}` : `MFA not set up yet: ${name}`;
}

type Why = 'enrolled' | 'exempt' | 'gone';

const CLOSING: Readonly<Record<Why, Sentence>> = {
  enrolled: {
    en: 'The person has registered a method and can answer MFA. Closed by itself.',
    de: 'Die Person hat eine Methode registriert und kann MFA beantworten. Von selbst geschlossen.',
  },
  exempt: {
    en: 'The account is carved out by a signed exception. Closed by itself.',
    de: 'Das Konto ist durch eine unterschriebene Ausnahme ausgenommen. Von selbst geschlossen.',
  },
  gone: {
    en: 'The person or the account is no longer active. Closed by itself.',
    de: 'Die Person oder das Konto ist nicht mehr aktiv. Von selbst geschlossen.',
  },
};

function closedTicket(accountId: string, person: PhasePerson | null, facts: HoldoutFacts, why: Why): WantedTicket {
  return {
    key: holdoutKey(accountId),
    summary: summaryOf(person, facts),
    text: '',
    state: { is: 'closed', why: CLOSING[why][facts.language] },
    priority: 'normal',
  };
}

/** A finding among the sign-ins: one account at one app over one protocol that cannot do MFA. */
export type TicketFinding = {
  key: string;
  accountId: string;
  /** The account as people call it; its id where that is not known. */
  account?: string | undefined;
  app: string;
  protocol: string;
  count: number;
  firstSeen: string;
  lastSeen: string;
  remedy: Sentence;
  owner: string | null;
  status: 'open' | 'inWork' | 'waived' | 'gone';
};

/** One ticket for each finding: open while its traffic goes on, closed when it stopped or was waived by signature. */
export function findingTickets(findings: readonly TicketFinding[], language: Language): WantedTicket[] {
  return findings.map((finding) => {
    const account = plainName(finding.account, finding.accountId);
    const app = plainName(finding.app, '?');
    const summary = language === 'de' ? `Anmeldung ohne MFA-Möglichkeit: ${app}` : `Sign-in that cannot do MFA: ${app}`;
    const key = finding.key.startsWith('finding:') ? finding.key : `finding:${finding.key}`;
    const text = findingText({ ...finding, account, app })[language];
    return { key, summary, text, state: findingState(finding, language), priority: 'high' };
  });
}

/**
 * How often and how lately it was seen is left out: it changes with every reading, and each change would be a note that
 * somebody has to read.
 */
function findingText({
  account,
  app,
  protocol,
  firstSeen,
  remedy,
  owner,
}: TicketFinding & { account: string }): Sentence {
  const over = plainName(protocol, '?');
  const day = plainName(firstSeen, '?').slice(0, 'YYYY-MM-DD'.length);
  const by = owner === null ? null : plainName(owner, '?');
  return {
    en: `${account} signs in to ${app} over ${over}, which cannot do MFA and will fail once MFA is required.\nFirst seen: ${day}.\nOwner: ${by ?? 'not known'}.\nWhat to do: ${remedy.en}\nThis ticket closes by itself when the traffic has stopped.`,
    de: `${account} meldet sich bei ${app} über ${over} an; das kann kein MFA und scheitert, sobald MFA Pflicht ist.\nZuerst gesehen: ${day}.\nVerantwortlich: ${by ?? 'nicht bekannt'}.\nZu tun: ${remedy.de}\nDieses Ticket schließt sich von selbst, sobald der Verkehr aufgehört hat.`,
  };
}

function findingState({ status, count, lastSeen }: TicketFinding, language: Language): WantedTicket['state'] {
  const day = plainName(lastSeen, '?').slice(0, 'YYYY-MM-DD'.length);
  switch (status) {
    case 'open':
    case 'inWork':
      return { is: 'open' };
    case 'gone': {
      const why: Sentence = {
        en: `The traffic has stopped: seen ${count} times, last on ${day}. Closed by itself.`,
        de: `Der Verkehr hat aufgehört: ${count}-mal gesehen, zuletzt am ${day}. Von selbst geschlossen.`,
      };
      return { is: 'closed', why: why[language] };
    }
    case 'waived': {
      const why: Sentence = {
        en: 'The customer has waived this finding by signature. Closed by itself.',
        de: 'Der Kunde hat diesen Befund mit Unterschrift hingenommen. Von selbst geschlossen.',
      };
      return { is: 'closed', why: why[language] };
    }
  }
}
