import { AppError } from '../lib/errors.ts';
import { openEngine, type StoreLocation, type StoreOptions } from './database.ts';
import type { Engine } from './engine.ts';
import { appliedMigrations, migrate } from './migrate.ts';
import { asOwner, type Execute, PORTFOLIO_ROLE } from './transaction.ts';

/** The first line of an export. A change to the lines' form needs a new version here. */
type Header = { format: 'mfa-rollout-store'; version: 1; migrations: string[] };
type Line = { table: string; row: Record<string, unknown> };

const PAGE_ROWS = 1000;
const BATCH_ROWS = 500;

/**
 * Writes the whole store as lines of JSON, in one snapshot: how a folder of an older PGlite, or an embedded store as a
 * whole, moves to another engine. Jobs are not written; the outbox is, and becomes jobs again where it is read.
 */
export async function exportStore(
  location: StoreLocation,
  options: StoreOptions,
  write: (line: string) => Promise<void> | void,
): Promise<{ rows: number }> {
  return withEngine(location, options, (engine) =>
    asOwner(engine, async (execute) => {
      await execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      const migrations = await appliedMigrations(execute);
      const header: Header = { format: 'mfa-rollout-store', version: 1, migrations };
      await write(JSON.stringify(header));
      let rows = 0;
      for (const table of await tablesInOrder(execute)) rows += await exportTable(table, execute, write);
      return { rows };
    }),
  );
}

/**
 * Fills an empty store from an export: rebuilds the schema that the export was written from, loads the rows in one
 * transaction, and applies the migrations that came later. Refuses with `import_not_empty`, `import_unreadable`, and
 * `import_newer` when the export knows migrations that this program does not.
 */
export async function importStore(
  location: StoreLocation,
  options: StoreOptions,
  lines: AsyncIterable<string>,
): Promise<{ rows: number }> {
  return withEngine(location, options, async (engine) => {
    const iterator = lines[Symbol.asyncIterator]();
    const header = readHeader((await iterator.next()).value as unknown);
    await migrate(engine, new Set(header.migrations));
    const rows = await asOwner(engine, async (execute) => {
      await refuseUnfit(header, execute);
      await execute('SELECT unforce_tables()');
      const loaded = await load({ [Symbol.asyncIterator]: () => iterator }, execute);
      await execute("UPDATE outbox SET state = 'waiting' WHERE state = 'queued'");
      await execute('SELECT isolate_tables()');
      return loaded;
    });
    await migrate(engine);
    return { rows };
  });
}

async function withEngine<T>(
  location: StoreLocation,
  options: StoreOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(location, options);
  try {
    return await engine.unlimited(() => work(engine));
  } finally {
    await engine.close();
  }
}

/** Every table but the list of migrations, each after the ones that its rows point to. */
async function tablesInOrder(execute: Execute): Promise<string[]> {
  const { rows } = await execute(`
    SELECT c.relname AS name, ARRAY(
      SELECT DISTINCT t.relname::text FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid
      WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS needs
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'migrations'
    ORDER BY 1`);
  const open = rows as { name: string; needs: string[] }[];
  const ordered: string[] = [];
  while (ordered.length < open.length) {
    const next = open.find(
      (table) => !ordered.includes(table.name) && table.needs.every((need) => ordered.includes(need)),
    );
    if (next === undefined) throw new AppError('export_circular', 'tables point to each other in a circle');
    ordered.push(next.name);
  }
  return ordered;
}

/** Row-level security holds for the owner too, so the tables of customers are read as the portfolio. */
async function exportTable(
  table: string,
  execute: Execute,
  write: (line: string) => Promise<void> | void,
): Promise<number> {
  const { rows: found } = await execute('SELECT relrowsecurity AS closed FROM pg_class WHERE oid = $1::regclass', [
    quoted(table),
  ]);
  if ((found[0] as { closed: boolean }).closed) await execute(`SET LOCAL ROLE ${PORTFOLIO_ROLE}`);
  await execute(`DECLARE export_rows NO SCROLL CURSOR FOR SELECT to_jsonb(t) AS row FROM ${quoted(table)} t`);
  let count = 0;
  for (;;) {
    const { rows } = await execute(`FETCH ${PAGE_ROWS} FROM export_rows`);
    for (const { row } of rows as { row: Line['row'] }[]) await write(JSON.stringify({ table, row } satisfies Line));
    count += rows.length;
    if (rows.length < PAGE_ROWS) break;
  }
  await execute('CLOSE export_rows; RESET ROLE');
  return count;
}

function readHeader(line: unknown): Header {
  const header = typeof line === 'string' ? parseLine(line) : undefined;
  const isOurs = isObject(header) && header.format === 'mfa-rollout-store' && header.version === 1;
  if (isOurs && Array.isArray(header.migrations)) {
    return { format: 'mfa-rollout-store', version: 1, migrations: header.migrations.map(String) };
  }
  throw unreadable('it does not begin with the header of an export');
}

async function refuseUnfit(header: Header, execute: Execute): Promise<void> {
  const { rows } = await execute('SELECT FROM customers LIMIT 1');
  if (rows.length > 0) {
    throw new AppError('import_not_empty', 'the store to import into already has customers', {
      userMessage: 'An import needs an empty store: name an empty folder or database.',
    });
  }
  const known = new Set(await appliedMigrations(execute));
  const unknown = header.migrations.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new AppError(
      'import_newer',
      `the export knows migrations that this program does not: ${unknown.join(', ')}`,
      {
        userMessage: 'The export was written by a newer version. Import it with that version, or a newer one.',
      },
    );
  }
}

async function load(lines: AsyncIterable<string>, execute: Execute): Promise<number> {
  let table = '';
  let batch: Line['row'][] = [];
  let count = 0;
  const flush = async () => {
    if (batch.length > 0) await insertRows(table, batch, execute);
    count += batch.length;
    batch = [];
  };
  for await (const text of lines) {
    if (text === '') continue;
    const line = readLine(text);
    if (line.table !== table || batch.length >= BATCH_ROWS) await flush();
    table = line.table;
    batch.push(line.row);
  }
  await flush();
  return count;
}

async function insertRows(table: string, rows: Line['row'][], execute: Execute): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
    .map(quoted)
    .join(', ');
  await execute(
    `INSERT INTO ${quoted(table)} (${columns}) OVERRIDING SYSTEM VALUE
     SELECT ${columns} FROM jsonb_populate_recordset(NULL::${quoted(table)}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

function readLine(text: string): Line {
  const line = parseLine(text);
  if (isObject(line) && typeof line.table === 'string' && isObject(line.row))
    return { table: line.table, row: line.row };
  throw unreadable('a line is not a row');
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable('a line is not JSON');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(why: string): AppError {
  return new AppError('import_unreadable', `the export cannot be read: ${why}`, {
    userMessage: `The file cannot be imported: ${why}. Nothing was changed.`,
  });
}

/** Names come from the catalogue or from a file; both are quoted alike. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
