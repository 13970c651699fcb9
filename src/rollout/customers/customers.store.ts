import { asc, eq } from 'drizzle-orm';
import type { Json } from '../../lib/canonical-json.ts';
import { customers } from '../../store/schema.ts';
import type { Tx } from '../../store/transaction.ts';
import { type CustomerSettings, customerFileSchema } from './customer-file.ts';

/** A customer as stored: its id is the tenant's id, since one customer is one tenant. */
export type Customer = { id: string; name: string; settings: CustomerSettings };

/** Every customer visible in this transaction, by name. */
export async function listCustomers(tx: Tx): Promise<Customer[]> {
  const rows = await tx.select().from(customers).orderBy(asc(customers.name), asc(customers.id));
  return rows.map(fromRow);
}

/** One customer, or undefined when there is none of this id. */
export async function findCustomer(tx: Tx, id: string): Promise<Customer | undefined> {
  const [row] = await tx.select().from(customers).where(eq(customers.id, id));
  return row === undefined ? undefined : fromRow(row);
}

/** Adds the customer, or replaces its name and settings. Needs the portfolio's transaction. */
export async function saveCustomer(tx: Tx, customer: Customer): Promise<void> {
  const config = customer.settings as unknown as Json;
  await tx
    .insert(customers)
    .values({ id: customer.id, name: customer.name, config })
    .onConflictDoUpdate({ target: customers.id, set: { name: customer.name, config, updatedAt: new Date() } });
}

function fromRow(row: typeof customers.$inferSelect): Customer {
  return { id: row.id, name: row.name, settings: customerFileSchema.parse(row.config) };
}
