import { z } from 'zod';
import { VendorBrokenError, VendorRefusedError } from '../../../lib/errors.ts';
import type { HttpAnswer } from '../../http-types.ts';
import type { ConnectWise, ConnectWiseAsk } from './api.ts';
import { connectWiseCallOf } from './calls.ts';
import type { Condition } from './conditions.ts';

export type Listing<T> = Pick<ConnectWiseAsk, 'call' | 'ids' | 'signal'> & {
  row: z.ZodType<T>;
  conditions?: Condition;
};

const PAGE_SIZE = 1_000;
const PAGES_MAX = 10_000;
const FORWARD_ONLY = { 'pagination-type': 'forward-only' };

/**
 * Reads a whole listing, forward only, which no change of the records can disturb; servers that do not know it count
 * pages instead, and a list that refuses it is asked for counted ones. Of the next page's link only its mark is taken:
 * the link itself names another host than the API's. Throws VendorBrokenError for a mark that comes again and a listing
 * without end.
 */
export async function listOf<T>(connectWise: ConnectWise, listing: Listing<T>): Promise<T[]> {
  const rows: T[] = [];
  const seen = new Set<string>();
  let mark: Record<string, string> = {};
  let headers: Record<string, string> = FORWARD_ONLY;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { body, answer } = await pageOf(connectWise, listing, { mark, headers }).catch(async (error: unknown) => {
      const mayRefuseForward = error instanceof VendorRefusedError && error.call.status === 400 && page === 1;
      if (!mayRefuseForward) throw error;
      headers = {};
      return pageOf(connectWise, listing, { mark, headers });
    });
    for (const one of body) rows.push(one);
    const next = nextMark(answer.headers.link ?? '');
    if (next === null) return rows;
    const key = JSON.stringify(next);
    if (seen.has(key)) throw broken(listing, 'a page came twice');
    seen.add(key);
    mark = next;
  }
  throw broken(listing, 'the listing does not end');
}

function pageOf<T>(
  connectWise: ConnectWise,
  { row, conditions, ...ask }: Listing<T>,
  { mark, headers }: { mark: Record<string, string>; headers: Record<string, string> },
): Promise<{ body: T[]; answer: HttpAnswer }> {
  const query = { ...(conditions === undefined ? {} : { conditions }), pageSize: String(PAGE_SIZE), ...mark };
  return connectWise.exchange({ ...ask, query, headers }, z.array(row));
}

function broken<T>(listing: Listing<T>, reason: string): VendorBrokenError {
  const { method, path } = connectWiseCallOf(listing.call);
  return new VendorBrokenError({ vendor: 'connectwise', method, path }, reason);
}

/** The mark of the next page out of `<…&pageId=12>; rel="next"`; null at the end. */
function nextMark(link: string): Record<string, string> | null {
  const target = /<([^<>]*)>\s*;\s*rel="?next"?/i.exec(link)?.[1];
  if (target === undefined || !URL.canParse(target, 'https://link.invalid')) return null;
  const query = new URL(target, 'https://link.invalid').searchParams;
  for (const name of ['pageId', 'page']) {
    const value = query.get(name);
    if (value !== null && value !== '') return { [name]: value };
  }
  return null;
}
