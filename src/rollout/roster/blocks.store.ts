import { sql } from 'drizzle-orm';
import type { Tx } from '../../store/transaction.ts';

/** A block of rows that was taken over. Stored shape: a change needs another version in the digests. */
export type StoredBlock = { digest: string; rows: number };

/** The blocks of which a source consists. */
export async function readBlocks(tx: Tx, source: string): Promise<StoredBlock[]> {
  const { rows } = await tx.execute<StoredBlock>(
    sql`SELECT digest, rows FROM source_blocks WHERE source = ${source} ORDER BY digest COLLATE "C"`,
  );
  return rows.map(({ digest, rows: count }) => ({ digest, rows: count }));
}

/** The prints of these blocks, block by block. */
export async function readPrints(tx: Tx, source: string, digests: readonly string[]): Promise<string[]> {
  if (digests.length === 0) return [];
  const { rows } = await tx.execute<{ prints: string }>(sql`
    SELECT prints FROM source_blocks
    WHERE source = ${source} AND digest IN (SELECT jsonb_array_elements_text(${JSON.stringify(digests)}::jsonb))`);
  return rows.map(({ prints }) => prints);
}

/** Puts blocks in the place of others. */
export async function replaceBlocks(
  tx: Tx,
  source: string,
  change: { gone: readonly string[]; come: readonly (StoredBlock & { prints: string })[] },
): Promise<void> {
  if (change.gone.length > 0) {
    await tx.execute(sql`
      DELETE FROM source_blocks
      WHERE source = ${source} AND digest IN (SELECT jsonb_array_elements_text(${JSON.stringify(change.gone)}::jsonb))`);
  }
  if (change.come.length === 0) return;
  await tx.execute(sql`
    INSERT INTO source_blocks (customer_id, source, digest, rows, prints)
    SELECT app_customer(), ${source}, block.digest, block.rows, block.prints
    FROM jsonb_to_recordset(${JSON.stringify(change.come)}::jsonb) AS block(digest text, rows integer, prints text)`);
}

/** Forgets the blocks of a source: the next reading is compared whole. */
export async function forgetBlocks(tx: Tx, source: string): Promise<void> {
  await tx.execute(sql`DELETE FROM source_blocks WHERE source = ${source}`);
}
