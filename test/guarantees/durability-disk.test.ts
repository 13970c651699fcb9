/** Full disks and power cuts, on file systems of the test's own; where mounting is not permitted, one line says so. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest';
import { appendJournal, verifyJournal } from '../../src/store/journal.ts';
import { watermarks } from '../../src/store/schema.ts';
import { startChild } from '../support/child.ts';
import { addCustomer, openQuietly } from '../support/store.ts';

const CUTS = Number(process.env.DURABILITY_CUTS ?? 2);
const DISK_BYTES = 125 * 1024 * 1024;
const BALLAST_BYTES = 40 * 1024 * 1024;

/** Stops an ext4 file system where it stands: what was not synced is gone, as after a power cut. */
const CUT_POWER = `import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))`;

const root = mkdtempSync(join(tmpdir(), 'mfa-disk-'));
const mountPoint = join(root, 'disk');
mkdirSync(mountPoint);

const runs = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const mustRun = (command: string, ...args: string[]) => {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} failed: ${done.stderr}`);
};
const unmount = () => runs('umount', '-l', mountPoint);

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return runs('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mountPoint) && runs('umount', mountPoint);
}

/** Tries the very steps of the test on a small image. */
function canCutPower(): boolean {
  const image = join(root, 'probe.img');
  writeFileSync(image, Buffer.alloc(8 * 1024 * 1024));
  const made = runs('mkfs.ext4', '-q', image) && runs('mount', '-o', 'loop', image, mountPoint);
  return made && runs('python3', '-c', CUT_POWER, mountPoint) && runs('umount', mountPoint);
}

const mountable = canMount();
const cuttable = mountable && canCutPower();
if (!mountable) process.stderr.write('Mounting is not permitted here: full disk and power cut are not tested.\n');
else if (!cuttable) process.stderr.write('Loop mounts are not permitted here: the power cut is not tested.\n');

afterEach(() => {
  unmount();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the disk', () => {
  test('that is no folder at all is refused without a guess', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    await expect(openQuietly({ dataDir: join(file, 'below') })).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  if (mountable) {
    test('when it is full refuses the write by name, loses nothing, and takes writes again when there is space', async () => {
      mustRun('mount', '-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', mountPoint);
      const dataDir = join(mountPoint, 'data');
      cpSync(inject('storeTemplate'), dataDir, { recursive: true });
      writeFileSync(join(mountPoint, 'ballast'), Buffer.alloc(BALLAST_BYTES));
      const db = await openQuietly({ dataDir });
      const id = await addCustomer(db);
      const write = (n: number) =>
        db.withCustomer(id, async (tx) => {
          const value = Array.from({ length: 20_000 }, (_, index) => `${n}-${index}-${Math.random()}`);
          await tx.insert(watermarks).values({ customerId: id, name: `n${n}`, value });
          await appendJournal(tx, { at: new Date(n), actor: 'test', event: 'written', facts: { n } });
        });
      let kept = 0;
      let refused: unknown;
      while (refused === undefined) {
        await write(kept + 1).then(
          () => {
            kept += 1;
          },
          (error: unknown) => {
            refused = error;
          },
        );
      }
      expect(refused).toMatchObject({ code: 'store_full' });
      expect((refused as { userMessage: string }).userMessage).toContain(dataDir);
      rmSync(join(mountPoint, 'ballast'));
      await write(kept + 1);
      const rows = await db.withCustomer(id, (tx) => tx.select({ name: watermarks.name }).from(watermarks));
      expect(rows).toHaveLength(kept + 1);
      expect(await db.withCustomer(id, (tx) => verifyJournal(tx, id))).toMatchObject({ ok: true, entries: kept + 1 });
      await db.close();
    }, 240_000);
  }

  if (cuttable) {
    test(`that loses its power ${CUTS} times keeps every acknowledged row`, async () => {
      const image = join(root, 'disk.img');
      writeFileSync(image, '');
      mustRun('truncate', '-s', '400M', image);
      mustRun('mkfs.ext4', '-q', image);
      mustRun('mount', '-o', 'loop', image, mountPoint);
      const dataDir = join(mountPoint, 'data');
      // From nothing, so that the files of the first creation are cut too.
      const db = await openQuietly({ dataDir });
      const id = await addCustomer(db);
      await db.close();
      let kept = 0;
      for (let cut = 0; cut < CUTS; cut += 1) {
        const writer = startChild('store-writer.ts', [JSON.stringify({ dataDir }), id]);
        const found = (await writer.line((line) => line.startsWith('found'))).split(' ');
        expect(found[2]).toBe(found[1]);
        expect(Number(found[1])).toBeGreaterThanOrEqual(kept);
        await writer.line((line) => line === `kept ${Number(found[1]) + 60}`);
        writer.freeze();
        mustRun('python3', '-c', CUT_POWER, mountPoint);
        await writer.kill();
        kept = Number(writer.lines.findLast((line) => line.startsWith('kept'))?.split(' ')[1]);
        mustRun('umount', mountPoint);
        mustRun('mount', '-o', 'loop', image, mountPoint);
      }
      const last = await openQuietly({ dataDir });
      const check = await last.withCustomer(id, (tx) => verifyJournal(tx, id));
      expect(check).toMatchObject({ ok: true });
      expect(check.ok ? check.entries : 0).toBeGreaterThanOrEqual(kept);
      await last.close();
    }, 240_000);
  }
});
