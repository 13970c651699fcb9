import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';

/** Stored shape: a change needs a migration. */
const dayRow = z.object({ day: z.string(), phase: z.string(), people: z.number(), capable: z.number() });

/** How many people of a phase could answer MFA when somebody looked last on a day. */
export type PhaseDay = z.output<typeof dayRow>;

/** Keeps what is counted on a day, in place of what was counted on it before. */
export async function saveDay(
  tx: Tx,
  counted: { rolloutId: string; day: string; phases: readonly Omit<PhaseDay, 'day'>[] },
): Promise<void> {
  const { rolloutId, day, phases } = counted;
  await tx.execute(sql`
    INSERT INTO rollout_days (customer_id, rollout_id, day, phase, people, capable)
    SELECT app_customer(), ${rolloutId}::uuid, ${day}::date, row.phase, row.people, row.capable
    FROM jsonb_to_recordset(${JSON.stringify(phases)}::jsonb) AS row(phase text, people integer, capable integer)
    ON CONFLICT (customer_id, rollout_id, day, phase) DO UPDATE SET people = excluded.people, capable = excluded.capable
    WHERE rollout_days.people <> excluded.people OR rollout_days.capable <> excluded.capable`);
}

/** Every day that was counted in a rollout, in the order of time. */
export async function readDays(tx: Tx, rolloutId: string): Promise<PhaseDay[]> {
  const { rows } = await tx.execute(sql`
    SELECT day::text, phase, people, capable FROM rollout_days WHERE rollout_id = ${rolloutId}::uuid
    ORDER BY day, phase COLLATE "C"`);
  return rows.map((row) => dayRow.parse(row));
}
