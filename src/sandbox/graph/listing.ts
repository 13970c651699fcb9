import { createHash } from 'node:crypto';
import { AppError } from '../../lib/errors.ts';
import type { Answer } from '../http/exchange.ts';
import { type Expression, fulfils, parseFilter, readPath } from '../odata/filter.ts';
import { checkFilter, type FilterRules } from '../odata/rules.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext, isEventual } from './context.ts';
import { badRequest } from './errors.ts';

/** How one collection answers: what may be asked of it, and how an item is cut to what was asked. */
export type Listing<T> = {
  /** Fragment of `@odata.context`. */
  fragment: string;
  /** The resource's name as error texts write it. */
  resource: string;
  items: readonly T[];
  /** Items that belong to the collection; absent: all. */
  only?(item: T): boolean;
  /** What the caller sees of an item, before `$select`; filters look at it too. */
  view(item: T): GraphObject;
  /** Shows an item cut to `$select`; default: the selected properties that its view has. */
  cut?(item: T, select: string[] | null): GraphObject;
  filters: FilterRules;
  orders?: readonly string[];
  page: { default: number; max: number };
  /** Options beyond `$filter $select $orderby $top` that this collection takes. */
  allows?: readonly ('skip' | 'search' | 'expand' | 'count')[];
  /** Directory objects: advanced operators need ConsistencyLevel and `$count=true`. */
  directory?: boolean;
};

type Position = { index: number; after: string | null };

/** Answers a collection: filter, order, page and select, with a next link that carries an opaque place. */
export function listAnswer<T extends GraphObject>(context: GraphContext, listing: Listing<T>): Answer {
  const { options, bend } = context;
  const refusal = refuseOptions(context, listing);
  if (refusal !== null) return refusal;
  const read = readFilter(context, listing);
  if (!read.ok) return read.refusal;
  const size = options.top ?? listing.page.default;
  if (size < 1 || size > listing.page.max) {
    return badRequest(
      `Invalid page size specified: '${size}'. Must be between 1 and ${listing.page.max} inclusive.`,
      'Request_UnsupportedQuery',
    );
  }
  const rows = ordered(context, listing);
  const start = readPosition(context, rows);
  if (start === null) return badRequest('The page token is not valid for this request.', 'InvalidSkipToken');
  const { found, end } = collect(rows, { start, size, keep: (row) => keeps(listing, read.expression, row) });
  const shown = bend.emptyPage === true ? [] : found;
  const body: Record<string, unknown> = { '@odata.context': contextUrl(context, listing.fragment) };
  if (options.count && options.skipToken === null && (listing.directory !== true || isEventual(context))) {
    body['@odata.count'] = rows.filter((row) => keeps(listing, read.expression, row)).length;
  }
  const nextPlace = bend.emptyPage === true ? start : end;
  const link =
    bend.endlessPages === true ? linkTo(context, start) : nextPlace === null ? null : linkTo(context, nextPlace);
  if (link !== null) body['@odata.nextLink'] = link;
  body.value = shown.map(
    (row) => listing.cut?.(row, options.select) ?? cutToSelection(listing.view(row), options.select),
  );
  return { status: 200, body };
}

/** The selected properties that an object has; the whole object without a selection. */
export function cutToSelection(view: GraphObject, select: string[] | null): GraphObject {
  if (select === null) return view;
  const wanted = new Set(select);
  return Object.fromEntries(Object.entries(view).filter(([name]) => wanted.has(name) || name.startsWith('@odata.')));
}

function keeps<T>(listing: Listing<T>, expression: Expression | null, row: T): boolean {
  if (listing.only !== undefined && !listing.only(row)) return false;
  return expression === null || fulfils(expression, listing.view(row));
}

function refuseOptions<T>(context: GraphContext, listing: Listing<T>): Answer | null {
  const { options } = context;
  const allows = new Set<string>(listing.allows ?? []);
  if (options.skip !== null && !allows.has('skip')) return badRequest("'$skip' is not supported by the service.");
  if (options.search !== null) {
    if (!allows.has('search')) return badRequest("'$search' is not supported by the service.");
    if (!isEventual(context)) {
      return badRequest(
        "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
        'Request_UnsupportedQuery',
      );
    }
  }
  if (options.expand.length > 0 && !allows.has('expand')) {
    return badRequest(
      `Could not find a property named '${options.expand[0]?.property ?? ''}' on type 'microsoft.graph.${listing.resource}'.`,
      'BadRequest',
    );
  }
  const unsortable = options.orderBy.find((rule) => !(listing.orders ?? []).includes(rule.path));
  if (unsortable !== undefined) {
    return badRequest(`Sorting not supported for property '${unsortable.path}'.`, 'Request_UnsupportedQuery');
  }
  if (listing.directory === true && options.filter !== null && options.orderBy.length > 0 && !isAdvanced(context)) {
    return badRequest('Sorting not supported for current query.', 'Request_UnsupportedQuery');
  }
  return null;
}

/** The header alone is not enough: the count must be asked for as well. */
function isAdvanced(context: GraphContext): boolean {
  return isEventual(context) && context.options.count;
}

type ReadFilter = { ok: true; expression: Expression | null } | { ok: false; refusal: Answer };

function readFilter<T>(context: GraphContext, listing: Listing<T>): ReadFilter {
  const { filter } = context.options;
  if (filter === null) return { ok: true, expression: null };
  let expression: Expression;
  try {
    expression = parseFilter(filter);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, refusal: badRequest(error.message, 'BadRequest') };
  }
  const verdict = checkFilter(expression, listing.filters);
  if (!verdict.ok) {
    const message = `Unsupported or invalid query filter clause specified for property '${verdict.property}' of resource '${listing.resource}'.`;
    return { ok: false, refusal: badRequest(message, 'Request_UnsupportedQuery') };
  }
  if (verdict.advanced && listing.directory === true && !isAdvanced(context)) {
    const message =
      `Operator '${verdict.operator}' is not supported because the required parameters might be missing. Try adding ` +
      '$count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information';
    return { ok: false, refusal: badRequest(message, 'Request_UnsupportedQuery') };
  }
  return { ok: true, expression };
}

function ordered<T extends GraphObject>(context: GraphContext, listing: Listing<T>): readonly T[] {
  const { orderBy, skip } = context.options;
  const rows = orderBy.length === 0 ? listing.items : [...listing.items].sort((a, b) => compareRows(a, b, orderBy));
  return skip === null ? rows : rows.slice(skip);
}

function compareRows(a: GraphObject, b: GraphObject, rules: { path: string; descending: boolean }[]): number {
  for (const rule of rules) {
    const [left, right] = [sortText(a, rule.path), sortText(b, rule.path)];
    if (left !== right) return (left < right ? -1 : 1) * (rule.descending ? -1 : 1);
  }
  return 0;
}

function sortText(object: GraphObject, path: string): string {
  const value = readPath(object, path);
  return value === null || value === undefined ? '' : String(value).toLowerCase();
}

/** Takes a page from `start`; `end` is the place of the next one, or null when nothing more fits the filter. */
function collect<T extends GraphObject>(
  rows: readonly T[],
  page: { start: Position; size: number; keep(row: T): boolean },
): { found: T[]; end: Position | null } {
  const found: T[] = [];
  let end: Position | null = null;
  for (let index = page.start.index; index < rows.length; index += 1) {
    const row = rows[index];
    if (row === undefined || !page.keep(row)) continue;
    if (found.length === page.size) return { found, end };
    found.push(row);
    end = { index: index + 1, after: typeof row.id === 'string' ? row.id : null };
  }
  return { found, end: null };
}

/**
 * Finds the place of a page token again: rows may have come or gone since, so the row before the place is looked
 * for when it has moved. Null when the token belongs to another question.
 */
function readPosition<T extends GraphObject>(context: GraphContext, rows: readonly T[]): Position | null {
  const { skipToken } = context.options;
  if (skipToken === null) return { index: 0, after: null };
  const token = decodeToken(skipToken);
  if (token === null || token.q !== questionOf(context)) return null;
  if (token.a === null || rows[token.i - 1]?.id === token.a) return { index: token.i, after: token.a };
  const moved = rows.findIndex((row) => row.id === token.a);
  return { index: moved < 0 ? token.i : moved + 1, after: token.a };
}

function linkTo(context: GraphContext, place: Position): string {
  const token = { i: place.index, a: place.after, q: questionOf(context) };
  const query = new URLSearchParams(
    [...context.call.query].filter(([name]) => name.replace(/^\$/, '').toLowerCase() !== 'skiptoken'),
  );
  const text = [...query].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  text.push(`$skiptoken=${encodeToken(token)}`);
  return `${context.deps.graphUrl()}${context.call.path}?${text.join('&')}`;
}

type PageToken = { i: number; a: string | null; q: string };

/** A token only continues the question it was given for. */
function questionOf(context: GraphContext): string {
  const { options, tenant, call } = context;
  const question = [tenant.tenant.tenantId, call.path, options.filter, JSON.stringify(options.orderBy), options.skip];
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 12);
}

function encodeToken(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decodeToken(text: string): PageToken | null {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<PageToken>;
    if (typeof value.i !== 'number' || typeof value.q !== 'string') return null;
    return { i: value.i, q: value.q, a: typeof value.a === 'string' ? value.a : null };
  } catch {
    // Not one of ours: the caller made it up or cut it.
    return null;
  }
}
