import { afterAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import {
  addWrittenCustomer,
  BY,
  decideDraft,
  graphWrites,
  ownPolicies,
  signExceptions,
  writableParts,
} from '../support/push-world.ts';
import { describeStore } from '../support/store.ts';

describeStore('pushing the approved draft', (store) => {
  let app: App | undefined;
  const worlds: RunningSandbox[] = [];
  afterAll(async () => {
    await app?.close();
    for (const world of worlds) await world.stop();
  });

  it('makes groups and both policies report-only, writes nothing when run again, and takes everything back', async () => {
    app ??= await startProduct(await store.location());
    const world = await startWorld({ name: 'reference', seed: 21, size: 100 });
    worlds.push(world);
    const customer = await addWrittenCustomer(app, world);
    await signExceptions(app, customer);
    const digest = await decideDraft(app, customer);
    const before = writableParts(world);
    const pushed = await app.push.push(customer, BY, digest);
    expect(pushed.state).toBe('live');
    expect([...ownPolicies(world).keys()].sort()).toEqual(['ENFORCE', 'OBSERVE']);
    world.sandbox.requests.clear();
    const again = await app.push.push(customer, BY, digest);
    expect([again.state, again.did, graphWrites(world)]).toEqual(['live', [], []]);
    const undone = await app.push.undo(customer, BY);
    expect([undone.state, undone.failure]).toEqual(['undone', null]);
    expect(writableParts(world)).toEqual(before);
  }, 60_000);
});
