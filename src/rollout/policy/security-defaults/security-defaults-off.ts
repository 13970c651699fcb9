import { AppError, INTERRUPTIONS, VendorUnreachableError } from '../../../lib/errors.ts';
import { untilShown } from '../../../services/graph/eventually.ts';
import { getSecurityDefaults } from '../../../services/graph/security-defaults.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { RunningJob, Save } from '../../../work/job.ts';
import { type FlipPlan, refusedBy } from '../enforce/enforce.core.ts';
import { FlipRefusedError, type FlipRun, failureOf, isPassing, sendChange } from '../enforce/enforce-run.ts';
import { sessionsToEnd } from '../enforce/enforce-sessions.ts';
import { FLIP_TEXTS } from '../enforce/enforce-texts.core.ts';
import { compareSwitch } from '../enforce/graph-compare-flip.ts';
import { nextOf, saysTheSame, stagedOf } from './security-defaults.core.ts';
import { readSwitch, type SwitchRow } from './security-defaults.store.ts';
import { bringBack } from './security-defaults-back.ts';
import { enable, lookAt, noteWrites, ON_BY_OTHERS, plannedOf, type SwitchRun } from './security-defaults-run.ts';
import { saveReturned, saveSwitched } from './security-defaults-save.ts';
import { SWITCH_TEXTS } from './security-defaults-texts.core.ts';

/** A write whose answer was lost is given this long to show up. */
const SETTLE_MS = 10_000;
/** How often Security Defaults are asked to go off in one run of a job. */
const OFF_TRIES = 3;
const OFF_PAUSE_MS = 1_100;

/**
 * Goes on with a switch that was begun by an earlier attempt, by what stands in the tenant now. Null when none was, or
 * when it is back at its beginning: Security Defaults never went off, and everything may be judged anew.
 */
export async function resumeSwitch(run: FlipRun, job: RunningJob): Promise<Save | null> {
  const { deps, customer, row } = run;
  const begun = await deps.database.withCustomer(customer.id, (tx) => readSwitch(tx, row.seq));
  if (begun === null || begun.state === 'returned') return null;
  const plan = plannedOf(begun);
  await settle(run, begun);
  const sight = await lookAt(run, plan.policyId);
  const next = nextOf({
    state: begun.state,
    defaultsOn: sight.defaultsOn,
    isEnforcing: saysTheSame(sight.enforce, plan.json),
    isWanted: await isWanted(run),
  });
  deps.log.info('security_defaults.resumed', { customerId: customer.id, flip: row.seq, next });
  switch (next) {
    case 'finish':
      return orBack(run, { begun, job }, () => compared(run, begun, job));
    case 'forward':
      return orBack(run, { begun, job }, () => forward(run, begun, job));
    case 'back':
      return goBack(run, { begun, job, failure: interrupted() });
    case 'anew': {
      const { end, row: went } = await bringBack(run, begun);
      if (end === 'kept') return switched(run, went);
      await noteWrites(run, went, []);
      return null;
    }
  }
}

/** What was asked a moment ago may still come through after it was looked for in vain. */
async function settle({ deps, options }: FlipRun, { updatedAt, state }: SwitchRow): Promise<void> {
  const restMs = updatedAt.getTime() + SETTLE_MS - deps.clock.now();
  if (state === 'going' && restMs > 0) await deps.clock.sleep(Math.min(restMs, SETTLE_MS), options.signal);
}

/**
 * Switches Security Defaults off and the policy on, once everything was judged and noted: the policy is staged with
 * exactly the scope it will have, Security Defaults go off, the policy is enabled by one change, and both are read back.
 * What fails is brought to its end by further tries, else everything goes back to how it was.
 */
export function runSwitch(run: FlipRun, begun: SwitchRow, job: RunningJob): Promise<Save> {
  return orBack(run, { begun, job }, async () => {
    const plan = plannedOf(begun);
    await stage(run, begun, plan);
    run.deps.stopPoint('switch.staged');
    await requireStaged(run, plan);
    const offAskedAt = run.deps.clock.now();
    const going: SwitchRow = { ...begun, times: { ...begun.times, stagedAt: offAskedAt, offAskedAt } };
    // Both writes are noted now, so that nothing but Graph stands between them.
    await noteWrites(run, going, [{ what: 'off' }, { what: 'enable', policyId: plan.policyId }]);
    run.deps.stopPoint('switch.noted');
    // Noting took its time: what somebody took away meanwhile would leave the tenant with nothing.
    await requireStaged(run, plan);
    const offAnsweredAt = await turnOff(run);
    run.deps.stopPoint('switch.off');
    return forward(run, { ...going, times: { ...going.times, offAnsweredAt } }, job);
  });
}

/** From here on nothing protects the tenant until the policy is enabled. */
async function forward(run: FlipRun, row: SwitchRow, job: RunningJob): Promise<Save> {
  const { askedAt, answeredAt } = await enable(run, plannedOf(row));
  run.deps.stopPoint('switch.enabled');
  const { offAnsweredAt } = row.times;
  const gap = offAnsweredAt === undefined ? {} : { apiGapMs: Math.max(0, answeredAt - offAnsweredAt) };
  const times = { ...row.times, enableAskedAt: askedAt, enabledAt: answeredAt, ...gap };
  return compared(run, { ...row, times }, job);
}

/** Everybody is protected by now; Graph's own evaluation has to say so too (S8). What it cannot tell now is asked again. */
async function compared(run: FlipRun, row: SwitchRow, job: RunningJob): Promise<Save> {
  try {
    await compareSwitch(run, plannedOf(row));
  } catch (error) {
    if (!(error instanceof VendorUnreachableError) || job.isLastAttempt) throw error;
    await noteWrites(run, row, []);
    throw new AppError(WAITS, 'Graph could not be asked whether it evaluates the policy alike');
  }
  run.deps.stopPoint('switch.compared');
  return switched(run, row);
}

/** The last look: both have to stand as planned, or everything goes back. */
async function switched(run: FlipRun, row: SwitchRow): Promise<Save> {
  const plan = plannedOf(row);
  const { policies, enforce, defaultsOn } = await lookAt(run, plan.policyId);
  if (defaultsOn) throw interrupted();
  if (!saysTheSame(enforce, plan.json)) {
    throw new AppError('read_back_late', 'Graph does not show the enforcing policy as it was enabled');
  }
  run.deps.stopPoint('switch.shown');
  const ending = await sessionsToEnd(run, [run.row.phase.name, ...row.phases.map(({ name }) => name)]);
  return (tx: Tx) => saveSwitched(run, tx, { row, policies, ending });
}

type Begun = { begun: SwitchRow; job: RunningJob };

async function orBack(run: FlipRun, { begun, job }: Begun, go: () => Promise<Save>): Promise<Save> {
  try {
    return await go();
  } catch (error) {
    if (!(error instanceof AppError) || isInterrupted(error)) throw error;
    const now = await run.deps.database.withCustomer(run.customer.id, (tx) => readSwitch(tx, begun.flip));
    return goBack(run, { begun: now ?? begun, job, failure: error });
  }
}

/** Tried again by the queue. */
const WAITS = 'flip_waits';

/** Says nothing about the tenant: whoever comes next goes on. */
function isInterrupted({ code }: AppError): boolean {
  return INTERRUPTIONS.has(code) || code === WAITS;
}

type Failing = Begun & { failure: AppError };

/**
 * Everything back to how it was; where Security Defaults cannot be switched on again, the switch is finished instead. A
 * failure that may pass, before Security Defaults were asked to go off, is left to another attempt.
 */
async function goBack(run: FlipRun, { begun, job, failure }: Failing): Promise<Save> {
  const { row, end } = await bringBack(run, begun);
  if (end === 'kept') return switched(run, row);
  if (begun.times.offAskedAt === undefined && isPassing(failure, job)) {
    await noteWrites(run, row, []);
    throw failure;
  }
  run.deps.log.warn('security_defaults.returned', { customerId: run.customer.id, flip: row.flip, code: failure.code });
  return (tx) => saveReturned(run, tx, { row, failure: toldOf(failure) });
}

function toldOf(failure: AppError): ReturnType<typeof failureOf> {
  if (failure instanceof FlipRefusedError) return failureOf(failure);
  const { code } = failureOf(failure);
  const text = code === ON_BY_OTHERS ? SWITCH_TEXTS.onByOthers() : SWITCH_TEXTS.notTaken();
  return { code, message: text.en, rule: 'S14', text };
}

function interrupted(): AppError {
  return new AppError(ON_BY_OTHERS, 'the switch was interrupted, and its phase is not to be enforced any more');
}

/** The policy with exactly the scope it will have, reporting only, read back. Throws `read_back_late` and a lost answer. */
export async function stage(run: SwitchRun, begun: SwitchRow, plan: FlipPlan): Promise<void> {
  const json = stagedOf(plan.json);
  const isStaged = async () => (saysTheSame((await lookAt(run, plan.policyId)).enforce, json) ? true : null);
  if ((await isStaged()) === true) return;
  await noteWrites(run, begun, [{ what: 'stage', policyId: plan.policyId }]);
  const change = { ...plan.change, state: json.state as string };
  try {
    await sendChange(run, { ...plan, json, change });
  } catch (error) {
    if (!(error instanceof VendorUnreachableError)) throw error;
    if ((await untilShown(run.deps.clock, isStaged, run.options.signal)) === null) throw error;
  }
  if ((await untilShown(run.deps.clock, isStaged, run.options.signal)) !== null) return;
  throw new AppError('read_back_late', 'Graph does not show the enforcing policy as it was staged');
}

/** The last look before anything is switched off: the policy stands ready, they are on, and nobody held the phase (S23). */
async function requireStaged(run: FlipRun, plan: FlipPlan): Promise<void> {
  const sight = await lookAt(run, plan.policyId);
  if (!saysTheSame(sight.enforce, stagedOf(plan.json)) || !sight.defaultsOn) {
    throw new FlipRefusedError(refusedBy('managed_object_changed', 'S23', FLIP_TEXTS.policy_changed_meanwhile()));
  }
  if (!(await isWanted(run))) throw new FlipRefusedError(refusedBy('cancelled', 'S24', FLIP_TEXTS.cancelled()));
}

async function isWanted({ deps, customer, row }: FlipRun): Promise<boolean> {
  const rollout = await deps.phases.current(customer.id);
  return rollout?.phases.find(({ name }) => name === row.phase.name)?.state === 'approved';
}

/** Switches Security Defaults off; gives the time of the answer, or of the reading where it was lost. Throws the last failure. */
export async function turnOff({ deps, reader, writer, options }: SwitchRun): Promise<number> {
  const request = { ...options, body: { isEnabled: false }, expect: 'none', attemptsMax: 1 } as const;
  const isOff = async () => ((await getSecurityDefaults(reader, options)).isEnabled ? null : true);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writer.request('securityDefaults.update', { ...request, repeatable: false });
      return deps.clock.now();
    } catch (error) {
      if (!(error instanceof VendorUnreachableError)) throw error;
      if ((await untilShown(deps.clock, isOff, options.signal)) !== null) return deps.clock.now();
      if (attempt >= OFF_TRIES) throw error;
      await deps.clock.sleep(OFF_PAUSE_MS, options.signal);
    }
  }
}
