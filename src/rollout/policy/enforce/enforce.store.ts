import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import type { Tx } from '../../../store/transaction.ts';
import { type EnforcedPhase, type FlipPhase, phaseKey } from './enforce.core.ts';

/* Stored shapes: a change needs a migration. */
const sentence = z.object({ en: z.string(), de: z.string() });
const plan = z.object({ policyId: z.string(), groupId: z.string().nullable(), isFirst: z.boolean(), json: z.json() });
const outcome = z.object({ code: z.string(), message: z.string() });

const flipRow = z
  .object({
    seq: z.number(),
    kind: z.enum(['enforce', 'withdraw']),
    rollout_id: z.string(),
    phase: z.string(),
    everyone_else: z.boolean(),
    state: z.enum(['asked', 'writing', 'done', 'refused', 'cancelled']),
    job: z.string(),
    actor: z.json(),
    why: sentence.nullable(),
    plan: plan.nullable(),
    outcome: outcome.nullable(),
    updated_at: z.coerce.date(),
  })
  .transform(({ rollout_id: rolloutId, everyone_else: everyoneElse, phase, updated_at: updatedAt, ...row }) => ({
    ...row,
    rolloutId,
    updatedAt,
    phase: { name: phase, everyoneElse },
  }));

/** One asked change of the enforcing policy and how far it came. */
export type FlipRow = Omit<z.output<typeof flipRow>, 'actor' | 'plan'> & {
  actor: Json;
  plan: (Omit<z.output<typeof plan>, 'json'> & { json: Json }) | null;
};

const COLUMNS = sql`seq, kind, rollout_id, phase, everyone_else, state, job, actor, why, plan, outcome, updated_at`;

/** Lets others who would change the enforcing policy wait until the transaction ends. */
export async function lockFlips(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('phase-flip:' || app_customer()::text, 0))`);
}

/** The change of this number, or null. */
export async function readFlip(tx: Tx, seq: number): Promise<FlipRow | null> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM phase_flips WHERE seq = ${seq}`);
  return rows[0] === undefined ? null : flipRow.parse(rows[0]);
}

/** The changes that have not come to an end, the oldest first. */
export async function readOpenFlips(tx: Tx): Promise<FlipRow[]> {
  const { rows } = await tx.execute(
    sql`SELECT ${COLUMNS} FROM phase_flips WHERE state IN ('asked', 'writing') ORDER BY seq`,
  );
  return rows.map((row) => flipRow.parse(row));
}

/** The changes by which phases are enforced, or may come to be, or are just taken back; the newest first. */
export async function readStandingFlips(tx: Tx): Promise<FlipRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM phase_flips
    WHERE state IN ('asked', 'writing') OR seq IN (SELECT flip_seq FROM enforced_phases)
    ORDER BY seq DESC`);
  return rows.map((row) => flipRow.parse(row));
}

/** Why the last way back of a phase left it enforced, as it was told in English; null when none did. */
export async function lastRefusedWithdrawal(tx: Tx, { name, everyoneElse }: FlipPhase): Promise<string | null> {
  const { rows } = await tx.execute<{ why: string | null }>(sql`
    SELECT outcome ->> 'message' AS why FROM phase_flips
    WHERE kind = 'withdraw' AND state = 'refused' AND phase = ${name} AND everyone_else = ${everyoneElse}
    ORDER BY seq DESC LIMIT 1`);
  return rows[0]?.why ?? null;
}

/** When a phase was last taken back, ISO 8601; null when it never was. Approvals from before then are used up. */
export async function lastWithdrawn(tx: Tx, { name, everyoneElse }: FlipPhase): Promise<string | null> {
  const { rows } = await tx.execute<{ at: string | Date | null }>(sql`
    SELECT max(updated_at) AS at FROM phase_flips
    WHERE kind = 'withdraw' AND state = 'done' AND phase = ${name} AND everyone_else = ${everyoneElse}`);
  const at = rows[0]?.at ?? null;
  return at === null ? null : new Date(at).toISOString();
}

/** The number of the next change. Flips have to be locked. */
export async function nextFlip(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ next: number }>(
    sql`SELECT (coalesce(max(seq), 0) + 1)::integer AS next FROM phase_flips`,
  );
  return rows[0]?.next ?? 1;
}

export type NewFlip = Pick<FlipRow, 'seq' | 'kind' | 'rolloutId' | 'phase' | 'job' | 'actor' | 'why'> & { at: Date };

/** Adds an asked change. */
export async function insertFlip(tx: Tx, flip: NewFlip): Promise<void> {
  const at = flip.at.toISOString();
  await tx.execute(sql`
    INSERT INTO phase_flips (customer_id, seq, kind, rollout_id, phase, everyone_else, state, job, actor, why, asked_at,
      updated_at)
    VALUES (app_customer(), ${flip.seq}, ${flip.kind}, ${flip.rolloutId}, ${flip.phase.name},
      ${flip.phase.everyoneElse}, 'asked', ${flip.job}, ${JSON.stringify(flip.actor)}::jsonb,
      ${flip.why === null ? null : JSON.stringify(flip.why)}::jsonb, ${at}::timestamptz, ${at}::timestamptz)`);
}

/** Notes the intent: what will be written, and everything that stands before (S24). False when it was cancelled. */
export async function noteFlip(
  tx: Tx,
  seq: number,
  noted: { plan: NonNullable<FlipRow['plan']>; before: Json; at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    UPDATE phase_flips SET state = 'writing', plan = ${JSON.stringify(noted.plan)}::jsonb,
      before = coalesce(before, ${JSON.stringify(noted.before)}::jsonb), updated_at = ${noted.at.toISOString()}::timestamptz
    WHERE seq = ${seq} AND state IN ('asked', 'writing')`);
  return (rowCount ?? 0) > 0;
}

/** Notes why a change that goes on has not come through yet; false when that is known, or the change has ended. */
export async function noteTrouble(
  tx: Tx,
  seq: number,
  trouble: NonNullable<FlipRow['outcome']>,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    UPDATE phase_flips SET outcome = ${JSON.stringify(trouble)}::jsonb, updated_at = ${at.toISOString()}::timestamptz
    WHERE seq = ${seq} AND state IN ('asked', 'writing') AND outcome IS DISTINCT FROM ${JSON.stringify(trouble)}::jsonb`);
  return (rowCount ?? 0) > 0;
}

/** Ends a change; false when it was ended before, so that nobody tells its end twice. */
export async function endFlip(
  tx: Tx,
  seq: number,
  end: { state: 'done' | 'refused' | 'cancelled'; outcome: FlipRow['outcome']; at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    UPDATE phase_flips SET state = ${end.state},
      outcome = ${end.outcome === null ? null : JSON.stringify(end.outcome)}::jsonb,
      updated_at = ${end.at.toISOString()}::timestamptz
    WHERE seq = ${seq} AND state IN ('asked', 'writing')`);
  return (rowCount ?? 0) > 0;
}

const enforcedRow = z
  .object({ name: z.string(), everyone_else: z.boolean(), group_id: z.string().nullable() })
  .transform(
    ({ name, everyone_else: everyoneElse, group_id: groupId }): EnforcedPhase => ({
      name,
      everyoneElse,
      groupId,
    }),
  );

/** The phases that the enforcing policy reaches, in the order in which they were enforced. */
export async function readEnforced(tx: Tx): Promise<EnforcedPhase[]> {
  const { rows } = await tx.execute(sql`SELECT name, everyone_else, group_id FROM enforced_phases ORDER BY flip_seq`);
  return rows.map((row) => enforcedRow.parse(row));
}

/** Remembers a phase as enforced. */
export async function saveEnforced(
  tx: Tx,
  phase: EnforcedPhase,
  { seq, at }: { seq: number; at: Date },
): Promise<void> {
  await tx.execute(sql`
    INSERT INTO enforced_phases (customer_id, phase_key, name, everyone_else, group_id, flip_seq, enforced_at)
    VALUES (app_customer(), ${rowKey(phase)}, ${phase.name}, ${phase.everyoneElse}, ${phase.groupId}, ${seq},
      ${at.toISOString()}::timestamptz)
    ON CONFLICT (customer_id, phase_key) DO UPDATE SET group_id = excluded.group_id, flip_seq = excluded.flip_seq,
      enforced_at = excluded.enforced_at`);
}

/** Forgets a phase that was taken out of enforcement. */
export async function forgetEnforced(tx: Tx, phase: FlipPhase): Promise<void> {
  await tx.execute(sql`DELETE FROM enforced_phases WHERE phase_key = ${rowKey(phase)}`);
}

function rowKey(phase: FlipPhase): string {
  return phase.everyoneElse ? 'everyone' : phaseKey(phase);
}
