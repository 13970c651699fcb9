/** Undoing a push after phases were enforced: nobody is taken out of what an enabled policy leaves out. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { objectOf, textsOf } from '../../src/rollout/policy/graph-json.core.ts';
import { editPolicy } from '../../src/sandbox/other-admins.ts';
import { approve, type EnforceWorld, flip, Killed, phaseNames, startEnforceWorld } from '../support/enforce-world.ts';
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
  world.phases.set(phase, 'ready');
  await approve(world, phase);
  expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
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
    world.phases.set(phase, 'ready');
    await approve(world, phase);
    expect(await flip(world, 'enforce', phase)).toMatchObject({ kind: 'enforced' });
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

function killOnceAt(point: string): void {
  let isKilled = false;
  world.hooks.stopPoint = (name) => {
    if (name !== point || isKilled) return;
    isKilled = true;
    throw new Killed(point);
  };
}
