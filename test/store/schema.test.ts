import { randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import type { Database } from '../../src/store/database.ts';
import { openQueue } from '../../src/work/queue.ts';
import { addCustomer, describeStore, openQuietly } from '../support/store.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

type Column = { table: string; column: string; type: string; required: boolean };

async function declaredColumns(): Promise<Column[]> {
  const files = globSync(['src/store/schema.ts', 'src/rollout/**/*.store.ts'], { cwd: ROOT });
  const columns: Column[] = [];
  for (const file of files.sort()) {
    const module = (await import(`${ROOT}${file}`)) as Record<string, unknown>;
    for (const table of Object.values(module).filter((value) => is(value, PgTable))) {
      const { name, columns: found } = getTableConfig(table);
      for (const column of found) {
        columns.push({ table: name, column: column.name, type: column.getSQLType(), required: column.notNull });
      }
    }
  }
  return columns;
}

/** A table that its noun reads with SQL alone is declared nowhere, and not looked at here. */
async function migratedColumns(db: Database, tables: string[]): Promise<Column[]> {
  const { rows } = await db.forQueue.execute(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
       AND c.relname = ANY ($1)`,
    [tables],
  );
  return rows as Column[];
}

const inOrder = (columns: Column[]) => columns.map((column) => JSON.stringify(column)).sort();

describeStore('the schema', (store) => {
  test('is the same in the migrations and in the declared tables', async () => {
    const declared = await declaredColumns();
    const migrated = await migratedColumns(
      await store.open(),
      declared.map((column) => column.table),
    );
    expect(migrated).not.toEqual([]);
    expect(inOrder(migrated)).toEqual(inOrder(declared));
  });

  test('survives being migrated again', async () => {
    const db = await store.openFresh();
    const location = store.locationOf(db);
    const id = await addCustomer(db);
    await db.close();
    const again = await openQuietly(location);
    expect(await again.withCustomer(id, (tx) => tx.execute('SELECT id FROM customers'))).toMatchObject({
      rows: [{ id }],
    });
    await again.close();
  });

  test('is refused when a migration was edited after it ran, and when the store has seen a newer one', async () => {
    const db = await store.openFresh();
    const location = store.locationOf(db);
    await db.forQueue.execute("INSERT INTO migrations (name, digest) VALUES ('9999-future.sql', 'x')");
    await db.close();
    await expect(openQuietly(location)).rejects.toMatchObject({ code: 'store_migration_unknown' });
    const other = await store.openFresh();
    const edited = store.locationOf(other);
    await other.forQueue.execute("UPDATE migrations SET digest = 'x'");
    await other.close();
    await expect(openQuietly(edited)).rejects.toMatchObject({ code: 'store_migration_changed' });
  });

  test('with an open table does not start', async () => {
    const db = await store.openFresh();
    const location = store.locationOf(db);
    await db.forQueue.execute('CREATE TABLE leak (customer_id uuid NOT NULL)');
    await db.close();
    const refused: unknown = await openQuietly(location).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'store_unprotected' });
    expect(String(refused)).toContain('leak');
  });
});

describe.skipIf(inject('postgresUrl') === null)('on a server', () => {
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: inject('postgresUrl') ?? '' });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  const addressOf = (user: string, database: string) => {
    const url = new URL(inject('postgresUrl') ?? '');
    url.username = user;
    url.pathname = `/${database}`;
    return { databaseUrl: url.href };
  };

  test('instances that start together on an empty database build one schema', async () => {
    await admin('CREATE DATABASE together');
    const opened = await Promise.all([1, 2, 3, 4].map(() => openQuietly(addressOf('postgres', 'together'))));
    const { rows } = (await opened[0]?.forQueue.execute('SELECT count(*)::int AS n FROM migrations')) ?? { rows: [] };
    expect(rows).not.toEqual([{ n: 0 }]);
    for (const db of opened) await db.close();
    await admin('DROP DATABASE together WITH (FORCE)');
  });

  test('a login role without superuser rights is enough', async () => {
    await admin('CREATE ROLE plain_login LOGIN CREATEROLE');
    await admin('CREATE DATABASE plain OWNER plain_login');
    const db = await openQuietly(addressOf('plain_login', 'plain'));
    const id = await addCustomer(db);
    expect(await db.withCustomer(id, (tx) => tx.execute('SELECT id FROM customers'))).toMatchObject({ rows: [{ id }] });
    expect(await db.withCustomer(randomUUID(), (tx) => tx.execute('SELECT id FROM customers'))).toMatchObject({
      rows: [],
    });
    const queue = await openQueue({ database: db, log: silentLog, kinds: {} });
    expect(await queue.deadJobs()).toEqual([]);
    await queue.close();
    await db.close();
    await admin('DROP DATABASE plain WITH (FORCE)');
    await admin('DROP ROLE plain_login');
  });
});
