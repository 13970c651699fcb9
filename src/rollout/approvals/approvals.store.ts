import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Decision, Subject } from './approvals.core.ts';

const decisionRow = z.object({
  subject: z.enum(['exceptions', 'policyDraft']),
  seq: z.number(),
  digest: z.string(),
  verdict: z.enum(['signed', 'approved', 'held']),
  tenant_id: z.string(),
  object_id: z.string(),
  display_name: z.string().nullable(),
  decided_at: z.coerce.date(),
});

const COLUMNS = sql`subject, seq, digest, verdict, tenant_id, object_id, display_name, decided_at`;

/** Makes deciders on one subject of the customer wait for each other until the transaction ends. */
export async function lockSubject(tx: Tx, subject: Subject): Promise<void> {
  await tx.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended('decisions:' || app_customer() || ':' || ${subject}, 0))`,
  );
}

/** The newest decision on a subject; undefined when there is none. */
export async function readLatest(tx: Tx, subject: Subject): Promise<Decision | undefined> {
  const { rows } = await tx.execute(
    sql`SELECT ${COLUMNS} FROM decisions WHERE subject = ${subject} ORDER BY seq DESC LIMIT 1`,
  );
  return rows[0] === undefined ? undefined : decisionOf(rows[0]);
}

/** What the newest decision with this verdict was about; undefined when there is none. */
export async function readDecidedContent(tx: Tx, subject: Subject, verdict: Decision['verdict']): Promise<unknown> {
  const { rows } = await tx.execute<{ content: unknown }>(sql`
    SELECT content FROM decisions WHERE subject = ${subject} AND verdict = ${verdict} ORDER BY seq DESC LIMIT 1`);
  return rows[0]?.content;
}

/** What each decision with this verdict was about, the oldest first. */
export async function readDecidedContents(
  tx: Tx,
  subject: Subject,
  verdict: Decision['verdict'],
): Promise<{ at: Date; content: unknown }[]> {
  const { rows } = await tx.execute(sql`
    SELECT decided_at AS at, content FROM decisions WHERE subject = ${subject} AND verdict = ${verdict} ORDER BY seq`);
  return rows.map((row) => z.object({ at: z.coerce.date(), content: z.unknown() }).parse(row));
}

/** Adds a decision after the newest one. The subject has to be locked. */
export async function insertDecision(
  tx: Tx,
  decision: Omit<Decision, 'id' | 'at'> & { at: Date; content: Json },
): Promise<Decision> {
  const { subject, digest, verdict, by, displayName, at, content } = decision;
  const { rows } = await tx.execute(sql`
    INSERT INTO decisions (customer_id, subject, seq, digest, verdict, tenant_id, object_id, display_name, decided_at, content)
    SELECT app_customer(), ${subject}, coalesce(max(seq), 0) + 1, ${digest}, ${verdict}, ${by.tenantId}, ${by.objectId},
      ${displayName}, ${at.toISOString()}, ${JSON.stringify(content)}::jsonb
    FROM decisions WHERE subject = ${subject}
    RETURNING ${COLUMNS}`);
  return decisionOf(rows[0]);
}

function decisionOf(row: unknown): Decision {
  const read = decisionRow.parse(row);
  return {
    id: `${read.subject}-${read.seq}`,
    subject: read.subject,
    digest: read.digest,
    verdict: read.verdict,
    by: { tenantId: read.tenant_id, objectId: read.object_id },
    displayName: read.display_name,
    at: read.decided_at.toISOString(),
  };
}
