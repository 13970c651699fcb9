import type { Json } from '../../../lib/canonical-json.ts';
import { AppError, VendorUnreachableError } from '../../../lib/errors.ts';
import { untilShown } from '../../../services/graph/eventually.ts';
import { switchSecurityDefaults } from '../../../services/graph/security-defaults-write.ts';
import { ownPolicyIds, sendChange } from '../enforce/enforce-run.ts';
import type { GraphObject } from '../graph-json.core.ts';
import { REPORT_ONLY } from '../managed-policies.core.ts';
import { foreignEnabled, type Move, movesFor, quietingOf, saysTheSame } from './security-defaults.core.ts';
import type { SwitchRow } from './security-defaults.store.ts';
import {
  enable,
  lookAt,
  noteWrites,
  plannedOf,
  planTo,
  type Sight,
  type SwitchRun,
  setState,
} from './security-defaults-run.ts';

/** How often the way back is tried in one run of a job; the queue then begins another one. */
const ROUNDS = 8;
const PAUSE_MS = 1_100;
const RESTORES = 3;

/**
 * How a way back ended: as before, or with the enforcing policy, where Security Defaults cannot be switched on; `foreign`
 * names the enabled policies of somebody else that stand in the way, as far as any do.
 */
export type WentBack = { row: SwitchRow; end: 'returned' } | { row: SwitchRow; end: 'kept'; foreign: string[] };

/**
 * Brings Security Defaults back and the policies to how they stood before. They are switched on first and only then is the
 * enforcing policy taken back, so that there is no gap; where Graph refuses that while policies are enabled, those of ours
 * and of Microsoft go to report-only before (and what only reports is disabled for a moment, where even that stands in
 * the way). Asks no gate. Where somebody else's enabled policy keeps them off, the enforcing policy stays enabled.
 * Killed anywhere and run again it goes on by what it reads. Throws what may pass.
 */
export async function bringBack(run: SwitchRun, from: SwitchRow): Promise<WentBack> {
  const onAskedAt = from.times.onAskedAt ?? run.deps.clock.now();
  const back: Back = { run, row: { ...from, state: 'returning', times: { ...from.times, onAskedAt } } };
  await noteWrites(run, back.row, []);
  run.deps.stopPoint('back.noted');
  const foreign = await turnOn(back);
  if (foreign !== null) {
    await keepEnforcing(back);
    return { row: { ...back.row, state: 'switched' }, end: 'kept', foreign };
  }
  run.deps.stopPoint('back.on');
  const onShownAt = run.deps.clock.now();
  await restore(back);
  run.deps.stopPoint('back.restored');
  return { row: { ...back.row, state: 'returned', times: { ...back.row.times, onShownAt } }, end: 'returned' };
}

type Back = { run: SwitchRun; row: SwitchRow };

/** Switches Security Defaults on. Null when they are; else what of somebody else keeps them off. */
async function turnOn(back: Back): Promise<string[] | null> {
  const { run } = back;
  const { deps, options, customer } = run;
  const ownIds = await deps.database.withCustomer(customer.id, ownPolicyIds);
  for (let round = 1; ; round += 1) {
    const sight = await lookAt(run, plannedOf(back.row).policyId);
    if (sight.defaultsOn) return null;
    if (round > ROUNDS) throw new AppError('read_back_late', 'Graph does not let Security Defaults be switched on');
    const outcome = await askedOn(back, round);
    if (outcome === 'on') return null;
    if (outcome === 'refused') {
      const { policies } = await lookAt(run, plannedOf(back.row).policyId);
      const moves = movesFor(policies, ownIds);
      if (moves === null) return foreignEnabled(policies, ownIds);
      await move(back, moves);
    } else {
      await deps.clock.sleep(PAUSE_MS, options.signal);
    }
  }
}

async function askedOn(back: Back, round: number): Promise<'on' | 'refused' | 'again'> {
  const { run } = back;
  const { reader, writer, deps, options } = run;
  await noteWrites(run, back.row, [{ what: 'on' }]);
  try {
    const { outcome } = await switchSecurityDefaults({ reader, writer, clock: deps.clock }, true, options);
    if (outcome === 'refused') return 'refused';
    if (outcome !== 'notShown') return 'on';
    if (round >= ROUNDS) throw new AppError('read_back_late', 'Graph does not show Security Defaults as on');
  } catch (error) {
    if (!(error instanceof VendorUnreachableError) || round >= ROUNDS) throw error;
  }
  return 'again';
}

async function move(back: Back, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  const { run } = back;
  const disabled = moves.filter(({ to }) => to === 'disabled').map(({ id, from }) => ({ id, from }));
  const known = new Set(back.row.moved.map(({ id }) => id));
  back.row = { ...back.row, moved: [...back.row.moved, ...disabled.filter(({ id }) => !known.has(id))] };
  await noteWrites(
    run,
    back.row,
    moves.map(({ id, name, from, to }): Json => ({ what: 'state', policyId: id, name, from, to })),
  );
  for (const { id, to } of moves) {
    await setState(run, { id, state: to });
    run.deps.stopPoint('back.moved');
  }
}

/** The policies as they stood before: ENFORCE by what it said, the others by their state. */
async function restore(back: Back): Promise<void> {
  const { run, row } = back;
  const before = row.before as unknown as GraphObject;
  const ownIds = await run.deps.database.withCustomer(run.customer.id, ownPolicyIds);
  const isSame = async () => {
    const { enforce, defaultsOn, policies } = await lookAt(run, before.id);
    const isQuietNow = quietingOf(policies, ownIds).length === 0;
    return defaultsOn && isQuietNow && (enforce === null || saysTheSame(enforce, before)) ? true : null;
  };
  for (let round = 1; round <= RESTORES; round += 1) {
    const sight = await lookAt(run, before.id);
    if (sight.enforce !== null && !saysTheSame(sight.enforce, before)) {
      await noteWrites(run, row, [{ what: 'restore', policyId: before.id }]);
      await sendChange(run, planTo(before)).catch(unlessLost);
      run.deps.stopPoint('back.quiet');
    }
    // Microsoft's own may have appeared while they were off.
    await move(
      back,
      quietingOf(sight.policies, ownIds).filter(({ id }) => id !== before.id),
    );
    await putBack(back, sight);
    if ((await untilShown(run.deps.clock, isSame, run.options.signal)) !== null) return;
  }
  throw new AppError('read_back_late', 'Graph does not show the enforcing policy as it stood before the switch');
}

/** What was disabled for a moment reports again, unless somebody else has decided about it meanwhile. */
async function putBack({ run, row }: Back, { policies }: Pick<Sight, 'policies'>): Promise<void> {
  const before = row.before as unknown as GraphObject;
  for (const { id, from } of row.moved) {
    const live = policies.find((policy) => policy.id === id);
    if (id === before.id || live?.state !== 'disabled') continue;
    await noteWrites(run, row, [{ what: 'state', policyId: id, from: 'disabled', to: from }]);
    await setState(run, { id, state: from });
    run.deps.stopPoint('back.moved');
  }
}

/** Without Security Defaults the policy is what protects: it is enabled, also where it was taken back on the way. */
async function keepEnforcing(back: Back): Promise<void> {
  const { run } = back;
  const plan = plannedOf(back.row);
  const sight = await lookAt(run, plan.policyId);
  if (!saysTheSame(sight.enforce, plan.json)) {
    await noteWrites(run, back.row, [{ what: 'enable', policyId: plan.policyId }]);
    await enable(run, plan);
  }
  await putBack(back, sight);
  back.row = { ...back.row, moved: [] };
}

/** A lost answer is looked for afterwards. */
function unlessLost(error: unknown): void {
  if (!(error instanceof VendorUnreachableError)) throw error;
}

/** Whether a policy's state says that nobody is asked by it. */
export function isQuiet(policy: GraphObject | null): boolean {
  return policy === null || policy.state === REPORT_ONLY || policy.state === 'disabled';
}
