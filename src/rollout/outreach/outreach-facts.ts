import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { MessageKind, Phase, PhasePerson, Rollout, Sentence } from '../phases/phase-types.core.ts';
import type { CadenceInput } from './cadence.core.ts';
import { type LedgerRow, readLedger } from './outreach.store.ts';
import type { Recipient } from './outreach-types.core.ts';
import { newcomersOf, type Presence, presenceAfter } from './presence.core.ts';
import { readPresence } from './presence.store.ts';

/** What a message is made from. */
export type RenderAsk = {
  customer: Customer;
  rollout: Rollout;
  phase: Phase;
  kind: MessageKind;
  language: 'en' | 'de';
  /** The reader: the person of the phase, or the manager. */
  reader: PhasePerson;
  manager: Recipient | null;
  /** The holdouts that a manager's nudge is about. */
  about: readonly PhasePerson[];
};

export type Rendered = { subject: string; html: string; text: string };

/** A message for somebody whom no mail reaches. The same key never becomes two messages. */
export type TeamsAsk = { customer: Customer; accountId: string; key: string; message: Rendered; signal: AbortSignal };

export type TeamsAnswer =
  | { kind: 'posted' }
  /** The bot shall write it and has not yet. */
  | { kind: 'pending' }
  | { kind: 'refused'; reason: Sentence }
  /** Nobody can tell whether the person has it. */
  | { kind: 'unknown' };

/** The other way to a person: the chat with the bot. */
export type TeamsChat = {
  /** How the message of this key stands; null where there is none yet. Calls no vendor. */
  standing(customer: Customer, key: string): Promise<TeamsAnswer | null>;
  /** Brings the bot to the person and lets it write, once for a key. Throws the vendor's error when it does not answer. */
  post(ask: TeamsAsk): Promise<TeamsAnswer>;
};

export type OutreachDeps = {
  database: Database;
  customers: Customers;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  phases: {
    current(customerId: string): Promise<Rollout | null>;
    people(customer: Customer): Promise<readonly PhasePerson[]>;
  };
  render(ask: RenderAsk): Promise<Rendered>;
  /** The other way to a person; absent: what no mail reaches is refused and counted. */
  teamsChat?: TeamsChat | undefined;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  /** How long the mail system is given before a draft that still stands counts as not sent. */
  settleMs?: number;
};

/**
 * What the cadence judges, as it is now; null where there is no rollout. `fresh`: what of the people's presence is not
 * kept yet.
 */
export async function cadenceFacts(
  deps: Pick<OutreachDeps, 'database' | 'phases' | 'clock' | 'teamsChat'>,
  customer: Customer,
): Promise<(CadenceInput & { ledger: LedgerRow[]; fresh: Presence[] }) | null> {
  const rollout = await deps.phases.current(customer.id);
  if (rollout === null) return null;
  const people = await deps.phases.people(customer);
  const { ledger, presence } = await deps.database.withCustomer(customer.id, async (tx: Tx) => ({
    ledger: await readLedger(tx, rollout.id),
    presence: await readPresence(tx, rollout.id),
  }));
  const now = deps.clock.now();
  const fresh = presenceAfter(presence, people, new Date(now).toISOString());
  const replaced = new Set(fresh.map(({ accountId }) => accountId));
  const { timeZone, mail } = customer.settings;
  return {
    rollout,
    people,
    ledger,
    now,
    fresh,
    newcomers: newcomersOf([...presence.filter(({ accountId }) => !replaced.has(accountId)), ...fresh]),
    timeZone,
    hasMail: mail !== undefined,
    hasTeams: deps.teamsChat !== undefined,
  };
}
