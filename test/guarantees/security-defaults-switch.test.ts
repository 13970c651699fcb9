/**
 * Security Defaults give way in one step or not at all, and come back the same way: at every call of the switch something
 * fails, is lost or is done by somebody else, in tenants of each behaviour of "on while policies are enabled". What stands
 * at the end is judged by the sandbox: as before, or as planned, and everybody protected.
 */
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOpenFlips } from '../../src/rollout/policy/enforce/enforce.store.ts';
import { policyFingerprint } from '../../src/rollout/policy/managed-objects.core.ts';
import { editPolicy, putPolicy, removePolicy, switchSecurityDefaults } from '../../src/sandbox/other-admins.ts';
import { setTenantOptions } from '../../src/sandbox/people.ts';
import type { WriteOptions } from '../../src/sandbox/state/options.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { ask, Killed, runOnce } from '../support/enforce-world.ts';
import { journalled, tenantOf } from '../support/push-world.ts';
import { type Dice, diceOf } from '../support/random-dice.ts';
import {
  approveEverything,
  EVERYONE,
  releasedIn,
  type SwitchWorld,
  startSwitchWorld,
} from '../support/switch-world.ts';

const FULL = process.env.MFA_GUARANTEES === 'full';
const RUNS = FULL ? 1_000 : 24;
const SEED = process.env.MFA_GUARANTEES_SEED ?? String(randomInt(1_000_000_000));
const SETUP_MS = 240_000;
const ALL_MS = FULL ? 3_600_000 : 240_000;

const DEFAULTS = '/policies/identitySecurityDefaultsEnforcementPolicy';
const POLICY = '/identity/conditionalAccess/policies/{id}';
const POLICIES = '/identity/conditionalAccess/policies';
const SOMEBODY = 'admin@contoso.example';
const FOREIGN = '0f0e1900-0000-4000-8000-000000000001';

let world: SwitchWorld;
let before: Standing;
beforeAll(async () => {
  world = await startSwitchWorld(91);
  // Every job is run here, by one alone: whom the worker found half done would hold its turn until he tries again.
  await world.app.worker.stop();
  before = standing();
}, SETUP_MS);
afterAll(() => world.stop());

type Standing = { defaultsOn: boolean; policies: Map<string, { name: string; state: string; meaning: string }> };

function standing(): Standing {
  const { securityDefaults, conditionalAccessPolicies } = tenantOf(world.world);
  const told = (policy: GraphObject) => ({
    name: String(policy.displayName),
    state: String(policy.state),
    meaning: policyFingerprint({ ...policy, state: '' }),
  });
  return {
    defaultsOn: securityDefaults.isEnabled === true,
    policies: new Map(conditionalAccessPolicies.map((policy) => [String(policy.id), told(policy)])),
  };
}

const enforceId = () => [...before.policies].find(([, { name }]) => name === 'MFA Rollout - ENFORCE')?.[0] ?? '';
const isMicrosofts = (name: string) => name.startsWith('Microsoft-managed');

/** What came to stand: both ends leave every other policy as it was; Microsoft's may have appeared, and only report. */
function endOf(now: Standing): 'before' | 'planned' | 'neither' {
  const id = enforceId();
  const others = [...before.policies].filter(([other]) => other !== id);
  const areSame = others.every(([other, was]) => JSON.stringify(now.policies.get(other)) === JSON.stringify(was));
  const enforce = now.policies.get(id);
  const was = before.policies.get(id);
  if (!areSame || enforce === undefined) return 'neither';
  const isBefore = now.defaultsOn && enforce.state === was?.state && enforce.meaning === was.meaning;
  const isQuiet = [...now.policies.values()].every(({ state }) => state !== 'enabled');
  if (isBefore && isQuiet) return 'before';
  return !now.defaultsOn && enforce.state === 'enabled' && reachesAll() ? 'planned' : 'neither';
}

function reachesAll(): boolean {
  const policy = tenantOf(world.world).conditionalAccessPolicies.find(({ id }) => id === enforceId());
  if (policy === undefined) return false;
  const { users } = policy.conditions as { users: { includeUsers: string[]; excludeGroups: string[] } };
  return users.includeUsers.includes('All') && users.excludeGroups.length === 2;
}

/** Numbers from 0 up to 1 that follow from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Trouble = { name: string; arm(): void };

const which = () => ({ tenantId: world.world.setUp.tenantId, policyId: enforceId() });
const KINDS = [
  ['429', { status: 429 }],
  ['500', { status: 500 }],
  ['503', { status: 503 }],
  ['cut', { cut: 'before' }],
  ['lost', { cut: 'before', afterEffect: true }],
] as const;
const CALLS = [
  ['PATCH', DEFAULTS],
  ['PATCH', POLICY],
  ['GET', DEFAULTS],
  ['GET', POLICY],
  ['GET', POLICIES],
] as const;
const POINTS = [
  ...['enforce.noted', 'switch.staged', 'switch.noted', 'switch.off', 'switch.enabled', 'switch.shown'],
  ...['back.noted', 'back.moved', 'back.on', 'back.quiet', 'back.restored', 'withdraw.noted'],
];
const DEEDS: readonly [string, () => void][] = [
  ['defaults on', () => switchSecurityDefaults(world.world.sandbox, which(), { isEnabled: true, by: SOMEBODY })],
  ['defaults off', () => switchSecurityDefaults(world.world.sandbox, which(), { isEnabled: false, by: SOMEBODY })],
  ['disables', () => editPolicy(world.world.sandbox, which(), { set: { state: 'disabled' }, by: SOMEBODY })],
  [
    'enables another',
    () => putPolicy(world.world.sandbox, { ...which(), policyId: FOREIGN }, { policy: foreignPolicy(), by: SOMEBODY }),
  ],
];

const foreignPolicy = () => ({
  displayName: 'Somebody else’s',
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: ['Office365'] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
});

function troubleOf(dice: Dice, index: number): Trouble {
  const fault = (suffix: string): Trouble => {
    const [kind, effect] = dice.one(KINDS);
    const [method, template] = dice.one(CALLS);
    const skip = dice.between(0, method === 'GET' ? 7 : 2);
    const times = dice.chance(0.3) ? 9 : dice.between(1, 3);
    const name = `${kind} at ${method} ${template} after ${skip}, ${times} times`;
    const arm = () => {
      const { faults } = world.world.sandbox;
      faults.put({
        id: `f${suffix}`,
        vendor: 'graph',
        method,
        template,
        times,
        ...(skip === 0 ? {} : { skip }),
        ...effect,
      });
    };
    return { name, arm };
  };
  const atPoint = (): Trouble => {
    const point = dice.one(POINTS);
    const kill = (): void => {
      throw new Killed(point);
    };
    const [deed, act] = dice.chance(0.5) ? dice.one(DEEDS) : (['killed', kill] as const);
    const arm = () => {
      let isDone = false;
      world.hooks.stopPoint = (name) => {
        // After the last look it would be drift, and is found as such.
        if (name !== point || isDone || (deed !== 'killed' && LAST.has(point))) return;
        isDone = true;
        act();
      };
    };
    return { name: `${deed} at ${point}`, arm };
  };
  const parts = [index % 2 === 0 ? fault('a') : atPoint(), ...(dice.chance(0.5) ? [fault('b')] : [])];
  return {
    name: parts.map(({ name }) => name).join(' and '),
    arm: () => {
      for (const { arm } of parts) arm();
    },
  };
}

const LAST = new Set(['switch.shown', 'back.restored']);
const BLOCKED_BY: readonly WriteOptions['securityDefaultsBlockedBy'][] = [
  'nothing',
  'enabledPolicies',
  'enabledOrReportOnly',
];
/** For how long after they went off Graph still refuses to enable a policy. */
const OFF_AFTER_MS = [0, 0, 40, 2_500];
const APPEAR: readonly WriteOptions['managedPoliciesAppear'][] = ['no', 'reportOnly', 'enabled'];

/** Of the runs every tenth goes over HTTPS, the others within the process. */
function chooseWay(index: number): void {
  world.hooks.carry = index % TENTH === 0 ? undefined : world.world.sandbox.carry;
}

const TENTH = 10;

let isUsedUp = true;

/** Works on a change to its end as the queue would, and on everything that it asks for in turn. */
async function workOff(kind: 'enforce' | 'withdraw'): Promise<void> {
  const key = await ask(world, kind, EVERYONE);
  const jobs = [{ kind, key }];
  for (const job of jobs) {
    if (job.kind === 'withdraw') isUsedUp = true;
    await tried(job);
    for (const flip of await world.app.database.withCustomer(world.customer.id, readOpenFlips)) {
      if (!jobs.some((one) => one.key === flip.job)) jobs.push({ kind: flip.kind, key: flip.job });
    }
    if (jobs.length > 12) throw new Error('it never comes to an end');
  }
}

async function tried({ kind, key }: { kind: 'enforce' | 'withdraw'; key: string }): Promise<void> {
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    try {
      await runOnce(world, kind, key, Math.min(attempt, 4));
      return;
    } catch (error) {
      if (attempt === 12) throw error;
    }
  }
}

/** How long nothing protected, by the journal: unknown where the power went between the two calls. */
function toldOf(gaps: readonly (number | null)[]): string {
  const known = gaps.filter((gap) => gap !== null).sort((a, b) => a - b);
  const [least, middle, most] = [known[0], known[Math.floor(known.length / 2)], known.at(-1)];
  return `apiGapMs of all ${gaps.length} switches: min ${least}, median ${middle}, max ${most}; ${gaps.length - known.length} unknown`;
}

/** Everything as it was, by other hands: the next run begins anew. */
async function reset(): Promise<void> {
  world.world.sandbox.faults.clear();
  world.hooks.stopPoint = () => undefined;
  for (const { id, displayName } of tenantOf(world.world).conditionalAccessPolicies) {
    if (id === FOREIGN || isMicrosofts(String(displayName))) {
      removePolicy(world.world.sandbox, { ...which(), policyId: String(id) }, SOMEBODY);
    }
  }
  if (endOf(standing()) === 'planned') await workOff('withdraw');
}

it(
  `${RUNS} switches and ways back in trouble end as before or as planned (seed ${SEED})`,
  async () => {
    const ends = { before: 0, planned: 0 };
    const since = world.world.sandbox.state.seq;
    const looked = new Set<string>();
    const released = await releasedIn(world);
    for (let index = 0; index < RUNS; index += 1) {
      const dice = diceOf(randomOf(Number(SEED) + index));
      const { tenantId } = which();
      chooseWay(index);
      const options = {
        ...{ securityDefaultsBlockedBy: dice.one(BLOCKED_BY), managedPoliciesAppear: dice.one(APPEAR) },
        securityDefaultsOffAfterMs: dice.one(OFF_AFTER_MS),
      };
      setTenantOptions(world.world.sandbox, tenantId, options);
      // Approvals stand until what they were for is taken back.
      if (isUsedUp) await approveEverything(world);
      isUsedUp = false;
      for (const { name } of world.rollout.value.phases) world.phases.set(name, 'ready');
      world.phases.set(EVERYONE, 'approved');
      const trouble = troubleOf(dice, index);
      const isWayBack = index % 4 === 3;
      if (isWayBack) await workOff('enforce');
      trouble.arm();
      await workOff(isWayBack ? 'withdraw' : 'enforce');
      world.world.sandbox.faults.clear();
      const now = standing();
      now.policies.delete(FOREIGN);
      const end = endOf(now);
      const told = `run ${index}, ${isWayBack ? 'way back' : 'switch'}, ${JSON.stringify(options)}: ${trouble.name}`;
      expect(end, `${told}\n${JSON.stringify([...now.policies.values()], null, 1)} ${now.defaultsOn}`).not.toBe(
        'neither',
      );
      if (end !== 'neither') ends[end] += 1;
      // The same policies protect the same people: the sandbox looks once at each that came to stand.
      const key = JSON.stringify([[...now.policies].sort(), now.defaultsOn, standing().policies.has(FOREIGN)]);
      if (looked.has(key)) {
        await reset();
        continue;
      }
      looked.add(key);
      const { lostCover, newlyLockedOut } = world.world.sandbox.watch.look(tenantId, since);
      const lost = lostCover.map(({ userId }) => userId).filter((id) => !(end === 'planned' && released.has(id)));
      expect([lost, newlyLockedOut], told).toEqual([[], []]);
      await reset();
      expect(endOf(standing()), `after ${told}`).toBe('before');
    }
    expect(ends.before).toBeGreaterThan(0);
    expect(ends.planned).toBeGreaterThan(0);
    const gaps = (await journalled(world.app, world.customer, 'security_defaults.switched_off')).map(
      ({ facts }) => (facts as { apiGapMs: number | null }).apiGapMs,
    );
    process.stdout.write(`${RUNS} runs: ${JSON.stringify(ends)}; ${toldOf(gaps)}\n`);
    // Every run that ended as planned, and every way back, began with a switch that the journal tells.
    expect(gaps.length).toBeGreaterThanOrEqual(ends.planned);
    expect(gaps.every((gap) => gap === null || gap >= 0)).toBe(true);
    expect(gaps.some((gap) => gap !== null)).toBe(true);
  },
  ALL_MS,
);

it.each(['switch.staged', 'switch.noted'])(
  'Security Defaults are not asked to go off when somebody takes the policy away at %s, however late',
  async (point) => {
    setTenantOptions(world.world.sandbox, which().tenantId, { securityDefaultsBlockedBy: 'nothing' });
    await approveEverything(world);
    isUsedUp = false;
    world.phases.set(EVERYONE, 'approved');
    world.hooks.stopPoint = (name) => {
      if (name !== point) return;
      world.hooks.stopPoint = () => undefined;
      editPolicy(world.world.sandbox, which(), { set: { state: 'disabled' }, by: SOMEBODY });
    };
    world.world.sandbox.requests.clear();
    await workOff('enforce');
    const asked = world.world.sandbox.requests
      .list()
      .filter(({ method, template }) => method === 'PATCH' && template === DEFAULTS);
    expect(asked).toEqual([]);
    expect(standing().defaultsOn).toBe(true);
    const [refused] = (await journalled(world.app, world.customer, 'security_defaults.returned')).slice(-1);
    expect(refused?.facts).toMatchObject({ code: 'managed_object_changed' });
    await reset();
    expect(endOf(standing())).toBe('before');
  },
  ALL_MS,
);
