import { AppError } from '../../../lib/errors.ts';
import type { FlipPlan } from '../enforce/enforce.core.ts';
import { saysTheSame, stagedOf } from './security-defaults.core.ts';
import type { SwitchRow } from './security-defaults.store.ts';
import { bringBack } from './security-defaults-back.ts';
import { stage, turnOff } from './security-defaults-off.ts';
import {
  enable,
  lookAt,
  noteWrites,
  ON_BY_OTHERS,
  plannedOf,
  type Sight,
  type SwitchRun,
} from './security-defaults-run.ts';

export type { SwitchRow } from './security-defaults.store.ts';

/** How it ended: off and the policy enabled, or as before with what failed. */
export type OffAgain = { end: 'off'; row: SwitchRow } | { end: 'back'; row: SwitchRow; failure: AppError };

export type OffAgainWishes = {
  /** What is known of the switch; one of an earlier attempt says how far that came. */
  begun: SwitchRow;
  /** Looks at the enabled policy once more and throws what speaks against it. */
  check(): Promise<void>;
  /** Says nothing about the tenant: whoever comes next goes on. */
  isStopping(error: AppError): boolean;
};

/**
 * Switches Security Defaults off again under the enforcing policy that they were switched off for: the policy stands
 * ready with exactly its scope, they go off, the policy is enabled, both are read back. What fails brings them back; where
 * they cannot be switched on any more, the policy stays. Killed anywhere and run again it goes on by what it reads.
 */
export async function switchOffAgain(run: SwitchRun, { begun, check, isStopping }: OffAgainWishes): Promise<OffAgain> {
  const kept = { row: begun };
  try {
    if (begun.state === 'returning') throw new AppError(ON_BY_OTHERS, 'an earlier attempt was on its way back');
    await goOff(run, kept);
    await check();
    await requireOff(run, plannedOf(begun));
    return { end: 'off', row: { ...kept.row, state: 'switched' } };
  } catch (error) {
    if (!(error instanceof AppError) || isStopping(error)) throw error;
    const sight = await lookAt(run, plannedOf(begun).policyId);
    if (isUntouched(sight, kept.row)) return { end: 'back', row: { ...kept.row, state: 'returned' }, failure: error };
    const { row, end } = await bringBack(run, kept.row);
    return end === 'kept' ? { end: 'off', row } : { end: 'back', row, failure: error };
  }
}

/** Nothing was written that would have to be taken back. */
function isUntouched({ defaultsOn, enforce }: Sight, { state, before }: SwitchRow): boolean {
  return state !== 'returning' && defaultsOn && saysTheSame(enforce, plannedOf({ planned: before }).json);
}

async function goOff(run: SwitchRun, kept: { row: SwitchRow }): Promise<void> {
  const plan = plannedOf(kept.row);
  const sight = await lookAt(run, plan.policyId);
  // Where the tenant lets both be on, the policy protects already, and nothing is changed in it.
  const isEnabled = saysTheSame(sight.enforce, plan.json);
  if (sight.defaultsOn) {
    if (!isEnabled) await stage(run, kept.row, plan);
    run.deps.stopPoint('switch.staged');
    await requireReady(run, plan);
    const offAskedAt = run.deps.clock.now();
    kept.row = { ...kept.row, times: { ...kept.row.times, stagedAt: offAskedAt, offAskedAt } };
    await noteWrites(run, kept.row, [{ what: 'off' }, { what: 'enable', policyId: plan.policyId }]);
    run.deps.stopPoint('switch.noted');
    const offAnsweredAt = await turnOff(run);
    kept.row = { ...kept.row, times: { ...kept.row.times, offAnsweredAt } };
    run.deps.stopPoint('switch.off');
  }
  if (isEnabled) return;
  const { askedAt, answeredAt } = await enable(run, plan);
  const { offAnsweredAt } = kept.row.times;
  const gap = offAnsweredAt === undefined ? {} : { apiGapMs: Math.max(0, answeredAt - offAnsweredAt) };
  kept.row = { ...kept.row, times: { ...kept.row.times, enableAskedAt: askedAt, enabledAt: answeredAt, ...gap } };
  run.deps.stopPoint('switch.enabled');
}

/** The last look before anything is switched off (S23). */
async function requireReady(run: SwitchRun, { policyId, json }: FlipPlan): Promise<void> {
  const { enforce, defaultsOn } = await lookAt(run, policyId);
  if (defaultsOn && (saysTheSame(enforce, stagedOf(json)) || saysTheSame(enforce, json))) return;
  throw new AppError('managed_object_changed', 'somebody else changed the enforcing policy or Security Defaults');
}

async function requireOff(run: SwitchRun, { policyId, json }: FlipPlan): Promise<void> {
  const { enforce, defaultsOn } = await lookAt(run, policyId);
  if (defaultsOn) throw new AppError(ON_BY_OTHERS, 'Security Defaults were switched on by somebody else again');
  if (!saysTheSame(enforce, json))
    throw new AppError('read_back_late', 'the enforcing policy is not as it was enabled');
}
