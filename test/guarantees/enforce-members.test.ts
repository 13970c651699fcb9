/** While phases are reached memberships follow what is signed, and nobody is locked out or taken for granted by that. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { DAY_MS } from '../../src/lib/clock.ts';
import { createMembers, type MembersAnswer } from '../../src/rollout/policy/members/members.ts';
import { changeMembersAs, editPolicy } from '../../src/sandbox/other-admins.ts';
import { approve, type EnforceWorld, flip, Killed, phaseNames, startEnforceWorld } from '../support/enforce-world.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import {
  BY,
  graphWrites,
  journalled,
  ownGroups,
  ownPolicies,
  signExceptions,
  writableParts,
} from '../support/push-world.ts';

const ROUND_MS = 120_000;
const PATCH = 'PATCH /groups/{id}';

let world: EnforceWorld;
let offsetMs = 0;
let runs = 0;
beforeAll(async () => {
  world = await startEnforceWorld(83, { isSigned: false });
}, ROUND_MS);
afterAll(() => world.stop());
beforeEach(() => {
  world.hooks.stopPoint = () => undefined;
  world.world.sandbox.requests.clear();
});

function members() {
  const clock = { ...hurriedClock, now: () => hurriedClock.now() + offsetMs };
  return createMembers({ ...world.flipping, clock });
}

async function runOnce(): Promise<void> {
  const { app, customer } = world;
  runs += 1;
  const run = members().kinds['policy.members']?.prepare({});
  const signal = new AbortController().signal;
  const key = `policy.members:test-${runs}`;
  const save = await run?.({ customerId: customer.id, key, attempt: 1, isLastAttempt: false, signal });
  await app.database.withCustomer(customer.id, async (tx) => save?.(tx));
}

const exceptionGroup = async () => {
  const id = world.customer.settings.declared.exceptionGroupId ?? ownGroups(world.world).get('exceptions')?.id;
  const { groups } = writableParts(world.world) as { groups: { id: string; members: string[] }[] };
  return { id: id ?? '', members: groups.find((group) => group.id === id)?.members ?? [] };
};

it(
  'exceptions that are signed after a phase was enforced reach the group, whatever is killed, and no policy is written',
  async () => {
    const { app, customer } = world;
    const { exceptions } = await app.syncs.exceptions(customer);
    const carved = new Set(exceptions.map(({ accountId }) => accountId));
    const people = await world.phases.people(customer);
    const names = await phaseNames(world);
    const phase = names.find((name) => people.every((one) => one.phase !== name || !carved.has(one.accountId))) ?? '';
    await approve(world, phase);
    expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
    const policies = structuredClone([...ownPolicies(world.world)]);
    expect((await members().plan(customer)).changes).toEqual([]);

    await signExceptions(app, customer);
    const planned = await members().plan(customer);
    const wanted = planned.changes.filter(({ key, do: way }) => key === 'exceptions' && way === 'add');
    expect(wanted.length).toBeGreaterThan(0);
    world.world.sandbox.requests.clear();
    for (const point of ['members.looked', 'members.noted', 'members.written']) {
      world.hooks.stopPoint = (name) => {
        if (name === point) throw new Killed(point);
      };
      await expect(runOnce()).rejects.toThrow(Killed);
    }
    world.hooks.stopPoint = () => undefined;
    await runOnce();
    const inside = (await exceptionGroup()).members;
    expect(inside).toEqual(expect.arrayContaining(wanted.map(({ accountId }) => accountId)));
    expect(graphWrites(world.world)).toEqual(graphWrites(world.world).map(() => PATCH));
    expect([...ownPolicies(world.world)]).toEqual(policies);
    world.world.sandbox.requests.clear();
    await runOnce();
    expect(graphWrites(world.world)).toEqual([]);
    expect((await members().plan(customer)).findings.filter(({ what }) => what !== 'waiting')).toEqual([]);
  },
  ROUND_MS,
);

it(
  'a member whom somebody else put in is told once and left',
  async () => {
    const { id, members: before } = await exceptionGroup();
    const stranger = (await world.phases.people(world.customer)).find(({ accountId }) => !before.includes(accountId));
    const change = { add: [stranger?.accountId ?? ''], remove: [], by: 'admin@contoso.example' };
    changeMembersAs(world.world.sandbox, { tenantId: world.customer.id, groupId: id }, change);
    world.world.sandbox.requests.clear();
    await runOnce();
    await runOnce();
    expect(graphWrites(world.world)).toEqual([]);
    const found = JSON.stringify(await journalled(world.app, world.customer, 'policy.members.found'));
    expect(found.split(stranger?.accountId ?? '?')).toHaveLength(2);
    changeMembersAs(
      world.world.sandbox,
      { tenantId: world.customer.id, groupId: id },
      { ...change, add: [], remove: change.add },
    );
  },
  ROUND_MS,
);

it(
  'nobody whose exception ended is made to answer MFA without being able to',
  async () => {
    const enforce = ownPolicies(world.world).get('ENFORCE');
    const conditions = structuredClone(enforce?.conditions) as { users: object };
    const which = { tenantId: world.customer.id, policyId: String(enforce?.id) };
    const reach = (users: object) =>
      editPolicy(world.world.sandbox, which, {
        set: { conditions: { ...conditions, users } },
        by: 'admin@contoso.example',
      });
    reach({ ...conditions.users, includeUsers: ['All'], includeGroups: [] });
    const before = (await exceptionGroup()).members;
    offsetMs = 800 * DAY_MS;
    const plan: MembersAnswer = await members().plan(world.customer);
    const staying = plan.findings.filter(({ what }) => what === 'staying').map(({ accountId }) => accountId);
    await runOnce();
    const after = (await exceptionGroup()).members;
    expect(staying.length).toBeGreaterThan(0);
    expect(after).toEqual(expect.arrayContaining(staying));
    const left = before.filter((accountId) => !after.includes(accountId));
    const { registration } = await world.app.syncs.stored(world.customer);
    const capable = new Set(registration?.filter(({ isMfaCapable }) => isMfaCapable === true).map(({ id }) => id));
    const blocked = new Set(
      (await world.app.syncs.stored(world.customer)).users?.flatMap((user) =>
        user.accountEnabled === false ? [user.id] : [],
      ),
    );
    reach(conditions.users);
    expect(left.filter((accountId) => !capable.has(accountId) && !blocked.has(accountId))).toEqual([]);
  },
  ROUND_MS,
);

it(
  'undoing takes back what was written beside the push as well',
  async () => {
    offsetMs = 0;
    expect(await world.app.push.undo(world.customer, BY)).toMatchObject({ state: 'undone', objects: [] });
    expect(writableParts(world.world)).toEqual(world.before);
  },
  ROUND_MS,
);
