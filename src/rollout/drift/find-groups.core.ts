/**
 * How the managed groups differ from what this product wrote (S3): members somebody else took in or out, a group nested
 * into one, a rule that fills it, another name, or no group any more. An account that was deleted leaves its groups by
 * itself and is no drift; nor is a membership that is just being written.
 */
import { isEmpty, type JsonObject } from '../policy/graph-json.core.ts';
import { isFilledByRule, liveGroupFingerprint, type ManagedObject } from '../policy/managed-objects.core.ts';
import { foreignMembers, type MemberRecord } from '../policy/members/members.core.ts';
import type { DriftSeen, DriftSide } from './drift-types.core.ts';

/** A group by its managed key; one that a customer declared is not made by us and may be called anything. */
export type WatchedGroup = { key: string; groupId: string; own: ManagedObject | null };

export type SeenGroup = { group: JsonObject; members: readonly { id: string; isGroup: boolean }[] };

export type GroupsInput = {
  watched: readonly WatchedGroup[];
  /** By group id; null for a group that is gone. */
  live: ReadonlyMap<string, SeenGroup | null>;
  members: ReadonlyMap<string, MemberRecord>;
  inFlight: ReadonlySet<string>;
  /** Accounts that are known to be gone, in lower case. */
  goneAccounts: ReadonlySet<string>;
};

/** Differences of the managed groups. A group that was not read is not judged. */
export function findGroupDrift(input: GroupsInput): DriftSeen[] {
  return input.watched
    .filter(({ key }) => !input.inFlight.has(key))
    .flatMap((watched) => {
      const found = input.live.get(watched.groupId);
      if (found === undefined) return [];
      if (found === null)
        return [different(watched, 'deleted', { before: { exists: true }, after: { exists: false } })];
      return [...shapeOf(watched, found), ...membersOf(watched, found, input)];
    });
}

function shapeOf(watched: WatchedGroup, { group }: SeenGroup): DriftSeen[] {
  const isDynamic = isFilledByRule(group);
  const dynamic = isDynamic
    ? [
        different(watched, 'dynamic', {
          before: { membership: 'assigned' },
          after: { membership: 'dynamic', rule: isEmpty(group.membershipRule) ? '' : String(group.membershipRule) },
        }),
      ]
    : [];
  const { own } = watched;
  const isRenamed = own !== null && String(group.displayName) !== own.name;
  const hasOtherMarks = own !== null && !isDynamic && liveGroupFingerprint(group) !== own.fingerprint;
  if (own === null || (!isRenamed && !hasOtherMarks)) return dynamic;
  const sides = isRenamed
    ? { before: { displayName: own.name }, after: { displayName: String(group.displayName) } }
    : { before: { description: 'as made' }, after: { description: 'changed' } };
  const renamed = different(watched, 'renamed', sides);
  return [...dynamic, renamed];
}

function membersOf(watched: WatchedGroup, found: SeenGroup, input: GroupsInput): DriftSeen[] {
  const record = input.members.get(watched.key);
  // A group that no push has seen through has no members of ours to compare with.
  if (record === undefined) return [];
  const groups = new Set(found.members.filter(({ isGroup }) => isGroup).map(({ id }) => id.toLowerCase()));
  const live = new Set(found.members.map(({ id }) => id.toLowerCase()));
  const { added, removed: missing } = foreignMembers({ ...record, live });
  const removed = missing.filter((id) => !input.goneAccounts.has(id));
  if (added.length + removed.length === 0) return [];
  const before = sideOf(added, removed, { added: () => 'out', removed: 'in' });
  const after = sideOf(added, removed, { added: (id) => (groups.has(id) ? 'nested group' : 'in'), removed: 'out' });
  return [{ ...different(watched, 'members', { before, after }), aspect: 'members' }];
}

type Words = { added(id: string): string; removed: string };

function sideOf(added: readonly string[], removed: readonly string[], words: Words): DriftSide {
  const side: Record<string, string> = {};
  for (const id of added) side[id] = words.added(id);
  for (const id of removed) side[id] = words.removed;
  return side;
}

function different(
  { key: object, groupId, own }: WatchedGroup,
  respect: 'deleted' | 'dynamic' | 'renamed' | 'members',
  { before, after }: { before: DriftSide; after: DriftSide },
): DriftSeen {
  const isEmergency = object === 'breakGlass';
  const kind = isEmergency ? 'breakGlass' : respect === 'renamed' ? 'renamed' : 'membership';
  return {
    ...{ key: `${respect}:${object}`, kind, aspect: 'group', object, objectId: groupId },
    ...{ name: own?.name ?? object, before, after, witness: null },
  };
}

/** Accounts that should be in a watched group and are not: whether they still exist has to be asked. */
export function missingAccounts(input: Omit<GroupsInput, 'goneAccounts'>): string[] {
  const seen = findGroupDrift({ ...input, goneAccounts: new Set() }).filter(({ aspect }) => aspect === 'members');
  const missing = seen.flatMap(({ after }) => Object.entries(after).flatMap(([id, is]) => (is === 'out' ? [id] : [])));
  return [...new Set(missing)].sort();
}
