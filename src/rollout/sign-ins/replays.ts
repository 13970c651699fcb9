import { z } from 'zod';
import { type Clock, DAY_MS } from '../../lib/clock.ts';
import { AppError, VendorRefusedError } from '../../lib/errors.ts';
import { dayAfter, dayOf } from '../../lib/local-time.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import { readNewSignIns, type SignInLog } from '../../services/graph/sign-ins.ts';
import type { Database, Tx } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../work/job.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import { REPLAY_BLOCKS } from '../phases/phase-life.core.ts';
import type { GateSource, PhaseListener } from '../phases/phase-ports.ts';
import type { Phase, PhasePerson, Rollout, Sentence } from '../phases/phase-types.core.ts';
import { type Phases, THE_PRODUCT } from '../phases/phases.ts';
import { announcedAt, type LookListener, SHOWN_DAYS_BEFORE } from '../phases/rollout-jobs.ts';
import type { PolicyDrafts } from '../policy/draft/drafts.ts';
import { replayAmong } from '../policy/replay/replay.core.ts';
import { replaySentences } from '../policy/replay/replay-sentence.core.ts';
import { beginReplay, type OpenReplay, type ReplayAnswer } from '../snapshots/replay-answer.ts';
import type { Syncs } from '../snapshots/syncs.ts';
import { replayGates } from './replay-gate.core.ts';
import { type ReplayEnd, readReplays, saveAccepted, saveReplayAsked, saveReplayEnds } from './replays.store.ts';

export type Replays = {
  /** The job `phase.replay`: reads the log of the last 30 days and keeps what it says of every phase to be announced. */
  kinds: JobKinds;
  /** Keeps a planned phase whose people would have been blocked from being announced unseen. */
  gate: GateSource;
  /** Begins a replay by itself for phases that are soon to be announced, and again when the last one has grown old. */
  onLook: LookListener;
  /** Whoever lets a phase go on that he held while the blocked people stood beside it knows of them. */
  onPhaseChange: PhaseListener;
};

export type ReplaysDeps = {
  database: Database;
  customers: Customers;
  clock: Clock;
  stopPoint: StopPoint;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  phases: Pick<Phases, 'current' | 'people'>;
  drafts: Pick<PolicyDrafts, 'draw'>;
  syncs: Pick<Syncs, 'stored'>;
};

/** Days of sign-ins that a tenant with P1 keeps. */
const DAYS = 30;
/** People, clients and exceptions change; a replay that is older is made again. */
const FRESH_MS = 3 * DAY_MS;
/** A log of millions of rows takes hours at Microsoft's pace. */
const EXPIRE_SECONDS = 10 * 60 * 60;
const LOGS: readonly SignInLog[] = ['interactive', 'nonInteractive'];

/** Creates what replays the past against the draft before a phase is announced. */
export function createReplays(deps: ReplaysDeps): Replays {
  const payload = z.strictObject({ rolloutId: z.string() });
  return {
    kinds: {
      'phase.replay': defineJob({
        payload,
        handle: ({ rolloutId }, job) => runReplay(deps, rolloutId, job),
        expireSeconds: EXPIRE_SECONDS,
      }),
    },
    gate: async ({ customer, rollout, phase, now }) => {
      if (phase.state !== 'planned') return [];
      const replays = await deps.database.withCustomer(customer.id, (tx) => readReplays(tx, rollout.id));
      return replayGates(phase, replays.get(phase.name) ?? null, now.getTime());
    },
    onLook: askForReplays,
    onPhaseChange: async (tx, { rollout, phase, from }) => {
      if (from !== 'held' || phase.state !== 'planned') return;
      const shown = phase.gates.find(({ code }) => code === REPLAY_BLOCKS);
      if (shown === undefined) return;
      await saveAccepted(tx, { rolloutId: rollout.id, phase: phase.name, accountIds: shown.accountIds });
    },
  };
}

async function askForReplays(
  tx: Tx,
  { customer, rollout, now }: { customer: Customer; rollout: Rollout; now: Date },
): Promise<void> {
  const soon = rollout.phases.filter((phase) => phase.state === 'planned' && isSoon(customer, { rollout, phase, now }));
  if (soon.length === 0) return;
  const replays = await readReplays(tx, rollout.id);
  const isOld = ({ name }: Phase) => now.getTime() - Date.parse(replays.get(name)?.askedAt ?? '1970-01-01') > FRESH_MS;
  if (!soon.some(isOld)) return;
  // One reading of the log says something of all of them.
  const phases = soon.map(({ name }) => name);
  await saveReplayAsked(tx, { rolloutId: rollout.id, phases, at: now });
  const key = `phase.replay:${rollout.id}:${now.getTime()}`;
  await enqueue(tx, { kind: 'phase.replay', key, payload: { rolloutId: rollout.id }, dueAt: now });
}

type Announcing = { rollout: Rollout; phase: Phase; now: Date };

function isSoon({ settings: { timeZone } }: Customer, { rollout, phase, now }: Announcing): boolean {
  const day = dayOf(announcedAt(rollout, phase, timeZone), timeZone);
  return dayOf(now, timeZone) >= dayAfter(day, -SHOWN_DAYS_BEFORE);
}

async function runReplay(deps: ReplaysDeps, rolloutId: string, job: RunningJob): Promise<Save | undefined> {
  const rollout = await deps.phases.current(job.customerId);
  if (rollout?.id !== rolloutId || rollout.state !== 'running') return undefined;
  const asked = await deps.database.withCustomer(job.customerId, (tx) => readReplays(tx, rolloutId));
  const planned = rollout.phases.filter(({ name, state }) => state === 'planned' && asked.has(name));
  if (planned.length === 0) return undefined;
  const customer = await deps.customers.find(job.customerId);
  const signal = AbortSignal.any([job.signal, deps.signal]);
  const ends = await endsOf(deps, { customer, planned, signal }).catch((error: unknown): ReplayEnd[] => {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    if (!(error instanceof VendorRefusedError) && !job.isLastAttempt) throw error;
    return planned.map(({ name }) => ({ phase: name, problem: { en: error.sentence, de: error.sentence } }));
  });
  deps.stopPoint('phase.replayed');
  const at = new Date(deps.clock.now());
  return async (tx) => {
    await saveReplayEnds(tx, { rolloutId, ends, at });
    await journalEnds(tx, { rolloutId, ends, at });
    // A phase may have waited for nothing else.
    const key = `rollout.tick:${job.key}`;
    await enqueue(tx, { kind: 'rollout.tick', key, payload: {}, dueAt: at });
  };
}

async function journalEnds(
  tx: Tx,
  { rolloutId, ends, at }: { rolloutId: string; ends: readonly ReplayEnd[]; at: Date },
): Promise<void> {
  for (const end of ends) {
    const said = 'answer' in end ? { sentence: end.answer.sentence, blocked: end.answer.blocked.length } : end;
    const facts = { rolloutId, ...said, phase: end.phase };
    await appendJournal(tx, { at, actor: THE_PRODUCT, event: 'phase.replayed', facts });
  }
}

type Replaying = { customer: Customer; planned: readonly Phase[]; signal: AbortSignal };

async function endsOf(deps: ReplaysDeps, { customer, planned, signal }: Replaying): Promise<ReplayEnd[]> {
  const { drafts, syncs, clock, phases } = deps;
  const stored = { ...(await syncs.stored(customer)), takenAt: new Date(clock.now()).toISOString() };
  const { draft } = await drafts.draw(customer, THE_PRODUCT);
  const whole = planned.some(({ everyoneElse }) => everyoneElse);
  const byGroups = beginReplay(stored, { days: DAYS }, draft);
  const withAll = whole ? beginReplay(stored, { days: DAYS, everyone: true }, draft) : byGroups;
  const replays = whole ? [byGroups, withAll] : [byGroups];
  const isRead = await readLogs(deps, { customer, replays, signal });
  const answers = { byGroups: byGroups.answer(isRead), withAll: withAll.answer(isRead) };
  const people = await phases.people(customer);
  return planned.map((phase) => endOf(phase, { answers, people, isRead }));
}

/** False where the tenant's licence keeps a log from being read: half of the log must not look like all of it. */
async function readLogs(
  { customers, clock }: ReplaysDeps,
  { customer, replays, signal }: { customer: Customer; replays: readonly OpenReplay[]; signal: AbortSignal },
): Promise<boolean> {
  const { graph } = await customers.connections(customer);
  const now = clock.now();
  const from = new Date(now - DAYS * DAY_MS).toISOString();
  for (const log of LOGS) {
    const onRows = (rows: readonly Record<string, unknown>[]) => {
      for (const row of rows) for (const replay of replays) replay.add(row);
    };
    const reading = await readNewSignIns(graph, log, { from, now, signal, onRows });
    if (reading.kind === 'notLicensed') return false;
  }
  return true;
}

type Replayed = {
  answers: Record<'byGroups' | 'withAll', ReplayAnswer>;
  people: readonly PhasePerson[];
  isRead: boolean;
};

function endOf({ name, everyoneElse }: Phase, { answers, people, isRead }: Replayed): ReplayEnd {
  if (!isRead) return { phase: name, problem: sentenceOf(answers.byGroups) };
  const phaseOf = new Map(people.map((person) => [person.accountId.toLowerCase(), person.phase]));
  // The last phase takes in whoever is in no other one, devices' mailboxes and accounts without HR among them.
  const belongs = (userId: string) => (phaseOf.get(userId.toLowerCase()) ?? (everyoneElse ? name : null)) === name;
  const own = replayAmong(everyoneElse ? answers.withAll : answers.byGroups, belongs);
  const blocked = own.people.filter(({ outcome }) => outcome === 'wouldFail').map(({ userId }) => userId);
  return { phase: name, answer: { sentence: replaySentences(own, true), blocked } };
}

function sentenceOf({ sentences }: ReplayAnswer): Sentence {
  return sentences;
}
