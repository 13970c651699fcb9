import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { dayAfter, dayOf, instantOf, timeOf } from '../../lib/local-time.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import type { Tx } from '../../store/transaction.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import { refreshLine, STOP_LINE_MS } from './after-enforcement.ts';
import { closedGates } from './own-gates.ts';
import { mayAnnounce, mayEnforce, type PhaseEvent } from './phase-life.core.ts';
import type { FlipOutcome, GateSource, PhaseListener } from './phase-ports.ts';
import {
  type Gate,
  PHASE_STATES,
  type Phase,
  type PhasePerson,
  type Rollout,
  type Sentence,
} from './phase-types.core.ts';
import { type Phases, THE_PRODUCT } from './phases.ts';
import { momentRefusal } from './work-days.core.ts';

type FlipAsk = { rolloutId: string; phase: { name: string; everyoneElse: boolean }; actor: Json; at: Date };

/** What brings phases into the enforcing policy and out of it, through the outbox of the caller's transaction. */
export type FlipPort = {
  /** The phase is approved and its time has come. Asked again while it is under way, it changes nothing. */
  askEnforce(tx: Tx, ask: FlipAsk): Promise<unknown>;
  askWithdraw(tx: Tx, ask: FlipAsk & { why: Sentence }): Promise<unknown>;
};

/** A running rollout as it was just looked at, with everybody of the master list. */
export type RolloutLook = { customer: Customer; rollout: Rollout; people: readonly PhasePerson[]; now: Date };

/** Saves rows and puts effects into the outbox, no more. */
export type LookListener = (tx: Tx, look: RolloutLook) => Promise<void>;

export type RolloutJobsDeps = {
  database: Pick<Database, 'withCustomer'>;
  customers: Customers;
  phases: Phases;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  gates: readonly GateSource[];
  listeners: readonly PhaseListener[];
  /** Hear of every look at a running rollout, in the transaction that saves what came of it. */
  onLook: readonly LookListener[];
  flip: FlipPort;
  /** Whether the observing policy is live in the tenant by what is stored. */
  isObserving(customer: Customer): Promise<boolean>;
  /** Whether an enforced phase has to be taken out again (safety rule S12), and whether the logs say enough to tell. */
  stopLine(context: {
    customer: Customer;
    rollout: Rollout;
    phase: Phase;
    people: readonly PhasePerson[];
  }): Promise<{ over: boolean; known: boolean; why: Sentence }>;
};

/** How often a rollout is looked at: whoever waits for a window, a gate or a day waits no longer than this. */
export const ROLLOUT_SCHEDULE: Recurring = { kind: 'rollout.tick', everySeconds: 5 * 60 };

const changedPayload = z.strictObject({
  rolloutId: z.string(),
  phase: z.string(),
  from: z.enum(PHASE_STATES),
  withdraw: z.object({ en: z.string(), de: z.string() }).nullable(),
  actor: z.json(),
});

/** Creates the jobs that move a rollout with time and tell of its changes. They call no vendor. */
export function createRolloutJobs(deps: RolloutJobsDeps): JobKinds {
  return {
    'rollout.tick': defineJob({ payload: z.strictObject({}), handle: (_none, job) => tick(deps, job) }),
    'phase.changed': defineJob({ payload: changedPayload, handle: (payload, job) => tell(deps, payload, job) }),
  };
}

/** What a flip came to, as the life of the phase takes it. */
export function eventOfFlip(outcome: FlipOutcome): PhaseEvent {
  switch (outcome.kind) {
    case 'enforced':
      return { kind: outcome.together === true ? 'enforcedWithAll' : 'enforced' };
    case 'withdrawn':
      return { kind: 'withdrawn' };
    case 'returned':
      return { kind: 'returned' };
    case 'kept': {
      const { code, message } = outcome;
      return { kind: 'kept', gate: { code, rule: 'S14', message, clear: ASK_AGAIN, accountIds: [] } };
    }
    case 'refused': {
      const { code, message } = outcome;
      const gate: Gate = { code, rule: null, message, clear: APPROVE_AGAIN, accountIds: [] };
      return { kind: 'refused', gate };
    }
  }
}

const ASK_AGAIN: Sentence = {
  en: 'Mend what it says, then roll back again.',
  de: 'Beheben Sie das, und nehmen Sie die Phase dann erneut zurück.',
};

const APPROVE_AGAIN: Sentence = {
  en: 'Mend what it says; the phase then asks for approval again.',
  de: 'Beheben Sie das; danach bittet die Phase erneut um Freigabe.',
};

async function tell(
  deps: RolloutJobsDeps,
  payload: z.output<typeof changedPayload>,
  job: RunningJob,
): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const rollout = await deps.phases.current(job.customerId);
  const phase = rollout?.phases.find(({ name }) => name === payload.phase);
  if (rollout?.id !== payload.rolloutId || phase === undefined) return undefined;
  const now = new Date(deps.clock.now());
  return async (tx) => {
    if (payload.withdraw !== null) {
      const { rolloutId, actor, withdraw: why } = payload;
      await deps.flip.askWithdraw(tx, { rolloutId, phase: flipPhase(phase), at: now, why, actor });
    }
    for (const listener of deps.listeners) await listener(tx, { customer, rollout, phase, from: payload.from, now });
  };
}

function flipPhase({ name, everyoneElse }: Phase): FlipAsk['phase'] {
  return { name, everyoneElse };
}

type Step =
  | { phase: Phase; event: PhaseEvent }
  | { phase: Phase; enforce: true }
  /** Under the stop line, and whether the logs say enough to watch it. */
  | { phase: Phase; isWatched: boolean };

/** Looks at every phase once: what time, gates and the stop line make of it. */
async function tick(deps: RolloutJobsDeps, job: RunningJob): Promise<Save | undefined> {
  const rollout = await deps.phases.current(job.customerId);
  if (rollout?.state !== 'running') return undefined;
  const customer = await deps.customers.find(job.customerId);
  const now = new Date(deps.clock.now());
  // One transaction for everything that is read, since each gate would open one of its own for each phase.
  const { people, look, steps } = await deps.database.withCustomer(customer.id, () =>
    judge({ deps, customer, rollout, now }),
  );
  return async (tx) => {
    await save(look, tx, steps);
    for (const listener of deps.onLook) await listener(tx, { customer, rollout, people, now });
  };
}

async function judge(given: Omit<Look, 'isObserving'>) {
  const { deps, customer, rollout } = given;
  const people = await deps.phases.people(customer);
  const look: Look = { ...given, isObserving: await deps.isObserving(customer) };
  const steps: Step[] = [];
  for (const phase of rollout.phases) {
    const own = people.filter((person) => person.phase === phase.name && isInScope(person));
    steps.push(...(await stepsOf(look, phase, own)));
  }
  return { people, look, steps };
}

/** Whom a phase waits for: people at work with a working account whom nobody carved out. */
function isInScope(person: PhasePerson): boolean {
  return person.exempt === null && person.accountStatus === 'enabled';
}

type Look = { deps: RolloutJobsDeps; customer: Customer; rollout: Rollout; now: Date; isObserving: boolean };

async function stepsOf(look: Look, phase: Phase, people: readonly PhasePerson[]): Promise<Step[]> {
  switch (phase.state) {
    case 'planned':
      return plannedSteps(look, phase, people);
    case 'announced':
      return look.isObserving ? [{ phase, event: { kind: 'observe' } }] : judgedSteps(look, phase, people);
    case 'observing':
    case 'blocked':
    case 'ready':
      return judgedSteps(look, phase, people);
    case 'approved':
      return approvedSteps(look, phase, people);
    case 'enforced': {
      const { deps, customer, rollout, now } = look;
      if (phase.enforcedAt === null || now.getTime() - Date.parse(phase.enforcedAt) > STOP_LINE_MS) return [];
      const { over, why, known } = await deps.stopLine({ customer, rollout, phase, people });
      return over ? [{ phase, event: { kind: 'rollBack', why } }] : [{ phase, isWatched: known }];
    }
    case 'held':
    case 'rolledBack':
      return [];
  }
}

/** Days before its announcement from which a phase shows what is still to be mended. */
export const SHOWN_DAYS_BEFORE = 14;

async function plannedSteps(look: Look, phase: Phase, people: readonly PhasePerson[]): Promise<Step[]> {
  const { rollout, customer, now } = look;
  const { timeZone } = customer.settings;
  const announceAt = announcedAt(rollout, phase, timeZone);
  const isHeldBefore = rollout.phases.some(({ state, ordinal }) => state === 'held' && ordinal < phase.ordinal);
  if (now >= announceAt && !(rollout.procedure.heldBlocksNext && isHeldBefore)) {
    const gates = await gatesOf(look, phase, people);
    return [{ phase, event: mayAnnounce(gates) ? { kind: 'announce' } : { kind: 'judged', gates } }];
  }
  const shownFrom = dayAfter(dayOf(announceAt, timeZone), -SHOWN_DAYS_BEFORE);
  return dayOf(now, timeZone) < shownFrom ? [] : judgedSteps(look, phase, people);
}

/** When the first message of a phase goes out, which is when the phase is announced. */
export function announcedAt(
  { procedure }: Pick<Rollout, 'procedure'>,
  phase: Pick<Phase, 'enforceOn'>,
  timeZone: string,
): Date {
  const times = Object.values(procedure.messages).map(({ daysBefore, at }) =>
    instantOf(dayAfter(phase.enforceOn, -daysBefore), at, timeZone).getTime(),
  );
  const first = times.length === 0 ? instantOf(phase.enforceOn, '00:00', timeZone).getTime() : Math.min(...times);
  return new Date(first);
}

async function judgedSteps(look: Look, phase: Phase, people: readonly PhasePerson[]): Promise<Step[]> {
  return [{ phase, event: { kind: 'judged', gates: await gatesOf(look, phase, people) } }];
}

function gatesOf(
  { deps, customer, rollout, now }: Look,
  phase: Phase,
  people: readonly PhasePerson[],
): Promise<Gate[]> {
  return closedGates(deps.gates, { customer, rollout, phase, people, now });
}

async function approvedSteps(look: Look, phase: Phase, people: readonly PhasePerson[]): Promise<Step[]> {
  const { customer, rollout, now } = look;
  const { timeZone } = customer.settings;
  const moment = { day: dayOf(now, timeZone), time: timeOf(now, timeZone) };
  const isTime = moment.day >= phase.enforceOn && momentRefusal(moment, rollout.procedure.calendar) === null;
  const gates = await gatesOf(look, phase, people);
  const judged: Step = { phase, event: { kind: 'judged', gates } };
  return isTime && mayEnforce(gates) ? [judged, { phase, enforce: true }] : [judged];
}

/** Time after the last flip in which somebody may still take it back before the rollout counts as finished. */
const SETTLED_MS = 24 * 60 * 60 * 1000;

function isOver({ phases }: Rollout, now: Date): boolean {
  return phases.every(
    ({ state, enforcedAt }) =>
      state === 'enforced' && enforcedAt !== null && now.getTime() - Date.parse(enforcedAt) >= SETTLED_MS,
  );
}

async function save({ deps, rollout, now }: Look, tx: Tx, steps: readonly Step[]): Promise<void> {
  const isClosed = new Set<string>();
  for (const step of steps) {
    const { name, revision } = step.phase;
    if ('event' in step) {
      const applied = await deps.phases.apply(tx, {
        ...{ rolloutId: rollout.id, phase: name, event: step.event, revision },
        ...{ at: now, actor: THE_PRODUCT },
      });
      // Whoever approved it approved something else, or it is blocked now: nothing is enforced in this round.
      if (applied.changed && applied.phase.state !== 'approved') isClosed.add(name);
    } else if ('isWatched' in step) {
      await refreshLine(tx, { name, isWatched: step.isWatched, now });
    } else if (!isClosed.has(name)) {
      const phase = flipPhase(step.phase);
      await deps.flip.askEnforce(tx, { rolloutId: rollout.id, phase, at: now, actor: THE_PRODUCT });
    }
  }
  if (isOver(rollout, now)) await deps.phases.finish(tx, rollout.id, now);
}
