/**
 * The life of a finding: a client of one account that cannot answer MFA. It is open while there is traffic, whoever works
 * on it or has it waived by signature; it is gone when the traffic stopped for a day, and comes back with the traffic.
 * A session that enforcement refuses in the background is an ordinary one until nobody has answered for it for a day.
 */
import type { Json } from '../../lib/canonical-json.ts';
import type { Gate, PhasePerson, Sentence } from '../phases/phase-types.core.ts';
import { REFUSED } from './log-entry.core.ts';
import type { OutsideDate } from './remedies.core.ts';
import type { Traffic } from './tally.core.ts';

export type FindingState = 'open' | 'inWork' | 'waived' | 'gone';

/** Who waived it, and until which day, itself included, in the customer's time zone. */
export type Waiver = { actor: Json; at: string; until: string; why: string };

/** A finding as it is stored: a change needs a migration. */
export type FindingRow = Traffic & {
  state: FindingState;
  openedAt: string | null;
  taken: { actor: Json; at: string } | null;
  waiver: Waiver | null;
  revision: number;
};

/** Whom to ask about the client first; a guess, with what it rests on. */
export type FindingOwner = {
  accountId: string | null;
  displayName: string | null;
  why: 'own_account' | 'exception_owner' | 'manager' | 'nobody_known';
};

/** A finding as others see it. */
export type Finding = {
  key: string;
  accountId: string;
  appId: string;
  appName: string;
  protocol: string;
  count: number;
  firstSeen: string;
  lastSeen: string;
  status: FindingState;
  openedAt: string | null;
  taken: { actor: Json; at: string } | null;
  waiver: Waiver | null;
  remedy: Sentence;
  /** Null where nobody set a day. */
  outside: OutsideDate | null;
  revision: number;
};

/** Without traffic for so long a client counts as gone. */
export const QUIET_MS = 24 * 60 * 60_000;

/** Adds traffic to what is known of a finding. What it means is judged apart, once the logs were read to their end. */
export function withTraffic(found: FindingRow | undefined, traffic: Traffic): FindingRow {
  if (found === undefined) {
    return { ...traffic, state: 'gone', openedAt: null, taken: null, waiver: null, revision: 0 };
  }
  // A stretch of refusals begins anew after a pause: somebody answered, or was away.
  const isNewStretch = traffic.protocol === REFUSED && traffic.firstMs - found.lastMs >= QUIET_MS;
  if (isNewStretch) return { ...found, ...traffic };
  return {
    ...found,
    appName: traffic.lastMs >= found.lastMs ? traffic.appName : found.appName,
    count: found.count + traffic.count,
    firstMs: Math.min(found.firstMs, traffic.firstMs),
    lastMs: Math.max(found.lastMs, traffic.lastMs),
  };
}

export type FindingMoment = {
  /** Up to when both logs were read, in ms: only what was read can be silence. */
  readToMs: number;
  /** The end of the last span that was never read, in ms; null: none. */
  lostToMs: number | null;
  /** The customer's today. */
  today: string;
  at: string;
  /** When each account last answered MFA at a screen, in ms, by its id in lower case; within the last day, if at all. */
  answeredMs: ReadonlyMap<string, number>;
};

/** How the finding stands at a moment; the same object when nothing changes. */
export function settle(row: FindingRow, moment: FindingMoment): FindingRow {
  const next = stateAt(row, moment);
  if (next === row.state) return row;
  const revision = row.revision + 1;
  switch (next) {
    case 'gone':
      return { ...row, state: next, taken: null, waiver: null, revision };
    case 'open':
      return { ...row, state: next, openedAt: row.openedAt ?? moment.at, taken: null, waiver: null, revision };
    case 'inWork':
    case 'waived':
      return { ...row, state: next, revision };
  }
}

function stateAt(row: FindingRow, moment: FindingMoment): FindingState {
  const { readToMs, lostToMs, today } = moment;
  const isQuiet =
    readToMs - Math.max(row.lastMs, row.state === 'gone' ? row.lastMs : (lostToMs ?? row.lastMs)) >= QUIET_MS ||
    isOrdinary(row, moment);
  switch (row.state) {
    case 'gone':
      return isQuiet ? 'gone' : 'open';
    case 'open':
    case 'inWork':
      return isQuiet ? 'gone' : row.state;
    case 'waived':
      if (row.waiver !== null && today <= row.waiver.until) return 'waived';
      return isQuiet ? 'gone' : 'open';
  }
}

/** Whether these refusals are what the app asks its owner about at the next use: answered since, or for less than a day. */
function isOrdinary({ protocol, accountId, firstMs, lastMs }: FindingRow, { answeredMs }: FindingMoment): boolean {
  if (protocol !== REFUSED) return false;
  const answered = answeredMs.get(accountId) ?? firstMs;
  return lastMs - Math.max(firstMs, answered) < QUIET_MS;
}

/** What a change of a finding is called in the journal. */
export function changeName(before: FindingRow, after: FindingRow): string {
  if (after.state !== 'open') return `finding.${after.state}`;
  return before.openedAt === null ? 'finding.opened' : 'finding.reopened';
}

/** The closed gate of the phase's people who still have clients that enforcement would break; none when all are settled. */
export function findingGates(people: readonly PhasePerson[], findings: readonly Finding[]): Gate[] {
  const ids = new Map(people.filter(({ exempt }) => exempt === null).map((one) => [one.accountId.toLowerCase(), one]));
  const unsettled = findings.filter(
    ({ accountId, status }) => (status === 'open' || status === 'inWork') && ids.has(accountId),
  );
  if (unsettled.length === 0) return [];
  const accountIds = [...new Set(unsettled.map(({ accountId }) => ids.get(accountId)?.accountId ?? accountId))].sort();
  const protocols = [...new Set(unsettled.map(({ protocol }) => protocol))].sort().join(', ');
  return [
    {
      code: 'findings_open',
      rule: 'S11',
      message: {
        en: `${unsettled.length} clients of ${accountIds.length} people cannot answer MFA and would stop working: ${protocols}.`,
        de: `${unsettled.length} Clients von ${accountIds.length} Personen können MFA nicht beantworten und würden ausfallen: ${protocols}.`,
      },
      clear: {
        en: 'Mend each (mfa-rollout findings says how); it closes by itself a day after its last sign-in. Or have it waived by the customer’s signature.',
        de: 'Jeden beheben (mfa-rollout findings sagt, wie); er schließt sich einen Tag nach der letzten Anmeldung von selbst. Oder ihn mit Unterschrift des Kunden dulden lassen.',
      },
      accountIds,
    },
  ];
}
