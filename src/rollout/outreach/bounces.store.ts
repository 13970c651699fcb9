import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import type { Reason } from './outreach-types.core.ts';

/** A stored shape: a change needs a migration. */
const readingRow = z
  .object({
    mailbox: z.string(),
    read_until: z.coerce.date().nullable(),
    failure: z.object({ code: z.string(), text: z.object({ en: z.string(), de: z.string() }) }).nullable(),
  })
  .transform(({ read_until, ...row }) => ({ ...row, readUntil: read_until }));

/** How far the customer's mailbox was read for notices of undeliverable mails. */
export type BounceReading = { mailbox: string; readUntil: Date | null; failure: Reason | null };

/** The last reading; null before the first. */
export async function readBounceReading(tx: Tx): Promise<BounceReading | null> {
  const { rows } = await tx.execute(sql`SELECT mailbox, read_until, failure FROM outreach_bounce_readings`);
  return rows[0] === undefined ? null : readingRow.parse(rows[0]);
}

/** Keeps how far a reading came. */
export async function putBounceReading(tx: Tx, { mailbox, readUntil, failure }: BounceReading): Promise<void> {
  await tx.execute(sql`
    INSERT INTO outreach_bounce_readings (customer_id, mailbox, read_until, failure)
    VALUES (app_customer(), ${mailbox}, ${readUntil?.toISOString() ?? null}::timestamptz,
      ${failure === null ? null : JSON.stringify(failure)}::jsonb)
    ON CONFLICT (customer_id) DO UPDATE SET
      mailbox = excluded.mailbox, read_until = excluded.read_until, failure = excluded.failure`);
}
