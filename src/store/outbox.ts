import { randomUUID } from 'node:crypto';
import { and, eq, inArray } from 'drizzle-orm';
import type { Json } from '../lib/canonical-json.ts';
import type { Tx } from './database.ts';
import { outbox } from './schema.ts';
import { currentScope } from './transaction.ts';

/** An effect that a worker shall bring about, now or later. */
export type Effect = {
  /** Which handler runs it. */
  kind: string;
  /** Deterministic name of this one effect, such as `reminder:{phase}:{person}:{deadline}`. */
  key: string;
  payload: Json;
  /** When it is due, in business time; the present time when it is due at once. */
  dueAt: Date;
  /** Higher goes first: a click before a mailing. */
  priority?: number;
};

/**
 * Puts an effect into the outbox in the caller's transaction, so that it happens if and only if the rows beside it are
 * kept. The same key is taken once for ever: a second call changes nothing and answers false. Refuses outside of a
 * customer's transaction.
 */
export async function enqueue(tx: Tx, effect: Effect): Promise<boolean> {
  const { customerId, queue, effects } = currentScope();
  if (customerId === undefined) throw new TypeError('an effect belongs to one customer: use withCustomer');
  const row = {
    id: randomUUID(),
    customerId,
    kind: effect.kind,
    key: effect.key,
    payload: effect.payload,
    priority: effect.priority ?? 0,
    dueAt: effect.dueAt,
    state: queue?.isDue(effect.dueAt) === true ? ('queued' as const) : ('waiting' as const),
  };
  const taken = await tx.insert(outbox).values(row).onConflictDoNothing().returning({ id: outbox.id });
  if (taken.length > 0 && row.state === 'queued') effects.push(row);
  return taken.length > 0;
}

/** Takes back an effect that no worker has begun; false when it is too late for that. */
export async function withdraw(tx: Tx, key: string): Promise<boolean> {
  const gone = await tx
    .delete(outbox)
    .where(and(eq(outbox.key, key), eq(outbox.state, 'waiting')))
    .returning({ id: outbox.id });
  return gone.length > 0;
}

/** Forgets effects of these names that are done, with what they brought about: the same names would be taken again. */
export async function forgetDone(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.delete(outbox).where(and(inArray(outbox.key, [...keys]), eq(outbox.state, 'done')));
}
