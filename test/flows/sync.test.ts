import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { rosterOf } from '../../src/rollout/snapshots/answers.ts';
import { exceptionsOf } from '../../src/rollout/snapshots/exception-answer.ts';
import { expectExceptions, expectRoster } from '../support/compare-with-truth.ts';
import { addCustomerOf, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

describeStore('sync from the live services', (store) => {
  let app: App;
  beforeAll(async () => {
    app = await startProduct(await store.location());
  });
  afterAll(() => app.close());

  const seeds = store.engine === 'embedded' ? SEEDS : SEEDS.slice(0, 2);
  it.each(seeds)('gives every row of the truth, 200 people, seed %i', async (seed) => {
    const world = await startWorld({ seed });
    const customer = await addCustomerOf(app, world);
    const readings = await sync(app, customer);
    expect(readings.filter((reading) => reading.state !== 'read')).toEqual([]);
    const snapshot = await app.syncs.stored(customer);
    expectRoster(rosterOf(snapshot), world.truth);
    expectExceptions(exceptionsOf(snapshot), world.truth);
    await world.stop();
  });
});
