import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../store/database.ts';

/** The embedded store has no autovacuum: without this, tables that are written often grow for ever. */
const EVERY_MS = 6 * 3_600_000;

/** Looks after the store again and again until the signal ends it. A failure is logged and tried again next time. */
export async function keepUp(deps: { database: Database; clock: Clock; log: Log; signal: AbortSignal }): Promise<void> {
  const { database, clock, log, signal } = deps;
  for (;;) {
    try {
      await clock.sleep(EVERY_MS, signal);
      await database.maintain();
      log.info('store.maintained');
    } catch (error) {
      if (signal.aborted) return;
      log.warn('store.maintenance_failed', { code: error instanceof AppError ? error.code : 'unexpected' });
    }
  }
}
