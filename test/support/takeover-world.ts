/** A customer whose everyone is enforced and whose rollout is over: the old MFA may be taken out. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { App } from '../../src/compose.ts';
import { DAY_MS } from '../../src/lib/clock.ts';
import type { StopPoint } from '../../src/lib/stop-point.ts';
import type { Identity } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { PhaseEvent } from '../../src/rollout/phases/phase-life.core.ts';
import { canonicalMeaning } from '../../src/rollout/policy/policy-difference.core.ts';
import type { TakeoverReview } from '../../src/rollout/takeover/takeover-review.ts';
import { enrolUser } from '../../src/sandbox/people.ts';
import type { WorldName } from '../../src/sandbox/world/generate.ts';
import { awaitEffect } from '../../src/work/await-effect.ts';
import { Killed } from './enforce-world.ts';
import { hurriedClock } from './hurried-clock.ts';
import { PLAIN_PROCEDURE } from './procedure.ts';
import { type RunningSandbox, startProduct, startWorld, sync } from './product.ts';
import { addWrittenCustomer, BY, decideDraft, signExceptions, tenantOf } from './push-world.ts';
import { embeddedFolder } from './store.ts';

const MSP = '99999999-0000-4000-8000-000000000000';
export const ENGINEER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000001' };
export const APPROVER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000002' };

export type TakeoverWorld = Awaited<ReturnType<typeof startTakeoverWorld>>;

/** Starts sandbox and product and enforces everyone in the single phase of a procedure. */
export async function startTakeoverWorld(seed: number, name: WorldName = 'oldPolicies') {
  const world = await startWorld({ seed, size: 100, name });
  enrolAdministrators(world);
  const hooks: { stopPoint: StopPoint } = { stopPoint: () => undefined };
  const stopPoint: StopPoint = (point) => hooks.stopPoint(point);
  const app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock, stopPoint });
  const customer = await addWrittenCustomer(app, world, (file) => {
    file.rails = { accountsMax: 1_000, percentMax: 100 };
  });
  await signExceptions(app, customer);
  const before = wholeTenant(world);
  const stop = async () => {
    await app.close();
    await world.stop();
  };
  return { world, app, customer, hooks, before, stop };
}

/** An administrator who cannot answer is no part of what is tested here: nobody could be enforced. */
function enrolAdministrators(world: RunningSandbox): void {
  const { users, roleAssignments } = tenantOf(world);
  const holders = new Set(roleAssignments.map(({ principalId }) => principalId));
  const { breakGlass } = world.setUp.declared;
  for (const { id: userId } of users.filter(({ id }) => holders.has(id) && !breakGlass.includes(id))) {
    const who = { tenantId: world.setUp.tenantId, userId };
    for (const method of ['microsoftAuthenticator', 'softwareOath'] as const) {
      enrolUser(world.sandbox, who, { method, reportLagMs: 0 });
    }
  }
}

/** Pushes, runs a rollout with the one phase for everyone, and ends it. */
export async function enforceEveryone({ app, customer }: Pick<TakeoverWorld, 'app' | 'customer'>): Promise<void> {
  await app.push.push(customer, BY, await decideDraft(app, customer));
  // Wherever the customer is, this day has not passed.
  const tomorrow = new Date(hurriedClock.now() + DAY_MS).toISOString().slice(0, 10);
  const procedure = { ...PLAIN_PROCEDURE, phases: [{ name: 'Everyone', people: null, enforceAfterDays: 0 }] };
  const wanted = { procedure, startsOn: tomorrow, deadline: '2099-12-31' };
  const { id: rolloutId } = await app.phases.begin(customer, wanted, BY);
  const phase = { name: 'Everyone', everyoneElse: true };
  const apply = (event: PhaseEvent) =>
    app.database.withCustomer(customer.id, (tx) =>
      app.phases.apply(tx, { rolloutId, phase: phase.name, event, at: new Date(hurriedClock.now()), actor: BY }),
    );
  await apply({ kind: 'announce' });
  await apply({ kind: 'observe' });
  await apply({ kind: 'judged', gates: [] });
  await approvePhase(app, customer, phase.name);
  const asked = await app.database.withCustomer(customer.id, (tx) =>
    app.enforcement.askEnforce(tx, { rolloutId, phase, actor: BY, at: new Date(hurriedClock.now()) }),
  );
  await awaitEffect(app.database, { customerId: customer.id, key: asked.key }, app.signal);
  const [now] = (await app.phases.current(customer.id))?.phases ?? [];
  if (now?.state !== 'enforced') throw new Error(`not enforced: ${JSON.stringify(now?.gates)}`);
  await app.database.withCustomer(customer.id, (tx) => app.phases.finish(tx, rolloutId, new Date(hurriedClock.now())));
}

async function approvePhase(app: App, customer: Customer, phase: string): Promise<void> {
  const engineer = await app.access.actorOf(ENGINEER, customer.id);
  const first = await app.approvals.review(customer, engineer, { phase });
  const anyway = first.people.filter(({ readiness, effect }) => readiness === 'notReady' && effect === 'asked');
  const asked = { phase, anyway: anyway.map(({ accountId }) => accountId) };
  const { digest, refusal } = await app.approvals.review(customer, engineer, asked);
  if (digest === null) throw new Error(`nothing to approve: ${JSON.stringify(refusal)}`);
  for (const identity of [ENGINEER, APPROVER]) {
    const actor = await app.access.actorOf(identity, customer.id);
    const outcome = await app.approvals.decide(customer, actor, { ...asked, verdict: 'approve', digest });
    if (outcome.outcome !== 'recorded') throw new Error(`not approved: ${JSON.stringify(outcome)}`);
  }
}

/** Reads the tenant again, so that what is stored is what stands. */
export async function resync({ app, customer }: Pick<TakeoverWorld, 'app' | 'customer'>): Promise<void> {
  await sync(app, customer, { full: true });
}

/** Approves the present plan for both sides, which begins it. */
export async function approveTakeover({ app, customer }: Pick<TakeoverWorld, 'app' | 'customer'>): Promise<string> {
  const { digest, first } = await app.takeover.show(customer);
  if (digest === null) throw new Error(`nothing to approve: ${JSON.stringify(first)}`);
  for (const identity of [ENGINEER, APPROVER]) {
    const actor = await app.access.actorOf(identity, customer.id);
    const outcome = await app.takeover.decide(customer, actor, { verdict: 'approve', digest });
    if (outcome.outcome !== 'recorded') throw new Error(`not approved: ${JSON.stringify(outcome)}`);
  }
  return digest;
}

const jobRow = z.object({ key: z.string(), kind: z.string(), payload: z.json() });

/** One attempt at the newest takeover's job, as a worker would make it. Throws what a stop point throws. */
export async function attemptTakeover({ app, customer }: Pick<TakeoverWorld, 'app' | 'customer'>, attempt = 1) {
  const { withCustomer } = app.database;
  const { rows } = await withCustomer(customer.id, (tx) =>
    tx.execute(sql`
      SELECT key, kind, payload FROM outbox WHERE key = (SELECT job FROM takeovers ORDER BY seq DESC LIMIT 1)`),
  );
  const { key, kind, payload } = jobRow.parse(rows[0]);
  const { signal } = new AbortController();
  const job = { customerId: customer.id, key, attempt, isLastAttempt: false, signal };
  const save = await app.takeover.kinds[kind]?.prepare(payload)?.(job);
  await withCustomer(customer.id, async (tx) => {
    await save?.(tx);
    await tx.execute(sql`UPDATE outbox SET state = 'done' WHERE key = ${key}`);
  });
}

/** Brings the newest takeover's job to its end; what a stop point throws ends one attempt. */
export async function workTakeover(world: Pick<TakeoverWorld, 'app' | 'customer'>): Promise<TakeoverReview> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await attemptTakeover(world, attempt);
      return await world.app.takeover.show(world.customer);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}

/** Everything this product may change in a tenant, policies by what they mean. */
export function wholeTenant(world: Pick<RunningSandbox, 'sandbox' | 'setUp'>): Record<string, unknown> {
  const { conditionalAccessPolicies, groups, securityDefaults, perUserMfa, authenticationMethods } = tenantOf(world);
  const entries = Object.entries(perUserMfa).filter(([, state]) => state !== 'disabled');
  return structuredClone({
    policies: Object.fromEntries(
      conditionalAccessPolicies.map((policy) => [policy.id, canonicalMeaning(policy)] as const).sort(),
    ),
    groups: groups
      .map(({ group, members }) => ({ ...group, members: members.map(({ id }) => id).sort() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    securityDefaults,
    perUserMfa: Object.fromEntries(entries.sort()),
    methods: Object.fromEntries(
      Object.entries(authenticationMethods).map(([id, methods]) => [id, methods.length] as const),
    ),
  });
}
