/**
 * The watch looks between every two writes of ours and tells nothing: over a flip and its way back, the switch
 * of Security Defaults, the upkeep of members, a takeover with its undo, and undoing everything.
 */
import { afterEach, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { createMembers } from '../../src/rollout/policy/members/members.ts';
import { type DriftBench, startDrift } from '../support/drift-world.ts';
import { approve, flip, phaseNames, startEnforceWorld } from '../support/enforce-world.ts';
import { BY, signExceptions, tenantOf } from '../support/push-world.ts';
import { approveEverything, EVERYONE, startSwitchWorld } from '../support/switch-world.ts';
import { approveTakeover, enforceEveryone, resync, startTakeoverWorld } from '../support/takeover-world.ts';

const ROUND_MS = 300_000;

let stop: () => Promise<void> = () => Promise.resolve();
afterEach(() => stop());

type Watched = {
  bench: DriftBench;
  /** Every alarm so far, and how many writes were looked at. */
  seen: { alarms: string[]; writes: number };
};

/** Lets the watch look after each write that the product sends from here on. */
async function watchWrites(app: App, customer: Customer): Promise<Watched> {
  const bench = await startDrift(app, customer);
  const seen: Watched['seen'] = { alarms: [], writes: 0 };
  const connect = app.customers.connections.bind(app.customers);
  let last: Promise<unknown> = Promise.resolve();
  const look = async (when: string) => {
    last = last.then(async () => {
      const found = (await bench.look()).filter(({ state }) => state === 'open');
      seen.alarms.push(...found.map(({ key, object, after }) => `${when}: ${key} ${object} ${JSON.stringify(after)}`));
    });
    await last;
  };
  app.customers.connections = async (of) => {
    const connections = await connect(of);
    const { writer } = connections;
    if (writer === null) return connections;
    const request: typeof writer.request = async (name, options) => {
      seen.writes += 1;
      const answer = await writer.request(name, options);
      await look(`after ${name}`);
      return answer;
    };
    return { ...connections, writer: { ...writer, request } };
  };
  await look('at first');
  return { bench, seen };
}

it(
  'tells nothing of a phase and its way back, of upkeep, and of the undo of a push',
  async () => {
    const world = await startEnforceWorld(83, { isSigned: false });
    const { app, customer } = world;
    ({ stop } = world);
    const { seen } = await watchWrites(app, customer);
    const { exceptions } = await app.syncs.exceptions(customer);
    const carved = new Set(exceptions.map(({ accountId }) => accountId));
    const people = await world.phases.people(customer);
    const isWhole = (name: string) => people.every((one) => one.phase !== name || !carved.has(one.accountId));
    const phase = (await phaseNames(world)).find(isWhole) ?? '';
    await approve(world, phase);
    expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
    expect(seen.writes).toBeGreaterThan(0);
    await signExceptions(app, customer);
    const before = seen.writes;
    const run = createMembers(world.flipping).kinds['policy.members']?.prepare({});
    const signal = new AbortController().signal;
    const job = { customerId: customer.id, key: 'policy.members:test', attempt: 1, isLastAttempt: false, signal };
    const save = await run?.(job);
    await app.database.withCustomer(customer.id, async (tx) => save?.(tx));
    expect(seen.writes).toBeGreaterThan(before);
    expect(await flip(world, 'withdraw', phase)).toMatchObject({ kind: 'withdrawn' });
    await app.push.undo(customer, BY);
    expect(seen.alarms).toEqual([]);
  },
  ROUND_MS,
);

it(
  'tells nothing of Security Defaults that give way to the policy and come back',
  async () => {
    const world = await startSwitchWorld(97);
    ({ stop } = world);
    await approveEverything(world);
    const { seen } = await watchWrites(world.app, world.customer);
    expect(await flip(world, 'enforce', EVERYONE)).toMatchObject({ kind: 'enforced' });
    expect(tenantOf(world.world).securityDefaults.isEnabled).toBe(false);
    await flip(world, 'withdraw', EVERYONE);
    expect(tenantOf(world.world).securityDefaults.isEnabled).toBe(true);
    expect(seen.writes).toBeGreaterThan(2);
    expect(seen.alarms).toEqual([]);
  },
  ROUND_MS,
);

it(
  'tells nothing of a takeover, of its undo, and of undoing everything',
  async () => {
    const world = await startTakeoverWorld(91);
    const { app, customer } = world;
    ({ stop } = world);
    await enforceEveryone(world);
    await resync(world);
    const { seen } = await watchWrites(app, customer);
    await approveTakeover(world);
    expect(await app.takeover.run(customer, BY)).toMatchObject({ state: 'done', failure: null });
    const stripped = seen.writes;
    expect(stripped).toBeGreaterThan(0);
    expect(await app.takeover.undo(customer, BY)).toMatchObject({ failure: null });
    expect(seen.writes).toBeGreaterThan(stripped);
    expect(await app.undoEverything.undo(customer, BY)).toEqual({ state: 'undone', left: [] });
    expect(seen.alarms).toEqual([]);
  },
  ROUND_MS,
);
