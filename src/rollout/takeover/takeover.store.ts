import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import type { PhaseDecision } from '../approvals/phase-approval.core.ts';
import type { TakeoverPlan } from './takeover.core.ts';

/* Stored shapes: a change needs a migration. */
const perUserState = z.enum(['disabled', 'enabled', 'enforced']);
const change = z.union([
  z.strictObject({ state: z.literal('disabled') }),
  z.strictObject({ grantControls: z.record(z.string(), z.unknown()) }),
]);
const policyStep = { name: z.string(), policyId: z.string(), displayName: z.string(), before: z.json() };
const step = z.discriminatedUnion('do', [
  z.object({ do: z.literal('observe'), ...policyStep }),
  z.object({ do: z.literal('policy'), ...policyStep, change, signedAway: z.array(z.string()) }),
  z.object({
    do: z.literal('perUser'),
    name: z.string(),
    users: z.array(z.object({ id: z.string(), before: perUserState })),
  }),
]);

const plan = z.object({
  steps: z.array(step),
  left: z.array(z.looseObject({ policyId: z.string() })),
  kept: z.array(z.object({ accountId: z.string(), why: z.enum(['breakGlass', 'exception', 'notCovered']) })),
  enforce: z.object({ policyId: z.string(), meaning: z.string() }),
  userSet: z.string(),
  moved: z.number(),
});

const progress = z.record(
  z.string(),
  z.object({
    state: z.enum(['begun', 'done', 'skipped', 'undone', 'left']),
    at: z.number(),
    /** Why it was passed over, or why undoing left it. */
    why: z.string().optional(),
    /** Whose own switch this run turned off. */
    users: z.array(z.string()).optional(),
    /** How many methods these people had registered, before and after. */
    methods: z.object({ before: z.number(), after: z.number() }).optional(),
  }),
);

const outcome = z.object({
  failure: z
    .object({
      code: z.string(),
      message: z.string(),
      rule: z.string().nullable(),
      accountIds: z.array(z.string()).optional(),
    })
    .nullable(),
});

const STATES = ['asked', 'running', 'done', 'refused', 'compensated', 'standing', 'undoing', 'undone'] as const;

const takeoverRow = z
  .object({
    id: z.string(),
    seq: z.number(),
    digest: z.string(),
    state: z.enum(STATES),
    job: z.string(),
    actor: z.json(),
    plan: plan.nullable(),
    before: z.json(),
    progress,
    outcome,
    asked_at: z.coerce.date(),
    updated_at: z.coerce.date(),
  })
  .transform(({ asked_at: askedAt, updated_at: updatedAt, ...row }) => ({ ...row, askedAt, updatedAt }));

export type TakeoverProgress = z.output<typeof progress>;
export type StepState = TakeoverProgress[string];
export type TakeoverOutcome = z.output<typeof outcome>;

/** One takeover: its plan and how far it came. */
export type TakeoverRow = Omit<z.output<typeof takeoverRow>, 'plan' | 'before' | 'actor'> & {
  plan: TakeoverPlan | null;
  before: Json;
  actor: Json;
};

function parsed(row: unknown): TakeoverRow {
  return takeoverRow.parse(row) as unknown as TakeoverRow;
}

/** Lets others who would begin, decide or undo a takeover of the customer wait until the transaction ends. */
export async function lockTakeovers(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('takeover:' || app_customer()::text, 0))`);
}

/** The newest takeover; null before the first. */
export async function readLatestTakeover(tx: Tx): Promise<TakeoverRow | null> {
  const { rows } = await tx.execute(sql`SELECT * FROM takeovers ORDER BY seq DESC LIMIT 1`);
  return rows[0] === undefined ? null : parsed(rows[0]);
}

/** The takeovers that may have left something in the tenant, the newest first. */
export async function readStandingTakeovers(tx: Tx): Promise<TakeoverRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT * FROM takeovers WHERE state IN ('asked', 'running', 'done', 'standing', 'undoing') ORDER BY seq DESC`);
  return rows.map(parsed);
}

/** The takeover of this id, or null. */
export async function readTakeover(tx: Tx, id: string): Promise<TakeoverRow | null> {
  const { rows } = await tx.execute(sql`SELECT * FROM takeovers WHERE id::text = ${id}`);
  return rows[0] === undefined ? null : parsed(rows[0]);
}

/** Whether a takeover was ever brought to its end. */
export async function wasTakenOver(tx: Tx): Promise<boolean> {
  const { rows } = await tx.execute(sql`SELECT 1 FROM takeovers WHERE state IN ('done', 'standing', 'undone') LIMIT 1`);
  return rows.length > 0;
}

/** When a takeover was last taken back, ISO 8601; null when none was. Approvals from before then are used up. */
export async function lastTakenBack(tx: Tx): Promise<string | null> {
  const { rows } = await tx.execute<{ at: string | Date | null }>(
    sql`SELECT max(updated_at) AS at FROM takeovers WHERE state IN ('undone', 'compensated')`,
  );
  const at = rows[0]?.at ?? null;
  return at === null ? null : new Date(at).toISOString();
}

/** Adds a takeover after the newest one. */
export async function insertTakeover(
  tx: Tx,
  row: { id: string; digest: string; job: string; actor: Json; at: Date },
): Promise<void> {
  const at = row.at.toISOString();
  await tx.execute(sql`
    INSERT INTO takeovers
      (customer_id, id, seq, digest, state, job, actor, plan, before, progress, outcome, asked_at, updated_at)
    SELECT app_customer(), ${row.id}::uuid, coalesce(max(seq), 0) + 1, ${row.digest}, 'asked', ${row.job},
      ${JSON.stringify(row.actor)}::jsonb, NULL, NULL, '{}'::jsonb, '{"failure":null}'::jsonb, ${at}::timestamptz,
      ${at}::timestamptz
    FROM takeovers`);
}

/** Makes this what is known of a takeover. */
export async function saveTakeover(tx: Tx, row: TakeoverRow, at: Date): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  await tx.execute(sql`
    UPDATE takeovers SET state = ${row.state}, digest = ${row.digest}, job = ${row.job}, plan = ${json(row.plan)}::jsonb,
      before = ${json(row.before)}::jsonb, progress = ${json(row.progress)}::jsonb,
      outcome = ${json(row.outcome)}::jsonb, updated_at = ${at.toISOString()}::timestamptz
    WHERE id = ${row.id}::uuid`);
}

/** Whether the effect of this key is still to be brought about. */
export async function isUnderWay(tx: Tx, key: string): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`SELECT 1 FROM outbox WHERE customer_id = app_customer() AND key = ${key} AND state IN ('waiting', 'queued')`,
  );
  return rows.length > 0;
}

const VERDICTS = ['approve', 'hold'] as const;
export type TakeoverVerdict = (typeof VERDICTS)[number];

const decisionRow = z
  .object({
    seq: z.number(),
    verdict: z.enum(VERDICTS),
    digest: z.string(),
    tenant_id: z.string(),
    object_id: z.string(),
    display_name: z.string().nullable(),
    decided_at: z.coerce.date(),
  })
  .transform((row): PhaseDecision & { verdict: TakeoverVerdict } => ({
    ...{ id: `takeover-${row.seq}`, phase: 'takeover', verdict: row.verdict, digest: row.digest, anyway: [] },
    by: { tenantId: row.tenant_id, objectId: row.object_id },
    displayName: row.display_name,
    at: row.decided_at.toISOString(),
  }));

/** What was decided about takeovers, the oldest first. */
export async function readTakeoverDecisions(tx: Tx): Promise<z.output<typeof decisionRow>[]> {
  const { rows } = await tx.execute(sql`
    SELECT seq, verdict, digest, tenant_id, object_id, display_name, decided_at FROM takeover_decisions ORDER BY seq`);
  return rows.map((row) => decisionRow.parse(row));
}

export type NewTakeoverDecision = Pick<PhaseDecision, 'digest' | 'by' | 'displayName'> & {
  verdict: TakeoverVerdict;
  content: Json;
  at: Date;
};

/** Adds a decision after the newest one. Takeovers have to be locked. */
export async function insertTakeoverDecision(tx: Tx, made: NewTakeoverDecision): Promise<void> {
  const { verdict, digest, by, displayName, content, at } = made;
  await tx.execute(sql`
    INSERT INTO takeover_decisions
      (customer_id, seq, verdict, digest, tenant_id, object_id, display_name, content, decided_at)
    SELECT app_customer(), coalesce(max(seq), 0) + 1, ${verdict}, ${digest}, ${by.tenantId}, ${by.objectId},
      ${displayName}, ${JSON.stringify(content)}::jsonb, ${at.toISOString()}::timestamptz
    FROM takeover_decisions`);
}

const undoneAll = z.object({
  event: z.string(),
  at: z.coerce.date(),
  facts: z.looseObject({ left: z.array(z.object({ step: z.string(), why: z.string() })).optional() }),
});

/** What the journal last says about undoing everything; null when nobody ever did. */
export async function lastUndoOfAll(tx: Tx): Promise<z.output<typeof undoneAll> | null> {
  const { rows } = await tx.execute(sql`
    SELECT event, at, facts FROM journal
    WHERE customer_id = app_customer() AND event LIKE 'undo.everything.%' ORDER BY seq DESC LIMIT 1`);
  return rows[0] === undefined ? null : undoneAll.parse(rows[0]);
}

/** Whether undoing everything is under way in the background. */
export async function isUndoingAll(tx: Tx): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    SELECT 1 FROM outbox
    WHERE customer_id = app_customer() AND kind = 'undo.everything' AND state IN ('waiting', 'queued') LIMIT 1`);
  return rows.length > 0;
}
