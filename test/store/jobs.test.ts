import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createManualClock, type ManualClock } from '../../src/lib/clock.ts';
import { AppError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Database } from '../../src/store/database.ts';
import { enqueue, withdraw } from '../../src/store/outbox.ts';
import { watermarks } from '../../src/store/schema.ts';
import { defineJob, type JobKinds, type RunningJob } from '../../src/work/job.ts';
import { openQueue, type Queue } from '../../src/work/queue.ts';
import { createSchedule, type Recurring, type Schedule } from '../../src/work/schedule.ts';
import { createWorker, type Worker } from '../../src/work/worker.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const START = Date.parse('2026-03-02T09:00:00Z');
const HOUR = 3_600_000;

type Bench = { db: Database; queue: Queue; schedule: Schedule; worker: Worker; clock: ManualClock; ran: string[] };

describeStore('jobs', (store) => {
  let bench: Bench;
  let behave: (text: string, job: RunningJob) => Promise<void> = async () => undefined;

  const kinds: JobKinds = {
    note: defineJob({
      payload: z.strictObject({ text: z.string() }),
      retryLimit: 2,
      handle: async ({ text }, job) => {
        bench.ran.push(text);
        await behave(text, job);
        return async (tx) => {
          const row = { customerId: job.customerId, name: job.key, value: job.attempt };
          await tx.insert(watermarks).values(row);
        };
      },
    }),
    poll: defineJob({
      payload: z.strictObject({}),
      handle: async (_, job) => {
        bench.ran.push(job.key);
        return undefined;
      },
    }),
  };

  async function openBench(recurring: Recurring[] = []): Promise<Bench> {
    const db = await store.openFresh();
    const clock = createManualClock(START);
    const queue = await openQueue({ database: db, clock, log: silentLog, kinds });
    const schedule = createSchedule(db, queue, recurring);
    const worker = createWorker({ database: db, queue, schedule, kinds, log: silentLog });
    return { db, queue, schedule, worker, clock, ran: [] };
  }

  const note = (key: string, dueInMs = 0) => ({
    kind: 'note',
    key,
    payload: { text: key },
    dueAt: new Date(bench.clock.now() + dueInMs),
  });
  const put = (customerId: string, key: string, dueInMs = 0) =>
    bench.db.withCustomer(customerId, (tx) => enqueue(tx, note(key, dueInMs)));
  const saved = async (customerId: string) =>
    (await bench.db.withCustomer(customerId, (tx) => tx.select().from(watermarks))).map((row) => row.name);

  let shared: Bench | undefined;
  beforeEach(async () => {
    shared ??= await openBench();
    bench = shared;
    bench.ran.length = 0;
    behave = async () => undefined;
  });

  test('run once, and their effect is kept with their completion', async () => {
    const id = await addCustomer(bench.db);
    expect(await put(id, 'a')).toBe(true);
    expect(await bench.worker.drain()).toBe(1);
    expect(await bench.worker.drain()).toBe(0);
    expect(bench.ran).toEqual(['a']);
    expect(await saved(id)).toEqual(['a']);
    const { rows } = await bench.db.withCustomer(id, (tx) => tx.execute(sql`SELECT state FROM outbox`));
    expect(rows).toEqual([{ state: 'done' }]);
  });

  test('for which somebody waits do not stand behind two that take their time', async () => {
    const id = await addCustomer(bench.db);
    const [both, rest, urgent] = [0, 1, 2].map(() => Promise.withResolvers<void>());
    behave = async (text) => {
      if (text === 'urgent') urgent?.resolve();
      else if (bench.ran.length < 3) {
        if (bench.ran.length === 2) both?.resolve();
        await rest?.promise;
      }
    };
    for (const key of ['mail 1', 'mail 2', 'mail 3']) await put(id, key);
    // A worker that was stopped does not start again, and others use this bench.
    const { db, queue, schedule } = bench;
    const worker = createWorker({ database: db, queue, schedule, kinds, log: silentLog });
    worker.start();
    await both?.promise;
    await bench.db.withCustomer(id, (tx) => enqueue(tx, { ...note('urgent'), priority: 10 }));
    await urgent?.promise;
    expect(bench.ran).toEqual([expect.stringContaining('mail'), expect.stringContaining('mail'), 'urgent']);
    rest?.resolve();
    await worker.stop();
    await bench.worker.drain();
    expect(bench.ran).toHaveLength(4);
  });

  test('stand in the queue if and only if the rows beside them are kept', async () => {
    const id = await addCustomer(bench.db);
    const failing = bench.db.withCustomer(id, async (tx) => {
      await enqueue(tx, note('undone'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await put(id, 'kept');
    const { rows } = await bench.db.forQueue.execute(
      "SELECT data->>'key' AS key FROM pgboss.job WHERE name = 'jobs' AND group_id = $1",
      [id],
    );
    expect(rows).toEqual([{ key: 'kept' }]);
    expect(await bench.worker.drain()).toBe(1);
    expect(bench.ran).toEqual(['kept']);
  });

  test('are taken once for each key, also after they are done, and for each customer', async () => {
    const [first, second] = [await addCustomer(bench.db), await addCustomer(bench.db, 'Fabrikam')];
    expect([await put(first, 'k'), await put(first, 'k'), await put(second, 'k')]).toEqual([true, false, true]);
    await bench.worker.drain();
    expect(await put(first, 'k')).toBe(false);
    await bench.worker.drain();
    expect(bench.ran).toEqual(['k', 'k']);
  });

  test('wait for their time by the given clock, and can be taken back until then', async () => {
    const id = await addCustomer(bench.db);
    await put(id, 'later', HOUR);
    await put(id, 'never', HOUR);
    expect(await bench.worker.drain()).toBe(0);
    expect(await bench.queue.backlog()).toEqual({ running: 0, nextDueAt: bench.clock.now() + HOUR });
    expect(await bench.db.withCustomer(id, (tx) => withdraw(tx, 'never'))).toBe(true);
    bench.clock.advance(HOUR - 1);
    expect(await bench.worker.drain()).toBe(0);
    bench.clock.advance(1);
    expect(await bench.worker.drain()).toBe(1);
    expect(bench.ran).toEqual(['later']);
    expect(await bench.db.withCustomer(id, (tx) => withdraw(tx, 'later'))).toBe(false);
  });

  test('become due once, however many instances tick at the same time', async () => {
    const id = await addCustomer(bench.db);
    const keys = Array.from({ length: 30 }, (_, index) => `tick-${index}`);
    for (const key of keys) await put(id, key, HOUR);
    bench.clock.advance(HOUR);
    const moved = await Promise.all([1, 2, 3, 4].map(() => bench.schedule.tick()));
    expect(moved.reduce((sum, part) => sum + part)).toBe(keys.length);
    await bench.worker.drain();
    expect(bench.ran.sort()).toEqual(keys.sort());
  });

  test('are tried again after a growing pause, then lie with the dead, visible, until revived', async () => {
    const id = await addCustomer(bench.db);
    behave = () => Promise.reject(new AppError('vendor_unreachable', 'nobody there'));
    await put(id, 'fails');
    const pauses: number[] = [];
    for (;;) {
      await bench.worker.drain();
      const { nextDueAt } = await bench.queue.backlog();
      if (nextDueAt === undefined) break;
      pauses.push(nextDueAt - bench.clock.now());
      bench.clock.advance(nextDueAt - bench.clock.now() + 1000);
    }
    expect(bench.ran).toEqual(['fails', 'fails', 'fails']);
    expect(pauses).toHaveLength(2);
    expect(await saved(id)).toEqual([]);
    const [dead] = await bench.queue.deadJobs(id);
    expect(dead).toMatchObject({ customerId: id, kind: 'note', key: 'fails', failure: 'vendor_unreachable' });
    expect(await bench.queue.deadJobs(await addCustomer(bench.db))).toEqual([]);
    behave = async () => undefined;
    expect(await bench.queue.revive(dead?.id ?? '')).toBe(true);
    expect(await bench.worker.drain()).toBe(1);
    expect(await saved(id)).toEqual(['fails']);
    expect(await bench.queue.deadJobs(id)).toEqual([]);
  });

  test('keep nothing of an attempt whose saving fails', async () => {
    const id = await addCustomer(bench.db);
    await bench.db.withCustomer(id, (tx) => tx.insert(watermarks).values({ customerId: id, name: 'taken', value: 0 }));
    await put(id, 'taken');
    await bench.worker.drain();
    const { nextDueAt } = await bench.queue.backlog();
    expect(nextDueAt).toBeGreaterThan(bench.clock.now());
    await bench.db.withCustomer(id, (tx) => tx.delete(watermarks));
    bench.clock.advance(10 * HOUR);
    await bench.worker.drain();
    expect(await saved(id)).toEqual(['taken']);
  });

  test('with a payload that is not theirs lie with the dead at once', async () => {
    const id = await addCustomer(bench.db);
    const effect = { ...note('odd'), payload: { text: 1 } };
    await bench.db.withCustomer(id, (tx) => enqueue(tx, effect));
    expect(await bench.worker.drain()).toBe(1);
    expect(bench.ran).toEqual([]);
    expect(await bench.queue.deadJobs(id)).toMatchObject([{ key: 'odd', failure: 'payload_invalid' }]);
  });

  test('of a customer that is not there do nothing', async () => {
    const ghost = '00000000-0000-4000-8000-000000000000';
    const data = { customerId: ghost, kind: 'note', key: 'ghost', payload: { text: 'ghost' } };
    await bench.db.forQueue.execute(
      "INSERT INTO pgboss.job (name, data, start_after) VALUES ('jobs', $1, '2000-01-01')",
      [JSON.stringify(data)],
    );
    expect(await bench.worker.drain()).toBe(1);
    expect(bench.ran).toEqual([]);
    const { rows } = await bench.db.forQueue.execute("SELECT state FROM pgboss.job WHERE data->>'customerId' = $1", [
      ghost,
    ]);
    expect(rows).toEqual([{ state: 'cancelled' }]);
  });

  test('of a customer with a long backlog do not delay another’s', async () => {
    const [busy, quiet] = [await addCustomer(bench.db), await addCustomer(bench.db, 'Fabrikam')];
    for (let index = 0; index < 20; index += 1) await put(busy, `busy-${index}`);
    await put(quiet, 'quiet-1');
    await put(quiet, 'quiet-2');
    await bench.worker.drain();
    expect(bench.ran.indexOf('quiet-1')).toBeLessThan(3);
    expect(bench.ran.indexOf('quiet-2')).toBeLessThan(5);
    expect(bench.ran).toHaveLength(22);
  });

  test('of one customer never fill every place', async () => {
    const id = await addCustomer(bench.db);
    for (const key of ['a', 'b', 'c']) await put(id, key);
    const claimed = [await bench.queue.claim(), await bench.queue.claim(), await bench.queue.claim()];
    expect(claimed.map((job) => job !== undefined)).toEqual([true, true, false]);
    for (const job of claimed) if (job !== undefined) await bench.queue.finish(job, id, undefined);
    await bench.worker.drain();
  });

  test('taken over by another attempt can no longer be settled by the first', async () => {
    const id = await addCustomer(bench.db);
    await put(id, 'lease');
    const first = await bench.queue.claim();
    if (first === undefined) throw new Error('nothing to claim');
    await bench.queue.fail(first, 'pretended_death');
    bench.clock.advance(HOUR);
    const second = await bench.queue.claim();
    if (second === undefined) throw new Error('nothing to claim again');
    expect(second.id).toBe(first.id);
    const late = async () => {
      await bench.queue.finish(first, id, async (tx) => {
        await tx.insert(watermarks).values({ customerId: id, name: 'late', value: 1 });
      });
    };
    await expect(late()).rejects.toMatchObject({ code: 'job_lost' });
    await expect(bench.queue.beat(first)).rejects.toMatchObject({ code: 'job_lost' });
    await expect(bench.queue.fail(first, 'late')).rejects.toMatchObject({ code: 'job_lost' });
    expect(await saved(id)).toEqual([]);
    await bench.queue.beat(second);
    await bench.queue.finish(second, id, undefined);
  });

  test('that recur come once in each slot of time and for every customer', async () => {
    const own = await openBench([{ kind: 'poll', everySeconds: 300 }]);
    bench = own;
    const ids = [await addCustomer(own.db), await addCustomer(own.db, 'Fabrikam')];
    await own.worker.drain();
    await own.worker.drain();
    expect(own.ran).toEqual(ids.map(() => 'poll@2026-03-02T09:00:00.000Z'));
    own.clock.advance((own.schedule.nextSlotAt() ?? 0) - own.clock.now());
    expect(await own.worker.drain()).toBe(2);
    expect(own.ran.slice(2)).toEqual(ids.map(() => 'poll@2026-03-02T09:05:00.000Z'));
    await own.queue.close();
  });

  test('that recur are not made up for, and not piled up', async () => {
    const own = await openBench([{ kind: 'poll', everySeconds: 300 }]);
    bench = own;
    await addCustomer(own.db);
    await own.schedule.tick();
    own.clock.advance(HOUR);
    await own.schedule.tick();
    expect(await own.worker.drain()).toBe(2);
    expect(own.ran).toEqual(['poll@2026-03-02T09:00:00.000Z', 'poll@2026-03-02T10:00:00.000Z']);
    await own.queue.close();
  });
});
