import { type AttachableClock, type ClockTimer, type Db, PgBoss } from 'pg-boss';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../store/database.ts';
import { PORTFOLIO_ROLE } from '../store/transaction.ts';

/** The one queue. The kind of a job stands in its data, so that one poll serves all kinds. */
export const JOBS = 'jobs';
export const BOSS_SCHEMA = 'pgboss';

/** A worker that missed its heartbeat for so long is taken for dead; pg-boss allows no less. */
export const HEARTBEAT_SECONDS = 10;
/** How often every instance looks for dead workers. */
export const SUPERVISE_SECONDS = 5;

const DAY_SECONDS = 24 * 60 * 60;
const QUEUE = {
  retryLimit: 8,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 15 * 60,
  expireInSeconds: 15 * 60,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  deleteAfterSeconds: 7 * DAY_SECONDS,
  // pg-boss deletes what waits longer; ours may wait as long as it takes.
  retentionSeconds: 3650 * DAY_SECONDS,
};

const GRANT_LOCK = 7_309_402;

export type Boss = {
  boss: PgBoss;
  /** Shows the queue's tables the clock's present time, where the clock is not the machine's own. */
  showTime(): Promise<void>;
};

/** Starts pg-boss on the store's own connections, with its queue made and known before the first transaction uses it. */
export async function startBoss(database: Database, clock: Clock, log: Log): Promise<Boss> {
  const shift = clock === systemClock ? undefined : createShiftedClock(clock);
  const boss = new PgBoss({
    db: asBossDatabase(database),
    schema: BOSS_SCHEMA,
    backend: database.engine === 'embedded' ? 'pglite' : 'postgres',
    // Both run from our own worker, so that a process without one supervises nothing.
    supervise: false,
    schedule: false,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    monitorVacuum: false,
    reindex: database.engine === 'server',
    ...(shift === undefined ? {} : { clock: shift.clock }),
  });
  boss.on('error', (error) => log.error('queue.failed', { error: error.name }));
  await boss.start();
  if (shift === undefined) await forgetShift(database);
  await boss.createQueue(JOBS, QUEUE);
  await boss.updateQueue(JOBS, QUEUE);
  // Makes pg-boss read the queue's settings now. It would otherwise read them on another connection while the first
  // transaction that brings jobs holds the only one, and wait for ever.
  await boss.insert(JOBS, []);
  await letPortfolioRead(database);
  if (database.engine === 'embedded') await endOrphanLeases(database);
  return { boss, showTime: async () => shift?.show() };
}

function asBossDatabase(database: Database): Db {
  return {
    executeSql: (text, values) => database.forQueue.execute(text, values),
    // A turned clock is put into the schema itself (see createShiftedClock), so sessions need nothing.
    setSessionStatements: () => Promise.resolve(),
  };
}

/** The folder's lock says that no other process lives, so whatever runs was left by a dead one: no lease to wait for. */
async function endOrphanLeases(database: Database): Promise<void> {
  await database.forQueue.execute(
    `UPDATE ${BOSS_SCHEMA}.job SET heartbeat_on = '-infinity' WHERE name = $1 AND state = 'active'`,
    [JOBS],
  );
}

/** Instances that start together would collide in the catalogue. */
async function letPortfolioRead(database: Database): Promise<void> {
  await database.forQueue.transaction(async (execute) => {
    await execute('SELECT pg_advisory_xact_lock($1)', [GRANT_LOCK]);
    await execute(`GRANT USAGE ON SCHEMA ${BOSS_SCHEMA} TO ${PORTFOLIO_ROLE}`);
    await execute(`GRANT SELECT ON ALL TABLES IN SCHEMA ${BOSS_SCHEMA} TO ${PORTFOLIO_ROLE}`);
  });
}

type ShiftedClock = { clock: AttachableClock; show(): Promise<void> };

/** Smaller differences than this are the time that statements take. */
const SHIFT_STEP_MS = 500;
const REAL_TIME = 'SELECT pg_catalog.now();';

/**
 * A turned clock for queue and database at once: the queue's own now() is the database's, moved by what our clock is
 * ahead of the machine. Leases keep running at the database's pace in between. (pg-boss's own TestClock stands still
 * and steps through every timer on its way.)
 */
function createShiftedClock(clock: Clock): ShiftedClock {
  let target: { db: Db; schema: string } | undefined;
  let shown: number | undefined;
  const show = async () => {
    const shiftMs = Math.round(clock.now() - Date.now());
    if (target === undefined || (shown !== undefined && Math.abs(shown - shiftMs) < SHIFT_STEP_MS)) return;
    shown = shiftMs;
    await target.db.executeSql(`UPDATE ${target.schema}.clock_shift SET ms = $1`, [shiftMs]);
  };
  return {
    show,
    clock: {
      now: () => clock.now(),
      setTimeout: (work, ms) => setTimeout(work, ms),
      setInterval: (work, ms) => setInterval(work, ms),
      clearTimeout: (timer: ClockTimer) => clearTimeout(timer as NodeJS.Timeout),
      clearInterval: (timer: ClockTimer) => clearInterval(timer as NodeJS.Timeout),
      attach: async (found) => {
        target = found;
        await found.db.executeSql(`
          CREATE TABLE IF NOT EXISTS ${found.schema}.clock_shift (ms bigint NOT NULL);
          DELETE FROM ${found.schema}.clock_shift;
          INSERT INTO ${found.schema}.clock_shift VALUES (0);
          ${jobNow(found.schema, `SELECT pg_catalog.now() + (SELECT ms FROM ${found.schema}.clock_shift) * interval '1 millisecond';`)}`);
        await show();
        return { [Symbol.asyncDispose]: async () => void (await found.db.executeSql(jobNow(found.schema, REAL_TIME))) };
      },
    },
  };
}

function jobNow(schema: string, body: string): string {
  return `CREATE OR REPLACE FUNCTION ${schema}.job_now() RETURNS timestamptz AS $$ ${body} $$ LANGUAGE sql STABLE`;
}

/** A process with a turned clock that was killed leaves its shift behind. */
async function forgetShift(database: Database): Promise<void> {
  const { execute } = database.forQueue;
  const { rows } = await execute(`SELECT to_regclass('${BOSS_SCHEMA}.clock_shift') IS NOT NULL AS shifted`);
  if (!(rows[0] as { shifted: boolean }).shifted) return;
  await execute(`${jobNow(BOSS_SCHEMA, REAL_TIME)}; DROP TABLE IF EXISTS ${BOSS_SCHEMA}.clock_shift`);
}
