/** One job at a time writes a customer's managed policies and groups: whoever comes second reads what the first one left. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { DriftView } from '../../src/rollout/drift/drift.ts';
import { createPersons } from '../../src/rollout/persons/persons.ts';
import type { JsonObject } from '../../src/rollout/policy/graph-json.core.ts';
import { policyFingerprint } from '../../src/rollout/policy/managed-objects.core.ts';
import { createMembers } from '../../src/rollout/policy/members/members.ts';
import { keepTurn, takeTurn } from '../../src/rollout/policy/turn.store.ts';
import { editPolicy } from '../../src/sandbox/other-admins.ts';
import { enqueue } from '../../src/store/outbox.ts';
import type { JobKind } from '../../src/work/job.ts';
import { type DriftBench, startDrift } from '../support/drift-world.ts';
import {
  approve,
  ask,
  type EnforceWorld,
  flip,
  Killed,
  phaseNames,
  runOnce,
  startEnforceWorld,
} from '../support/enforce-world.ts';
import { BY, ownGroups, ownPolicies } from '../support/push-world.ts';

const ROUND_MS = 240_000;
const SOMEBODY = 'admin@contoso.example';
/** Nothing of this id was ever asked for. */
const UNKNOWN = '00000000-0000-4000-8000-0000000000ff';

let world: EnforceWorld;
let bench: DriftBench;
let phase: string;
beforeAll(async () => {
  world = await startEnforceWorld(87);
  await world.app.worker.stop();
  [phase = ''] = await phaseNames(world);
  bench = await startDrift(world.app, world.customer, { stopPoint: (name) => world.hooks.stopPoint(name) });
}, ROUND_MS);
afterAll(() => world.stop());
beforeEach(() => {
  world.hooks.stopPoint = () => undefined;
});

const enforce = () => ownPolicies(world.world).get('ENFORCE') ?? {};
const included = () => (enforce().conditions as { users: { includeGroups: string[] } }).users.includeGroups;
const isIn = () => included().includes(ownGroups(world.world).get(`phase - ${phase}`)?.id ?? '');

/** Somebody else changes ENFORCE; gives the finding and the job that somebody asked for to put it back. */
async function askToRestore(object: 'ENFORCE' | 'OBSERVE' = 'ENFORCE'): Promise<{ found: DriftView; job: string }> {
  const policy = ownPolicies(world.world).get(object) ?? {};
  const which = { tenantId: world.customer.id, policyId: String(policy.id) };
  const { conditions } = policy as { conditions: object };
  const set = { conditions: { ...conditions, clientAppTypes: ['browser'] } };
  editPolicy(world.world.sandbox, which, { set, by: SOMEBODY });
  return askFor((await bench.look()).find((one) => one.state === 'open' && one.object === object));
}

async function askFor(found: DriftView | undefined): Promise<{ found: DriftView; job: string }> {
  if (found === undefined) throw new Error('the change is found');
  const press = { id: found.id, verdict: 'restore', digest: found.digest } as const;
  const outcome = await bench.drift.decide(world.customer, bench.engineer, press);
  if (outcome.outcome !== 'recorded' || outcome.job === null) throw new Error(JSON.stringify(outcome));
  return { found, job: outcome.job };
}

function killAt(point: string): void {
  world.hooks.stopPoint = (name) => {
    if (name === point) throw new Killed(point);
  };
}

/** One attempt at a job of this kind that nobody has asked for before; gives the code with which it ends. */
async function codeOf(kind: JobKind | undefined, payload: object): Promise<string> {
  const job = { customerId: world.customer.id, key: `one-writer:${turns++}`, attempt: 1, isLastAttempt: false };
  const run = kind?.prepare(payload);
  if (run === undefined) throw new Error('the kind takes this payload');
  return run({ ...job, signal: new AbortController().signal }).then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );
}

let turns = 0;

const asWritten = async () => {
  const { rows } = await world.app.database.withCustomer(world.customer.id, (tx) =>
    tx.execute(sql`SELECT fingerprint FROM managed_objects WHERE key = 'ENFORCE'`),
  );
  return policyFingerprint(enforce() as JsonObject) === rows[0]?.fingerprint;
};

/** Every other job that writes policies or groups of the customer. */
async function others(): Promise<Record<string, string>> {
  const { app, flipping, customer } = world;
  const asked = { actor: BY, takeoverId: UNKNOWN, pushId: UNKNOWN };
  const { takeoverId: _takeover, ...push } = asked;
  const { pushId: _push, ...takeover } = asked;
  const person = createPersons({ ...flipping, requests: app.requests });
  const flips = {
    'phase.enforce': await ask(world, 'enforce', phase),
    'phase.withdraw': await ask(world, 'withdraw', phase),
  };
  const number = (key: string) => ({ flip: Number(key.split(':').at(-1)) });
  const found = {
    'phase.enforce': await codeOf(world.enforcement.kinds['phase.enforce'], number(flips['phase.enforce'])),
    'phase.withdraw': await codeOf(world.enforcement.kinds['phase.withdraw'], number(flips['phase.withdraw'])),
    'policy.push': await codeOf(app.push.kinds['policy.push'], push),
    'policy.undo': await codeOf(app.push.kinds['policy.undo'], push),
    'policy.members': await codeOf(createMembers(flipping).kinds['policy.members'], {}),
    'takeover.run': await codeOf(app.takeover.kinds['takeover.run'], takeover),
    'takeover.undo': await codeOf(app.takeover.kinds['takeover.undo'], { ...takeover, after: null }),
    'person.switch': await codeOf(person.kinds['person.switch'], { switch: 0 }),
  };
  for (const key of Object.values(flips))
    await app.database.withCustomer(customer.id, (tx) => tx.execute(sql`DELETE FROM outbox WHERE key = ${key}`));
  await app.database.withCustomer(customer.id, (tx) =>
    tx.execute(sql`UPDATE phase_flips SET state = 'cancelled' WHERE state = 'asked'`),
  );
  return found;
}

it.each(['drift.restore.noted', 'drift.restore.written'])(
  'while drift is half put back, ended at %s, every other write waits, and a way back then takes out what was put back',
  async (point) => {
    await approve(world, phase);
    expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
    const { job } = await askToRestore();
    killAt(point);
    await expect(bench.restore(job)).rejects.toThrow(Killed);
    world.hooks.stopPoint = () => undefined;
    expect(new Set(Object.values(await others()))).toEqual(new Set(['writer_waits']));
    const key = await ask(world, 'withdraw', phase);
    await expect(runOnce(world, 'withdraw', key)).rejects.toMatchObject({ code: 'writer_waits' });
    // What waits for it does not make it wait.
    await bench.restore(job, 2);
    expect([isIn(), await asWritten()]).toEqual([true, true]);
    await runOnce(world, 'withdraw', key, 2);
    expect([isIn(), await asWritten()]).toEqual([false, true]);
    world.phases.set(phase, 'ready');
  },
  ROUND_MS,
);

it.each([
  ['enforce', 'enforce.noted'],
  ['withdraw', 'withdraw.noted'],
  ['enforce', 'enforce.written'],
  ['withdraw', 'withdraw.written'],
] as const)(
  'while a change (%s) is half done, ended at %s, drift waits to be put back, and both end as they were meant',
  async (kind, point) => {
    if (kind === 'enforce') {
      world.phases.set(phase, 'ready');
      await approve(world, phase);
    }
    const key = await ask(world, kind, phase);
    killAt(point);
    await expect(runOnce(world, kind, key)).rejects.toThrow(Killed);
    world.hooks.stopPoint = () => undefined;
    const { job } = await askToRestore('OBSERVE');
    await expect(bench.restore(job)).rejects.toMatchObject({ code: 'writer_waits' });
    await runOnce(world, kind, key, 2);
    await bench.restore(job, 2);
    expect([isIn(), await asWritten()]).toEqual([kind === 'enforce', true]);
    expect((await bench.look()).filter(({ state }) => state === 'open')).toEqual([]);
  },
  ROUND_MS,
);

it(
  'both at once end in one order or the other, with nothing of either lost',
  async () => {
    world.phases.set(phase, 'ready');
    await approve(world, phase);
    await flip(world, 'enforce', phase);
    const { job } = await askToRestore();
    const key = await ask(world, 'withdraw', phase);
    const again = async (attempt: (n: number) => Promise<void>) => {
      for (let n = 1; n < 200; n += 1) {
        const code = await attempt(n).then(
          () => null,
          (error: unknown) => (error as { code: string }).code,
        );
        if (code === null) return;
        expect(['writer_waits', 'drift_waits', 'flip_waits']).toContain(code);
      }
    };
    await Promise.all([
      again((n) => bench.restore(job, n)),
      again((n) => runOnce(world, 'withdraw', key, Math.min(n, 3))),
    ]);
    // What changed under a restore that came second is told again, not written over.
    expect(isIn()).toBe(false);
    const open = (await bench.look()).filter(({ state }) => state === 'open');
    expect(open.length === 0).toBe(await asWritten());
    for (const found of open) await bench.restore((await askFor(found)).job);
    expect([isIn(), await asWritten()]).toEqual([false, true]);
  },
  ROUND_MS,
);

it(
  'a phase is taken out of enforcement while memberships are half written',
  async () => {
    world.phases.set(phase, 'ready');
    await approve(world, phase);
    await flip(world, 'enforce', phase);
    const { app, customer } = world;
    const members = 'policy.members:half-written';
    await app.database.withCustomer(customer.id, async (tx) => {
      const dueAt = new Date(app.clock.now());
      await enqueue(tx, { kind: 'policy.members', key: members, payload: {}, dueAt });
      expect(await takeTurn(tx, members, ['groups'])).toBeNull();
      expect(await keepTurn(tx, members)).toBe(true);
    });
    const { job } = await askToRestore('OBSERVE');
    await expect(bench.restore(job)).rejects.toMatchObject({ code: 'writer_waits' });
    await runOnce(world, 'withdraw', await ask(world, 'withdraw', phase));
    expect([isIn(), await asWritten()]).toEqual([false, true]);
    await app.database.withCustomer(customer.id, (tx) => tx.execute(sql`DELETE FROM outbox WHERE key = ${members}`));
    await bench.restore(job, 2);
  },
  ROUND_MS,
);

it(
  'a job that fails before its first write lets others go first',
  async () => {
    world.phases.set(phase, 'ready');
    await approve(world, phase);
    await flip(world, 'enforce', phase);
    const { job } = await askToRestore('OBSERVE');
    world.world.sandbox.faults.put({ id: 'down', vendor: 'graph', template: '*', status: 503, times: 50 });
    await expect(bench.restore(job)).rejects.toMatchObject({ name: 'VendorUnreachableError' });
    world.world.sandbox.faults.clear();
    await world.app.database.withCustomer(world.customer.id, async (tx) => {
      expect((await tx.execute(sql`SELECT job FROM writing_turns WHERE job = ${job}`)).rows).toEqual([]);
    });
    await bench.restore(job, 2);
  },
  ROUND_MS,
);
