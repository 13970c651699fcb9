import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import type { Presence } from './presence.core.ts';

/* A stored shape: a change needs a migration. */
const row = z
  .object({
    account_id: z.string(),
    is_enabled: z.boolean(),
    since: z.coerce
      .date()
      .transform((date) => date.toISOString())
      .nullable(),
  })
  .transform(({ account_id: accountId, is_enabled: isEnabled, since }): Presence => ({ accountId, isEnabled, since }));

/** Everybody who was seen in this rollout; empty before the first look. */
export async function readPresence(tx: Tx, rolloutId: string): Promise<Presence[]> {
  const { rows } = await tx.execute(sql`
    SELECT account_id, is_enabled, since FROM outreach_presence WHERE rollout_id = ${rolloutId}`);
  return rows.map((one) => row.parse(one));
}

/** Makes this what is known of these accounts. */
export async function savePresence(tx: Tx, rolloutId: string, presence: readonly Presence[]): Promise<void> {
  if (presence.length === 0) return;
  await tx.execute(sql`
    INSERT INTO outreach_presence (customer_id, rollout_id, account_id, is_enabled, since)
    SELECT app_customer(), ${rolloutId}, p."accountId", p."isEnabled", p.since
    FROM jsonb_to_recordset(${JSON.stringify(presence)}::jsonb)
      AS p("accountId" text, "isEnabled" boolean, since timestamptz)
    ON CONFLICT (customer_id, rollout_id, account_id) DO UPDATE
      SET is_enabled = excluded.is_enabled, since = excluded.since`);
}
