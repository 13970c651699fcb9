/** A pushed customer whose phases can be approved and enforced: departments stand for phases, jobs are run by hand. */
import { sql } from 'drizzle-orm';
import type { App } from '../../src/compose.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { StopPoint } from '../../src/lib/stop-point.ts';
import type { Actor, Identity } from '../../src/rollout/access/access.core.ts';
import { createPhaseApprovals } from '../../src/rollout/approvals/phase-approval.ts';
import type { PhaseDecided } from '../../src/rollout/approvals/phase-approval-types.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { FlipOutcome } from '../../src/rollout/phases/phase-ports.ts';
import type { Phase, PhasePerson, PhaseState, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { createEnforcement, type Enforcement } from '../../src/rollout/policy/enforce/enforce.ts';
import type { EnforcementDeps } from '../../src/rollout/policy/enforce/enforce-run.ts';
import { rosterOf } from '../../src/rollout/snapshots/answers.ts';
import type { WorldName } from '../../src/sandbox/world/generate.ts';
import type { Carry } from '../../src/services/http-types.ts';
import { hurriedClock } from './hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from './product.ts';
import { addWrittenCustomer, BY, decideDraft, signExceptions, writableParts } from './push-world.ts';
import { embeddedFolder } from './store.ts';

const MSP = '99999999-0000-4000-8000-000000000000';
export const ENGINEER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000001' };
export const APPROVER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000002' };

/** Far enough ahead that no worker takes the effect: the test runs it itself. */
const LATER = new Date('2090-01-01T00:00:00Z');
const WHY = { en: 'Taken back in a test.', de: 'Im Test zurückgenommen.' };

export type EnforceWishes = {
  isSigned?: boolean;
  name?: WorldName;
  /** What happens in the tenant before the product first meets it. */
  prepare?(world: RunningSandbox): void;
};

/** `carry` takes the product's calls to the sandbox within this process; without it they go over TLS. */
type EnforceHooks = { stopPoint: StopPoint; carry?: Carry | undefined };

export type EnforceWorld = Awaited<ReturnType<typeof startEnforceWorld>>;

/** Starts sandbox and product, pushes, and puts a running rollout over the departments. */
export async function startEnforceWorld(seed: number, wishes: EnforceWishes = {}) {
  const { isSigned = true, name = 'reference' } = wishes;
  const world = await startWorld({ seed, size: 100, name });
  wishes.prepare?.(world);
  const hooks: EnforceHooks = { stopPoint: () => undefined };
  const carry: Carry = (url, given) => hooks.carry?.(url, given);
  const stopPoint: StopPoint = (name) => hooks.stopPoint(name);
  const app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock, stopPoint, carry });
  const customer = await addWrittenCustomer(app, world);
  if (isSigned) await signExceptions(app, customer);
  const before = writableParts(world);
  await app.push.push(customer, BY, await decideDraft(app, customer));
  const rollout = await rolloutOf(app, customer);
  const outcomes: FlipOutcome[] = [];
  const phases = fakePhases(app, rollout);
  const flipping: EnforcementDeps = {
    ...{ database: app.database, syncs: app.syncs, drafts: app.drafts, customers: app.customers, access: app.access },
    ...{ phases, clock: hurriedClock, log: silentLog, signal: app.signal, stopPoint },
    outcome: async (_tx, outcome) => {
      outcomes.push(outcome);
      phases.set(outcome.phase, STATE_AFTER[outcome.kind]);
    },
  };
  const enforcement = createEnforcement(flipping);
  const approvals = createPhaseApprovals({
    ...{ database: app.database, clock: hurriedClock, access: app.access, stopPoint: () => undefined, phases },
    preview: enforcement.preview,
  });
  const stop = async () => {
    await app.close();
    await world.stop();
  };
  return { world, before, app, customer, rollout, phases, flipping, enforcement, approvals, outcomes, hooks, stop };
}

const STATE_AFTER = {
  ...{ enforced: 'enforced', withdrawn: 'rolledBack', refused: 'blocked', returned: 'observing', kept: 'enforced' },
} as const satisfies Record<FlipOutcome['kind'], PhaseState>;
const STATE_OF: Record<PhaseDecided['kind'], PhaseState> = {
  ...{ approved: 'approved', hold: 'held', resume: 'ready', rollBack: 'rolledBack' },
};

function fakePhases(app: App, rollout: { value: Rollout }) {
  const set = (name: string, state: PhaseState) => {
    const phases = rollout.value.phases.map((phase) =>
      phase.name === name ? { ...phase, state, revision: phase.revision + 1 } : phase,
    );
    rollout.value = { ...rollout.value, phases };
  };
  return {
    set,
    current: () => Promise.resolve(rollout.value),
    people: (customer: Customer) => peopleOf(app, customer),
    apply: (_tx: unknown, { phase, event }: { phase: string; event: PhaseDecided }) => {
      set(phase, STATE_OF[event.kind]);
      return Promise.resolve();
    },
  };
}

async function peopleOf(app: App, customer: Customer): Promise<PhasePerson[]> {
  const { people } = rosterOf(await app.syncs.stored(customer));
  const { exceptions } = await app.syncs.exceptions(customer);
  const signed = new Map(exceptions.filter((row) => row.signed).map((row) => [row.accountId, row.kind]));
  return people.map((person) => ({
    ...person,
    phase: person.department ?? 'Without department',
    exempt: signed.get(person.accountId) ?? null,
  }));
}

async function rolloutOf(app: App, customer: Customer): Promise<{ value: Rollout }> {
  const people = await peopleOf(app, customer);
  const names = [...new Set(people.map(({ phase }) => phase))].sort();
  const phase = (name: string, ordinal: number): Phase => ({
    ...{ name, ordinal, everyoneElse: name === 'Everyone else', state: 'ready', since: '2026-01-01T00:00:00.000Z' },
    ...{ resumes: null, enforceOn: '2026-01-05', announcedAt: null, windowFrom: null, enforcedAt: null },
    ...{ gates: [], revision: 1 },
  });
  const procedure = {
    ...{ version: 1 as const, name: 'Test', phases: [], messages: {}, sdSwitch: 'last' as const, chaseDaysBefore: 3 },
    ...{ window: { hours: 24, seenPercent: 50 }, stopLine: { percent: 10, people: 5 }, heldBlocksNext: false },
    approvals: { expireAfterHours: 72 },
    calendar: {
      ...{ workdays: [1, 2, 3, 4, 5], enforceFrom: '08:00', enforceUntil: '16:00', fridayUntil: '12:00' },
      ...{ holidays: [], freezes: [] },
    },
  };
  const value: Rollout = {
    ...{ id: 'rollout-1', procedure, startsOn: '2026-01-01', deadline: '2026-12-31', state: 'running' },
    phases: [...names, 'Everyone else'].map(phase),
  };
  return { value };
}

/** Names of the phases with the most people first; the one for everyone else last. */
export async function phaseNames({ app, customer, rollout }: EnforceWorld): Promise<string[]> {
  const people = await peopleOf(app, customer);
  const size = (name: string) => people.filter(({ phase }) => phase === name).length;
  return rollout.value.phases.map(({ name }) => name).sort((a, b) => size(b) - size(a));
}

/** The actor behind an identity as he is now. */
export function actorOf({ app, customer }: EnforceWorld, identity: Identity): Promise<Actor> {
  return app.access.actorOf(identity, customer.id);
}

/** Approves a phase for both sides, everybody who cannot answer by signature. Gives the digest. */
export async function approve(world: EnforceWorld, phase: string, by = [ENGINEER, APPROVER]): Promise<string> {
  const engineer = await actorOf(world, ENGINEER);
  const first = await world.approvals.review(world.customer, engineer, { phase });
  const anyway = first.people.filter(({ readiness, effect }) => readiness === 'notReady' && effect === 'asked');
  const asked = { phase, anyway: anyway.map(({ accountId }) => accountId) };
  const { digest } = await world.approvals.review(world.customer, engineer, asked);
  if (digest === null) throw new Error(`nothing to approve: ${JSON.stringify(first.refusal)}`);
  for (const identity of by) {
    const actor = await actorOf(world, identity);
    const outcome = await world.approvals.decide(world.customer, actor, { ...asked, verdict: 'approve', digest });
    if (outcome.outcome !== 'recorded') throw new Error(`not approved: ${JSON.stringify(outcome)}`);
  }
  return digest;
}

/** Asks for a change and runs its job to its end, as the worker would; what a stop point throws ends one attempt. */
export async function flip(world: EnforceWorld, kind: 'enforce' | 'withdraw', name: string): Promise<FlipOutcome> {
  const key = await ask(world, kind, name);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runOnce(world, kind, key, attempt);
      const outcome = world.outcomes.at(-1);
      if (outcome === undefined) throw new Error('no outcome was told');
      return outcome;
    } catch (error) {
      if (!(error instanceof Killed) && attempt > 3) throw error;
    }
  }
}

/** Thrown from a stop point in place of a power cut: nothing after it happens. */
export class Killed extends Error {}

/** Puts the effect into the outbox; gives its key. */
export async function ask(world: EnforceWorld, kind: 'enforce' | 'withdraw', name: string): Promise<string> {
  const { app, customer, enforcement, rollout } = world;
  const everyoneElse = rollout.value.phases.some((phase) => phase.name === name && phase.everyoneElse);
  const request = { rolloutId: rollout.value.id, phase: { name, everyoneElse }, actor: BY, at: LATER };
  const asked = await app.database.withCustomer(customer.id, (tx) =>
    kind === 'enforce' ? enforcement.askEnforce(tx, request) : enforcement.askWithdraw(tx, { ...request, why: WHY }),
  );
  return asked.key;
}

/** One attempt at a job. */
export async function runOnce(
  { app, customer, enforcement }: EnforceWorld,
  kind: 'enforce' | 'withdraw',
  key: string,
  attempt = 1,
): Promise<void> {
  const run = (enforcement as Enforcement).kinds[`phase.${kind}`]?.prepare({ flip: Number(key.split(':').at(-1)) });
  const signal = new AbortController().signal;
  const save = await run?.({ customerId: customer.id, key, attempt, isLastAttempt: attempt > 3, signal });
  await app.database.withCustomer(customer.id, async (tx) => {
    await save?.(tx);
    // Ended as the worker ends a job: what is queued would go on holding its turn.
    await tx.execute(sql`UPDATE outbox SET state = 'done' WHERE key = ${key} AND state IN ('waiting', 'queued')`);
  });
}
