import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import { readOpenFlips } from './enforce/enforce.store.ts';
import { type GraphObject, type JsonObject, objectOf } from './graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from './managed-objects.core.ts';
import { REPORT_ONLY } from './managed-policies.core.ts';
import { type MemberRecord, type PushedMembers, recordOf } from './members/members.core.ts';
import { forgetMembers, readMemberRun, readMembers, saveMembers } from './members/members.store.ts';
import {
  forgetManaged,
  isUnderWay,
  type PushRow,
  readLatestPush,
  readManaged,
  readStandingPushes,
  saveManaged,
} from './push/push.store.ts';
import { readSwitches } from './security-defaults/security-defaults.store.ts';
import { isAnyUnderWay, moveGroupId } from './writing.store.ts';

/** What this product wrote into a tenant and how it stands, for those who compare it with what is live. */
export type ManagedStanding = {
  owned: ManagedObject[];
  /** Of each managed group by its key. */
  members: Map<string, MemberRecord>;
  /** What a policy may say besides what was noted last, since a write of ours is on its way; by object id. */
  alsoOurs: Map<string, ReadonlySet<string>>;
  /** Keys of objects that a push, a takeover or their undo is writing: what they say at the moment proves nothing. */
  inFlight: ReadonlySet<string>;
  /** Whether the enforcing policy and Security Defaults may be changing by our hand. */
  isFlipping: boolean;
  /** Every policy of the tenant before the oldest push that stands; null where no push kept them. */
  firstPolicies: GraphObject[] | null;
  /** The newest push that stands, under which memberships are noted. */
  pushId: string | null;
};

const TAKEOVER = ['takeover.run', 'takeover.undo'] as const;
/** Jobs of other nouns that write policies: a takeover changes those of others, and undoing everything changes all. */
const OTHER_WRITERS = [...TAKEOVER, 'undo.everything'] as const;

/** Reads how the managed objects stand in the caller's transaction. Calls no vendor. */
export async function readManagedStanding(tx: Tx): Promise<ManagedStanding> {
  const pushes = await readStandingPushes(tx);
  const latest = await readLatestPush(tx);
  const flips = [];
  for (const flip of await readOpenFlips(tx)) if (await isUnderWay(tx, flip.job)) flips.push(flip);
  const alsoOurs = new Map<string, Set<string>>();
  const also = (policyId: string, json: JsonObject) => {
    const known = alsoOurs.get(policyId) ?? new Set();
    alsoOurs.set(policyId, known.add(policyFingerprint(json)));
  };
  for (const { plan } of flips) if (plan !== null) also(plan.policyId, objectOf(plan.json) ?? {});
  for (const policy of flips.length === 0 ? [] : await onTheWay(tx)) also(policy.id, policy);
  return {
    owned: await readManaged(tx),
    members: recordOf(pushes.map(pushedMembers), await readMembers(tx)),
    alsoOurs,
    inFlight: new Set([
      ...(await keysInFlight(tx, latest)),
      ...pushes.flatMap(keysTakenBack),
      // A takeover takes OBSERVE out of the tenant at its end, and its undo brings it back.
      ...((await isAnyUnderWay(tx, TAKEOVER)) ? ['OBSERVE'] : []),
    ]),
    isFlipping: flips.length > 0,
    firstPolicies: policiesBefore(pushes[0]),
    pushId: pushes.at(-1)?.id ?? null,
  };
}

/** What ENFORCE may say while Security Defaults give way to it or come back: staged, enabled, quieted, as before. */
async function onTheWay(tx: Tx): Promise<GraphObject[]> {
  const [newest] = await readSwitches(tx);
  if (newest === undefined) return [];
  const ends = [newest.before, newest.planned] as unknown as GraphObject[];
  return ends.flatMap((policy) => [policy, ...STATES_BETWEEN.map((state) => ({ ...policy, state }))]);
}

const STATES_BETWEEN = [REPORT_ONLY, 'disabled'] as const;

/** What a standing push wrote into groups. */
export function pushedMembers({ id, plan, progress }: PushRow): PushedMembers {
  return {
    id,
    groups: plan?.groups ?? [],
    added: (plan?.steps ?? []).flatMap((step) =>
      step.do === 'members' ? [{ key: step.key, accountIds: progress[step.name]?.adding ?? [] }] : [],
    ),
  };
}

const ENDED: readonly PushRow['state'][] = ['live', 'refused', 'compensated', 'undone', 'standing'];

/** A push that broke off keeps its objects in doubt until it is run again or taken back. */
async function keysInFlight(tx: Tx, push: PushRow | null): Promise<string[]> {
  if (push === null) return [];
  if (ENDED.includes(push.state) && !(await isUnderWay(tx, push.job))) return [];
  const written = push.state === 'undoing' ? (await readMembers(tx)).map(({ key }) => key) : [];
  return [...(push.plan?.steps ?? []).map(({ key }) => key), ...written];
}

/** Of a push that was taken back in part, what came back. */
function keysTakenBack({ state, plan, progress }: PushRow): string[] {
  if (state !== 'standing') return [];
  return (plan?.steps ?? []).flatMap(({ name, key }) => (progress[name]?.state === 'undone' ? [key] : []));
}

function policiesBefore(push: PushRow | undefined): GraphObject[] | null {
  const policies = objectOf(push?.before)?.policies;
  if (!Array.isArray(policies)) return null;
  return (policies as unknown[]).filter((policy) => typeof objectOf(policy)?.id === 'string') as GraphObject[];
}

/** Whether something of ours is writing policies or memberships of the customer at this moment. */
export async function isWriting(tx: Tx): Promise<boolean> {
  if (await isAnyUnderWay(tx, OTHER_WRITERS)) return true;
  const push = await readLatestPush(tx);
  const members = await readMemberRun(tx);
  const jobs = [
    ...(await readOpenFlips(tx)).map(({ job }) => job),
    ...(push === null || push.state === 'live' ? [] : [push.job]),
    ...(members?.state === 'writing' ? [members.job] : []),
  ];
  for (const job of jobs) if (await isUnderWay(tx, job)) return true;
  return false;
}

/** Whether ENFORCE is enabled by what was written last. */
export async function isEnforcingAsWritten(tx: Tx): Promise<boolean> {
  const own = (await readManaged(tx)).find(({ key }) => key === 'ENFORCE');
  return objectOf(own?.written)?.state === 'enabled';
}

/** Makes this what we have written of an object from now on. */
export function adoptObject(tx: Tx, object: ManagedObject): Promise<void> {
  return saveManaged(tx, object);
}

/** Makes a group that was made anew ours in place of the one that is gone, wherever its id stands. */
export async function replaceGroup(tx: Tx, own: ManagedObject, objectId: string): Promise<void> {
  await saveManaged(tx, { ...own, objectId });
  await moveGroupId(tx, { key: own.key, from: own.objectId, to: objectId });
}

/** Forgets an object that is gone for good, with its members. */
export function forgetObject(tx: Tx, key: string): Promise<void> {
  return forgetManaged(tx, key);
}

export type AdoptedMembers = {
  key: string;
  groupId: string;
  pushId: string;
  accountIds: readonly string[];
  isIn: boolean;
  at: Date;
};

/** Makes it ours that these accounts are in a group, or that they are not. */
export async function adoptMembers(tx: Tx, { isIn, ...adopted }: AdoptedMembers): Promise<void> {
  if (adopted.accountIds.length === 0) return;
  await forgetMembers(tx, adopted.key, adopted.accountIds);
  await saveMembers(tx, { ...adopted, state: isIn ? 'in' : 'out' });
}

/** A policy of ours as Graph would show it, had nobody touched it. */
export function writtenPolicy({ written, objectId }: ManagedObject): GraphObject {
  return { ...objectOf(written as unknown as Json), id: objectId };
}

/** Whether the job of this key is still to be brought about. */
export function isJobOpen(tx: Tx, key: string): Promise<boolean> {
  return isUnderWay(tx, key);
}
