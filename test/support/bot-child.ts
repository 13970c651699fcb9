/**
 * A process to be killed: the product with its bot and the tab's API behind a server of its own. It says
 * `listening <url>` and goes on with what the process before it left. Argument: a `BotChildTask` as JSON.
 */
import type { TeamsSettings } from '../../src/config.ts';
import { stopAt } from '../../src/lib/stop-point.ts';
import type { StoreLocation } from '../../src/store/database.ts';
import { serveProduct } from './bot-product.ts';

/** What the process is told; without a point it has to be killed. */
export type BotChildTask = {
  location: StoreLocation;
  customerId: string;
  teams: TeamsSettings;
  opens: boolean;
  stopAt: string | null;
};

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  const task = JSON.parse(text) as BotChildTask;
  const { url, openDoors } = await serveProduct(
    task.location,
    task.teams,
    task.stopAt === null ? {} : { stopPoint: stopAt(task.stopAt) },
  );
  process.stdout.write(`listening ${url}\n`);
  if (task.opens) await openDoors(task.customerId);
}
