import type { Json } from '../../../lib/canonical-json.ts';
import { AppError, VendorUnreachableError } from '../../../lib/errors.ts';
import { dayOf } from '../../../lib/local-time.ts';
import { getPolicy } from '../../../services/graph/conditional-access-write.ts';
import { untilShown } from '../../../services/graph/eventually.ts';
import { listTransitiveMembers } from '../../../services/graph/groups.ts';
import { absentFrom, addMembers } from '../../../services/graph/groups-write.ts';
import { appendJournal } from '../../../store/journal.ts';
import type { RunningJob, Save } from '../../../work/job.ts';
import { approvalsOf, standingOf } from '../../approvals/phase-approval-records.ts';
import { openBefore } from '../../phases/phase-life.core.ts';
import { type GraphObject, objectOf } from '../graph-json.core.ts';
import { policyFingerprint } from '../managed-objects.core.ts';
import { saveMembers } from '../members/members.store.ts';
import { requireMembersAtRest } from '../members/members-at-rest.ts';
import { readLatestPush, readStandingPushes } from '../push/push.store.ts';
import { readStored } from '../push/push-facts.ts';
import { type SwitchRow, saveSwitch } from '../security-defaults/security-defaults.store.ts';
import { resumeSwitch, runSwitch } from '../security-defaults/security-defaults-off.ts';
import { SWITCH_TEXTS } from '../security-defaults/security-defaults-texts.core.ts';
import { approvalDigest, type FlipPlan, phaseKey, planWithdraw, refusedBy } from './enforce.core.ts';
import { lastWithdrawn, noteFlip, readEnforced } from './enforce.store.ts';
import { beforeOf, type FlipKnown, type FlipReading, ownedBy, readFlip } from './enforce-facts.ts';
import { type FlipFacts, flipRefusal } from './enforce-gates.core.ts';
import {
  beginRun,
  type EnforcementDeps,
  FlipRefusedError,
  type FlipRun,
  failureOf,
  isPassing,
  requireTurn,
  sendChange,
} from './enforce-run.ts';
import { saveEnforcement, saveRefusal } from './enforce-save.ts';
import { sessionsToEnd } from './enforce-sessions.ts';
import { FLIP_TEXTS } from './enforce-texts.core.ts';
import { compareFlip } from './graph-compare-flip.ts';

/** A write whose answer was lost is given this long to show up before it is made again. */
const SETTLE_MS = 10_000;

/**
 * Enforces a phase: reads the tenant, judges it by every gate, notes the intent and what stands, fills the group, sends
 * one change, and reads it back. Killed anywhere and run again it reads first: a change that is there is not made again.
 * Refused, the outcome says so and nobody is enforced.
 */
export async function runEnforce(deps: EnforcementDeps, seq: number, job: RunningJob): Promise<Save | undefined> {
  const run = await beginRun(deps, seq, job);
  if (run === null) return undefined;
  const written = { maybe: run.row.plan !== null };
  try {
    return (await resumeSwitch(run, job)) ?? (await enforce(run, { written, job }));
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    const failure = failureOf(error);
    deps.log.warn('phase.enforce_refused', { customerId: run.customer.id, flip: seq, code: failure.code });
    return (tx) => saveRefusal(run, tx, { failure, maybeWritten: written.maybe });
  }
}

type Attempt = { written: { maybe: boolean }; job: RunningJob };

async function enforce(run: FlipRun, { written, job }: Attempt): Promise<Save> {
  const there = await alreadyThere(run);
  if (there !== null) return enforced(run, there);
  const found = await judged(run);
  const { switching } = found.reading.planned;
  await note(run, found);
  run.deps.stopPoint('enforce.noted');
  if (switching !== null) {
    written.maybe = true;
    return runSwitch(run, beginning(run, found), job);
  }
  return enforced(run, await bringAbout(run, { found, written }));
}

async function enforced(run: FlipRun, plan: FlipPlan): Promise<Save> {
  const ending = await sessionsToEnd(run, [run.row.phase.name]);
  return (tx) => saveEnforcement(run, tx, { plan, ending });
}

/** A switch before its first write. */
function beginning({ row }: FlipRun, { reading }: Judged): SwitchRow {
  const { plan, switching } = reading.planned;
  const live = reading.snapshot.policies?.find(({ id }) => id === plan.policyId);
  const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json;
  return {
    ...{ flip: row.seq, state: 'going', phases: [...(switching?.phases ?? [])], moved: [], times: {} },
    ...{ before: json(live), planned: json(plan.json), updatedAt: row.updatedAt },
  };
}

/** The plan of an earlier attempt that did reach the tenant, given time to show; null when it has to be made. */
async function alreadyThere(run: FlipRun): Promise<FlipPlan | null> {
  const { row, deps, reader, options } = run;
  if (row.plan === null) return null;
  const json = row.plan.json as unknown as GraphObject;
  const plan: FlipPlan = { ...row.plan, json, change: { conditions: {}, grantControls: null } };
  const isThere = async () => {
    const live = await getPolicy(reader, plan.policyId, options);
    return live !== null && reaches(live as unknown as GraphObject, run, plan) ? true : null;
  };
  if ((await isThere()) === true) return plan;
  const restMs = row.updatedAt.getTime() + SETTLE_MS - deps.clock.now();
  if (restMs > 0) await deps.clock.sleep(Math.min(restMs, SETTLE_MS), options.signal);
  return (await isThere()) === true ? plan : null;
}

/** Whether an enabled policy reaches the phase, whatever else somebody may have changed in it meanwhile. */
function reaches(live: GraphObject, { row }: FlipRun, plan: FlipPlan): boolean {
  if (policyFingerprint(live) === policyFingerprint(plan.json)) return true;
  const enforced = plan.groupId === null ? [] : [{ ...row.phase, groupId: plan.groupId }];
  return live.state === 'enabled' && planWithdraw({ live, owned: [], enforced, phase: row.phase }) !== null;
}

type Bringing = { found: Judged; written: { maybe: boolean } };

async function bringAbout(run: FlipRun, { found, written }: Bringing): Promise<FlipPlan> {
  const { deps, customer, row, options } = run;
  const { reading, asked } = found;
  const { plan, scope } = reading.planned;
  if (plan.groupId !== null) await fillGroup(run, { groupId: plan.groupId, members: scope.members, reading });
  deps.stopPoint('enforce.filled');
  await requireUnchanged(run, { plan, asked });
  written.maybe = true;
  await send(run, plan);
  deps.stopPoint('enforce.written');
  const shown = await untilShown(deps.clock, () => isAsPlanned(run, plan), options.signal);
  if (shown === null) throw readBackLate();
  deps.stopPoint('enforce.shown');
  await compareFlip(run, reading);
  deps.log.info('phase.enforced', { customerId: customer.id, flip: row.seq });
  return plan;
}

function readBackLate(): AppError {
  const userMessage =
    'Graph does not show the enforcing policy as it was written. Somebody else may be working in the tenant.';
  return new AppError('read_back_late', userMessage, { userMessage });
}

async function isAsPlanned({ reader, options }: FlipRun, plan: FlipPlan): Promise<true | null> {
  const live = await getPolicy(reader, plan.policyId, options);
  const isSame = live !== null && policyFingerprint(live as unknown as GraphObject) === policyFingerprint(plan.json);
  return isSame ? true : null;
}

/** Sends the change; where the answer is lost, looks whether it came through before anybody sends it again. */
async function send(run: FlipRun, plan: FlipPlan): Promise<void> {
  try {
    await sendChange(run, plan);
  } catch (error) {
    if (!(error instanceof VendorUnreachableError)) throw error;
    const shown = await untilShown(run.deps.clock, () => isAsPlanned(run, plan), run.options.signal);
    if (shown === null) throw error;
  }
}

type Judged = { reading: FlipReading; digest: string; asked: FlipKnown };

/** Reads and judges. Throws FlipRefusedError with the first rule in the way. */
async function judged(run: FlipRun): Promise<Judged> {
  const { deps, customer, row, reader, options } = run;
  await deps.database.withCustomer(customer.id, requireMembersAtRest);
  const rollout = await deps.phases.current(customer.id);
  const phase = rollout?.phases.find(({ name }) => name === row.phase.name);
  if (rollout?.id !== row.rolloutId || rollout.state !== 'running' || phase?.state !== 'approved') {
    const text = FLIP_TEXTS.phase_not_approved(row.phase.name);
    throw new FlipRefusedError(refusedBy('phase_not_approved', 'S22', text));
  }
  const known = await readStored(deps, customer, row.actor);
  const enforced = await deps.database.withCustomer(customer.id, readEnforced);
  const people = await deps.phases.people(customer);
  const today = dayOf(new Date(deps.clock.now()), customer.settings.timeZone);
  const { phases } = rollout;
  const asked: FlipKnown = { known, phase: row.phase, people, enforced, phases, today };
  const reading = await readFlip(reader, asked, options);
  if ('code' in reading) throw new FlipRefusedError(reading);
  const open = reading.planned.switching === null ? [] : openBefore(phases, true);
  if (open.length > 0) {
    const text = SWITCH_TEXTS.phasesBefore(open.map(({ name }) => name));
    throw new FlipRefusedError(refusedBy('phases_before', 'S6', text));
  }
  const { facts, digest } = await factsOf(run, {
    reading,
    asked,
    expireAfterHours: rollout.procedure.approvals.expireAfterHours,
  });
  const refusal = flipRefusal(facts);
  if (refusal !== null) throw new FlipRefusedError(refusal);
  return { reading, digest, asked };
}

type Facts = { reading: FlipReading; asked: FlipKnown; expireAfterHours: number };

async function factsOf(run: FlipRun, { reading, asked, expireAfterHours }: Facts) {
  const { deps, customer, row } = run;
  const { planned, snapshot, ...read } = reading;
  const { plan, scope, switching } = planned;
  const { approvals, push, usedUpAt } = await deps.database.withCustomer(customer.id, async (tx) => ({
    approvals: await approvalsOf(tx, { rolloutId: row.rolloutId, phase: row.phase.name }),
    push: await readLatestPush(tx),
    usedUpAt: await lastWithdrawn(tx, row.phase),
  }));
  // Those who approved named whom they enforce anyway; another list has another digest.
  const anyway = approvals.at(-1)?.anyway ?? [];
  const { users, exempt } = scope;
  const digest = approvalDigest({ tenantId: customer.id, phase: row.phase, plan, users, exempt, anyway, switching });
  const now = deps.clock.now();
  const standing = await standingOf(deps.access, approvals, {
    customerId: customer.id,
    digest,
    now,
    expireAfterHours,
    usedUpAt,
  });
  const facts: FlipFacts = {
    ...read,
    ...{ phase: row.phase.name, digest, anyway, approved: users },
    approvers: standing.map(({ decision, sides }) => ({ ...decision.by, sides })),
    otherApprovals: approvals.length - standing.length,
    pushUnfinished: push === null || !['live', 'refused', 'compensated', 'undone'].includes(push.state),
    declared: customer.settings.declared.breakGlass,
    owned: ownedBy(plan, row.phase, asked.known.owned),
    live: snapshot.policies ?? [],
    groups: snapshot.groups ?? [],
    rails: customer.settings.rails,
  };
  return { facts, digest };
}

async function note(run: FlipRun, found: Judged): Promise<void> {
  const { deps, customer, row } = run;
  const { reading, digest } = found;
  const { plan, scope } = reading.planned;
  const at = new Date(deps.clock.now());
  const { policyId, groupId, isFirst, json } = plan;
  const noted = { policyId, groupId, isFirst, json: JSON.parse(JSON.stringify(json)) as Json };
  await deps.database.withCustomer(customer.id, async (tx) => {
    await requireTurn(tx, run);
    if (!(await noteFlip(tx, row.seq, { plan: noted, before: beforeOf(reading), at }))) throw cancelled();
    if (reading.planned.switching !== null) await saveSwitch(tx, beginning(run, found), at);
    if (row.plan !== null) return;
    const facts = {
      flip: row.seq,
      phase: row.phase.name,
      digest,
      ...{ policyId, groupId, isFirst },
      people: scope.users.length,
    };
    await appendJournal(tx, { at, actor: row.actor, event: 'phase.enforce.begun', facts });
  });
}

function cancelled(): FlipRefusedError {
  return new FlipRefusedError(refusedBy('cancelled', 'S24', FLIP_TEXTS.cancelled()));
}

type Filling = { groupId: string; members: readonly string[]; reading: FlipReading };

/** Brings in whoever joined the phase since the push, takes nobody out, and makes sure that nobody else came in. */
async function fillGroup(run: FlipRun, { groupId, members, reading }: Filling): Promise<void> {
  const { deps, reader, writer, options } = run;
  const writing = { reader, writer, clock: deps.clock };
  const absent = await absentFrom(run, { groupId, accountIds: members }, options);
  if (absent.length > 0) await noteFilled(run, { groupId, absent });
  await addMembers(writing, { groupId, accountIds: members }, options);
  const known = new Set([...reading.planned.scope.users, ...reading.leftOut].map((id) => id.toLowerCase()));
  const complete = async () => {
    if ((await absentFrom(run, { groupId, accountIds: members }, options)).length > 0) return null;
    const inside = await listTransitiveMembers(reader, groupId, options);
    const people = inside.filter((member) => !member['@odata.type'].endsWith('.group'));
    return people.every(({ id }) => known.has(id.toLowerCase())) ? true : null;
  };
  if ((await untilShown(deps.clock, complete, options.signal)) !== null) return;
  throw new FlipRefusedError(refusedBy('group_differs', 'S3', FLIP_TEXTS.group_moves(run.row.phase.name)));
}

/** Remembers whom we put in beside the push, so that nobody takes it for the work of somebody else. */
async function noteFilled({ deps, customer, row }: FlipRun, filled: { groupId: string; absent: readonly string[] }) {
  const at = new Date(deps.clock.now());
  const { groupId, absent: accountIds } = filled;
  await deps.database.withCustomer(customer.id, async (tx) => {
    const pushId = (await readStandingPushes(tx)).at(-1)?.id;
    if (pushId === undefined) return;
    await saveMembers(tx, { key: phaseKey(row.phase), groupId, accountIds, state: 'adding', pushId, at });
  });
}

/** The last look before the write: the policy is what was judged, and nobody held the phase or took it back (S23). */
async function requireUnchanged(run: FlipRun, { plan, asked }: { plan: FlipPlan; asked: FlipKnown }): Promise<void> {
  const { deps, customer, row, reader, options } = run;
  const live = await getPolicy(reader, plan.policyId, options);
  const own = asked.known.owned.find(({ key }) => key === 'ENFORCE');
  if (live === null || policyFingerprint(objectOf(live) ?? {}) !== own?.fingerprint) {
    throw new FlipRefusedError(refusedBy('managed_object_changed', 'S23', FLIP_TEXTS.policy_changed_meanwhile()));
  }
  const rollout = await deps.phases.current(customer.id);
  if (rollout?.phases.find(({ name }) => name === row.phase.name)?.state !== 'approved') throw cancelled();
}
