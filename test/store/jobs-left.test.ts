import { expect, test } from 'vitest';
import { z } from 'zod';
import { createManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { defineJob, type JobKinds } from '../../src/work/job.ts';
import { openQueue } from '../../src/work/queue.ts';
import { createSchedule } from '../../src/work/schedule.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const handle = () => Promise.resolve(undefined);
const kinds: JobKinds = {
  work: defineJob({ payload: z.strictObject({}), handle }),
  once: defineJob({ payload: z.strictObject({}), handle, retryLimit: 0 }),
};

describeStore('a job that a dead process left running', (store) => {
  const leave = async (kind: 'work' | 'once') => {
    const database = await store.openFresh();
    const clock = createManualClock(Date.parse('2026-03-02T09:00:00Z'));
    const open = () => openQueue({ database, clock, log: silentLog, kinds });
    const id = await addCustomer(database);
    const first = await open();
    await database.withCustomer(id, (tx) => enqueue(tx, { kind, key: 'k', payload: {}, dueAt: new Date(clock.now()) }));
    const job = await first.claim();
    await first.close();
    return { database, job, queue: await open() };
  };

  test('runs again at once where nobody else can hold it, and only there', async () => {
    const { queue, job } = await leave('work');
    expect(await queue.claim()).toBeUndefined();
    await queue.releaseLeft();
    const again = await queue.claim();
    if (store.engine === 'server') {
      expect(again).toBeUndefined();
    } else {
      expect(again).toMatchObject({ id: job?.id, retryCount: 1 });
      if (job !== undefined) await expect(queue.beat(job)).rejects.toMatchObject({ code: 'job_lost' });
    }
    await queue.close();
  });

  test('is not tried more often than its kind allows', async () => {
    const { database, queue } = await leave('once');
    await queue.releaseLeft();
    expect(await queue.claim()).toBeUndefined();
    await queue.supervise();
    await createSchedule(database, queue, []).tick();
    const dead = store.engine === 'server' ? [] : [expect.objectContaining({ key: 'k', failure: 'worker_lost' })];
    expect(await queue.deadJobs()).toEqual(dead);
    await queue.close();
  });
});
