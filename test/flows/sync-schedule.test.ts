import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, SCHEDULES } from '../../src/compose.ts';
import { createManualClock } from '../../src/lib/clock.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { awaitEffect } from '../../src/work/await-effect.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { addCustomerOf, composeProduct, type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const MINUTE_MS = 60_000;
const REQUEST = { full: false, acceptShrunk: false, thenEvidence: false, actor: 'test' };

describeStore('two people syncs of one customer side by side', (store) => {
  let app: App;
  let world: RunningSandbox;
  beforeAll(async () => {
    app = await startProduct(await store.location(), { clock: hurriedClock });
    world = await startWorld({ seed: 36 });
  });
  afterAll(async () => {
    await app.close();
    await world.stop();
  });

  it('both end with what is true now: the one that was overtaken reads again', async () => {
    const customer = await addCustomerOf(app, world);
    const keys = ['sync:a', 'sync:b', 'sync:c'];
    await app.database.withCustomer(customer.id, async (tx) => {
      for (const key of keys) await enqueue(tx, { kind: 'sync.people', key, payload: REQUEST, dueAt: new Date(0) });
    });
    for (const key of keys) await awaitEffect(app.database, { customerId: customer.id, key }, app.signal);
    const readings = await app.syncs.readings(customer);
    expect(readings.filter(({ state }) => state !== 'read')).toEqual([]);
  });
});

describeStore('a customer that was synced once', (store) => {
  const clock = createManualClock(Date.now());
  let app: App;
  let world: RunningSandbox;
  let customer: Customer;
  beforeAll(async () => {
    const location = await store.location();
    world = await startWorld({ seed: 37 });
    app = await composeProduct(location, { clock, schedules: SCHEDULES });
    customer = await addCustomerOf(app, world);
  });
  afterAll(async () => {
    await app.close();
    await world.stop();
  });

  async function triedAt(): Promise<Record<string, number>> {
    const readings = await app.syncs.readings(customer);
    return Object.fromEntries(readings.map((reading) => [reading.source, reading.triedAt.getTime()]));
  }

  it('is read every quarter of an hour, its evidence every hour; before the first sync nothing is asked', async () => {
    world.sandbox.requests.clear();
    await app.worker.drain();
    expect(world.sandbox.requests.list()).toEqual([]);
    const effect = { kind: 'sync.people', key: 'sync:first', payload: { ...REQUEST, thenEvidence: true } };
    await app.database.withCustomer(customer.id, (tx) => enqueue(tx, { ...effect, dueAt: new Date(clock.now()) }));
    await app.worker.drain();
    const first = await triedAt();
    const evidenceAt: (number | undefined)[] = [];
    for (let quarter = 1; quarter <= 5; quarter += 1) {
      clock.advance(15 * MINUTE_MS);
      await app.worker.drain();
      const now = await triedAt();
      expect(now.users).toBe((first.users ?? 0) + quarter * 15 * MINUTE_MS);
      evidenceAt.push(now.groups);
    }
    const hourLater = (first.groups ?? 0) + 60 * MINUTE_MS;
    expect(evidenceAt).toEqual([first.groups, first.groups, first.groups, hourLater, hourLater]);
  });
});
