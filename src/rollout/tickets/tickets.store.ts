import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';

const instant = z.coerce.date();
const failure = z.object({ code: z.string(), message: z.string() }).nullable();

/** A stored shape: a change needs a migration. */
const recordRow = z.object({
  key: z.string(),
  kind: z.enum(['ticket', 'project']),
  wanted: z.json(),
  wantedDigest: z.string(),
  recordId: z.number().nullable(),
  standing: z.enum(['none', 'open', 'closed']),
  byPerson: z.enum(['closed', 'deleted', 'reopened']).nullable(),
  writtenDigest: z.string().nullable(),
  parts: z.record(z.string(), z.string()),
  begun: z.object({ digest: z.string(), at: z.number() }).nullable(),
  run: z.number().int(),
  failure,
  updatedAt: instant,
});

/** What stands in the PSA under one key of ours, and what shall stand there. */
export type PsaRecord = z.output<typeof recordRow>;

const RECORD = sql.raw(
  'key, kind, wanted, wanted_digest AS "wantedDigest", record_id AS "recordId", standing, by_person AS "byPerson", ' +
    'written_digest AS "writtenDigest", parts, begun, run, failure, updated_at AS "updatedAt"',
);

/** Lets others who would change the records of this customer wait until the transaction ends. */
export async function lockRecords(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('psa:' || app_customer()::text, 0))`);
}

/** One record; null where nothing was ever wanted under this key. */
export async function readRecord(tx: Tx, key: string): Promise<PsaRecord | null> {
  const { rows } = await tx.execute(
    sql`SELECT ${RECORD} FROM psa_records WHERE customer_id = app_customer() AND key = ${key}`,
  );
  return rows[0] === undefined ? null : recordRow.parse(rows[0]);
}

/** Every record, by key. */
export async function listRecords(tx: Tx): Promise<PsaRecord[]> {
  const { rows } = await tx.execute(
    sql`SELECT ${RECORD} FROM psa_records WHERE customer_id = app_customer() ORDER BY key COLLATE "C"`,
  );
  return rows.map((row) => recordRow.parse(row));
}

type SavedRecord = Omit<PsaRecord, 'updatedAt' | 'wanted'> & { wanted: Json };

/** Keeps the record as it is now. */
export async function saveRecord(tx: Tx, record: SavedRecord, at: Date): Promise<void> {
  const { key, kind, wantedDigest, recordId, standing, byPerson, writtenDigest, run } = record;
  await tx.execute(sql`
    INSERT INTO psa_records (customer_id, key, kind, wanted, wanted_digest, record_id, standing, by_person,
      written_digest, parts, begun, run, failure, updated_at)
    VALUES (app_customer(), ${key}, ${kind}, ${jsonb(record.wanted)}, ${wantedDigest}, ${recordId}, ${standing},
      ${byPerson}, ${writtenDigest}, ${jsonb(record.parts)}, ${jsonb(record.begun)}, ${run}, ${jsonb(record.failure)},
      ${at.toISOString()}::timestamptz)
    ON CONFLICT (customer_id, key) DO UPDATE SET wanted = excluded.wanted, wanted_digest = excluded.wanted_digest,
      record_id = excluded.record_id, standing = excluded.standing, by_person = excluded.by_person,
      written_digest = excluded.written_digest, parts = excluded.parts, begun = excluded.begun, run = excluded.run,
      failure = excluded.failure, updated_at = excluded.updated_at`);
}

function jsonb(value: Json | null) {
  return value === null ? sql`NULL` : sql`${JSON.stringify(value)}::jsonb`;
}

/** Whether the effect of this key is still to be brought about. */
export async function isUnderWay(tx: Tx, key: string): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`SELECT 1 FROM outbox WHERE customer_id = app_customer() AND key = ${key} AND state IN ('waiting', 'queued')`,
  );
  return rows.length > 0;
}

const replyRow = z.object({
  ticketId: z.number().int(),
  state: z.enum(['asked', 'replied', 'left', 'failed']),
  reason: z.string().nullable(),
  seen: z.string().nullable(),
  begunAt: instant.nullable(),
  run: z.number().int(),
  at: instant,
});

/** What became of the first reply to one ticket. */
export type ReplyRow = z.output<typeof replyRow>;

const REPLY = sql.raw('ticket_id AS "ticketId", state, reason, seen, begun_at AS "begunAt", run, at');

/** The reply to one ticket; null where the ticket was not looked at yet. */
export async function readReply(tx: Tx, ticketId: number): Promise<ReplyRow | null> {
  const { rows } = await tx.execute(
    sql`SELECT ${REPLY} FROM psa_replies WHERE customer_id = app_customer() AND ticket_id = ${ticketId}`,
  );
  return rows[0] === undefined ? null : replyRow.parse(rows[0]);
}

/** The replies of one customer, the latest first. */
export async function listReplies(tx: Tx, limit: number): Promise<ReplyRow[]> {
  const { rows } = await tx.execute(
    sql`SELECT ${REPLY} FROM psa_replies WHERE customer_id = app_customer() ORDER BY at DESC, ticket_id DESC LIMIT ${limit}`,
  );
  return rows.map((row) => replyRow.parse(row));
}

/** Replies that have not come to an end: the ones asked for, and the ones that failed before an instant. */
export async function openReplies(tx: Tx, failedBefore: Date): Promise<ReplyRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${REPLY} FROM psa_replies WHERE customer_id = app_customer()
      AND (state = 'asked' OR (state = 'failed' AND at < ${failedBefore.toISOString()}::timestamptz)) ORDER BY ticket_id`);
  return rows.map((row) => replyRow.parse(row));
}

/** Keeps what is known of the reply to a ticket. */
export async function saveReply(tx: Tx, reply: ReplyRow): Promise<void> {
  const { ticketId, state, reason, seen, begunAt, run, at } = reply;
  await tx.execute(sql`
    INSERT INTO psa_replies (customer_id, ticket_id, state, reason, seen, begun_at, run, at)
    VALUES (app_customer(), ${ticketId}, ${state}, ${reason}, ${seen}, ${begunAt?.toISOString() ?? null}::timestamptz,
      ${run}, ${at.toISOString()}::timestamptz)
    ON CONFLICT (customer_id, ticket_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
      seen = excluded.seen, begun_at = excluded.begun_at, run = excluded.run, at = excluded.at`);
}

const markRow = z.object({
  companyId: z.number().int(),
  since: instant,
  answersFrom: instant,
  callbackUrl: z.string().nullable(),
  polledAt: instant,
  looked: z.number().int(),
  failure,
});

/** How far a customer's tickets were read, and how the last reading went. */
export type PollMark = z.output<typeof markRow>;

/** The mark; null before the first reading. */
export async function readMark(tx: Tx): Promise<PollMark | null> {
  const { rows } = await tx.execute(
    sql`SELECT company_id AS "companyId", since, answers_from AS "answersFrom", callback_url AS "callbackUrl",
      polled_at AS "polledAt", looked, failure FROM psa_marks WHERE customer_id = app_customer()`,
  );
  return rows[0] === undefined ? null : markRow.parse(rows[0]);
}

/** Keeps the mark. */
export async function saveMark(tx: Tx, mark: PollMark): Promise<void> {
  await tx.execute(sql`
    INSERT INTO psa_marks (customer_id, company_id, since, answers_from, callback_url, polled_at, looked, failure)
    VALUES (app_customer(), ${mark.companyId}, ${mark.since.toISOString()}::timestamptz,
      ${mark.answersFrom.toISOString()}::timestamptz, ${mark.callbackUrl}, ${mark.polledAt.toISOString()}::timestamptz,
      ${mark.looked}, ${jsonb(mark.failure)})
    ON CONFLICT (customer_id) DO UPDATE SET company_id = excluded.company_id, since = excluded.since,
      answers_from = excluded.answers_from, callback_url = excluded.callback_url, polled_at = excluded.polled_at,
      looked = excluded.looked, failure = excluded.failure`);
}

/** Notes that a delivery was taken; false when it was taken before. */
export async function takeDelivery(tx: Tx, digest: string, at: Date): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO psa_deliveries (customer_id, digest, at) VALUES (app_customer(), ${digest}, ${at.toISOString()}::timestamptz)
    ON CONFLICT DO NOTHING RETURNING 1`);
  return rows.length > 0;
}

/** Forgets deliveries from before an instant; what they were about was answered once for ever. */
export async function forgetDeliveries(tx: Tx, before: Date): Promise<void> {
  await tx.execute(
    sql`DELETE FROM psa_deliveries WHERE customer_id = app_customer() AND at < ${before.toISOString()}::timestamptz`,
  );
}
