import { getPolicy } from '../../services/graph/conditional-access-write.ts';
import { untilShown } from '../../services/graph/eventually.ts';
import { addMembers, removeMembers } from '../../services/graph/groups-write.ts';
import { readPerUserMfaOf } from '../../services/graph/per-user-mfa.ts';
import { setPerUserMfa } from '../../services/graph/per-user-mfa-write.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { type GraphObject, objectOf } from '../policy/graph-json.core.ts';
import { liveGroupFingerprint, policyFingerprint } from '../policy/managed-objects.core.ts';
import { foreignMembers } from '../policy/members/members.core.ts';
import { type DriftRow, readStandingDrift } from './drift.store.ts';
import { DRIFT_TEXTS } from './drift-texts.core.ts';
import { goneOf, readGroupNow } from './read-tenant.ts';
import { noteIntent, notRestored, type Restored, type RestoreRun, restored } from './restore-run.ts';

type Difference = { added: string[]; removed: string[] };

/** Who is in the group against our record now, without those who are gone from the directory. Null without a group. */
async function differenceNow(run: RestoreRun): Promise<(Difference & { members: string[] }) | null> {
  const { reading, row, standing } = run;
  const group = await readGroupNow(reading, row.objectId);
  const record = standing.members.get(row.object);
  if (group === null || record === undefined) return null;
  const members = group.members.map(({ id }) => id.toLowerCase());
  const { added, removed } = foreignMembers({ ...record, live: new Set(members) });
  const gone = removed.length === 0 ? new Set<string>() : await goneOf(reading, removed);
  return { added, removed: removed.filter((id) => !gone.has(id)), members };
}

/**
 * Puts the members of a managed group back: in whoever was taken out, then out whoever was taken in. Writes nothing where
 * somebody else is in it, or missing, than was shown (S23).
 */
export async function restoreMembers(run: RestoreRun): Promise<Restored> {
  const { deps, row, reader, writer, reading } = run;
  const now = await differenceNow(run);
  if (now === null) return notRestored(DRIFT_TEXTS.changedSince);
  const isShown =
    now.added.every((id) => row.before[id] === 'out') && now.removed.every((id) => row.before[id] === 'in');
  // Of an earlier attempt a part may be done; what is more than was shown is somebody else's.
  const isWhole = now.added.length + now.removed.length === Object.keys(row.before).length;
  if (!isShown || (row.progress === null && !isWhole)) return notRestored(DRIFT_TEXTS.changedSince);
  if (now.added.length + now.removed.length === 0) return restored({ already: true });
  await noteIntent(run, { members: now.members });
  // Who is a break-glass account may have been declared since somebody decided (S1).
  const why = await wouldBare(run, now);
  if (why !== null) return notRestored(why);
  const groupId = row.objectId;
  await addMembers({ reader, writer, clock: reading.clock }, { groupId, accountIds: now.removed }, reading.options);
  deps.stopPoint('drift.restore.half');
  await removeMembers({ writer }, { groupId, accountIds: now.added }, reading.options);
  deps.stopPoint('drift.restore.written');
  const isBack = async () => {
    const left = await differenceNow(run);
    return left !== null && left.added.length + left.removed.length === 0 ? true : null;
  };
  const shown = await untilShown(reading.clock, isBack, reading.options.signal);
  if (shown === null) return notRestored(DRIFT_TEXTS.notShown);
  return restored({ groupId, putIn: now.removed, takenOut: now.added });
}

const GUARDS: readonly string[] = ['breakGlass', 'exceptions'];

/** Why putting the members back would leave a break-glass account under MFA, as they are declared now; null if not. */
async function wouldBare({ deps, customer, row }: RestoreRun, { added }: Difference): Promise<Sentence | null> {
  if (!GUARDS.includes(row.object)) return null;
  const { settings } = await deps.customers.find(customer.id);
  const declared = new Set(settings.declared.breakGlass.map((id) => id.toLowerCase()));
  return added.some((id) => declared.has(id)) ? DRIFT_TEXTS.emergencyInside : null;
}

/** Gives a managed group its name, description and tag back. */
export async function restoreGroupName(run: RestoreRun): Promise<Restored> {
  const { deps, row, writer, reading, standing } = run;
  const own = standing.owned.find(({ key, kind }) => kind === 'group' && key === row.object);
  const live = await readGroupNow(reading, row.objectId);
  if (own === undefined || live === null) return notRestored(DRIFT_TEXTS.changedSince);
  if (liveGroupFingerprint(live.group) === own.fingerprint) return restored({ already: true });
  const { displayName } = row.after;
  if (displayName !== undefined && live.group.displayName !== displayName) return notRestored(DRIFT_TEXTS.changedSince);
  await noteIntent(run, live.group);
  const written = objectOf(own.written) ?? {};
  const body = {
    displayName: written.displayName,
    description: written.description,
    mailNickname: written.tag,
  };
  const request = { ...reading.options, ids: { id: row.objectId }, body, expect: 'none', repeatable: true } as const;
  await writer.request('groups.update', request);
  deps.stopPoint('drift.restore.written');
  const isBack = async () => {
    const now = await readGroupNow(reading, row.objectId);
    return now !== null && liveGroupFingerprint(now.group) === own.fingerprint ? true : null;
  };
  const shown = await untilShown(reading.clock, isBack, reading.options.signal);
  return shown === null ? notRestored(DRIFT_TEXTS.notShown) : restored({ groupId: row.objectId });
}

const OURS: readonly DriftRow['aspect'][] = ['policy', 'members', 'group'];

/** Whether the enforcing policy is live as it was written, and no drift of ours stands beside this finding. */
async function areOursAsWritten({ deps, customer, row, reader, reading, standing }: RestoreRun): Promise<boolean> {
  const found = await deps.database.withCustomer(customer.id, readStandingDrift);
  if (found.some(({ id, aspect }) => id !== row.id && OURS.includes(aspect))) return false;
  const own = standing.owned.find(({ key }) => key === 'ENFORCE');
  const live = own === undefined ? null : await getPolicy(reader, own.objectId, reading.options);
  return live !== null && policyFingerprint(live as GraphObject) === own?.fingerprint;
}

/**
 * Switches per-user MFA off again for the accounts that were shown; whoever is off already is left alone. Writes nothing
 * while what protects instead is not as it was written: somebody may have put it on in its stead.
 */
export async function restorePerUserMfa(run: RestoreRun): Promise<Restored> {
  const { deps, row, reader, writer, reading } = run;
  const { clock, options } = reading;
  const userIds = Object.keys(row.before);
  const states = await readPerUserMfaOf({ graph: reader, clock }, { ...options, userIds });
  const on = userIds.filter((id) => (states.get(id) ?? 'disabled') !== 'disabled');
  if (on.length === 0) return restored({ already: true });
  if (!(await areOursAsWritten(run))) return notRestored(DRIFT_TEXTS.oursFirst);
  await noteIntent(run, { perUserMfa: [...states].map(([id, state]) => ({ id, state })) });
  const changes = await setPerUserMfa({ reader, writer, clock }, { userIds: on, state: 'disabled' }, options);
  deps.stopPoint('drift.restore.written');
  const failed = changes.filter(({ outcome }) => outcome === 'refused' || outcome === 'notShown');
  return failed.length > 0 ? notRestored(DRIFT_TEXTS.notShown) : restored({ accounts: on });
}
