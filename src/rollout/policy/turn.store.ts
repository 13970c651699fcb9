import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import { isUnderWay } from './push.store.ts';

const turnRow = z.object({ job: z.string(), is_writing: z.boolean() });

/**
 * Gives a job the turn to write the managed policies and groups of the transaction's customer. Null where it has it now;
 * else the key of the job that has it and has not ended.
 */
export async function takeTurn(tx: Tx, job: string): Promise<string | null> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('writing-turn:' || app_customer()::text, 0))`);
  const { rows } = await tx.execute(sql`SELECT job, is_writing FROM writing_turns`);
  const held = rows[0] === undefined ? null : turnRow.parse(rows[0]);
  if (held?.job === job) return null;
  if (held !== null && (await isUnderWay(tx, held.job))) return held.job;
  await tx.execute(sql`
    INSERT INTO writing_turns (customer_id, job, is_writing) VALUES (app_customer(), ${job}, false)
    ON CONFLICT (customer_id) DO UPDATE SET job = excluded.job, is_writing = false`);
  return null;
}

/** Keeps the turn over a failure: from now on something of this job may stand half-written. */
export async function keepTurn(tx: Tx, job: string): Promise<void> {
  await tx.execute(sql`UPDATE writing_turns SET is_writing = true WHERE job = ${job}`);
}

/** Gives the turn back where nothing was written yet. */
export async function giveTurn(tx: Tx, job: string): Promise<void> {
  await tx.execute(sql`DELETE FROM writing_turns WHERE job = ${job} AND NOT is_writing`);
}
