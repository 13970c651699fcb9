/**
 * What can be wrong with a push is refused before anything is written, or taken back; whoever pushed is told the reason
 * and the way out, and the journal shows it. A draft that blocks everybody, a tenant without P1 and too few seats are
 * judged before anything is live: S8, S17 and S20 in policy-safety-rules.test.ts.
 */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { AppError } from '../../src/lib/errors.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { changeMembersAs, editGroup, editPolicy, removeGroup } from '../../src/sandbox/other-admins.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import {
  addWrittenCustomer,
  BY,
  decideDraft,
  graphWrites,
  journalled,
  ownGroups,
  ownPolicies,
  signExceptions,
  tenantOf,
  writableParts,
} from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const SOMEBODY = 'admin@contoso.example';
const REPORT_ONLY = 'enabledForReportingButNotEnforced';
const ROUND_MS = 120_000;

let app: App;
let world: RunningSandbox;
let customer: Customer;
let digest: string;
let atStopPoint: (name: string) => void = () => undefined;
beforeAll(async () => {
  world = await startWorld({ seed: 74, size: 100 });
  const stopPoint = (name: string) => atStopPoint(name);
  app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock, stopPoint });
  customer = await addWrittenCustomer(app, world);
  await signExceptions(app, customer);
  digest = await decideDraft(app, customer);
}, ROUND_MS);
afterAll(async () => {
  await app.close();
  await world.stop();
});
beforeEach(() => {
  atStopPoint = () => undefined;
  world.sandbox.faults.clear();
  world.sandbox.requests.clear();
});

/** What a push comes to: its code, what the person is told, and the last line of the journal about it. */
async function pushed(asked = digest, of = customer): Promise<{ code: string; told: string; journal: unknown }> {
  const error = await app.push.push(of, BY, asked).then(
    () => null,
    (thrown: unknown) => thrown as AppError,
  );
  const { event, facts } = (await journalled(app, of, 'policy.push.')).at(-1) ?? {};
  const journal = { event, code: (facts as { code?: string } | undefined)?.code };
  return { code: error?.code ?? 'pushed', told: error?.userMessage ?? '', journal };
}

/** Once, at the first of these points. */
function once(point: string, act: () => void): void {
  atStopPoint = (name) => {
    if (name !== point) return;
    atStopPoint = () => undefined;
    act();
  };
}

const refused = (code: string) => ({ event: 'policy.push.refused', code });
const writes = () => graphWrites(world).filter((call) => call !== 'POST /$batch');

it(
  'a group name that exists twice',
  async () => {
    const other = tenantOf(world).groups.find(({ group }) => group.onPremisesSyncEnabled !== true)?.group;
    const which = { tenantId: customer.id, groupId: other?.id ?? '' };
    editGroup(world.sandbox, which, { set: { displayName: 'MFA Rollout - direct' }, by: SOMEBODY });
    const { code, told, journal } = await pushed();
    editGroup(world.sandbox, which, { set: { displayName: String(other?.displayName) }, by: SOMEBODY });
    expect([code, journal]).toEqual(['group_name_taken', refused('group_name_taken')]);
    expect(told).toContain('MFA Rollout - direct');
    expect(writes()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'a policy edited between review and push',
  async () => {
    const policy = tenantOf(world).conditionalAccessPolicies.find(({ state }) => state !== 'disabled');
    const which = { tenantId: customer.id, policyId: policy?.id ?? '' };
    const before = policy?.state;
    editPolicy(world.sandbox, which, { set: { state: 'disabled' }, by: SOMEBODY });
    const { code, told, journal } = await pushed();
    editPolicy(world.sandbox, which, { set: { state: before }, by: SOMEBODY });
    expect([code, journal]).toEqual(['live_changed', refused('live_changed')]);
    expect(told).toMatch(/was changed\. Run "mfa-rollout sync", look at the draft again, and approve it\./);
    expect(writes()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'exclusions that cannot be resolved: somebody empties the break-glass group before the policies are written',
  async () => {
    const leave: { groupId: string; members: string[] } = { groupId: '', members: [] };
    once('push.policy.begun', () => {
      const declared = customer.settings.declared.breakGlassGroupId;
      leave.groupId = declared ?? ownGroups(world).get('break-glass')?.id ?? '';
      leave.members = [...customer.settings.declared.breakGlass];
      const change = { add: [], remove: leave.members, by: SOMEBODY };
      changeMembersAs(world.sandbox, { tenantId: customer.id, groupId: leave.groupId }, change);
    });
    const { code, told, journal } = await pushed();
    expect([code, journal]).toEqual([
      'break_glass_not_excluded',
      { event: 'policy.push.compensated', code: 'break_glass_not_excluded' },
    ]);
    expect(told).toMatch(/^Only 0 of \d break-glass accounts are in the group .* Everything written was taken back\.$/);
    expect(ownPolicies(world).size).toBe(0);
    if (customer.settings.declared.breakGlassGroupId !== undefined) {
      const which = { tenantId: customer.id, groupId: leave.groupId };
      changeMembersAs(world.sandbox, which, { add: leave.members, remove: [], by: SOMEBODY });
    }
    expect(ownGroups(world).size).toBe(0);
  },
  ROUND_MS,
);

it(
  'an application that loses a right half-way',
  async () => {
    const before = writableParts(world);
    const template = '/identity/conditionalAccess/policies';
    once('push.policy.made', () => {
      world.sandbox.faults.put({ id: 'no', vendor: 'graph', template, method: 'POST', status: 403 });
    });
    const { code, told, journal } = await pushed();
    expect([code, journal]).toEqual([
      'permission_missing',
      { event: 'policy.push.compensated', code: 'permission_missing' },
    ]);
    expect(told).toContain('Everything written was taken back.');
    expect(writableParts(world)).toEqual(before);
  },
  ROUND_MS,
);

it(
  'a push while everything is being taken back',
  async () => {
    const before = writableParts(world);
    const key = 'undo.everything:test';
    await app.database.withCustomer(customer.id, (tx) =>
      enqueue(tx, { kind: 'undo.everything', key, payload: {}, dueAt: new Date('2090-01-01T00:00:00Z') }),
    );
    await expect(app.push.push(customer, BY, digest)).rejects.toMatchObject({ code: 'undo_under_way' });
    expect(writableParts(world)).toEqual(before);
    await app.database.withCustomer(customer.id, (tx) =>
      tx.execute(sql`UPDATE outbox SET state = 'done' WHERE key = ${key}`),
    );
  },
  ROUND_MS,
);

it(
  'two pushes at once: the same draft is pushed once, another is told to wait',
  async () => {
    const other = 'f'.repeat(64);
    let second: Promise<unknown> = Promise.resolve();
    let third: Promise<unknown> = Promise.resolve();
    once('push.started', () => {
      second = app.push.push(customer, BY, digest);
      third = app.push.push(customer, BY, other).catch((error: unknown) => error);
    });
    expect(await app.push.push(customer, BY, digest)).toMatchObject({ state: 'live' });
    expect(await second).toMatchObject({ state: 'live' });
    expect(await third).toMatchObject({
      ...{ code: 'push_under_way' },
      userMessage: 'Another push or undo of this customer is under way. Wait for its end.',
    });
    const live = await journalled(app, customer, 'policy.push.live');
    expect(live).toHaveLength(1);
    expect(graphWrites(world).filter((call) => call === 'POST /identity/conditionalAccess/policies')).toHaveLength(2);
  },
  ROUND_MS,
);

it(
  'a policy that was changed since, when the same draft is pushed again',
  async () => {
    const which = { tenantId: customer.id, policyId: String(ownPolicies(world).get('OBSERVE')?.id) };
    editPolicy(world.sandbox, which, { set: { state: 'disabled' }, by: SOMEBODY });
    const { code, told, journal } = await pushed();
    expect([code, journal]).toEqual(['managed_object_changed', refused('managed_object_changed')]);
    expect(told).toMatch(/Put it back, or undo the push\.$/);
    editPolicy(world.sandbox, which, { set: { state: REPORT_ONLY }, by: SOMEBODY });
  },
  ROUND_MS,
);

it(
  'a draft that names a group which somebody deleted',
  async () => {
    const groupId = ownGroups(world).get('direct')?.id ?? '';
    removeGroup(world.sandbox, { tenantId: customer.id, groupId }, SOMEBODY);
    const { code, told, journal } = await pushed();
    expect([code, journal]).toEqual(['managed_object_changed', refused('managed_object_changed')]);
    expect(told).toContain(`"MFA Rollout - direct" (${groupId}) was changed or deleted by somebody else`);
    expect(writes()).toEqual([]);
  },
  ROUND_MS,
);

it.each([
  ['exceptionGroupId', 75],
  ['breakGlassGroupId', 76],
] as const)(
  'a draft that names a group of the customer’s own (%s) which somebody deleted since it was approved',
  async (property, seed) => {
    const other = await startWorld({ seed, size: 100 });
    try {
      const groups = tenantOf(other).groups.filter(({ group }) => isAssigned(group));
      const groupId = other.setUp.declared[property] ?? groups[0]?.group.id ?? '';
      const owner = await addWrittenCustomer(app, other, (file) => {
        file.declared = { ...(file.declared as object), [property]: groupId };
      });
      await signExceptions(app, owner);
      const approved = await decideDraft(app, owner);
      const before = tenantOf(other).conditionalAccessPolicies.length;
      removeGroup(other.sandbox, { tenantId: owner.id, groupId }, SOMEBODY);
      const { code, told, journal } = await pushed(approved, owner);
      expect([code, journal]).toEqual(['group_unknown', refused('group_unknown')]);
      expect(told).toContain(groupId);
      expect(told).toContain('Correct the group id in the customer file');
      expect(graphWrites(other).filter((call) => call !== 'POST /$batch')).toEqual([]);
      expect(tenantOf(other).conditionalAccessPolicies).toHaveLength(before);
    } finally {
      await other.stop();
    }
  },
  ROUND_MS,
);

function isAssigned({ groupTypes, onPremisesSyncEnabled, mailEnabled }: GraphObject): boolean {
  return onPremisesSyncEnabled !== true && mailEnabled !== true && !(groupTypes as string[]).length;
}
