import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { judgeBambooDelivery, REPLAY_WINDOW_MS } from '../../services/hr/bamboohr/webhook.ts';
import type { Database, Tx } from '../../store/database.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Customers } from './customers.ts';
import { noteDelivery } from './hr-deliveries.store.ts';
import { type Environment, resolveSecret } from './secrets.ts';

export type HrDelivery = { rawBody: Uint8Array; headers: Readonly<Record<string, string | undefined>> };

/** How a delivery was taken; refused ones change nothing. */
type HrDeliveryOutcome =
  | { ok: true; asked: boolean }
  | { ok: false; reason: 'unknown' | 'unsigned' | 'forged' | 'stale' | 'unreadable' | 'repeated' };

/** Takes what an HR system sends when people change there. */
export type HrDeliveries = { receive(customerId: string, delivery: HrDelivery): Promise<HrDeliveryOutcome> };

type HrDeliveryDeps = {
  database: Database;
  customers: Pick<Customers, 'get'>;
  clock: Clock;
  log: Log;
  environment: Environment;
  /** Whether the customer was ever read: one that nobody has synced yet is left alone. */
  wasRead(customerId: string): Promise<boolean>;
};

/** Many people change in one import: what comes within the same span is read together at its end. */
const GATHER_MS = 60_000;
/**
 * Two changes of one person within a second are the same delivery, byte for byte, and count once: the reading comes late
 * enough to see both.
 */
const SETTLE_MS = 5_000;
const CUSTOMER_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Creates the receiver. A delivery whose signature holds asks for a reading of people, through the queue, at most one in
 * each span; nothing else of it is believed. One that comes again counts for nothing, whichever instance took it and
 * whatever was restarted since. Without `hr.webhookKeys` in the customer's file the answer is `unknown`.
 */
export function createHrDeliveries(deps: HrDeliveryDeps): HrDeliveries {
  return {
    receive: async (customerId, delivery) => {
      const customer = CUSTOMER_ID.test(customerId) ? await deps.customers.get(customerId) : undefined;
      const hr = customer?.settings.hr;
      if (hr?.source !== 'bamboohr' || hr.webhookKeys === undefined) return { ok: false, reason: 'unknown' };
      const now = deps.clock.now();
      const privateKeys = hr.webhookKeys.map((reference) => resolveSecret(reference, deps.environment));
      const verdict = judgeBambooDelivery(delivery, { privateKeys, now });
      if (!verdict.ok) {
        deps.log.warn('hr.delivery_refused', { customerId, reason: verdict.reason });
        return { ok: false, reason: verdict.reason };
      }
      const wasRead = await deps.wasRead(customerId);
      return deps.database.withCustomer(customerId, async (tx): Promise<HrDeliveryOutcome> => {
        // In one transaction with what follows: a delivery is noted exactly when it had its effect.
        if (!(await noteDelivery(tx, { key: verdict.deliveryKey, at: now, keptMs: 2 * REPLAY_WINDOW_MS })))
          return { ok: false, reason: 'repeated' };
        return { ok: true, asked: wasRead && (await askForReading(tx, now)) };
      });
    },
  };
}

/** The span stands in the effect's name, so that the store itself keeps it to one, whichever instance was told. */
function askForReading(tx: Tx, now: number): Promise<boolean> {
  const ends = (Math.floor((now + SETTLE_MS) / GATHER_MS) + 1) * GATHER_MS;
  const payload = {
    full: false,
    acceptShrunk: false,
    thenEvidence: false,
    actor: { kind: 'system', name: 'bamboohr' },
  };
  return enqueue(tx, { kind: 'sync.people', key: `sync:hr-change:${ends}`, payload, dueAt: new Date(ends) });
}
