import type { Json } from '../../lib/canonical-json.ts';
import { AppError, INTERRUPTIONS, VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import type { Graph } from '../../services/graph/client.ts';
import type { ReadOptions } from '../../services/graph/pages.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import { WRITER_WAITS } from '../policy/writing-turn.ts';
import type { TakeoverPlan, TakeoverStep } from './takeover.core.ts';
import {
  readTakeover,
  type StepState,
  saveTakeover,
  type TakeoverOutcome,
  type TakeoverRow,
} from './takeover.store.ts';
import type { TakeoverDeps, TakeoverView } from './takeover-facts.ts';

/** One run over the steps of a takeover, forwards or back. */
export type TakeoverRun = {
  deps: TakeoverDeps;
  customer: Customer;
  takeoverId: string;
  actor: Json;
  reader: Graph;
  writer: Graph;
  options: ReadOptions;
  /** The tenant as it was read when this run began; null until then. */
  view: { value: TakeoverView | null };
};

/** Refused or failed by a rule: the code and the sentence are for people, the rule is its number. */
export class TakeoverRefusedError extends AppError {
  readonly rule: string;
  readonly accountIds: readonly string[];

  constructor(refusal: { code: string; rule: string; message: string; accountIds?: readonly string[] }) {
    super(refusal.code, refusal.message, { userMessage: refusal.message });
    this.rule = refusal.rule;
    this.accountIds = refusal.accountIds ?? [];
  }
}

/** Begins a run with both of the customer's applications. Refuses with `writer_not_configured`. */
export async function beginTakeoverRun(
  deps: TakeoverDeps,
  { takeoverId, actor }: { takeoverId: string; actor: Json },
  job: RunningJob,
): Promise<TakeoverRun> {
  const customer = await deps.customers.find(job.customerId);
  const { graph: reader, writer } = await deps.customers.connections(customer);
  if (writer === null) throw new AppError('writer_not_configured', 'the customer has no writing application');
  const signal = AbortSignal.any([job.signal, deps.signal]);
  const options: ReadOptions = { priority: 'approval', signal };
  return { deps, customer, takeoverId, actor, reader, writer, options, view: { value: null } };
}

/** The takeover as it stands at this moment. Throws `takeover_unknown` when there is none of this id. */
export function rowOf({ deps, customer, takeoverId }: TakeoverRun): Promise<TakeoverRow> {
  return deps.database.withCustomer(customer.id, (tx) => requireTakeover(tx, takeoverId));
}

/** The same within a transaction. */
export async function requireTakeover(tx: Tx, takeoverId: string): Promise<TakeoverRow> {
  const row = await readTakeover(tx, takeoverId);
  if (row === null) throw new AppError('takeover_unknown', `there is no takeover ${takeoverId}`);
  return row;
}

/** The plan of a takeover. Throws when it was not made yet. */
export function planOf({ plan }: TakeoverRow): TakeoverPlan {
  if (plan === null) throw new AppError('takeover_unplanned', 'this takeover has no plan yet');
  return plan;
}

type Noted = {
  event: string;
  facts?: Record<string, Json>;
  state: StepState['state'];
  more?: Partial<StepState>;
  save?: ((tx: Tx) => Promise<void>) | undefined;
};

/** Notes in one transaction how a step stands and the line of the journal about it, with what `save` keeps beside it. */
export async function noteStep(
  run: TakeoverRun,
  step: TakeoverStep,
  { event, facts, state, more, save }: Noted,
): Promise<void> {
  const { deps, customer, takeoverId, actor } = run;
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, async (tx) => {
    const row = await requireTakeover(tx, takeoverId);
    const known: StepState = row.progress[step.name] ?? { state, at: at.getTime() };
    const next: StepState = { ...known, ...more, state };
    await saveTakeover(tx, { ...row, progress: { ...row.progress, [step.name]: next } }, at);
    await save?.(tx);
    await appendJournal(tx, { at, actor, event, facts: { takeoverId, step: step.name, ...facts } });
  });
}

/** Notes in the journal what is about to be written, before it is; a step begun before a crash is noted once. */
export async function beginStep(
  run: TakeoverRun,
  step: TakeoverStep,
  more: Partial<StepState>,
  facts: Record<string, Json>,
) {
  const known = (await rowOf(run)).progress[step.name];
  if (known?.state === 'begun') return;
  const at = run.deps.clock.now();
  await noteStep(run, step, { event: 'takeover.step.begun', facts, state: 'begun', more: { ...more, at } });
}

/** Notes in the journal what is about to be taken back. */
export async function beginStepUndo(run: TakeoverRun, step: TakeoverStep, facts: Record<string, Json>): Promise<void> {
  const { deps, customer, takeoverId, actor } = run;
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, (tx) =>
    appendJournal(tx, { at, actor, event: 'takeover.undo.begun', facts: { takeoverId, step: step.name, ...facts } }),
  );
  deps.stopPoint(`takeover.undo.${step.do}.begun`);
}

/** A write that was begun and never seen done is given this long to show up before it is made again. */
const SETTLE_MS = 10_000;

/** Gives a write whose answer was lost the rest of its time to show up. */
export async function settle({ deps, options }: TakeoverRun, { at }: Pick<StepState, 'at'>): Promise<void> {
  const restMs = at + SETTLE_MS - deps.clock.now();
  if (restMs > 0) await deps.clock.sleep(Math.min(restMs, SETTLE_MS), options.signal);
}

const PASSING = ['takeover_waits', 'flip_waits', WRITER_WAITS];

/** Whether trying again may end differently, and the error says nothing about the tenant. */
export function isPassing(error: AppError, job: RunningJob): boolean {
  if (INTERRUPTIONS.has(error.code) || PASSING.includes(error.code)) return true;
  return error instanceof VendorUnreachableError && !job.isLastAttempt;
}

/** A failure as it is told. */
export function failureOf(error: AppError): NonNullable<TakeoverOutcome['failure']> {
  const isForbidden = error instanceof VendorRefusedError && error.call.status === 403;
  const refused = error instanceof TakeoverRefusedError ? error : null;
  return {
    code: isForbidden ? 'permission_missing' : error.code,
    message: error.sentence,
    rule: refused?.rule ?? null,
    ...(refused === null || refused.accountIds.length === 0 ? {} : { accountIds: [...refused.accountIds] }),
  };
}
