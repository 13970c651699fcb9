import { listPolicies } from '../../../services/graph/conditional-access.ts';
import { orMissing, untilShown } from '../../../services/graph/eventually.ts';
import { listMembers } from '../../../services/graph/groups.ts';
import { deleteGroup, findGroupByTag, getGroup, removeMembers } from '../../../services/graph/groups-write.ts';
import type { GraphGroup } from '../../../services/graph/wire.ts';
import { appendJournal } from '../../../store/journal.ts';
import type { Tx } from '../../../store/transaction.ts';
import { groupFingerprint, isFilledByRule, liveGroupFingerprint } from '../managed-objects.core.ts';
import type { MemberRow } from '../members/members.core.ts';
import { forgetMembers, forgetMembersOf, handMembersOver, readMembers } from '../members/members.store.ts';
import { groupIdOf, type PushStep, type StepProgress, stepsToUndo } from './push.core.ts';
import { forgetManaged, readManaged, readPushBefore } from './push.store.ts';
import { beginUndo, type PushRun, planOf, progressOf, requirePush, rowOf, settle, takenBack } from './push-run.ts';
import {
  BY_OTHERS,
  holderOf,
  type LeftStanding,
  leave,
  names,
  orRefused,
  quietPolicies,
  STILL_SHOWN,
  undoPolicy,
} from './push-undo-policies.ts';

type Step<D extends PushStep['do']> = Extract<PushStep, { do: D }>;

/**
 * Takes back every step that may have had an effect: the policies first, each seen gone or no longer enabled, and only
 * then the groups they spoke of, the last one first. Gives what it had to leave: an object that somebody else changed is
 * told and not touched, and as long as such a policy names a group, the group and its members stay as well: an enabled
 * policy without the members of the groups it leaves out locks them out. Asks no gate. Run again it goes on with what is
 * left.
 */
export async function undoSteps(run: PushRun): Promise<LeftStanding[]> {
  const row = await rowOf(run);
  const left: LeftStanding[] = [];
  const steps = row.plan === null ? [] : stepsToUndo(planOf(row), row.progress);
  const told = (step: string, why: string | null) => {
    if (why !== null && !left.some((one) => one.step === step)) left.push({ step, why });
  };
  for (const step of steps)
    if (step.do === 'policy') told(step.name, await orRefused(run, step, () => undoPolicy(run, step)));
  if (row.plan !== null) for (const { step, why } of await quietPolicies(run)) told(step, why);
  for (const { step, why } of await takeOutUpkeep(run)) told(step, why);
  for (const step of steps)
    if (step.do !== 'policy') told(step.name, await orRefused(run, step, () => undoGroupStep(run, step)));
  if (left.length === 0) await handOver(run);
  return left;
}

function undoGroupStep(run: PushRun, step: Step<'group' | 'members'>): Promise<string | null> {
  return step.do === 'members' ? takeMembersOut(run, step) : removeGroup(run, step);
}

/** Memberships that were written while this push stood, into groups that it did not make and that therefore stay. */
async function takeOutUpkeep(run: PushRun): Promise<LeftStanding[]> {
  const { plan } = await rowOf(run);
  const made = new Set(plan?.steps.flatMap(({ do: what, key }) => (what === 'group' ? [key] : [])));
  const rows = (await membersOf(run)).filter(({ pushId, key }) => pushId === run.pushId && !made.has(key));
  const left: LeftStanding[] = [];
  for (const [key, written] of Map.groupBy(rows.filter(isIn), (row) => row.key)) {
    const groupId = written[0]?.groupId ?? '';
    const accountIds = written.map(({ accountId }) => accountId);
    const live = await getGroup(run.reader, groupId, run.options);
    const held = live === null ? null : (filledByRule(live) ?? (await holderOf(run, groupId)));
    const why = held ?? (await orRefused(run, null, () => takeOut(run, { key, groupId, accountIds })));
    if (why !== null) left.push({ step: `members.${key}`, why });
  }
  return left;
}

function isIn({ state }: MemberRow): boolean {
  return state === 'in' || state === 'adding';
}

function membersOf({ deps, customerId }: PushRun): Promise<MemberRow[]> {
  return deps.database.withCustomer(customerId, readMembers);
}

type TakenOut = { key: string; groupId: string; accountIds: readonly string[] };

async function takeOut(run: PushRun, { key, groupId, accountIds }: TakenOut): Promise<null> {
  const { deps, customerId, pushId, actor } = run;
  const note = (event: string, isDone: boolean) =>
    deps.database.withCustomer(customerId, async (tx) => {
      if (isDone) await forgetMembers(tx, key, accountIds);
      const facts = { pushId, step: `members.${key}`, groupId, accounts: [...accountIds] };
      await appendJournal(tx, { at: new Date(deps.clock.now()), actor, event, facts });
    });
  await note('policy.undo.begun', false);
  await removeMembers(run, { groupId, accountIds }, run.options);
  deps.stopPoint('undo.upkeep.made');
  await note('policy.undo.done', true);
  return null;
}

/** Graph takes nobody out of a group that a rule fills. */
function filledByRule(group: GraphGroup): string | null {
  if (!isFilledByRule(group)) return null;
  return 'somebody let a rule fill the group; make its membership assigned again, then undo again';
}

/** What was taken out while the push stood stays ours to know, under the push that stands now. */
async function handOver({ deps, customerId, pushId }: PushRun): Promise<void> {
  await deps.database.withCustomer(customerId, async (tx) => {
    const { seq } = await requirePush(tx, pushId);
    await handMembersOver(tx, pushId, (await readPushBefore(tx, seq))?.id ?? null);
  });
}

async function takeMembersOut(run: PushRun, step: Step<'members'>): Promise<string | null> {
  const row = await rowOf(run);
  const groupId = groupIdOf(step, row.progress);
  const since = new Map(
    (await membersOf(run)).filter((one) => one.key === step.key).map((one) => [one.accountId, one]),
  );
  // Whom the upkeep took out since is not taken out again: if he is back, somebody else put him in.
  const adding = (progressOf(row, step)?.adding ?? []).filter((id) => since.get(id.toLowerCase())?.state !== 'out');
  const making = planOf(row).steps.find(({ do: what, key }) => what === 'group' && key === step.key);
  const live = groupId === undefined ? null : await getGroup(run.reader, groupId, run.options);
  if (live !== null && groupId !== undefined && adding.length > 0) {
    const why =
      filledByRule(live) ??
      (making?.do === 'group' ? await changedGroup(run, making, live) : null) ??
      (await holderOf(run, groupId));
    if (why !== null) return leave(run, step, why);
    await beginUndo(run, step, { groupId, accounts: adding });
    await removeMembers(run, { groupId, accountIds: adding }, run.options);
    run.deps.stopPoint('undo.members.made');
  }
  await takenBack(run, step, { why: null });
  return null;
}

/** Why a group that this push made is somebody else's by now; null when it is not. */
async function changedGroup(run: PushRun, step: Step<'group'>, live: GraphGroup): Promise<string | null> {
  if (!(await isAsKnown(run, step, live))) return BY_OTHERS;
  const row = await rowOf(run);
  const members = planOf(row).steps.find(({ do: what, key }) => what === 'members' && key === step.key);
  const written = (await membersOf(run)).filter((one) => one.key === step.key && isIn(one));
  const ours = new Set([
    ...(members?.do === 'members' ? members.add.map((id) => id.toLowerCase()) : []),
    ...written.map(({ accountId }) => accountId),
  ]);
  const present = (await orMissing(() => listMembers(run.reader, live.id, run.options))) ?? [];
  const strangers = present.filter(({ id }) => !ours.has(id.toLowerCase()));
  if (strangers.length > 0) return `${strangers.length} members were put into it by somebody else`;
  const policy = (await listPolicies(run.reader, run.options)).find((one) => names(one, live.id));
  return policy === undefined ? null : `the policy "${policy.displayName}" still names it`;
}

/** Whether the group is as the push made it, or as somebody accepted it since. */
async function isAsKnown({ deps, customerId }: PushRun, { key, group }: Step<'group'>, live: GraphGroup) {
  const shown = liveGroupFingerprint(live);
  if (shown === groupFingerprint(group)) return true;
  const owned = await deps.database.withCustomer(customerId, readManaged);
  return owned.some((own) => own.key === key && own.objectId === live.id && own.fingerprint === shown);
}

async function removeGroup(run: PushRun, step: Step<'group'>): Promise<string | null> {
  const { reader, writer, deps, options } = run;
  const live = await madeGroup(run, step, progressOf(await rowOf(run), step));
  if (live !== null) {
    const why = await changedGroup(run, step, live);
    if (why !== null) return leave(run, step, why);
    await beginUndo(run, step, { objectId: live.id });
    await deleteGroup(writer, live.id, options);
    deps.stopPoint('undo.group.made');
    const gone = async () => ((await getGroup(reader, live.id, options)) === null ? true : null);
    if ((await untilShown(deps.clock, gone, options.signal)) === null) return leave(run, step, STILL_SHOWN);
  }
  const save = async (tx: Tx) => {
    await forgetManaged(tx, step.key);
    await forgetMembersOf(tx, step.key);
  };
  await takenBack(run, step, { why: null, save });
  return null;
}

async function madeGroup(
  run: PushRun,
  step: Step<'group'>,
  progress: StepProgress | undefined,
): Promise<GraphGroup | null> {
  if (progress?.objectId !== undefined) return getGroup(run.reader, progress.objectId, run.options);
  if (progress !== undefined) await settle(run, progress);
  return findGroupByTag(run.reader, step.group.tag, run.options);
}
