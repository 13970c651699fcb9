/**
 * A process to be killed: the product on a store, its worker running. It asks for a sync through the queue, or goes on
 * with the one that the process before it had begun, and says `done` when that is through.
 * Argument: {location, customerId, begun, stopAt?} as JSON.
 */
import { stopAt } from '../../src/lib/stop-point.ts';
import type { StoreLocation } from '../../src/store/database.ts';
import { awaitBegunSync, startProduct, sync } from './product.ts';

/** What the process is told. */
export type ProductChildTask = { location: StoreLocation; customerId: string; begun: boolean; stopAt?: string };

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  const task = JSON.parse(text) as ProductChildTask;
  const stopping = task.stopAt === undefined ? {} : { stopPoint: stopAt(task.stopAt) };
  const app = await startProduct(task.location, stopping);
  if (task.begun) await awaitBegunSync(app, task.customerId);
  else await sync(app, await app.customers.find(task.customerId));
  process.stdout.write('done\n');
}
