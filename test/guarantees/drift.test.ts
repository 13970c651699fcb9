/** Each of the nine kinds is found by one look in every tenant, harmless changes never alarm, and a killed restore ends. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import {
  changeMembersAs,
  editPolicy,
  putPolicy,
  removePolicy,
  switchSecurityDefaults,
} from '../../src/sandbox/other-admins.ts';
import { type DriftBench, startDrift } from '../support/drift-world.ts';
import { Killed } from '../support/enforce-world.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import {
  addWrittenCustomer,
  BY,
  decideDraft,
  ownGroups,
  ownPolicies,
  signExceptions,
  tenantOf,
} from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const IS_FULL = process.env.MFA_GUARANTEES === 'full';
const TENANTS = IS_FULL ? 200 : 1;
const HARMLESS = IS_FULL ? 1_000 : 20;
const ROUND_MS = IS_FULL ? 7_200_000 : 120_000;

/** How often the watch looks. */
const POLL_MS = 300_000;

type Place = { world: RunningSandbox; customer: Customer; bench: DriftBench; by: string };

let stopAt: string | null = null;
const worlds = new Set<RunningSandbox>();
let app: App;
// One deployment serves every tenant.
beforeAll(async () => {
  app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock });
}, ROUND_MS);
afterAll(async () => {
  await app.close();
  for (const world of worlds) await world.stop();
});

async function start(seed: number): Promise<Place> {
  const world = await startWorld({ seed, size: 100 });
  worlds.add(world);
  const customer = await addWrittenCustomer(app, world);
  await signExceptions(app, customer);
  await app.push.push(customer, BY, await decideDraft(app, customer));
  switchSecurityDefaults(world.sandbox, { tenantId: customer.id }, { isEnabled: false, by: 'setup' });
  const stopPoint = (name: string) => {
    if (name === stopAt) throw new Killed(name);
  };
  const bench = await startDrift(app, customer, { stopPoint });
  const by = String(tenantOf(world).users[0]?.id);
  const place = { world, customer, bench, by };
  expect(await bench.look()).toEqual([]);
  return place;
}

const policyOf = ({ world, customer }: Place, name: string) => ({
  tenantId: customer.id,
  policyId: String([...ownPolicies(world)].find(([key]) => key.startsWith(name))?.[1].id),
});

function groupOf({ world, customer }: Place, key: 'breakGlass' | 'direct'): { tenantId: string; groupId: string } {
  const made = ownGroups(world).get(key === 'direct' ? 'direct' : 'break-glass')?.id ?? '';
  return {
    tenantId: customer.id,
    groupId: key === 'breakGlass' ? (customer.settings.declared.breakGlassGroupId ?? made) : made,
  };
}

function outside(place: Place, groupId: string): string {
  const { groups, users } = tenantOf(place.world);
  const members = new Set(groups.find(({ group }) => group.id === groupId)?.members.map(({ id }) => id));
  return users.findLast(({ id }) => !members.has(id))?.id ?? '';
}

const EVERYBODY = {
  ...{ displayName: 'Theirs', state: 'enabled', grantControls: { operator: 'OR', builtInControls: ['mfa'] } },
  conditions: {
    ...{ users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
    clientAppTypes: ['all'],
  },
};

/** Each kind by another administrator's hand. */
const KINDS: Readonly<Record<string, (place: Place) => void>> = {
  edited: (place) =>
    editPolicy(place.world.sandbox, policyOf(place, 'OBSERVE'), {
      ...{ set: { grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] } }, by: place.by },
    }),
  renamed: (place) =>
    editPolicy(place.world.sandbox, policyOf(place, 'OBSERVE'), {
      set: { displayName: 'MFA Rollout - OBSERVE 2' },
      by: place.by,
    }),
  disabled: (place) =>
    editPolicy(place.world.sandbox, policyOf(place, 'ENFORCE'), { set: { state: 'disabled' }, by: place.by }),
  securityDefaults: ({ world, customer, by }) =>
    switchSecurityDefaults(world.sandbox, { tenantId: customer.id }, { isEnabled: true, by }),
  mfaElsewhere: ({ world, customer, by }) =>
    putPolicy(
      world.sandbox,
      { tenantId: customer.id, policyId: '22222222-aaaa-4aaa-8aaa-222222222222' },
      { policy: EVERYBODY, by },
    ),
  perUserMfa: ({ world, customer }) => {
    const { perUserMfa, users } = tenantOf(world);
    const userId = users.find(({ id }) => (perUserMfa[id] ?? 'disabled') === 'disabled')?.id ?? '';
    world.sandbox.record({ tenantId: customer.id, type: 'perUserMfa.set', userId, state: 'enabled' });
  },
  breakGlass: (place) => {
    const which = groupOf(place, 'breakGlass');
    changeMembersAs(place.world.sandbox, which, { add: [outside(place, which.groupId)], remove: [], by: place.by });
  },
  membership: (place) => {
    const which = groupOf(place, 'direct');
    changeMembersAs(place.world.sandbox, which, { add: [outside(place, which.groupId)], remove: [], by: place.by });
  },
  deleted: (place) => removePolicy(place.world.sandbox, policyOf(place, 'ENFORCE'), place.by),
};

it(
  `finds all nine kinds within one look, with one list of policies each, in ${TENANTS} tenants`,
  async () => {
    for (let seed = 900; seed < 900 + TENANTS; seed += 1) {
      const place = await start(seed);
      const { deleted, ...others } = KINDS;
      // A deleted policy has no other respect, so that it comes last.
      const kinds = [...shuffled(Object.keys(others), seed), ...(deleted === undefined ? [] : ['deleted'])];
      for (const kind of kinds) {
        place.bench.turn(betweenLooks(seed, kind));
        KINDS[kind]?.(place);
        place.world.sandbox.requests.clear();
        await place.bench.look();
        const found = (await place.bench.open()).map((one) => one.kind);
        expect(found, `seed ${seed}, ${kind}`).toContain(kind);
        const lists = place.world.sandbox.requests
          .list()
          .filter(({ method, template }) => method === 'GET' && template.endsWith('/conditionalAccess/policies'));
        expect(lists, `seed ${seed}, ${kind}`).toHaveLength(1);
      }
      worlds.delete(place.world);
      await place.world.stop();
    }
  },
  ROUND_MS,
);

/** So long after the last look somebody changes something. */
function betweenLooks(seed: number, kind: string): number {
  return (Math.imul(seed * 31 + kind.length * 7919, 2_654_435_761) >>> 0) % POLL_MS;
}

function shuffled(names: readonly string[], seed: number): string[] {
  const keyed = names.map((name, index): [number, string] => [
    (Math.imul(seed + index * 7919, 2_654_435_761) >>> 0) % 997,
    name,
  ]);
  return keyed.sort(([a], [b]) => a - b).map(([, name]) => name);
}

it(
  `alarms over none of ${HARMLESS} harmless changes, and ends a restore that is killed at any point`,
  async () => {
    const place = await start(2_950);
    const { world, bench, by, customer } = place;
    for (let round = 0; round < HARMLESS; round += 1) {
      const policy = ownPolicies(world).get(round % 2 === 0 ? 'ENFORCE' : 'OBSERVE') as {
        conditions: { users: object };
      };
      const { conditions } = policy;
      const groups = (conditions.users as { includeGroups?: string[] }).includeGroups ?? [];
      const users = { ...conditions.users, includeGroups: [...groups].reverse(), includeRoles: [] };
      const set = { conditions: { ...conditions, users, platforms: null }, [`added${round}`]: { isEnabled: null } };
      editPolicy(world.sandbox, policyOf(place, round % 2 === 0 ? 'ENFORCE' : 'OBSERVE'), { set, by });
      expect(await bench.look()).toEqual([]);
    }
    for (const point of ['drift.restore.noted', 'drift.restore.written']) {
      editPolicy(world.sandbox, policyOf(place, 'ENFORCE'), { set: { state: 'disabled' }, by });
      await bench.look();
      const [found] = await bench.open();
      const press = { id: found?.id ?? '', verdict: 'restore', digest: found?.digest ?? '' } as const;
      const outcome = await bench.drift.decide(customer, bench.engineer, press);
      const job = outcome.outcome === 'recorded' ? (outcome.job ?? '') : '';
      stopAt = point;
      await expect(bench.restore(job)).rejects.toThrow(Killed);
      stopAt = null;
      await bench.restore(job, 2);
      expect((await bench.drift.find(customer, press.id))?.state).toBe('restored');
      expect(ownPolicies(world).get('ENFORCE')).toMatchObject({ state: 'enabledForReportingButNotEnforced' });
    }
  },
  ROUND_MS,
);
