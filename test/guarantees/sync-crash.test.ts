import { randomInt } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { canonicalJson, type Json } from '../../src/lib/canonical-json.ts';
import { createOffsetClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Snapshot } from '../../src/rollout/snapshots/snapshot-file.ts';
import { createRandom } from '../../src/sandbox/world/random.ts';
import type { StoreLocation } from '../../src/store/database.ts';
import { readJournal, verifyJournal } from '../../src/store/journal.ts';
import { HEARTBEAT_SECONDS } from '../../src/work/boss.ts';
import { type Child, startChild } from '../support/child.ts';
import {
  addCustomerOf,
  awaitBegunSync,
  composeProduct,
  type RunningSandbox,
  startProduct,
  startWorld,
  sync,
  WIDE_LIMITS,
} from '../support/product.ts';
import type { ProductChildTask } from '../support/product-child.ts';
import { describeStore, type TestStore } from '../support/store.ts';

const FULL = process.env.MFA_GUARANTEES === 'full';
const EVERY_POINT = ['sync.people.read', 'sync.people.saving', 'sync.evidence.read', 'sync.evidence.saving'];
/** What was only read is lost alike on either engine; a transaction that is torn apart is each engine's own matter. */
const POINTS = {
  embedded: FULL ? EVERY_POINT : EVERY_POINT.filter((point) => point.endsWith('.saving')),
  server: EVERY_POINT,
};
/** Kills at random moments take minutes: `npm run guarantees` has the most of them. */
const ROUNDS = { embedded: FULL ? 50 : 1, server: FULL ? 50 : 1 };
/** Every so many rounds kill the process that takes over as well. */
const TAKEOVER_EVERY = FULL ? 3 : 1;
/** Where a process is killed does not depend on how many people it reads. */
const SIZE = FULL ? 200 : 100;
/** The same seed kills at the same requests. */
const SEED = process.env.MFA_GUARANTEES_SEED ?? String(randomInt(1_000_000_000));
/** A start, a recovery and a sync; a busy machine takes its time. */
const ROUND_MS = 60_000;

describeStore('a sync that is killed', (store) => {
  let world: RunningSandbox;
  let prepared: Prepared;
  let undisturbed: { snapshot: string; events: string[]; requests: number };
  beforeAll(async () => {
    world = await startWorld({ seed: 51, size: SIZE, frozen: true });
    prepared = await prepare(store, world);
    const app = await startProduct(await prepared.place());
    const arrivals = countArrivals(world);
    await sync(app, await app.customers.find(prepared.customerId));
    undisturbed = { ...(await outcomeOf(app, prepared.customerId)), requests: arrivals.count() };
    arrivals.end();
    await app.close();
  }, ROUND_MS);
  afterAll(async () => {
    prepared.remove();
    await world.stop();
  });

  const start = (task: Omit<ProductChildTask, 'customerId'>) =>
    startChild('product-child.ts', [JSON.stringify({ ...task, customerId: prepared.customerId })]);

  /** Starts the product once more on the same store and waits until what was begun is through. */
  const expectSameAsUndisturbed = async (location: StoreLocation) => {
    const app = await resume(store, location);
    await awaitBegunSync(app, prepared.customerId);
    const { requests: _, ...expected } = undisturbed;
    const outcome = await outcomeOf(app, prepared.customerId);
    await app.close();
    expect(outcome).toEqual(expected);
  };

  it.each(POINTS[store.engine])(
    'at the point %s is finished by the next start, with the same result',
    async (point) => {
      const location = await prepared.place();
      const child = start({ location, begun: false, stopAt: point });
      await expect(child.line((line) => line === 'done')).rejects.toThrow('the process ended without the line');
      await expectSameAsUndisturbed(location);
    },
    ROUND_MS,
  );

  it(
    `at ${ROUNDS[store.engine]} random moments is finished by the next start, with the same result, seed ${SEED}`,
    async () => {
      const random = createRandom(`${SEED} ${store.engine}`);
      for (let round = 0; round < ROUNDS[store.engine]; round += 1) {
        const location = await prepared.place();
        const moment = () => 1 + random.int(undisturbed.requests);
        await killAfter(world, start({ location, begun: false }), moment());
        // A server's would first wait for the heartbeat.
        if ((round + 1) % TAKEOVER_EVERY === 0 && store.engine === 'embedded')
          await killAfter(world, start({ location, begun: true }), moment());
        await expectSameAsUndisturbed(location);
      }
    },
    ROUND_MS * ROUNDS[store.engine],
  );
});

describeStore('a sync whose process is told to stop', (store) => {
  it(
    'while it waits for a limit breaks off at once, notes no source as failed, and is finished by the next start',
    async () => {
      const world = await startWorld({ seed: 52, frozen: true });
      const prepared = await prepare(store, world);
      const location = await prepared.place();
      // The people sync spends what there is, so the evidence would wait for an hour.
      const reports = { limit: 2, windowMs: 3_600_000 };
      const failures: unknown[] = [];
      const keep = (event: string, facts?: object) => {
        if (event === 'job.failed') failures.push(facts);
      };
      const log = { ...silentLog, warn: keep, info: keep };
      const app = await startProduct(location, { log, limits: { ...WIDE_LIMITS, reports } });
      const evidenceBegan = new Promise<void>((resolve) => {
        countArrivals(world, (_count, template) => {
          if (template === '/subscribedSkus') resolve();
        });
      });
      const stopped = sync(app, await app.customers.find(prepared.customerId)).catch((error: unknown) => error);
      await evidenceBegan;
      await app.close();
      expect(await stopped).toMatchObject({ code: 'process_stopping' });
      // Not "worker_stopping": so ends a job that heeds no signal, when its grace is over.
      expect(failures).toEqual([expect.objectContaining({ error: 'process_stopping' })]);
      const next = await resume(store, location);
      const before = await next.syncs.readings(await next.customers.find(prepared.customerId));
      expect(before.filter(({ code }) => code !== null)).toEqual([]);
      await awaitBegunSync(next, prepared.customerId);
      await outcomeOf(next, prepared.customerId);
      await next.close();
      prepared.remove();
      await world.stop();
    },
    ROUND_MS,
  );
});

type Prepared = { customerId: string; place(): Promise<StoreLocation>; remove(): void };

/** A store that knows the customer and has read nothing, as often as wanted. */
async function prepare(store: TestStore, world: RunningSandbox): Promise<Prepared> {
  const add = async (location: StoreLocation) => {
    const app = await composeProduct(location);
    const { id } = await addCustomerOf(app, world);
    await app.close();
    return id;
  };
  const fresh = async () => {
    const database = await store.openFresh();
    await database.close();
    return store.locationOf(database);
  };
  const first = await fresh();
  const customerId = await add(first);
  if (!('dataDir' in first)) {
    const place = async () => {
      const location = await fresh();
      await add(location);
      return location;
    };
    return { customerId, place, remove: () => undefined };
  }
  // On the embedded engine a copy of the folder is the quicker way.
  const folder = mkdtempSync(join(tmpdir(), 'mfa-crash-'));
  let copies = 0;
  const place = () => {
    copies += 1;
    const dataDir = join(folder, String(copies));
    cpSync(first.dataDir, dataDir, { recursive: true });
    return Promise.resolve({ dataDir });
  };
  return { customerId, place, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Counts the requests that reach the sandbox, before they are answered. */
function countArrivals(
  { sandbox }: RunningSandbox,
  onArrival: (count: number, template: string) => void = () => undefined,
) {
  const { faults } = sandbox;
  const take = faults.take;
  let arrived = 0;
  faults.take = (target) => {
    arrived += 1;
    onArrival(arrived, target.template);
    return take(target);
  };
  return {
    count: () => arrived,
    end: () => {
      faults.take = take;
    },
  };
}

/** Kills the process when its request of this number arrives, or when it is through before that. */
async function killAfter(world: RunningSandbox, child: Child, request: number): Promise<void> {
  const arrivals = countArrivals(world, (count) => {
    if (count === request) void child.kill();
  });
  // Rejects when the process ends, which is what it is for here.
  await child.line((line) => line === 'done').catch(() => undefined);
  await child.kill();
  arrivals.end();
}

/**
 * Starts the product again. On a server others might still run the dead one's job, so it waits for the heartbeat to run
 * out: there the clock is turned over that time, and over the pause before the next attempt.
 */
async function resume(store: TestStore, location: StoreLocation): Promise<App> {
  if (store.engine === 'embedded') return startProduct(location);
  let offsetMs = 0;
  const app = await composeProduct(location, { clock: createOffsetClock(() => offsetMs) });
  for (let step = 0; step < 2; step += 1) {
    offsetMs += 2 * HEARTBEAT_SECONDS * 1000;
    await app.queue.showTime();
    await app.queue.supervise();
  }
  app.worker.start();
  return app;
}

/** What a sync left behind, times of reading apart: the stored snapshot, and that the journal tells it once. */
async function outcomeOf(app: App, customerId: string): Promise<{ snapshot: string; events: string[] }> {
  const customer = await app.customers.find(customerId);
  const readings = await app.syncs.readings(customer);
  expect(readings.filter(({ state }) => state !== 'read')).toEqual([]);
  const { takenAt: _, ...snapshot }: Snapshot = await app.syncs.stored(customer);
  // The draft is drawn by a job of its own, which may be through or not, or get through between these two.
  const { rows, check } = await app.database.withCustomer(customerId, async (tx) => ({
    rows: await readJournal(tx, customerId),
    check: await verifyJournal(tx, customerId),
  }));
  expect([rows.length, rows.length + 1]).toContain(check.ok ? check.entries : null);
  const events = rows.map(({ event }) => event).filter((event) => event !== 'policy.draft.drawn');
  return { snapshot: canonicalJson(snapshot as Json), events };
}
