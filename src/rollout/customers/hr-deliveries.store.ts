import { sql } from 'drizzle-orm';
import type { Tx } from '../../store/transaction.ts';

/**
 * Notes a delivery by its key; false when it was noted before. Those that could not be believed any more by their age are
 * forgotten.
 */
export async function noteDelivery(
  tx: Tx,
  { key, at, keptMs }: { key: string; at: number; keptMs: number },
): Promise<boolean> {
  const oldest = new Date(at - keptMs).toISOString();
  await tx.execute(sql`DELETE FROM hr_deliveries WHERE at < ${oldest}`);
  const noted = await tx.execute(sql`
    INSERT INTO hr_deliveries (customer_id, key, at) VALUES (app_customer(), ${key}, ${new Date(at).toISOString()})
    ON CONFLICT (customer_id, key) DO NOTHING`);
  return (noted.rowCount ?? 0) > 0;
}
