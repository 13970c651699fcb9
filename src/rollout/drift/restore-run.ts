import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import type { Graph } from '../../services/graph/client.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Customer } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { isJobOpen, isWriting, type ManagedStanding, readManagedStanding } from '../policy/managed-standing.ts';
import { beginWriting } from '../policy/writing-turn.ts';
import {
  type DriftRow,
  lockDrift,
  type RestoreProgress,
  readFinding,
  readStandingDrift,
  saveFinding,
} from './drift.store.ts';
import type { DriftDeps } from './drift-deps.ts';
import type { Reading } from './read-tenant.ts';

/** One attempt to put a finding back. */
export type RestoreRun = {
  deps: DriftDeps;
  customer: Customer;
  row: DriftRow;
  reader: Graph;
  writer: Graph;
  reading: Reading;
  standing: ManagedStanding;
};

/** How it ended: as it was, or why nothing (more) was written. */
export type Restored = { ok: true; facts: Json } | { ok: false; why: Sentence };

/** That it was put back, with what the journal shall know of it. */
export function restored(facts: Json = null): Restored {
  return { ok: true, facts };
}

/** That it was not, and why. */
export function notRestored(why: Sentence): Restored {
  return { ok: false, why };
}

/**
 * The finding as it stands, once nobody else may change it until the transaction ends; null where it is not this job's
 * any more, since somebody decided otherwise meanwhile.
 */
export async function stillRestoring(tx: Tx, { id, job }: Pick<DriftRow, 'id' | 'job'>): Promise<DriftRow | null> {
  await lockDrift(tx);
  const row = await readFinding(tx, id);
  return row !== null && row.state === 'restoring' && row.job === job ? row : null;
}

/**
 * Notes the intent with everything that stands before the write (S24), once; an earlier attempt may have noted it. Throws
 * `drift_waits` while another write of ours is under way, and `drift_overtaken` where the finding is decided otherwise.
 */
export async function noteIntent(
  run: RestoreRun,
  before: unknown,
  noted: Partial<RestoreProgress> = {},
): Promise<void> {
  const { deps, customer, row } = run;
  const isNoted = row.progress !== null;
  await deps.database.withCustomer(customer.id, async (tx) => {
    const now = await stillRestoring(tx, row);
    if (now === null) throw new AppError('drift_overtaken', 'the finding is not being put back any more');
    if (now.job !== null) await beginWriting(tx, now.job);
    if (isNoted) return;
    if ((await isWriting(tx)) || (await isAnotherBegun(tx, row)))
      throw new AppError(WAITS, 'another write of ours is under way');
    const at = new Date(deps.clock.now());
    const progress = { policyIds: [], ...noted };
    await saveFinding(tx, { ...now, progress });
    const { id, kind, object, objectId } = now;
    const facts = { id, kind, object, objectId, before: asJson(before) };
    await appendJournal(tx, { at, actor: actorOf(now), event: 'drift.restore.begun', facts });
    row.progress = progress;
  });
  if (!isNoted) deps.stopPoint('drift.restore.noted');
}

/** The code of a restore that waits for another write. */
export const WAITS = 'drift_waits';

/** Two restores at once would write over each other: whoever noted his intent first goes on. */
async function isAnotherBegun(tx: Tx, { id }: Pick<DriftRow, 'id'>): Promise<boolean> {
  for (const other of await readStandingDrift(tx)) {
    if (other.id === id || other.state !== 'restoring' || other.progress === null || other.job === null) continue;
    if (await isJobOpen(tx, other.job)) return true;
  }
  return false;
}

/** Whoever asked for it, as the journal names people. */
export function actorOf({ decidedBy }: DriftRow): Json {
  if (decidedBy === null) return { kind: 'system', name: 'drift' };
  const { tenantId, objectId, displayName } = decidedBy;
  return { kind: 'person', tenantId, objectId, displayName };
}

/** What is known of our own writing at this moment. */
export function standingNow({ deps, customer }: Pick<RestoreRun, 'deps' | 'customer'>): Promise<ManagedStanding> {
  return deps.database.withCustomer(customer.id, readManagedStanding);
}

/** A value as JSON keeps it. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
