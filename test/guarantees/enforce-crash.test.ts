/** A phase is enforced by one change and taken out by one, wherever the work on it ends and whatever answer is lost. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { editPolicy } from '../../src/sandbox/other-admins.ts';
import { verifyJournal } from '../../src/store/journal.ts';
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
import { graphWrites, ownGroups, ownPolicies } from '../support/push-world.ts';

const ROUND_MS = 120_000;
const TEMPLATE = '/identity/conditionalAccess/policies/{id}';
const SOMEBODY = 'admin@contoso.example';

let world: EnforceWorld;
let phase: string;
beforeAll(async () => {
  world = await startEnforceWorld(82);
  [phase = ''] = await phaseNames(world);
}, ROUND_MS);
afterAll(() => world.stop());
beforeEach(() => {
  world.hooks.stopPoint = () => undefined;
  world.world.sandbox.faults.clear();
  world.world.sandbox.requests.clear();
  world.phases.set(phase, 'ready');
});

const changes = () => graphWrites(world.world).filter((call) => call === `PATCH ${TEMPLATE}`).length;
const isIn = () => {
  const policy = ownPolicies(world.world).get('ENFORCE');
  if (policy === undefined) throw new Error('the enforcing policy is there');
  const { users } = policy.conditions as { users: { includeGroups: string[] } };
  return users.includeGroups.includes(ownGroups(world.world).get(`phase - ${phase}`)?.id ?? '');
};

function killOnceAt(point: string): void {
  let isKilled = false;
  world.hooks.stopPoint = (name) => {
    if (name !== point || isKilled) return;
    isKilled = true;
    throw new Killed(point);
  };
}

it.each([
  ['enforce.noted', 'withdraw.noted'],
  ['enforce.filled', 'withdraw.written'],
  ['enforce.written', 'withdraw.noted'],
  ['enforce.shown', 'withdraw.written'],
])(
  'an enforcement ended at %s and a way back ended at %s go on with one change each',
  async (enforcePoint, withdrawPoint) => {
    await approve(world, phase);
    killOnceAt(enforcePoint);
    expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
    expect([changes(), isIn()]).toEqual([1, true]);
    killOnceAt(withdrawPoint);
    expect(await flip(world, 'withdraw', phase)).toMatchObject({ kind: 'withdrawn' });
    expect([changes(), isIn()]).toEqual([2, false]);
    expect(await world.enforcement.enforced(world.customer.id)).toEqual([]);
    const { id } = world.customer;
    expect(await world.app.database.withCustomer(id, (tx) => verifyJournal(tx, id))).toMatchObject({ ok: true });
  },
  ROUND_MS,
);

it(
  'a change whose answer is lost is looked for before anybody makes it again',
  async () => {
    await approve(world, phase);
    const lost = {
      vendor: 'graph',
      template: TEMPLATE,
      method: 'PATCH',
      times: 1,
      afterEffect: true,
      cut: 'before',
    } as const;
    world.world.sandbox.faults.put({ id: 'lost', ...lost });
    expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
    expect([changes(), isIn()]).toEqual([1, true]);
    world.world.sandbox.faults.put({ id: 'lost-again', ...lost });
    expect(await flip(world, 'withdraw', phase)).toMatchObject({ kind: 'withdrawn' });
    expect([changes(), isIn()]).toEqual([2, false]);
  },
  ROUND_MS,
);

it(
  'a policy that somebody edited is not enforced, and a phase is taken out of it all the same',
  async () => {
    await approve(world, phase);
    const which = { tenantId: world.customer.id, policyId: String(ownPolicies(world.world).get('ENFORCE')?.id) };
    const rename = (displayName: string) =>
      editPolicy(world.world.sandbox, which, { set: { displayName }, by: SOMEBODY });
    rename('Renamed by hand');
    expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'refused', code: 'managed_object_changed' });
    rename('MFA Rollout - ENFORCE');
    expect(changes()).toBe(0);
    world.phases.set(phase, 'approved');
    expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
    rename('MFA Rollout - ENFORCE by somebody');
    expect(await flip(world, 'withdraw', phase)).toMatchObject({ kind: 'withdrawn' });
    const edited = ownPolicies(world.world).get('ENFORCE by somebody');
    expect(edited?.state).toBe('enabled');
    rename('MFA Rollout - ENFORCE');
    expect(isIn()).toBe(false);
  },
  ROUND_MS,
);

it(
  'a phase that is taken back before its enforcement began is never enforced',
  async () => {
    await approve(world, phase);
    const enforceKey = await ask(world, 'enforce', phase);
    expect(await flip(world, 'withdraw', phase)).toMatchObject({ kind: 'withdrawn' });
    world.world.sandbox.requests.clear();
    await runOnce(world, 'enforce', enforceKey);
    expect([changes(), isIn()]).toEqual([0, false]);
    expect(await world.enforcement.enforced(world.customer.id)).toEqual([]);
  },
  ROUND_MS,
);
