import { asc, desc, eq, sql } from 'drizzle-orm';
import type { Json } from '../lib/canonical-json.ts';
import { digestOf } from '../lib/digest.ts';
import type { Tx } from './database.ts';
import { journal } from './schema.ts';
import { currentScope } from './transaction.ts';

export type JournalEntry = {
  /** Business time. */
  at: Date;
  /** Who did it: a verified identity, or the product itself. */
  actor: Json;
  /** Name of the event in dotted form. */
  event: string;
  /** What happened, complete enough to prove it later. */
  facts: Json;
};

export type JournalRow = JournalEntry & { customerId: string; seq: number; prevHash: string; hash: string };

/** Where a chain stands: to be kept elsewhere (the evidence pack), since a chain cannot show that its end was cut off. */
export type JournalHead = { seq: number; hash: string };

export type JournalCheck =
  | { ok: true; entries: number; head: JournalHead }
  | { ok: false; seq: number; reason: 'gap' | 'link' | 'hash' };

/** The link before the first entry. */
export const JOURNAL_START = `sha256:${'0'.repeat(64)}`;

const PAGE_ROWS = 1000;

/**
 * Appends to the customer's journal in the caller's transaction, so that a change and its entry are kept together or
 * not at all. Each entry is bound to the one before it by its hash; writers of one customer wait for each other here.
 * Refuses outside of a customer's transaction.
 */
export async function appendJournal(tx: Tx, entry: JournalEntry): Promise<JournalHead> {
  const { customerId } = currentScope();
  if (customerId === undefined) throw new TypeError('a journal belongs to one customer: use withCustomer');
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`journal:${customerId}`}, 0))`);
  const [last] = await tx
    .select({ seq: journal.seq, hash: journal.hash })
    .from(journal)
    .where(eq(journal.customerId, customerId))
    .orderBy(desc(journal.seq))
    .limit(1);
  const linked = { ...entry, customerId, seq: (last?.seq ?? 0) + 1, prevHash: last?.hash ?? JOURNAL_START };
  const row = { ...linked, hash: hashOf(linked) };
  await tx.insert(journal).values(row);
  return { seq: row.seq, hash: row.hash };
}

/** Reads the journal in its order, `after` exclusive, at most `limit` rows. */
export async function readJournal(tx: Tx, customerId: string, after = 0, limit = PAGE_ROWS): Promise<JournalRow[]> {
  return tx
    .select()
    .from(journal)
    .where(sql`${eq(journal.customerId, customerId)} AND ${journal.seq} > ${after}`)
    .orderBy(asc(journal.seq))
    .limit(limit);
}

/** Follows the chain from its start and names the first entry that was changed, moved or taken out. */
export async function verifyJournal(tx: Tx, customerId: string): Promise<JournalCheck> {
  let head: JournalHead = { seq: 0, hash: JOURNAL_START };
  for (;;) {
    const page = await readJournal(tx, customerId, head.seq);
    for (const row of page) {
      const reason = faultOf(row, head);
      if (reason !== undefined) return { ok: false, seq: head.seq + 1, reason };
      head = { seq: row.seq, hash: row.hash };
    }
    if (page.length < PAGE_ROWS) return { ok: true, entries: head.seq, head };
  }
}

/** The hash of an entry: SHA-256 over the canonical JSON of everything but the hash itself. */
export function hashOf(row: Omit<JournalRow, 'hash'>): string {
  const { customerId, seq, at, actor, event, facts, prevHash } = row;
  return digestOf({ customerId, seq, at: at.toISOString(), actor, event, facts, prevHash });
}

function faultOf(row: JournalRow, head: JournalHead): 'gap' | 'link' | 'hash' | undefined {
  if (row.seq !== head.seq + 1) return 'gap';
  if (row.prevHash !== head.hash) return 'link';
  return hashOf(row) === row.hash ? undefined : 'hash';
}
