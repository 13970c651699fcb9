/**
 * A process to be killed: opens the store, says what it found, then writes rows into two tables per transaction and
 * says each number once it is committed. Arguments: the location as JSON, the customer's id.
 */
import { sql } from 'drizzle-orm';
import { silentLog } from '../../src/lib/log.ts';
import { openDatabase, type StoreLocation } from '../../src/store/database.ts';
import { appendJournal, verifyJournal } from '../../src/store/journal.ts';
import { watermarks } from '../../src/store/schema.ts';

const [location = '', customerId = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

say('opening');
const db = await openDatabase(JSON.parse(location) as StoreLocation, { log: silentLog });
const [rows, chain] = await db.withCustomer(customerId, async (tx) => [
  await tx.execute<{ n: number }>(sql`SELECT count(*)::int AS n FROM watermarks`),
  await verifyJournal(tx, customerId),
]);
const found = rows.rows[0]?.n ?? 0;
say(`found ${found} ${chain.ok ? chain.entries : 'broken'}`);
for (let n = found + 1; ; n += 1) {
  await db.withCustomer(customerId, async (tx) => {
    await tx.insert(watermarks).values({ customerId, name: `n${n}`, value: 'x'.repeat(500) });
    await appendJournal(tx, { at: new Date(n), actor: 'test', event: 'written', facts: { n } });
  });
  say(`kept ${n}`);
}
