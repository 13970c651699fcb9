/** Undoing a push after phases were enforced: nobody is taken out of what an enabled policy leaves out. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { objectOf, textsOf } from '../../src/rollout/policy/graph-json.core.ts';
import { editGroup, editPolicy, removeGroup } from '../../src/sandbox/other-admins.ts';
import {
  approve,
  ENGINEER,
  type EnforceWorld,
  flip,
  Killed,
  phaseNames,
  startEnforceWorld,
} from '../support/enforce-world.ts';
import { BY, journalled, ownGroups, ownPolicies, tenantOf, writableParts } from '../support/push-world.ts';

const ROUND_MS = 120_000;
const SOMEBODY = 'admin@contoso.example';

let world: EnforceWorld;
let phase: string;
beforeAll(async () => {
  world = await startEnforceWorld(81);
  [phase = ''] = await phaseNames(world);
}, ROUND_MS);
afterAll(() => world.stop());
beforeEach(async () => {
  world.hooks.stopPoint = () => undefined;
  if (ownPolicies(world.world).size > 0) return;
  const { app, customer } = world;
  const state = await app.push.show(customer);
  if (state?.state === 'undone') await app.push.push(customer, BY, state.digest);
});

async function enforceAndWithdraw(): Promise<void> {
  await enforced();
  expect(await flip(world, 'withdraw', phase)).toMatchObject({ kind: 'withdrawn' });
}

function edit(set: Record<string, unknown>): void {
  const policy = tenantOf(world.world).conditionalAccessPolicies.find(({ id }) => id === enforceId);
  if (policy === undefined) throw new Error('the enforcing policy is there');
  editPolicy(world.world.sandbox, { tenantId: world.customer.id, policyId: enforceId }, { set, by: SOMEBODY });
}
let enforceId = '';

/** Of every enabled policy, the groups it leaves out with whoever is in them. */
function leftOutByEnabled(): Record<string, string[]> {
  const { conditionalAccessPolicies, groups } = tenantOf(world.world);
  const named = conditionalAccessPolicies
    .filter(({ state, displayName }) => state === 'enabled' && String(displayName).includes('ENFORCE'))
    .flatMap(({ conditions }) => textsOf(objectOf(objectOf(conditions)?.users)?.excludeGroups) ?? []);
  return Object.fromEntries(
    named.map((id) => [
      id,
      groups
        .find(({ group }) => group.id === id)
        ?.members.map((one) => one.id)
        .sort() ?? [],
    ]),
  );
}

it(
  'every trace goes when the last phase was withdrawn and ENFORCE is still enabled, the policies first',
  async () => {
    await enforceAndWithdraw();
    expect(ownPolicies(world.world).get('ENFORCE')?.state).toBe('enabled');
    world.world.sandbox.requests.clear();
    expect(await world.app.push.undo(world.customer, BY)).toMatchObject({
      state: 'undone',
      failure: null,
      objects: [],
    });
    expect(writableParts(world.world)).toEqual(world.before);
    const writes = world.world.sandbox.requests.list().filter(({ method }) => method === 'DELETE');
    const kinds = writes.map(({ template }) => (template.includes('conditionalAccess') ? 'policy' : 'group'));
    expect(kinds.slice(0, 2)).toEqual(['policy', 'policy']);
    expect(kinds.slice(2)).not.toContain('policy');
  },
  ROUND_MS,
);

it.each<[what: string, set: Record<string, unknown>, point: string | null]>([
  ['renamed it', { displayName: 'ENFORCE of somebody' }, null],
  [
    'took out its grant',
    { grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] } },
    'undo.policy.begun',
  ],
  ['disabled and renamed it', { displayName: 'ENFORCE off', state: 'disabled' }, null],
])(
  'an enforcing policy stays with its groups and everybody in them when somebody %s',
  async (_what, set, point) => {
    await enforceAndWithdraw();
    const policy = ownPolicies(world.world).get('ENFORCE');
    enforceId = String(policy?.id);
    const kept = structuredClone(policy ?? {});
    const groups = ownGroups(world.world);
    edit(set);
    const leftOut = leftOutByEnabled();
    if (point !== null) killOnceAt(point);
    const undone = await world.app.push.undo(world.customer, BY);
    expect(undone).toMatchObject({ state: 'standing', failure: { code: 'undo_incomplete' } });
    expect(leftOutByEnabled()).toEqual(leftOut);
    const after = ownGroups(world.world);
    for (const name of ['break-glass', 'exceptions', 'direct']) expect(after.get(name)).toEqual(groups.get(name));
    expect(after.has(`phase - ${phase}`)).toBe(false);
    expect(undone.steps.find(({ step }) => step === 'members.exceptions')?.why).toContain('still names it');

    edit({ displayName: kept.displayName, state: kept.state, grantControls: kept.grantControls });
    expect(await world.app.push.undo(world.customer, BY)).toMatchObject({ state: 'undone', objects: [] });
    expect(writableParts(world.world)).toEqual(world.before);
  },
  ROUND_MS,
);

it(
  'phases that are enforced are taken out of enforcement before anything else',
  async () => {
    await enforced();
    await expect(world.app.push.undo(world.customer, BY, '00000000-0000-4000-8000-000000000000')).rejects.toMatchObject(
      {
        code: 'nothing_to_undo',
      },
    );
    expect(await world.enforcement.enforced(world.customer.id)).toHaveLength(1);
    expect(await world.app.push.undo(world.customer, BY)).toMatchObject({ state: 'undone', objects: [] });
    expect(await world.enforcement.enforced(world.customer.id)).toEqual([]);
    expect(writableParts(world.world)).toEqual(world.before);
    const events = (await journalled(world.app, world.customer, 'phase.withdraw')).map(({ event }) => event);
    expect(events.at(-1)).toBe('phase.withdrawn');
  },
  ROUND_MS,
);

it(
  'a policy changed in several respects is told with the effect of each, and a group renamed with consent goes with the undo',
  async () => {
    await enforced();
    const policy = ownPolicies(world.world).get('ENFORCE') ?? {};
    enforceId = String(policy.id);
    const { displayName, state, conditions } = structuredClone(policy);
    const set = { displayName: 'MFA Rollout - Everybody', state: 'disabled' };
    edit({ ...set, conditions: { ...(conditions as object), clientAppTypes: ['browser'] } });
    const { groupId } = groupOf('direct');
    editGroup(world.world.sandbox, groupOf('direct'), {
      set: { displayName: 'MFA Rollout - one by one' },
      by: SOMEBODY,
    });
    const found = await look();
    const lost = Object.fromEntries(
      found.map(({ kind, object, effect }) => [`${kind} ${object}`, effect?.lost.length]),
    );
    expect(lost).toMatchObject({ 'renamed ENFORCE': 0, 'renamed direct': 0 });
    expect(lost['disabled ENFORCE']).toBeGreaterThan(0);
    expect(lost['edited ENFORCE']).toBeGreaterThan(0);
    edit({ displayName, state, conditions });
    const renamed = found.find(({ object }) => object === 'direct');
    const engineer = await world.app.access.actorOf(ENGINEER, world.customer.id);
    const press = { id: renamed?.id ?? '', verdict: 'accept', digest: renamed?.digest ?? '' } as const;
    expect(await world.app.drift.decide(world.customer, engineer, press)).toMatchObject({ outcome: 'recorded' });
    expect(await world.app.push.undo(world.customer, BY)).toMatchObject({ state: 'undone', objects: [] });
    expect(tenantOf(world.world).groups.map(({ group }) => group.id)).not.toContain(groupId);
    expect(writableParts(world.world)).toEqual(world.before);
  },
  ROUND_MS,
);

it(
  'a group that a rule fills and a right that is gone are told with the way out, and everything else is taken back',
  async () => {
    const { sandbox } = world.world;
    const exceptions = groupOf('exceptions');
    const rule = (groupTypes: string[], membershipRule: string | null) =>
      editGroup(sandbox, exceptions, { set: { groupTypes, membershipRule }, by: SOMEBODY });
    rule(['DynamicMembership'], '(user.department -eq "Sales")');
    sandbox.faults.put({ id: 'no', vendor: 'graph', template: '/groups/{id}', method: 'DELETE', status: 403 });
    const undone = await world.app.push.undo(world.customer, BY);
    const why = new Map(undone.steps.flatMap((one) => (one.state === 'left' ? [[one.step, one.why ?? '']] : [])));
    expect(why.get('members.exceptions')).toContain('make its membership assigned again');
    expect(why.get('group.direct')).toContain('grant Group.ReadWrite.All');
    expect([...why.keys()].filter((step) => step.startsWith('policy'))).toEqual([]);
    const full = [...ownGroups(world.world)].flatMap(([name, { members }]) => (members.length > 0 ? [name] : []));
    expect(full).toEqual(['exceptions']);
    sandbox.faults.clear();
    rule([], null);
    expect(await world.app.push.undo(world.customer, BY)).toMatchObject({ state: 'undone', objects: [] });
    expect(writableParts(world.world)).toEqual(world.before);
  },
  ROUND_MS,
);

it(
  'a phase that cannot be taken out for want of a right keeps nobody waiting: the right is named, once',
  async () => {
    await enforced();
    const { sandbox } = world.world;
    const template = '/identity/conditionalAccess/policies/{id}';
    sandbox.faults.put({ id: 'no', vendor: 'graph', template, method: 'PATCH', status: 403 });
    const told = expect.stringContaining('grant Policy.Read.All') as string;
    const left = await world.app.undoEverything.undo(world.customer, BY);
    expect(left).toMatchObject({ state: 'standing', left: [{ step: `phase ${phase}`, why: told }] });
    await expect(world.app.push.undo(world.customer, BY)).rejects.toMatchObject({ code: 'permission_missing' });
    expect(ownPolicies(world.world).get('ENFORCE')?.state).toBe('enabled');
    expect(await journalled(world.app, world.customer, 'phase.withdraw.delayed')).toMatchObject([
      { facts: { phase, code: 'permission_missing', why: told } },
    ]);
    sandbox.faults.clear();
    await vi.waitUntil(async () => (await world.enforcement.enforced(world.customer.id)).length === 0, ROUND_MS);
    expect(await world.app.undoEverything.undo(world.customer, BY)).toEqual({ state: 'undone', left: [] });
    expect(writableParts(world.world)).toEqual(world.before);
  },
  ROUND_MS,
);

it(
  'a group that is taken out of the policy and deleted costs its people cover by either, and both are put back',
  async () => {
    await enforced();
    const { customer, app } = world;
    const { conditions, id } = structuredClone(ownPolicies(world.world).get('ENFORCE') ?? {}) as {
      id: string;
      conditions: { users: { includeGroups: string[] } };
    };
    enforceId = id;
    const gone = groupOf(`phase - ${phase}`);
    const includeGroups = conditions.users.includeGroups.filter((one) => one !== gone.groupId);
    edit({ conditions: { ...conditions, users: { ...conditions.users, includeGroups } } });
    removeGroup(world.world.sandbox, gone, SOMEBODY);
    const engineer = await app.access.actorOf(ENGINEER, customer.id);
    const found = await look();
    expect(found.map(({ aspect }) => aspect).sort()).toEqual(['group', 'policy']);
    for (const { severity, effect } of found) expect([severity, effect?.lost.length]).not.toContain(0);
    const edited = found.find(({ aspect }) => aspect === 'policy');
    expect(edited?.offers.accept).toMatchObject({ yes: true, two: expect.anything() as unknown });
    for (const aspect of ['group', 'policy']) {
      const one = (await look()).find((finding) => finding.aspect === aspect);
      const press = { id: one?.id ?? '', verdict: 'restore', digest: one?.digest ?? '' } as const;
      const outcome = await app.drift.decide(customer, engineer, press);
      if (outcome.outcome !== 'recorded' || outcome.job === null) throw new Error(JSON.stringify(outcome));
      await app.drift.settled(customer, outcome.job);
      expect(await app.drift.find(customer, press.id)).toMatchObject({ state: 'restored', failure: null });
    }
    expect(await look()).toEqual([]);
    const now = ownPolicies(world.world).get('ENFORCE')?.conditions as typeof conditions;
    expect(now.users.includeGroups).toContain(groupOf(`phase - ${phase}`).groupId);
    expect(await app.push.undo(customer, BY)).toMatchObject({ state: 'undone', objects: [] });
    expect(writableParts(world.world)).toEqual(world.before);
  },
  ROUND_MS,
);

async function enforced(): Promise<void> {
  world.phases.set(phase, 'ready');
  await approve(world, phase);
  expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
}

function groupOf(name: string): { tenantId: string; groupId: string } {
  return { tenantId: world.customer.id, groupId: ownGroups(world.world).get(name)?.id ?? '' };
}

/** One look of the watch; gives what stands open. */
async function look() {
  const { app, customer } = world;
  const job = { customerId: customer.id, key: 'drift.poll:undo', attempt: 1, isLastAttempt: false, signal: app.signal };
  const save = await app.drift.kinds['drift.poll']?.prepare({})?.(job);
  await app.database.withCustomer(customer.id, async (tx) => save?.(tx));
  const { findings } = await app.drift.list(customer, await app.access.actorOf(ENGINEER, customer.id));
  return findings.filter(({ state }) => state === 'open');
}

function killOnceAt(point: string): void {
  let isKilled = false;
  world.hooks.stopPoint = (name) => {
    if (name !== point || isKilled) return;
    isKilled = true;
    throw new Killed(point);
  };
}
