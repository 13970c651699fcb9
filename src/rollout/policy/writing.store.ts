import { sql } from 'drizzle-orm';
import type { Tx } from '../../store/transaction.ts';

/** Whether any job of these kinds is still to be brought about for the transaction's customer. */
export async function isAnyUnderWay(tx: Tx, kinds: readonly string[]): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    SELECT 1 FROM outbox
    WHERE customer_id = app_customer() AND state IN ('waiting', 'queued')
      AND kind IN (SELECT jsonb_array_elements_text(${JSON.stringify(kinds)}::jsonb))
    LIMIT 1`);
  return rows.length > 0;
}
