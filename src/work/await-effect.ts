import { eq, sql } from 'drizzle-orm';
import { systemClock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Database } from '../store/database.ts';
import { outbox } from '../store/schema.ts';

/** How often somebody looks for what another process does; what this one does wakes him at once. */
const POLL_MS = 250;

/** Who waits in this process, by store. */
const waiting = new WeakMap<Database, Set<AbortController>>();

/** Lets everybody who waits in this process look again: the queue says so when it has settled a job of this store. */
export function wakeWaiting(database: Database): void {
  for (const pause of waiting.get(database) ?? []) pause.abort();
}

/**
 * Resolves when the effect of this key has been brought about by a worker, here or in another process. Rejects with
 * `effect_failed` when its job died, and with the signal's reason.
 */
export async function awaitEffect(
  database: Database,
  effect: { customerId: string; key: string },
  signal: AbortSignal,
): Promise<void> {
  while (!(await isDone(database, effect, signal)));
}

/** Looks once; when it is not done, comes back as soon as it may be worth looking again. */
async function isDone(
  database: Database,
  effect: { customerId: string; key: string },
  signal: AbortSignal,
): Promise<boolean> {
  const pause = new AbortController();
  const others = waiting.get(database) ?? new Set();
  waiting.set(database, others);
  // Before looking, so that what is settled while it looks ends the pause before it begins.
  others.add(pause);
  try {
    if ((await stateOf(database, effect)) === 'done') return true;
    // The machine's own time: a turned clock may stand still while a person waits.
    await systemClock.sleep(POLL_MS, AbortSignal.any([signal, pause.signal])).catch(() => undefined);
    signal.throwIfAborted();
    return false;
  } finally {
    others.delete(pause);
  }
}

async function stateOf(database: Database, { customerId, key }: { customerId: string; key: string }): Promise<string> {
  const [row] = await database.withCustomer(customerId, (tx) =>
    tx
      .select({ state: outbox.state, failure: outbox.failure })
      .from(outbox)
      .where(sql`${eq(outbox.customerId, customerId)} AND ${outbox.key} = ${key}`),
  );
  if (row === undefined || row.state === 'dead') {
    const code = row?.failure ?? 'effect_unknown';
    throw new AppError('effect_failed', `the job ${key} ended with ${code}`, { facts: { code } });
  }
  return row.state;
}
