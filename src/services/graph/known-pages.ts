import { createHash } from 'node:crypto';
import { z } from 'zod';
import { VendorBrokenError } from '../../lib/errors.ts';
import type { BodyCollector } from '../http-types.ts';
import { parsedAnswer } from '../parsed-answer.ts';
import { storableJson } from '../storable-json.ts';
import type { Graph } from './client.ts';
import { createPagingGuard, type Listing } from './pages.ts';
import { graphCallFacts, pageSchema } from './wire.ts';

/** A page as it came. Its rows were looked at, unless the caller knows the page: then they are when they are asked for. */
export type KnownPage<T> = { digest: string; rows(): T[] };

export type PageKnowledge = {
  /** Digests of pages that were parsed, checked and taken over before. */
  known: ReadonlySet<string>;
  /** What was asked for and how it is read: the same bytes under another version are another page. */
  version: string;
  /** A property, with a text for its value, in which alone a page may differ. */
  aside: string;
};

/**
 * Reads a collection of a service that tells no changes: whole, but of pages whose bytes are known nothing is parsed.
 * Links, limits and refusals are those of `pagesOf`.
 */
export async function readKnownPages<T>(
  graph: Graph,
  listing: Listing<T>,
  knowledge: PageKnowledge,
): Promise<KnownPage<T>[]> {
  const guard = createPagingGuard(graph, listing);
  const pages: KnownPage<T>[] = [];
  let link: string | undefined;
  do {
    const collect = () => createPageCollector(knowledge);
    const options = { ...listing.options, collect, ...(link === undefined ? {} : { link }) };
    const answer = await graph.request(listing.call, options);
    const call = graphCallFacts(listing.call, answer);
    const { text, digest, parsed, ...page } = parsedAnswer(textPageSchema, answer.body, call);
    const rows = rowsIn({ text, parsed }, listing, call);
    if (text !== '') pages.push({ digest, rows });
    guard.page(text === '' ? 0 : 1, () => digest);
    if (!knowledge.known.has(digest)) rows();
    link = page['@odata.nextLink'];
    guard.link(link);
  } while (link !== undefined);
  return pages;
}

const textPageSchema = pageSchema.extend({
  text: z.string(),
  digest: z.string(),
  parsed: z.array(z.unknown()).nullable(),
});

/** Rows checked, and where they are not yet parsed, at the first question. */
function rowsIn<T>(
  page: { text: string; parsed: unknown[] | null },
  listing: Listing<T>,
  call: ReturnType<typeof graphCallFacts>,
): () => T[] {
  let rows: T[] | undefined;
  let { parsed } = page;
  return () => {
    rows ??= (parsed ?? listIn(page.text, call)).map((row, index) =>
      parsedAnswer(listing.row, row, { ...call, path: `${call.path} value.${index}` }),
    );
    // The checked rows are copies: both need not be held.
    parsed = null;
    return rows;
  };
}

function listIn(text: string, call: ReturnType<typeof graphCallFacts>): unknown[] {
  const parsed = storableJson(`[${utf8Of(text)}]`);
  if (parsed.ok && Array.isArray(parsed.value)) return parsed.value;
  throw new VendorBrokenError(call, 'the answer is not valid JSON');
}

const LIST_BEGINS = '"value":[';

/**
 * Takes a page's bytes and gives what stands around its list, with the list's text and its digest. The name of the list
 * cannot stand inside a text, where its quotes would be escaped; a list that is not the page's own one, or that ends
 * elsewhere than at the last bracket, leaves an envelope or a list that does not parse: then the page is parsed whole.
 */
function createPageCollector(knowledge: PageKnowledge): BodyCollector {
  const chunks: Buffer[] = [];
  return {
    take: (chunk) => chunks.push(Buffer.from(chunk)) > 0,
    done() {
      // One letter for each byte, so that places in the text are those of the bytes.
      const body = Buffer.concat(chunks).toString('latin1');
      const begins = body.indexOf(LIST_BEGINS) + LIST_BEGINS.length;
      const ends = body.lastIndexOf(']');
      const around =
        begins < LIST_BEGINS.length || ends < begins
          ? null
          : storableJson(utf8Of(body.slice(0, begins) + body.slice(ends)));
      const text = body.slice(begins, ends).trim();
      if (around?.ok === true && isEmptyPage(around.value)) {
        const digest = digestOf(text, knowledge);
        // What was parsed before is a list by itself; anything else may end at a bracket that is not the list's.
        const parsed = knowledge.known.has(digest) ? null : storableJson(`[${utf8Of(text)}]`);
        if (parsed === null || parsed.ok)
          return { ok: true, value: { ...around.value, text, digest, parsed: parsed?.value ?? null } };
      }
      return wholePage(utf8Of(body), knowledge);
    },
  };
}

function wholePage(body: string, knowledge: PageKnowledge): ReturnType<BodyCollector['done']> {
  const parsed = storableJson(body);
  if (!parsed.ok) return { ok: false };
  const page = parsed.value;
  if (typeof page !== 'object' || page === null || !('value' in page) || !Array.isArray(page.value)) return parsed;
  const text = JSON.stringify(page.value).slice(1, -1);
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return {
    ok: true,
    value: { ...page, value: [], text: bytes, digest: digestOf(bytes, knowledge), parsed: page.value },
  };
}

function isEmptyPage(value: unknown): value is { value: [] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    Array.isArray(value.value) &&
    value.value.length === 0
  );
}

function digestOf(text: string, { version, aside }: PageKnowledge): string {
  const told = text.replaceAll(new RegExp(`"${aside}":"[^"\\\\]*"`, 'g'), '');
  return createHash('sha256').update(`${version} `, 'latin1').update(told, 'latin1').digest('base64url');
}

/** Text that is no UTF-8 becomes text that no JSON is. */
function utf8Of(bytes: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return '\u0000';
  }
}
