import type { Json } from '../../../lib/canonical-json.ts';
import type { Database } from '../../../store/database.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { Sentence } from '../../phases/phase-types.core.ts';
import type { EnforcedPhase } from '../enforce/enforce.core.ts';
import { lastRefusedWithdrawal, readEnforced, readStandingFlips } from '../enforce/enforce.store.ts';
import { enqueueWithdraw } from '../enforce/enforce-ask.ts';
import type { ManagedObject } from '../managed-objects.core.ts';
import { SWITCH_TEXTS } from '../security-defaults/security-defaults-texts.core.ts';
import { forgetManaged, isUnderWay, readLatestPush, readManaged, readPush, saveManaged } from './push.store.ts';

/** Everything that this product owns in the tenant, seen from inside a transaction. */
export function managedObjects(tx: Tx): Promise<ManagedObject[]> {
  return readManaged(tx);
}

/** Remembers an object as ours again, under the id that it has now. */
export function keepManaged(tx: Tx, object: ManagedObject): Promise<void> {
  return saveManaged(tx, object);
}

/** Forgets an object of ours that was taken out of the tenant. */
export function dropManaged(tx: Tx, key: string): Promise<void> {
  return forgetManaged(tx, key);
}

/** The phases that the enforcing policy reaches, by what this product wrote. */
export function enforcedPhases(database: Database, customerId: string): Promise<EnforcedPhase[]> {
  return database.withCustomer(customerId, readEnforced);
}

/**
 * What stands between a customer and no enforced phase: a job to wait for, or a phase that could not be taken out, or not
 * yet.
 */
export type NextRelease = { phase: string; key: string } | { phase: string; left: string };

/**
 * Takes the next phase out of enforcement, the newest first, and does not wait for it; null when none is enforced or may
 * come to be. `asked` is the phase that the last call asked for: if it is still there when its job has ended, it is left.
 */
export async function releaseNext(
  tx: Tx,
  { asked, actor, at }: { asked: string | null; actor: Json; at: Date },
): Promise<NextRelease | null> {
  const [standing] = await readStandingFlips(tx);
  if (standing === undefined) return null;
  const { rolloutId, phase, job } = standing;
  if (phase.name !== asked) {
    const { key } = await enqueueWithdraw(tx, { rolloutId, phase, actor, at, why: UNDONE });
    return { phase: phase.name, key };
  }
  // What Graph refuses is tried on for hours: whoever waits is told.
  const trouble = standing.kind === 'withdraw' ? standing.outcome : null;
  if (trouble !== null) return { phase: phase.name, left: trouble.message };
  if (await isUnderWay(tx, job)) return { phase: phase.name, key: job };
  return { phase: phase.name, left: (await lastRefusedWithdrawal(tx, phase)) ?? SWITCH_TEXTS.kept([]).en };
}

const UNDONE: Sentence = {
  en: 'Everything is taken back out of the tenant.',
  de: 'Alles wird aus dem Mandanten zurückgenommen.',
};

/** How the undoing of a push stands. `job`: what is still under way, else null. */
export type PushUndone = { job: string | null; isUndone: boolean; left: { step: string; why: string }[] };

/** How far the undoing of this push came. An undo that ended without an end is told as what failed. */
export async function pushUndone(tx: Tx, pushId: string): Promise<PushUndone> {
  const row = await readPush(tx, pushId);
  if (row === null) return { job: null, isUndone: true, left: [] };
  if (await isUnderWay(tx, row.job)) return { job: row.job, isUndone: false, left: [] };
  const left = Object.entries(row.progress).flatMap(([step, { state, why }]) =>
    state === 'left' ? [{ step, why: why ?? '' }] : [],
  );
  const failed = { step: 'push', why: row.outcome.failure?.message ?? 'it is not undone' };
  return { job: null, isUndone: row.state === 'undone', left: left.length > 0 ? left : [failed] };
}

/** The job of the newest push or undo, whatever became of it; null before the first. */
export async function latestPushJob(tx: Tx): Promise<string | null> {
  return (await readLatestPush(tx))?.job ?? null;
}
