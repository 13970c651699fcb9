import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import type { PhaseDecision } from '../approvals/phase-approval.core.ts';

/* A stored shape: a change needs a migration. */
const approvalRow = z
  .object({
    seq: z.number(),
    finding_id: z.string(),
    digest: z.string(),
    tenant_id: z.string(),
    object_id: z.string(),
    display_name: z.string().nullable(),
    decided_at: z.coerce.date(),
  })
  .transform(
    (row): PhaseDecision => ({
      ...{ id: `drift-${row.seq}`, phase: row.finding_id, verdict: 'approve', digest: row.digest, anyway: [] },
      by: { tenantId: row.tenant_id, objectId: row.object_id },
      displayName: row.display_name,
      at: row.decided_at.toISOString(),
    }),
  );

/** What was approved about a finding, the oldest first; of whatever content. */
export async function readApprovals(tx: Tx, findingId: string): Promise<PhaseDecision[]> {
  const { rows } = await tx.execute(sql`
    SELECT seq, finding_id::text, digest, tenant_id, object_id, display_name, decided_at FROM drift_approvals
    WHERE finding_id = ${findingId}::uuid ORDER BY seq`);
  return rows.map((row) => approvalRow.parse(row));
}

export type NewApproval = Pick<PhaseDecision, 'digest' | 'by' | 'displayName'> & {
  findingId: string;
  content: Json;
  at: Date;
};

/** Adds an approval after the newest one. The findings have to be locked. */
export async function insertApproval(tx: Tx, made: NewApproval): Promise<void> {
  const { findingId, digest, by, displayName, content, at } = made;
  await tx.execute(sql`
    INSERT INTO drift_approvals
      (customer_id, seq, finding_id, digest, tenant_id, object_id, display_name, content, decided_at)
    SELECT app_customer(), coalesce(max(seq), 0) + 1, ${findingId}::uuid, ${digest}, ${by.tenantId}, ${by.objectId},
      ${displayName}, ${JSON.stringify(content)}::jsonb, ${at.toISOString()}::timestamptz
    FROM drift_approvals`);
}
