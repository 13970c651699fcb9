import { AppError, VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { isWriting } from '../policy/managed-standing.ts';
import { WRITER_WAITS } from '../policy/writing-turn.ts';
import { type DriftRow, readFinding, readStandingDrift, saveFinding } from './drift.store.ts';
import { refreshDrift } from './drift-cards.ts';
import type { DriftDeps } from './drift-deps.ts';
import { DRIFT_TEXTS } from './drift-texts.core.ts';
import { restoreDefaultsOff } from './restore-defaults.ts';
import { restoreGoneGroup } from './restore-group.ts';
import { restoreGroupName, restoreMembers, restorePerUserMfa } from './restore-others.ts';
import { restoreManagedPolicy } from './restore-policy.ts';
import {
  actorOf,
  notRestored,
  type Restored,
  type RestoreRun,
  standingNow,
  stillRestoring,
  WAITS,
} from './restore-run.ts';

/**
 * Puts one finding back, as somebody decided: reads first, writes once, reads back. Run again after a crash it finds what
 * is done. Waits (`drift_waits`) while something else of ours is writing. What stands against it is kept with the finding,
 * which then stands open again.
 */
export async function runRestore(deps: DriftDeps, id: string, job: RunningJob): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const { row, isBusy } = await deps.database.withCustomer(customer.id, async (tx) => {
    const found = await readFinding(tx, id);
    // Whatever is asked for goes first; once this one has begun, it is the others that wait for its turn to end.
    return { row: found, isBusy: found?.progress === null && (await isWriting(tx)) };
  });
  if (row === null || row.state !== 'restoring' || row.job !== job.key) return undefined;
  if (isBusy && !job.isLastAttempt) throw new AppError(WAITS, 'another write of ours is under way');
  if (isBusy) return endBusy(deps, row);
  const { graph: reader, writer } = await deps.customers.connections(customer);
  if (writer === null) return (tx) => end(deps, tx, { row, how: notRestored(DRIFT_TEXTS.noWriter) });
  const signal = AbortSignal.any([job.signal, deps.signal]);
  const reading = { graph: reader, clock: deps.clock, options: { priority: 'approval', signal } as const };
  const standing = await standingNow({ deps, customer });
  const how = await attempt({ deps, customer, row, reader, writer, reading, standing }, job);
  return (tx) => end(deps, tx, { row, how });
}

/** How a restore ends that never had its turn: the finding stands open again and says so. */
export async function restoreBusy(deps: DriftDeps, id: string, job: RunningJob): Promise<Save | undefined> {
  const row = await deps.database.withCustomer(job.customerId, (tx) => readFinding(tx, id));
  if (row === null || row.state !== 'restoring' || row.job !== job.key) return undefined;
  return endBusy(deps, row);
}

/** Waiting is over, and two writers at once would write over each other. */
function endBusy(deps: DriftDeps, row: DriftRow): Save {
  return (tx) => end(deps, tx, { row, how: notRestored(DRIFT_TEXTS.busy) });
}

async function attempt(run: RestoreRun, job: RunningJob): Promise<Restored> {
  try {
    return await restore(run, job);
  } catch (error) {
    if (!(error instanceof AppError) || run.reading.options.signal?.aborted === true) throw error;
    const isBusy = error.code === WAITS || error.code === WRITER_WAITS;
    const mayPass = error instanceof VendorUnreachableError || isBusy;
    if (mayPass && !job.isLastAttempt) throw error;
    return notRestored(isBusy ? DRIFT_TEXTS.busy : refusalOf(error));
  }
}

function restore(run: RestoreRun, job: RunningJob): Promise<Restored> {
  const { row } = run;
  switch (row.aspect) {
    case 'policy':
      return restoreManagedPolicy(run);
    case 'members':
      return restoreMembers(run);
    case 'group':
      return row.after.exists === false ? restoreGoneGroup(run) : restoreGroupName(run);
    case 'perUserMfa':
      return restorePerUserMfa(run);
    case 'otherPolicy':
      return Promise.resolve(notRestored(DRIFT_TEXTS.notOurs));
    case 'securityDefaults':
      return restoreDefaultsOff(run, job);
  }
}

function refusalOf(error: AppError): Sentence {
  const { sentence } = error;
  if (!(error instanceof VendorRefusedError)) return { en: sentence, de: sentence };
  const said = `${error.call.method} ${error.call.path}, ${error.call.status ?? '-'}`;
  return {
    en: `Microsoft Graph refused the write (${said}). Look at the writing application's rights and try again.`,
    de: `Microsoft Graph hat das Schreiben abgelehnt (${said}). Prüfen Sie die Rechte der schreibenden Anwendung und versuchen Sie es wieder.`,
  };
}

/** Who it was, or what somebody decided, may have been noted meanwhile: only what the job found is added to it. */
async function end(deps: DriftDeps, tx: Tx, { row, how }: { row: DriftRow; how: Restored }): Promise<void> {
  const found = await stillRestoring(tx, row);
  if (found === null) return;
  const now = new Date(deps.clock.now());
  const at = now.toISOString();
  const standing: DriftRow = { ...found, objectId: row.objectId };
  const next: DriftRow = how.ok
    ? { ...standing, state: 'restored', changedAt: at, failure: null }
    : { ...standing, state: 'open', failure: how.why, job: null, progress: null };
  await saveFinding(tx, next);
  await refreshDrift(tx, row.id, { why: `${next.state}:${row.job ?? ''}`, now });
  if (how.ok) await endSiblings(tx, next, now);
  const { id, kind, object, objectId, digest } = next;
  const outcome = how.ok ? { did: how.facts } : { why: how.why.en };
  const event = how.ok ? 'drift.restore.done' : 'drift.restore.refused';
  await appendJournal(tx, {
    at: now,
    actor: actorOf(row),
    event,
    facts: { id, kind, object, objectId, digest, ...outcome },
  });
}

/** A policy is written back whole, and every group that is gone with the first: what else was told of it ends too. */
async function endSiblings(tx: Tx, row: DriftRow, now: Date): Promise<void> {
  const isGone = ({ aspect, after }: DriftRow) => aspect === 'group' && after.exists === false;
  const moved = row.progress?.groups ?? {};
  for (const other of await readStandingDrift(tx)) {
    const isSamePolicy = other.aspect === 'policy' && row.aspect === 'policy' && other.object === row.object;
    const isSameWay = isGone(row) && isGone(other) && moved[other.objectId] !== undefined;
    if (other.id === row.id || !(isSamePolicy || isSameWay)) continue;
    const { decidedBy } = row;
    await saveFinding(tx, { ...other, state: 'restored', decidedBy, changedAt: now.toISOString(), failure: null });
    await refreshDrift(tx, other.id, { why: `restored:${row.id}`, now });
  }
}
