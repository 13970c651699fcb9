import type { Clock } from '../../lib/clock.ts';
import type { NewId } from '../../lib/ids.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import type { Access } from '../access/access.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { PhasePerson } from '../phases/phase-types.core.ts';
import type { PassRequest } from './access-pass-types.core.ts';

export type AccessPassDeps = {
  database: Database;
  customers: Pick<Customers, 'find' | 'connections'>;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  access: Pick<Access, 'actorOf'>;
  phases: { people(customer: Customer): Promise<readonly PhasePerson[]> };
  /** Accounts that are declared or found to be emergency access. */
  breakGlassOf(customer: Customer): Promise<ReadonlySet<string>>;
  /** Accounts with a role in the directory, active or eligible; null where roles were not read. */
  roleHoldersOf(customer: Customer): Promise<ReadonlySet<string> | null>;
  /** Everybody who asked for a pass and was not answered yet, by the person it is for. */
  requestsOf(customer: Customer): Promise<ReadonlyMap<string, readonly PassRequest[]>>;
  /** Everybody who ever asked for a pass for this person: none of them issues it (safety rule S28). */
  askersOf(customer: Customer, accountId: string): Promise<readonly PassRequest[]>;
  /** Accounts that sign in and fail MFA since it is enforced. Calls no vendor. */
  failingOf(customer: Customer): Promise<ReadonlySet<string>>;
  conversations: Pick<Conversations, 'plan'>;
  /** Who is told of a request or an alarm: people of any tenant. */
  helpersOf(customerId: string): Promise<readonly { tenantId: string; objectId: string }[]>;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  newId?: NewId | undefined;
};

const PERSON = 'accessPass:person:';
const ALARM = 'accessPass:alarm:';

/** The card on which a pass for somebody is issued. */
export function passSubject(accountId: string): string {
  return `${PERSON}${accountId}`;
}

/** The card that tells of a registration from elsewhere. */
export function alarmSubject(passId: string): string {
  return `${ALARM}${passId}`;
}

/** What a subject of a card about passes names; null for the subject of another card. */
export function passInSubject(subject: string): { person: string } | { alarm: string } | null {
  if (subject.startsWith(PERSON)) return { person: subject.slice(PERSON.length) };
  return subject.startsWith(ALARM) ? { alarm: subject.slice(ALARM.length) } : null;
}
