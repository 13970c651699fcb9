import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import type { PhaseReplay } from './replay-gate.core.ts';

/* Stored shapes: a change needs a migration. */
const sentence = z.object({ en: z.string(), de: z.string() });
const instant = z.coerce.date().transform((date) => date.toISOString());
const replayRow = z.object({
  phase: z.string(),
  askedAt: instant,
  madeAt: instant.nullable(),
  answer: z.object({ sentence, blocked: z.array(z.string()) }).nullable(),
  problem: sentence.nullable(),
  accepted: z.array(z.string()),
});

/** The replays of a rollout, by phase. */
export async function readReplays(tx: Tx, rolloutId: string): Promise<Map<string, PhaseReplay>> {
  const { rows } = await tx.execute(sql`
    SELECT phase, asked_at AS "askedAt", made_at AS "madeAt", answer, problem, accepted
    FROM phase_replays WHERE rollout_id = ${rolloutId}::uuid`);
  return new Map(
    rows.map((row) => {
      const { phase, ...replay } = replayRow.parse(row);
      return [phase, replay];
    }),
  );
}

/** Notes that a replay was asked for; what the one before it said stands until then. */
export async function saveReplayAsked(
  tx: Tx,
  { rolloutId, phases, at }: { rolloutId: string; phases: readonly string[]; at: Date },
): Promise<void> {
  await tx.execute(sql`
    INSERT INTO phase_replays (customer_id, rollout_id, phase, asked_at)
    SELECT app_customer(), ${rolloutId}::uuid, name, ${at.toISOString()}::timestamptz
    FROM jsonb_array_elements_text(${JSON.stringify(phases)}::jsonb) AS name
    ON CONFLICT (customer_id, rollout_id, phase) DO UPDATE SET asked_at = excluded.asked_at`);
}

/** How the replay of a phase ended. */
export type ReplayEnd = { phase: string } & ({ answer: NonNullable<PhaseReplay['answer']> } | { problem: Sentence });

/** Keeps how a replay ended, in place of what the one before it said. */
export async function saveReplayEnds(
  tx: Tx,
  { rolloutId, ends, at }: { rolloutId: string; ends: readonly ReplayEnd[]; at: Date },
): Promise<void> {
  for (const end of ends) {
    const answer = 'answer' in end ? JSON.stringify(end.answer) : null;
    const problem = 'problem' in end ? JSON.stringify(end.problem) : null;
    await tx.execute(sql`
      UPDATE phase_replays SET made_at = ${at.toISOString()}::timestamptz, answer = ${answer}::jsonb, problem = ${problem}::jsonb
      WHERE rollout_id = ${rolloutId}::uuid AND phase = ${end.phase}`);
  }
}

/** Keeps whom somebody saw who lets the phase go on all the same. */
export async function saveAccepted(
  tx: Tx,
  { rolloutId, phase, accountIds }: { rolloutId: string; phase: string; accountIds: readonly string[] },
): Promise<void> {
  await tx.execute(sql`
    UPDATE phase_replays SET accepted = accepted || ${JSON.stringify(accountIds)}::jsonb
    WHERE rollout_id = ${rolloutId}::uuid AND phase = ${phase}`);
}
