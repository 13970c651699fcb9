import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { PhasePerson, Rollout } from '../phases/phase-types.core.ts';
import type { WantedTicket } from '../tickets/tickets.core.ts';

export type HoldoutDeps = {
  database: Database;
  customers: Pick<Customers, 'find' | 'connections'>;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  phases: {
    current(customerId: string): Promise<Rollout | null>;
    people(customer: Customer): Promise<readonly PhasePerson[]>;
  };
  /** Asks for tickets in the caller's transaction; 0 where the customer has no PSA. */
  wantTickets(tx: Tx, customer: Customer, wanted: readonly WantedTicket[]): Promise<number>;
  conversations: Pick<Conversations, 'list' | 'plan'>;
  /** Whether the bot can write to whom no mail reaches. */
  hasTeams: boolean;
  /** Who stands behind the engineer's list: people of any tenant. */
  engineersOf(customerId: string): Promise<readonly { tenantId: string; objectId: string }[]>;
  /** Aborted when the process stops. */
  signal: AbortSignal;
};

/** Names the card of one list: a manager's people of one phase, or the engineer's. */
export type ListName = { rolloutId: string; ordinal: number; list: string };

/** Stands for the engineer's list where a manager's account id would. */
export const ENGINEER_LIST = 'engineer';

const SUBJECT = 'holdouts:';

/** The subject under which the cards of a list are kept. */
export function holdoutSubject({ rolloutId, ordinal, list }: ListName): string {
  return `${SUBJECT}${rolloutId}:${ordinal}:${list}`;
}

/** The list that a subject names; null for the subject of another card. */
export function listInSubject(subject: string): ListName | null {
  if (!subject.startsWith(SUBJECT)) return null;
  const [rolloutId = '', ordinal = '', list = ''] = subject.slice(SUBJECT.length).split(':');
  return { rolloutId, ordinal: Number(ordinal), list };
}
