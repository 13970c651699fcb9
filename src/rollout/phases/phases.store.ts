import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import { PHASE_STATES, type Phase, type Rollout } from './phase-types.core.ts';
import { procedureSchema } from './procedure-file.ts';

/* Stored shapes: a change needs a migration. */
const sentence = z.object({ en: z.string(), de: z.string() });
const gate = z.object({
  code: z.string(),
  rule: z.string().nullable(),
  message: sentence,
  clear: sentence,
  accountIds: z.array(z.string()),
});
const instant = z.coerce.date().transform((date) => date.toISOString());
const state = z.enum(PHASE_STATES);

const phaseRow = z
  .object({
    name: z.string(),
    ordinal: z.number(),
    everyone_else: z.boolean(),
    state,
    since: instant,
    resumes: state.nullable(),
    enforce_on: z.string(),
    announced_at: instant.nullable(),
    window_from: instant.nullable(),
    enforced_at: instant.nullable(),
    gates: z.array(gate),
    revision: z.number(),
  })
  .transform(
    (row): Phase => ({
      name: row.name,
      ordinal: row.ordinal,
      everyoneElse: row.everyone_else,
      state: row.state,
      since: row.since,
      resumes: row.resumes,
      enforceOn: row.enforce_on,
      announcedAt: row.announced_at,
      windowFrom: row.window_from,
      enforcedAt: row.enforced_at,
      gates: row.gates,
      revision: row.revision,
    }),
  );

const rolloutRow = z.object({
  id: z.string(),
  procedure: procedureSchema,
  starts_on: z.string(),
  deadline: z.string(),
  state: z.enum(['running', 'finished', 'stopped']),
});

/** Lets the others who would change this customer's rollout wait until the transaction ends. */
export async function lockRollout(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('rollout:' || app_customer()::text, 0))`);
}

/** The customer's newest rollout with its phases in their order; null before the first. */
export async function readNewest(tx: Tx): Promise<Rollout | null> {
  const found = await tx.execute(sql`
    SELECT id::text, procedure, starts_on::text, deadline::text, state FROM rollouts ORDER BY seq DESC LIMIT 1`);
  if (found.rows[0] === undefined) return null;
  const { starts_on: startsOn, ...row } = rolloutRow.parse(found.rows[0]);
  const { rows } = await tx.execute(sql`
    SELECT name, ordinal, everyone_else, state, since, resumes, enforce_on::text, announced_at, window_from, enforced_at,
      gates, revision
    FROM phases WHERE rollout_id = ${row.id}::uuid ORDER BY ordinal`);
  return { ...row, startsOn, phases: rows.map((one) => phaseRow.parse(one)) };
}

/** Adds a rollout with its phases. The customer's rollout has to be locked. */
export async function insertRollout(tx: Tx, rollout: Rollout, at: Date): Promise<void> {
  const { id, procedure, startsOn, deadline, state: standing } = rollout;
  await tx.execute(sql`
    INSERT INTO rollouts (customer_id, id, seq, procedure, starts_on, deadline, state, begun_at)
    SELECT app_customer(), ${id}::uuid, coalesce(max(seq), 0) + 1, ${JSON.stringify(procedure)}::jsonb,
      ${startsOn}::date, ${deadline}::date, ${standing}, ${at.toISOString()}::timestamptz
    FROM rollouts`);
  for (const phase of rollout.phases) await savePhase(tx, id, phase);
}

/** Makes this the state of a rollout. */
export async function saveRolloutState(tx: Tx, id: string, standing: Rollout['state']): Promise<void> {
  await tx.execute(sql`UPDATE rollouts SET state = ${standing} WHERE id = ${id}::uuid`);
}

/** Makes this the deadline of a rollout. */
export async function saveDeadline(tx: Tx, id: string, deadline: string): Promise<void> {
  await tx.execute(sql`UPDATE rollouts SET deadline = ${deadline}::date WHERE id = ${id}::uuid`);
}

/** Makes this what is known of a phase. */
export async function savePhase(tx: Tx, rolloutId: string, phase: Phase): Promise<void> {
  await tx.execute(sql`
    INSERT INTO phases (customer_id, rollout_id, name, ordinal, everyone_else, state, since, resumes, enforce_on,
      announced_at, window_from, enforced_at, gates, revision)
    VALUES (app_customer(), ${rolloutId}::uuid, ${phase.name}, ${phase.ordinal}, ${phase.everyoneElse}, ${phase.state},
      ${phase.since}::timestamptz, ${phase.resumes}, ${phase.enforceOn}::date, ${phase.announcedAt}::timestamptz,
      ${phase.windowFrom}::timestamptz, ${phase.enforcedAt}::timestamptz, ${JSON.stringify(phase.gates)}::jsonb,
      ${phase.revision})
    ON CONFLICT (customer_id, rollout_id, name) DO UPDATE SET state = excluded.state, since = excluded.since,
      resumes = excluded.resumes, enforce_on = excluded.enforce_on, announced_at = excluded.announced_at,
      window_from = excluded.window_from, enforced_at = excluded.enforced_at, gates = excluded.gates,
      revision = excluded.revision`);
}
