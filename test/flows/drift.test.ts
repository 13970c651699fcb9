/** What other administrators change of the rollout's own objects is found at the next look, told, put back or accepted. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { DriftOutcome, DriftView } from '../../src/rollout/drift/drift.ts';
import { DRIFT_TEXTS } from '../../src/rollout/drift/drift-texts.core.ts';
import { readMemberRun, saveMemberRun } from '../../src/rollout/policy/members/members.store.ts';
import {
  changeMembersAs,
  editGroup,
  editPolicy,
  putPolicy,
  removeGroup,
  removePolicy,
  switchSecurityDefaults,
} from '../../src/sandbox/other-admins.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { type DriftBench, startDrift } from '../support/drift-world.ts';
import { Killed } from '../support/enforce-world.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { startProduct, startWorld } from '../support/product.ts';
import {
  addWrittenCustomer,
  BY,
  decideDraft,
  ownGroups,
  ownPolicies,
  signExceptions,
  tenantOf,
  writableParts,
} from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const ROUND_MS = 120_000;
const HOUR_MS = 3_600_000;

let world: Awaited<ReturnType<typeof startWorld>>;
let app: Awaited<ReturnType<typeof startProduct>>;
let customer: Customer;
let bench: DriftBench;
let by = '';
let pushed: unknown;
let stopAt: string | null = null;
beforeAll(async () => {
  world = await startWorld({ seed: 31, size: 100 });
  app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock });
  customer = await addWrittenCustomer(app, world);
  await signExceptions(app, customer);
  await app.push.push(customer, BY, await decideDraft(app, customer));
  // What a decision asks for is run by hand: two at one job would make a race of every test.
  await app.worker.stop();
  const stopPoint = (name: string) => {
    if (name === stopAt) throw new Killed(name);
  };
  bench = await startDrift(app, customer, { stopPoint });
  by = String(tenantOf(world).users.find(({ accountEnabled }) => accountEnabled === true)?.id);
  pushed = likeness();
}, ROUND_MS);
afterAll(async () => {
  await app.close();
  await world.stop();
});

/** The tenant without the instants that every write leaves. */
function likeness(): unknown {
  return JSON.parse(
    JSON.stringify(writableParts(world), (key, value: unknown) => (key === 'modifiedDateTime' ? null : value)),
  );
}

const policyOf = (name: string) => ({ tenantId: customer.id, policyId: String(ownPolicies(world).get(name)?.id) });
const groupOf = (name: string) => ({ tenantId: customer.id, groupId: ownGroups(world).get(name)?.id ?? '' });
const exceptionGroup = () => ({
  tenantId: customer.id,
  groupId: customer.settings.declared.exceptionGroupId ?? groupOf('exceptions').groupId,
});
const breakGlassGroup = () => ({
  tenantId: customer.id,
  groupId: customer.settings.declared.breakGlassGroupId ?? groupOf('break-glass').groupId,
});

async function foundAlone(): Promise<DriftView> {
  await bench.look();
  const open = await bench.open();
  expect(open).toHaveLength(1);
  return open[0] as DriftView;
}

function decide(view: DriftView, verdict: 'restore' | 'accept', digest = view.digest): Promise<DriftOutcome> {
  return bench.drift.decide(customer, bench.engineer, { id: view.id, verdict, digest });
}

async function restoreOne(view: DriftView): Promise<DriftView | null> {
  const outcome = await decide(view, 'restore');
  if (outcome.outcome !== 'recorded' || outcome.job === null) throw new Error(JSON.stringify(outcome));
  await bench.restore(outcome.job);
  return bench.drift.find(customer, view.id);
}

it('tells nothing where nobody but us wrote', async () => {
  expect(await bench.look()).toEqual([]);
  expect(await bench.look()).toEqual([]);
});

it(
  'finds an edited policy with its effect and its actor, and restores it to the letter',
  async () => {
    const { conditions } = ownPolicies(world).get('OBSERVE') as { conditions: object };
    const locations = { includeLocations: ['All'], excludeLocations: ['AllTrusted'] };
    const set = { conditions: { ...conditions, clientAppTypes: ['browser'], locations } };
    editPolicy(world.sandbox, policyOf('OBSERVE'), { set, by });
    const found = await foundAlone();
    expect(found).toMatchObject({ kind: 'edited', object: 'OBSERVE', severity: 2 });
    expect(found.effect?.sentence.en).toBe('No effect on anybody’s cover.');
    expect(found.after).toMatchObject({ 'conditions.clientAppTypes': ['browser'] });
    expect(found.actor).toBe(null);
    world.sandbox.record({ tenantId: customer.id, type: 'options.set', options: { auditDelayMs: [0, 0] } });
    await bench.look();
    expect((await bench.drift.find(customer, found.id))?.actor).toMatchObject({ kind: 'user', id: by });
    expect(await restoreOne(found)).toMatchObject({ state: 'restored', decidedBy: { displayName: 'Eva Engineer' } });
    expect(likeness()).toEqual(pushed);
    expect(await decide(found, 'restore')).toMatchObject({ outcome: 'already' });
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'writes nothing on its last attempt while another write of ours is under way',
  async () => {
    const { conditions } = ownPolicies(world).get('OBSERVE') as { conditions: object };
    const edited = { ...conditions, clientAppTypes: ['browser'] };
    editPolicy(world.sandbox, policyOf('OBSERVE'), { set: { conditions: edited }, by });
    const found = await foundAlone();
    const at = new Date(app.clock.now());
    const kept = await app.database.withCustomer(customer.id, async (tx) => {
      const run = await readMemberRun(tx);
      const answer = run?.answer ?? { held: null, changes: [], findings: [], skipped: null };
      await saveMemberRun(tx, { job: 'somebody.writes', state: 'writing', answer }, at);
      const dueAt = new Date(at.getTime() + 240 * HOUR_MS);
      await enqueue(tx, { kind: 'person.switch', key: 'somebody.writes', payload: { switch: 0 }, dueAt });
      return answer;
    });
    const outcome = await decide(found, 'restore');
    if (outcome.outcome !== 'recorded' || outcome.job === null) throw new Error(JSON.stringify(outcome));
    await expect(bench.restore(outcome.job)).rejects.toMatchObject({ code: 'drift_waits' });
    await bench.restore(outcome.job, 9, true);
    expect(await bench.drift.find(customer, found.id)).toMatchObject({ state: 'open', failure: DRIFT_TEXTS.busy });
    expect(ownPolicies(world).get('OBSERVE')).toMatchObject({ conditions: { clientAppTypes: ['browser'] } });
    await app.database.withCustomer(customer.id, (tx) =>
      saveMemberRun(tx, { job: 'somebody.writes', state: 'done', answer: kept }, at),
    );
    expect(await restoreOne(found)).toMatchObject({ state: 'restored' });
    expect(likeness()).toEqual(pushed);
  },
  ROUND_MS,
);

it(
  'keeps whom the log named while it was being put back, and waits for a takeover',
  async () => {
    world.sandbox.record({ tenantId: customer.id, type: 'options.set', options: { auditDelayMs: [HOUR_MS, HOUR_MS] } });
    const which = policyOf('OBSERVE');
    editPolicy(world.sandbox, which, { set: { displayName: 'MFA Rollout - Other' }, by });
    const found = await foundAlone();
    expect(found.actor).toBe(null);
    const dueAt = new Date(app.clock.now() + 240 * HOUR_MS);
    const payload = { actor: { kind: 'system', name: 'test' }, takeoverId: '00000000-0000-4000-8000-000000000001' };
    await app.database.withCustomer(customer.id, (tx) =>
      enqueue(tx, { kind: 'takeover.run', key: 'takeover.waits', payload, dueAt }),
    );
    const outcome = await decide(found, 'restore');
    const job = outcome.outcome === 'recorded' ? (outcome.job ?? '') : '';
    await expect(bench.restore(job)).rejects.toMatchObject({ code: 'drift_waits' });
    await app.database.withCustomer(customer.id, (tx) =>
      tx.execute(sql`UPDATE outbox SET state = 'done' WHERE key = 'takeover.waits'`),
    );
    world.sandbox.record({ tenantId: customer.id, type: 'options.set', options: { auditDelayMs: [0, 0] } });
    await bench.restoreWhile(job, async () => {
      await bench.look();
    });
    expect(await bench.drift.find(customer, found.id)).toMatchObject({ state: 'restored', actor: { id: by } });
  },
  ROUND_MS,
);

it(
  'asks right before the write whether a break-glass account would be taken out',
  async () => {
    const { groupId } = exceptionGroup();
    const inside = tenantOf(world).groups.find(({ group }) => group.id === groupId)?.members ?? [];
    const [account = ''] = customer.settings.declared.breakGlass;
    expect(inside.every(({ id }) => id !== account)).toBe(true);
    changeMembersAs(world.sandbox, exceptionGroup(), { add: [account], remove: [], by });
    const undeclared = { ...customer.settings, declared: { ...customer.settings.declared, breakGlass: [] } };
    const found = await foundAlone();
    expect(await decide(found, 'restore')).toMatchObject({ outcome: 'refused', code: 'break_glass_inside' });
    const press = { id: found.id, verdict: 'restore', digest: found.digest } as const;
    const outcome = await bench.drift.decide({ ...customer, settings: undeclared }, bench.engineer, press);
    await bench.restore(outcome.outcome === 'recorded' ? (outcome.job ?? '') : '');
    expect(await bench.drift.find(customer, found.id)).toMatchObject({
      ...{ state: 'open', failure: DRIFT_TEXTS.emergencyInside },
    });
    expect(tenantOf(world).groups.find(({ group }) => group.id === groupId)?.members).toContainEqual(
      expect.objectContaining({ id: account }),
    );
    changeMembersAs(world.sandbox, exceptionGroup(), { add: [], remove: [account], by });
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'finds a renamed policy, and takes the name over when that is accepted',
  async () => {
    const which = policyOf('OBSERVE');
    editPolicy(world.sandbox, which, { set: { displayName: 'Watch only' }, by });
    const found = await foundAlone();
    expect(found).toMatchObject({ kind: 'renamed', before: { displayName: 'MFA Rollout - OBSERVE' } });
    expect(await decide(found, 'accept', `sha256:${'0'.repeat(64)}`)).toMatchObject({ outcome: 'stale' });
    // A name by which nobody can tell whose policy it is (S30).
    expect(await decide(found, 'accept')).toMatchObject({ outcome: 'refused', code: 'not_named_as_ours' });
    editPolicy(world.sandbox, which, { set: { displayName: 'MFA Rollout - Watch only' }, by });
    expect(await restoreOneToAccepted()).toBe('accepted');
    await bench.look();
    expect(await bench.open()).toEqual([]);
    editPolicy(world.sandbox, which, { set: { displayName: 'MFA Rollout - OBSERVE' }, by });
    expect(await restoreOneToAccepted()).toBe('accepted');
  },
  ROUND_MS,
);

async function restoreOneToAccepted(): Promise<string | undefined> {
  const outcome = await decide(await foundAlone(), 'accept');
  return outcome.outcome === 'recorded' ? outcome.state : undefined;
}

it(
  'finds a policy whose new name the store cannot hold as it is',
  async () => {
    const which = policyOf('OBSERVE');
    const { displayName } = ownPolicies(world).get('OBSERVE') as { displayName: string };
    editPolicy(world.sandbox, which, { set: { displayName: `${displayName} \u0000 \ud800` }, by });
    expect(await restoreOne(await foundAlone())).toMatchObject({ kind: 'renamed', state: 'restored' });
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'finds a switched policy, does not accept the switch, and puts the state back',
  async () => {
    editPolicy(world.sandbox, policyOf('ENFORCE'), { set: { state: 'disabled' }, by });
    const found = await foundAlone();
    expect(found).toMatchObject({ kind: 'disabled', object: 'ENFORCE', severity: 1 });
    expect(await decide(found, 'accept')).toMatchObject({ outcome: 'refused', code: 'state_by_approval' });
    expect(await restoreOne(found)).toMatchObject({ state: 'restored' });
    expect(likeness()).toEqual(pushed);
  },
  ROUND_MS,
);

it(
  'brings a deleted policy back under its id',
  async () => {
    removePolicy(world.sandbox, policyOf('ENFORCE'), by);
    const found = await foundAlone();
    expect(found).toMatchObject({ kind: 'deleted', object: 'ENFORCE' });
    expect(await restoreOne(found)).toMatchObject({ state: 'restored' });
    expect(likeness()).toEqual(pushed);
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'finds a stranger in the group of exceptions, and takes him out',
  async () => {
    const inside = tenantOf(world).groups.find(({ group }) => group.id === exceptionGroup().groupId)?.members ?? [];
    const stranger = tenantOf(world).users.find(({ id }) => inside.every((member) => member.id !== id))?.id ?? '';
    changeMembersAs(world.sandbox, exceptionGroup(), { add: [stranger], remove: [], by });
    const found = await foundAlone();
    expect(found).toMatchObject({ kind: 'membership', object: 'exceptions', after: { [stranger]: 'in' }, severity: 1 });
    const another = tenantOf(world).users.find(({ id }) => id !== stranger && inside.every((one) => one.id !== id))?.id;
    changeMembersAs(world.sandbox, exceptionGroup(), { add: [another ?? ''], remove: [], by });
    const refused = await restoreOne(found);
    expect(refused).toMatchObject({ state: 'open' });
    expect(refused?.failure?.en).toContain('changed again');
    const again = await foundAlone();
    expect(again.id).toBe(found.id);
    expect(await restoreOne(again)).toMatchObject({ state: 'restored' });
    expect(likeness()).toEqual(pushed);
  },
  ROUND_MS,
);

it(
  'finds a break-glass account that was taken out, and puts it back before any policy is written',
  async () => {
    const [account = ''] = customer.settings.declared.breakGlass;
    changeMembersAs(world.sandbox, breakGlassGroup(), { add: [], remove: [account], by });
    editPolicy(world.sandbox, policyOf('ENFORCE'), { set: { displayName: 'Other' }, by });
    await bench.look();
    const open = await bench.open();
    const group = open.find(({ kind }) => kind === 'breakGlass') as DriftView;
    const name = open.find(({ kind }) => kind === 'renamed') as DriftView;
    expect(await decide(group, 'accept')).toMatchObject({ outcome: 'refused', code: 'break_glass_missing' });
    expect((await restoreOne(name))?.failure?.en).toContain('S1');
    expect(await restoreOne(group)).toMatchObject({ state: 'restored' });
    expect(await restoreOne(name)).toMatchObject({ state: 'restored' });
    expect(likeness()).toEqual(pushed);
  },
  ROUND_MS,
);

it(
  'finds Security Defaults, another policy that asks for MFA, and per-user MFA',
  async () => {
    const wereOn = tenantOf(world).securityDefaults.isEnabled;
    switchSecurityDefaults(world.sandbox, { tenantId: customer.id }, { isEnabled: false, by });
    await bench.look();
    switchSecurityDefaults(world.sandbox, { tenantId: customer.id }, { isEnabled: true, by });
    const defaults = await foundAlone();
    expect(defaults).toMatchObject({ kind: 'securityDefaults', offers: { restore: { yes: false } } });
    expect(await decide(defaults, 'accept')).toMatchObject({ outcome: 'recorded' });
    switchSecurityDefaults(world.sandbox, { tenantId: customer.id }, { isEnabled: wereOn, by });
    await bench.look();

    const policyId = '11111111-aaaa-4aaa-8aaa-111111111111';
    const policy = {
      ...{ displayName: 'MFA for everybody', state: 'enabled' },
      conditions: {
        users: { includeUsers: ['All'] },
        applications: { includeApplications: ['All'] },
        clientAppTypes: ['all'],
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    };
    putPolicy(world.sandbox, { tenantId: customer.id, policyId }, { policy, by });
    const elsewhere = await foundAlone();
    expect(elsewhere).toMatchObject({ kind: 'mfaElsewhere', objectId: policyId });
    removePolicy(world.sandbox, { tenantId: customer.id, policyId }, by);
    await bench.look();
    expect((await bench.drift.find(customer, elsewhere.id))?.state).toBe('gone');

    const userId = tenantOf(world).users.find(({ id }) => tenantOf(world).perUserMfa[id] === undefined)?.id ?? '';
    world.sandbox.record({ tenantId: customer.id, type: 'perUserMfa.set', userId, state: 'enforced' });
    const perUser = await foundAlone();
    expect(perUser).toMatchObject({ kind: 'perUserMfa', after: { [userId]: 'on' } });
    const { conditions } = ownPolicies(world).get('ENFORCE') as { conditions: object };
    editPolicy(world.sandbox, policyOf('ENFORCE'), {
      set: { conditions: { ...conditions, clientAppTypes: ['browser'] } },
      by,
    });
    expect(await restoreOne(perUser)).toMatchObject({ state: 'open', failure: DRIFT_TEXTS.oursFirst });
    expect(tenantOf(world).perUserMfa[userId]).toBe('enforced');
    editPolicy(world.sandbox, policyOf('ENFORCE'), { set: { conditions }, by });
    await bench.look();
    expect(await restoreOne(perUser)).toMatchObject({ state: 'restored' });
    expect(tenantOf(world).perUserMfa[userId]).toBe('disabled');
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'finds a group that a rule fills now, and says that the log names nobody after an hour',
  async () => {
    // Who changed the group in what came before must not be taken for whoever did this.
    bench.turn(10 * 60_000);
    await bench.look();
    const set = { groupTypes: ['DynamicMembership'], membershipRule: '(user.department -eq "Sales")' };
    world.sandbox.record({ tenantId: customer.id, type: 'group.patch', groupId: groupOf('direct').groupId, set });
    const found = await foundAlone();
    expect(found).toMatchObject({ kind: 'membership', object: 'direct', after: { membership: 'dynamic' } });
    bench.turn(HOUR_MS + 60_000);
    await bench.look();
    expect((await bench.drift.find(customer, found.id))?.actor).toEqual({ kind: 'unnamed' });
    editGroup(world.sandbox, groupOf('direct'), { set: { groupTypes: [], membershipRule: null }, by });
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);

it.each(['', 'drift.restore.noted', 'drift.restore.half', 'drift.restore.written'])(
  'makes deleted groups anew with their members and lets the policies name them, killed at "%s"',
  async (point) => {
    const was = ownGroups(world);
    const names = ['direct', 'break-glass', 'exceptions'].filter((name) => was.has(name));
    const membersOf = () => names.map((name) => ownGroups(world).get(name)?.members);
    const members = membersOf();
    for (const name of names) removeGroup(world.sandbox, groupOf(name), by);
    await bench.look();
    const open = await bench.open();
    expect(open).toHaveLength(names.length);
    const found = open.find(({ object }) => object === 'direct') as DriftView;
    expect(found).toMatchObject({ severity: 1, after: { exists: false } });
    const outcome = await decide(found, 'restore');
    const job = outcome.outcome === 'recorded' ? (outcome.job ?? '') : '';
    if (point !== '') {
      stopAt = point;
      await expect(bench.restore(job)).rejects.toThrow(Killed);
      stopAt = null;
      // The watch looks while it is half done, and tells nothing of it.
      await bench.look();
      expect(await bench.open()).toHaveLength(names.length - 1);
    }
    await bench.restore(job, 2);
    expect(await bench.drift.find(customer, found.id)).toMatchObject({ state: 'restored', failure: null });
    expect(membersOf()).toEqual(members);
    const text = JSON.stringify([...ownPolicies(world).values()]);
    expect(text).toContain(ownGroups(world).get('direct')?.id);
    for (const name of names) expect(text).not.toContain(was.get(name)?.id);
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'takes a push back over groups that were made anew',
  async () => {
    const undone = app.push.undo(customer, BY).then(() => true);
    const drained = () => app.worker.drain().then(() => false);
    while (!(await Promise.race([undone, drained()])));
    expect([ownGroups(world).size, ownPolicies(world).size]).toEqual([0, 0]);
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);
