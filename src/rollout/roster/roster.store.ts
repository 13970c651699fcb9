import { type SQL, sql } from 'drizzle-orm';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';

/**
 * The tables of the master list: what was last read of HR and tenant. Stored shapes: a change needs a migration.
 * Every function runs in the caller's transaction and sees the rows of its customer only.
 */

/** How the last attempt to read a source ended. `kept`: an older reading stays in force; `missing`: there is none. */
export type SourceReading = {
  source: string;
  state: 'read' | 'kept' | 'missing';
  rows: number;
  /** Why it is not fresh, in a sentence; null when it is. */
  why: string | null;
  code: string | null;
  /** When what is stored was read; null when nothing is. */
  readAt: Date | null;
  triedAt: Date;
};

/** Objects of one kind, one row each. */
export type RowTable = 'hr_employees' | 'tenant_accounts' | 'tenant_registrations';

/**
 * `aside`: a property that alone makes no other row. The registration report bears the hour at which it was made on
 * every row: how fresh the report is stands at its reading, and of two rows for one account the later one is chosen
 * before it is stored.
 */
const COLUMNS: Record<RowTable, { key: string; value: string; aside: string | null }> = {
  hr_employees: { key: 'employee_key', value: 'employee', aside: null },
  tenant_accounts: { key: 'account_id', value: 'account', aside: null },
  tenant_registrations: { key: 'account_id', value: 'registration', aside: 'lastUpdatedDateTime' },
};

const ROWS_PER_STATEMENT = 2_000;

export type KeyedRow = { key: string; value: unknown };

/** Makes the table hold exactly these rows; rows that are equal already are not written. Returns how many changed. */
export async function replaceRows(tx: Tx, table: RowTable, rows: readonly KeyedRow[]): Promise<number> {
  const removed = await keepOnlyRows(
    tx,
    table,
    rows.map((row) => row.key),
  );
  return removed + (await upsertRows(tx, table, rows));
}

/** Removes every row but those of these keys. Returns how many went. */
export async function keepOnlyRows(tx: Tx, table: RowTable, keys: readonly string[]): Promise<number> {
  const { key } = COLUMNS[table];
  const list = JSON.stringify(keys.map(storable));
  const removed = await tx.execute(sql`
    DELETE FROM ${sql.identifier(table)} WHERE ${sql.identifier(key)} NOT IN (SELECT jsonb_array_elements_text(${list}::jsonb))`);
  return removed.rowCount ?? 0;
}

/** The property that alone makes no other row; null where there is none. */
export function asideOf(table: RowTable): string | null {
  return COLUMNS[table].aside;
}

/** Adds or changes these rows, one for a key, and leaves the others. Returns how many changed. */
export async function upsertRows(tx: Tx, table: RowTable, rows: readonly KeyedRow[]): Promise<number> {
  const { key, value, aside } = COLUMNS[table];
  const [tableName, keyName, valueName] = [sql.identifier(table), sql.identifier(key), sql.identifier(value)];
  const compared = (row: SQL) =>
    aside === null ? sql`${row}.${valueName}` : sql`${row}.${valueName} - ${aside}::text`;
  let changed = 0;
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const batch = storableJson(rows.slice(start, start + ROWS_PER_STATEMENT));
    const done = await tx.execute(sql`
      INSERT INTO ${tableName} (customer_id, ${keyName}, ${valueName})
      SELECT app_customer(), row.key, row.value FROM jsonb_to_recordset(${batch}::jsonb) AS row(key text, value jsonb)
      ON CONFLICT (customer_id, ${keyName}) DO UPDATE SET ${valueName} = excluded.${valueName}
      WHERE ${compared(sql`${tableName}`)} IS DISTINCT FROM ${compared(sql`excluded`)}`);
    changed += done.rowCount ?? 0;
  }
  return changed;
}

/** Removes these rows. Returns how many there were. */
export async function removeRows(tx: Tx, table: RowTable, keys: readonly string[]): Promise<number> {
  const { key } = COLUMNS[table];
  const list = JSON.stringify(keys.map(storable));
  const done = await tx.execute(sql`
    DELETE FROM ${sql.identifier(table)} WHERE ${sql.identifier(key)} IN (SELECT jsonb_array_elements_text(${list}::jsonb))`);
  return done.rowCount ?? 0;
}

/** Every row's value, in the order of the keys by code unit on both engines. */
export async function readRows(tx: Tx, table: RowTable): Promise<unknown[]> {
  const { key, value } = COLUMNS[table];
  const { rows } = await tx.execute<{ value: unknown }>(sql`
    SELECT ${sql.identifier(value)} AS value FROM ${sql.identifier(table)} ORDER BY ${sql.identifier(key)} COLLATE "C"`);
  return rows.map((row) => row.value);
}

/** The rows of these keys, as far as there are any: a change is merged without reading the rest of a large tenant. */
export async function readRowsOf(tx: Tx, table: RowTable, keys: readonly string[]): Promise<unknown[]> {
  const { key, value } = COLUMNS[table];
  const list = JSON.stringify(keys.map(storable));
  const { rows } = await tx.execute<{ value: unknown }>(sql`
    SELECT ${sql.identifier(value)} AS value FROM ${sql.identifier(table)}
    WHERE ${sql.identifier(key)} IN (SELECT jsonb_array_elements_text(${list}::jsonb))`);
  return rows.map((row) => row.value);
}

/** How many rows there are. */
export async function countRows(tx: Tx, table: RowTable): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(
    sql`SELECT count(*)::int AS count FROM ${sql.identifier(table)}`,
  );
  return rows[0]?.count ?? 0;
}

/** How many of these keys have a row. */
export async function countRowsOf(tx: Tx, table: RowTable, keys: readonly string[]): Promise<number> {
  const { key } = COLUMNS[table];
  const list = JSON.stringify(keys.map(storable));
  const { rows } = await tx.execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM ${sql.identifier(table)}
    WHERE ${sql.identifier(key)} IN (SELECT jsonb_array_elements_text(${list}::jsonb))`);
  return rows[0]?.count ?? 0;
}

/** Stores a part whole, in place of the older one. */
export async function savePart(tx: Tx, part: { name: string; value: unknown; readAt: Date }): Promise<void> {
  await tx.execute(sql`
    INSERT INTO tenant_parts (customer_id, part, value, read_at)
    VALUES (app_customer(), ${part.name}, ${storableJson(part.value)}::jsonb, ${part.readAt.toISOString()})
    ON CONFLICT (customer_id, part) DO UPDATE SET value = excluded.value, read_at = excluded.read_at`);
}

/** What was read of the parts before, by part: the state of the row, and its value. */
export type KnownParts = Map<string, { mark: string; value: unknown }>;

/**
 * Every stored part by its name; what is kept by the day comes as one list. Rows that stand as they are known are not
 * read again, and `known` is brought up to date: a month of sign-ins is megabytes of which an hour changes a few.
 */
export async function readParts(tx: Tx, known: KnownParts = new Map()): Promise<Map<string, unknown>> {
  const { rows: marks } = await tx.execute<{ part: string; mark: string }>(sql`
    SELECT part, concat_ws(' ', xmin, ctid, read_at) AS mark FROM tenant_parts ORDER BY part COLLATE "C" DESC`);
  // Taken before anything is awaited, since somebody else may be bringing `known` up to date meanwhile.
  const kept = new Map(
    [...known].filter(([part, { mark }]) => marks.some((row) => row.part === part && row.mark === mark)),
  );
  const fresh = await readValues(
    tx,
    marks.map(({ part }) => part).filter((part) => !kept.has(part)),
  );
  known.clear();
  const parts = new Map<string, unknown>();
  for (const { part, mark } of marks) {
    const value = kept.has(part) ? kept.get(part)?.value : fresh.get(part);
    known.set(part, { mark, value });
    const [name = part, day] = part.split(DAY_SIGN);
    parts.set(name, day === undefined ? value : [...((parts.get(name) ?? []) as unknown[]), ...(value as unknown[])]);
  }
  return parts;
}

async function readValues(tx: Tx, parts: readonly string[]): Promise<Map<string, unknown>> {
  if (parts.length === 0) return new Map();
  const { rows } = await tx.execute<{ part: string; value: unknown }>(sql`
    SELECT part, value FROM tenant_parts
    WHERE part IN (SELECT jsonb_array_elements_text(${JSON.stringify(parts)}::jsonb))`);
  return new Map(rows.map((row) => [row.part, row.value]));
}

/** Stands between the name of a part and the day of its rows. */
const DAY_SIGN = '@';

export type DatedRow = { id: string; createdDateTime: string };

/**
 * Adds rows to a part that is kept by the day, by id, and forgets those before `oldest`; days that nothing is added to are
 * not read. Returns how many rows there are then.
 */
export async function mergeDays(
  tx: Tx,
  part: { name: string; rows: readonly DatedRow[]; oldest: string; readAt: Date },
): Promise<number> {
  const { name, rows, oldest, readAt } = part;
  const first = dayPart(name, oldest);
  const touched = [...new Set([name, first, ...rows.map((row) => dayPart(name, row.createdDateTime))])];
  const stored = await readValues(tx, touched);
  const all = new Map([...[...stored.values()].flat(), ...rows].map((row) => [(row as DatedRow).id, row as DatedRow]));
  const kept = [...all.values()].filter((row) => row.createdDateTime >= oldest).sort(newestFirst);
  const days = Map.groupBy(kept, (row) => dayPart(name, row.createdDateTime));
  for (const [day, value] of days) await savePart(tx, { name: day, value, readAt });
  const gone = JSON.stringify(touched.filter((day) => !days.has(day)));
  await tx.execute(sql`
    DELETE FROM tenant_parts WHERE part IN (SELECT jsonb_array_elements_text(${gone}::jsonb))
      OR (starts_with(part, ${name + DAY_SIGN}) AND part COLLATE "C" < ${first})`);
  if (days.size === 0) await savePart(tx, { name, value: [], readAt });
  const { rows: counts } = await tx.execute<{ count: number }>(sql`
    SELECT coalesce(sum(jsonb_array_length(value)), 0)::int AS count FROM tenant_parts
    WHERE part = ${name} OR starts_with(part, ${name + DAY_SIGN})`);
  return counts[0]?.count ?? 0;
}

function dayPart(name: string, instant: string): string {
  return `${name}${DAY_SIGN}${instant.slice(0, 10)}`;
}

function newestFirst(a: DatedRow, b: DatedRow): number {
  if (a.createdDateTime !== b.createdDateTime) return a.createdDateTime < b.createdDateTime ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}

/** Notes how an attempt to read a source ended. A reading that failed keeps the time of the older one. */
export async function saveReading(tx: Tx, reading: Omit<SourceReading, 'readAt'>): Promise<void> {
  const readAt = reading.state === 'read' ? reading.triedAt.toISOString() : null;
  await tx.execute(sql`
    INSERT INTO source_readings (customer_id, source, state, rows, why, code, read_at, tried_at)
    VALUES (app_customer(), ${reading.source}, ${reading.state}, ${reading.rows}, ${storable(reading.why)},
      ${reading.code}, ${readAt}, ${reading.triedAt.toISOString()})
    ON CONFLICT (customer_id, source) DO UPDATE SET
      state = excluded.state, rows = excluded.rows, why = excluded.why, code = excluded.code,
      read_at = coalesce(excluded.read_at, source_readings.read_at), tried_at = excluded.tried_at`);
}

/** How the last attempt at each source ended, by the source's name. */
export async function readReadings(tx: Tx): Promise<SourceReading[]> {
  const { rows } = await tx.execute<{
    source: string;
    state: SourceReading['state'];
    rows: number;
    why: string | null;
    code: string | null;
    read_at: string | Date | null;
    tried_at: string | Date;
  }>(sql`SELECT source, state, rows, why, code, read_at, tried_at FROM source_readings ORDER BY source COLLATE "C"`);
  return rows.map((row) => ({
    source: row.source,
    state: row.state,
    rows: row.rows,
    why: row.why,
    code: row.code,
    readAt: row.read_at === null ? null : new Date(row.read_at),
    triedAt: new Date(row.tried_at),
  }));
}

/**
 * Names the state of everything stored here, by the transactions that wrote it: each save notes its readings, and a
 * transaction's number never comes again, be it undone. Unlike the time alone it tells two saves of one instant apart;
 * the time stands beside it for a server that was set back to a backup.
 */
export async function readMark(tx: Tx): Promise<string> {
  const { rows } = await tx.execute<{ mark: string | null }>(sql`
    SELECT string_agg(concat_ws(' ', source, xmin, ctid, tried_at), ',' ORDER BY source COLLATE "C") AS mark
    FROM source_readings`);
  return rows[0]?.mark ?? '';
}

/** The value of a mark, for example the address of the next delta; undefined when there is none. */
export async function readWatermark(tx: Tx, name: string): Promise<Json | undefined> {
  const { rows } = await tx.execute<{ value: Json }>(sql`SELECT value FROM watermarks WHERE name = ${name}`);
  return rows[0]?.value;
}

/** Sets a mark. */
export async function saveWatermark(tx: Tx, name: string, value: Json): Promise<void> {
  await tx.execute(sql`
    INSERT INTO watermarks (customer_id, name, value) VALUES (app_customer(), ${name}, ${JSON.stringify(value)}::jsonb)
    ON CONFLICT (customer_id, name) DO UPDATE SET value = excluded.value, updated_at = now()`);
}

/** PostgreSQL's jsonb refuses NUL characters and lone surrogates, which a hostile name may hold; both are replaced. */
function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'string' ? storable(member) : member));
}

function storable<T extends string | null>(text: T): T {
  return (text === null ? null : text.replaceAll('\u0000', '\uFFFD').toWellFormed()) as T;
}
