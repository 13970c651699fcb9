/**
 * A process to be killed: runs jobs of kind `count`, each of which adds one to its row when it completes, and says each
 * key it begins. Argument: the location as JSON. Without arguments it only gives the kinds to a test.
 */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { silentLog } from '../../src/lib/log.ts';
import { openDatabase, type StoreLocation } from '../../src/store/database.ts';
import { watermarks } from '../../src/store/schema.ts';
import { defineJob, type JobKinds } from '../../src/work/job.ts';
import { openQueue } from '../../src/work/queue.ts';
import { createSchedule } from '../../src/work/schedule.ts';
import { createWorker } from '../../src/work/worker.ts';

/** The kinds of this test, with something to do when a job begins. */
export function countKinds(begun: (key: string) => void): JobKinds {
  return {
    count: defineJob({
      payload: z.strictObject({}),
      handle: async (_, job) => {
        begun(job.key);
        return async (tx) => {
          await tx
            .insert(watermarks)
            .values({ customerId: job.customerId, name: job.key, value: 1 })
            .onConflictDoUpdate({
              target: [watermarks.customerId, watermarks.name],
              set: { value: sql`to_jsonb((${watermarks.value})::int + 1)` },
            });
        };
      },
    }),
  };
}

const [location] = process.argv.slice(2);
if (import.meta.main && location !== undefined) {
  const database = await openDatabase(JSON.parse(location) as StoreLocation, { log: silentLog });
  const kinds = countKinds((key) => process.stdout.write(`began ${key}\n`));
  const queue = await openQueue({ database, log: silentLog, kinds });
  const schedule = createSchedule(database, queue, []);
  createWorker({ database, queue, schedule, kinds, log: silentLog }).start();
}
