/** A takeover and its way back end as undisturbed wherever the work on them ends, whatever answer is lost, whoever edits. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { TakeoverReview } from '../../src/rollout/takeover/takeover-review.ts';
import { editPolicy } from '../../src/sandbox/other-admins.ts';
import { verifyJournal } from '../../src/store/journal.ts';
import { Killed } from '../support/enforce-world.ts';
import { graphWrites, journalled, ownPolicies, tenantOf } from '../support/push-world.ts';
import {
  APPROVER,
  approveTakeover,
  ENGINEER,
  enforceEveryone,
  resync,
  startTakeoverWorld,
  type TakeoverWorld,
  wholeTenant,
  workTakeover,
} from '../support/takeover-world.ts';

const ROUND_MS = 180_000;
const POLICY = '/identity/conditionalAccess/policies/{id}';
const METHODS = '/users/{id}/authentication/methods';
const SWITCH = '/users/{id}/authentication/requirements';
const FORWARD = [
  ...['takeover.started', 'takeover.observe.begun', 'takeover.observe.made', 'takeover.policy.begun'],
  ...['takeover.policy.made', 'takeover.perUser.begun', 'takeover.perUser.made'],
];
const BACK = [
  ...['takeover.undo.perUser.begun', 'takeover.undo.perUser.made', 'takeover.undo.policy.begun'],
  ...['takeover.undo.policy.made', 'takeover.undo.observe.begun', 'takeover.undo.observe.made', 'takeover.undo.done'],
];

let world: TakeoverWorld;
/** The tenant before a takeover, and after one that nothing disturbed. */
let enforced: unknown;
let taken: unknown;
let undisturbed: string[];

beforeAll(async () => {
  world = await startTakeoverWorld(91);
  await enforceEveryone(world);
  await resync(world);
  await world.app.worker.stop();
  enforced = wholeTenant(world.world);
}, ROUND_MS);
afterAll(() => world.stop());
beforeEach(() => {
  world.hooks.stopPoint = () => undefined;
  world.world.sandbox.faults.clear();
  world.world.sandbox.requests.clear();
});

const work = () => workTakeover(world);

async function takeOver(): Promise<TakeoverReview> {
  await approveTakeover(world);
  return work();
}

async function undo(): Promise<TakeoverReview> {
  const engineer = await world.app.access.actorOf(ENGINEER, world.customer.id);
  expect(await world.app.takeover.beginUndo(world.customer, engineer)).toEqual({ outcome: 'begun' });
  return work();
}

/** By the button, worked by one slot. */
async function undoEverything() {
  const { app, customer } = world;
  const approver = await app.access.actorOf(APPROVER, customer.id);
  expect(await app.undoEverything.begin(customer, approver)).toEqual({ outcome: 'begun' });
  const last = async () => (await app.undoEverything.show(customer)).last;
  while ((await last())?.state === 'begun') await app.worker.drain();
  return last();
}

/** Ends the work once at each of these points; gives those that were met. */
function killAt(points: readonly string[]): Set<string> {
  const met = new Set<string>();
  world.hooks.stopPoint = (name) => {
    if (!points.includes(name) || met.has(name)) return;
    met.add(name);
    throw new Killed(name);
  };
  return met;
}

/** What somebody else does when the work comes to a point, once. */
function onceAt(point: string, act: () => void): void {
  let isDone = false;
  world.hooks.stopPoint = (name) => {
    if (name !== point || isDone) return;
    isDone = true;
    act();
  };
}

/** Every write, without the envelopes that reads come in as well. */
const writes = () =>
  graphWrites(world.world)
    .filter((call) => call !== 'POST /$batch')
    .sort();

/** An old policy that the plan changes, and another administrator who renames it. */
async function oldPolicy() {
  const { steps } = await world.app.takeover.show(world.customer);
  const policyId = steps.find(({ kind }) => kind === 'disable' || kind === 'strip')?.policyId ?? '';
  const which = { tenantId: world.customer.id, policyId };
  const before = tenantOf(world.world).conditionalAccessPolicies.find(({ id }) => id === policyId)?.displayName;
  const rename = (displayName: unknown) =>
    editPolicy(world.world.sandbox, which, { set: { displayName: String(displayName) }, by: 'admin@contoso.example' });
  return { policyId, rename: () => rename('Renamed by hand'), nameBack: () => rename(before) };
}

it(
  'a finished rollout puts the card before those who decide, once',
  async () => {
    const { app, customer } = world;
    const { rows } = await app.database.withCustomer(customer.id, (tx) =>
      tx.execute(sql`SELECT payload FROM outbox WHERE kind = 'cards.post' AND key LIKE 'cards.post:takeover:%'`),
    );
    expect(rows).toEqual([{ payload: expect.objectContaining({ subject: 'takeover', toDeciders: true }) as unknown }]);
  },
  ROUND_MS,
);

it(
  'two who run it at once wait for the same run',
  async () => {
    await approveTakeover(world);
    const both = [world.app.takeover.run(world.customer, {}), world.app.takeover.run(world.customer, {})];
    expect(await work()).toMatchObject({ state: 'done' });
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(second);
    taken = wholeTenant(world.world);
    undisturbed = writes();
    expect(await journalled(world.app, world.customer, 'takeover.started')).toHaveLength(1);
    expect(await undo()).toMatchObject({ failure: null });
    expect(wholeTenant(world.world)).toEqual(enforced);
  },
  ROUND_MS,
);

it(
  'killed at every point it ends as undisturbed, with the same writes, and so does the way back',
  async () => {
    const met = killAt(FORWARD);
    expect(await takeOver()).toMatchObject({ state: 'done' });
    expect([...met].sort()).toEqual([...FORWARD].sort());
    expect(wholeTenant(world.world)).toEqual(taken);
    expect(writes()).toEqual(undisturbed);
    const metBack = killAt(BACK);
    expect(await undo()).toMatchObject({ failure: null });
    expect([...metBack].sort()).toEqual([...BACK].sort());
    expect(wholeTenant(world.world)).toEqual(enforced);
    const { id } = world.customer;
    expect(await world.app.database.withCustomer(id, (tx) => verifyJournal(tx, id))).toMatchObject({ ok: true });
  },
  ROUND_MS,
);

it(
  'a write whose answer is lost is looked for before anybody makes it again',
  async () => {
    const lost = { vendor: 'graph', times: 1, afterEffect: true, cut: 'before' } as const;
    const { faults } = world.world.sandbox;
    faults.put({ id: 'delete', ...lost, template: POLICY, method: 'DELETE' });
    faults.put({ id: 'change', ...lost, template: POLICY, method: 'PATCH' });
    const late = { vendor: 'graph', times: 1, afterEffect: true, status: 504 } as const;
    // Somebody whose per-user MFA went is deleted right then: he has no methods to be counted.
    const gone = { id: 'gone', vendor: 'graph', times: 1, template: METHODS, method: 'GET', status: 404 } as const;
    onceAt('takeover.perUser.made', () => faults.put(gone));
    faults.put({ id: 'switch', ...late, template: SWITCH, method: 'PATCH' });
    expect(await takeOver()).toMatchObject({ state: 'done' });
    expect(wholeTenant(world.world)).toEqual(taken);
    faults.put({ id: 'back', ...lost, template: POLICY, method: 'PATCH' });
    expect(await undo()).toMatchObject({ failure: null });
    expect(wholeTenant(world.world)).toEqual(enforced);
  },
  ROUND_MS,
);

it(
  'an old policy that somebody edits after the approval is passed over, with the reason',
  async () => {
    const { policyId, rename, nameBack } = await oldPolicy();
    onceAt('takeover.observe.made', rename);
    const done = await takeOver();
    expect(done.state).toBe('done');
    const passed = done.steps.filter(({ state }) => state === 'skipped');
    expect(passed).toMatchObject([{ policyId, why: 'somebody edited it since it was approved' }]);
    expect(await undo()).toMatchObject({ failure: null });
    nameBack();
    expect(wholeTenant(world.world)).toEqual(enforced);
  },
  ROUND_MS,
);

it(
  'a change that Graph does not show as written is taken back, with everything before it',
  async () => {
    const { rename, nameBack } = await oldPolicy();
    onceAt('takeover.policy.made', rename);
    expect(await takeOver()).toMatchObject({ state: null, failure: { code: 'read_back_differs' } });
    nameBack();
    expect(wholeTenant(world.world)).toEqual(enforced);
  },
  ROUND_MS,
);

it(
  'an old policy that cannot be put back keeps the phases enforced, and everything is undone once it can',
  async () => {
    const done = await takeOver();
    const policyId = done.steps.find(({ kind }) => kind === 'disable')?.policyId ?? '';
    const which = { tenantId: world.customer.id, policyId };
    const set = (state: string) =>
      editPolicy(world.world.sandbox, which, { set: { state }, by: 'admin@contoso.example' });
    set('enabledForReportingButNotEnforced');
    const held = await undoEverything();
    expect(held).toMatchObject({ state: 'standing' });
    expect(held?.left.map(({ step }) => step)).toEqual([`policy.${policyId}`, 'phases']);
    expect(ownPolicies(world.world).get('ENFORCE')?.state).toBe('enabled');
    set('disabled');
    expect(await undo()).toMatchObject({ failure: null });
    expect(wholeTenant(world.world)).toEqual(enforced);
  },
  ROUND_MS,
);

it(
  'an observing policy that had to be made anew under another id is taken out with everything else',
  async () => {
    const known = ownPolicies(world.world).get('OBSERVE')?.id;
    expect(await takeOver()).toMatchObject({ state: 'done' });
    const refusal = {
      vendor: 'graph',
      template: `/identity/conditionalAccess/deletedItems/policies/{id}/restore`,
    } as const;
    world.world.sandbox.faults.put({ id: 'no-restore', ...refusal, method: 'POST', status: 403 });
    expect(await undo()).toMatchObject({ failure: null });
    const anew = ownPolicies(world.world).get('OBSERVE')?.id;
    expect(anew).toBeDefined();
    expect(anew).not.toBe(known);
    expect(await undoEverything()).toMatchObject({ state: 'undone', left: [] });
    expect(wholeTenant(world.world)).toEqual(world.before);
  },
  ROUND_MS,
);
