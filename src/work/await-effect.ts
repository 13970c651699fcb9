import { eq, sql } from 'drizzle-orm';
import { systemClock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Database } from '../store/database.ts';
import { outbox } from '../store/schema.ts';

const POLL_MS = 100;

/**
 * Resolves when the effect of this key has been brought about by a worker, here or in another process. Rejects with
 * `effect_failed` when its job died, and with the signal's reason.
 */
export async function awaitEffect(
  database: Database,
  effect: { customerId: string; key: string },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const [row] = await database.withCustomer(effect.customerId, (tx) =>
      tx
        .select({ state: outbox.state, failure: outbox.failure })
        .from(outbox)
        .where(sql`${eq(outbox.customerId, effect.customerId)} AND ${outbox.key} = ${effect.key}`),
    );
    if (row?.state === 'done') return;
    if (row === undefined || row.state === 'dead') {
      const code = row?.failure ?? 'effect_unknown';
      throw new AppError('effect_failed', `the job ${effect.key} ended with ${code}`, { facts: { code } });
    }
    // The machine's own time: a turned clock may stand still while a person waits.
    await systemClock.sleep(POLL_MS, signal);
  }
}
