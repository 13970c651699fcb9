import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { watermarks } from '../../src/store/schema.ts';
import { addCustomer } from '../support/store.ts';

/* The embedded store reads and plans a statement once that comes again. */

async function withStore(check: (db: Database, customerId: string) => Promise<void>): Promise<void> {
  const db = await openDatabase({ inMemory: true }, { log: silentLog });
  try {
    await check(db, await addCustomer(db));
  } finally {
    await db.close();
  }
}

async function preparedOf(db: Database, text: string): Promise<number> {
  const { rows } = await db.forQueue.execute('SELECT statement FROM pg_prepared_statements');
  return (rows as { statement: string }[]).filter(({ statement }) => statement.includes(text)).length;
}

it('prepares what comes a second time, whatever its values, and nothing that came once', () =>
  withStore(async (db, id) => {
    const read = (name: string) => db.withCustomer(id, (tx) => tx.execute(sql`SELECT ${name}::text AS probe_name`));
    await read('one');
    expect(await preparedOf(db, 'probe_name')).toBe(0);
    for (const name of ['two', 'three', 'four']) expect((await read(name)).rows).toEqual([{ probe_name: name }]);
    expect(await preparedOf(db, 'probe_name')).toBe(1);
  }));

it('goes on after a statement was first prepared in a transaction that had failed', () =>
  withStore(async (db, id) => {
    const insert = () => {
      const row = { customerId: id, name: randomUUID(), value: 1 };
      return db.withCustomer(id, (tx) => tx.insert(watermarks).values(row));
    };
    await insert();
    const failing = db.withCustomer(id, async (tx) => {
      await tx.execute(sql`SELECT 1 / 0`).catch(() => undefined);
      await tx.insert(watermarks).values({ customerId: id, name: 'late', value: 1 });
    });
    await expect(failing).rejects.toThrow();
    for (const _again of [1, 2, 3]) await insert();
    expect(await db.withCustomer(id, (tx) => tx.select().from(watermarks))).toHaveLength(4);
  }));

it('shows a column that a table got after its statement was prepared', () =>
  withStore(async (db) => {
    await db.forQueue.execute('CREATE TABLE probe (a int)');
    const read = () => db.forQueue.execute('SELECT a FROM probe WHERE a = $1', [1]);
    for (const _again of [1, 2, 3]) await read();
    await db.forQueue.execute('ALTER TABLE probe ADD COLUMN b int');
    await db.forQueue.execute('INSERT INTO probe VALUES (1, 2)');
    expect((await read()).rows).toEqual([{ a: 1 }]);
  }));
