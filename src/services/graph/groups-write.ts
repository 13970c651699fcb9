import type { Clock } from '../../lib/clock.ts';
import { AppError, VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { orMissing, untilShown } from './eventually.ts';
import { listMembers } from './groups.ts';
import { objectOf, type ReadOptions, rowsOf } from './pages.ts';
import { type GraphGroup, groupSchema } from './wire.ts';

/** Reads go through the reading application, writes through the writing one, which may do nothing else. */
export type GroupWriting = { reader: Graph; writer: Graph; clock: Clock };

/** A security group that is to be made. `tag` becomes its mail nickname, by which it is found again: nobody else has it. */
export type NewGroup = { tag: string; displayName: string; description: string };

const SELECT = [
  'id',
  'displayName',
  'description',
  'mailNickname',
  'securityEnabled',
  'mailEnabled',
  'groupTypes',
  'isAssignableToRole',
  'membershipRule',
  'onPremisesSyncEnabled',
].join(',');

/** A group by its id, or null where there is none (any more). Needs GroupMember.Read.All. */
export function getGroup(reader: Graph, id: string, options: ReadOptions = {}): Promise<GraphGroup | null> {
  const query = { $select: SELECT };
  return orMissing(() =>
    objectOf(reader, { call: 'groups.get', schema: groupSchema, options: { ...options, ids: { id }, query } }),
  );
}

/**
 * The group with this tag, or null. Names are for people and never looked for. Refuses with `tag_ambiguous` when more
 * than one group carries the tag: none of them is then known to be ours. Needs GroupMember.Read.All.
 */
export async function findGroupByTag(
  reader: Graph,
  tag: string,
  options: ReadOptions = {},
): Promise<GraphGroup | null> {
  const query = { $select: SELECT, $filter: `mailNickname eq '${tag.replaceAll("'", "''")}'` };
  const found = await rowsOf(reader, { call: 'groups.list', row: groupSchema, options: { ...options, query } });
  if (found.length > 1) throw new AppError('tag_ambiguous', `${found.length} groups carry the tag ${tag}`);
  return found[0] ?? null;
}

/**
 * Makes a security group with assigned members, once: it is looked for first, and where the answer is lost it is looked
 * for again instead of being asked for a second time. Gives it when Graph shows it under its id. Throws the refusal or the
 * loss when none shows up. Needs Group.Create, and GroupMember.Read.All of the reading application.
 */
export async function createSecurityGroup(
  deps: GroupWriting,
  group: NewGroup,
  options: ReadOptions = {},
): Promise<GraphGroup> {
  const { reader, clock } = deps;
  const find = () => findGroupByTag(reader, group.tag, options);
  const made = (await find()) ?? (await post(deps, group, options));
  const shown = await untilShown(clock, () => getGroup(reader, made.id, options), options.signal);
  return shown ?? made;
}

async function post({ reader, writer, clock }: GroupWriting, group: NewGroup, options: ReadOptions) {
  const { tag, displayName, description } = group;
  const body = {
    ...{ displayName, description, mailNickname: tag },
    ...{ mailEnabled: false, securityEnabled: true, groupTypes: [] },
  };
  try {
    return await objectOf(writer, { call: 'groups.create', schema: groupSchema, options: { ...options, body } });
  } catch (error) {
    if (!(error instanceof VendorUnreachableError)) throw error;
    const found = await untilShown(clock, () => findGroupByTag(reader, tag, options), options.signal);
    if (found === null) throw error;
    return found;
  }
}

/** So many one request may name. */
const CHUNK = 20;
const TRIES_MAX = 4;
const PAUSE_MS = 1_900;

export type Membership = { groupId: string; accountIds: readonly string[] };

/**
 * Brings these accounts into a group; who is in it already stays and is no fault. One account that Graph refuses does not
 * keep the others out: the refusal is thrown when they are in. A group that Graph does not show yet is waited for within
 * a bound. Needs Group.ReadWrite.All and GroupMember.ReadWrite.All.
 */
export async function addMembers(
  deps: GroupWriting,
  { groupId, accountIds }: Membership,
  options: ReadOptions = {},
): Promise<void> {
  const absent = await absentFrom(deps, { groupId, accountIds }, options);
  for (let start = 0; start < absent.length; start += CHUNK) {
    await addChunk(deps, { groupId, accountIds: absent.slice(start, start + CHUNK) }, options);
  }
}

/** Twenty at once are taken all together or not at all, so that after a refusal or a loss the group is read again. */
async function addChunk(deps: GroupWriting, { groupId, accountIds }: Membership, options: ReadOptions): Promise<void> {
  let absent = accountIds;
  for (let attempt = 1; absent.length > 0; attempt += 1) {
    const error = await caught(() => patchMembers(deps.writer, { groupId, accountIds: absent }, options));
    if (error === null) return;
    const before = absent.length;
    const isNew = error instanceof VendorRefusedError && error.call.status === 404;
    if (isNew || error instanceof VendorUnreachableError) await deps.clock.sleep(PAUSE_MS, options.signal);
    absent = await absentFrom(deps, { groupId, accountIds: absent }, options);
    if (attempt < TRIES_MAX && (absent.length < before || isNew || error instanceof VendorUnreachableError)) continue;
    if (error instanceof VendorUnreachableError && absent.length > 0) throw error;
    await addOneByOne(deps, { groupId, accountIds: absent }, options);
    return;
  }
}

async function addOneByOne(deps: GroupWriting, { groupId, accountIds }: Membership, options: ReadOptions) {
  let refusal: Error | null = null;
  for (const accountId of accountIds) {
    const body = { '@odata.id': linkTo(deps.writer, accountId) };
    const error = await caught(() =>
      deps.writer.request('groups.addMember', { ...options, ids: { id: groupId }, body, expect: 'none' }),
    );
    // "Already exists" is what was wanted; the group tells, whatever the words of the refusal.
    if (error !== null && (await absentFrom(deps, { groupId, accountIds: [accountId] }, options)).length > 0) {
      refusal ??= error;
    }
  }
  if (refusal !== null) throw refusal;
}

function patchMembers(writer: Graph, { groupId, accountIds }: Membership, options: ReadOptions): Promise<unknown> {
  const body = { 'members@odata.bind': accountIds.map((id) => linkTo(writer, id)) };
  return writer.request('groups.update', { ...options, ids: { id: groupId }, body, expect: 'none' });
}

function linkTo({ origin }: Graph, accountId: string): string {
  return `${origin}/v1.0/directoryObjects/${encodeURIComponent(accountId)}`;
}

/** The vendor's refusal or loss, or null for a success; anything else is thrown. */
async function caught(call: () => Promise<unknown>): Promise<VendorRefusedError | VendorUnreachableError | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (error instanceof VendorRefusedError || error instanceof VendorUnreachableError) return error;
    throw error;
  }
}

/** Which of these accounts are not direct members; of a group that is not shown yet nobody is. */
export async function absentFrom(
  { reader }: Pick<GroupWriting, 'reader'>,
  { groupId, accountIds }: Membership,
  options: ReadOptions = {},
): Promise<string[]> {
  const members = (await orMissing(() => listMembers(reader, groupId, options))) ?? [];
  const present = new Set(members.map(({ id }) => id.toLowerCase()));
  return accountIds.filter((id) => !present.has(id.toLowerCase()));
}

/** Takes accounts out of a group; who is not in it is no matter. The accounts stay. Needs GroupMember.ReadWrite.All. */
export async function removeMembers(
  { writer }: Pick<GroupWriting, 'writer'>,
  { groupId, accountIds }: Membership,
  options: ReadOptions = {},
): Promise<void> {
  for (const memberId of accountIds) {
    const ids = { id: groupId, memberId };
    // Taking out twice is taking out once.
    const remove = () => writer.request('groups.removeMember', { ...options, ids, expect: 'none', repeatable: true });
    const error = await caught(() => orMissing(remove));
    if (error === null) continue;
    // With which status Graph refuses somebody who is no member is not documented; the group tells.
    const mayBeOut = error instanceof VendorRefusedError && error.call.status === 400;
    const accountIds = [memberId];
    if (mayBeOut && (await absentFrom({ reader: writer }, { groupId, accountIds }, options)).length > 0) continue;
    throw error;
  }
}

/** Takes a group away; one that is gone already is no matter. Needs Group.ReadWrite.All. */
export async function deleteGroup(writer: Graph, id: string, options: ReadOptions = {}): Promise<void> {
  await orMissing(() => writer.request('groups.delete', { ...options, ids: { id }, expect: 'none', repeatable: true }));
}
