import type { Json } from '../../../lib/canonical-json.ts';
import { VendorRefusedError } from '../../../lib/errors.ts';
import { listPolicies } from '../../../services/graph/conditional-access.ts';
import {
  deletePolicy,
  findOwnPolicy,
  getPolicy,
  updatePolicy,
} from '../../../services/graph/conditional-access-write.ts';
import { untilShown } from '../../../services/graph/eventually.ts';
import type { GraphPolicy } from '../../../services/graph/wire.ts';
import { appendJournal } from '../../../store/journal.ts';
import { readOpenFlips } from '../enforce/enforce.store.ts';
import { type JsonObject, objectOf, textsOf } from '../graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../managed-objects.core.ts';
import { REPORT_ONLY } from '../managed-policies.core.ts';
import { writablePolicy } from '../writable-policy.core.ts';
import type { PushStep } from './push.core.ts';
import { forgetManaged, readManaged, saveManaged } from './push.store.ts';
import { isMicrosoftManaged } from './push-gates.core.ts';
import { beginUndo, type PushRun, progressOf, rowOf, settle, takenBack } from './push-run.ts';
import { ownPolicy, resolvedJson } from './push-steps.ts';

type PolicyStep = Extract<PushStep, { do: 'policy' }>;

/** A step that undoing left as it is, and why. */
export type LeftStanding = { step: string; why: string };

/** Why undoing leaves an object. */
export const BY_OTHERS = 'somebody else changed it since it was written';
/** Why undoing leaves an object that it deleted. */
export const STILL_SHOWN = 'Graph still shows it after it was deleted';

/** Takes a policy back: deletes the one that the push made, or writes back what it said before. Gives why it is left. */
export function undoPolicy(run: PushRun, step: PolicyStep): Promise<string | null> {
  return step.policyId === null ? removePolicy(run, step) : putPolicyBack(run, step, step.policyId);
}

/** Notes that a step is left, and gives the reason. */
export async function leave(run: PushRun, step: PushStep, why: string): Promise<string> {
  await takenBack(run, step, { why });
  return why;
}

/**
 * What Graph refuses is left with the reason, and everything else is taken back all the same. Throws what may pass when it
 * is tried again.
 */
export async function orRefused(
  run: PushRun,
  step: PushStep | null,
  undo: () => Promise<string | null>,
): Promise<string | null> {
  try {
    return await undo();
  } catch (error) {
    if (!(error instanceof VendorRefusedError)) throw error;
    const why = error.sentence.replace(/[.]$/, '');
    return step === null ? why : leave(run, step, why);
  }
}

async function removePolicy(run: PushRun, step: PolicyStep): Promise<string | null> {
  const { reader, writer, deps, options } = run;
  const json = await resolvedJson(run, step);
  const live = await madePolicy(run, step, json);
  if (live !== null) {
    if (!(await isOurWriting(run, live, json))) return leave(run, step, BY_OTHERS);
    await beginUndo(run, step, { objectId: live.id });
    await deletePolicy(writer, live.id, options);
    deps.stopPoint('undo.policy.made');
    const gone = async () => ((await getPolicy(reader, live.id, options)) === null ? true : null);
    if ((await untilShown(deps.clock, gone, options.signal)) === null) return leave(run, step, STILL_SHOWN);
  }
  await takenBack(run, step, { why: null, save: (tx) => forgetManaged(tx, step.key) });
  return null;
}

async function madePolicy(run: PushRun, step: PolicyStep, json: Json): Promise<GraphPolicy | null> {
  const progress = progressOf(await rowOf(run), step);
  // It may have been made anew since, under another id.
  const objectId = (await ownedNow(run, step)) ?? progress?.objectId;
  if (objectId !== undefined) return getPolicy(run.reader, objectId, run.options);
  // Begun, and nobody knows what came of it.
  if (progress !== undefined) await settle(run, progress);
  return findOwnPolicy(run.reader, await ownPolicy(run, step, json), run.options);
}

async function ownedNow({ deps, customerId, pushId }: PushRun, { key }: PolicyStep): Promise<string | undefined> {
  const owned = await deps.database.withCustomer(customerId, readManaged);
  return owned.find((object) => object.key === key && object.pushId === pushId)?.objectId;
}

/**
 * Whether a policy says what this product wrote into it: by the push, by the flips of phases since then, or by one that
 * is noted and may have come through.
 */
async function isOurWriting(run: PushRun, live: GraphPolicy, pushed: Json): Promise<boolean> {
  if (isMicrosoftManaged(live)) return false;
  const written = await run.deps.database.withCustomer(run.customerId, async (tx) => {
    const owned = (await readManaged(tx)).filter(({ objectId }) => objectId === live.id);
    const flips = (await readOpenFlips(tx)).flatMap(({ plan }) => (plan?.policyId === live.id ? [plan.json] : []));
    return [...owned.map(({ fingerprint }) => fingerprint), ...[pushed, ...flips].map(fingerprintOf)];
  });
  return written.includes(policyFingerprint(live as JsonObject));
}

function fingerprintOf(json: Json): string {
  return policyFingerprint(objectOf(json) ?? {});
}

async function putPolicyBack(run: PushRun, step: PolicyStep, id: string): Promise<string | null> {
  const live = await getPolicy(run.reader, id, run.options);
  if (live === null) return leave(run, step, 'somebody else deleted it since it was written');
  const wanted = reportOnly(step.before);
  const now = policyFingerprint(live as JsonObject);
  if (now !== fingerprintOf(wanted)) {
    if (!(await isOurWriting(run, live, await resolvedJson(run, step)))) return leave(run, step, BY_OTHERS);
    await beginUndo(run, step, { objectId: id });
    if (!(await writePolicy(run, id, wanted))) return leave(run, step, NOT_SHOWN);
  }
  const { key } = step;
  const managed: ManagedObject = {
    ...{ key, kind: 'policy', objectId: id, name: live.displayName, pushId: run.pushId },
    ...{ fingerprint: fingerprintOf(wanted), written: wanted },
  };
  await takenBack(run, step, { why: null, save: (tx) => saveManaged(tx, managed) });
  return null;
}

const NOT_SHOWN = 'Graph does not show what was written back';

/** What a policy said before, switched on by nothing but an approved enforcement (S4). */
function reportOnly(before: Json): Json {
  const policy = objectOf(before) ?? {};
  return policy.state === 'enabled' ? ({ ...policy, state: REPORT_ONLY } as Json) : before;
}

async function writePolicy(run: PushRun, id: string, wanted: Json): Promise<boolean> {
  const { reader, writer, deps, options } = run;
  await updatePolicy({ writer, clock: deps.clock }, { id, change: writablePolicy(wanted) }, options);
  deps.stopPoint('undo.policy.made');
  const same = async () => {
    const shown = await getPolicy(reader, id, options);
    return shown !== null && policyFingerprint(shown as JsonObject) === fingerprintOf(wanted) ? true : null;
  };
  return (await untilShown(deps.clock, same, options.signal)) !== null;
}

/**
 * Brings every policy of ours that stays, because an earlier push made it, from enabled to report-only: undoing takes
 * people out of the groups that it leaves out. Gives those that are left enabled, since somebody else changed them.
 */
export async function quietPolicies(run: PushRun): Promise<LeftStanding[]> {
  const left: LeftStanding[] = [];
  const owned = await run.deps.database.withCustomer(run.customerId, readManaged);
  for (const object of owned.filter(({ kind }) => kind === 'policy')) {
    const why = await orRefused(run, null, () => quiet(run, object));
    if (why !== null) left.push({ step: `policy.${object.key}`, why });
  }
  return left;
}

async function quiet(run: PushRun, object: ManagedObject): Promise<string | null> {
  const live = await getPolicy(run.reader, object.objectId, run.options);
  if (live?.state !== 'enabled') return null;
  if (!(await isOurWriting(run, live, object.written))) return BY_OTHERS;
  const wanted = JSON.parse(JSON.stringify(reportOnly(live as unknown as Json))) as Json;
  const { pushId, actor, deps, customerId } = run;
  const told = { pushId, policy: object.key, objectId: object.objectId };
  const note = (event: string, facts: Json, save?: ManagedObject) =>
    deps.database.withCustomer(customerId, async (tx) => {
      if (save !== undefined) await saveManaged(tx, save);
      await appendJournal(tx, { at: new Date(deps.clock.now()), actor, event, facts });
    });
  await note('policy.undo.begun', { ...told, before: JSON.parse(JSON.stringify(live)) as Json });
  if (!(await writePolicy(run, object.objectId, wanted))) return NOT_SHOWN;
  await note('policy.undo.done', told, { ...object, written: wanted, fingerprint: fingerprintOf(wanted) });
  return null;
}

/**
 * Why nobody may be taken out of a group, nor the group away: a policy of ours still names it that is enabled or that
 * somebody else edited, or one that is enabled and was not there before the push. Null when nothing holds it.
 */
export async function holderOf(run: PushRun, groupId: string): Promise<string | null> {
  const { before } = await rowOf(run);
  const policies = objectOf(before)?.policies;
  const earlier = new Set((Array.isArray(policies) ? (policies as unknown[]) : []).map((one) => objectOf(one)?.id));
  const owned = await run.deps.database.withCustomer(run.customerId, readManaged);
  const ours = new Map(owned.map((object) => [object.objectId, object]));
  const holds = (policy: GraphPolicy) => {
    const own = ours.get(policy.id);
    if (own === undefined) return policy.state === 'enabled' && !earlier.has(policy.id);
    return policy.state === 'enabled' || policyFingerprint(policy as JsonObject) !== own.fingerprint;
  };
  const holder = (await listPolicies(run.reader, run.options)).find((one) => names(one, groupId) && holds(one));
  if (holder === undefined) return null;
  const state = holder.state === 'enabled' ? 'is enabled and ' : '';
  return `the policy "${holder.displayName}" ${state}still names it, so whoever is in it stays`;
}

/** Whether a policy includes or leaves out this group. */
export function names(policy: GraphPolicy, groupId: string): boolean {
  const users = objectOf(policy.conditions.users) ?? {};
  const named = [...(textsOf(users.includeGroups) ?? []), ...(textsOf(users.excludeGroups) ?? [])];
  return named.includes(groupId.toLowerCase());
}
