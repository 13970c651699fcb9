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

export type TeamsAnswer = { ok: true } | { ok: false; reason: Sentence };

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
  teamsChat?: (ask: TeamsAsk) => Promise<TeamsAnswer>;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  /** How long the mail system is given before a draft that still stands counts as not sent. */
  settleMs?: number;
};

/** What the cadence judges, as it is now; null where there is no rollout. */
export async function cadenceFacts(
  deps: Pick<OutreachDeps, 'database' | 'phases' | 'clock'>,
  customer: Customer,
): Promise<(CadenceInput & { ledger: LedgerRow[] }) | null> {
  const rollout = await deps.phases.current(customer.id);
  if (rollout === null) return null;
  const people = await deps.phases.people(customer);
  const ledger = await deps.database.withCustomer(customer.id, (tx: Tx) => readLedger(tx, rollout.id));
  const { timeZone, mail } = customer.settings;
  return { rollout, people, ledger, now: deps.clock.now(), timeZone, hasMail: mail !== undefined };
}
