/** The product as a newcomer meets it, without the launcher: worker, bot and tab API behind a server on loopback. */
import { startServer } from '../../src/api/server.ts';
import type { App, AppDeps } from '../../src/compose.ts';
import type { TeamsSettings } from '../../src/config.ts';
import { createRoutes } from '../../src/routes.ts';
import type { StoreLocation } from '../../src/store/database.ts';
import { outbox } from '../../src/store/schema.ts';
import { awaitEffect } from '../../src/work/await-effect.ts';
import { HEARTBEAT_SECONDS } from '../../src/work/boss.ts';
import { hurriedClock } from './hurried-clock.ts';
import { composeProduct, sync } from './product.ts';

export type ServedProduct = {
  app: App;
  url: string;
  /** Reads the customer and opens its channel, as the first start beside a sandbox does. */
  openDoors(customerId: string): Promise<void>;
  close(): Promise<void>;
};

/** Starts it. `takesOver` turns the clock over the heartbeat of a dead process, which on a server would be waited for. */
export async function serveProduct(
  location: StoreLocation,
  teams: TeamsSettings,
  given: Partial<AppDeps> & { takesOver?: boolean } = {},
): Promise<ServedProduct> {
  const { takesOver = false, ...deps } = given;
  let offsetMs = 0;
  const clock = { ...hurriedClock, now: () => hurriedClock.now() + offsetMs };
  const app = await composeProduct(location, { clock, teams: () => Promise.resolve(teams), ...deps });
  // Once for the heartbeat, once for the pause before the next attempt.
  for (let step = 0; takesOver && step < 2; step += 1) {
    offsetMs += 2 * HEARTBEAT_SECONDS * 1000;
    await app.queue.showTime();
    await app.queue.supervise();
  }
  const { close: closeRoutes, ...routes } = createRoutes(app);
  const server = await startServer(0, { readiness: () => ({ ready: true }), metrics: () => '', ...routes });
  app.worker.start();
  return {
    app,
    url: server.url,
    openDoors: async (customerId) => {
      const customer = await app.customers.find(customerId);
      if ((await app.syncs.readings(customer)).length === 0) await sync(app, customer);
      else await lastSyncDone(app, customerId);
      await app.channel.open(customer, { kind: 'test' }, app.signal);
    },
    close: async () => {
      await server.close();
      await closeRoutes();
      await app.close();
    },
  };
}

/** A process before this one may have died between people and evidence: who has the rest to read reads it now. */
async function lastSyncDone(app: App, customerId: string): Promise<void> {
  for (;;) {
    const rows = await app.database.withCustomer(customerId, (tx) =>
      tx.select({ key: outbox.key, kind: outbox.kind, state: outbox.state }).from(outbox),
    );
    const open = rows.find(({ kind, state }) => kind.startsWith('sync.') && state !== 'done');
    if (open === undefined) return;
    await awaitEffect(app.database, { customerId, key: open.key }, app.signal);
  }
}
