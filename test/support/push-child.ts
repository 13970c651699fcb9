/**
 * A process to be killed: the product pushes a customer's approved draft, or takes the push back, and says `done` when
 * that is through. Argument: {location, customerId, digest, undo, stopAt} as JSON.
 */
import { stopAt } from '../../src/lib/stop-point.ts';
import type { StoreLocation } from '../../src/store/database.ts';
import { hurriedClock } from './hurried-clock.ts';
import { startProduct } from './product.ts';
import { BY } from './push-world.ts';

/** What the process is told. */
export type PushChildTask = {
  location: StoreLocation;
  customerId: string;
  digest: string;
  undo: boolean;
  stopAt: string;
};

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  const task = JSON.parse(text) as PushChildTask;
  const app = await startProduct(task.location, { clock: hurriedClock, stopPoint: stopAt(task.stopAt) });
  const customer = await app.customers.find(task.customerId);
  await (task.undo ? app.push.undo(customer, BY) : app.push.push(customer, BY, task.digest));
  process.stdout.write('done\n');
}
