/**
 * A process to be killed: works on a customer's messages until it dies at the point it is told, and says `done` when it
 * gets to the end. Argument: an OutreachChildTask as JSON.
 */
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { stopAt } from '../../src/lib/stop-point.ts';
import type { PhasePerson, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { openDatabase, type StoreLocation } from '../../src/store/database.ts';
import { type OutreachSite, openAtSite } from './outreach-world.ts';

/** What the process is told. */
export type OutreachChildTask = {
  location: StoreLocation;
  site: OutreachSite;
  rollout: Rollout;
  people: readonly PhasePerson[];
  /** How far the world's clock is ahead. */
  aheadMs: number;
  stopAt: string;
};

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  const task = JSON.parse(text) as OutreachChildTask;
  const database = await openDatabase(task.location, { log: silentLog });
  const clock = { ...systemClock, now: () => systemClock.now() + task.aheadMs };
  const wishes = { rollout: () => task.rollout, people: () => task.people, stopPoint: stopAt(task.stopAt) };
  const bench = await openAtSite({ site: task.site, clock }, database, wishes);
  await bench.worker.drain();
  process.stdout.write('done\n');
}
