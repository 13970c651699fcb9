import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import type { Clock } from '../../../lib/clock.ts';
import { AppError, INTERRUPTIONS, VendorRefusedError, VendorUnreachableError } from '../../../lib/errors.ts';
import { dayOf } from '../../../lib/local-time.ts';
import type { Log } from '../../../lib/log.ts';
import type { StopPoint } from '../../../lib/stop-point.ts';
import { appendJournal } from '../../../store/journal.ts';
import { enqueue } from '../../../store/outbox.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { RunningJob, Save } from '../../../work/job.ts';
import { latestDecision } from '../../approvals/approvals.ts';
import type { Customer, Customers } from '../../customers/customers.ts';
import type { Comparison } from '../graph-compare.ts';
import { beginWriting, WRITER_WAITS } from '../writing-turn.ts';
import type { PushStep } from './push.core.ts';
import { type PushOutcome, type PushRow, readManaged, savePush } from './push.store.ts';
import { clientIdsOf, factsOf, type Known, type KnownDeps, readLive, readStored } from './push-facts.ts';
import { isAsWritten, type PushFacts, refusalOf } from './push-gates.core.ts';
import { PushRefusedError, type PushRun, planOf, requirePush, rowOf } from './push-run.ts';
import { runStep } from './push-steps.ts';
import { undoSteps } from './push-undo.ts';
import type { LeftStanding } from './push-undo-policies.ts';
import { comparePush, verifyGroups } from './push-verify.ts';

export type PushJobDeps = KnownDeps & {
  customers: Customers;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  /** Aborted when the process stops. */
  signal: AbortSignal;
};

type Asked = { actor: Json; pushId: string };

/**
 * Works on a push: judges it by what is live, notes plan and snapshot, writes step by step, compares. What fails is taken
 * back in reverse order; what could not be is told. Killed anywhere and run again it goes on where it was.
 */
export async function runPush(deps: PushJobDeps, asked: Asked, job: RunningJob): Promise<Save> {
  const { run, customer } = await begun(deps, asked, job);
  const row = await rowOf(run);
  const isVerifying = row.state === 'live';
  try {
    if (row.plan === null) await start(deps, run, { customer, job });
    else if (isVerifying) await requireAsWritten(deps, run, customer);
    else await requireApproval(deps, run, row.digest);
    const comparison = await bringAbout(deps, run, customer);
    deps.log.info('policy.pushed', { customerId: customer.id, pushId: run.pushId });
    return (tx) => saveLive(run, tx, comparison);
  } catch (error) {
    // Who does not answer may answer later, and a stopping process says nothing about the tenant.
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    const failure = failureOf(error);
    deps.log.warn('policy.push_failed', { customerId: customer.id, pushId: run.pushId, code: failure.code });
    const { plan } = await rowOf(run);
    if (plan === null || isVerifying) return (tx) => saveRefused(run, tx, { failure, isVerifying });
    return compensated(run, failure, job);
  }
}

async function begun(
  deps: PushJobDeps,
  { actor, pushId }: Asked,
  job: RunningJob,
): Promise<{ run: PushRun; customer: Customer }> {
  const customer = await deps.customers.find(job.customerId);
  const { graph: reader, writer } = await deps.customers.connections(customer);
  if (writer === null) throw new AppError('writer_not_configured', 'the customer has no writing application');
  const signal = AbortSignal.any([job.signal, deps.signal]);
  const run: PushRun = {
    ...{ deps, reader, writer, pushId, actor, customerId: customer.id },
    breakGlass: customer.settings.declared.breakGlass,
    options: { priority: 'approval', signal },
  };
  return { run, customer };
}

/** Judges the push by what is live now; keeps its plan and what stands in the tenant before anything is written (S24). */
async function start(
  deps: PushJobDeps,
  run: PushRun,
  { customer, job }: { customer: Customer; job: RunningJob },
): Promise<void> {
  const row = await rowOf(run);
  const known = await readStored(deps, customer, run.actor);
  const facts = await liveFacts(deps, run, known, row.digest);
  const refusal = refusalOf(facts);
  if (refusal !== null) throw new PushRefusedError(refusal);
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, async (tx) => {
    const before = beforeOf(facts);
    const decision = await latestDecision(tx, 'policyDraft');
    await beginWriting(tx, job.key);
    await savePush(tx, { ...(await requirePush(tx, run.pushId)), state: 'running', plan: facts.plan, before }, at);
    const steps = facts.plan.steps.map(({ name }) => name);
    const told = { pushId: run.pushId, digest: row.digest, approval: decision?.id ?? null, steps };
    await appendJournal(tx, { at, actor: run.actor, event: 'policy.push.started', facts: told });
  });
  deps.stopPoint('push.started');
}

async function liveFacts(deps: PushJobDeps, run: PushRun, known: Known, digest: string): Promise<PushFacts> {
  const today = dayOf(new Date(deps.clock.now()), known.customer.settings.timeZone);
  const reading = await readLive(run.reader, { known, today, options: run.options });
  return factsOf(known, reading, { digest, pushId: run.pushId, clientIds: clientIdsOf(known.customer) });
}

/** Everything that the push may touch, and every policy beside it, as Graph shows it. */
function beforeOf({ live, groups, plan }: PushFacts): Json {
  const touched = new Set(Object.values(plan.groupIds));
  const kept = { policies: live, groups: groups.filter(({ id }) => touched.has(id)) };
  return JSON.parse(JSON.stringify(kept)) as Json;
}

/** The approval holds until the last write: whoever holds the draft meanwhile stops the push (S22). */
async function requireApproval(deps: PushJobDeps, run: PushRun, digest: string): Promise<void> {
  const decision = await deps.database.withCustomer(run.customerId, (tx) => latestDecision(tx, 'policyDraft'));
  if (decision?.digest === digest && decision.verdict === 'approved') return;
  const message =
    'The approval of this draft was taken back while it was being pushed, so the push was taken back too.';
  throw new PushRefusedError({ code: 'draft_held', rule: 'S22', message });
}

async function requireAsWritten(deps: PushJobDeps, run: PushRun, customer: Customer): Promise<void> {
  const known = await readStored(deps, customer, run.actor);
  const facts = await liveFacts(deps, run, known, known.draft.digest);
  const changed = known.owned.find((object) => !isAsWritten(object, facts));
  if (changed === undefined) return;
  const message = `"${changed.name}" (${changed.objectId}) was changed or deleted by somebody else since it was pushed. Put it back, or undo the push.`;
  throw new PushRefusedError({ code: 'managed_object_changed', rule: 'S23', message });
}

async function bringAbout(deps: PushJobDeps, run: PushRun, customer: Customer): Promise<Comparison> {
  const { steps } = planOf(await rowOf(run));
  const isPolicy = (step: PushStep) => step.do === 'policy';
  for (const step of steps.filter((one) => !isPolicy(one))) await runStep(run, step);
  await verifyGroups(run);
  for (const step of steps.filter(isPolicy)) {
    await requireApprovalUnlessDone(deps, run, step);
    await runStep(run, step);
  }
  const { draft } = await deps.drafts.draw(customer, run.actor);
  const acting = actingIn(run);
  const comparison = await comparePush(run, [...draft.admins.map(({ accountId }) => accountId), ...acting]);
  deps.stopPoint('push.compared');
  return comparison;
}

const person = z.looseObject({ kind: z.literal('person'), tenantId: z.string(), objectId: z.string() });

/** Whoever pushes, where he has an account in this tenant. */
function actingIn({ actor, customerId }: PushRun): string[] {
  const known = person.safeParse(actor);
  return known.success && known.data.tenantId === customerId ? [known.data.objectId] : [];
}

async function requireApprovalUnlessDone(deps: PushJobDeps, run: PushRun, step: PushStep): Promise<void> {
  const row = await rowOf(run);
  if (row.progress[step.name]?.state !== 'done') await requireApproval(deps, run, row.digest);
}

async function saveLive(run: PushRun, tx: Tx, comparison: Comparison): Promise<void> {
  const row = await requirePush(tx, run.pushId);
  const at = new Date(run.deps.clock.now());
  const wasLive = row.state === 'live';
  const outcome = { ...row.outcome, failure: null, findings: findingsOf(comparison) };
  await savePush(tx, { ...row, state: 'live', outcome }, at);
  await refreshDraftCards(tx, row, at);
  if (wasLive) return;
  const objects = (await readManaged(tx)).map(({ key, objectId, fingerprint }) => ({ key, objectId, fingerprint }));
  const facts = { pushId: run.pushId, digest: row.digest, objects, comparedWithGraph: comparison };
  await appendJournal(tx, { at, actor: run.actor, event: 'policy.push.live', facts });
}

/** The draft's card tells how its push stands. */
async function refreshDraftCards(tx: Tx, { job }: Pick<PushRow, 'job'>, at: Date): Promise<void> {
  const key = `cards.refresh:policyDraft:${job}`;
  await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject: 'policyDraft' }, dueAt: at });
}

/** What whoever pushed has to know and what stopped nothing. */
function findingsOf({ asked, permitted }: Comparison): PushOutcome['findings'] {
  if (permitted) {
    const told = `Graph's own evaluation says the same of ${asked} accounts: every break-glass account and Global Administrator, and some of each group.`;
    return [{ code: 'graph_agrees', rule: 'S8', message: told }];
  }
  const message = `Graph's own evaluation was not asked (${asked} answers): the reading application has no right for it (Policy.Read.ConditionalAccess).`;
  return [{ code: 'graph_not_asked', rule: 'S8', message }];
}

type Failure = NonNullable<PushOutcome['failure']>;

function failureOf(error: AppError): Failure {
  const rule = error instanceof PushRefusedError ? error.rule : null;
  const call = error instanceof VendorRefusedError ? error.call : null;
  const isUnknown = call?.vendorCode === '1040' || call?.vendorCode === '1054';
  const code = call?.status === 403 ? 'permission_missing' : error.code;
  return { code, message: isUnknown ? `${error.sentence}. ${NOT_KNOWN_YET}` : error.sentence, rule };
}

/** Its own words are "users or groups do not exist". */
const NOT_KNOWN_YET =
  'Conditional Access did not get to know in time what was made a moment ago, or something that the policy names is gone. Wait a few minutes and push again; if it stays so, run "mfa-rollout sync" and look at the draft.';

function isPassing(error: AppError, job: RunningJob): boolean {
  if (error.code === WRITER_WAITS) return !job.isLastAttempt;
  if (INTERRUPTIONS.has(error.code)) return true;
  return error instanceof VendorUnreachableError && !job.isLastAttempt;
}

async function saveRefused(
  run: PushRun,
  tx: Tx,
  { failure, isVerifying }: { failure: Failure; isVerifying: boolean },
): Promise<void> {
  const row = await requirePush(tx, run.pushId);
  const at = new Date(run.deps.clock.now());
  const state = isVerifying ? 'live' : 'refused';
  await savePush(tx, { ...row, state, outcome: { ...row.outcome, failure } }, at);
  await refreshDraftCards(tx, row, at);
  const facts = { pushId: run.pushId, digest: row.digest, code: failure.code, rule: failure.rule };
  await appendJournal(tx, { at, actor: run.actor, event: 'policy.push.refused', facts });
}

/** Takes back what was written, the last write first, and says what stands. */
async function compensated(run: PushRun, failure: Failure, job: RunningJob): Promise<Save> {
  const left = await undone(run, job);
  const stands = left.map(({ step, why }) => `${step}: ${why}`).join('; ');
  const told =
    left.length === 0
      ? 'Everything written was taken back.'
      : `Not taken back: ${stands}. Run "mfa-rollout policy undo".`;
  const ended = { ...failure, message: `${failure.message} ${told}` };
  return async (tx) => {
    const row = await requirePush(tx, run.pushId);
    const at = new Date(run.deps.clock.now());
    const state: PushRow['state'] = left.length === 0 ? 'compensated' : 'standing';
    await savePush(tx, { ...row, state, outcome: { ...row.outcome, failure: ended } }, at);
    await refreshDraftCards(tx, row, at);
    const facts = { pushId: run.pushId, code: failure.code, rule: failure.rule, left };
    await appendJournal(tx, { at, actor: run.actor, event: `policy.push.${state}`, facts });
  };
}

/** Where taking back fails too, on the last try, that is what stands. */
async function undone(run: PushRun, job: RunningJob): Promise<LeftStanding[]> {
  try {
    return await undoSteps(run);
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    return [{ step: 'undo', why: error.sentence }];
  }
}

/** How a push ends that never had its turn: refused, with nothing written. */
export async function refusedAsBusy(
  deps: PushJobDeps,
  { asked, by }: { asked: Asked; by: AppError },
  job: RunningJob,
): Promise<Save> {
  const { run } = await begun(deps, asked, job);
  const isVerifying = (await rowOf(run)).state === 'live';
  return (tx) => saveRefused(run, tx, { failure: failureOf(by), isVerifying });
}

/** Takes a push back. Asks no gate and needs no person: only the writing application. */
export async function runUndo(deps: PushJobDeps, asked: Asked, job: RunningJob): Promise<Save> {
  const { run, customer } = await begun(deps, asked, job);
  await deps.database.withCustomer(customer.id, (tx) => beginWriting(tx, job.key));
  const left = await undone(run, job);
  deps.stopPoint('undo.done');
  return async (tx) => {
    const row = await requirePush(tx, run.pushId);
    const at = new Date(deps.clock.now());
    const stands = left.map(({ step, why }) => `${step}: ${why}`).join('; ');
    const failure =
      left.length === 0 ? null : { code: 'undo_incomplete', rule: null, message: `Left as it is: ${stands}.` };
    const state: PushRow['state'] = left.length === 0 ? 'undone' : 'standing';
    await savePush(tx, { ...row, state, outcome: { ...row.outcome, failure } }, at);
    await refreshDraftCards(tx, row, at);
    const facts = { pushId: run.pushId, digest: row.digest, left };
    await appendJournal(tx, { at, actor: run.actor, event: `policy.undo.${state}`, facts });
  };
}
