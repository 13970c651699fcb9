/**
 * A process to be killed: the product opens a customer's help channel and says `done` when that is through.
 * Argument: {location, customerId, teams, stopAt} as JSON.
 */
import type { TeamsSettings } from '../../src/config.ts';
import { stopAt } from '../../src/lib/stop-point.ts';
import type { StoreLocation } from '../../src/store/database.ts';
import { hurriedClock } from './hurried-clock.ts';
import { startProduct } from './product.ts';

/** What the process is told. */
export type ChannelChildTask = { location: StoreLocation; customerId: string; teams: TeamsSettings; stopAt: string };

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  const task = JSON.parse(text) as ChannelChildTask;
  const app = await startProduct(task.location, {
    clock: hurriedClock,
    stopPoint: stopAt(task.stopAt),
    teams: () => Promise.resolve(task.teams),
  });
  await app.channel.open(await app.customers.find(task.customerId), { kind: 'test' }, app.signal);
  process.stdout.write('done\n');
}
