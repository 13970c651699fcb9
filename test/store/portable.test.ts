import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import { appendJournal, verifyJournal } from '../../src/store/journal.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { exportStore, importStore } from '../../src/store/portable.ts';
import { customers, outbox, watermarks } from '../../src/store/schema.ts';
import { addCustomer, describeStore, embeddedFolder, openQuietly } from '../support/store.ts';

const OPTIONS = { log: silentLog };
const AT = new Date('2026-03-02T09:00:00.123Z');

async function* from(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describeStore('an export', (store) => {
  test('moves to the embedded store and back with the same rows and an unbroken journal', async () => {
    const db = await store.openFresh();
    const location = store.locationOf(db);
    const id = await addCustomer(db, 'Contoso "ä" \\ \u2028');
    await db.withCustomer(id, async (tx) => {
      for (let index = 0; index < 3; index += 1) {
        await appendJournal(tx, {
          at: AT,
          actor: { oid: 'a' },
          event: `e${index}`,
          facts: { n: 0.1, list: [1e21, null] },
        });
      }
      await tx.insert(watermarks).values({ customerId: id, name: 'delta', value: { link: "it's", deep: [[]] } });
      await enqueue(tx, { kind: 'note', key: 'k', payload: { text: 'x' }, dueAt: AT });
    });
    const before = await db.withPortfolio(async (tx) => [
      ...(await tx.select().from(customers)),
      ...(await tx.select().from(watermarks)),
      ...(await tx.select().from(outbox)),
    ]);
    await db.close();
    const lines: string[] = [];
    expect(await exportStore(location, OPTIONS, (line) => void lines.push(line))).toEqual({ rows: 6 });
    const target = { dataDir: embeddedFolder() };
    expect(await importStore(target, OPTIONS, from(lines))).toEqual({ rows: 6 });
    const copy = await openQuietly(target);
    const after = await copy.withPortfolio(async (tx) => [
      ...(await tx.select().from(customers)),
      ...(await tx.select().from(watermarks)),
      ...(await tx.select().from(outbox)),
    ]);
    expect(after).toEqual(before);
    expect(await copy.withCustomer(id, (tx) => verifyJournal(tx, id))).toMatchObject({ ok: true, entries: 3 });
    await copy.close();
    const back: string[] = [];
    await exportStore(target, OPTIONS, (line) => void back.push(line));
    rmSync(target.dataDir, { recursive: true, force: true });
    const home = await store.openFresh();
    const returned = store.locationOf(home);
    await home.close();
    expect(await importStore(returned, OPTIONS, from(back))).toEqual({ rows: 6 });
    const again = await openQuietly(returned);
    expect(await again.withCustomer(id, (tx) => verifyJournal(tx, id))).toMatchObject({ ok: true, entries: 3 });
    await again.close();
  });

  test('is refused by a store that is not empty, and when it is cut, newer or something else', async () => {
    const db = await store.openFresh();
    const location = store.locationOf(db);
    await addCustomer(db);
    await db.close();
    const lines: string[] = [];
    await exportStore(location, OPTIONS, (line) => void lines.push(line));
    const code = (target: typeof location, text: readonly string[]) =>
      importStore(target, OPTIONS, from(text)).then(
        () => 'done',
        (error: unknown) => (error as { code: string }).code,
      );
    expect(await code(location, lines)).toBe('import_not_empty');
    const empty = await store.openFresh();
    const target = store.locationOf(empty);
    await empty.close();
    const [header = '', first = ''] = lines;
    expect(await code(target, [header.replace('0001-base.sql', '9999-future.sql')])).toBe('import_newer');
    expect(await code(target, [header, first, first.slice(0, -3)])).toBe('import_unreadable');
    expect(await code(target, ['{"hello":1}'])).toBe('import_unreadable');
    expect(await code(target, [])).toBe('import_unreadable');
    const untouched = await openQuietly(target);
    expect(await untouched.withPortfolio((tx) => tx.select().from(customers))).toEqual([]);
    await untouched.close();
  });
});
