import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { digestOf } from '../../lib/digest.ts';
import { AppError } from '../../lib/errors.ts';
import { type NewId, randomId } from '../../lib/ids.ts';
import { dayOf } from '../../lib/local-time.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Customer } from '../customers/customers.ts';
import type { ExceptionRow } from '../exceptions/exception-types.core.ts';
import type { Roster } from '../roster/roster-types.core.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import { type Decided, decide, type PhaseEvent } from './phase-life.core.ts';
import type { Phase, PhasePerson, Procedure, Rollout } from './phase-types.core.ts';
import { insertRollout, lockRollout, readNewest, savePhase, saveRolloutState } from './phases.store.ts';
import { bindProcedure, followed, phaseOf } from './procedure.core.ts';

export type RolloutPlan = { procedure: Procedure; startsOn: string; deadline: string };

/** An event of one phase, to be applied in the caller's transaction. */
export type PhaseApplication = {
  rolloutId: string;
  phase: string;
  event: PhaseEvent;
  at: Date;
  /** Who or what brought it about. */
  actor: Json;
  /** The revision it was decided on; when the phase has moved on since, nothing is changed. Undefined: whatever it is. */
  revision?: number | undefined;
};

export type Phases = {
  /** The customer's newest rollout; null before the first. */
  current(customerId: string): Promise<Rollout | null>;
  /**
   * Everybody of the master list with his phase and the exception that carves him out today. Without a rollout the
   * department stands for the phase. Refuses with `snapshot_part_missing` before the first sync.
   */
  people(customer: Customer): Promise<readonly PhasePerson[]>;
  /** What binding a procedure to this customer would give, mistakes included, and as it would be followed; writes nothing. */
  plan(customer: Customer, plan: RolloutPlan): Promise<ReturnType<typeof bindProcedure> & { procedure: Procedure }>;
  /**
   * Begins a rollout. Refuses with the code of what speaks against it (`deadline_past`, `phase_empty` …), and with
   * `rollout_running` while another one runs. The same plan again changes nothing.
   */
  begin(customer: Customer, plan: RolloutPlan, actor: Json): Promise<Rollout>;
  /** Ends a rollout before its time; nothing in the tenant is changed. Refuses with `no_rollout`. */
  stop(customer: Customer, actor: Json): Promise<Rollout>;
  /** Ends a rollout whose phases are all enforced. */
  finish(tx: Tx, rolloutId: string, at: Date): Promise<void>;
  /** Applies an event in the transaction of its customer and journals what came of it. Refuses with `phase_unknown`. */
  apply(tx: Tx, application: PhaseApplication): Promise<Decided>;
};

export type PhasesDeps = {
  database: Database;
  clock: Clock;
  stopPoint: StopPoint;
  /** What is stored of the customer and the master list joined from it. */
  derived(customer: Customer): Promise<{ snapshot: Snapshot; roster(): Roster }>;
  exceptions(customer: Customer): Promise<{ exceptions: readonly ExceptionRow[] }>;
  newId?: NewId;
};

/** Creates the keeping of rollouts and their phases. */
export function createPhases(deps: PhasesDeps): Phases {
  const current = (customerId: string) => deps.database.withCustomer(customerId, readNewest);
  const plan = async (customer: Customer, { procedure, startsOn, deadline }: RolloutPlan) => {
    const { snapshot, roster } = await deps.derived(customer);
    const securityDefaultsOn = snapshot.securityDefaults?.isEnabled ?? null;
    const today = todayAt(deps, customer);
    const bound = bindProcedure(procedure, roster().people, { startsOn, deadline, today, securityDefaultsOn });
    return { ...bound, procedure: followed(procedure, securityDefaultsOn) };
  };
  return {
    current,
    plan,
    people: async (customer) => peopleOf(deps, customer, await current(customer.id)),
    begin: async (customer, wanted, actor) => {
      const running = await current(customer.id);
      if (running?.state === 'running') return sameOrRefused(running, wanted);
      const { phases, mistakes, procedure } = await plan(customer, wanted);
      const [first] = mistakes;
      if (first !== undefined) throw refusedPlan(first.code, mistakes.map(({ message }) => message.en).join('\n'));
      return begin(deps, customer, { wanted: { ...wanted, procedure }, phases, actor });
    },
    stop: (customer, actor) => stop(deps, customer, actor),
    finish: async (tx, rolloutId, at) => {
      await saveRolloutState(tx, rolloutId, 'finished');
      await appendJournal(tx, { at, actor: THE_PRODUCT, event: 'rollout.finished', facts: { rolloutId } });
    },
    apply: (tx, application) => apply(deps, tx, application),
  };
}

/** Who acts where time does. */
export const THE_PRODUCT: Json = { kind: 'system', name: 'rollout' };

/** The procedure that the customer's groups follow, seen from inside a transaction; null before the first rollout. */
export async function procedureIn(tx: Tx): Promise<Procedure | null> {
  const rollout = await readNewest(tx);
  return rollout === null || rollout.state === 'stopped' ? null : rollout.procedure;
}

function todayAt({ clock }: PhasesDeps, { settings }: Customer): string {
  return dayOf(new Date(clock.now()), settings.timeZone);
}

async function peopleOf(deps: PhasesDeps, customer: Customer, rollout: Rollout | null): Promise<PhasePerson[]> {
  const { snapshot, roster } = await deps.derived(customer);
  const { people } = roster();
  const firstNames = new Map((snapshot.hr?.employees ?? []).map((one) => [one.employeeId, one.firstName]));
  const { exceptions } = await deps.exceptions(customer);
  const today = todayAt(deps, customer);
  const exempt = new Map<string, string>();
  for (const row of exceptions) {
    if (row.signed && (row.endsAt === null || row.endsAt > today)) exempt.set(row.accountId, row.kind);
  }
  return people.map((person) => ({
    accountId: person.accountId,
    displayName: person.displayName,
    firstName: firstNames.get(person.employeeId) ?? null,
    department: person.department,
    jobTitle: person.jobTitle,
    managerAccountId: person.managerAccountId,
    managerWhy: person.managerWhy,
    accountStatus: person.accountStatus,
    enrolment: person.enrolment,
    enrolmentWhy: person.enrolmentWhy,
    methods: person.methods,
    userPrincipalName: person.userPrincipalName,
    mail: person.mail,
    hrStatus: person.hrStatus,
    returnDate: person.returnDate,
    phase: rollout === null ? (person.department ?? '') : phaseOf(rollout.procedure, person),
    exempt: exempt.get(person.accountId) ?? null,
  }));
}

function sameOrRefused(running: Rollout, { procedure, startsOn, deadline }: RolloutPlan): Rollout {
  const digest = (plan: RolloutPlan) => digestOf(plan as unknown as Json);
  const { procedure: known, startsOn: knownStart, deadline: knownEnd } = running;
  const runs = digest({ procedure: known, startsOn: knownStart, deadline: knownEnd });
  // The file as it was written, or as it was followed where Security Defaults were on when the rollout began.
  const asked = [procedure, followed(procedure, null)].map((one) => digest({ procedure: one, startsOn, deadline }));
  if (asked.includes(runs)) return running;
  throw refusedPlan(
    'rollout_running',
    `A rollout runs already, since ${running.startsOn}. Stop it first with "mfa-rollout procedure stop"; what is enforced stays enforced. To move only its days: "mfa-rollout procedure move" and "mfa-rollout phase move".`,
  );
}

function refusedPlan(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}

type Beginning = { wanted: RolloutPlan; phases: ReturnType<typeof bindProcedure>['phases']; actor: Json };

function begin(deps: PhasesDeps, customer: Customer, { wanted, phases, actor }: Beginning): Promise<Rollout> {
  const at = new Date(deps.clock.now());
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockRollout(tx);
    // Another one may have begun meanwhile.
    const running = await readNewest(tx);
    if (running?.state === 'running') return sameOrRefused(running, wanted);
    const rollout: Rollout = {
      ...wanted,
      id: (deps.newId ?? randomId)(),
      state: 'running',
      phases: phases.map((phase, ordinal): Phase => ({ ...NEW_PHASE, ...phase, ordinal, since: at.toISOString() })),
    };
    await insertRollout(tx, rollout, at);
    const facts = { rolloutId: rollout.id, ...wanted } as unknown as Json;
    await appendJournal(tx, { at, actor, event: 'rollout.begun', facts });
    await redraw(tx, `rollout-${rollout.id}`, at);
    deps.stopPoint('rollout.beginning');
    return rollout;
  });
}

const NEW_PHASE = {
  state: 'planned',
  resumes: null,
  announcedAt: null,
  windowFrom: null,
  enforcedAt: null,
  gates: [],
  revision: 1,
} as const satisfies Partial<Phase>;

/** The groups of the policy draft follow the phases. */
async function redraw(tx: Tx, why: string, dueAt: Date): Promise<void> {
  const payload = { subject: 'policyDraft' };
  await enqueue(tx, { kind: 'cards.refresh', key: `cards.refresh:${why}`, payload, dueAt });
}

function stop(deps: PhasesDeps, customer: Customer, actor: Json): Promise<Rollout> {
  const at = new Date(deps.clock.now());
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockRollout(tx);
    const rollout = await readNewest(tx);
    if (rollout?.state !== 'running') {
      throw refusedPlan('no_rollout', `${customer.name} has no rollout under way.`);
    }
    await saveRolloutState(tx, rollout.id, 'stopped');
    await appendJournal(tx, { at, actor, event: 'rollout.stopped', facts: { rolloutId: rollout.id } });
    await redraw(tx, `rollout-${rollout.id}-stopped`, at);
    return { ...rollout, state: 'stopped' };
  });
}

async function apply(deps: PhasesDeps, tx: Tx, application: PhaseApplication): Promise<Decided> {
  const { rolloutId, phase: name, event, at, actor, revision } = application;
  await lockRollout(tx);
  const rollout = await readNewest(tx);
  const before = rollout?.id === rolloutId ? rollout.phases.find((phase) => phase.name === name) : undefined;
  if (before === undefined) throw refusedPlan('phase_unknown', `There is no phase "${name}" in the present rollout.`);
  if (revision !== undefined && revision !== before.revision) return { changed: false, why: OVERTAKEN };
  const decided = decide(before, event, at.toISOString());
  if (!decided.changed) return decided;
  const { phase, withdraw } = decided;
  await savePhase(tx, rolloutId, phase);
  if (phase.state !== before.state || withdraw !== null) {
    const facts = { rolloutId, phase: name, from: before.state, event: event.kind, gates: phase.gates.map(codeOf) };
    await appendJournal(tx, { at, actor, event: `phase.${phase.state}`, facts });
  }
  const payload = { rolloutId, phase: name, from: before.state, withdraw, actor };
  const key = `phase.changed:${rolloutId}:${name}:${phase.revision}`;
  await enqueue(tx, { kind: 'phase.changed', key, payload, dueAt: at, priority: PRIORITY });
  deps.stopPoint('phase.applying');
  return decided;
}

const OVERTAKEN = {
  en: 'The phase has changed since it was looked at.',
  de: 'Die Phase hat sich geändert, seit sie angesehen wurde.',
};

/** Somebody may be locked out while it waits. */
const PRIORITY = 10;

function codeOf({ code }: Phase['gates'][number]): string {
  return code;
}
