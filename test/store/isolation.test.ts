import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { customers, outbox, watermarks } from '../../src/store/schema.ts';
import { addCustomer, describeStore } from '../support/store.ts';

type TableState = { name: string; enabled: boolean; forced: boolean; policies: string[] };

async function tablesWithCustomer(db: Database): Promise<TableState[]> {
  const { rows } = await db.forQueue.execute(`
    SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
      ARRAY(SELECT p.roles::text || ' ' || p.cmd || ' ' || p.permissive || ' ' || p.qual || ' / ' || p.with_check
        FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname ORDER BY 1) AS policies
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND EXISTS (
      SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped)
    ORDER BY 1`);
  return rows as TableState[];
}

describeStore('customers are kept apart', (store) => {
  test('by row-level security and one policy on every table with a customer', async () => {
    const tables = await tablesWithCustomer(await store.open());
    expect(tables.map((table) => table.name)).toEqual(expect.arrayContaining(['journal', 'outbox', 'watermarks']));
    const rule = '(customer_id = app_customer())';
    for (const table of tables) {
      expect(table).toEqual({
        name: table.name,
        enabled: true,
        forced: true,
        policies: [
          `{mfa_rollout_app} ALL PERMISSIVE ${rule} / ${rule}`,
          '{mfa_rollout_portfolio} ALL PERMISSIVE true / true',
        ],
      });
    }
  });

  test('under a role that is neither superuser nor owner', async () => {
    const db = await store.open();
    const who = sql`
      SELECT current_user AS name, r.rolsuper AS super, r.rolbypassrls AS bypass,
        (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
      FROM pg_roles r WHERE r.rolname = current_user`;
    const id = await addCustomer(db);
    const inside = await db.withCustomer(id, (tx) => tx.execute(who));
    const portfolio = await db.withPortfolio((tx) => tx.execute(who));
    const harmless = { super: false, bypass: false, owned: 0 };
    expect(inside.rows).toEqual([{ name: 'mfa_rollout_app', ...harmless }]);
    expect(portfolio.rows).toEqual([{ name: 'mfa_rollout_portfolio', ...harmless }]);
  });

  test('in reading and in writing', async () => {
    const db = await store.open();
    const [own, other] = [await addCustomer(db), await addCustomer(db, 'Fabrikam')];
    const mark = (customerId: string) => ({ customerId, name: 'roster', value: 1 });
    for (const id of [own, other]) await db.withCustomer(id, (tx) => tx.insert(watermarks).values(mark(id)));
    const seen = await db.withCustomer(own, async (tx) => [
      ...(await tx.select({ id: watermarks.customerId }).from(watermarks)),
      ...(await tx.select({ id: customers.id }).from(customers)),
    ]);
    expect(seen).toEqual([{ id: own }, { id: own }]);
    const changed = await db.withCustomer(own, async (tx) => [
      await tx.update(watermarks).set({ value: 2 }).where(sql`customer_id = ${other}::uuid`).returning(),
      await tx.delete(watermarks).where(sql`customer_id = ${other}::uuid`).returning(),
    ]);
    expect(changed).toEqual([[], []]);
    const foreign = { ...mark(other), name: 'foreign' };
    await expect(db.withCustomer(own, (tx) => tx.insert(watermarks).values(foreign))).rejects.toMatchObject({
      facts: { sqlState: '42501' },
    });
    const moved = db.withCustomer(own, (tx) => tx.update(watermarks).set({ customerId: other }));
    await expect(moved).rejects.toMatchObject({ facts: { sqlState: '42501' } });
    expect(
      await db.withPortfolio((tx) => tx.select().from(watermarks).where(sql`customer_id = ${other}::uuid`)),
    ).toHaveLength(1);
  });

  test('however often the same statement was prepared for somebody else', async () => {
    const db = await store.open();
    const ids = [await addCustomer(db), await addCustomer(db)];
    for (const customerId of ids) {
      await db.withCustomer(customerId, (tx) => tx.insert(watermarks).values({ customerId, name: 'x', value: 1 }));
    }
    const named = sql`SELECT customer_id AS id FROM watermarks WHERE name = ${'x'}`;
    const own = sql`SELECT id FROM customers`;
    // More often than the engine makes a plan for one use only.
    for (const id of [...ids, ...ids, ...ids, ...ids].flatMap((one) => [one, one, one])) {
      const seen = await db.withCustomer(id, async (tx) => [
        ...(await tx.execute(named)).rows,
        ...(await tx.execute(own)).rows,
      ]);
      expect(seen).toEqual([{ id }, { id }]);
    }
    const all = await db.withPortfolio((tx) => tx.execute(own));
    expect(all.rows).toEqual(expect.arrayContaining(ids.map((id) => ({ id }))));
  });

  test('even when no customer is set, or one that does not exist', async () => {
    const db = await store.open();
    await addCustomer(db);
    const { rows } = await db.withPortfolio((tx) => tx.execute(sql`SELECT app_customer() AS customer`));
    expect(rows).toEqual([{ customer: null }]);
    const bare = await db.forQueue.transaction(async (execute) => {
      await execute('SET LOCAL ROLE mfa_rollout_app');
      return [...(await execute('SELECT * FROM customers')).rows, ...(await execute('SELECT * FROM outbox')).rows];
    });
    expect(bare).toEqual([]);
    expect(await db.withCustomer(randomUUID(), (tx) => tx.select().from(customers))).toEqual([]);
    await expect(db.withCustomer(`${randomUUID()}'; --`, async () => 1)).rejects.toMatchObject({
      code: 'store_customer_id',
    });
  });

  test('from the queue’s own tables', async () => {
    const db = await store.open();
    const id = await addCustomer(db);
    await db.forQueue.execute('CREATE SCHEMA IF NOT EXISTS pgboss');
    await db.forQueue.execute('CREATE TABLE IF NOT EXISTS pgboss.probe (a int)');
    const peek = db.withCustomer(id, (tx) => tx.execute(sql`SELECT * FROM pgboss.probe`));
    await expect(peek).rejects.toMatchObject({ facts: { sqlState: '42501' } });
    await db.forQueue.execute('DROP SCHEMA pgboss CASCADE');
  });

  describe('and business code cannot step out:', () => {
    test.each([
      'RESET ROLE',
      'SET ROLE postgres',
      'set local role none',
      'SET SESSION AUTHORIZATION DEFAULT',
      'SELECT 1; RESET ROLE',
      '/* x */ RESET ALL',
      '-- x\n DISCARD ALL',
      "SELECT set_config('role', 'none', true)",
      "SELECT set_config /**/ ('app.customer', '', true)",
      "SET app.customer = ''",
      'COMMIT',
      'ROLLBACK',
      'SAVEPOINT a',
      "DO $$ BEGIN EXECUTE 'RESET ROLE'; END $$",
      'ALTER TABLE outbox DISABLE ROW LEVEL SECURITY',
    ])('%s', async (statement) => {
      const db = await store.open();
      const id = await addCustomer(db);
      const attempt = db.withCustomer(id, (tx) => tx.execute(sql.raw(statement)));
      await expect(attempt).rejects.toMatchObject({ code: 'store_forbidden' });
    });

    test('but a column may be called like a setting', async () => {
      const db = await store.open();
      const id = await addCustomer(db);
      const statement = sql`UPDATE outbox SET kind = ${'set role postgres; reset role'} WHERE key = 'commit;'`;
      await expect(db.withCustomer(id, (tx) => tx.execute(statement))).resolves.toBeDefined();
      expect(await db.withCustomer(id, (tx) => tx.select().from(outbox))).toEqual([]);
    });
  });
});
