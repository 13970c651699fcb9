import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { VendorBrokenError } from '../../lib/errors.ts';
import { parsedAnswer } from '../parsed-answer.ts';
import type { GraphCallName } from './calls.ts';
import type { Graph, GraphOptions } from './client.ts';
import { graphCallFacts, pageSchema } from './wire.ts';

export type ReadOptions = Pick<GraphOptions, 'priority' | 'signal'>;

export type Listing<T> = {
  call: GraphCallName;
  row: z.ZodType<T>;
  options?: GraphOptions;
  /** A collection that hands out the same rows again by right: delta. */
  mayRepeat?: boolean;
  pagesMax?: number;
};

export type Page<T> = { rows: T[]; deltaLink: string | undefined };

/** More pages than any tenant has: a listing that goes on beyond them does not end. */
const PAGES_MAX = 10_000;
const EMPTY_PAGES_MAX = 200;

/**
 * Reads a collection page by page, so that no more than a page is held. Links are followed as they came, on the
 * tenant's own origin only, with the same headers. Throws VendorBrokenError for a row that does not fit, a link that
 * leads elsewhere or comes again, a page that comes again, and a listing without end.
 */
export async function* pagesOf<T>(graph: Graph, listing: Listing<T>): AsyncGenerator<Page<T>, void, undefined> {
  const guard = createPagingGuard(graph, listing);
  let link = listing.options?.link;
  do {
    const answer = await graph.request(listing.call, { ...listing.options, ...(link === undefined ? {} : { link }) });
    const call = graphCallFacts(listing.call, answer);
    const page = parsedAnswer(pageSchema, answer.body, call);
    guard.page(page.value.length, () => hashOf(JSON.stringify(page.value)));
    const rows = page.value.map((row, index) =>
      parsedAnswer(listing.row, row, { ...call, path: `${call.path} value.${index}` }),
    );
    link = page['@odata.nextLink'];
    guard.link(link);
    const deltaLink = page['@odata.deltaLink'];
    guard.link(deltaLink);
    yield { rows, deltaLink };
  } while (link !== undefined);
}

/** Reads a whole collection into one list. */
export async function rowsOf<T>(graph: Graph, listing: Listing<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const { rows } of pagesOf(graph, listing)) for (const row of rows) all.push(row);
  return all;
}

/** Reads one object. */
export async function objectOf<S extends z.ZodType>(
  graph: Graph,
  read: { call: GraphCallName; schema: S; options?: GraphOptions },
): Promise<z.infer<S>> {
  const answer = await graph.request(read.call, read.options);
  return parsedAnswer(read.schema, answer.body, graphCallFacts(read.call, answer));
}

/** Creates what keeps a listing from going on for ever, from leading elsewhere and from going round in a circle. */
export function createPagingGuard<T>(graph: Graph, listing: Listing<T>) {
  const seen = new Set<string>();
  const pagesMax = listing.pagesMax ?? PAGES_MAX;
  let pages = 0;
  let empty = 0;
  const broken = (reason: string) => new VendorBrokenError(graphCallFacts(listing.call), reason);
  const refuseAgain = (key: string, reason: string) => {
    if (seen.has(key)) throw broken(reason);
    seen.add(key);
  };
  return {
    page(rows: number, hash: () => string) {
      pages += 1;
      empty = rows === 0 ? empty + 1 : 0;
      if (pages > pagesMax || empty > EMPTY_PAGES_MAX) throw broken('the listing does not end');
      if (rows > 0 && listing.mayRepeat !== true) refuseAgain(`page ${hash()}`, 'a page came twice');
    },
    link(link: string | undefined) {
      if (link === undefined) return;
      if (!URL.canParse(link) || new URL(link).origin !== graph.origin) throw broken('a link leads to another host');
      refuseAgain(`link ${hashOf(link)}`, 'a link came twice');
    },
  };
}

/** Links and pages are remembered as hashes, so that the memory of the guard does not grow with the pages' size. */
function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('base64');
}
