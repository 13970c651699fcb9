import { afterAll, expect, it } from 'vitest';
import { createOffsetClock } from '../../src/lib/clock.ts';
import { patchUser } from '../../src/sandbox/people.ts';
import { addCustomerOf, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const DAY_MS = 86_400_000;

describeStore('exceptions that were shown', (store) => {
  let offsetMs = 0;
  const stops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  it('keep their dates and digest on later days, and change them with a fact', async () => {
    const world = await startWorld({ seed: 3 });
    const app = await startProduct(await store.location(), { clock: createOffsetClock(() => offsetMs) });
    stops.push(
      () => app.close(),
      () => world.stop(),
    );
    const customer = await addCustomerOf(app, world);
    await sync(app, customer);
    const first = await app.syncs.exceptions(customer);
    expect(first.exceptions).toHaveLength(14);

    offsetMs = 3 * DAY_MS;
    world.sandbox.advance(3 * DAY_MS);
    await sync(app, customer);
    const later = await app.syncs.exceptions(customer);
    expect(later.exceptions).toEqual(first.exceptions);
    expect(later.digest).toBe(first.digest);

    const service = first.exceptions.find((row) => row.kind === 'sharedMailbox' && !row.signInBlocked);
    const who = { tenantId: customer.id, userId: service?.accountId ?? '' };
    patchUser(world.sandbox, who, { accountEnabled: false });
    await sync(app, customer);
    const changed = await app.syncs.exceptions(customer);
    expect(changed.digest).not.toBe(first.digest);
    expect(changed.exceptions.find((row) => row.accountId === who.userId)).toMatchObject({ signInBlocked: true });
  });
});
