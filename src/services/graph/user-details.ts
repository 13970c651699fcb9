import { z } from 'zod';
import { VendorRefusedError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { objectOf, type ReadOptions } from './pages.ts';

const placed = z.looseObject({ usageLocation: z.string().nullish() });

/** The country of an account as the directory has it, two letters; null where it has none. Needs User.Read.All. */
export async function readUsageLocation(graph: Graph, id: string, options: ReadOptions = {}): Promise<string | null> {
  try {
    const query = { $select: 'id,usageLocation' };
    const user = await objectOf(graph, {
      call: 'users.get',
      schema: placed,
      options: { ...options, ids: { id }, query },
    });
    return user.usageLocation ?? null;
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 404) return null;
    throw error;
  }
}

const dated = z.looseObject({ signInSessionsValidFromDateTime: z.string().nullish() });

/** Since when tokens of an account count, ISO 8601; null where nothing says it; undefined where there is no such account. */
export async function readSessionsValidFrom(
  graph: Graph,
  id: string,
  options: ReadOptions = {},
): Promise<string | null | undefined> {
  try {
    const query = { $select: 'id,signInSessionsValidFromDateTime' };
    const user = await objectOf(graph, {
      call: 'users.get',
      schema: dated,
      options: { ...options, ids: { id }, query },
    });
    return user.signInSessionsValidFromDateTime ?? null;
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 404) return undefined;
    throw error;
  }
}
