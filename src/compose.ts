import type { Clock } from './lib/clock.ts';
import { AppError } from './lib/errors.ts';
import type { Log } from './lib/log.ts';
import type { StopPoint } from './lib/stop-point.ts';
import { type Customers, createCustomers } from './rollout/customers/customers.ts';
import type { Environment } from './rollout/customers/secrets.ts';
import { createExceptions } from './rollout/exceptions/exceptions.ts';
import { createRosterSources, type RosterSources } from './rollout/roster/roster.ts';
import { createSyncJobs, type Syncs } from './rollout/snapshots/syncs.ts';
import { createPacers, type Limits } from './services/limits.ts';
import { type Database, openDatabase, type StoreLocation } from './store/database.ts';
import { openQueue, type Queue } from './work/queue.ts';
import { createSchedule } from './work/schedule.ts';
import { keepUp } from './work/upkeep.ts';
import { createWorker, type Worker } from './work/worker.ts';

export type AppDeps = {
  location: StoreLocation;
  clock: Clock;
  isClockTurned(): boolean;
  log: Log;
  environment: Environment;
  stopPoint: StopPoint;
  /** Other limits of vendors than the published ones. */
  limits?: Partial<Limits>;
};

/** Every object of the product, built once. */
export type App = {
  database: Database;
  queue: Queue;
  worker: Worker;
  customers: Customers;
  rosterSources: RosterSources;
  syncs: Syncs;
  clock: Clock;
  log: Log;
  /** Aborted when the process stops: ends calls and waits. */
  signal: AbortSignal;
  /** Stops in order: no new work, running jobs end, connections and store close. */
  close(): Promise<void>;
};

/** Builds the product by hand, in order. The worker is built but not started. Rejects with the store's refusals. */
export async function compose(deps: AppDeps): Promise<App> {
  const { location, clock, log } = deps;
  const database = await openDatabase(location, { log });
  const stopping = new AbortController();
  const { signal } = stopping;
  const customers = createCustomers({ ...deps, database, pacers: createPacers(clock, deps.limits), signal });
  const rosterSources = createRosterSources({ ...deps, database, customers });
  const syncs = createSyncJobs({
    database,
    customers,
    rosterSources,
    exceptions: createExceptions(database),
    clock,
    signal,
  });
  const queue = await openQueue({ database, clock, log, kinds: syncs.kinds });
  await queue.releaseLeft();
  const schedule = createSchedule(database, queue, []);
  const worker = createWorker({ database, queue, schedule, kinds: syncs.kinds, log });
  const upkeep = keepUp({ database, clock, log, signal });
  return {
    database,
    queue,
    worker,
    customers,
    rosterSources,
    syncs,
    clock,
    log,
    signal,
    close: async () => {
      stopping.abort(stopped());
      await upkeep;
      await worker.stop();
      await customers.close();
      await queue.close();
      await database.close();
    },
  };
}

/** Why calls and waits end when the process stops; whoever waited for a job reads the sentence. */
function stopped(): AppError {
  const userMessage = 'The server is stopping. Nothing is lost: start it again, and what was under way goes on.';
  return new AppError('process_stopping', userMessage, { userMessage });
}
