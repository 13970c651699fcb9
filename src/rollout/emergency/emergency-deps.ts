import type { Clock } from '../../lib/clock.ts';
import type { NewId } from '../../lib/ids.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Customers } from '../customers/customers.ts';
import type { Syncs } from '../snapshots/syncs.ts';

export type EmergencyDeps = {
  database: Database;
  customers: Pick<Customers, 'find' | 'connections'>;
  syncs: Pick<Syncs, 'readings'>;
  clock: Clock;
  stopPoint: StopPoint;
  conversations: Pick<Conversations, 'plan'>;
  /** Who is told by name: people of any tenant. */
  engineersOf(customerId: string): Promise<readonly { tenantId: string; objectId: string }[]>;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  newId?: NewId;
};

/** The subject under which the card of the accounts and their drills is kept. */
export const EMERGENCY_SUBJECT = 'emergency';

const SIGN_IN = 'emergencySignIn:';
const NAMED = 'emergencySignInNamed:';

/** The card of one session: in the channel without the account's name, in an engineer's chat with it. */
export function signInSubject(session: string, isNamed: boolean): string {
  return `${isNamed ? NAMED : SIGN_IN}${session}`;
}

/** The session that a subject names; null for the subject of another card. */
export function sessionInSubject(subject: string): { session: string; isNamed: boolean } | null {
  for (const isNamed of [true, false]) {
    const prefix = isNamed ? NAMED : SIGN_IN;
    if (subject.startsWith(prefix)) return { session: subject.slice(prefix.length), isNamed };
  }
  return null;
}
