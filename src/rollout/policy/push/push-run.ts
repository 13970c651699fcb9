import type { Json } from '../../../lib/canonical-json.ts';
import type { Clock } from '../../../lib/clock.ts';
import { AppError } from '../../../lib/errors.ts';
import type { StopPoint } from '../../../lib/stop-point.ts';
import type { Graph } from '../../../services/graph/client.ts';
import type { ReadOptions } from '../../../services/graph/pages.ts';
import type { Database } from '../../../store/database.ts';
import { appendJournal } from '../../../store/journal.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { PushPlan, PushStep, StepProgress } from './push.core.ts';
import { type PushRow, readPush, savePush } from './push.store.ts';

/** One run over the steps of a push, forwards or back. */
export type PushRun = {
  deps: { database: Database; clock: Clock; stopPoint: StopPoint };
  reader: Graph;
  writer: Graph;
  customerId: string;
  pushId: string;
  actor: Json;
  /** Declared break-glass accounts. */
  breakGlass: readonly string[];
  options: ReadOptions;
};

/** Refused or failed by a rule: the code and the sentence are for people, the rule is its number. */
export class PushRefusedError extends AppError {
  readonly rule: string;

  constructor({ code, rule, message }: { code: string; rule: string; message: string }) {
    super(code, message, { userMessage: message });
    this.rule = rule;
  }
}

/** A write that was begun and never seen done is given this long to show up before it is made again. */
const SETTLE_MS = 10_000;

/** The push as it stands at this moment. Throws `push_unknown` when there is none of this id. */
export async function rowOf({ deps, customerId, pushId }: PushRun): Promise<PushRow> {
  return deps.database.withCustomer(customerId, (tx) => requirePush(tx, pushId));
}

/** The same within a transaction. */
export async function requirePush(tx: Tx, pushId: string): Promise<PushRow> {
  const row = await readPush(tx, pushId);
  if (row === null) throw new AppError('push_unknown', `there is no push ${pushId}`);
  return row;
}

/** The plan of a push. Throws when it was not made yet. */
export function planOf(row: PushRow): PushPlan {
  if (row.plan === null) throw new AppError('push_unplanned', 'this push has no plan yet');
  return row.plan;
}

/** How far a step came; undefined before it was begun. */
export function progressOf(row: PushRow, step: Pick<PushStep, 'name'>): StepProgress | undefined {
  return row.progress[step.name];
}

/**
 * Notes in the journal what is about to be written, before it is; `more` is remembered of it and stays as it was first
 * noted. A step that was begun before a crash is noted once.
 */
export async function begin(
  run: PushRun,
  step: PushStep,
  { facts, more = {} }: { facts: Json; more?: Pick<StepProgress, 'adding' | 'objectId'> },
): Promise<StepProgress> {
  const { deps, customerId, pushId, actor } = run;
  const at = new Date(deps.clock.now());
  const progress = await deps.database.withCustomer(customerId, async (tx) => {
    const row = await requirePush(tx, pushId);
    const known = progressOf(row, step);
    if (known?.state === 'begun') return known;
    const begun: StepProgress = { state: 'begun', at: at.getTime(), ...more };
    await savePush(tx, { ...row, progress: { ...row.progress, [step.name]: begun } }, at);
    await appendJournal(tx, {
      at,
      actor,
      event: 'policy.push.begun',
      facts: { pushId, step: step.name, ...(facts as object) },
    });
    return begun;
  });
  deps.stopPoint(`push.${step.do}.begun`);
  return progress;
}

/** Notes what came of a step, with what `save` keeps beside it, in one transaction. */
export async function done(
  run: PushRun,
  step: PushStep,
  { facts, more = {}, save }: { facts: Json; more?: Partial<StepProgress>; save?(tx: Tx): Promise<void> },
): Promise<void> {
  await note(run, step, { event: 'policy.push.done', facts, more: { ...more, state: 'done' }, save });
}

/** Notes that a step was taken back, or why it was left. */
export async function takenBack(
  run: PushRun,
  step: PushStep,
  { why, save }: { why: string | null; save?(tx: Tx): Promise<void> },
): Promise<void> {
  const more: Partial<StepProgress> = why === null ? { state: 'undone', why: undefined } : { state: 'left', why };
  const event = why === null ? 'policy.undo.done' : 'policy.undo.left';
  await note(run, step, { event, facts: why === null ? {} : { why }, more, save });
}

/** Notes in the journal what is about to be taken back. */
export async function beginUndo(run: PushRun, step: PushStep, facts: Json): Promise<void> {
  const { deps, customerId, pushId, actor } = run;
  await deps.database.withCustomer(customerId, async (tx) => {
    const at = new Date(deps.clock.now());
    const told = { pushId, step: step.name, ...(facts as object) };
    await appendJournal(tx, { at, actor, event: 'policy.undo.begun', facts: told });
  });
  deps.stopPoint(`undo.${step.do}.begun`);
}

type Note = {
  event: string;
  facts: Json;
  more: Partial<StepProgress>;
  save?: ((tx: Tx) => Promise<void>) | undefined;
};

async function note(run: PushRun, step: PushStep, { event, facts, more, save }: Note): Promise<void> {
  const { deps, customerId, pushId, actor } = run;
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customerId, async (tx) => {
    const row = await requirePush(tx, pushId);
    const known: StepProgress = progressOf(row, step) ?? { state: 'begun', at: at.getTime() };
    const progress = { ...row.progress, [step.name]: { ...known, ...more } };
    const outcome = { ...row.outcome, did: [...row.outcome.did, step.name] };
    await savePush(tx, { ...row, progress, outcome }, at);
    await save?.(tx);
    await appendJournal(tx, { at, actor, event, facts: { pushId, step: step.name, ...(facts as object) } });
  });
}

/** Gives a write whose answer was lost the rest of its time to show up. */
export async function settle({ deps, options }: PushRun, { at }: Pick<StepProgress, 'at'>): Promise<void> {
  const restMs = at + SETTLE_MS - deps.clock.now();
  if (restMs > 0) await deps.clock.sleep(Math.min(restMs, SETTLE_MS), options.signal);
}
