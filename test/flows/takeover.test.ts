/** Taking over a tenant with old MFA, over HTTP, and taking all of it back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BY, graphWrites, journalled, ownPolicies, tenantOf } from '../support/push-world.ts';
import {
  approveTakeover,
  ENGINEER,
  enforceEveryone,
  resync,
  startTakeoverWorld,
  type TakeoverWorld,
  wholeTenant,
} from '../support/takeover-world.ts';

const ROUND_MS = 180_000;

let world: TakeoverWorld;

/** By the button, pressed twice, and worked by a single slot: every job has to let the one that it waits for run. */
async function undoneInTheBackground(): Promise<void> {
  const { app, customer } = world;
  const { preview } = await app.undoEverything.show(customer);
  expect(preview).toMatchObject({ phases: ['Everyone'], policies: 2 });
  await app.worker.stop();
  const engineer = await app.access.actorOf(ENGINEER, customer.id);
  const nobody = { ...engineer, identity: { ...ENGINEER, objectId: '99999999-0000-4000-8000-00000000000f' } };
  expect(await app.undoEverything.begin(customer, nobody)).toMatchObject({ code: 'not_your_decision' });
  expect(await app.undoEverything.begin(customer, engineer)).toEqual({ outcome: 'begun' });
  expect(await app.undoEverything.begin(customer, engineer)).toEqual({ outcome: 'already' });
  while ((await app.undoEverything.show(customer)).last?.state === 'begun') await app.worker.drain();
  expect((await app.undoEverything.show(customer)).last).toMatchObject({ state: 'undone', left: [] });
}
beforeAll(async () => {
  world = await startTakeoverWorld(91);
}, ROUND_MS);
afterAll(() => world.stop());

it(
  'a plan before anybody is enforced says what has to stand first and what would go',
  async () => {
    const { app, customer } = world;
    const review = await app.takeover.show(customer);
    expect(review.digest).toBeNull();
    expect(review.first.map(({ code }) => code)).toContain('everyone_not_enforced');
    expect(review.steps.some(({ kind }) => kind === 'disable')).toBe(true);
    expect(review.steps.some(({ kind }) => kind === 'perUser')).toBe(true);
    await expect(app.takeover.run(customer, BY)).rejects.toMatchObject({ code: 'everyone_not_enforced' });
  },
  ROUND_MS,
);

it(
  'old MFA goes once everyone is enforced, nobody loses cover, and undoing everything leaves the tenant as it was',
  async () => {
    const { app, customer } = world;
    await enforceEveryone(world);
    await resync(world);
    await expect(app.takeover.run(customer, BY)).rejects.toMatchObject({ code: 'takeover_not_approved' });
    const enforced = wholeTenant(world.world);
    const since = world.world.sandbox.state.seq;
    await approveTakeover(world);
    const done = await app.takeover.run(customer, BY);
    expect(done).toMatchObject({ state: 'done', failure: null });
    const seen = world.world.sandbox.watch.look(customer.id, since);
    expect({ lost: seen.lostCover, out: seen.newlyLockedOut }).toEqual({ lost: [], out: [] });
    expect(ownPolicies(world.world).has('OBSERVE')).toBe(false);
    const kept = new Set(done.kept.map(({ accountId }) => accountId));
    const still = Object.entries(tenantOf(world.world).perUserMfa).filter(([, state]) => state !== 'disabled');
    expect(new Set(still.map(([id]) => id))).toEqual(kept);
    expect(wholeTenant(world.world).methods).toEqual(enforced.methods);
    world.world.sandbox.requests.clear();
    expect(await app.takeover.run(customer, BY)).toMatchObject({ state: 'done' });
    expect(graphWrites(world.world)).toEqual([]);

    expect(await app.takeover.undo(customer, BY)).toMatchObject({ failure: null });
    expect(wholeTenant(world.world)).toEqual(enforced);
    await undoneInTheBackground();
    expect(wholeTenant(world.world)).toEqual(world.before);
    expect(await journalled(app, customer, 'undo.everything')).toHaveLength(2);
    expect(await app.undoEverything.undo(customer, BY)).toEqual({ state: 'undone', left: [] });
  },
  ROUND_MS,
);
