/**
 * Delta queries on users and groups: a first round over everything, then what changed since. A token tells what is
 * tracked and from where in the journal; it is opaque to the caller and lives for seven days.
 */

import { AppError } from '../../lib/errors.ts';
import type { Answer } from '../http/exchange.ts';
import { type Expression, parseFilter } from '../odata/filter.ts';
import type { Change, TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, graphError } from './errors.ts';
import { fullGroup } from './groups.ts';
import { cutToSelection } from './listing.ts';
import { DEFAULT_USER_PROPERTIES } from './user-properties.ts';
import { showUser, USER_TYPE } from './users.ts';

type Kind = 'users' | 'groups';

/** `from`: everything up to this place of the journal is known; `at`: items already given in this round. */
type Token = {
  kind: Kind;
  tenantId: string;
  select: string[] | null;
  ids: string[] | null;
  minimal: boolean;
  from: number | null;
  to: number;
  at: number;
  issued: number;
};

const LIFE_MS = 7 * 86_400_000;
const IDS_MAX = 50;

/** GET /users/delta. */
export function deltaUsers(context: GraphContext): Answer {
  return delta(context, 'users');
}

/** GET /groups/delta. */
export function deltaGroups(context: GraphContext): Answer {
  return delta(context, 'groups');
}

function delta(context: GraphContext, kind: Kind): Answer {
  const { options, bend } = context;
  const given = options.skipToken ?? options.deltaToken;
  if (bend.gone === true) return gone(context, kind, given);
  // An empty token is how the address of a 410 asks for a new round.
  if (given !== null && given !== '' && given !== 'latest') {
    const token = decode(given);
    if (token === null || token.kind !== kind || token.tenantId !== context.tenant.tenant.tenantId) {
      return badRequest('Badly formed token.', 'Directory_ExpiredPageToken');
    }
    if (context.now - token.issued > LIFE_MS) {
      return graphError(
        400,
        'syncStateNotFound',
        'The sync state generation is not found; a full synchronization is needed.',
      );
    }
    return page(
      context,
      given === options.deltaToken ? { ...token, from: token.to, to: context.deps.state.seq, at: 0 } : token,
    );
  }
  const refused = ['top', 'expand', 'orderBy', 'search'].find((name) => isGiven(options[name as keyof typeof options]));
  if (refused !== undefined) return badRequest(`'$${refused.toLowerCase()}' is not supported for delta queries.`);
  const ids = readIds(options.filter);
  if (ids === 'bad') return badRequest("Only '$filter=id eq' with at most 50 ids is supported for delta queries.");
  const token: Token = {
    kind,
    tenantId: context.tenant.tenant.tenantId,
    select: options.select,
    ids,
    minimal: /return=minimal/i.test(String(context.call.headers.prefer ?? '')),
    from: null,
    to: context.deps.state.seq,
    at: 0,
    issued: context.now,
  };
  if (given === 'latest') return answer(context, { token, value: [], next: null });
  return page(context, token);
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== null;
}

/** One page of a round. The last item of a page comes again on the next: the documents say that items may repeat. */
function page(context: GraphContext, token: Token): Answer {
  const size = context.tenant.options.deltaPageSize;
  const items = token.from === null ? firstRound(context, token) : changedSince(context, token, token.from);
  const repeated = token.at > 0 ? 1 : 0;
  const value = items.slice(token.at - repeated, token.at + size).map((item) => item());
  const at = token.at + size;
  return answer(context, { token, value, next: at < items.length ? at : null });
}

function answer(context: GraphContext, given: { token: Token; value: GraphObject[]; next: number | null }): Answer {
  const { token, value, next } = given;
  const base = `${context.deps.graphUrl()}/${context.version}/${token.kind}/delta`;
  const link =
    next === null
      ? { '@odata.deltaLink': `${base}?$deltatoken=${encode({ ...token, at: 0, issued: context.now })}` }
      : { '@odata.nextLink': `${base}?$skiptoken=${encode({ ...token, at: next })}` };
  return { status: 200, body: { '@odata.context': contextUrl(context, token.kind), ...link, value } };
}

type Lazy = () => GraphObject;

function firstRound(context: GraphContext, token: Token): Lazy[] {
  const { tenant } = context;
  const wanted = token.ids === null ? null : new Set(token.ids);
  const objects = token.kind === 'users' ? tenant.tenant.users : tenant.tenant.groups.map((entry) => entry.group);
  return objects
    .filter((object) => wanted === null || wanted.has(object.id))
    .map((object) => () => show(context, token, { id: object.id, properties: null, removedIds: [] }));
}

type Gathered = { id: string; properties: Set<string> | null; removedIds: string[]; removed?: 'changed' | 'deleted' };

function changedSince(context: GraphContext, token: Token, from: number): Lazy[] {
  const gathered = new Map<string, Gathered>();
  for (const change of recentChanges(context.tenant, { kind: token.kind, from, to: token.to })) {
    if (token.ids !== null && !token.ids.includes(change.id)) continue;
    if (change.removed === undefined && !isTracked(change, token)) continue;
    gather(gathered, change);
  }
  return [...gathered.values()].map((item) => () => show(context, token, item));
}

function recentChanges(tenant: TenantState, span: { kind: Kind; from: number; to: number }): Change[] {
  const kind = span.kind === 'users' ? 'user' : 'group';
  const recent: Change[] = [];
  for (let index = tenant.changes.length - 1; index >= 0; index -= 1) {
    const change = tenant.changes[index];
    if (change === undefined || change.seq <= span.from) break;
    if (change.kind === kind && change.seq <= span.to) recent.push(change);
  }
  return recent.reverse();
}

/** `$select` is a filter of what is tracked, too. */
function isTracked(change: Change, token: Token): boolean {
  const tracked = trackedProperties(token);
  return change.properties.some((name) => tracked.includes(name));
}

function trackedProperties(token: Token): readonly string[] {
  if (token.select !== null) return token.select;
  return token.kind === 'users' ? DEFAULT_USER_PROPERTIES : [...Object.keys(fullGroup({})), 'members'];
}

function gather(gathered: Map<string, Gathered>, change: Change): void {
  const before = gathered.get(change.id);
  if (change.removed !== undefined) {
    gathered.set(change.id, { id: change.id, properties: new Set(), removedIds: [], removed: change.removed });
    return;
  }
  const properties = new Set([...(before?.properties ?? []), ...change.properties]);
  gathered.set(change.id, {
    id: change.id,
    properties,
    removedIds: [...(before?.removedIds ?? []), ...(change.removedIds ?? [])],
  });
}

function show(context: GraphContext, token: Token, item: Gathered): GraphObject {
  if (item.removed !== undefined) return { id: item.id, '@removed': { reason: item.removed } };
  const tracked = trackedProperties(token);
  const names =
    token.minimal && item.properties !== null ? tracked.filter((name) => item.properties?.has(name) === true) : tracked;
  const shown = token.kind === 'users' ? showDeltaUser(context, item, names) : showDeltaGroup(context, item, names);
  // Gone between the change and now: the removal itself comes with the next round.
  return shown ?? { id: item.id, '@removed': { reason: 'changed' } };
}

function showDeltaUser(context: GraphContext, item: Gathered, names: readonly string[]): GraphObject | null {
  const user = context.tenant.usersById.get(item.id);
  if (user === undefined) return null;
  const bare = { ...context, options: { ...context.options, expand: [] } };
  const selected = showUser(bare, user, [...names.filter((name) => name !== 'manager')]);
  // What was never set is left out; what was taken away comes as null.
  const shown = Object.fromEntries(Object.entries(selected).filter(([name]) => name in user));
  if (names.includes('manager')) {
    const managerId = context.tenant.tenant.managers[user.id];
    const entries = managerDelta(item, managerId);
    if (entries.length > 0) shown['manager@delta'] = entries;
  }
  return { ...shown, id: user.id };
}

function managerDelta(item: Gathered, managerId: string | undefined): GraphObject[] {
  if (item.properties !== null && !item.properties.has('manager')) return [];
  const left = item.removedIds.filter((id) => id !== managerId).slice(-1);
  const removed = left.map((id) => ({ '@odata.type': USER_TYPE, id, '@removed': { reason: 'deleted' } }));
  return managerId === undefined ? removed : [...removed, { '@odata.type': USER_TYPE, id: managerId }];
}

function showDeltaGroup(context: GraphContext, item: Gathered, names: readonly string[]): GraphObject | null {
  const entry = context.tenant.groupsById.get(item.id);
  if (entry === undefined) return null;
  const selected = cutToSelection(entry.group, [...names]);
  const shown: GraphObject = { ...selected, id: entry.group.id };
  if (names.includes('members') && (item.properties === null || item.properties.has('members'))) {
    const present = new Set(entry.members.map((member) => member.id));
    const left = [...new Set(item.removedIds)].filter((id) => !present.has(id));
    shown['members@delta'] = [
      ...entry.members.map((member) => ({ '@odata.type': member['@odata.type'], id: member.id })),
      ...left.map((id) => ({ '@odata.type': USER_TYPE, id, '@removed': { reason: 'deleted' } })),
    ];
  }
  return shown;
}

/** The ids of `id eq 'a' or id eq 'b'`; null without a filter. */
function readIds(filter: string | null): string[] | null | 'bad' {
  if (filter === null) return null;
  try {
    const ids = idsOf(parseFilter(filter));
    return ids === null || ids.length > IDS_MAX ? 'bad' : ids;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return 'bad';
  }
}

function idsOf(expression: Expression): string[] | null {
  if (expression.kind === 'or') {
    const [left, right] = [idsOf(expression.left), idsOf(expression.right)];
    return left === null || right === null ? null : [...left, ...right];
  }
  if (expression.kind !== 'compare' || expression.path !== 'id' || expression.operator !== 'eq') return null;
  const { literal } = expression;
  return literal.kind === 'value' && typeof literal.value === 'string' ? [literal.value] : null;
}

/** The server forgot the state: the caller starts anew at the address of the header, which keeps what it tracked. */
function gone(context: GraphContext, kind: Kind, given: string | null): Answer {
  const message = 'The delta token is no longer valid; a full synchronization is needed.';
  const select = (given === null ? null : decode(given))?.select ?? context.options.select;
  const tracked = select === null ? '' : `$select=${select.join(',')}&`;
  const address = `${context.deps.graphUrl()}/${context.version}/${kind}/delta?${tracked}$deltatoken=`;
  return { ...graphError(410, 'syncStateInvalid', message), headers: { Location: address } };
}

function encode(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decode(text: string): Token | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as Token) : null;
  } catch {
    // Not one of ours.
    return null;
  }
}
