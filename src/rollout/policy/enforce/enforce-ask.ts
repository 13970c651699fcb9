import type { Json } from '../../../lib/canonical-json.ts';
import { enqueue } from '../../../store/outbox.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { Sentence } from '../../phases/phase-types.core.ts';
import { isUnderWay } from '../push/push.store.ts';
import { type FlipPhase, isSamePhase } from './enforce.core.ts';
import { endFlip, type FlipRow, insertFlip, lockFlips, nextFlip, readOpenFlips } from './enforce.store.ts';

/** Somebody may be locked out, or waits at a screen: before any mailing, the way back before the way forward. */
const PRIORITY = { enforce: 10, withdraw: 20 } as const;

export type FlipRequest = { rolloutId: string; phase: FlipPhase; actor: Json; at: Date };

/** The effect that brings a change about; `joined` when one is under way already. */
export type FlipAsked = { key: string; joined: boolean };

/** Puts `phase.enforce` into the outbox in the caller's transaction, or joins the one that is under way. */
export async function enqueueEnforce(tx: Tx, request: FlipRequest): Promise<FlipAsked> {
  await lockFlips(tx);
  const open = await openFlip(tx, 'enforce', request.phase);
  return open === undefined ? ask(tx, 'enforce', { ...request, why: null }) : { key: open.job, joined: true };
}

/**
 * Puts `phase.withdraw` into the outbox, or joins the one that is under way. An enforcement of the same phase that has
 * not begun to write is called off. Without a reason it is silent: it only makes sure that nothing stands.
 */
export async function enqueueWithdraw(tx: Tx, request: FlipRequest & { why: Sentence | null }): Promise<FlipAsked> {
  await lockFlips(tx);
  for (const flip of await readOpenFlips(tx)) {
    const isAhead = flip.kind === 'enforce' && flip.state === 'asked' && isSamePhase(flip.phase, request.phase);
    if (isAhead) await endFlip(tx, flip.seq, { state: 'cancelled', outcome: null, at: request.at });
  }
  const open = await openFlip(tx, 'withdraw', request.phase);
  // A silent one tells nobody, so that it cannot stand in for one that somebody waits for.
  if (open !== undefined && (open.why !== null || request.why === null)) return { key: open.job, joined: true };
  return ask(tx, 'withdraw', request);
}

async function openFlip(tx: Tx, kind: FlipRow['kind'], phase: FlipPhase): Promise<FlipRow | undefined> {
  for (const flip of await readOpenFlips(tx)) {
    if (flip.kind === kind && isSamePhase(flip.phase, phase) && (await isUnderWay(tx, flip.job))) return flip;
  }
  return undefined;
}

async function ask(
  tx: Tx,
  kind: FlipRow['kind'],
  { rolloutId, phase, actor, at, why }: FlipRequest & { why: Sentence | null },
): Promise<FlipAsked> {
  const seq = await nextFlip(tx);
  const key = `phase.${kind}:${rolloutId}:${phase.name}:${seq}`;
  await insertFlip(tx, { seq, kind, rolloutId, phase, job: key, actor, why, at });
  await enqueue(tx, { kind: `phase.${kind}`, key, payload: { flip: seq }, dueAt: at, priority: PRIORITY[kind] });
  return { key, joined: false };
}
