import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import type { ApprovalFact, ReportModel } from './report-types.core.ts';

/** How far the mail of a report came. A stored shape: a change needs a migration. */
const sending = z.object({
  /**
   * `waiting`: it goes out once `why` is mended; `drafted`: the mail lies ready; `asked`: sending was asked for;
   * `unknown`: whether it was accepted cannot be told; `refused`: it will not go out; `superseded`: a newer report does.
   */
  state: z.enum(['waiting', 'drafted', 'asked', 'sent', 'unknown', 'refused', 'superseded']),
  round: z.number(),
  draftId: z.string().nullable(),
  askedAt: z.string().nullable(),
  /** Inquiries that proved nothing. */
  inquiries: z.number(),
  to: z.string().nullable(),
  why: z.object({ code: z.string(), message: z.string() }).nullable(),
  by: z.json(),
  since: z.string(),
});

export type Sending = Omit<z.output<typeof sending>, 'by'> & { by: Json };

const reportRow = z
  .object({
    digest: z.string(),
    taken_at: z.coerce.date(),
    made_at: z.coerce.date(),
    sending: sending.nullable(),
  })
  .transform((row) => ({ digest: row.digest, takenAt: row.taken_at, madeAt: row.made_at, sending: row.sending }));

/** A report that was made, without its document. */
export type ReportRow = Omit<z.output<typeof reportRow>, 'sending'> & { sending: Sending | null };

const COLUMNS = sql.raw('digest, taken_at, made_at, sending');

/** Lets others who would make or send a report of this customer wait until the transaction ends. */
export async function lockReports(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('reports:' || app_customer()::text, 0))`);
}

/** Keeps that a report was made; false where it was before. */
export async function insertReport(
  tx: Tx,
  report: { digest: string; takenAt: string; madeAt: Date; figures: ReportModel['figures'] },
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO reports (customer_id, digest, taken_at, made_at, figures)
    VALUES (app_customer(), ${report.digest}, ${report.takenAt}::timestamptz, ${report.madeAt.toISOString()}::timestamptz,
      ${JSON.stringify(report.figures)}::jsonb)
    ON CONFLICT (customer_id, digest) DO NOTHING RETURNING digest`);
  return rows.length > 0;
}

/** The report of this digest; null where none was made. */
export async function readReport(tx: Tx, digest: string): Promise<ReportRow | null> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM reports WHERE digest = ${digest}`);
  return rows[0] === undefined ? null : reportRow.parse(rows[0]);
}

/** The document that is mailed; null where nobody asked for it. */
export async function readDocument(tx: Tx, digest: string): Promise<Uint8Array | null> {
  const { rows } = await tx.execute<{ document: string | null }>(
    sql`SELECT document FROM reports WHERE digest = ${digest}`,
  );
  const document = rows[0]?.document ?? null;
  return document === null ? null : Buffer.from(document, 'base64');
}

/** Keeps the document that is mailed; one that is there already stays. */
export async function saveDocument(tx: Tx, digest: string, document: Uint8Array): Promise<void> {
  const base64 = Buffer.from(document).toString('base64');
  await tx.execute(sql`UPDATE reports SET document = ${base64} WHERE digest = ${digest} AND document IS NULL`);
}

/** Makes this how far the mail came; false when it came further meanwhile, by another worker: then nothing is changed. */
export async function saveSending(
  tx: Tx,
  digest: string,
  { before, now }: { before: Sending | null; now: Sending },
): Promise<boolean> {
  const was = before === null ? null : JSON.stringify(before);
  const { rows } = await tx.execute(sql`
    UPDATE reports SET sending = ${JSON.stringify(now)}::jsonb
    WHERE digest = ${digest} AND sending IS NOT DISTINCT FROM ${was}::jsonb RETURNING digest`);
  return rows.length > 0;
}

/** The reports of the customer whose mail was asked for, the newest asking first. */
export async function readSendings(tx: Tx): Promise<ReportRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM reports WHERE sending IS NOT NULL ORDER BY sending->>'since' DESC, digest`);
  return rows.map((row) => reportRow.parse(row));
}

const totalsRow = z
  .object({ digest: z.string(), taken_at: z.coerce.date(), figures: z.record(z.string(), z.number().nullable()) })
  .transform((row) => ({ digest: row.digest, takenAt: row.taken_at, figures: row.figures }));

/** What a report that closed a rollout counted; null: not read. */
export type ReportTotals = z.output<typeof totalsRow>;

/** Keeps which report closed a rollout. */
export async function saveClosing(tx: Tx, { rolloutId, digest }: { rolloutId: string; digest: string }): Promise<void> {
  await tx.execute(sql`UPDATE reports SET closes = ${rolloutId}::uuid WHERE digest = ${digest}`);
}

/** The totals of the report that closed the newest rollout; null before it was written. */
export async function readTotals(tx: Tx): Promise<ReportTotals | null> {
  const { rows } = await tx.execute(sql`
    SELECT r.digest, r.taken_at, r.figures FROM reports r
    WHERE r.closes = (SELECT id FROM rollouts ORDER BY seq DESC LIMIT 1) ORDER BY r.made_at DESC LIMIT 1`);
  return rows[0] === undefined ? null : totalsRow.parse(rows[0]);
}

const headRow = z.object({ seq: z.coerce.number(), hash: z.string() });

/** The newest journal entry that is not about a report itself: making one would else change what it says. */
export async function readHead(tx: Tx): Promise<{ seq: number; hash: string } | null> {
  const { rows } = await tx.execute(sql`
    SELECT seq, hash FROM journal WHERE customer_id = app_customer() AND event NOT LIKE 'report.%'
    ORDER BY seq DESC LIMIT 1`);
  return rows[0] === undefined ? null : headRow.parse(rows[0]);
}

const approvalRow = z.object({
  seq: z.coerce.number(),
  at: z.coerce.date(),
  event: z.string(),
  actor: z.looseObject({
    displayName: z.string().nullish(),
    objectId: z.string().nullish(),
    user: z.string().nullish(),
    name: z.string().nullish(),
  }),
  facts: z.looseObject({ digest: z.unknown(), phase: z.unknown() }),
});

/** What was signed, approved, held, enforced or taken back, in the order of the journal. */
export async function readApprovals(tx: Tx): Promise<ApprovalFact[]> {
  const { rows } = await tx.execute(sql`
    SELECT seq, at, event, actor, facts FROM journal
    WHERE customer_id = app_customer() AND event ~ '[.](signed|approved|held|resumed|enforced|rolledBack|withdrawn|waived)$'
    ORDER BY seq`);
  return rows.flatMap((row) => {
    const parsed = approvalRow.safeParse(row);
    if (!parsed.success) return [];
    const { seq, at, event, actor, facts } = parsed.data;
    const by = actor.displayName ?? actor.user ?? actor.name ?? actor.objectId ?? '';
    const phase = typeof facts.phase === 'string' ? `: ${facts.phase}` : '';
    const digest = typeof facts.digest === 'string' ? facts.digest : null;
    return [{ seq, at: at.toISOString(), event: `${event}${phase}`, by, digest }];
  });
}
