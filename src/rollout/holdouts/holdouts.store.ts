import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import {
  ANSWER_KINDS,
  HOLDOUT_STANDINGS,
  HOLDOUT_STEPS,
  type HoldoutAnswer,
  type HoldoutStep,
} from './holdout-types.core.ts';

/* Stored shapes: a change needs a migration. */
const reason = z.object({ code: z.string(), text: z.object({ en: z.string(), de: z.string() }) });
const instant = z.coerce.date().transform((date) => date.toISOString());

const holdoutRow = z
  .object({
    account_id: z.string(),
    phase: z.string(),
    step: z.enum(HOLDOUT_STEPS),
    manager_id: z.string().nullable(),
    why: reason.nullable(),
    standing: z.enum(HOLDOUT_STANDINGS),
    excuse: reason.nullable(),
    reading: z.enum(['capable', 'not', 'unknown']).nullable(),
    read_at: instant.nullable(),
    problem: z.string().nullable(),
    found_at: instant,
    closed_at: instant.nullable(),
  })
  .transform(({ account_id, manager_id, read_at, found_at, closed_at, ...row }) => ({
    ...row,
    accountId: account_id,
    managerId: manager_id,
    readAt: read_at,
    foundAt: found_at,
    closedAt: closed_at,
  }));

/** One holdout of a rollout as he was last seen. */
export type HoldoutRow = z.output<typeof holdoutRow>;

const answerRow = z
  .object({
    seq: z.number(),
    account_id: z.string(),
    kind: z.enum(ANSWER_KINDS),
    until: z.string().nullable(),
    tenant_id: z.string(),
    object_id: z.string(),
    display_name: z.string().nullable(),
    answered_at: instant,
  })
  .transform(
    (row): HoldoutAnswer => ({
      seq: row.seq,
      accountId: row.account_id,
      kind: row.kind,
      until: row.until,
      by: { tenantId: row.tenant_id, objectId: row.object_id },
      displayName: row.display_name,
      at: row.answered_at,
    }),
  );

/** Lets the others who would change this customer's holdouts wait until the transaction ends. */
export async function lockHoldouts(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('holdouts:' || app_customer()::text, 0))`);
}

/** Everybody who is or was a holdout of this rollout, by account. */
export async function readHoldouts(tx: Tx, rolloutId: string): Promise<HoldoutRow[]> {
  const { rows } = await tx.execute(
    sql`SELECT * FROM holdouts WHERE rollout_id = ${rolloutId} ORDER BY account_id COLLATE "C"`,
  );
  return rows.map((row) => holdoutRow.parse(row));
}

/** Makes this what is known of a holdout. */
export async function saveHoldout(tx: Tx, rolloutId: string, row: HoldoutRow): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  await tx.execute(sql`
    INSERT INTO holdouts (customer_id, rollout_id, account_id, phase, step, manager_id, why, standing, excuse, reading,
      read_at, problem, found_at, closed_at)
    VALUES (app_customer(), ${rolloutId}, ${row.accountId}, ${row.phase}, ${row.step}, ${row.managerId},
      ${json(row.why)}::jsonb, ${row.standing}, ${json(row.excuse)}::jsonb, ${row.reading},
      ${row.readAt}::timestamptz, ${row.problem}, ${row.foundAt}::timestamptz, ${row.closedAt}::timestamptz)
    ON CONFLICT (customer_id, rollout_id, account_id) DO UPDATE SET phase = excluded.phase, step = excluded.step,
      manager_id = excluded.manager_id, why = excluded.why, standing = excluded.standing, excuse = excluded.excuse,
      reading = excluded.reading, read_at = excluded.read_at, problem = excluded.problem,
      closed_at = excluded.closed_at`);
}

export type ChaseStep = {
  phase: string;
  accountId: string;
  step: HoldoutStep;
  managerId: string | null;
  way: 'card' | 'mail' | 'engineer';
};

/** Notes that somebody is chased at a step; false, changing nothing, when he was. */
export async function insertStep(
  tx: Tx,
  rolloutId: string,
  { step, at }: { step: ChaseStep; at: Date },
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO holdout_steps (customer_id, rollout_id, phase, account_id, step, manager_id, way, at)
    VALUES (app_customer(), ${rolloutId}, ${step.phase}, ${step.accountId}, ${step.step}, ${step.managerId},
      ${step.way}, ${at.toISOString()}::timestamptz)
    ON CONFLICT DO NOTHING RETURNING 1`);
  return rows.length > 0;
}

const stepRow = z
  .object({
    phase: z.string(),
    account_id: z.string(),
    step: z.enum(HOLDOUT_STEPS),
    manager_id: z.string().nullable(),
    way: z.enum(['card', 'mail', 'engineer']),
    at: instant,
  })
  .transform(({ account_id, manager_id, ...row }) => ({ ...row, accountId: account_id, managerId: manager_id }));

/** Every step at which somebody of this rollout was chased, in their order. */
export async function readSteps(tx: Tx, rolloutId: string): Promise<(ChaseStep & { at: string })[]> {
  const { rows } = await tx.execute(
    sql`SELECT * FROM holdout_steps WHERE rollout_id = ${rolloutId} ORDER BY at, account_id COLLATE "C"`,
  );
  return rows.map((row) => stepRow.parse(row));
}

/** Every answer of this rollout, the earliest first. */
export async function readAnswers(tx: Tx, rolloutId: string): Promise<HoldoutAnswer[]> {
  const { rows } = await tx.execute(sql`
    SELECT seq, account_id, kind, until::text, tenant_id, object_id, display_name, answered_at
    FROM holdout_answers WHERE rollout_id = ${rolloutId} ORDER BY seq`);
  return rows.map((row) => answerRow.parse(row));
}

/** Every request for a pass, whichever rollout it belonged to: who asked for one does not give it, also in a later rollout. */
export async function readPassRequests(tx: Tx): Promise<HoldoutAnswer[]> {
  const { rows } = await tx.execute(sql`
    SELECT seq, account_id, kind, until::text, tenant_id, object_id, display_name, answered_at
    FROM holdout_answers WHERE kind = 'tapRequest' ORDER BY seq`);
  return rows.map((row) => answerRow.parse(row));
}

/** Adds an answer and gives it its number. The customer's holdouts have to be locked. */
export async function insertAnswer(
  tx: Tx,
  rolloutId: string,
  answer: Omit<HoldoutAnswer, 'seq'>,
): Promise<HoldoutAnswer> {
  const { accountId, kind, until, by, displayName, at } = answer;
  const { rows } = await tx.execute<{ seq: number }>(sql`
    INSERT INTO holdout_answers
      (customer_id, seq, rollout_id, account_id, kind, until, tenant_id, object_id, display_name, answered_at)
    SELECT app_customer(), coalesce(max(seq), 0) + 1, ${rolloutId}, ${accountId}, ${kind}, ${until}::date,
      ${by.tenantId}, ${by.objectId}, ${displayName}, ${at}::timestamptz
    FROM holdout_answers RETURNING seq`);
  return { ...answer, seq: Number(rows[0]?.seq ?? 0) };
}
