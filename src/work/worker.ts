import { eq } from 'drizzle-orm';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../store/database.ts';
import { customers } from '../store/schema.ts';
import { SUPERVISE_SECONDS } from './boss.ts';
import { type JobData, type JobKinds, jobData, type RunningJob, type Save } from './job.ts';
import { type Claimed, isLastAttempt, type Queue } from './queue.ts';
import type { Schedule } from './schedule.ts';

export type WorkerOptions = {
  database: Database;
  queue: Queue;
  schedule: Schedule;
  kinds: JobKinds;
  log: Log;
  /** Jobs run at once in this process. */
  slots?: number;
};

/** Runs jobs: for ever between start and stop, or until nothing can run (`drain`). */
export type Worker = {
  start(): void;
  /** Takes no further job and waits for the running ones; what still runs after `graceMs` is told to give up. */
  stop(graceMs?: number): Promise<void>;
  /** Ticks and runs until no job can run at the clock's present time; gives how many ran. */
  drain(): Promise<number>;
};

const SLOTS = 4;
/** How long a process sleeps when nothing is there; work saved by itself wakes it at once. */
const POLL_MS = 1000;
const BEAT_MS = 3000;
const GRACE_MS = 25_000;
const GIVE_UP_MS = 2000;

type Parts = WorkerOptions & { running: Map<string, AbortController> };

/** Builds the worker; nothing runs before `start` or `drain`. */
export function createWorker(options: WorkerOptions): Worker {
  const parts: Parts = { ...options, running: new Map() };
  const stopping = new AbortController();
  const jobs = createPauses(options);
  const chores = createPauses(options);
  let loops: Promise<void>[] = [];
  const repeat = async (pauses: Pauses, step: () => Promise<number>) => {
    while (!isAborted(stopping)) {
      const pauseMs = await step().catch((error: unknown) => {
        options.log.error('worker.failed', { error: codeOf(error) });
        return POLL_MS;
      });
      if (pauseMs > 0 && !isAborted(stopping)) await pauses.pause(pauseMs);
    }
  };
  options.queue.onWake(() => jobs.end());
  return {
    start: () => {
      const slots = Array.from({ length: options.slots ?? SLOTS }, () => repeat(jobs, () => runNext(parts)));
      // Nothing for which somebody waits stands behind long work: this one takes nothing else.
      const urgent = repeat(jobs, () => runNext(parts, 'urgent'));
      loops = [...slots, urgent, repeat(chores, () => tickOnce(parts)), repeat(chores, () => superviseOnce(parts))];
    },
    stop: async (graceMs = GRACE_MS) => {
      stopping.abort();
      jobs.end();
      chores.end();
      await endLoops(parts, loops, graceMs);
    },
    drain: () => drain(parts),
  };
}

/** The compiler holds the flag for unchanged across an await. */
function isAborted(controller: AbortController): boolean {
  return controller.signal.aborted;
}

type Pauses = { pause(ms: number): Promise<void>; end(): void };

/** Pauses on the queue's clock that can all be ended at once. */
function createPauses({ queue }: WorkerOptions): Pauses {
  const open = new Set<AbortController>();
  return {
    pause: async (ms) => {
      const one = new AbortController();
      open.add(one);
      // Rejects when ended early, which is what a pause is for.
      await queue.clock.sleep(ms, one.signal).catch(() => undefined);
      open.delete(one);
    },
    end: () => {
      for (const one of open) one.abort();
    },
  };
}

/** Waits for the running jobs, tells them to give up after the grace, and leaves what ignores even that to its lease. */
async function endLoops(parts: Parts, loops: Promise<void>[], graceMs: number): Promise<void> {
  const timers: NodeJS.Timeout[] = [];
  const late = new Promise<void>((resolve) => {
    timers.push(
      setTimeout(() => giveUp(parts), graceMs),
      setTimeout(resolve, graceMs + GIVE_UP_MS),
    );
  });
  await Promise.race([Promise.allSettled(loops), late]);
  for (const timer of timers) clearTimeout(timer);
}

async function runNext(parts: Parts, wanted?: 'urgent'): Promise<number> {
  const job = await parts.queue.claim(wanted);
  if (job === undefined) return POLL_MS;
  await runJob(parts, job);
  return 0;
}

async function tickOnce(parts: Parts): Promise<number> {
  await parts.schedule.tick();
  return POLL_MS;
}

async function superviseOnce(parts: Parts): Promise<number> {
  await parts.queue.supervise();
  return SUPERVISE_SECONDS * 1000;
}

async function drain(parts: Parts): Promise<number> {
  let ran = 0;
  for (;;) {
    const job = await parts.queue.claim();
    if (job !== undefined) {
      await runJob(parts, job);
      ran += 1;
    } else if ((await parts.schedule.tick()) === 0) {
      return ran;
    }
  }
}

function giveUp(parts: Parts): void {
  for (const job of parts.running.values()) job.abort(new AppError('worker_stopping', 'the process stops'));
}

/** Runs one job from check to settlement. Never throws: what fails is written down with the job. */
async function runJob(parts: Parts, job: Claimed): Promise<void> {
  const abort = new AbortController();
  parts.running.set(job.id, abort);
  const beat = setInterval(() => {
    parts.queue.beat(job).catch((error: unknown) => {
      if (codeOf(error) === 'job_lost') abort.abort(error);
    });
  }, BEAT_MS);
  try {
    const ready = await prepare(parts, job);
    if ('refused' in ready) {
      await parts.queue.kill(job, ready.refused);
      return;
    }
    const { data, run } = ready;
    const attempt = { attempt: job.retryCount + 1, isLastAttempt: isLastAttempt(job), signal: abort.signal };
    const save = await run({ customerId: data.customerId, key: data.key, ...attempt });
    await parts.queue.finish(job, data.customerId, save);
  } catch (error) {
    await settleFailure(parts, job, error);
  } finally {
    clearInterval(beat);
    parts.running.delete(job.id);
  }
}

type Ready = { data: JobData; run(job: RunningJob): Promise<Save | undefined> } | { refused: string };

/** A payload was written by somebody, some time ago: its shape is checked, and its customer must still be there. */
async function prepare(parts: Parts, job: Claimed): Promise<Ready> {
  const parsed = jobData.safeParse(job.data);
  if (!parsed.success) return { refused: 'payload_invalid' };
  const data = parsed.data;
  const kind = parts.kinds[data.kind];
  // Another instance may already run a newer version that knows this kind, so this is worth another attempt.
  if (kind === undefined) throw new AppError('job_kind_unknown', `no handler for ${data.kind}`);
  const run = kind.prepare(data.payload);
  if (run === undefined) return { refused: 'payload_invalid' };
  const [customer] = await parts.database.withCustomer(data.customerId, (tx) =>
    tx.select({ id: customers.id }).from(customers).where(eq(customers.id, data.customerId)),
  );
  if (customer === undefined) return { refused: 'customer_unknown' };
  return { data, run };
}

async function settleFailure(parts: Parts, job: Claimed, error: unknown): Promise<void> {
  const failure = codeOf(error);
  // Stopping in order is nothing to look into; a job that heeded no signal, or that another worker took over, is.
  const level = failure === 'process_stopping' ? 'info' : 'warn';
  parts.log[level]('job.failed', { jobId: job.id, attempt: job.retryCount + 1, error: failure });
  if (failure === 'job_lost') return;
  // A store that cannot take the failure either leaves the job to the heartbeat's end.
  await parts.queue.fail(job, failure).catch((second: unknown) => {
    parts.log.error('job.unsettled', { jobId: job.id, error: codeOf(second) });
  });
}

/** Codes and names only: a message may hold a person's data. */
function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
