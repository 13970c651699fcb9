import { and, desc, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../store/database.ts';
import { journal } from '../../store/schema.ts';
import { HISTORY_EVENTS, type HistoryEntry, type HistoryRow, historyRow } from './history.core.ts';

/** So much is told at once; whoever wants all of it reads the evidence pack. */
const HISTORY_ROWS_MAX = 100;

export type History = {
  /** What happened to the customer's rollout, the newest first. Refuses nobody: whoever asks has to be allowed before. */
  list(customerId: string): Promise<HistoryRow[]>;
};

/** Creates the reading of a rollout's history. It writes nothing. */
export function createHistory({ database }: { database: Database }): History {
  return {
    list: (customerId) =>
      database.withCustomer(customerId, async (tx) => {
        const rows = await tx
          .select()
          .from(journal)
          .where(and(eq(journal.customerId, customerId), inArray(journal.event, [...HISTORY_EVENTS])))
          .orderBy(desc(journal.seq))
          .limit(HISTORY_ROWS_MAX);
        return rows.flatMap((row) => {
          const told = historyRow(entryOf(row));
          return told === null ? [] : [told];
        });
      }),
  };
}

const person = z.looseObject({ kind: z.literal('person'), displayName: z.string().nullish(), objectId: z.string() });
const facts = z.looseObject({
  phase: z.string().optional(),
  from: z.string().optional(),
  why: z.object({ en: z.string(), de: z.string() }).nullish(),
});

/** What an older version of the product wrote otherwise is told without it rather than not at all. */
function entryOf({ seq, at, event, actor, facts: given }: typeof journal.$inferSelect): HistoryEntry {
  const known = facts.safeParse(given).data ?? {};
  const who = person.safeParse(actor).data;
  return {
    ...{ seq, event, at: at.toISOString(), phase: known.phase ?? null, from: known.from ?? null },
    ...{ why: known.why ?? null, by: who === undefined ? null : (who.displayName ?? who.objectId) },
  };
}
