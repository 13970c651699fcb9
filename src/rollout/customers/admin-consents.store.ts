import { sql } from 'drizzle-orm';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';

/** Which of a customer's applications consent is asked for. */
export const CONSENT_APPS = ['reader', 'messenger', 'writer', 'teams'] as const;
export type ConsentApp = (typeof CONSENT_APPS)[number];

/** A question that was asked. Stored shape: a change needs a migration. */
export type AskedConsent = { nonce: string; key: string; app: ConsentApp; askedBy: Json; isAnswered: boolean };

/** Keeps a question, and forgets those that nobody can answer any more. */
export async function saveAsked(
  tx: Tx,
  asked: Omit<AskedConsent, 'isAnswered'> & { at: Date; forgetBefore: Date },
): Promise<void> {
  await tx.execute(sql`DELETE FROM admin_consents WHERE asked_at < ${asked.forgetBefore.toISOString()}`);
  await tx.execute(sql`
    INSERT INTO admin_consents (customer_id, nonce, key, app, asked_by, asked_at)
    VALUES (app_customer(), ${asked.nonce}, ${asked.key}, ${asked.app}, ${JSON.stringify(asked.askedBy)}::jsonb,
      ${asked.at.toISOString()})`);
}

/** The question of this nonce, locked until the transaction ends: of two answers at once the second sees the first. */
export async function lockAsked(tx: Tx, nonce: string): Promise<AskedConsent | undefined> {
  const { rows } = await tx.execute<{ key: string; app: ConsentApp; asked_by: Json; answered: boolean }>(sql`
    SELECT key, app, asked_by, answered_at IS NOT NULL AS answered FROM admin_consents
    WHERE nonce = ${nonce} FOR UPDATE`);
  const [row] = rows;
  return row && { nonce, key: row.key, app: row.app, askedBy: row.asked_by, isAnswered: row.answered };
}

/** Notes that a question was answered. */
export async function saveAnswered(tx: Tx, answered: { nonce: string; outcome: string; at: Date }): Promise<void> {
  await tx.execute(sql`
    UPDATE admin_consents SET answered_at = ${answered.at.toISOString()}, outcome = ${answered.outcome}
    WHERE nonce = ${answered.nonce}`);
}
