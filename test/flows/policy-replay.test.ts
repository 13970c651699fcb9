import { afterAll, expect, it } from 'vitest';
import { answerOffline } from '../../src/cli/offline.ts';
import { createOperations } from '../../src/cli/operations.ts';
import type { App } from '../../src/compose.ts';
import { type ReplayAnswer, replayOf } from '../../src/rollout/snapshots/replay-answer.ts';
import type { Snapshot } from '../../src/rollout/snapshots/snapshot-file.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const SLOW_MS = 60_000;

describeStore('the time machine at a running server', (store) => {
  let app: App | undefined;
  let world: RunningSandbox | undefined;
  afterAll(async () => {
    await app?.close();
    await world?.stop();
  });

  it(
    'reads both logs afresh and comes to the same as the whole log in a file; without P1 it knows nothing',
    async () => {
      app = await startProduct(await store.location());
      world = await startWorld({ name: 'reference', seed: 5, size: 100 });
      const customer = await addCustomerOf(app, world);
      await sync(app, customer);
      const operations = createOperations(app, undefined);
      const ask = async (more: object = {}) => {
        const { json, text } = await operations.run(
          'policy replay',
          { customer: customer.id, ...more },
          () => undefined,
        );
        return { answer: json as ReplayAnswer, text };
      };
      const tenant = world.sandbox.state.tenants.get(world.setUp.tenantId)?.tenant;
      if (tenant === undefined) throw new Error('the sandbox has the tenant');
      const whole = { ...(await app.syncs.stored(customer)), signIns: tenant.signIns } as Snapshot;

      for (const everyone of [false, true]) {
        const { answer, text } = await ask({ everyone });
        const offline = replayOf({ ...whole, takenAt: answer.window.to }, { days: 30, everyone });
        expect(answer).toMatchObject({ log: 'read', counts: offline.counts, sentence: offline.sentence });
        expect(answer.people.map(({ userId, outcome, signIns }) => [userId, outcome, signIns])).toEqual(
          offline.people.map(({ userId, outcome, signIns }) => [userId, outcome, signIns]),
        );
        expect(answer.counts.people.wouldFail).toBeGreaterThan(0);
        expect(text).toContain(answer.sentence);
        const names = tenant.users.map((user) => String(user.displayName));
        expect(names.filter((name) => answer.sentence.includes(name) || answer.sentences.de.includes(name))).toEqual(
          [],
        );
      }

      const file = JSON.stringify(whole);
      expect(answerOffline('policy replay', file, { days: 7 }).json).toEqual(replayOf(whole, { days: 7 }));
      expect(() => answerOffline('policy replay', file, { days: 31 })).toThrow('called wrongly');

      tenant.subscribedSkus.splice(0);
      const { answer } = await ask();
      expect(answer).toMatchObject({ log: 'notRead', counts: { people: { unchanged: 0, promptedCanAnswer: 0 } } });
      expect(answer.sentence).toBe('The sign-in log was not read, so that nothing can be said about the past.');
    },
    SLOW_MS,
  );
});
