import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import { requireMembersAtRest } from '../policy/members/members-at-rest.ts';
import { beginWriting } from '../policy/writing-turn.ts';
import { isUnderWay, saveTakeover, type TakeoverOutcome, type TakeoverRow } from './takeover.store.ts';
import { decidedSoFar, takeoverStanding } from './takeover-approval.ts';
import { judgedPlan, liveView, type TakeoverDeps } from './takeover-facts.ts';
import {
  beginTakeoverRun,
  failureOf,
  isPassing,
  planOf,
  requireTakeover,
  rowOf,
  TakeoverRefusedError,
  type TakeoverRun,
} from './takeover-run.ts';
import { runTakeoverStep } from './takeover-steps.ts';
import { type TakeoverLeft, undoTakeoverSteps } from './takeover-undo.ts';

type Asked = { takeoverId: string; actor: Json };

/**
 * Works on a takeover: judges it by what is live, keeps plan and snapshot, removes step by step. What fails is taken
 * back in reverse order; what could not be is told. Killed anywhere and run again it goes on where it was.
 */
export async function runTakeover(deps: TakeoverDeps, asked: Asked, job: RunningJob): Promise<Save | undefined> {
  const run = await beginTakeoverRun(deps, asked, job);
  const row = await rowOf(run);
  if (row.state !== 'asked' && row.state !== 'running') return undefined;
  try {
    if (row.plan === null) await start(run);
    for (const step of planOf(await rowOf(run)).steps) {
      await requireWanted(run);
      await runTakeoverStep(run, step);
    }
    deps.log.info('takeover.done', { customerId: run.customer.id, takeoverId: run.takeoverId });
    return (tx) => end(run, tx, { state: 'done', failure: null });
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    if (error.code === 'takeover_cancelled') return undefined;
    const failure = failureOf(error);
    deps.log.warn('takeover.failed', { customerId: run.customer.id, takeoverId: run.takeoverId, code: failure.code });
    if ((await rowOf(run)).plan === null) return (tx) => end(run, tx, { state: 'refused', failure });
    const left = await undone(run, job);
    return (tx) =>
      end(run, tx, { state: left.length === 0 ? 'compensated' : 'standing', failure: told(failure, left) });
  }
}

type Failure = NonNullable<TakeoverOutcome['failure']>;

function told(failure: Failure, left: readonly TakeoverLeft[]): Failure {
  const stands = left.map(({ step, why }) => `${step}: ${why}`).join('; ');
  const outcome = left.length === 0 ? 'Everything done was taken back.' : `Not taken back: ${stands}.`;
  return { ...failure, message: `${failure.message} ${outcome}` };
}

/** Judges the takeover by what is live now; keeps its plan and what stands in the tenant before anything goes (S24). */
async function start(run: TakeoverRun): Promise<void> {
  const { deps, customer, actor, reader, options } = run;
  await deps.database.withCustomer(customer.id, requireMembersAtRest);
  const view = await liveView(deps, { customer, actor, reader, options });
  run.view.value = view;
  const { plan, digest, gates } = await judgedPlan(deps, customer, view);
  const [gate] = gates;
  if (gate !== undefined) throw refusedBy(gate.code, gate.rule ?? 'S16', `${gate.message.en} ${gate.clear.en}`);
  const row = await rowOf(run);
  if (digest !== row.digest) {
    const message =
      'The tenant has changed since this plan was approved. Sync ("mfa-rollout sync"), look at the plan again, and approve it.';
    throw refusedBy('takeover_changed', 'S22', message);
  }
  await requireApproved(run, digest);
  const { policies, groups, perUserMfa, securityDefaults } = view.snapshot;
  const observe = view.known.owned.find(({ key }) => key === 'OBSERVE') ?? null;
  const policyIds = (policies ?? []).map(({ id }) => id);
  const before = asJson({
    policies,
    perUserMfa,
    securityDefaults,
    observe,
    policyIds,
    groups: namedGroups(plan, groups),
  });
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, async (tx) => {
    const asked = await requireTakeover(tx, run.takeoverId);
    await beginWriting(tx, asked.job);
    await saveTakeover(tx, { ...asked, state: 'running', plan, before }, at);
    const steps = plan.steps.map(({ name }) => name);
    await appendJournal(tx, {
      at,
      actor,
      event: 'takeover.started',
      facts: { takeoverId: run.takeoverId, digest, steps },
    });
  });
  deps.stopPoint('takeover.started');
}

/** Groups that an old policy of the plan names, with who is in them: what its cover meant. */
function namedGroups(plan: TakeoverRow['plan'], groups: readonly { id: string }[] | null | undefined) {
  const text = JSON.stringify(plan?.steps ?? []).toLowerCase();
  return (groups ?? []).filter(({ id }) => text.includes(id.toLowerCase()));
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function refusedBy(code: string, rule: string, message: string): TakeoverRefusedError {
  return new TakeoverRefusedError({ code, rule, message });
}

/** The approval holds until the last write: whoever holds the plan meanwhile stops it (S22). */
async function requireApproved({ deps, customer }: TakeoverRun, digest: string): Promise<void> {
  const decided = await deps.database.withCustomer(customer.id, decidedSoFar);
  const { missing } = await takeoverStanding(deps, customer.id, { ...decided, digest });
  if (missing.length === 0) return;
  throw refusedBy(
    'takeover_not_approved',
    'S22',
    `Not approved by: ${missing.join(', ')}. Two people have to approve exactly this plan.`,
  );
}

async function requireWanted(run: TakeoverRun): Promise<void> {
  const row = await rowOf(run);
  if (row.state !== 'running') throw new AppError('takeover_cancelled', 'the takeover is being undone');
  await requireApproved(run, row.digest);
}

/** Takes a takeover back. Asks no gate and needs no person: only the writing application. */
export async function runTakeoverUndo(
  deps: TakeoverDeps,
  asked: Asked & { after: string | null },
  job: RunningJob,
): Promise<Save> {
  const run = await beginTakeoverRun(deps, asked, job);
  const isWriting = async (tx: Tx) => asked.after !== null && (await isUnderWay(tx, asked.after));
  if (await deps.database.withCustomer(run.customer.id, isWriting)) {
    throw new AppError('takeover_waits', 'the takeover that is to be undone has not stopped yet');
  }
  await deps.database.withCustomer(run.customer.id, (tx) => beginWriting(tx, job.key));
  const left = await undone(run, job);
  deps.stopPoint('takeover.undo.done');
  const stands = left.map(({ step, why }) => `${step}: ${why}`).join('; ');
  const failure =
    left.length === 0 ? null : { code: 'undo_incomplete', rule: null, message: `Left as it is: ${stands}.` };
  return (tx) => end(run, tx, { state: left.length === 0 ? 'undone' : 'standing', failure });
}

/** Where taking back fails too, on the last try, that is what stands. */
async function undone(run: TakeoverRun, job: RunningJob): Promise<TakeoverLeft[]> {
  try {
    return await undoTakeoverSteps(run);
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    return [{ step: 'undo', why: error.sentence }];
  }
}

type Ended = { state: TakeoverRow['state']; failure: Failure | null };

async function end(run: TakeoverRun, tx: Tx, { state, failure }: Ended): Promise<void> {
  const { deps, takeoverId, actor } = run;
  const row = await requireTakeover(tx, takeoverId);
  const at = new Date(deps.clock.now());
  // Somebody wants it undone: that job says how it ends.
  if (row.state === 'undoing' && state === 'done') return;
  await saveTakeover(tx, { ...row, state, outcome: { failure } }, at);
  const facts = { takeoverId, digest: row.digest, code: failure?.code ?? null, rule: failure?.rule ?? null };
  await appendJournal(tx, { at, actor, event: `takeover.${state}`, facts });
  await redrawTakeover(tx, `${takeoverId}-${state}-${at.getTime()}`, at);
}

/** Every copy of the card shows the new state. */
export async function redrawTakeover(tx: Tx, why: string, dueAt: Date): Promise<void> {
  const payload = { subject: 'takeover' };
  await enqueue(tx, { kind: 'cards.refresh', key: `cards.refresh:takeover-${why}`, payload, dueAt });
}
