import { hash } from 'node:crypto';
import type { Tx } from '../../store/database.ts';
import { comparePrints, PRINT_HALF } from './blocks.core.ts';
import { forgetBlocks, readBlocks, readPrints, replaceBlocks, type StoredBlock } from './blocks.store.ts';
import {
  asideOf,
  countRows,
  countRowsOf,
  type KeyedRow,
  keepOnlyRows,
  type RowTable,
  readReadings,
  upsertRows,
} from './roster.store.ts';

/** Rows that came together. `rows` may be called only where they are needed: a block that is known stays unparsed. */
export type RowBlock = { digest: string; rows(): readonly KeyedRow[] };

/** What a reading would make of a table; nothing is written before `apply`. */
export type Reckoning = {
  before: number;
  after: number;
  /** Rows of before whose keys are still there. */
  stayed: number;
  /** Rows that are new or say something else, and whether they tell everything: no row is gone and none was in doubt. */
  come: readonly KeyedRow[];
  isAll: boolean;
  /** Makes the table hold the reading. Returns how many rows changed. */
  apply(): Promise<number>;
};

export type BlockReading = {
  source: string;
  table: RowTable;
  /** Names the whole of a reading, where that can be told without its rows. */
  digest?: string;
  /** Called only where the whole is not the one that was taken over last. */
  blocks: () => readonly RowBlock[];
  /** Of rows with one key the one that counts; absent where keys come once. */
  oneEach?: (rows: readonly KeyedRow[]) => readonly KeyedRow[];
};

type Reading = Omit<BlockReading, 'blocks'> & { blocks: readonly RowBlock[] };

/**
 * Finds out what a reading changes: nothing where its digest is that of the reading before. Otherwise by looking at those
 * rows alone whose blocks did not come before. Whatever is in doubt – no blocks known, another number of rows than was
 * read last, a key that comes twice or moved between blocks – is compared whole.
 */
export async function reckonBlocks(tx: Tx, reading: BlockReading): Promise<Reckoning> {
  const { source, digest } = reading;
  const last = (await readReadings(tx)).find((known) => known.source === source);
  const isStored = (rows: number) => last !== undefined && last.state !== 'missing' && last.rows === rows;
  const [before] = digest === undefined ? [] : await readBlocks(tx, wholeOf(source));
  if (before !== undefined && before.digest === digest && isStored(before.rows)) return unchanged(before.rows);
  const known = await readBlocks(tx, source);
  const opened = { ...reading, blocks: reading.blocks() };
  const reckoned =
    (known.length > 0 && isStored(sizeOf(known)) ? await byBlocks(tx, opened, known) : null) ??
    (await whole(tx, opened));
  return digest === undefined ? reckoned : noting(tx, { source, digest, reckoned });
}

/** The same, which keeps the digest of the whole reading as well. */
function noting(tx: Tx, { source, digest, reckoned }: { source: string; digest: string; reckoned: Reckoning }) {
  return {
    ...reckoned,
    async apply() {
      await forgetBlocks(tx, wholeOf(source));
      await replaceBlocks(tx, wholeOf(source), { gone: [], come: [{ digest, rows: reckoned.after, prints: '' }] });
      return reckoned.apply();
    },
  };
}

/** Forgets what is known of a source's blocks, because its rows were written by another way. */
export async function distrustBlocks(tx: Tx, source: string): Promise<void> {
  await forgetBlocks(tx, wholeOf(source));
  await forgetBlocks(tx, source);
}

/** Under this name stands the digest of a whole reading, as its only block. */
function wholeOf(source: string): string {
  return `${source}.whole`;
}

function unchanged(rows: number): Reckoning {
  return { before: rows, after: rows, stayed: rows, come: [], isAll: true, apply: async () => 0 };
}

async function byBlocks(tx: Tx, reading: Reading, known: readonly StoredBlock[]): Promise<Reckoning | null> {
  const { source, table } = reading;
  const here = new Set(reading.blocks.map(({ digest }) => digest));
  const there = new Map(known.map((block) => [block.digest, block]));
  if (here.size !== reading.blocks.length) return null;
  const gone = known.filter(({ digest }) => !here.has(digest));
  const fresh = reading.blocks.filter(({ digest }) => !there.has(digest)).map((block) => printed(block, table));
  const rows = fresh.flatMap((block) => block.rows);
  const change = comparePrints(
    await readPrints(tx, source, digestsOf(gone)),
    fresh.flatMap((block) => block.prints),
  );
  if (!change.isClear) return null;
  const added = at(rows, change.added);
  // A row that is new to these blocks and not to the table has moved from a block that is said to have stayed.
  if (added.length > 0 && (await countRowsOf(tx, table, keysOf(added))) > 0) return null;
  const before = sizeOf(known);
  const come = [...at(rows, change.changed), ...added];
  return {
    ...{ before, come, isAll: change.removed === 0 },
    after: before - change.removed + added.length,
    stayed: before - change.removed,
    apply: async () => {
      const removed = change.removed === 0 ? 0 : await keepOnlyRows(tx, table, keysOf(allRows(reading)));
      await replaceBlocks(tx, source, { gone: digestsOf(gone), come: fresh.map(storedBlock) });
      return removed + (await upsertRows(tx, table, come));
    },
  };
}

async function whole(tx: Tx, reading: Reading): Promise<Reckoning> {
  const { source, table } = reading;
  const all = allRows(reading);
  const rows = reading.oneEach?.(all) ?? all;
  return {
    ...{ before: await countRows(tx, table), after: rows.length, stayed: await countRowsOf(tx, table, keysOf(rows)) },
    ...{ come: rows, isAll: false },
    apply: async () => {
      await forgetBlocks(tx, source);
      // Where a key came twice, blocks do not tell which of the two counts.
      const isClear = rows.length === all.length && new Set(digestsOf(reading.blocks)).size === reading.blocks.length;
      const come = isClear ? reading.blocks.map((block) => storedBlock(printed(block, table))) : [];
      await replaceBlocks(tx, source, { gone: [], come });
      return (await keepOnlyRows(tx, table, keysOf(rows))) + (await upsertRows(tx, table, rows));
    },
  };
}

type PrintedBlock = { digest: string; rows: readonly KeyedRow[]; prints: string[] };

function printed(block: RowBlock, table: RowTable): PrintedBlock {
  const rows = block.rows();
  return { digest: block.digest, rows, prints: rows.map((row) => printOf(row, asideOf(table))) };
}

function storedBlock({ digest, rows, prints }: PrintedBlock): StoredBlock & { prints: string } {
  return { digest, rows: rows.length, prints: prints.join('') };
}

function printOf({ key, value }: KeyedRow, aside: string | null): string {
  return halfOf(key) + halfOf(toldBy(value, aside));
}

function toldBy(value: unknown, aside: string | null): string {
  if (aside === null) return JSON.stringify(value);
  return JSON.stringify(value, (name, member: unknown) => (name === aside ? undefined : member));
}

function halfOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, PRINT_HALF);
}

/** About so many rows fall into one block: few enough to be compared at once, enough for the blocks to be few. */
const ROWS_PER_BLOCK = 250;

/**
 * Puts rows that came in one piece into blocks by their keys, so that a row which comes or goes changes its own block
 * alone. `version` names what was asked for and how it was read.
 */
export function blocksByKey(
  rows: readonly KeyedRow[],
  { table, version }: { table: RowTable; version: string },
): RowBlock[] {
  const count = 2 ** Math.ceil(Math.log2(Math.max(1, rows.length / ROWS_PER_BLOCK)));
  const buckets = Array.from({ length: count }, (): KeyedRow[] => []);
  for (const row of rows) buckets[numberOf(row.key) % count]?.push(row);
  return buckets.flatMap((bucket, place) => {
    if (bucket.length === 0) return [];
    bucket.sort((a, b) => (a.key < b.key ? -1 : 1));
    const told = bucket.map(({ key, value }) => `${JSON.stringify(key)}:${toldBy(value, asideOf(table))}`).join(',');
    return [{ digest: hash('sha256', `${version} ${count} ${place} ${told}`, 'base64url'), rows: () => bucket }];
  });
}

/** Spreads keys evenly (FNV-1a); it decides the block of a row alone, never whether two rows are equal. */
function numberOf(key: string): number {
  let number = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) number = Math.imul(number ^ key.charCodeAt(at), 0x01000193);
  return number >>> 0;
}

function allRows({ blocks }: Reading): KeyedRow[] {
  return blocks.flatMap((block) => block.rows());
}

function at(rows: readonly KeyedRow[], places: readonly number[]): KeyedRow[] {
  return places.flatMap((place) => rows[place] ?? []);
}

function keysOf(rows: readonly KeyedRow[]): string[] {
  return rows.map(({ key }) => key);
}

function digestsOf(blocks: readonly { digest: string }[]): string[] {
  return blocks.map(({ digest }) => digest);
}

function sizeOf(blocks: readonly StoredBlock[]): number {
  return blocks.reduce((sum, { rows }) => sum + rows, 0);
}
