import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../store/database.ts';

/** The embedded store has no autovacuum: without this, tables that are written often grow for ever. */
const EVERY_MS = 6 * 3_600_000;
/** What is left over is removed the next time: nobody waits for it, and everybody else waits while a batch is removed. */
const BATCHES_MAX = 50;

/** Removes at most one small batch of a customer's rows that nothing reads any more; gives how many that were. */
export type Forgetting = (customerId: string) => Promise<number>;

export type UpkeepDeps = {
  database: Database;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  customers: { list(): Promise<readonly { id: string }[]> };
  /** One for each kind of row that grows old. */
  forgettings: readonly Forgetting[];
};

/** Looks after the store again and again until the signal ends it. A failure is logged and tried again next time. */
export async function keepUp(deps: UpkeepDeps): Promise<void> {
  const { database, clock, log, signal } = deps;
  for (;;) {
    try {
      await clock.sleep(EVERY_MS, signal);
      const forgotten = await forgetOld(deps);
      await database.maintain();
      log.info('store.maintained', { forgotten });
    } catch (error) {
      if (signal.aborted) return;
      log.warn('store.maintenance_failed', { code: codeOf(error) });
    }
  }
}

/** One customer's failure leaves the others' rows to be removed, and the store to be maintained. */
async function forgetOld({ customers, forgettings, log, signal }: UpkeepDeps): Promise<number> {
  let forgotten = 0;
  for (const { id } of await customers.list()) {
    try {
      for (const forget of forgettings) forgotten += await inBatches(() => forget(id), signal);
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn('store.forgetting_failed', { customerId: id, code: codeOf(error) });
    }
  }
  return forgotten;
}

async function inBatches(forget: () => Promise<number>, signal: AbortSignal): Promise<number> {
  let sum = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    signal.throwIfAborted();
    const count = await forget();
    if (count === 0) break;
    sum += count;
  }
  return sum;
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'unexpected';
}
