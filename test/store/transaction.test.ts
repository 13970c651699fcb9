import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { sqlStateOf } from '../../src/store/failures.ts';
import { customers, watermarks } from '../../src/store/schema.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const UNIQUE_VIOLATION = '23505';

describeStore('transactions', (store) => {
  const mark = (customerId: string, name: string) => ({ customerId, name, value: 1 });

  test('keep what was done and undo all of it when it fails', async () => {
    const db = await store.open();
    const id = await addCustomer(db);
    await db.withCustomer(id, (tx) => tx.insert(watermarks).values(mark(id, 'kept')));
    const failing = db.withCustomer(id, async (tx) => {
      await tx.insert(watermarks).values(mark(id, 'lost'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const rows = await db.withCustomer(id, (tx) => tx.select().from(watermarks));
    expect(rows.map((row) => row.name)).toEqual(['kept']);
  });

  test('join the open one of the same customer', async () => {
    const db = await store.open();
    const id = await addCustomer(db);
    const failing = db.withCustomer(id, async () => {
      await db.withCustomer(id, (tx) => tx.insert(watermarks).values(mark(id, 'inner')));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await db.withCustomer(id, (tx) => tx.select().from(watermarks))).toEqual([]);
  });

  test('are undone as a whole when a joined part failed, even if the caller swallows it', async () => {
    const db = await store.open();
    const id = await addCustomer(db);
    const swallowing = db.withCustomer(id, async (tx) => {
      await tx.insert(watermarks).values(mark(id, 'outer'));
      await db.withCustomer(id, () => Promise.reject(new Error('inner'))).catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'store_undone' });
    expect(await db.withCustomer(id, (tx) => tx.select().from(watermarks))).toEqual([]);
  });

  test('are not kept when a statement failed and the caller swallows it', async () => {
    const db = await store.open();
    const id = await addCustomer(db);
    const swallowing = db.withCustomer(id, async (tx) => {
      await tx.insert(watermarks).values(mark(id, 'twice'));
      await tx
        .insert(watermarks)
        .values(mark(id, 'twice'))
        .catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'store_undone' });
    expect(await db.withCustomer(id, (tx) => tx.select().from(watermarks))).toEqual([]);
  });

  test('refuse to open for another customer, or for the portfolio, inside one customer’s', async () => {
    const db = await store.open();
    const id = await addCustomer(db);
    await expect(db.withCustomer(id, () => db.withCustomer(randomUUID(), async () => 1))).rejects.toMatchObject({
      code: 'store_nested',
    });
    await expect(db.withCustomer(id, () => db.withPortfolio(async () => 1))).rejects.toMatchObject({
      code: 'store_nested',
    });
    await expect(db.withPortfolio(() => db.withCustomer(id, async () => 1))).rejects.toMatchObject({
      code: 'store_nested',
    });
  });

  test('are new ones for work that outlives the transaction it was begun in', async () => {
    const db = await store.open();
    const id = await addCustomer(db);
    let goOn = () => {};
    const later = { run: Promise.resolve<unknown>(undefined) };
    await db.withCustomer(id, async () => {
      const ended = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      later.run = ended.then(() => db.withCustomer(id, (tx) => tx.insert(watermarks).values(mark(id, 'later'))));
    });
    goOn();
    await later.run;
    expect(await db.withCustomer(id, (tx) => tx.select().from(watermarks))).toHaveLength(1);
  });

  test('name the database’s own reason without repeating any value', async () => {
    const db = await store.open();
    const id = await addCustomer(db);
    const twice = () => db.withPortfolio((tx) => tx.insert(customers).values({ id, name: 'Adele Vance', config: {} }));
    const error: unknown = await twice().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'store_refused', facts: { sqlState: UNIQUE_VIOLATION, table: 'customers' } });
    expect(String(error)).not.toContain('Adele');
    expect(sqlStateOf(error)).toBe(UNIQUE_VIOLATION);
  });

  test('say that the store is busy instead of waiting for ever', async () => {
    const one = await store.openFresh({ connectionsMax: 1, acquireMs: 50 });
    const id = await addCustomer(one);
    // Leaving the transaction's own context is what a forgotten await or an emitter does.
    const outside = AsyncLocalStorage.snapshot();
    const busy = one.withCustomer(id, () => outside(() => one.withCustomer(id, async () => 1)));
    await expect(busy).rejects.toMatchObject({ code: 'store_busy' });
    await one.withCustomer(id, (tx) => tx.select().from(customers).where(eq(customers.id, id)));
  });

  test('answer with the same types on both engines', async () => {
    const db = await store.open();
    const { rows } = await db.withPortfolio((tx) =>
      tx.execute(
        sql`SELECT count(*) AS n, 1::int AS i, '{"a":[1,null]}'::jsonb AS j, ARRAY['x'] AS l, true AS b, NULL AS z`,
      ),
    );
    expect(rows).toEqual([{ n: '1', i: 1, j: { a: [1, null] }, l: ['x'], b: true, z: null }]);
  });
});
