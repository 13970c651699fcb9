import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import type { Rollout } from '../phases/phase-types.core.ts';
import { saveClosing } from './report.store.ts';

/* The report that nobody has to ask for: once a rollout is finished it is written, mailed, and told in the channel. */

/** How often it is looked whether a rollout is finished. */
export const REPORT_SCHEDULE: Recurring = { kind: 'report.due', everySeconds: 15 * 60 };

/** The subject of the card with the totals; names do not belong where it stands. */
export const REPORT_SUBJECT = 'report';

export const closingPayload = z.strictObject({ rolloutId: z.string() });

type Deps = { clock: Clock; phases: { current(customerId: string): Promise<Rollout | null> } | null };

/** Asks for the closing report of a finished rollout, once for each. */
export async function closingDue({ clock, phases }: Deps, job: RunningJob): Promise<Save | undefined> {
  const rollout = (await phases?.current(job.customerId)) ?? null;
  if (rollout?.state !== 'finished') return undefined;
  const key = `report.closing:${rollout.id}`;
  return async (tx) => {
    const effect = { kind: 'report.closing', key, payload: { rolloutId: rollout.id } };
    await enqueue(tx, { ...effect, dueAt: new Date(clock.now()) });
  };
}

/** Keeps which report closed the rollout, and puts the card with its totals into the channel, once for each rollout. */
export async function postTotals(
  tx: Tx,
  { rolloutId, digest, now }: { rolloutId: string; digest: string; now: Date },
): Promise<void> {
  await saveClosing(tx, { rolloutId, digest });
  const payload = { subject: REPORT_SUBJECT, occasion: rolloutId };
  await enqueue(tx, { kind: 'cards.post', key: `cards.post:report:${rolloutId}`, payload, dueAt: now });
}
