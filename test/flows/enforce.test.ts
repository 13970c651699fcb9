import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasRoute } from '../../src/rollout/access-pass/access-pass.ts';
import { createRegistrationGate } from '../../src/rollout/phases/own-gates.ts';
import type { FlipRun } from '../../src/rollout/policy/enforce/enforce-run.ts';
import { endSessions, sessionsToEnd } from '../../src/rollout/policy/enforce/enforce-sessions.ts';
import { setMethods } from '../../src/sandbox/people.ts';
import type { AuthenticationMethod } from '../../src/sandbox/state/events.ts';
import {
  actorOf,
  approve,
  ENGINEER,
  type EnforceWorld,
  flip,
  phaseNames,
  startEnforceWorld,
} from '../support/enforce-world.ts';
import { BY, graphWrites, journalled, ownGroups, ownPolicies } from '../support/push-world.ts';

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
    endsSessions(true);
    expect(await flip(world, 'enforce', two)).toMatchObject({ kind: 'enforced', phase: two });
    endsSessions(false);
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
      ...['phase.enforce.begun', 'phase.enforce.compared', 'phase.enforced'],
      ...['phase.enforce.begun', 'phase.enforce.compared', 'phase.enforced'],
      ...['phase.withdraw.begun', 'phase.withdrawn'],
    ]);
  },
  ROUND_MS,
);

it('ends the sessions of a phase where the procedure says so, of nobody else, and of nobody over the rail', async () => {
  const { app, customer } = world;
  const [one = '', two = ''] = await phaseNames(world);
  const people = await world.phases.people(customer);
  const met = people.filter(
    ({ phase, accountStatus, exempt }) => phase === two && accountStatus === 'enabled' && exempt === null,
  );
  const ended = async () => {
    const rows = await app.database.withCustomer(customer.id, (tx) =>
      tx.execute(sql`SELECT occasion, account_id FROM session_revocations ORDER BY account_id COLLATE "C"`),
    );
    return rows.rows;
  };
  const occasion = `flip:${world.rollout.value.id}:${two}`;
  const wanted = met.map(({ accountId }) => ({ occasion, account_id: accountId }));
  expect(wanted.length).toBeGreaterThan(1);
  expect(await ended()).toEqual(wanted.sort((a, b) => (a.account_id < b.account_id ? -1 : 1)));

  const rails = { ...customer.settings.rails, accountsMax: 1 };
  const narrow = { ...customer, settings: { ...customer.settings, rails } };
  const row = { seq: 1, rolloutId: world.rollout.value.id, actor: BY };
  const run = { deps: world.flipping, customer: narrow, row } as unknown as FlipRun;
  endsSessions(true);
  const ending = await sessionsToEnd(run, [one]);
  endsSessions(false);
  await app.database.withCustomer(customer.id, (tx) => endSessions(run, tx, ending));
  expect(await ended()).toEqual(wanted);
  const [held] = await journalled(app, customer, 'sessions.held');
  expect(held?.facts).toMatchObject({ phases: [one], people: ending[0]?.accountIds.length, accountsMax: 1 });
});

function endsSessions(revokeSessions: boolean): void {
  const { rollout } = world;
  rollout.value = { ...rollout.value, procedure: { ...rollout.value.procedure, revokeSessions } };
}

it(
  'whoever holds a pass that can be used need not be named; a pass that is gone from the tenant lets nobody through',
  async () => {
    const { app, customer, approvals, phases } = world;
    const engineer = await actorOf(world, ENGINEER);
    const names = (await phaseNames(world)).slice(2);
    const reviewed = async (phase: string) => approvals.review(customer, engineer, { phase });
    const people = await phases.people(customer);
    const stuckIn = async (phase: string) =>
      (await reviewed(phase)).people.filter(({ readiness, effect }) => readiness === 'notReady' && effect === 'asked');
    const stuck = await Promise.all(names.map(async (name) => ({ name, people: await stuckIn(name) })));
    const { name, people: unable } = stuck.find((one) => one.people.length > 0) ?? never();
    for (const { accountId } of unable) await holdsPass(accountId);
    expect(await stuckIn(name)).toEqual([]);
    const gate = createRegistrationGate((id, at) => app.database.withCustomer(id, (tx) => hasRoute(tx, at)));
    const ofPhase = people.filter(({ accountId }) => unable.some((one) => one.accountId === accountId));
    const now = new Date(app.clock.now());
    const context = { customer, rollout: world.rollout.value, people: ofPhase, now };
    const phase = world.rollout.value.phases.find((one) => one.name === name) ?? never();
    expect(await gate({ ...context, phase })).toEqual([]);
    const [later] = await gate({ ...context, phase, now: new Date(now.getTime() + 2 * HOUR_MS) });
    expect(later?.accountIds).toEqual(unable.map(({ accountId }) => accountId).sort());

    const inTenant = (accountId: string, methods: AuthenticationMethod[]) =>
      setMethods(world.world.sandbox, { tenantId: customer.id, userId: accountId }, { methods, reportLagMs: 0 });
    await approve(world, name);
    for (const { accountId } of unable) inTenant(accountId, []);
    expect(await flip(world, 'enforce', name)).toMatchObject({ kind: 'refused', code: 'unregistered_people' });
    const pass = {
      ...{ '@odata.type': '#microsoft.graph.temporaryAccessPassAuthenticationMethod', id: 'p', isUsableOnce: true },
      ...{ startDateTime: new Date(app.clock.now() - 1000).toISOString(), lifetimeInMinutes: 60 },
    };
    for (const { accountId } of unable) inTenant(accountId, [pass]);
    // Both approvals still stand: nothing that they are about has changed.
    phases.set(name, 'approved');
    expect(await flip(world, 'enforce', name)).toMatchObject({ kind: 'enforced', phase: name });
  },
  ROUND_MS,
);

const HOUR_MS = 3_600_000;

/** As the product keeps it once it was issued. */
async function holdsPass(accountId: string): Promise<void> {
  const { app, customer } = world;
  const [from, until] = [app.clock.now() - 1000, app.clock.now() + HOUR_MS].map((ms) => new Date(ms).toISOString());
  await app.database.withCustomer(customer.id, (tx) =>
    tx.execute(sql`
      INSERT INTO access_passes
        (customer_id, id, account_id, state, pass_id, minutes, proof, requests, issued_by, asked_at, starts_at, expires_at)
      VALUES (app_customer(), ${`pass-${accountId}`}, ${accountId}, 'issued', 'p', 60, '{"kind":"callback","note":null}',
        '[]', '{"tenantId":"t","objectId":"o","displayName":null}', ${from}, ${from}, ${until})`),
  );
}

function never(): never {
  throw new Error('the world has it');
}
