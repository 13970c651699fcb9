import { and, eq, gt, inArray, max, sql } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import { journal } from '../../store/schema.ts';

/**
 * How far a customer's state has come, for whoever keeps something derived from it. Every change of a customer's rows
 * has its entry in the journal, in the same transaction, so the journal's numbers are the revision.
 */
export type Revision = {
  /** Changes with everything: data, decisions, grants, settings. */
  all: number;
  /** Changes only when what was read of the sources, or the customer's settings, may have changed. */
  data: number;
};

/** Events behind which the master list may be another one. */
const DATA_EVENTS = ['roster.synced', 'evidence.synced', 'customer.added', 'customer.changed'];

export type Revisions = {
  /** The customer's revision as of now: one look at the end of its journal, however long that is. */
  of(customerId: string): Promise<Revision>;
};

/** Creates the access to revisions. What it remembers only spares looking at old entries again. */
export function createRevisions(database: Database): Revisions {
  const known = new Map<string, Revision>();
  return {
    of: async (customerId) => {
      const before = known.get(customerId);
      const after = await database.withCustomer(customerId, async (tx) => {
        const ofCustomer = eq(journal.customerId, customerId);
        const newer = and(ofCustomer, gt(journal.seq, before?.all ?? 0));
        // The first look takes the newest entry for one that matters: to know better it would have to read them all.
        const isData = before === undefined ? sql`true` : inArray(journal.event, DATA_EVENTS);
        const [row] = await tx
          .select({ all: max(journal.seq), data: sql<number | null>`max(${journal.seq}) FILTER (WHERE ${isData})` })
          .from(journal)
          .where(before === undefined ? ofCustomer : newer);
        return { all: row?.all ?? before?.all ?? 0, data: row?.data ?? before?.data ?? 0 };
      });
      const newest = newestOf(known.get(customerId), after);
      known.set(customerId, newest);
      return newest;
    },
  };
}

/** Two looks at once may end in either order; what is remembered never goes back. */
function newestOf(a: Revision | undefined, b: Revision): Revision {
  return a === undefined ? b : { all: Math.max(a.all, b.all), data: Math.max(a.data, b.data) };
}
