import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { VendorRefusedError } from '../../lib/errors.ts';
import { parsedAnswer } from '../parsed-answer.ts';
import { batchRefusal, readInBatches } from './batch.ts';
import type { Graph } from './client.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { graphCallFacts, type PerUserMfaState, perUserMfaSchema } from './wire.ts';

/** A user's own MFA switch, which Conditional Access and Security Defaults never change. */
export type PerUserMfa = { id: string; perUserMfaState: PerUserMfaState };

const PAGE_SIZE = 999;
/** Whatever else an undocumented property says is not known: the documented call is asked. */
const bulkRow = z.looseObject({
  id: z.string().min(1),
  perUserMfaState: perUserMfaSchema.shape.perUserMfaState.nullish().catch(null),
});
type BulkRow = z.infer<typeof bulkRow>;

/**
 * The per-user MFA state of each given user. One listing answers for the whole tenant where Graph gives the property
 * (undocumented in v1.0); users for whom it does not are asked through the documented beta call. A user deleted
 * meanwhile is left out. Needs User.Read.All and Policy.Read.All.
 */
export async function readPerUserMfa(
  deps: { graph: Graph; clock: Clock },
  read: ReadOptions & { userIds: readonly string[] },
): Promise<PerUserMfa[]> {
  const { userIds, ...options } = read;
  const known = new Map((await bulkRows(deps.graph, options)).map((row) => [row.id, row.perUserMfaState ?? null]));
  const open = userIds.filter((id) => (known.get(id) ?? null) === null);
  for await (const state of statesByUser(deps, open, options)) known.set(state.id, state.perUserMfaState);
  return userIds.flatMap((id) => {
    const perUserMfaState = known.get(id) ?? null;
    return perUserMfaState === null ? [] : [{ id, perUserMfaState }];
  });
}

async function bulkRows(graph: Graph, options: ReadOptions): Promise<BulkRow[]> {
  try {
    return await listedRows(graph, options);
  } catch (error) {
    // An undocumented property may be refused one day; then everybody is asked for singly.
    if (isNotOffered(error)) return [];
    throw error;
  }
}

function listedRows(graph: Graph, options: ReadOptions): Promise<BulkRow[]> {
  const query = { $select: 'id,perUserMfaState', $top: PAGE_SIZE };
  return rowsOf(graph, { call: 'perUserMfa.bulk', row: bulkRow, options: { ...options, query } });
}

/** Which right the undocumented property takes is written nowhere either, so that a missing right is no failure yet. */
const NOT_OFFERED: readonly (number | undefined)[] = [400, 403, 501];

function isNotOffered(error: unknown): boolean {
  return error instanceof VendorRefusedError && NOT_OFFERED.includes(error.call.status);
}

/**
 * The same of everybody from the one listing alone; null where the tenant's listing does not give the property for every
 * user, so that whoever looks often reads people singly and seldom. Needs User.Read.All.
 */
export async function readPerUserMfaAtOnce(graph: Graph, options: ReadOptions = {}): Promise<PerUserMfa[] | null> {
  try {
    const states = (await listedRows(graph, options)).map(({ id, perUserMfaState }) => ({ id, perUserMfaState }));
    const known = states.filter((row): row is PerUserMfa => (row.perUserMfaState ?? null) !== null);
    return known.length === states.length ? known : null;
  } catch (error) {
    if (isNotOffered(error)) return null;
    throw error;
  }
}

/** The same of a few users, from the documented call alone, twenty in a request. Needs Policy.Read.All. */
export async function readPerUserMfaOf(
  deps: { graph: Graph; clock: Clock },
  { userIds, ...options }: ReadOptions & { userIds: readonly string[] },
): Promise<Map<string, PerUserMfaState>> {
  const states = new Map<string, PerUserMfaState>();
  for await (const { id, perUserMfaState } of statesByUser(deps, userIds, options)) states.set(id, perUserMfaState);
  return states;
}

async function* statesByUser(
  deps: { graph: Graph; clock: Clock },
  ids: readonly string[],
  options: ReadOptions,
): AsyncGenerator<PerUserMfa, void, undefined> {
  const call = 'perUserMfa.get';
  for await (const { id, answer } of readInBatches(deps, { call, ids, options })) {
    if (answer.status === 404) continue;
    if (answer.status >= 300) throw batchRefusal(call, answer);
    yield { id, perUserMfaState: parsedAnswer(perUserMfaSchema, answer.body, graphCallFacts(call)).perUserMfaState };
  }
}
