import type { Json } from '../../lib/canonical-json.ts';
import { listPolicies } from '../../services/graph/conditional-access.ts';
import { deletePolicy, findOwnPolicy, getPolicy, updatePolicy } from '../../services/graph/conditional-access-write.ts';
import { orMissing, untilShown } from '../../services/graph/eventually.ts';
import { listMembers } from '../../services/graph/groups.ts';
import { deleteGroup, findGroupByTag, getGroup, removeMembers } from '../../services/graph/groups-write.ts';
import type { GraphGroup, GraphPolicy } from '../../services/graph/wire.ts';
import { type JsonObject, objectOf, textsOf } from './graph-json.core.ts';
import {
  groupFingerprint,
  liveGroupFingerprint,
  type ManagedObject,
  policyFingerprint,
} from './managed-objects.core.ts';
import { groupIdOf, type PushStep, type StepProgress, stepsToUndo } from './push.core.ts';
import { forgetManaged, saveManaged } from './push.store.ts';
import { isMicrosoftManaged } from './push-gates.core.ts';
import { beginUndo, type PushRun, planOf, progressOf, rowOf, settle, takenBack } from './push-run.ts';
import { ownPolicy, resolvedJson } from './push-steps.ts';
import { writablePolicy } from './writable-policy.core.ts';

type Step<D extends PushStep['do']> = Extract<PushStep, { do: D }>;

/** A step that undoing left as it is, and why. */
export type LeftStanding = { step: string; why: string };

const BY_OTHERS = 'somebody else changed it since it was written';

/**
 * Takes back every step that may have had an effect, the last one first, and gives what it had to leave: an object that
 * somebody else changed is told and not touched. Asks no gate. Run again it goes on with what is left.
 */
export async function undoSteps(run: PushRun): Promise<LeftStanding[]> {
  const row = await rowOf(run);
  const left: LeftStanding[] = [];
  for (const step of row.plan === null ? [] : stepsToUndo(planOf(row), row.progress)) {
    const why = await undoStep(run, step);
    if (why !== null) left.push({ step: step.name, why });
  }
  return left;
}

function undoStep(run: PushRun, step: PushStep): Promise<string | null> {
  switch (step.do) {
    case 'policy':
      return step.policyId === null ? removePolicy(run, step) : putPolicyBack(run, step, step.policyId);
    case 'members':
      return takeMembersOut(run, step);
    case 'group':
      return removeGroup(run, step);
  }
}

/** Notes that a step is left, and gives the reason. */
async function leave(run: PushRun, step: PushStep, why: string): Promise<string> {
  await takenBack(run, step, { why });
  return why;
}

async function removePolicy(run: PushRun, step: Step<'policy'>): Promise<string | null> {
  const { reader, writer, deps, options } = run;
  const json = await resolvedJson(run, step);
  const live = await madePolicy(run, step, json);
  if (live !== null) {
    const isOurs = policyFingerprint(live as JsonObject) === policyFingerprint(objectOf(json) ?? {});
    if (!isOurs || isMicrosoftManaged(live)) return leave(run, step, BY_OTHERS);
    await beginUndo(run, step, { objectId: live.id });
    await deletePolicy(writer, live.id, options);
    deps.stopPoint('undo.policy.made');
    const gone = async () => ((await getPolicy(reader, live.id, options)) === null ? true : null);
    if ((await untilShown(deps.clock, gone, options.signal)) === null) return leave(run, step, STILL_SHOWN);
  }
  await takenBack(run, step, { why: null, save: (tx) => forgetManaged(tx, step.key) });
  return null;
}

const STILL_SHOWN = 'Graph still shows it after it was deleted';

async function madePolicy(run: PushRun, step: Step<'policy'>, json: Json): Promise<GraphPolicy | null> {
  const progress = progressOf(await rowOf(run), step);
  if (progress?.objectId !== undefined) return getPolicy(run.reader, progress.objectId, run.options);
  // Begun, and nobody knows what came of it.
  if (progress !== undefined) await settle(run, progress);
  return findOwnPolicy(run.reader, await ownPolicy(run, step, json), run.options);
}

async function putPolicyBack(run: PushRun, step: Step<'policy'>, id: string): Promise<string | null> {
  const { reader, writer, deps, options } = run;
  const json = await resolvedJson(run, step);
  const live = await getPolicy(reader, id, options);
  if (live === null) return leave(run, step, 'somebody else deleted it since it was written');
  const [now, before] = [policyFingerprint(live as JsonObject), policyFingerprint(objectOf(step.before) ?? {})];
  if (now !== before) {
    const isOurs = now === policyFingerprint(objectOf(json) ?? {});
    if (!isOurs || isMicrosoftManaged(live)) return leave(run, step, BY_OTHERS);
    await beginUndo(run, step, { objectId: id });
    await updatePolicy({ writer, clock: deps.clock }, { id, change: writablePolicy(step.before) }, options);
    deps.stopPoint('undo.policy.made');
    const same = async () => {
      const shown = await getPolicy(reader, id, options);
      return shown !== null && policyFingerprint(shown as JsonObject) === before ? true : null;
    };
    if ((await untilShown(deps.clock, same, options.signal)) === null)
      return leave(run, step, 'Graph does not show what was written back');
  }
  const { key } = step;
  const managed: ManagedObject = {
    ...{ key, kind: 'policy', objectId: id, name: live.displayName, pushId: run.pushId },
    ...{ fingerprint: before, written: step.before },
  };
  await takenBack(run, step, { why: null, save: (tx) => saveManaged(tx, managed) });
  return null;
}

async function takeMembersOut(run: PushRun, step: Step<'members'>): Promise<string | null> {
  const row = await rowOf(run);
  const groupId = groupIdOf(step, row.progress);
  const adding = progressOf(row, step)?.adding ?? [];
  const making = planOf(row).steps.find(({ do: what, key }) => what === 'group' && key === step.key);
  const live = groupId === undefined ? null : await getGroup(run.reader, groupId, run.options);
  if (live !== null && groupId !== undefined && adding.length > 0) {
    const why = making?.do === 'group' ? await changedGroup(run, making, live) : null;
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
  if (liveGroupFingerprint(live) !== groupFingerprint(step.group)) return BY_OTHERS;
  const row = await rowOf(run);
  const members = planOf(row).steps.find(({ do: what, key }) => what === 'members' && key === step.key);
  const ours = new Set(members?.do === 'members' ? members.add.map((id) => id.toLowerCase()) : []);
  const present = (await orMissing(() => listMembers(run.reader, live.id, run.options))) ?? [];
  const strangers = present.filter(({ id }) => !ours.has(id.toLowerCase()));
  if (strangers.length > 0) return `${strangers.length} members were put into it by somebody else`;
  const policy = (await listPolicies(run.reader, run.options)).find((one) => names(one, live.id));
  return policy === undefined ? null : `the policy "${policy.displayName}" still names it`;
}

function names(policy: GraphPolicy, groupId: string): boolean {
  const users = objectOf(policy.conditions.users) ?? {};
  const named = [...(textsOf(users.includeGroups) ?? []), ...(textsOf(users.excludeGroups) ?? [])];
  return named.includes(groupId.toLowerCase());
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
  await takenBack(run, step, { why: null, save: (tx) => forgetManaged(tx, step.key) });
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
