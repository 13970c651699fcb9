import { sql } from 'drizzle-orm';
import type { Tx } from '../../store/transaction.ts';
import { guideEditsSchema } from './guide-file.ts';
import type { GuideEdits } from './guide-types.core.ts';

/** What the customer of this transaction changed; empty where nothing was. */
export async function readEdits(tx: Tx): Promise<GuideEdits> {
  const { rows } = await tx.execute<{ edits: unknown }>(sql`SELECT edits FROM guide_edits`);
  return guideEditsSchema.parse(rows[0]?.edits ?? {});
}

/** The same, and nobody else changes it until this transaction ends. */
export async function readEditsForChange(tx: Tx, at: Date): Promise<GuideEdits> {
  await tx.execute(sql`
    INSERT INTO guide_edits (customer_id, edits, updated_at) VALUES (app_customer(), '{}'::jsonb, ${at.toISOString()})
    ON CONFLICT (customer_id) DO NOTHING`);
  const { rows } = await tx.execute<{ edits: unknown }>(sql`SELECT edits FROM guide_edits FOR UPDATE`);
  return guideEditsSchema.parse(rows[0]?.edits ?? {});
}

/** Replaces what was changed. Needs `readEditsForChange` before, in this transaction. */
export async function saveEdits(tx: Tx, edits: GuideEdits, at: Date): Promise<void> {
  const json = JSON.stringify(guideEditsSchema.parse(edits));
  await tx.execute(sql`UPDATE guide_edits SET edits = ${json}::jsonb, updated_at = ${at.toISOString()}`);
}
