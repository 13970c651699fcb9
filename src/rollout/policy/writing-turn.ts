import { AppError } from '../../lib/errors.ts';
import type { Database } from '../../store/database.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import { giveTurn, keepTurn, takeTurn, type Written } from './turn.store.ts';

/** The code of a job that waits until another one has ended. */
export const WRITER_WAITS = 'writer_waits';

type Outcome = Promise<Save | undefined>;

const EVERYTHING: readonly Written[] = ['policies', 'groups'];

type Turn = {
  work(): Outcome;
  /** What the work writes; without it both policies and groups. */
  writes?: Written;
  /** How the job ends that never had its turn. */
  busy?: (by: AppError) => Outcome;
};

/**
 * Does a job's work while no other job writes the managed policies or groups that it writes: pushes, flips, takeovers,
 * memberships, what drift puts back, and every way back. A phase is taken out of enforcement without waiting for
 * memberships, which may take minutes and have no part in it. The turn is taken before the first look, since conditions are
 * sent whole and a look from before another's write would undo it; it ends with the job. A job that fails before it noted
 * a write gives it back, so that a way back does not wait for repetitions; one that may stand half-written keeps it,
 * killed or not. Throws `writer_waits`, which the queue tries again; on the last try `busy` says how it ends.
 */
export async function inTurn(
  { database }: { database: Database },
  job: RunningJob,
  { work, writes, busy }: Turn,
): Outcome {
  const { customerId, key } = job;
  const what = writes === undefined ? EVERYTHING : [writes];
  const holder = await database.withCustomer(customerId, (tx) => takeTurn(tx, key, what));
  if (holder !== null) {
    const waits = waiting(holder);
    if (busy !== undefined && job.isLastAttempt) return busy(waits);
    throw waits;
  }
  try {
    return await work();
  } catch (error) {
    // Where the store is gone as well, the turn stays until the job has ended.
    await database.withCustomer(customerId, (tx) => giveTurn(tx, key)).catch(() => undefined);
    throw error;
  }
}

/**
 * Notes, with the intent, that something of this job may stand half-written from now on. Throws `writer_waits` where the
 * turn is another's by now: a job that was taken for dead writes nothing more.
 */
export async function beginWriting(tx: Tx, job: string): Promise<void> {
  if (await keepTurn(tx, job)) return;
  const holder = await takeTurn(tx, job, EVERYTHING);
  if (holder !== null) throw waiting(holder);
  await keepTurn(tx, job);
}

function waiting(holder: string): AppError {
  const userMessage =
    "Another change of this customer's policies and groups has not ended yet, so nothing was written. Try again.";
  return new AppError(WRITER_WAITS, `another job writes for this customer (${holder})`, { userMessage });
}
