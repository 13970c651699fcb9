import { sql } from 'drizzle-orm';
import type { Tx } from '../../../store/transaction.ts';
import type { MessageEdits } from './message-types.core.ts';
import { messageEditsSchema } from './template-file.ts';

/** What the customer of this transaction changed of the mails; empty where nothing was. */
export async function readEdits(tx: Tx): Promise<MessageEdits> {
  const { rows } = await tx.execute<{ edits: unknown }>(sql`SELECT edits FROM message_templates`);
  return messageEditsSchema.parse(rows[0]?.edits ?? {});
}

/** The same, and nobody else changes it until this transaction ends. */
export async function readEditsForChange(tx: Tx, at: Date): Promise<MessageEdits> {
  await tx.execute(sql`
    INSERT INTO message_templates (customer_id, edits, updated_at)
    VALUES (app_customer(), '{}'::jsonb, ${at.toISOString()})
    ON CONFLICT (customer_id) DO NOTHING`);
  const { rows } = await tx.execute<{ edits: unknown }>(sql`SELECT edits FROM message_templates FOR UPDATE`);
  return messageEditsSchema.parse(rows[0]?.edits ?? {});
}

/** Replaces what was changed. Needs `readEditsForChange` before, in this transaction. */
export async function saveEdits(tx: Tx, edits: MessageEdits, at: Date): Promise<void> {
  const json = JSON.stringify(edits);
  await tx.execute(sql`UPDATE message_templates SET edits = ${json}::jsonb, updated_at = ${at.toISOString()}`);
}
