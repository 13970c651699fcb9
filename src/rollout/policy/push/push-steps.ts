import type { Json } from '../../../lib/canonical-json.ts';
import {
  createPolicy,
  findOwnPolicy,
  getPolicy,
  type NewPolicy,
  type OwnPolicy,
  updatePolicy,
} from '../../../services/graph/conditional-access-write.ts';
import { orMissing, untilShown } from '../../../services/graph/eventually.ts';
import { listTransitiveMembers } from '../../../services/graph/groups.ts';
import {
  absentFrom,
  addMembers,
  createSecurityGroup,
  findGroupByTag,
  type GroupWriting,
} from '../../../services/graph/groups-write.ts';
import type { GraphGroup, GraphPolicy } from '../../../services/graph/wire.ts';
import { type JsonObject, objectOf } from '../graph-json.core.ts';
import {
  groupFingerprint,
  liveGroupFingerprint,
  type ManagedObject,
  policyFingerprint,
  withGroupIds,
} from '../managed-objects.core.ts';
import { brokenRules } from '../managed-rules.core.ts';
import { writablePolicy } from '../writable-policy.core.ts';
import { groupIdOf, knownGroupIds, type PushStep } from './push.core.ts';
import { saveManaged } from './push.store.ts';
import { begin, done, PushRefusedError, type PushRun, planOf, progressOf, rowOf, settle } from './push-run.ts';

type Step<D extends PushStep['do']> = Extract<PushStep, { do: D }>;

/**
 * Brings one step about: looks first, notes the intent, writes, reads back, notes what came of it. A step that is done
 * is passed over. Throws PushRefusedError where a rule forbids it, else the vendor's error.
 */
export async function runStep(run: PushRun, step: PushStep): Promise<void> {
  if (progressOf(await rowOf(run), step)?.state === 'done') return;
  switch (step.do) {
    case 'group':
      return makeGroup(run, step);
    case 'members':
      return bringMembers(run, step);
    case 'policy':
      return step.policyId === null ? makePolicy(run, step) : changePolicy(run, step, step.policyId);
  }
}

function writing({ reader, writer, deps }: PushRun): GroupWriting {
  return { reader, writer, clock: deps.clock };
}

async function makeGroup(run: PushRun, step: Step<'group'>): Promise<void> {
  const earlier = progressOf(await rowOf(run), step);
  if (earlier !== undefined && (await findGroupByTag(run.reader, step.group.tag, run.options)) === null) {
    await settle(run, earlier);
  }
  await begin(run, step, { facts: { ...step.group } });
  const group = await createSecurityGroup(writing(run), step.group, run.options);
  run.deps.stopPoint('push.group.made');
  requireOwn(group, step);
  const managed: ManagedObject = {
    ...{ key: step.key, kind: 'group', objectId: group.id, name: step.group.displayName, pushId: run.pushId },
    ...{ fingerprint: groupFingerprint(step.group), written: { ...step.group } },
  };
  await done(run, step, {
    facts: { objectId: group.id },
    more: { objectId: group.id },
    save: (tx) => saveManaged(tx, managed),
  });
}

function requireOwn(group: GraphGroup, { group: wanted }: Step<'group'>): void {
  if (liveGroupFingerprint(group) === groupFingerprint(wanted)) return;
  throw readBackDiffers(`the group "${wanted.displayName}"`);
}

async function bringMembers(run: PushRun, step: Step<'members'>): Promise<void> {
  const row = await rowOf(run);
  const groupId = groupIdOf(step, row.progress);
  if (groupId === undefined) throw readBackDiffers(`the group "${step.displayName}"`);
  const accountIds = step.add;
  // What was in the group before this push is not its to take out again, so it is noted once and before the write.
  const absent = await absentFrom(run, { groupId, accountIds }, run.options);
  const noted = await begin(run, step, { facts: { groupId, accounts: absent }, more: { adding: absent } });
  await addMembers(writing(run), { groupId, accountIds }, run.options);
  run.deps.stopPoint('push.members.made');
  const complete = async () =>
    (await absentFrom(run, { groupId, accountIds }, run.options)).length === 0 ? true : null;
  if ((await untilShown(run.deps.clock, complete, run.options.signal)) === null) {
    throw readBackDiffers(`the members of "${step.displayName}"`);
  }
  await done(run, step, { facts: { groupId, added: noted.adding?.length ?? 0 }, more: { objectId: groupId } });
}

async function makePolicy(run: PushRun, step: Step<'policy'>): Promise<void> {
  const { reader, writer, deps, options } = run;
  const json = await guarded(run, step);
  const own = await ownPolicy(run, step, json);
  const earlier = progressOf(await rowOf(run), step);
  if (earlier !== undefined) await settle(run, earlier);
  const found = earlier === undefined ? null : await findOwnPolicy(reader, own, options);
  await begin(run, step, { facts: { policy: json } });
  const made =
    found ?? (await createPolicy({ reader, writer, clock: deps.clock }, { policy: asNewPolicy(json), own }, options));
  deps.stopPoint('push.policy.made');
  await keepPolicy(run, step, { id: made.id, json });
}

async function changePolicy(run: PushRun, step: Step<'policy'>, id: string): Promise<void> {
  const { writer, deps, options } = run;
  const json = await guarded(run, step);
  await begin(run, step, { facts: { policy: json }, more: { objectId: id } });
  await updatePolicy({ writer, clock: deps.clock }, { id, change: writablePolicy(json) }, options);
  deps.stopPoint('push.policy.made');
  await keepPolicy(run, step, { id, json });
}

/** How a policy of this step is known among others: new since the push began, and saying what was to be written. */
export async function ownPolicy(run: PushRun, step: Step<'policy'>, json: Json): Promise<OwnPolicy> {
  const { before } = await rowOf(run);
  const policies = objectOf(before)?.policies;
  const ids = (Array.isArray(policies) ? (policies as unknown[]) : []).map((policy) => objectOf(policy)?.id);
  const wanted = policyFingerprint(objectOf(json) ?? {});
  return {
    before: new Set(ids.filter((id) => typeof id === 'string')),
    isSame: (policy) => policyFingerprint(policy as JsonObject) === wanted && policy.id !== step.policyId,
  };
}

/** The JSON of a step with the ids of groups in it. Throws PushRefusedError while one of them is not there (S7). */
export async function resolvedJson(run: PushRun, step: Step<'policy'>): Promise<Json> {
  const row = await rowOf(run);
  try {
    return withGroupIds(step.json, knownGroupIds(planOf(row), row.progress));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PushRefusedError({
      code: 'reference_unresolved',
      rule: 'S7',
      message: `The policy ${step.key} names a group that does not exist yet, so it is not written.`,
    });
  }
}

/**
 * The JSON that may be written. Asked right before every write of a policy: it breaks no rule of a managed policy, and
 * at least two break-glass accounts are in the group that it leaves out (S1).
 */
async function guarded(run: PushRun, step: Step<'policy'>): Promise<Json> {
  const row = await rowOf(run);
  const ids = knownGroupIds(planOf(row), row.progress);
  const json = await resolvedJson(run, step);
  const emergency = planOf(row).groups.filter(({ purpose }) => purpose === 'breakGlass');
  const groups = emergency.map(({ key, reference, purpose, members }) => {
    const id = ids.get(reference) ?? reference;
    return { reference: id, name: key, purpose, phase: null, id, members, add: [] };
  });
  const broken = brokenRules({ name: step.key, json }, groups)[0];
  if (broken !== undefined) {
    throw new PushRefusedError({ ...broken, message: `${broken.message} ${broken.clear}` });
  }
  await requireBreakGlass(run, groups);
  return json;
}

const BREAK_GLASS_MIN = 2;

async function requireBreakGlass(run: PushRun, groups: readonly { id: string }[]): Promise<void> {
  const members = new Set<string>();
  for (const { id } of groups) {
    const read = (await orMissing(() => listTransitiveMembers(run.reader, id, run.options))) ?? [];
    for (const member of read) members.add(member.id.toLowerCase());
  }
  const inside = run.breakGlass.filter((id) => members.has(id.toLowerCase()));
  if (inside.length >= BREAK_GLASS_MIN && inside.length === run.breakGlass.length) return;
  throw new PushRefusedError({
    code: 'break_glass_not_excluded',
    rule: 'S1',
    message: `Only ${inside.length} of ${run.breakGlass.length} break-glass accounts are in the group that the policies leave out, so no policy is written.`,
  });
}

async function keepPolicy(run: PushRun, step: Step<'policy'>, { id, json }: { id: string; json: Json }): Promise<void> {
  const fingerprint = policyFingerprint(objectOf(json) ?? {});
  const same = async () => {
    const live = await getPolicy(run.reader, id, run.options);
    return live !== null && policyFingerprint(live as JsonObject) === fingerprint ? live : null;
  };
  const shown: GraphPolicy | null = await untilShown(run.deps.clock, same, run.options.signal);
  const name = String(objectOf(json)?.displayName ?? step.key);
  const { key } = step;
  const managed: ManagedObject = {
    ...{ key, kind: 'policy', objectId: id, name, pushId: run.pushId },
    ...{ fingerprint, written: json },
  };
  if (shown === null) {
    // It exists, so that it is ours to take back, whatever it says.
    await done(run, step, { facts: { objectId: id, readBack: 'differs' }, more: { objectId: id } });
    throw readBackDiffers(`the policy ${step.key}`);
  }
  const facts = { objectId: id, state: shown.state };
  await done(run, step, { facts, more: { objectId: id }, save: (tx) => saveManaged(tx, managed) });
}

function asNewPolicy(json: Json): NewPolicy {
  const { displayName, conditions, grantControls } = objectOf(json) ?? {};
  return {
    displayName: String(displayName),
    state: 'enabledForReportingButNotEnforced',
    conditions: objectOf(conditions) ?? {},
    grantControls: objectOf(grantControls) ?? {},
  };
}

function readBackDiffers(what: string): PushRefusedError {
  return new PushRefusedError({
    code: 'read_back_differs',
    rule: 'S23',
    message: `Graph shows something else than what was written: ${what}. Somebody else may be working in the tenant.`,
  });
}
