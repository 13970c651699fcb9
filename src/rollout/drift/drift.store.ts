import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import { DRIFT_KINDS, type DriftFinding, type DriftState } from './drift-types.core.ts';
import type { DriftBaseline } from './find-others.core.ts';
import { driftDigest } from './find-policies.core.ts';

/* Stored shapes: a change needs a migration. */
const side = z.record(z.string(), z.json());
const sentence = z.object({ en: z.string(), de: z.string() });
const ids = z.array(z.string());
const effect = z.object({
  lost: ids,
  toNothing: ids.optional(),
  gained: ids,
  blocked: ids,
  unknown: z.number(),
  sentence,
});
const named = { id: z.string(), name: z.string().nullable(), at: z.string() };
const actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), ...named }),
  z.object({ kind: z.literal('app'), ...named }),
  z.object({ kind: z.literal('unnamed') }),
]);
const decidedBy = z.object({
  objectId: z.string(),
  tenantId: z.string(),
  displayName: z.string().nullable(),
  at: z.string(),
});

const instant = z.coerce.date().transform((at) => at.toISOString());

const findingRow = z
  .object({
    id: z.string(),
    key: z.string(),
    kind: z.enum(DRIFT_KINDS),
    aspect: z.enum(['policy', 'otherPolicy', 'securityDefaults', 'perUserMfa', 'members', 'group']),
    object: z.string(),
    object_id: z.string(),
    name: z.string(),
    before: side,
    after: side,
    witness: z.string().nullable(),
    digest: z.string(),
    state: z.enum(['open', 'restoring', 'restored', 'accepted', 'gone']),
    severity: z.union([z.literal(1), z.literal(2)]),
    effect: effect.nullable(),
    since: instant,
    first_seen: instant,
    changed_at: instant,
    actor: actor.nullable(),
    decided_by: decidedBy.nullable(),
    failure: sentence.nullable(),
    job: z.string().nullable(),
    live: z.json(),
    progress: z
      .object({ policyIds: ids, switch: z.json().optional(), groups: z.record(z.string(), z.string()).optional() })
      .nullable(),
    tolerated_until: instant.nullable(),
  })
  .transform(({ object_id: objectId, first_seen: firstSeen, changed_at: changedAt, decided_by: by, ...row }) => {
    const { tolerated_until: toleratedUntil, ...rest } = row;
    return { ...rest, objectId, firstSeen, changedAt, decidedBy: by, toleratedUntil };
  });

/** What the job that puts a finding back noted before it wrote. */
export type RestoreProgress = {
  /** The policies that were there. */
  policyIds: string[];
  /** How far the end of Security Defaults came. */
  switch?: Json | undefined;
  /** The groups that were made anew, by their managed keys. */
  groups?: Record<string, string> | undefined;
};

/** A finding with the whole object as it was seen, and what the job that puts it back noted before it wrote. */
export type DriftRow = DriftFinding & { live: Json; progress: RestoreProgress | null };

const COLUMNS = sql`id::text, key, kind, aspect, object, object_id, name, before, after, witness, digest, state, severity,
  effect, since, first_seen, changed_at, actor, decided_by, failure, job, live, progress, tolerated_until`;

/** Lets others who would change the customer's findings wait until the transaction ends. */
export async function lockDrift(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('drift:' || app_customer()::text, 0))`);
}

/** The findings that stand: open, or just being put back; the oldest first. */
export async function readStandingDrift(tx: Tx): Promise<DriftRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM drift_findings WHERE state IN ('open', 'restoring') ORDER BY first_seen, key`);
  return rows.map((row) => findingRow.parse(row));
}

const HISTORY_ROWS = 200;

/** Every finding that stands and the newest of those that do not. */
export async function readDrift(tx: Tx): Promise<DriftRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM drift_findings
    ORDER BY state IN ('open', 'restoring') DESC, severity, first_seen DESC, key LIMIT ${HISTORY_ROWS}`);
  return rows.map((row) => findingRow.parse(row));
}

/** Differences that two people let stand for a time which is not over, by key with what was shown. */
export async function readTolerated(tx: Tx, now: Date): Promise<Map<string, string>> {
  const { rows } = await tx.execute<{ key: string; digest: string }>(sql`
    SELECT key, digest FROM drift_findings
    WHERE state = 'accepted' AND tolerated_until > ${now.toISOString()}::timestamptz ORDER BY changed_at`);
  return new Map(rows.map(({ key, digest }) => [key, digest]));
}

/** Findings of whom nobody is named yet and of whom the log may still speak. */
export async function readUnnamedDrift(tx: Tx): Promise<DriftRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM drift_findings WHERE actor IS NULL ORDER BY first_seen LIMIT ${HISTORY_ROWS}`);
  return rows.map((row) => findingRow.parse(row));
}

/** The finding of this id, or null. */
export async function readFinding(tx: Tx, id: string): Promise<DriftRow | null> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM drift_findings WHERE id::text = ${id}`);
  return rows[0] === undefined ? null : findingRow.parse(rows[0]);
}

/** Adds a finding; false when one of its key stands already. */
export async function insertFinding(tx: Tx, row: DriftRow): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO drift_findings (customer_id, id, key, kind, aspect, object, object_id, name, before, after, witness,
      digest, state, severity, effect, since, first_seen, changed_at, live)
    VALUES (app_customer(), ${row.id}::uuid, ${row.key}, ${row.kind}, ${row.aspect}, ${row.object}, ${row.objectId},
      ${row.name}, ${json(row.before)}::jsonb, ${json(row.after)}::jsonb, ${row.witness}, ${row.digest}, ${row.state},
      ${row.severity}, ${json(row.effect)}::jsonb, ${row.since}::timestamptz, ${row.firstSeen}::timestamptz,
      ${row.changedAt}::timestamptz, ${json(row.live)}::jsonb)
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length > 0;
}

/** Makes this what is known of a finding. */
export async function saveFinding(tx: Tx, row: DriftRow): Promise<void> {
  await tx.execute(sql`
    UPDATE drift_findings SET name = ${row.name}, before = ${json(row.before)}::jsonb,
      after = ${json(row.after)}::jsonb, witness = ${row.witness}, digest = ${driftDigest(row)}, state = ${row.state},
      severity = ${row.severity}, effect = ${json(row.effect)}::jsonb, changed_at = ${row.changedAt}::timestamptz,
      actor = ${json(row.actor)}::jsonb, decided_by = ${json(row.decidedBy)}::jsonb,
      failure = ${json(row.failure)}::jsonb, job = ${row.job}, live = ${json(row.live)}::jsonb,
      progress = ${json(row.progress)}::jsonb, object_id = ${row.objectId},
      tolerated_until = ${row.toleratedUntil}::timestamptz
    WHERE id = ${row.id}::uuid`);
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** How many findings of each severity stand open. */
export async function countOpen(tx: Tx): Promise<{ urgent: number; other: number }> {
  const { rows } = await tx.execute<{ urgent: number; other: number }>(sql`
    SELECT count(*) FILTER (WHERE severity = 1)::integer AS urgent, count(*) FILTER (WHERE severity > 1)::integer AS other
    FROM drift_findings WHERE state IN ('open', 'restoring')`);
  return rows[0] ?? { urgent: 0, other: 0 };
}

/** Ends findings that stand, since there is nothing of ours in the tenant any more. */
export async function endStanding(tx: Tx, state: DriftState, at: Date): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    UPDATE drift_findings SET state = ${state}, changed_at = ${at.toISOString()}::timestamptz
    WHERE state IN ('open', 'restoring') RETURNING id::text`);
  return rows.map(({ id }) => id);
}

const policy = z.looseObject({ id: z.string() });
const watchRow = z
  .object({
    baseline: z.object({
      securityDefaultsOn: z.boolean(),
      asking: z.record(z.string(), policy),
      perUserOn: ids.nullable(),
    }),
    looked_at: z.coerce.date(),
    per_user_at: z.coerce.date().nullable(),
    unread: z.array(z.object({ part: z.string(), code: z.string() })),
  })
  .transform(({ looked_at: lookedAt, per_user_at: perUserAt, ...row }) => ({ ...row, lookedAt, perUserAt }));

/** How the last look went, and what it found right. */
export type DriftWatch = {
  baseline: DriftBaseline;
  lookedAt: Date;
  perUserAt: Date | null;
  unread: { part: string; code: string }[];
};

/** How the last look went; null before the first. */
export async function readWatch(tx: Tx): Promise<DriftWatch | null> {
  const { rows } = await tx.execute(sql`SELECT baseline, looked_at, per_user_at, unread FROM drift_watches`);
  return rows[0] === undefined ? null : watchRow.parse(rows[0]);
}

/** Remembers how a look went. */
export async function saveWatch(tx: Tx, watch: DriftWatch): Promise<void> {
  await tx.execute(sql`
    INSERT INTO drift_watches (customer_id, baseline, looked_at, per_user_at, unread)
    VALUES (app_customer(), ${json(watch.baseline)}::jsonb, ${watch.lookedAt.toISOString()}::timestamptz,
      ${watch.perUserAt?.toISOString() ?? null}::timestamptz, ${json(watch.unread)}::jsonb)
    ON CONFLICT (customer_id) DO UPDATE SET baseline = excluded.baseline, looked_at = excluded.looked_at,
      per_user_at = excluded.per_user_at, unread = excluded.unread`);
}

/** Forgets what stood, so that a later rollout begins with what it finds. */
export async function forgetWatch(tx: Tx): Promise<void> {
  await tx.execute(sql`DELETE FROM drift_watches`);
}

/** An intent or a result of our own that the journal holds, with everything that it names. */
export type OwnWrite = { at: number; event: string; text: string };

/** What this product itself wrote into the tenant since an instant, by its journal; the facts in lower case. */
export async function readOwnWrites(tx: Tx, since: Date): Promise<OwnWrite[]> {
  const { rows } = await tx.execute<{ at: string | Date; event: string; text: string }>(sql`
    SELECT at, event, lower(facts::text) AS text FROM journal
    WHERE customer_id = app_customer() AND at >= ${since.toISOString()}::timestamptz
      AND event ~ '[.](begun|done|started|live|undone|withdrawn|enforced|cleared|stripped|switched_on|switched_off|returned|writing|restored|written)$'
      AND event !~ '^(sync|outreach|cards)[.]'`);
  return rows.map(({ at, ...row }) => ({ ...row, at: new Date(at).getTime() }));
}
