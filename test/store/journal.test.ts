import { expect, test } from 'vitest';
import { appendJournal, hashOf, JOURNAL_START, readJournal, verifyJournal } from '../../src/store/journal.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const AT = new Date('2026-03-02T09:00:00.123Z');
const entry = (event: string) => ({ at: AT, actor: { oid: 'a' }, event, facts: { n: 1.5, list: [null, 'ä', 1e21] } });

/** Changes rows behind the product's back, as somebody with the owner's rights could. */
const tamper = (
  statement: string,
) => `ALTER TABLE journal DISABLE TRIGGER USER; ALTER TABLE journal NO FORCE ROW LEVEL SECURITY;
  ${statement}; ALTER TABLE journal ENABLE TRIGGER USER; ALTER TABLE journal FORCE ROW LEVEL SECURITY`;

describeStore('the journal', (store) => {
  async function filled(events: string[]) {
    const db = await store.open();
    const id = await addCustomer(db);
    for (const event of events) await db.withCustomer(id, (tx) => appendJournal(tx, entry(event)));
    const verify = () => db.withCustomer(id, (tx) => verifyJournal(tx, id));
    return { db, id, verify };
  }

  test('binds each entry to the one before it', async () => {
    const { db, id, verify } = await filled(['a', 'b', 'c']);
    const rows = await db.withCustomer(id, (tx) => readJournal(tx, id));
    expect(rows.map((row) => [row.seq, row.event])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(rows.map((row) => row.prevHash)).toEqual([JOURNAL_START, rows[0]?.hash, rows[1]?.hash]);
    for (const row of rows) expect(row.hash).toBe(hashOf(row));
    expect(await verify()).toEqual({ ok: true, entries: 3, head: { seq: 3, hash: rows[2]?.hash } });
  });

  test('keeps an entry only together with the change beside it', async () => {
    const { db, id, verify } = await filled(['a']);
    const failing = db.withCustomer(id, async (tx) => {
      await appendJournal(tx, entry('b'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await verify()).toMatchObject({ ok: true, entries: 1 });
  });

  test('gives writers that come together one chain', async () => {
    const { db, id, verify } = await filled([]);
    const events = Array.from({ length: 12 }, (_, index) => `e${index}`);
    await Promise.all(events.map((event) => db.withCustomer(id, (tx) => appendJournal(tx, entry(event)))));
    expect(await verify()).toMatchObject({ ok: true, entries: 12 });
  });

  test.each([
    [
      'a changed fact',
      "UPDATE journal SET facts = '{}' WHERE seq = 2 AND customer_id = $id",
      { seq: 2, reason: 'hash' },
    ],
    [
      'a changed time',
      "UPDATE journal SET at = at + interval '1 ms' WHERE seq = 3 AND customer_id = $id",
      { seq: 3, reason: 'hash' },
    ],
    ['an entry taken out', 'DELETE FROM journal WHERE seq = 2 AND customer_id = $id', { seq: 2, reason: 'gap' }],
    [
      'a broken link',
      "UPDATE journal SET prev_hash = 'sha256:0' WHERE seq = 2 AND customer_id = $id",
      { seq: 2, reason: 'link' },
    ],
  ])('shows %s', async (_, statement, found) => {
    const { db, id, verify } = await filled(['a', 'b', 'c']);
    await db.forQueue.execute(tamper(statement.replace('$id', `'${id}'`)));
    expect(await verify()).toEqual({ ok: false, ...found });
  });

  test('lets nobody change a row, not even its owner', async () => {
    const { db } = await filled(['a']);
    for (const statement of ["UPDATE journal SET event = 'x'", 'DELETE FROM journal', 'TRUNCATE journal']) {
      await expect(db.forQueue.execute(statement)).rejects.toMatchObject({ facts: { sqlState: '23001' } });
      await expect(db.withPortfolio((tx) => tx.execute(statement))).rejects.toMatchObject({
        facts: { sqlState: '42501' },
      });
    }
  });

  test('has one chain per customer', async () => {
    const first = await filled(['a']);
    const second = await filled(['a', 'b']);
    expect(await first.verify()).toMatchObject({ ok: true, entries: 1 });
    expect(await second.verify()).toMatchObject({ ok: true, entries: 2 });
  });
});
