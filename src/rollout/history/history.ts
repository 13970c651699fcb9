import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../store/database.ts';
import { journal } from '../../store/schema.ts';
import { type HistoryEntry, type HistoryGroup, type HistoryRow, historyEvents, historyRow } from './history.core.ts';

/** Entries of the journal behind one page; an entry that says nothing of its own is not told, so a page may be shorter. */
const HISTORY_PAGE_ROWS = 50;

/** One page, and where the next, older one begins; null: there is none. */
export type HistoryPage = { rows: HistoryRow[]; next: number | null };

export type HistoryAsk = {
  group?: HistoryGroup | undefined;
  /** Entries before this number of the journal alone; undefined: the newest. */
  before?: number | undefined;
};

export type History = {
  /** What happened to the customer's rollout, the newest first. Refuses nobody: whoever asks has to be allowed before. */
  list(customerId: string, ask?: HistoryAsk): Promise<HistoryPage>;
};

/** Creates the reading of a rollout's history. It writes nothing. */
export function createHistory({ database }: { database: Database }): History {
  return {
    list: (customerId, { group, before } = {}) =>
      database.withCustomer(customerId, async (tx) => {
        const found = await tx
          .select()
          .from(journal)
          .where(
            and(
              eq(journal.customerId, customerId),
              inArray(journal.event, historyEvents(group)),
              before === undefined ? undefined : lt(journal.seq, before),
            ),
          )
          .orderBy(desc(journal.seq))
          .limit(HISTORY_PAGE_ROWS + 1);
        const entries = found.slice(0, HISTORY_PAGE_ROWS);
        const next = found.length > entries.length ? (entries.at(-1)?.seq ?? null) : null;
        const rows = entries.flatMap((row) => {
          const told = historyRow(entryOf(row));
          return told === null ? [] : [told];
        });
        return { rows, next };
      }),
  };
}

const person = z.looseObject({ kind: z.literal('person'), displayName: z.string().nullish(), objectId: z.string() });
const facts = z.looseObject({
  phase: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  why: z.object({ en: z.string(), de: z.string() }).nullish(),
});

/** What an older version of the product wrote otherwise is told without it rather than not at all. */
function entryOf({ seq, at, event, actor, facts: given }: typeof journal.$inferSelect): HistoryEntry {
  const known = facts.safeParse(given).data ?? {};
  const who = person.safeParse(actor).data;
  return {
    ...{ seq, event, at: at.toISOString(), phase: known.phase ?? null, from: known.from ?? null },
    to: known.to ?? null,
    ...{ why: known.why ?? null, by: who === undefined ? null : (who.displayName ?? who.objectId) },
  };
}
