import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { type NewId, randomId } from '../../lib/ids.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database, Tx } from '../../store/database.ts';
import { enqueue } from '../../store/outbox.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { ExceptionRow } from '../exceptions/exception-types.core.ts';
import type { GateContext, GateSource } from '../phases/phase-ports.ts';
import type { Gate, Phase, PhasePerson, Procedure, Rollout, Sentence } from '../phases/phase-types.core.ts';
import { findingGates } from './findings.core.ts';
import { createFindings, type Findings, type FindingsListener, settleFindings, storedFindings } from './findings.ts';
import type { EnforcedTogether } from './first-enforced.ts';
import { countImpacts, type Impact, impactsOf, type PersonImpact } from './impact.core.ts';
import { type LogState, type LogsKnown, logsKnownSince, readToOf } from './log-state.core.ts';
import { LOOK_BACK_MS, readSignIns } from './read-sign-ins.ts';
import { pastOf } from './replay-gate.core.ts';
import { readReplays } from './replays.store.ts';
import { readChallenges, readLogStates, readOutcomes } from './sign-ins.store.ts';
import { type StopLine, stopLineOf } from './stop-line.core.ts';
import type { TallyContext } from './tally.core.ts';
import { type WindowSight, windowGates, windowSight } from './window.core.ts';

/** How often the logs are read while a rollout runs. */
export const SIGN_INS_SCHEDULE: Recurring = { kind: 'sign-ins.read', everySeconds: 15 * 60 };

/** The report-only window of one phase: who was seen, and what enforcing would mean for each. */
export type WindowReport = {
  phase: string;
  policyId: string | null;
  windowFrom: string | null;
  /** Up to when both logs were read; null: not yet. */
  readTo: string | null;
  /** What keeps the logs from saying everything; null: nothing. */
  problem: LogsKnown['problem'];
  sight: WindowSight;
  counts: Record<Impact, number>;
  people: PersonImpact[];
};

export type StopLineQuestion = {
  customerId: string;
  phase: Phase;
  people: readonly PhasePerson[];
  stopLine: Procedure['stopLine'];
  now: Date;
};

export type SignIns = {
  kinds: JobKinds;
  findings: Findings;
  /** Gates of S11: the window, and clients that would stop working. */
  windowGate: GateSource;
  findingsGate: GateSource;
  gates: readonly GateSource[];
  /** What enforcing would mean for each person of the phase, the carved out included. Calls no vendor. */
  impact(customer: Customer, phase: Phase): Promise<WindowReport>;
  /** Whether too many of the phase's people fail MFA since it was enforced (S12). Calls no vendor. */
  judgeStopLine(question: StopLineQuestion): Promise<StopLine>;
  /** Reads the logs through the queue and resolves when that is done, whether a rollout runs or not. */
  readNow(customer: Customer): Promise<LogState[]>;
  /** What the last weeks say of a phase of the present rollout, or why they say nothing; null while that is not known. */
  past(customer: Customer, phase: string): Promise<Sentence | null>;
};

export type SignInsDeps = {
  database: Database;
  customers: Customers;
  clock: Clock;
  stopPoint: StopPoint;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  phases: {
    current(customerId: string): Promise<Rollout | null>;
    people(customer: Customer): Promise<readonly PhasePerson[]>;
  };
  /** Where the object ids of the managed policies come from. */
  push: { show(customer: Customer): Promise<{ objects: readonly { key: string; objectId: string }[] } | null> };
  /** The exception table, for the owners of programs' accounts. */
  exceptions(
    customer: Customer,
  ): Promise<{ exceptions: readonly Pick<ExceptionRow, 'accountId' | 'displayName' | 'owner'>[] }>;
  onFindings?: readonly FindingsListener[];
  newId?: NewId;
};

/** Longer than the pages of one run take at Graph's pace. */
const EXPIRE_SECONDS = 2 * 60 * 60;

const payload = z.strictObject({ asked: z.boolean().optional() });

/** Creates the reading of sign-ins and everything that is judged by them. */
export function createSignIns(deps: SignInsDeps): SignIns {
  const { database, onFindings = [] } = deps;
  const newId = deps.newId ?? randomId;
  const windowGate: GateSource = (context) => judgeWindow(deps, context);
  const findingsGate: GateSource = (context) => judgeFindings(deps, context);
  return {
    kinds: {
      'sign-ins.read': defineJob({
        payload,
        handle: ({ asked }, job) => runReading({ ...deps, onFindings }, job, asked === true),
        expireSeconds: EXPIRE_SECONDS,
      }),
    },
    findings: createFindings({
      ...deps,
      onFindings,
      people: async (customerId) => ofCustomer(deps, customerId, (customer) => deps.phases.people(customer)),
      exceptions: async (customerId) =>
        ofCustomer(deps, customerId, async (customer) => (await deps.exceptions(customer)).exceptions),
    }),
    windowGate,
    findingsGate,
    gates: [windowGate, findingsGate],
    impact: (customer, phase) => reportWindow(deps, customer, phase),
    judgeStopLine: (question) => judgeLine(deps, question),
    past: async (customer, phase) => {
      const rollout = await deps.phases.current(customer.id);
      if (rollout === null) return null;
      const replay = (await database.withCustomer(customer.id, (tx) => readReplays(tx, rollout.id))).get(phase);
      return replay === undefined ? null : pastOf(replay);
    },
    readNow: async (customer) => {
      // A secret that is missing is told at once: no repetition of the job mends it.
      await deps.customers.connections(customer);
      const effect = { kind: 'sign-ins.read', key: `sign-ins.read:${newId()}`, payload: { asked: true } };
      const dueAt = new Date(deps.clock.now());
      await database.withCustomer(customer.id, (tx) => enqueue(tx, { ...effect, dueAt }));
      await awaitEffect(database, { customerId: customer.id, key: effect.key }, deps.signal);
      return database.withCustomer(customer.id, readLogStates);
    },
  };
}

/** Also inside a transaction of the customer; nothing for one that is gone. */
async function ofCustomer<T>(
  { customers }: SignInsDeps,
  customerId: string,
  read: (customer: Customer) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const customer = await customers.get(customerId);
  return customer === undefined ? [] : read(customer);
}

async function runReading(
  deps: SignInsDeps & { onFindings: readonly FindingsListener[] },
  job: RunningJob,
  asked: boolean,
): Promise<Save | undefined> {
  const rollout = await deps.phases.current(job.customerId);
  if (!asked && rollout?.state !== 'running') return undefined;
  const customer = await deps.customers.find(job.customerId);
  const { graph } = await deps.customers.connections(customer);
  await readSignIns(deps, {
    customerId: customer.id,
    graph,
    ...(await watchOf(deps, customer, rollout)),
    fromMs: beginOf(rollout, deps.clock.now()),
    signal: AbortSignal.any([job.signal, deps.signal]),
  });
  return (tx) => settleFindings(tx, deps, customer.settings.timeZone);
}

/** Some days back, so that weekly clients show; and never later than a window that runs already. */
function beginOf(rollout: Rollout | null, nowMs: number): number {
  const windows = (rollout?.phases ?? []).flatMap(({ windowFrom }) =>
    windowFrom === null ? [] : [Date.parse(windowFrom)],
  );
  return Math.min(nowMs - LOOK_BACK_MS, ...windows);
}

/** Whose sign-ins are counted by which policies, and the enforcements of which the first one is told. */
async function watchOf(
  deps: SignInsDeps,
  customer: Customer,
  rollout: Rollout | null,
): Promise<{ context: TallyContext; enforced: EnforcedTogether[] }> {
  const flipped = (rollout?.phases ?? []).flatMap(({ name, enforcedAt }) =>
    enforcedAt === null ? [] : [{ name, sinceMs: Date.parse(enforcedAt) }],
  );
  const people = flipped.length === 0 ? [] : await deps.phases.people(customer);
  const idsIn = (names: ReadonlySet<string>) =>
    people.flatMap(({ accountId, phase }) => (names.has(phase) ? [accountId.toLowerCase()] : []));
  const enforced = [...Map.groupBy(flipped, ({ sinceMs }) => sinceMs)].map(([sinceMs, phases]) => {
    const names = phases.map(({ name }) => name);
    return { phases: names, accountIds: idsIn(new Set(names)), sinceMs };
  });
  const watchedFrom = new Map(
    enforced.flatMap(({ accountIds, sinceMs }) => accountIds.map((id) => [id, sinceMs] as const)),
  );
  return { context: { tenantId: customer.id, ...(await policyIds(deps, customer)), watchedFrom }, enforced };
}

async function policyIds(
  { push }: Pick<SignInsDeps, 'push'>,
  customer: Customer,
): Promise<{ observeId: string | null; enforceId: string | null }> {
  const objects = (await push.show(customer))?.objects ?? [];
  const idOf = (key: string) => objects.find((object) => object.key === key)?.objectId ?? null;
  return { observeId: idOf('OBSERVE'), enforceId: idOf('ENFORCE') };
}

/** What is known of a window at a moment, for whoever judges it. */
async function readWindow(
  deps: SignInsDeps,
  asked: { customer: Customer; phase: Phase; people: readonly PhasePerson[]; nowMs: number },
) {
  const { customer, phase, people, nowMs } = asked;
  const { observeId } = await policyIds(deps, customer);
  const fromMs = phase.windowFrom === null ? null : Date.parse(phase.windowFrom);
  const ids = people.map(({ accountId }) => accountId.toLowerCase());
  return deps.database.withCustomer(customer.id, async (tx) => ({
    ...{ people, fromMs, nowMs, observeId },
    logs: logsKnownSince(await readLogStates(tx), fromMs ?? nowMs, nowMs),
    facts: fromMs === null ? [] : await readOutcomes(tx, ids, fromMs),
  }));
}

async function judgeWindow(deps: SignInsDeps, context: GateContext): Promise<readonly Gate[]> {
  const { rollout, now } = context;
  const known = await readWindow(deps, { ...context, nowMs: now.getTime() });
  return windowGates({ ...known, window: rollout.procedure.window });
}

async function judgeFindings(deps: SignInsDeps, { customer, people }: GateContext): Promise<readonly Gate[]> {
  const { findings, readTo } = await deps.database.withCustomer(customer.id, async (tx: Tx) => ({
    findings: await storedFindings(tx),
    readTo: readToOf(await readLogStates(tx)),
  }));
  return readTo === null ? [FINDINGS_UNKNOWN] : findingGates(people, findings);
}

const FINDINGS_UNKNOWN: Gate = {
  code: 'findings_unknown',
  rule: 'S11',
  message: {
    en: 'Which clients cannot answer MFA is not known: the sign-in logs were not read yet.',
    de: 'Welche Clients MFA nicht beantworten können, ist nicht bekannt: Die Anmeldeprotokolle wurden noch nicht gelesen.',
  },
  clear: {
    en: 'They are read every quarter of an hour while the rollout runs; mfa-rollout window --fresh reads them now.',
    de: 'Sie werden jede Viertelstunde gelesen, solange der Rollout läuft; mfa-rollout window --fresh liest sie jetzt.',
  },
  accountIds: [],
};

async function reportWindow(deps: SignInsDeps, customer: Customer, phase: Phase): Promise<WindowReport> {
  const people = (await deps.phases.people(customer)).filter((person) => person.phase === phase.name);
  const known = await readWindow(deps, { customer, phase, people, nowMs: deps.clock.now() });
  const rows = impactsOf({ ...known, isRead: known.logs.problem === null });
  return {
    phase: phase.name,
    policyId: known.observeId,
    windowFrom: phase.windowFrom,
    readTo: known.logs.readTo,
    problem: known.logs.problem,
    sight: windowSight(known),
    counts: countImpacts(rows),
    people: rows,
  };
}

async function judgeLine(deps: SignInsDeps, question: StopLineQuestion): Promise<StopLine> {
  const { customerId, phase, people, stopLine: limits, now } = question;
  const enforcedMs = phase.enforcedAt === null ? null : Date.parse(phase.enforcedAt);
  const ids = people.map(({ accountId }) => accountId.toLowerCase());
  return deps.database.withCustomer(customerId, async (tx) => {
    const logs = await readLogStates(tx);
    const fromMs = enforcedMs ?? now.getTime();
    const { readTo, problem } = logsKnownSince(logs, fromMs, now.getTime());
    return stopLineOf({
      ...{ people, enforcedMs, limits, problem },
      readToMs: readTo === null ? null : Date.parse(readTo),
      facts: enforcedMs === null ? [] : await readOutcomes(tx, ids, enforcedMs),
      challenges: enforcedMs === null ? [] : await readChallenges(tx, ids, enforcedMs),
    });
  });
}
