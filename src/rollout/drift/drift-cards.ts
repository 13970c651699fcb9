import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { driftSubject } from './drift-subject.core.ts';
import type { DriftFinding } from './drift-types.core.ts';

/** Somebody should look at once. */
const PRIORITY = 10;

type Told = Pick<DriftFinding, 'id' | 'digest'>;

/** Puts a new card of the finding where people look, in the caller's transaction; once for each thing it says. */
export async function postDrift(tx: Tx, { id, digest }: Told, now: Date): Promise<void> {
  const subject = driftSubject(id);
  const payload = { subject, occasion: digest, toDeciders: true };
  const key = `cards.post:${subject}:${digest}`;
  await enqueue(tx, { kind: 'cards.post', key, payload, dueAt: now, priority: PRIORITY });
}

/** Brings every copy of the finding's card up to date; `why` names what changed. */
export async function refreshDrift(tx: Tx, id: string, { why, now }: { why: string; now: Date }): Promise<void> {
  const subject = driftSubject(id);
  const key = `cards.refresh:${subject}:${why}`;
  await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: now, priority: PRIORITY });
}
