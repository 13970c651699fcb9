import { asc, eq, sql } from 'drizzle-orm';
import type { JobInsert, JobWithMetadata } from 'pg-boss';
import { type Clock, systemClock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Database, Tx } from '../store/database.ts';
import { outbox } from '../store/schema.ts';
import { currentScope, type DueEffect, type Execute } from '../store/transaction.ts';
import { wakeWaiting } from './await-effect.ts';
import { BOSS_SCHEMA, type Boss, JOBS, startBoss } from './boss.ts';
import type { JobKinds, Save } from './job.ts';

export type Claimed = JobWithMetadata<object>;

/** A job that will not be tried again; somebody must look at it. */
export type DeadJob = { id: string; customerId: string; kind: string; key: string; failure: string; diedAt: Date };

/** What stands in the queue: how many jobs run, and when the next thing is due (in the past when it can run now). */
export type Backlog = { running: number; nextDueAt: number | undefined };

/** The store's jobs: taking, keeping and settling them. Running them is the worker's part. */
export type Queue = {
  clock: Clock;
  /**
   * Takes the next job, one customer after the other; undefined when none can run now. `urgent`: only one for which
   * somebody waits, also of a customer whose other jobs take up all that may run at once.
   */
  claim(wanted?: 'urgent'): Promise<Claimed | undefined>;
  /** Says that this process still works on it. Refuses with `job_lost` when another one has taken it over. */
  beat(job: Claimed): Promise<void>;
  /** Saves and completes in one transaction. Refuses with `job_lost`, saving nothing, when the job was taken over. */
  finish(job: Claimed, customerId: string, save: Save | undefined): Promise<void>;
  /** Gives the job back for another attempt after a pause, or to the dead ones when it was the last. */
  fail(job: Claimed, failure: string): Promise<void>;
  /** Puts the job with the dead ones at once. */
  kill(job: Claimed, failure: string): Promise<void>;
  /** Turns due outbox rows into jobs in the caller's portfolio transaction. */
  send(rows: readonly DueEffect[]): void;
  /** Gives jobs of dead workers to others. */
  supervise(): Promise<void>;
  /**
   * Gives every job that a process before this one left running back at once, instead of when its heartbeat has run
   * out. Only on the embedded store, whose folder nobody else can have open; on a server it changes nothing.
   */
  releaseLeft(): Promise<void>;
  /** Jobs of all customers, or of one, that will not be tried again. */
  deadJobs(customerId?: string): Promise<DeadJob[]>;
  /** Lets a dead job run again from its first attempt; false when there is no such dead job. */
  revive(id: string): Promise<boolean>;
  backlog(): Promise<Backlog>;
  /** Shows the queue the clock's present time. */
  showTime(): Promise<void>;
  /** Calls `listener` when this process has just saved jobs. */
  onWake(listener: () => void): void;
  close(): Promise<void>;
};

export type QueueOptions = {
  database: Database;
  clock?: Clock;
  log: Log;
  kinds: JobKinds;
  /** How many jobs of one customer may run at once, over all instances. */
  perCustomerMax?: number;
};

const PER_CUSTOMER_MAX = 2;
/** From this priority on somebody waits for it: it does not stand behind mails that wait for their vendor's pace. */
const URGENT_FROM = 10;

/** A job is sent when it is due, so a difference between our clock and the database's shall not delay it. */
const CLOCK_DIFFERENCE_MS = 60 * 60 * 1000;

type Parts = Boss & { database: Database; clock: Clock; kinds: JobKinds };

/** Opens the queue on the store. From now on a due effect becomes a job in the transaction that puts it in the outbox. */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { database, log, kinds, clock = systemClock } = options;
  const parts: Parts = { ...(await startBoss(database, clock, log)), database, clock, kinds };
  const listeners: (() => void)[] = [];
  const told = async (settling: Promise<void>) => {
    await settling;
    wakeWaiting(database);
  };
  database.forQueue.attach({
    isDue: (dueAt) => dueAt.getTime() <= clock.now(),
    send: (effects, execute) => sendJobs(parts, effects, execute),
    wake: () => {
      for (const listener of listeners) listener();
    },
  });
  return {
    clock,
    claim: createClaim(parts, options.perCustomerMax ?? PER_CUSTOMER_MAX),
    beat: (job) => beat(parts, job),
    finish: (job, customerId, save) => told(finish(parts, { job, customerId, save })),
    fail: (job, failure) => told(fail(parts, job, failure)),
    kill: (job, failure) => told(kill(parts, job, failure)),
    send: (rows) => {
      if (rows.length > 0) currentScope().beforeCommit.push((execute) => sendJobs(parts, rows, execute));
    },
    supervise: () => parts.boss.supervise(JOBS),
    releaseLeft: () => releaseLeft(parts),
    deadJobs: (customerId) => deadJobs(parts, customerId),
    revive: (id) => revive(parts, id),
    backlog: () => backlog(parts),
    showTime: () => parts.showTime(),
    onWake: (listener) => listeners.push(listener),
    close: async () => {
      database.forQueue.attach(undefined);
      await parts.boss.stop({ graceful: false, close: false });
    },
  };
}

/** The outbox row's id is the job's, so a row becomes one job however often it is sent. */
async function sendJobs(parts: Parts, effects: readonly DueEffect[], execute: Execute): Promise<void> {
  const jobs = effects.map((effect): JobInsert => {
    const { id, customerId, kind, key, payload, priority } = effect;
    const limits = parts.kinds[kind];
    return {
      id,
      priority,
      data: { customerId, kind, key, payload },
      group: { id: customerId },
      startAfter: new Date(parts.clock.now() - CLOCK_DIFFERENCE_MS),
      ...(limits?.retryLimit === undefined ? {} : { retryLimit: limits.retryLimit }),
      ...(limits?.expireSeconds === undefined ? {} : { expireInSeconds: limits.expireSeconds }),
    };
  });
  await parts.boss.insert(JOBS, jobs, { db: { executeSql: execute } });
}

/**
 * pg-boss gives the oldest job first, so a customer with a long backlog would come before everybody else. Whoever was
 * served is passed over until the others had their turn. Claims follow each other, so that the cap holds in one process.
 */
function createClaim(parts: Parts, perCustomerMax: number): Queue['claim'] {
  const served = new Set<string>();
  let line: Promise<unknown> = Promise.resolve();
  const fetchNext = async (): Promise<Claimed | undefined> => {
    const options = { includeMetadata: true, batchSize: 1, groupConcurrency: perCustomerMax } as const;
    const [job] = await parts.boss.fetch<object>(JOBS, { ...options, ignoreGroups: [...served] });
    if (job?.groupId !== undefined && job.groupId !== null) served.add(job.groupId);
    return job as Claimed | undefined;
  };
  const claimUrgent = async () => {
    await parts.showTime();
    if (!(await isUrgentWaiting(parts))) return undefined;
    const options = { includeMetadata: true, batchSize: 1, groupConcurrency: perCustomerMax + 1 } as const;
    const [job] = await parts.boss.fetch<object>(JOBS, { ...options, minPriority: URGENT_FROM });
    return job as Claimed | undefined;
  };
  const claimNext = async () => {
    await parts.showTime();
    const waiting = await whoWaits(parts, [...served]);
    if (waiting.others) {
      const job = await fetchNext();
      if (job !== undefined || served.size === 0) return job;
    }
    if (!waiting.others && !waiting.served) return undefined;
    served.clear();
    return fetchNext();
  };
  return (wanted) => {
    const next = line.then(wanted === 'urgent' ? claimUrgent : claimNext);
    line = next.catch(() => undefined);
    return next;
  };
}

/**
 * Whether jobs of these customers wait, and of others. Taking one is many times dearer than this question, so it is put
 * first: most looks find nothing, and a customer alone would otherwise be asked past at every turn.
 */
async function whoWaits({ database }: Parts, served: readonly string[]): Promise<{ served: boolean; others: boolean }> {
  const waits = (group: string) => `EXISTS (
    SELECT FROM ${BOSS_SCHEMA}.job
    WHERE name = '${JOBS}' AND state < 'active' AND NOT blocked AND start_after <= ${BOSS_SCHEMA}.job_now() AND (${group}))`;
  const { rows } = await database.forQueue.execute(
    `SELECT ${waits('group_id = ANY ($1::text[])')} AS served,
       ${waits('group_id IS NULL OR group_id <> ALL ($1::text[])')} AS others`,
    [served],
  );
  return rows[0] as { served: boolean; others: boolean };
}

async function isUrgentWaiting({ database }: Parts): Promise<boolean> {
  const { rows } = await database.forQueue.execute(
    `SELECT EXISTS (
       SELECT FROM ${BOSS_SCHEMA}.job
       WHERE name = '${JOBS}' AND state < 'active' AND NOT blocked AND start_after <= ${BOSS_SCHEMA}.job_now()
         AND priority >= ${URGENT_FROM}) AS waits`,
  );
  return (rows[0] as { waits: boolean }).waits;
}

/**
 * A job may be settled only by the attempt that holds it. pg-boss asks for the job's state alone, which a second
 * attempt has as well, so a paused worker would complete another one's work; the attempt's number tells them apart.
 */
async function holdLease(job: Claimed, execute: Execute): Promise<void> {
  const { rows } = await execute(
    `SELECT 1 FROM ${BOSS_SCHEMA}.job WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 FOR UPDATE`,
    [JOBS, job.id, job.retryCount],
  );
  if (rows.length === 0) throw new AppError('job_lost', 'the job was taken over', { facts: { jobId: job.id } });
}

async function beat(parts: Parts, job: Claimed): Promise<void> {
  await parts.database.forQueue.transaction(async (execute) => {
    await holdLease(job, execute);
    await parts.boss.touch(JOBS, job.id, { db: { executeSql: execute } });
  });
}

type Finish = { job: Claimed; customerId: string; save: Save | undefined };

async function finish(parts: Parts, { job, customerId, save }: Finish): Promise<void> {
  await parts.database.withCustomer(customerId, async (tx) => {
    await save?.(tx);
    await settle(parts, tx, { id: job.id, state: 'done', failure: null });
    beforeCommit(job, async (db) => {
      await parts.boss.complete(JOBS, job.id, null, { db });
    });
  });
}

async function fail(parts: Parts, job: Claimed, failure: string): Promise<void> {
  await parts.database.withPortfolio(async (tx) => {
    if (isLastAttempt(job)) await settle(parts, tx, { id: job.id, state: 'dead', failure });
    beforeCommit(job, async (db) => {
      await parts.boss.fail(JOBS, job.id, { failure }, { db });
    });
  });
}

async function kill(parts: Parts, job: Claimed, failure: string): Promise<void> {
  await parts.database.withPortfolio(async (tx) => {
    await settle(parts, tx, { id: job.id, state: 'dead', failure });
    beforeCommit(job, async (db) => {
      await parts.boss.cancel(JOBS, job.id, { db });
    });
  });
}

/** Whether a failure of this attempt is final. */
export function isLastAttempt(job: Claimed): boolean {
  return job.retryCount >= job.retryLimit;
}

function beforeCommit(job: Claimed, step: (db: { executeSql: Executed }) => Promise<void>): void {
  currentScope().beforeCommit.push(async (execute) => {
    await holdLease(job, execute);
    await step({ executeSql: execute as Executed });
  });
}

// biome-ignore lint/suspicious/noExplicitAny: pg-boss types its rows so.
type Executed = (text: string, values?: unknown[]) => Promise<{ rows: any[] }>;

type Settlement = { id: string; state: 'done' | 'dead'; failure: string | null };

async function settle(parts: Parts, tx: Tx, { id, state, failure }: Settlement): Promise<void> {
  const settledAt = new Date(parts.clock.now());
  await tx.update(outbox).set({ state, failure, settledAt }).where(eq(outbox.id, id));
}

/** A job that was on its last attempt is left to the supervision, which ends it as the heartbeat's end would. */
async function releaseLeft(parts: Parts): Promise<void> {
  if (parts.database.engine === 'server') return;
  await parts.database.forQueue.execute(
    `UPDATE ${BOSS_SCHEMA}.job SET
       state = CASE WHEN retry_count < retry_limit THEN 'retry' ELSE state END,
       start_after = ${BOSS_SCHEMA}.job_now() - interval '1 second',
       heartbeat_on = ${BOSS_SCHEMA}.job_now() - interval '1 day'
     WHERE name = $1 AND state = 'active'`,
    [JOBS],
  );
}

async function deadJobs(parts: Parts, customerId: string | undefined): Promise<DeadJob[]> {
  await parts.database.withPortfolio((tx) => buryLost(tx, new Date(parts.clock.now())));
  const rows = await parts.database.withPortfolio((tx) =>
    tx
      .select()
      .from(outbox)
      .where(
        sql`${outbox.state} = 'dead' AND (${customerId ?? null}::uuid IS NULL OR ${outbox.customerId} = ${customerId ?? null}::uuid)`,
      )
      .orderBy(asc(outbox.settledAt)),
  );
  return rows.map(({ id, kind, key, failure, settledAt, createdAt, ...row }) => {
    return { id, customerId: row.customerId, kind, key, failure: failure ?? 'unknown', diedAt: settledAt ?? createdAt };
  });
}

/** Marks the effects whose jobs died with their worker: there was nobody left to write it down. */
export async function buryLost(tx: Tx, now: Date): Promise<void> {
  await tx.execute(sql`
    UPDATE outbox o SET state = 'dead', failure = 'worker_lost', settled_at = ${now.toISOString()}::timestamptz
    FROM ${sql.raw(BOSS_SCHEMA)}.job j
    WHERE o.state = 'queued' AND j.name = ${JOBS} AND j.id = o.id AND j.state IN ('failed', 'cancelled')`);
}

async function revive(parts: Parts, id: string): Promise<boolean> {
  return parts.database.withPortfolio(async (tx) => {
    const rows = await tx
      .update(outbox)
      .set({ state: 'waiting', failure: null, settledAt: null })
      .where(sql`${outbox.id} = ${id}::uuid AND ${outbox.state} = 'dead'`)
      .returning({ id: outbox.id });
    if (rows.length === 0) return false;
    currentScope().beforeCommit.push(async (execute) => {
      await parts.boss.deleteJob(JOBS, id, { db: { executeSql: execute as Executed } });
    });
    return true;
  });
}

async function backlog(parts: Parts): Promise<Backlog> {
  const { rows } = await parts.database.withPortfolio((tx) =>
    tx.execute<{ running: number; due: string | null }>(sql`
      SELECT (SELECT count(*)::int FROM ${sql.raw(BOSS_SCHEMA)}.job WHERE name = ${JOBS} AND state = 'active') AS running,
        extract(epoch FROM least(
          (SELECT min(due_at) FROM outbox WHERE state = 'waiting'),
          (SELECT min(start_after) FROM ${sql.raw(BOSS_SCHEMA)}.job WHERE name = ${JOBS} AND state IN ('created', 'retry'))
        ))::text AS due`),
  );
  const [row] = rows;
  const due = row?.due ?? null;
  return { running: row?.running ?? 0, nextDueAt: due === null ? undefined : Math.ceil(Number(due) * 1000) };
}
