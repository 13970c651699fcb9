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

/** Where the ids of groups stand inside plans and policies that are written back on an undo. */
const INSIDE = {
  policy_pushes: ['plan', 'before', 'progress'],
  phase_flips: ['plan', 'before'],
  security_defaults_switches: ['before', 'planned', 'phases'],
} as const;

/**
 * Puts the id of a group that was made anew in place of the one that is gone, wherever this product may come to write it:
 * memberships, enforced phases, and what pushes, changes and switches would put back.
 */
export async function moveGroupId(tx: Tx, { key, from, to }: { key: string; from: string; to: string }): Promise<void> {
  await tx.execute(sql`UPDATE managed_members SET group_id = ${to} WHERE group_key = ${key}`);
  await tx.execute(sql`UPDATE enforced_phases SET group_id = ${to} WHERE lower(group_id) = ${from.toLowerCase()}`);
  for (const [table, columns] of Object.entries(INSIDE)) {
    const moved = columns.map((column) => {
      const name = sql.identifier(column);
      return sql`${name} = regexp_replace(${name}::text, ${from}::text, ${to}::text, 'gi')::jsonb`;
    });
    await tx.execute(sql`UPDATE ${sql.identifier(table)} SET ${sql.join(moved, sql`, `)}`);
  }
}
