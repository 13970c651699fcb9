/** The store of a rehearsal, which nobody keeps. */
import { afterAll, expect, it } from 'vitest';
import { customers } from '../../src/store/schema.ts';
import { addCustomer, openQuietly } from '../support/store.ts';

const database = await openQuietly({ inMemory: true });
afterAll(() => database.close());

it('separates customers as the kept store does', async () => {
  const [one] = [await addCustomer(database, 'Contoso'), await addCustomer(database, 'Fabrikam')];
  const seen = await database.withCustomer(one, (tx) => tx.select({ id: customers.id }).from(customers));
  expect(seen).toEqual([{ id: one }]);
});

it('undoes a transaction whose statement failed, and answers the next one', async () => {
  const id = await addCustomer(database, 'Adatum');
  const failing = database.withCustomer(id, async (tx) => {
    await tx.delete(customers);
    await tx.execute('SELECT 1/0');
  });
  await expect(failing).rejects.toThrow();
  expect(await database.withPortfolio((tx) => tx.select({ id: customers.id }).from(customers))).toContainEqual({ id });
});

it('gives statements that are asked for at once their own answers', async () => {
  const answers = await Promise.all([1, 2, 3].map((n) => database.forQueue.execute('SELECT $1::int AS n', [n])));
  expect(answers.map(({ rows }) => rows)).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
});

it('has no disk to wait for', async () => {
  expect(await database.health()).toEqual({ engine: 'embedded', answers: true, fsyncs: 0 });
});
