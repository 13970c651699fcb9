import type { Database } from '../../store/database.ts';
import { awaitEffect } from '../../work/await-effect.ts';

/** So long somebody waits before he looks at what keeps a job. */
const LOOK_MS = 2_000;

/**
 * Waits for the job of this key for a moment: whether it has ended. A job that is tried again over hours ends no waiting,
 * so that whoever waits looks in between why it has not come through. Rejects as `awaitEffect` does.
 */
export async function endsSoon(
  database: Database,
  effect: { customerId: string; key: string },
  signal: AbortSignal,
): Promise<boolean> {
  const moment = AbortSignal.timeout(LOOK_MS);
  try {
    await awaitEffect(database, effect, AbortSignal.any([signal, moment]));
    return true;
  } catch (error) {
    if (signal.aborted || !moment.aborted) throw error;
    return false;
  }
}
