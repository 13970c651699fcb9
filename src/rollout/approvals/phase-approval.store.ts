import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import { PHASE_VERDICTS, type PhaseDecision } from './phase-approval.core.ts';

/* A stored shape: a change needs a migration. */
const decisionRow = z
  .object({
    seq: z.number(),
    phase: z.string(),
    verdict: z.enum(PHASE_VERDICTS),
    digest: z.string(),
    tenant_id: z.string(),
    object_id: z.string(),
    display_name: z.string().nullable(),
    anyway: z.array(z.string()),
    decided_at: z.coerce.date(),
  })
  .transform(
    (row): PhaseDecision => ({
      id: `phase-${row.seq}`,
      phase: row.phase,
      verdict: row.verdict,
      digest: row.digest,
      by: { tenantId: row.tenant_id, objectId: row.object_id },
      displayName: row.display_name,
      anyway: row.anyway,
      at: row.decided_at.toISOString(),
    }),
  );

const COLUMNS = sql`seq, phase, verdict, digest, tenant_id, object_id, display_name, anyway, decided_at`;

/** Names one phase of one rollout. */
export type PhaseRef = { rolloutId: string; phase: string };

/** Makes deciders about the customer's phases wait for each other until the transaction ends. */
export async function lockPhaseDecisions(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('phase-decisions:' || app_customer()::text, 0))`);
}

/** What was decided about a phase, the oldest first. */
export async function readPhaseDecisions(tx: Tx, { rolloutId, phase }: PhaseRef): Promise<PhaseDecision[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM phase_decisions WHERE rollout_id = ${rolloutId} AND phase = ${phase} ORDER BY seq`);
  return rows.map((row) => decisionRow.parse(row));
}

export type NewPhaseDecision = Omit<PhaseDecision, 'id' | 'at'> & { rolloutId: string; at: Date; content: Json };

/** Adds a decision after the newest one. Decisions have to be locked. */
export async function insertPhaseDecision(tx: Tx, decision: NewPhaseDecision): Promise<PhaseDecision> {
  const { rolloutId, phase, verdict, digest, by, displayName, anyway, content, at } = decision;
  const { rows } = await tx.execute(sql`
    INSERT INTO phase_decisions
      (customer_id, rollout_id, phase, seq, verdict, digest, tenant_id, object_id, display_name, anyway, content, decided_at)
    SELECT app_customer(), ${rolloutId}, ${phase}, coalesce(max(seq), 0) + 1, ${verdict}, ${digest}, ${by.tenantId},
      ${by.objectId}, ${displayName}, ${JSON.stringify(anyway)}::jsonb, ${JSON.stringify(content)}::jsonb,
      ${at.toISOString()}::timestamptz
    FROM phase_decisions
    RETURNING ${COLUMNS}`);
  return decisionRow.parse(rows[0]);
}
