import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import type { ShownRow } from './exception-types.core.ts';

/** What was shown of an exception. A stored shape: a change needs a migration. */
const shownRow = z.object({
  accountId: z.string(),
  kind: z.enum(['breakGlass', 'serviceAccount', 'sharedMailbox', 'onLeave']),
  owner: z.object({ accountId: z.string().nullable(), why: z.string() }),
  reason: z.string(),
  compensatingControl: z.string(),
  endsAt: z.string().nullable(),
  reviewAt: z.string().nullable(),
  proposal: z.enum(['exclude', 'blockSignIn', 'extendDeadline']),
});

/** The rows as they were last shown, for the customer of this transaction. */
export async function readShown(tx: Tx): Promise<ShownRow[]> {
  const { rows } = await tx.execute<{ shown: unknown }>(
    sql`SELECT shown FROM exception_rows ORDER BY account_id COLLATE "C", kind COLLATE "C"`,
  );
  return rows.map((row) => shownRow.parse(row.shown));
}

/** Makes these the rows that were shown; an account that is no exception any more is forgotten. */
export async function replaceShown(tx: Tx, rows: readonly ShownRow[]): Promise<void> {
  const list = JSON.stringify(rows.map((row) => shownRow.parse(row)));
  await tx.execute(sql`DELETE FROM exception_rows`);
  await tx.execute(sql`
    INSERT INTO exception_rows (customer_id, account_id, kind, shown)
    SELECT app_customer(), row->>'accountId', row->>'kind', row FROM jsonb_array_elements(${list}::jsonb) AS row`);
}
