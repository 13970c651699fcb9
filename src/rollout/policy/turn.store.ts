import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import { isUnderWay } from './push/push.store.ts';

/** What a job writes: policies have their conditions sent whole; members of groups are added and removed one by one. */
export type Written = 'policies' | 'groups';

const turnRow = z.object({ what: z.string(), job: z.string() });

/**
 * Gives a job the turn to write these of the transaction's customer. Null where it has it now; else the key of a job
 * that has one of them and has not ended, and nothing is taken.
 */
export async function takeTurn(tx: Tx, job: string, what: readonly Written[]): Promise<string | null> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('writing-turn:' || app_customer()::text, 0))`);
  const { rows } = await tx.execute(sql`SELECT what, job FROM writing_turns`);
  const held = z.array(turnRow).parse(rows);
  for (const one of what) {
    const holder = held.find((turn) => turn.what === one && turn.job !== job);
    if (holder !== undefined && (await isUnderWay(tx, holder.job))) return holder.job;
  }
  for (const one of what) {
    if (held.some((turn) => turn.what === one && turn.job === job)) continue;
    await tx.execute(sql`
      INSERT INTO writing_turns (customer_id, what, job, is_writing) VALUES (app_customer(), ${one}, ${job}, false)
      ON CONFLICT (customer_id, what) DO UPDATE SET job = excluded.job, is_writing = false`);
  }
  return null;
}

/**
 * Keeps the turn over a failure: from now on something of this job may stand half-written. False where the job has no
 * turn.
 */
export async function keepTurn(tx: Tx, job: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`UPDATE writing_turns SET is_writing = true WHERE job = ${job}`);
  return (rowCount ?? 0) > 0;
}

/** Gives the turn back where nothing was written yet. */
export async function giveTurn(tx: Tx, job: string): Promise<void> {
  await tx.execute(sql`DELETE FROM writing_turns WHERE job = ${job} AND NOT is_writing`);
}
