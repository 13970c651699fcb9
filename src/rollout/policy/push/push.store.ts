import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { ManagedObject } from '../managed-objects.core.ts';
import type { Progress, PushPlan } from './push.core.ts';

/* Stored shapes: a change needs a migration. */
const ids = z.array(z.string());
const managedName = z.enum(['ENFORCE', 'OBSERVE']);

const managedRow = z
  .object({
    key: z.string(),
    kind: z.enum(['group', 'policy']),
    object_id: z.string(),
    name: z.string(),
    fingerprint: z.string(),
    written: z.json(),
    push_id: z.string(),
  })
  .transform(
    ({ object_id: objectId, push_id: pushId, ...row }): ManagedObject => ({
      ...row,
      objectId,
      pushId,
    }),
  );

const step = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('group'),
    name: z.string(),
    key: z.string(),
    group: z.object({ displayName: z.string(), description: z.string(), tag: z.string() }),
  }),
  z.object({
    do: z.literal('members'),
    name: z.string(),
    key: z.string(),
    groupId: z.string().nullable(),
    displayName: z.string(),
    add: ids,
  }),
  z.object({
    do: z.literal('policy'),
    name: z.string(),
    key: managedName,
    json: z.json(),
    policyId: z.string().nullable(),
    before: z.json(),
  }),
]);

const plan = z.object({
  steps: z.array(step),
  groupIds: z.record(z.string(), z.string()),
  groups: z.array(
    z.object({
      key: z.string(),
      reference: z.string(),
      purpose: z.enum(['direct', 'phase', 'breakGlass', 'exceptions']),
      members: ids,
    }),
  ),
});

const progress = z.record(
  z.string(),
  z.object({
    state: z.enum(['begun', 'done', 'undone', 'left']),
    at: z.number(),
    objectId: z.string().optional(),
    adding: ids.optional(),
    why: z.string().optional(),
  }),
);

const outcome = z.object({
  failure: z.object({ code: z.string(), message: z.string(), rule: z.string().nullable() }).nullable(),
  findings: z.array(z.object({ code: z.string(), rule: z.string(), message: z.string() })),
  /** The steps that the last job wrote or took back, in order. */
  did: z.array(z.string()),
});

const STATES = ['asked', 'running', 'live', 'refused', 'compensated', 'standing', 'undoing', 'undone'] as const;

const pushRow = z
  .object({
    id: z.string(),
    seq: z.number(),
    digest: z.string(),
    state: z.enum(STATES),
    job: z.string(),
    actor: z.json(),
    plan: plan.nullable(),
    /** What stood in the tenant before the first write, of everything that the push may touch. */
    before: z.json(),
    progress,
    outcome,
    asked_at: z.coerce.date(),
    updated_at: z.coerce.date(),
  })
  .transform(({ asked_at: askedAt, updated_at: updatedAt, ...row }) => ({ ...row, askedAt, updatedAt }));

/** One push of a draft: its plan and how far it came. */
export type PushRow = Omit<z.output<typeof pushRow>, 'plan' | 'before' | 'actor' | 'progress'> & {
  plan: PushPlan | null;
  before: Json;
  actor: Json;
  progress: Progress;
};

export type PushOutcome = PushRow['outcome'];

/** Lets others who would write the customer's policies wait until the transaction ends. */
export async function lockPushes(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('policy-push:' || app_customer()::text, 0))`);
}

/** The newest push of the transaction's customer; null before the first. */
export async function readLatestPush(tx: Tx): Promise<PushRow | null> {
  const { rows } = await tx.execute(sql`SELECT * FROM policy_pushes ORDER BY seq DESC LIMIT 1`);
  return rows[0] === undefined ? null : pushRow.parse(rows[0]);
}

/** The push of this id, or null. */
export async function readPush(tx: Tx, id: string): Promise<PushRow | null> {
  const { rows } = await tx.execute(sql`SELECT * FROM policy_pushes WHERE id::text = ${id}`);
  return rows[0] === undefined ? null : pushRow.parse(rows[0]);
}

/** The newest push before this one that still stands; null where there is none. */
export async function readPushBefore(tx: Tx, seq: number): Promise<PushRow | null> {
  const { rows } = await tx.execute(
    sql`SELECT * FROM policy_pushes WHERE seq < ${seq} AND state IN ('live', 'standing') ORDER BY seq DESC LIMIT 1`,
  );
  return rows[0] === undefined ? null : pushRow.parse(rows[0]);
}

/** The pushes that stand, the oldest first. */
export async function readStandingPushes(tx: Tx): Promise<PushRow[]> {
  const { rows } = await tx.execute(sql`SELECT * FROM policy_pushes WHERE state IN ('live', 'standing') ORDER BY seq`);
  return rows.map((row) => pushRow.parse(row));
}

/** Adds a push after the newest one. */
export async function insertPush(
  tx: Tx,
  push: { id: string; digest: string; job: string; actor: Json; at: Date },
): Promise<void> {
  const at = push.at.toISOString();
  await tx.execute(sql`
    INSERT INTO policy_pushes
      (customer_id, id, seq, digest, state, job, actor, plan, before, progress, outcome, asked_at, updated_at)
    SELECT app_customer(), ${push.id}::uuid, coalesce(max(seq), 0) + 1, ${push.digest}, 'asked', ${push.job},
      ${JSON.stringify(push.actor)}::jsonb, NULL, NULL, '{}'::jsonb, ${JSON.stringify(NO_OUTCOME)}::jsonb,
      ${at}::timestamptz, ${at}::timestamptz
    FROM policy_pushes`);
}

/** How a push begins: nothing refused, nothing found, nothing done. */
export const NO_OUTCOME: PushOutcome = { failure: null, findings: [], did: [] };

/** Makes this what is known of a push. */
export async function savePush(tx: Tx, row: PushRow, at: Date): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  await tx.execute(sql`
    UPDATE policy_pushes SET state = ${row.state}, job = ${row.job}, plan = ${json(row.plan)}::jsonb,
      before = ${json(row.before)}::jsonb, progress = ${json(row.progress)}::jsonb,
      outcome = ${json(row.outcome)}::jsonb, updated_at = ${at.toISOString()}::timestamptz
    WHERE id = ${row.id}::uuid`);
}

/** Everything that this product owns in the tenant, in the order of its keys. */
export async function readManaged(tx: Tx): Promise<ManagedObject[]> {
  const { rows } = await tx.execute(
    sql`SELECT key, kind, object_id, name, fingerprint, written, push_id::text FROM managed_objects ORDER BY key`,
  );
  return rows.map((row) => managedRow.parse(row));
}

/** Remembers an object as ours, or what was last written into it. */
export async function saveManaged(tx: Tx, object: ManagedObject): Promise<void> {
  await tx.execute(sql`
    INSERT INTO managed_objects (customer_id, key, kind, object_id, name, fingerprint, written, push_id)
    VALUES (app_customer(), ${object.key}, ${object.kind}, ${object.objectId}, ${object.name}, ${object.fingerprint},
      ${JSON.stringify(object.written)}::jsonb, ${object.pushId}::uuid)
    ON CONFLICT (customer_id, key) DO UPDATE SET object_id = excluded.object_id, name = excluded.name,
      fingerprint = excluded.fingerprint, written = excluded.written, push_id = excluded.push_id`);
}

/** Forgets an object that is gone. */
export async function forgetManaged(tx: Tx, key: string): Promise<void> {
  await tx.execute(sql`DELETE FROM managed_objects WHERE key = ${key}`);
}

/** Whether the effect of this key is still to be brought about. */
export async function isUnderWay(tx: Tx, key: string): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`SELECT 1 FROM outbox WHERE customer_id = app_customer() AND key = ${key} AND state IN ('waiting', 'queued')`,
  );
  return rows.length > 0;
}
