import { type Answer, type Call, headerOf } from '../http/exchange.ts';
import type { GraphObject } from '../world/world.ts';
import { readConditions, valueAt } from './conditions.ts';
import { badQuery } from './errors.ts';
import type { ConnectWiseOptions } from './options.ts';
import type { CwRecord } from './state.ts';

const PAGE_DEFAULT = 25;
const PAGE_MAX = 1000;

/** What a list is asked by: the query of a GET, or the body of a search. */
export type ListQuery = {
  conditions: string | null;
  childConditions: string | null;
  customFieldConditions: string | null;
  orderBy: string | null;
};

export type Listing = { call: Call; options: ConnectWiseOptions; url: string; fields: ReadonlySet<string> };

/** The part of a list's query that the address carries. */
export function queryOf(call: Call): ListQuery {
  const { query } = call;
  return {
    conditions: query.get('conditions'),
    childConditions: query.get('childConditions'),
    customFieldConditions: query.get('customFieldConditions'),
    orderBy: query.get('orderBy'),
  };
}

/** A page of the records that fit, with the links to the others; 400 for a query that cannot be read. */
export function listRecords(records: Iterable<CwRecord>, listing: Listing, query = queryOf(listing.call)): Answer {
  const found = selectRecords(records, query, listing.fields);
  if (typeof found === 'string') return badQuery(found);
  const wantsForward = headerOf(listing.call, 'pagination-type')?.toLowerCase() === 'forward-only';
  if (wantsForward && listing.options.forwardOnly === 'refused')
    return badQuery('forward-only pagination is not supported for this endpoint');
  if (wantsForward && listing.options.forwardOnly === true) {
    return query.orderBy === null
      ? forwardPage(found, listing)
      : badQuery('orderBy is not supported with forward-only pagination');
  }
  return numberedPage(found, listing);
}

/** GET …/count. */
export function countRecords(records: Iterable<CwRecord>, listing: Listing): Answer {
  const found = selectRecords(records, queryOf(listing.call), listing.fields);
  return typeof found === 'string' ? badQuery(found) : { status: 200, body: { count: found.length } };
}

/** The records that fit, in order; a text says what is wrong with the query. */
function selectRecords(
  records: Iterable<CwRecord>,
  query: ListQuery,
  fields: ReadonlySet<string>,
): CwRecord[] | string {
  const tests: ((record: CwRecord) => boolean)[] = [];
  if (query.conditions !== null && query.conditions.trim() !== '') {
    const read = readConditions(query.conditions);
    if (!read.ok) return read.message;
    const unknown = read.paths.map((path) => path.split('/')[0] ?? '').find((name) => !fields.has(name));
    if (unknown !== undefined) return `Conditions string is invalid: '${unknown}' is not a field`;
    tests.push(read.holds);
  }
  for (const name of ['childConditions', 'customFieldConditions'] as const) {
    const test = readChildTest(query[name], name === 'customFieldConditions');
    if (typeof test === 'string') return test;
    if (test !== null) tests.push(test);
  }
  const order = readOrder(query.orderBy);
  return [...records].filter((record) => tests.every((test) => test(record))).sort(order);
}

/** A test that one element of a list passes: `communicationItems/value="…"`, or the fields of a custom field. */
function readChildTest(text: string | null, isCustom: boolean): ((record: CwRecord) => boolean) | string | null {
  if (text === null || text.trim() === '') return null;
  const read = readConditions(text, false);
  if (!read.ok) return read.message;
  const list = isCustom ? 'customFields' : (read.paths[0]?.split('/')[0] ?? '');
  return (record) => {
    const items = record[list];
    return Array.isArray(items) && items.some((item) => read.holds(isCustom ? item : { [list]: item as unknown }));
  };
}

function readOrder(text: string | null): (a: CwRecord, b: CwRecord) => number {
  const rules = (text ?? '')
    .split(',')
    .map((rule) => rule.trim().split(/\s+/))
    .filter(([path]) => path !== '');
  return (a, b) => {
    for (const [path = '', direction] of rules) {
      const [left, right] = [valueAt(a, path) ?? '', valueAt(b, path) ?? ''] as [string, string];
      if (left !== right) return (left < right ? -1 : 1) * (direction?.toLowerCase() === 'desc' ? -1 : 1);
    }
    return a.id - b.id;
  };
}

/** A size that is too large is cut down without a word. */
function pageSizeOf(call: Call): number {
  return Math.min(Math.max(1, Number(call.query.get('pageSize') ?? PAGE_DEFAULT) || PAGE_DEFAULT), PAGE_MAX);
}

function numberedPage(found: readonly CwRecord[], listing: Listing): Answer {
  const size = pageSizeOf(listing.call);
  const page = Math.max(1, Number(listing.call.query.get('page') ?? '1') || 1);
  const last = Math.max(1, Math.ceil(found.length / size));
  const link = (to: number, rel: string) => linkTo(listing, { name: 'page', value: String(to), rel });
  const links = [
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first'), link(page - 1, 'prev')] : []),
  ];
  const items = found.slice((page - 1) * size, page * size);
  return { status: 200, headers: { Link: links.join(', ') }, body: items.map((item) => cut(item, listing.call)) };
}

/** Pages by the last id seen: no way back, no order of one's own, no link at the end. */
function forwardPage(found: readonly CwRecord[], listing: Listing): Answer {
  const size = pageSizeOf(listing.call);
  const after = Number(listing.call.query.get('pageId') ?? '0') || 0;
  const rest = found.filter((record) => record.id > after);
  const items = rest.slice(0, size);
  const end = items.at(-1)?.id;
  const hasMore = rest.length > items.length && end !== undefined;
  const link = hasMore ? linkTo(listing, { name: 'pageId', value: String(end), rel: 'next' }) : '';
  return { status: 200, headers: { Link: link }, body: items.map((item) => cut(item, listing.call)) };
}

function linkTo(listing: Listing, to: { name: string; value: string; rel: string }): string {
  const query = new URLSearchParams(listing.call.query);
  query.set(to.name, to.value);
  return `<${listing.url}${listing.call.path}?${query.toString()}>; rel="${to.rel}"`;
}

/** A record cut to `fields`; `_info` goes with it unless it is named. */
export function cut(record: CwRecord, call: Call): unknown {
  const fields = call.query.get('fields');
  if (fields === null || fields.trim() === '') return record;
  const shown: GraphObject = {};
  for (const path of fields.split(',').map((name) => name.trim())) {
    const [head = '', ...rest] = path.split('/');
    const value = record[head];
    if (value === undefined) continue;
    if (rest.length === 0) shown[head] = value;
    else shown[head] = { ...(shown[head] as GraphObject | undefined), [rest[0] ?? '']: valueAt(value, rest.join('/')) };
  }
  return shown;
}
