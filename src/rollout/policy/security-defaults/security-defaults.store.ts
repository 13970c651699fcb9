import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { EnforcedPhase, FlipPhase } from '../enforce/enforce.core.ts';
import { isSamePhase } from '../enforce/enforce.core.ts';

/* Stored shapes: a change needs a migration. */
const phases = z.array(z.object({ name: z.string(), everyoneElse: z.boolean(), groupId: z.string().nullable() }));
const moved = z.array(z.object({ id: z.string(), from: z.string() }));
/** Instants in ms of the clock; what was not reached is absent. */
const times = z.object({
  stagedAt: z.number().optional(),
  offAskedAt: z.number().optional(),
  offAnsweredAt: z.number().optional(),
  enableAskedAt: z.number().optional(),
  enabledAt: z.number().optional(),
  /** From the answer that Security Defaults are off to the answer that the policy is enabled. */
  apiGapMs: z.number().optional(),
  onAskedAt: z.number().optional(),
  onShownAt: z.number().optional(),
});

const switchRow = z
  .object({
    flip_seq: z.number(),
    state: z.enum(['going', 'switched', 'returning', 'returned']),
    phases,
    before: z.json(),
    planned: z.json(),
    moved,
    times,
    updated_at: z.coerce.date(),
  })
  .transform(({ flip_seq: flip, updated_at: updatedAt, ...row }) => ({ ...row, flip, updatedAt }));

/** One switch of Security Defaults and how far it came. */
export type SwitchRow = Omit<z.output<typeof switchRow>, 'before' | 'planned'> & { before: Json; planned: Json };

const COLUMNS = sql`flip_seq, state, phases, before, planned, moved, times, updated_at`;

/** The switch of this change of the enforcing policy, or null. */
export async function readSwitch(tx: Tx, flip: number): Promise<SwitchRow | null> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM security_defaults_switches WHERE flip_seq = ${flip}`);
  return rows[0] === undefined ? null : switchRow.parse(rows[0]);
}

/** Every switch that was begun, the newest first. */
export async function readSwitches(tx: Tx): Promise<SwitchRow[]> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM security_defaults_switches ORDER BY flip_seq DESC`);
  return rows.map((row) => switchRow.parse(row));
}

/**
 * The newest switch that has an effect or may come to have one, when it reaches this phase: taking the phase out means
 * taking the switch back. Null where there is none.
 */
export async function standingSwitch(tx: Tx, phase: FlipPhase): Promise<SwitchRow | null> {
  const [newest] = await readSwitches(tx);
  if (newest === undefined || newest.state === 'returned') return null;
  const reaches = (one: EnforcedPhase) => isSamePhase(one, phase);
  return phase.everyoneElse || newest.phases.some(reaches) ? newest : null;
}

/** Makes this what is known of a switch. */
export async function saveSwitch(tx: Tx, row: Omit<SwitchRow, 'updatedAt'>, at: Date): Promise<void> {
  await tx.execute(sql`
    INSERT INTO security_defaults_switches (customer_id, flip_seq, state, phases, before, planned, moved, times, updated_at)
    VALUES (app_customer(), ${row.flip}, ${row.state}, ${JSON.stringify(row.phases)}::jsonb,
      ${JSON.stringify(row.before)}::jsonb, ${JSON.stringify(row.planned)}::jsonb, ${JSON.stringify(row.moved)}::jsonb,
      ${JSON.stringify(row.times)}::jsonb, ${at.toISOString()}::timestamptz)
    ON CONFLICT (customer_id, flip_seq) DO UPDATE SET state = excluded.state, phases = excluded.phases,
      before = excluded.before, planned = excluded.planned, moved = excluded.moved, times = excluded.times,
      updated_at = excluded.updated_at`);
}
