import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import { CLASS_KINDS, type ClassDecision } from './exception-types.core.ts';

/* Stored shapes: a change needs a migration. */
const decisionRow = z
  .object({
    class: z.enum(CLASS_KINDS),
    verdict: z.enum(['enforce', 'carveOut']),
    reason: z.string(),
    review_at: z.string().nullable(),
    digest: z.string(),
    members: z.number(),
    tenant_id: z.string(),
    object_id: z.string(),
    display_name: z.string().nullable(),
    decided_at: z.coerce.date(),
  })
  .transform(
    ({ class: kind, verdict, reason, digest, ...row }): ClassDecision => ({
      ...{ class: kind, verdict, reason, digest, reviewAt: row.review_at, count: row.members },
      by: { tenantId: row.tenant_id, objectId: row.object_id },
      displayName: row.display_name,
      at: row.decided_at.toISOString(),
    }),
  );

/** Lets others who would decide about a class wait until the transaction ends. */
export async function lockClasses(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('class-decisions:' || app_customer()::text, 0))`);
}

/** The newest decision about each class that was decided. */
export async function readClassDecisions(tx: Tx): Promise<ClassDecision[]> {
  const { rows } = await tx.execute(sql`
    SELECT DISTINCT ON (class) class, verdict, reason, review_at::text, digest, members, tenant_id, object_id,
      display_name, decided_at
    FROM class_decisions ORDER BY class, seq DESC`);
  return rows.map((row) => decisionRow.parse(row));
}

/** Adds a decision, which stands from then on. Classes have to be locked. */
export async function insertClassDecision(tx: Tx, decision: ClassDecision): Promise<void> {
  const { verdict, reason, reviewAt, digest, count, by, displayName, at } = decision;
  await tx.execute(sql`
    INSERT INTO class_decisions (customer_id, class, seq, verdict, reason, review_at, digest, members, tenant_id,
      object_id, display_name, decided_at)
    SELECT app_customer(), ${decision.class}, coalesce(max(seq), 0) + 1, ${verdict}, ${reason}, ${reviewAt}::date,
      ${digest}, ${count}, ${by.tenantId}, ${by.objectId}, ${displayName}, ${at}::timestamptz
    FROM class_decisions WHERE class = ${decision.class}`);
}
