import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exportStoreTo, importStoreFrom } from '../../src/cli/store-commands.ts';
import { silentLog } from '../../src/lib/log.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'mfa-move-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeStore('moving a store by file', (store) => {
  it('carries every row into an empty store, and refuses one that holds rows', async () => {
    const source = await store.openFresh();
    const id = await addCustomer(source, 'Contoso');
    const location = store.locationOf(source);
    await source.close();
    const file = join(folder, `${store.engine}.ndjson`);
    await exportStoreTo(location, file, silentLog);
    expect(statSync(file).mode & 0o077).toBe(0);

    const empty = await store.openFresh();
    const target = store.locationOf(empty);
    await empty.close();
    const answer = await importStoreFrom(target, file, silentLog);
    expect(answer.json).toMatchObject({ rows: readFileSync(file, 'utf8').trimEnd().split('\n').length - 1 });
    await expect(importStoreFrom(target, file, silentLog)).rejects.toMatchObject({ code: 'import_not_empty' });
    expect(readFileSync(file, 'utf8')).toContain(id);
  });

  it('refuses a file that is none of ours and one that cannot be read or written', async () => {
    const empty = await store.openFresh();
    const target = store.locationOf(empty);
    await empty.close();
    const foreign = join(folder, 'foreign');
    writeFileSync(foreign, 'name,age\nann,7\n');
    await expect(importStoreFrom(target, foreign, silentLog)).rejects.toMatchObject({ code: 'import_unreadable' });
    const absent = join(folder, 'absent');
    await expect(importStoreFrom(target, absent, silentLog)).rejects.toMatchObject({ code: 'file_unreadable' });
    const nowhere = join(folder, 'no', 'such', 'folder');
    await expect(exportStoreTo(target, nowhere, silentLog)).rejects.toMatchObject({ code: 'file_unwritable' });
  });
});
