import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve, type EnforceWorld, flip, phaseNames, startEnforceWorld } from '../support/enforce-world.ts';
import { graphWrites, journalled, ownGroups, ownPolicies } from '../support/push-world.ts';

const ROUND_MS = 120_000;
const PATCH = 'PATCH /identity/conditionalAccess/policies/{id}';

let world: EnforceWorld;
beforeAll(async () => {
  world = await startEnforceWorld(81);
}, ROUND_MS);
afterAll(() => world.stop());

function enforce(): { state: unknown; includeUsers: unknown; includeGroups: string[]; excludeGroups: string[] } {
  const policy = ownPolicies(world.world).get('ENFORCE');
  if (policy === undefined) throw new Error('the enforcing policy is there');
  const { users } = policy.conditions as { users: Record<string, string[]> };
  return {
    ...{ state: policy.state, includeUsers: users.includeUsers },
    ...{ includeGroups: [...(users.includeGroups ?? [])].sort(), excludeGroups: users.excludeGroups ?? [] },
  };
}

const idOf = (name: string) => ownGroups(world.world).get(name)?.id ?? '';

it(
  'two phases are enforced by one change each, and the second is taken out without touching the first',
  async () => {
    const [one = '', two = ''] = await phaseNames(world);
    const { excludeGroups } = enforce();
    const since = world.world.sandbox.state.seq;

    await approve(world, one);
    world.world.sandbox.requests.clear();
    expect(await flip(world, 'enforce', one)).toMatchObject({ kind: 'enforced', phase: one });
    expect(graphWrites(world.world).filter((call) => call === PATCH)).toHaveLength(1);
    const first = {
      state: 'enabled',
      includeUsers: [],
      includeGroups: [idOf('direct'), idOf(`phase - ${one}`)].sort(),
    };
    expect(enforce()).toEqual({ ...first, excludeGroups });

    await approve(world, two);
    expect(await flip(world, 'enforce', two)).toMatchObject({ kind: 'enforced', phase: two });
    const both = [...first.includeGroups, idOf(`phase - ${two}`)].sort();
    expect(enforce()).toEqual({ ...first, includeGroups: both, excludeGroups });
    const { lostCover } = world.world.sandbox.watch.look(world.customer.id, since);
    expect(lostCover).toEqual([]);

    world.world.sandbox.requests.clear();
    expect(await flip(world, 'withdraw', two)).toMatchObject({ kind: 'withdrawn', phase: two });
    expect(graphWrites(world.world).filter((call) => call === PATCH)).toHaveLength(1);
    expect(enforce()).toEqual({ ...first, excludeGroups });
    expect(await world.enforcement.enforced(world.customer.id)).toMatchObject([{ name: one }]);
    const events = (await journalled(world.app, world.customer, 'phase.')).map(({ event }) => event);
    expect(events.filter((event) => !event.startsWith('phase.decided.'))).toEqual([
      ...['phase.enforce.begun', 'phase.enforced', 'phase.enforce.begun', 'phase.enforced'],
      ...['phase.withdraw.begun', 'phase.withdrawn'],
    ]);
  },
  ROUND_MS,
);
