/** A tenant with Security Defaults on: phases that wait and then switch together, everybody in one step, and the ways back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Identity } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { type PhaseEvent, WAITS_FOR_SWITCH } from '../../src/rollout/phases/phase-life.core.ts';
import type { Procedure } from '../../src/rollout/phases/phase-types.core.ts';
import { suggestPhases } from '../../src/rollout/phases/procedure.core.ts';
import { procedureSchema } from '../../src/rollout/phases/procedure-file.ts';
import { putPolicy, removePolicy } from '../../src/sandbox/other-admins.ts';
import { setTenantOptions } from '../../src/sandbox/people.ts';
import { attemptSignIns } from '../../src/sandbox/sign-in-attempts.ts';
import { awaitEffect } from '../../src/work/await-effect.ts';
import { APPROVER, ENGINEER } from '../support/enforce-world.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import {
  addWrittenCustomer,
  BY,
  decideDraft,
  journalled,
  ownPolicies,
  signExceptions,
  tenantOf,
  writableParts,
} from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';
import { enrolAdministrators, releasedIn } from '../support/switch-world.ts';

const ROUND_MS = 240_000;
let world: RunningSandbox;
let app: App;
let customer: Customer;
let before: unknown;
beforeAll(async () => {
  world = await startWorld({ seed: 92, size: 100, name: 'securityDefaults' });
  enrolAdministrators(world);
  app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock });
  customer = await addWrittenCustomer(app, world);
  await signExceptions(app, customer);
  before = writableParts(world);
}, ROUND_MS);
afterAll(async () => {
  await app.close();
  await world.stop();
});

const rollout = async () => {
  const found = await app.phases.current(customer.id);
  if (found === null) throw new Error('there is a rollout');
  return found;
};
const states = async () => new Map((await rollout()).phases.map(({ name, state }) => [name, state]));
const lastName = async () => (await rollout()).phases.at(-1)?.name ?? '';
const areDefaultsOn = () => tenantOf(world).securityDefaults.isEnabled;
const enforceNow = () => {
  const policy = ownPolicies(world).get('ENFORCE');
  const { users } = policy?.conditions === undefined ? { users: {} } : (policy.conditions as { users: object });
  return { state: policy?.state, ...users };
};

async function begin(sdSwitch: Procedure['sdSwitch']): Promise<void> {
  const phases = suggestPhases(await app.phases.people(customer));
  const procedure = procedureSchema.parse({
    version: 1,
    name: `Switch ${sdSwitch}`,
    phases,
    sdSwitch,
    revokeSessions: true,
  });
  const day = (ahead: number) => new Date(app.clock.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  await app.phases.begin(customer, { procedure, startsOn: day(1), deadline: day(300) }, BY);
}

const GUESTS_ONLY = {
  users: { includeUsers: ['GuestsOrExternalUsers'] },
  applications: { includeApplications: ['All'] },
};

const words = { en: 'it waits', de: 'sie wartet' };

/** By the events that time and gates bring about, without waiting for either. */
async function happen(phase: string, events: readonly PhaseEvent[]): Promise<void> {
  const { id: rolloutId } = await rollout();
  for (const event of events) {
    const at = new Date(app.clock.now());
    await app.database.withCustomer(customer.id, (tx) =>
      app.phases.apply(tx, { rolloutId, phase, event, at, actor: BY }),
    );
  }
}

async function bringToReady(phase: string, waits: boolean): Promise<void> {
  const gates = waits ? [{ code: WAITS_FOR_SWITCH, rule: 'S14', message: words, clear: words, accountIds: [] }] : [];
  await happen(phase, [{ kind: 'announce' }, { kind: 'observe' }, { kind: 'judged', gates }]);
}

async function decide(identity: Identity, verdict: 'approve' | 'rollBack', phase: string) {
  const actor = await app.access.actorOf(identity, customer.id);
  const anyway = (await app.approvals.review(customer, actor, { phase })).people
    .filter(({ readiness, effect }) => readiness === 'notReady' && effect === 'asked')
    .map(({ accountId }) => accountId);
  const { digest } = await app.approvals.review(customer, actor, { phase, anyway });
  return app.approvals.decide(customer, actor, { phase, verdict, digest: digest ?? '', anyway });
}

/** Approves the last phase for both sides and lets the worker enforce it. */
async function switchOver(): Promise<void> {
  const name = await lastName();
  for (const identity of [ENGINEER, APPROVER]) {
    expect(await decide(identity, 'approve', name)).toMatchObject({ outcome: 'recorded' });
  }
  expect((await states()).get(name)).toBe('approved');
  await enforceLast();
}

async function enforceLast(): Promise<void> {
  const name = await lastName();
  const { id: rolloutId } = await rollout();
  const request = { rolloutId, phase: { name, everyoneElse: true }, actor: BY, at: new Date(app.clock.now()) };
  const { key } = await app.database.withCustomer(customer.id, (tx) => app.enforcement.askEnforce(tx, request));
  await awaitEffect(app.database, { customerId: customer.id, key }, app.signal);
}

it(
  'with "last" the phases wait, nobody approves them one by one, and all are enforced in the step that switches',
  async () => {
    await begin('last');
    await app.push.push(customer, BY, await decideDraft(app, customer));
    const since = world.sandbox.state.seq;
    const { phases } = await rollout();
    const departments = phases.filter(({ everyoneElse }) => !everyoneElse).map(({ name }) => name);
    expect(departments.length).toBeGreaterThanOrEqual(3);
    for (const name of departments) await bringToReady(name, true);
    const [one = ''] = departments;
    expect(await decide(ENGINEER, 'approve', one)).toMatchObject({ outcome: 'refused', code: WAITS_FOR_SWITCH });
    const engineer = await app.access.actorOf(ENGINEER, customer.id);
    expect(await app.approvals.review(customer, engineer, { phase: one })).toMatchObject({
      ...{ waits: true, digest: null, missing: [] },
      refusal: { code: WAITS_FOR_SWITCH, text: { en: expect.stringContaining('Security Defaults are on') as string } },
    });
    expect(enforceNow().state).toBe('enabledForReportingButNotEnforced');

    const last = await lastName();
    await bringToReady(last, false);
    const review = await app.approvals.review(customer, engineer, { phase: last });
    expect([...review.together].sort()).toEqual([...departments].sort());
    await switchOver();
    expect([...new Set((await states()).values())]).toEqual(['enforced']);
    expect(areDefaultsOn()).toBe(false);
    expect(enforceNow()).toMatchObject({ state: 'enabled', includeUsers: ['All'], includeGroups: [] });
    const [told] = await journalled(app, customer, 'security_defaults.switched_off');
    expect(told?.facts).toMatchObject({ apiGapMs: expect.any(Number) as number, propagation: 'unknown' });
    const { id } = await rollout();
    const met = (await app.phases.people(customer)).filter(
      ({ accountStatus, exempt }) => accountStatus === 'enabled' && exempt === null,
    );
    const ends = (await app.sessions.list(customer.id)).map(({ occasion, accountId }) => `${occasion} ${accountId}`);
    expect(ends.sort()).toEqual(met.map(({ phase, accountId }) => `flip:${id}:${phase} ${accountId}`).sort());
    await firstSignInIsTold(met[0]?.accountId ?? '', [...departments, last]);
    const released = await releasedIn({ app, customer });
    const { lostCover, newlyLockedOut } = world.sandbox.watch.look(customer.id, since);
    expect(lostCover.filter(({ userId }) => !released.has(userId))).toEqual([]);
    expect(newlyLockedOut).toEqual([]);
  },
  ROUND_MS,
);

/** One sign-in under enforcement, read twice, is told once: in the journal and to whoever looks at the phase. */
async function firstSignInIsTold(userId: string, phases: readonly string[]): Promise<void> {
  const { sandbox } = world;
  setTenantOptions(sandbox, customer.id, { signInDelayMs: [0, 0] });
  const phase = (await app.phases.people(customer)).find(({ accountId }) => accountId === userId)?.phase ?? '';
  const engineer = await app.access.actorOf(ENGINEER, customer.id);
  const seen = async () => (await app.approvals.review(customer, engineer, { phase })).firstEnforcedSignInAt;
  expect(await seen()).toBeNull();
  const app365 = { appId: '00000002-0000-0ff1-ce00-000000000000', appName: 'Office 365 Exchange Online' };
  const attempt = { userId, ...app365, client: 'Browser', isInteractive: true, isRopc: false, hasMfa: true } as const;
  for (const id of [randomUUID(), randomUUID()]) {
    attemptSignIns(sandbox, customer.id, [{ ...attempt, answers: true, id }]);
    await app.signIns.readNow(customer);
  }
  const told = await journalled(app, customer, 'phase.first_enforced_sign_in');
  expect(told).toHaveLength(1);
  const facts = told[0]?.facts as { phases: string[]; firstEnforcedSignInAt: string };
  expect([...facts.phases].sort()).toEqual([...phases].sort());
  expect(await seen()).toBe(facts.firstEnforcedSignInAt);
}

it(
  'rolling it back leaves everything enforced while a policy of somebody else keeps Security Defaults off, and names it',
  async () => {
    const last = await lastName();
    const which = { tenantId: customer.id, policyId: randomUUID() };
    const own = ownPolicies(world).get('ENFORCE');
    const policy = { ...own, displayName: 'Somebody’s own rule', state: 'enabled', conditions: GUESTS_ONLY };
    putPolicy(world.sandbox, which, { policy, by: 'somebody@contoso.example' });
    const enforced = enforceNow();
    expect(await decide(ENGINEER, 'rollBack', last)).toMatchObject({ outcome: 'recorded' });
    const kept = () => journalled(app, customer, 'phase.withdraw.kept');
    await expect.poll(async () => (await kept()).length, { timeout: 60_000 }).toBe(1);
    expect((await kept())[0]?.facts).toMatchObject({ foreign: ['Somebody’s own rule'] });
    expect((await states()).get(last)).toBe('enforced');
    expect([areDefaultsOn(), enforceNow()]).toEqual([false, enforced]);
    const gates = (await rollout()).phases.find(({ name }) => name === last)?.gates ?? [];
    expect(gates.map(({ message }) => message.en)).toEqual([expect.stringContaining(': Somebody’s own rule. ')]);
    await expect(app.push.undo(customer, BY)).rejects.toMatchObject({
      ...{ code: 'security_defaults_not_switchable' },
      userMessage: expect.stringContaining(': Somebody’s own rule. ') as string,
    });
    removePolicy(world.sandbox, which, 'somebody@contoso.example');
  },
  ROUND_MS,
);

it(
  'rolling it back brings Security Defaults back, and the phases wait again',
  async () => {
    const last = await lastName();
    expect(await decide(ENGINEER, 'rollBack', last)).toMatchObject({ outcome: 'recorded' });
    await expect.poll(async () => (await states()).get(last), { timeout: 60_000 }).toBe('rolledBack');
    expect(areDefaultsOn()).toBe(true);
    expect(enforceNow().state).toBe('enabledForReportingButNotEnforced');
    const others = [...(await states())].filter(([name]) => name !== last).map(([, state]) => state);
    expect([...new Set(others)]).toEqual(['observing']);
    expect(await app.enforcement.enforced(customer.id)).toEqual([]);
  },
  ROUND_MS,
);

it(
  'with "first" there is one phase for everybody, and undoing the push puts the tenant back as it was',
  async () => {
    await app.phases.stop(customer, BY);
    await sync(app, customer);
    await begin('first');
    const { phases } = await rollout();
    expect(phases.map(({ everyoneElse }) => everyoneElse)).toEqual([true]);
    const name = await lastName();
    await bringToReady(name, false);
    for (const identity of [ENGINEER, APPROVER]) await decide(identity, 'approve', name);
    // Refused for something that is mended since: both approvals still stand, and one press sends it on its way again.
    const gate = { code: 'x', rule: null, message: words, clear: words, accountIds: [] };
    await happen(name, [
      { kind: 'refused', gate },
      { kind: 'judged', gates: [] },
    ]);
    expect((await states()).get(name)).toBe('ready');
    expect(await decide(ENGINEER, 'approve', name)).toMatchObject({ outcome: 'recorded', missing: [] });
    expect((await states()).get(name)).toBe('approved');
    await enforceLast();
    expect(areDefaultsOn()).toBe(false);
    expect(enforceNow()).toMatchObject({ state: 'enabled', includeUsers: ['All'] });
    expect(await app.push.undo(customer, BY)).toMatchObject({ state: 'undone', failure: null });
    expect(writableParts(world)).toEqual(before);
    expect(areDefaultsOn()).toBe(true);
  },
  ROUND_MS,
);
