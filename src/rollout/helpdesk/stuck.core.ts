/**
 * Who of the running phases is stuck and why, with the fixed next step for each reason: what the helpdesk looks at first. A
 * person stands here once, the most urgent reason first.
 */
import { msOf } from '../../lib/instant.ts';
import type { Phase, PhasePerson, PhaseState, Sentence } from '../phases/phase-types.core.ts';

export const STUCK_REASONS = [
  'failsMfa',
  'passRequested',
  'passLive',
  'noMethodEnforced',
  'noMethod',
  'methodUnknown',
  'oldClient',
] as const;

export type StuckReason = (typeof STUCK_REASONS)[number];

/** A reason that is told in the same words of everybody. */
type PlainReason = Exclude<StuckReason, 'oldClient'>;

export type StuckWhy = { reason: StuckReason; text: Sentence; next: Sentence };

export type StuckPerson = {
  accountId: string;
  displayName: string;
  phase: string;
  state: PhaseState;
  enforceOn: string;
  why: readonly StuckWhy[];
  /** Until when he has a pass that can be used; null: he has none. */
  passUntil: string | null;
};

export type StuckFacts = {
  phases: readonly Phase[];
  people: readonly PhasePerson[];
  /** Accounts that sign in and fail MFA since it is enforced. */
  failing: ReadonlySet<string>;
  /** Names of the clients that cannot answer MFA and are still in use, by account. */
  oldClients: ReadonlyMap<string, readonly string[]>;
  /** Accounts for which somebody asked for a pass. */
  requested: ReadonlySet<string>;
  /** Until when each account's pass can be used. */
  passes: ReadonlyMap<string, string>;
  /** Accounts whose own methods answered MFA when they were last read, which the master list may learn hours later. */
  enrolled: ReadonlySet<string>;
};

/** Phases in which it matters now whether somebody can answer MFA. */
const RUNNING: ReadonlySet<PhaseState> = new Set(['observing', 'blocked', 'ready', 'approved', 'enforced']);

/** Everybody who is stuck, the most urgent first. The carved out and the disabled are not. */
export function stuckOf(facts: StuckFacts): StuckPerson[] {
  const phases = new Map(facts.phases.map((phase) => [phase.name, phase]));
  const found = facts.people.flatMap((person) => {
    const phase = phases.get(person.phase);
    if (phase === undefined || person.exempt !== null || person.accountStatus !== 'enabled') return [];
    const why = whyOf(person, phase, facts);
    if (why.length === 0) return [];
    const { accountId, displayName } = person;
    const passUntil = facts.passes.get(accountId) ?? null;
    const { state, enforceOn } = phase;
    return [{ accountId, displayName, phase: phase.name, state, enforceOn, why, passUntil }];
  });
  return found.sort((a, b) => rankOf(a) - rankOf(b) || dayOrder(a, b) || compare(a.displayName, b.displayName));
}

function rankOf({ why }: StuckPerson): number {
  return Math.min(...why.map(({ reason }) => STUCK_REASONS.indexOf(reason)));
}

function dayOrder(a: StuckPerson, b: StuckPerson): number {
  return compare(a.enforceOn, b.enforceOn);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function whyOf(person: PhasePerson, phase: Phase, facts: StuckFacts): StuckWhy[] {
  const { accountId } = person;
  const reasons: PlainReason[] = [];
  if (facts.failing.has(accountId)) reasons.push('failsMfa');
  if (facts.requested.has(accountId)) reasons.push('passRequested');
  if (facts.passes.has(accountId)) reasons.push('passLive');
  if (RUNNING.has(phase.state) && !facts.enrolled.has(accountId)) reasons.push(...methodReasons(person, phase));
  const why = reasons.map((reason) => ({ reason, ...TEXTS[reason] }));
  const clients = RUNNING.has(phase.state) ? (facts.oldClients.get(accountId) ?? []) : [];
  return clients.length === 0 ? why : [...why, { reason: 'oldClient', ...oldClientTexts(clients) }];
}

function methodReasons({ enrolment }: PhasePerson, { state }: Phase): PlainReason[] {
  if (enrolment === 'capable') return [];
  if (enrolment === 'unknown') return ['methodUnknown'];
  return [state === 'enforced' ? 'noMethodEnforced' : 'noMethod'];
}

const TEXTS: Readonly<Record<PlainReason, { text: Sentence; next: Sentence }>> = {
  failsMfa: {
    text: {
      en: 'Signs in and fails MFA since it is required.',
      de: 'Meldet sich an und scheitert an MFA, seit sie verlangt wird.',
    },
    next: {
      en: 'Call the person on the number on file. If the phone is gone, issue a pass; if it was somebody else, end the sessions.',
      de: 'Rufen Sie unter der hinterlegten Nummer an. Ist das Telefon weg, stellen Sie einen Pass aus; war es jemand anderes, beenden Sie die Sitzungen.',
    },
  },
  passRequested: {
    text: { en: 'A pass was asked for.', de: 'Es wurde um einen Pass gebeten.' },
    next: {
      en: 'Prove the identity, then issue the pass; whoever asked for it may not.',
      de: 'Prüfen Sie die Identität, und stellen Sie den Pass aus; wer darum gebeten hat, darf das nicht.',
    },
  },
  passLive: {
    text: { en: 'Has a pass that can still be used.', de: 'Hat einen Pass, der noch gilt.' },
    next: {
      en: 'Help the person to register a method with it before it expires.',
      de: 'Helfen Sie, damit eine Methode zu registrieren, bevor er abläuft.',
    },
  },
  noMethodEnforced: {
    text: {
      en: 'Has no usable method, and MFA is required already.',
      de: 'Hat keine brauchbare Methode, und MFA wird schon verlangt.',
    },
    next: {
      en: 'Call the person, prove the identity and issue a pass to register with.',
      de: 'Rufen Sie an, prüfen Sie die Identität, und stellen Sie einen Pass zum Registrieren aus.',
    },
  },
  noMethod: {
    text: { en: 'Has no usable method yet.', de: 'Hat noch keine brauchbare Methode.' },
    next: {
      en: 'Send the enrolment guide and offer a time to register together; order a token where there is no phone.',
      de: 'Schicken Sie die Anleitung, und bieten Sie einen Termin zum Registrieren an; bestellen Sie ein Token, wo kein Telefon da ist.',
    },
  },
  methodUnknown: {
    text: {
      en: 'Whether there is a usable method is not known.',
      de: 'Ob es eine brauchbare Methode gibt, ist nicht bekannt.',
    },
    next: {
      en: 'Ask the person to sign in to the security info page, then look again after the next sync.',
      de: 'Bitten Sie die Person, die Seite mit den Sicherheitsinformationen zu öffnen, und sehen Sie nach dem nächsten Einlesen wieder nach.',
    },
  },
};

const CLIENTS_MAX = 3;

function oldClientTexts(clients: readonly string[]): { text: Sentence; next: Sentence } {
  const names = clients.slice(0, CLIENTS_MAX).join(', ');
  return {
    text: {
      en: `Uses a client that cannot answer MFA: ${names}.`,
      de: `Benutzt ein Programm, das MFA nicht kann: ${names}.`,
    },
    next: {
      en: 'Open the finding and follow its remedy before the day.',
      de: 'Öffnen Sie den Befund, und folgen Sie seiner Abhilfe vor dem Stichtag.',
    },
  };
}

/** Until when each account's pass can be used, of those that can be used now. */
export function livePasses(
  passes: readonly { accountId: string; state: string; expiresAt: string | null }[],
  nowMs: number,
): ReadonlyMap<string, string> {
  return new Map(
    passes.flatMap(({ accountId, state, expiresAt }) =>
      state === 'issued' && expiresAt !== null && msOf(expiresAt) > nowMs ? [[accountId, expiresAt] as const] : [],
    ),
  );
}
