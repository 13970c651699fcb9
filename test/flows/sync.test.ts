import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { rosterOf } from '../../src/rollout/snapshots/answers.ts';
import { exceptionsOf } from '../../src/rollout/snapshots/exception-answer.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import { expectExceptions, expectRoster } from '../support/compare-with-truth.ts';
import { addCustomerOf, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';
import { worldSnapshot } from '../support/world-snapshot.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
/** What the rows come to is the same with and without the wire: all seeds live take minutes and run with MFA_GUARANTEES=full. */
const FULL = process.env.MFA_GUARANTEES === 'full';
const LIVE_SEEDS = FULL ? SEEDS : SEEDS.slice(0, 6);
const LARGE_SEEDS = { embedded: FULL ? [101, 102] : [101], server: [103] };

describeStore('sync from the live services', (store) => {
  let app: App;
  beforeAll(async () => {
    app = await startProduct(await store.location());
  });
  afterAll(() => app.close());

  const seeds = store.engine === 'embedded' ? LIVE_SEEDS : SEEDS.slice(0, 2);
  const cases = [
    ...seeds.map((seed) => [200, seed] as const),
    ...LARGE_SEEDS[store.engine].map((seed) => [2_000, seed] as const),
  ];
  it.each(cases)('gives every row of the truth, %i people, seed %i', async (size, seed) => {
    const world = await startWorld({ seed, size });
    const customer = await addCustomerOf(app, world);
    const readings = await sync(app, customer);
    expect(readings.filter((reading) => reading.state !== 'read')).toEqual([]);
    const snapshot = await app.syncs.stored(customer);
    expectRoster(rosterOf(snapshot), world.truth);
    expectExceptions(exceptionsOf(snapshot), world.truth);
    await world.stop();
  });
});

describe('without the wire', () => {
  it.each(SEEDS)('a world of 2,000 people gives every row of the truth, seed %i', (seed) => {
    const { world, truth } = generateWorld({ name: 'reference', seed, size: 2_000 });
    const [customer] = truth.customers;
    if (customer === undefined) throw new Error('a world has a customer');
    const snapshot = worldSnapshot(world, customer);
    expectRoster(rosterOf(snapshot), customer);
    expectExceptions(exceptionsOf(snapshot), customer);
  });
});
