import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { batchRefusal, readInBatches } from '../../services/graph/batch.ts';
import type { Graph } from '../../services/graph/client.ts';
import { listPolicies } from '../../services/graph/conditional-access.ts';
import { getPolicy } from '../../services/graph/conditional-access-write.ts';
import { orMissing } from '../../services/graph/eventually.ts';
import { listMembers } from '../../services/graph/groups.ts';
import type { ReadOptions } from '../../services/graph/pages.ts';
import { readPerUserMfa, readPerUserMfaAtOnce, readPerUserMfaOf } from '../../services/graph/per-user-mfa.ts';
import { getSecurityDefaults } from '../../services/graph/security-defaults.ts';
import { graphCallFacts, groupSchema, memberSchema } from '../../services/graph/wire.ts';
import { parsedAnswer } from '../../services/parsed-answer.ts';
import type { GraphObject } from '../policy/graph-json.core.ts';
import type { SeenGroup } from './find-groups.core.ts';

export type Reading = { graph: Graph; clock: Clock; options: ReadOptions };

/** A tenant as far as the watch looks at it. A part that was not read is undefined, and `unread` says why (S31). */
export type SeenTenant = {
  policies: GraphObject[] | undefined;
  securityDefaultsOn: boolean | undefined;
  /** By group id; null for one that is gone. */
  groups: Map<string, SeenGroup | null>;
  /** Accounts whose own MFA switch is on; undefined where nobody was asked this time. */
  perUserOn: string[] | undefined;
  unread: { part: string; code: string }[];
};

export type Wanted = {
  groupIds: readonly string[];
  /** Everybody, for the slow way; null while a day has not gone by since it was last taken. */
  usersSingly: (() => Promise<readonly string[]>) | null;
};

/**
 * Reads what the watch compares: one list of policies, Security Defaults, each group with its members in batches, and
 * per-user MFA where one listing tells it. A part that cannot be read leaves the others standing.
 */
export async function readTenant(reading: Reading, { groupIds, usersSingly }: Wanted): Promise<SeenTenant> {
  const { graph, clock, options } = reading;
  const unread: SeenTenant['unread'] = [];
  const part = async <T>(name: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof AppError) || options.signal?.aborted === true) throw error;
      unread.push({ part: name, code: error.code });
      return undefined;
    }
  };
  const policies = await part('policies', () => listPolicies(graph, options));
  const defaults = await part('securityDefaults', () => getSecurityDefaults(graph, options));
  const groups = await part('groups', () => readGroups(reading, groupIds));
  const perUserOn = await part('perUserMfa', async () => {
    const states =
      (await readPerUserMfaAtOnce(graph, options)) ??
      (usersSingly === null
        ? null
        : await readPerUserMfa({ graph, clock }, { ...options, userIds: await usersSingly() }));
    return states?.filter(({ perUserMfaState }) => perUserMfaState !== 'disabled').map(({ id }) => id.toLowerCase());
  });
  return {
    ...{ policies, unread, perUserOn },
    securityDefaultsOn: defaults?.isEnabled,
    groups: groups ?? new Map<string, SeenGroup | null>(),
  };
}

const SELECT = [
  ...['id', 'displayName', 'description', 'mailNickname', 'securityEnabled', 'mailEnabled'],
  ...['groupTypes', 'membershipRule'],
].join(',');
const PAGE_SIZE = 999;

const membersPage = z.looseObject({ value: z.array(memberSchema), '@odata.nextLink': z.string().optional() });

/** Each group with its direct members, twenty in a request; null for one that is gone. */
async function readGroups(reading: Reading, ids: readonly string[]): Promise<Map<string, SeenGroup | null>> {
  const { graph, clock, options } = reading;
  const groups = new Map<string, SeenGroup | null>();
  const query = { $select: SELECT };
  for await (const { id, answer } of readInBatches({ graph, clock }, { call: 'groups.get', ids, query, options })) {
    if (answer.status !== 404 && answer.status >= 300) throw batchRefusal('groups.get', answer);
    groups.set(
      id,
      answer.status === 404
        ? null
        : { group: parsedAnswer(groupSchema, answer.body, graphCallFacts('groups.get')), members: [] },
    );
  }
  const there = ids.filter((id) => groups.get(id) !== null);
  const listing = { call: 'groups.members', ids: there, query: { $select: 'id', $top: PAGE_SIZE }, options } as const;
  for await (const { id, answer } of readInBatches({ graph, clock }, listing)) {
    if (answer.status !== 404 && answer.status >= 300) throw batchRefusal('groups.members', answer);
    const group = groups.get(id)?.group;
    if (answer.status === 404 || group === undefined) groups.set(id, null);
    else groups.set(id, { group, members: await membersIn(reading, id, answer.body) });
  }
  return groups;
}

async function membersIn({ graph, options }: Reading, id: string, body: unknown): Promise<SeenGroup['members']> {
  const page = parsedAnswer(membersPage, body, graphCallFacts('groups.members'));
  // A batch gives the first page alone.
  const rows = page['@odata.nextLink'] === undefined ? page.value : await listMembers(graph, id, options);
  return rows.map((row) => ({ id: row.id, isGroup: row['@odata.type'].toLowerCase().endsWith('.group') }));
}

/** What has to be looked at once more. */
export type Doubts = {
  policyIds: readonly string[];
  groupIds: readonly string[];
  defaults: boolean;
  accountIds: readonly string[];
};

/** Reads these objects once more, each by itself, and gives the tenant with them in place of what was seen first. */
export async function readAgain(reading: Reading, seen: SeenTenant, doubts: Doubts): Promise<SeenTenant> {
  const { graph, clock, options } = reading;
  const policies = new Map((seen.policies ?? []).map((policy) => [policy.id, policy]));
  for (const id of doubts.policyIds) {
    const policy = await getPolicy(graph, id, options);
    if (policy === null) policies.delete(id);
    else policies.set(id, policy);
  }
  const groups = await readGroups(reading, doubts.groupIds);
  const defaults = doubts.defaults ? await getSecurityDefaults(graph, options) : undefined;
  const states = await readPerUserMfaOf({ graph, clock }, { ...options, userIds: doubts.accountIds });
  const again = new Set([...states.keys()].map((id) => id.toLowerCase()));
  const on = [...states].filter(([, state]) => state !== 'disabled').map(([id]) => id.toLowerCase());
  return {
    policies: seen.policies === undefined ? undefined : [...policies.values()],
    securityDefaultsOn: defaults?.isEnabled ?? seen.securityDefaultsOn,
    groups: new Map([...seen.groups, ...groups]),
    perUserOn: seen.perUserOn && [...seen.perUserOn.filter((id) => !again.has(id)), ...on],
    unread: seen.unread,
  };
}

/** Which of these accounts are gone from the directory. */
export async function goneOf({ graph, clock, options }: Reading, ids: readonly string[]): Promise<Set<string>> {
  const gone = new Set<string>();
  const read = { call: 'users.get', ids, query: { $select: 'id' }, options } as const;
  for await (const { id, answer } of readInBatches({ graph, clock }, read)) {
    if (answer.status === 404) gone.add(id);
    else if (answer.status >= 300) throw batchRefusal('users.get', answer);
  }
  return gone;
}

/** A group with its members at this moment; null for one that is gone. */
export async function readGroupNow(reading: Reading, id: string): Promise<SeenGroup | null> {
  return (await orMissing(async () => (await readGroups(reading, [id])).get(id))) ?? null;
}
