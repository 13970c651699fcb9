/** Who may decide about a phase, when, and what becomes of it: real grants and decisions, phases and preview are plain. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, systemClock } from '../../src/lib/clock.ts';
import { digestOf } from '../../src/lib/digest.ts';
import type { Identity, Role } from '../../src/rollout/access/access.core.ts';
import { type Access, createAccess } from '../../src/rollout/access/access.ts';
import type { PhaseVerdict } from '../../src/rollout/approvals/phase-approval.core.ts';
import { createPhaseApprovals } from '../../src/rollout/approvals/phase-approval.ts';
import type { PhaseApprovals, PhaseDecided, PhasePress } from '../../src/rollout/approvals/phase-approval-types.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { PhaseState, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import type { Database } from '../../src/store/database.ts';
import { phaseOf, phasePerson, rolloutOf } from '../support/outreach-world.ts';
import { addCustomer, embeddedFolder, openQuietly } from '../support/store.ts';

const HOME = '99999999-0000-4000-8000-000000000000';
const who = (last: string): Identity => ({ tenantId: HOME, objectId: `99999999-0000-4000-8000-00000000000${last}` });
const PEOPLE = {
  eva: { identity: who('1'), roles: ['engineer'], displayName: 'Eva Engineer' },
  emil: { identity: who('2'), roles: ['engineer'], displayName: 'Emil Engineer' },
  ada: { identity: who('3'), roles: ['approver'], displayName: 'Ada Approver' },
  bo: { identity: who('4'), roles: ['engineer', 'approver'], displayName: 'Bo Both' },
  hal: { identity: who('5'), roles: ['helpdesk'], displayName: 'Hal Helpdesk' },
} as const;
type Name = keyof typeof PEOPLE;

const STATES: Record<PhaseDecided['kind'], PhaseState> = {
  ...{ approved: 'approved', hold: 'held', resume: 'ready', rollBack: 'rolledBack' },
};

describe('an approval of a phase', () => {
  let database: Database;
  let access: Access;
  let approvals: PhaseApprovals;
  let customer: Customer;
  let rollout: Rollout;
  let now = systemClock.now();
  /** What enforcing would do now. */
  let world = { users: ['u-1', 'u-2'], policy: 1, usedUpAt: null as string | null };
  let applied: PhaseDecided['kind'][] = [];
  let count = 0;

  beforeAll(async () => {
    database = await openQuietly({ dataDir: embeddedFolder() });
    const id = await addCustomer(database);
    customer = { id, name: 'Contoso', settings: {} } as unknown as Customer;
    const clock = { ...systemClock, now: () => now };
    access = createAccess({
      ...{ database, clock, managersOf: () => Promise.resolve(new Set<string>()) },
      customers: { get: () => Promise.resolve(customer), list: () => Promise.resolve([customer]) },
    });
    approvals = createPhaseApprovals({
      ...{ database, clock, access, stopPoint: () => undefined },
      phases: {
        current: () => Promise.resolve(rollout),
        people: () => Promise.resolve(['u-1', 'u-2'].map((accountId) => phasePerson({ accountId, phase: 'Sales' }))),
        apply: (_tx, { event }) => {
          applied.push(event.kind);
          setState(STATES[event.kind]);
          return Promise.resolve();
        },
      },
      preview: (_customer, _actor, { anyway }) => {
        const { users, policy, usedUpAt } = world;
        const plan = { policyId: 'enforce', groupId: 'sales', isFirst: true, json: { id: 'enforce', policy } };
        const digest = digestOf({ users, policy, anyway: anyway.map((id) => id.toLowerCase()).sort() });
        return Promise.resolve({ digest, plan, users, exempt: [], newlyAsked: users, unregistered: ['u-2'], usedUpAt });
      },
    });
    for (const { identity, roles, displayName } of Object.values(PEOPLE)) {
      for (const role of roles) await access.grant(id, { identity, role, displayName }, 'test');
    }
  });
  afterAll(() => database.close());

  beforeEach(() => {
    count += 1;
    now += DAY_MS;
    world = { users: ['u-1', 'u-2'], policy: 1, usedUpAt: null };
    applied = [];
    rollout = { ...rolloutOf([phaseOf({ name: 'Sales', state: 'ready' })], {}), id: `rollout-${count}` };
  });

  function setState(state: PhaseState): void {
    rollout = { ...rollout, phases: rollout.phases.map((one) => ({ ...one, state, revision: one.revision + 1 })) };
  }

  const actorOf = (name: Name) => access.actorOf(PEOPLE[name].identity, customer.id);
  const shown = async (anyway?: readonly string[]) =>
    approvals.review(customer, await actorOf('eva'), {
      phase: 'Sales',
      ...(anyway === undefined ? {} : { anyway }),
    });
  const press = async (name: Name, verdict: PhaseVerdict, more: Partial<PhasePress> = {}) => {
    const digest = more.digest ?? (await shown(more.anyway)).digest ?? '';
    now += 1_000;
    return approvals.decide(customer, await actorOf(name), { phase: 'Sales', verdict, ...more, digest });
  };
  const grant = (name: Name, role: Exclude<Role, 'manager'>, change: 'grant' | 'revoke') =>
    access[change](customer.id, { ...PEOPLE[name], role }, 'test');

  it.each([
    { by: ['eva', 'ada'], missing: [['customer'], []] },
    { by: ['ada', 'eva'], missing: [['msp'], []] },
    { by: ['eva', 'emil'], missing: [['customer'], ['customer']] },
    { by: ['eva', 'emil', 'ada'], missing: [['customer'], ['customer'], []] },
    { by: ['bo', 'eva'], missing: [['customer'], []] },
    { by: ['bo', 'ada'], missing: [['customer'], []] },
  ] as const)('of $by leaves the sides open that nobody else speaks for', async ({ by, missing }) => {
    const told: unknown[] = [];
    for (const name of by) told.push(await press(name, 'approve'));
    expect(told).toMatchObject(missing.map((sides) => ({ outcome: 'recorded', missing: sides })));
    expect(applied).toEqual(missing.some((sides) => sides.length === 0) ? ['approved'] : []);
  });

  it('of both sides outlives a refused enforcement: once that is mended one press of either sends it on', async () => {
    for (const name of ['eva', 'ada'] as const) await press(name, 'approve');
    setState('blocked');
    expect(await press('ada', 'approve')).toMatchObject({ outcome: 'refused', code: 'phase_not_ready' });
    setState('ready');
    expect(await shown()).toMatchObject({ missing: [] });
    expect(await press('eva', 'approve')).toMatchObject({ outcome: 'recorded', missing: [] });
    expect(applied).toEqual(['approved', 'approved']);
  });

  it('of both sides is asked for anew once what was approved has changed while it was blocked', async () => {
    for (const name of ['eva', 'ada'] as const) await press(name, 'approve');
    setState('blocked');
    world = { ...world, users: ['u-1', 'u-2', 'u-3'] };
    setState('ready');
    expect(await press('eva', 'approve')).toMatchObject({ outcome: 'recorded', missing: ['customer'] });
    expect(applied).toEqual(['approved']);
  });

  it('counts once for one person, who is told when', async () => {
    await press('bo', 'approve');
    const again = await press('bo', 'approve');
    expect(again).toMatchObject({ outcome: 'already', decision: { displayName: 'Bo Both' } });
    expect(again).toHaveProperty(
      'message',
      expect.stringContaining(`Bo Both: approve, ${new Date(now - 1_000).toISOString()}`),
    );
    expect(applied).toEqual([]);
  });

  it('of what has changed since is stale, and what was approved of it before counts no more', async () => {
    const { digest } = await shown();
    await press('eva', 'approve');
    world = { ...world, policy: 2 };
    const late = await press('ada', 'approve', { digest: digest ?? '' });
    const { digest: currentDigest, approvals: standing, missing } = await shown();
    expect(late).toMatchObject({ outcome: 'stale', currentDigest });
    expect(late).toHaveProperty('text.de', expect.stringContaining('Sehen Sie sich den jetzigen Stand'));
    expect([standing, missing]).toEqual([[], ['msp', 'customer']]);
    expect(await press('ada', 'approve')).toMatchObject({ outcome: 'recorded', missing: ['msp'] });
  });

  it('is bound to the list of those who are enforced anyway, and to people of the phase', async () => {
    const signed = await press('eva', 'approve', { anyway: ['U-2'] });
    expect(signed).toMatchObject({ outcome: 'recorded', decision: { anyway: ['u-2'] } });
    // Left out, the list is that of the newest approval.
    expect(await shown()).toMatchObject({ anyway: ['u-2'], missing: ['customer'] });
    expect(await shown([])).toMatchObject({ missing: ['msp', 'customer'] });
    const { digest } = await shown(['u-2']);
    expect(await press('ada', 'approve', { digest: digest ?? '', anyway: [] })).toMatchObject({ outcome: 'stale' });
    expect(await press('ada', 'approve', { anyway: ['stranger'] })).toMatchObject({ code: 'anyway_unknown' });
    expect(await press('ada', 'approve', { digest: digest ?? '' })).toMatchObject({ outcome: 'recorded', missing: [] });
  });

  it('lapses after its hours, and is used up once the phase was taken back', async () => {
    await press('eva', 'approve');
    const { expiresAt } = await shown();
    expect(expiresAt).toBe(new Date(now + 72 * 3_600_000).toISOString());
    now = Date.parse(expiresAt ?? '') - 1;
    expect((await shown()).missing).toEqual(['customer']);
    now += 1;
    expect((await shown()).missing).toEqual(['msp', 'customer']);
    await press('eva', 'approve');
    now += 1_000;
    world = { ...world, usedUpAt: new Date(now).toISOString() };
    expect(await press('ada', 'approve')).toMatchObject({ outcome: 'recorded', missing: ['msp'] });
  });

  it('counts no more when its author has lost the role, and is refused to whoever has lost it meanwhile', async () => {
    await press('eva', 'approve');
    const open = await actorOf('ada');
    const { digest } = await shown();
    await grant('eva', 'engineer', 'revoke');
    await grant('ada', 'approver', 'revoke');
    const late = await approvals.decide(customer, open, { phase: 'Sales', verdict: 'approve', digest: digest ?? '' });
    expect(late).toMatchObject({ outcome: 'refused', code: 'not_your_decision' });
    await grant('ada', 'approver', 'grant');
    const alone = await press('ada', 'approve', { digest: digest ?? '' });
    await grant('eva', 'engineer', 'grant');
    expect(alone).toMatchObject({ outcome: 'recorded', missing: ['msp'] });
  });

  it('is refused to any other role, which sees nothing either', async () => {
    const { digest } = await shown();
    expect(await press('hal', 'approve', { digest: digest ?? '' })).toMatchObject({ code: 'not_your_decision' });
    const seen = approvals.review(customer, await actorOf('hal'), { phase: 'Sales' });
    await expect(seen).rejects.toMatchObject({ code: 'not_yours_to_see' });
  });

  it('of both sides at once is made once, and the loser is told who was faster and when', async () => {
    const { digest } = await shown();
    const both = await Promise.all(
      (['eva', 'ada'] as const).map((name) => press(name, 'approve', { digest: digest ?? '' })),
    );
    expect(both.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded']);
    expect(applied).toEqual(['approved']);
    const last = (await shown()).latest;
    const late = await press('emil', 'approve', { digest: digest ?? '' });
    expect(late).toMatchObject({ outcome: 'already', decision: { id: last?.id } });
    expect(late).toHaveProperty('message', expect.stringContaining(`${last?.displayName}: approve, ${last?.at}`));
  });

  it.each(['finished', 'stopped'] as const)('means nothing in a rollout that is %s', async (state) => {
    const { digest } = await shown();
    rollout = { ...rollout, state };
    for (const verdict of ['approve', 'hold', 'rollBack'] as const) {
      expect(await press('eva', verdict, { digest: digest ?? '' })).toMatchObject({ code: 'rollout_ended' });
    }
    expect(applied).toEqual([]);
  });

  it('waits for a hold, which only somebody who saw it lifts', async () => {
    await press('eva', 'approve');
    const held = await press('ada', 'hold', { digest: 'whatever was shown' });
    expect(held).toMatchObject({ outcome: 'recorded' });
    expect(await press('eva', 'hold')).toMatchObject({ outcome: 'already', decision: { displayName: 'Ada Approver' } });
    expect(await press('emil', 'approve')).toMatchObject({ outcome: 'refused', code: 'phase_not_ready' });
    expect(await press('emil', 'resume')).toMatchObject({ outcome: 'already' });
    const seen = (await shown()).latest?.id ?? '';
    expect(await press('emil', 'resume', { seen })).toMatchObject({ outcome: 'recorded' });
    // What was approved before the hold has to be approved again.
    expect((await shown()).missing).toEqual(['msp', 'customer']);
    expect(applied).toEqual(['hold', 'resume']);
  });

  it('is taken back by one person of either side, once, and asked for again without changing the phase', async () => {
    expect(await press('eva', 'rollBack')).toMatchObject({ code: 'phase_state' });
    await press('eva', 'approve');
    expect(await press('ada', 'askAgain')).toMatchObject({ outcome: 'recorded', missing: [] });
    expect((await shown()).missing).toEqual(['msp', 'customer']);
    expect(rollout.phases[0]?.state).toBe('ready');
    setState('enforced');
    expect(await press('ada', 'rollBack')).toMatchObject({ outcome: 'recorded' });
    expect(await press('eva', 'rollBack')).toMatchObject({
      outcome: 'already',
      decision: { displayName: 'Ada Approver' },
    });
    expect(applied).toEqual(['rollBack']);
  });

  it('leaves a phase in place that everybody’s enforcement reaches anyway', async () => {
    const everyone = phaseOf({ name: 'Everyone else', everyoneElse: true, state: 'enforced' });
    rollout = { ...rollout, phases: [phaseOf({ name: 'Sales', state: 'enforced' }), everyone] };
    expect(await press('eva', 'rollBack')).toMatchObject({ code: 'everyone_enforced' });
  });
});
