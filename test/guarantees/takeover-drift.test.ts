/**
 * A takeover whose work ends half-way, and another administrator who edits the enforcing policy right then: the watch tells
 * that edit alone, what it puts back waits for the takeover to end, and of neither anything is lost.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { editPolicy } from '../../src/sandbox/other-admins.ts';
import { setPerUserMfa } from '../../src/sandbox/people.ts';
import { type DriftBench, startDrift } from '../support/drift-world.ts';
import { Killed } from '../support/enforce-world.ts';
import { ownPolicies, tenantOf } from '../support/push-world.ts';
import {
  approveTakeover,
  attemptTakeover,
  ENGINEER,
  enforceEveryone,
  resync,
  startTakeoverWorld,
  type TakeoverWorld,
  wholeTenant,
  workTakeover,
} from '../support/takeover-world.ts';

/** One point before and one after a write in the short run. */
const IS_FULL = process.env.MFA_GUARANTEES === 'full';
const FORWARD = [
  ...['takeover.policy.begun', 'takeover.perUser.made'],
  ...(IS_FULL ? ['takeover.observe.begun', 'takeover.observe.made'] : []),
  ...(IS_FULL ? ['takeover.policy.made', 'takeover.perUser.begun'] : []),
];
const BACK = [
  ...['takeover.undo.policy.made', 'takeover.undo.observe.begun'],
  ...(IS_FULL ? ['takeover.undo.perUser.begun', 'takeover.undo.perUser.made'] : []),
  ...(IS_FULL ? ['takeover.undo.policy.begun', 'takeover.undo.observe.made'] : []),
];
const ROUND_MS = 240_000;
const SOMEBODY = 'admin@contoso.example';

let world: TakeoverWorld;
let bench: DriftBench;
let enforced: unknown;
beforeAll(async () => {
  world = await startTakeoverWorld(93);
  await enforceEveryone(world);
  await resync(world);
  await world.app.worker.stop();
  bench = await startDrift(world.app, world.customer);
  enforced = wholeTenant(world.world);
}, ROUND_MS);
afterAll(() => world.stop());
beforeEach(() => {
  world.hooks.stopPoint = () => undefined;
});

async function endAt(point: string): Promise<void> {
  world.hooks.stopPoint = (name) => {
    if (name === point) throw new Killed(point);
  };
  await expect(attemptTakeover(world)).rejects.toThrow(Killed);
  world.hooks.stopPoint = () => undefined;
}

/** Somebody narrows the enforcing policy; gives the job by which it is to be put back. */
async function editedByOthers(): Promise<string> {
  const policy = ownPolicies(world.world).get('ENFORCE') ?? {};
  const which = { tenantId: world.customer.id, policyId: String(policy.id) };
  const conditions = { ...(policy as { conditions: object }).conditions, clientAppTypes: ['browser'] };
  editPolicy(world.world.sandbox, which, { set: { conditions }, by: SOMEBODY });
  await bench.look();
  const open = await bench.open();
  expect(open).toMatchObject([{ kind: 'edited', object: 'ENFORCE' }]);
  const [found] = open;
  const press = { id: found?.id ?? '', verdict: 'restore', digest: found?.digest ?? '' } as const;
  const outcome = await bench.drift.decide(world.customer, bench.engineer, press);
  if (outcome.outcome !== 'recorded' || outcome.job === null) throw new Error(JSON.stringify(outcome));
  return outcome.job;
}

it(
  'what the takeover took out and somebody switches on again a moment later is told',
  async () => {
    await approveTakeover(world);
    expect(await workTakeover(world)).toMatchObject({ state: 'done' });
    await bench.look();
    const { policies, perUserMfa } = enforced as Record<'policies' | 'perUserMfa', Record<string, unknown>>;
    const now = wholeTenant(world.world) as typeof enforced as { policies: object; perUserMfa: object };
    const [userId = ''] = Object.keys(perUserMfa).filter((id) => !(id in now.perUserMfa));
    const policyId =
      tenantOf(world.world).conditionalAccessPolicies.find(
        ({ id, state }) => state === 'disabled' && JSON.stringify(policies[id]).includes('"enabled"'),
      )?.id ?? '';
    setPerUserMfa(world.world.sandbox, { tenantId: world.customer.id, userId }, 'enforced');
    editPolicy(
      world.world.sandbox,
      { tenantId: world.customer.id, policyId },
      { set: { state: 'enabled' }, by: SOMEBODY },
    );
    await bench.look();
    const found = (await bench.open()).map(({ kind, objectId, after }) => [kind, objectId, Object.keys(after)]);
    expect(found).toContainEqual(['mfaElsewhere', policyId, expect.anything()]);
    expect(found).toContainEqual(['perUserMfa', 'perUserMfa', [userId.toLowerCase()]]);
    for (const { id, digest } of await bench.open()) {
      const outcome = await bench.drift.decide(world.customer, bench.engineer, { id, verdict: 'accept', digest });
      expect(outcome).toMatchObject({ outcome: 'recorded' });
    }
    const engineer = await world.app.access.actorOf(ENGINEER, world.customer.id);
    expect(await world.app.takeover.beginUndo(world.customer, engineer)).toEqual({ outcome: 'begun' });
    expect(await workTakeover(world)).toMatchObject({ failure: null });
    expect(wholeTenant(world.world)).toEqual(enforced);
  },
  ROUND_MS,
);

it.each(FORWARD)(
  'ended at %s, the takeover goes back, since others took cover away, and only then the edit is put back',
  async (point) => {
    await approveTakeover(world);
    await endAt(point);
    expect((await bench.look()).filter(({ state }) => state === 'open')).toEqual([]);
    const job = await editedByOthers();
    await expect(bench.restore(job)).rejects.toMatchObject({ code: 'writer_waits' });
    expect(await workTakeover(world)).toMatchObject({ state: null, failure: { code: 'enforce_changed' } });
    await bench.restore(job, 2);
    expect(await bench.open()).toEqual([]);
    expect(wholeTenant(world.world)).toEqual(enforced);
  },
  ROUND_MS,
);

it.each(BACK)(
  'its way back, ended at %s, goes on before the edit is put back',
  async (point) => {
    await approveTakeover(world);
    expect(await workTakeover(world)).toMatchObject({ state: 'done' });
    const engineer = await world.app.access.actorOf(ENGINEER, world.customer.id);
    expect(await world.app.takeover.beginUndo(world.customer, engineer)).toEqual({ outcome: 'begun' });
    await endAt(point);
    const job = await editedByOthers();
    await expect(bench.restore(job)).rejects.toMatchObject({ code: 'writer_waits' });
    expect(await workTakeover(world)).toMatchObject({ failure: null });
    await bench.restore(job, 2);
    expect(await bench.open()).toEqual([]);
    expect(wholeTenant(world.world)).toEqual(enforced);
  },
  ROUND_MS,
);
