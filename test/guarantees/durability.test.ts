/** What was acknowledged is there after every kind of death; what was not is not there in part. */
import { randomBytes, randomInt } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Database } from '../../src/store/database.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { watermarks } from '../../src/store/schema.ts';
import { HEARTBEAT_SECONDS, SUPERVISE_SECONDS } from '../../src/work/boss.ts';
import { openQueue } from '../../src/work/queue.ts';
import { createSchedule } from '../../src/work/schedule.ts';
import { createWorker } from '../../src/work/worker.ts';
import { startChild } from '../support/child.ts';
import { addCustomer, describeStore, embeddedFolder, openQuietly } from '../support/store.ts';
import { countKinds } from '../support/store-worker.ts';

/** More rounds with `npm run guarantees`, or with the same name in the environment; the fourth is killed while it opens. */
const FULL = process.env.MFA_GUARANTEES === 'full';
const ROUNDS = Number(process.env.DURABILITY_ROUNDS ?? (FULL ? 10 : 4));
/** Each recovery brings every file to the disk again; a busy disk takes its time. */
const SLOW_MS = 60_000 + 30_000 * ROUNDS;

describeStore('kill -9', (store) => {
  test(
    `of a writer loses no acknowledged row and tears no transaction, ${ROUNDS} times`,
    async () => {
      const db = await store.openFresh();
      const location = store.locationOf(db);
      const id = await addCustomer(db);
      await db.close();
      let kept = 0;
      for (let round = 0; round <= ROUNDS; round += 1) {
        const writer = startChild('store-writer.ts', [JSON.stringify(location), id]);
        if (round % 5 === 3) {
          // In the middle of opening, which after the round before is a recovery.
          await writer.line((line) => line === 'opening');
          await writer.kill();
          continue;
        }
        const found = await writer.line((line) => line.startsWith('found'));
        const [, rows = '', entries = ''] = found.split(' ');
        expect(entries).toBe(rows);
        expect(Number(rows)).toBeGreaterThanOrEqual(kept);
        const target = Number(rows) + randomInt(1, 40);
        await writer.line((line) => line === `kept ${target}`);
        await writer.kill();
        kept = Number(writer.lines.findLast((line) => line.startsWith('kept'))?.split(' ')[1]);
      }
      expect(kept).toBeGreaterThan(0);
    },
    SLOW_MS,
  );

  test(
    'of workers runs every job to its end, and each effect once',
    async () => {
      const db = await store.openFresh();
      const location = store.locationOf(db);
      const id = await addCustomer(db);
      const keys = Array.from({ length: 40 }, (_, index) => `job-${index}`);
      await db.withCustomer(id, async (tx) => {
        for (const key of keys) await enqueue(tx, { kind: 'count', key, payload: {}, dueAt: new Date(0) });
      });
      await db.close();
      let deaths = 0;
      for (let began = 6; deaths < 3; deaths += 1) {
        const worker = startChild('store-worker.ts', [JSON.stringify(location)]);
        await worker.line((line, count) => line.startsWith('began') && count >= began);
        await worker.kill();
      }
      const again = await openQuietly(location);
      const ran = await takeOver(again);
      expect(ran).toBeGreaterThan(0);
      const rows = await again.withCustomer(id, (tx) => tx.select().from(watermarks));
      expect(rows.map((row) => row.name).sort()).toEqual([...keys].sort());
      expect(rows.filter((row) => row.value !== 1)).toEqual([]);
      await again.close();
    },
    SLOW_MS,
  );
});

/** Runs what is left by a clock that stands past the leases of the dead. */
async function takeOver(database: Database): Promise<number> {
  const clock = createManualClock(Date.now());
  const kinds = countKinds(() => undefined);
  const queue = await openQueue({ database, clock, log: silentLog, kinds });
  const worker = createWorker({
    database,
    queue,
    schedule: createSchedule(database, queue, []),
    kinds,
    log: silentLog,
  });
  let ran = 0;
  for (let step = 0; step < 6; step += 1) {
    clock.advance((HEARTBEAT_SECONDS + 1) * 1000);
    await queue.showTime();
    await queue.supervise();
    ran += await worker.drain();
  }
  expect(await queue.backlog()).toEqual({ running: 0, nextDueAt: undefined });
  await queue.close();
  return ran;
}

describeStore('a worker’s lease', (store) => {
  test('holds while it beats and ends when it stops', async () => {
    const database = await store.openFresh();
    const id = await addCustomer(database);
    const clock = createManualClock(Date.now());
    const queue = await openQueue({ database, clock, log: silentLog, kinds: countKinds(() => undefined) });
    await database.withCustomer(id, (tx) =>
      enqueue(tx, { kind: 'count', key: 'k', payload: {}, dueAt: new Date(clock.now()) }),
    );
    const job = await queue.claim();
    if (job === undefined) throw new Error('nothing to claim');
    const pass = async (seconds: number) => {
      clock.advance(seconds * 1000);
      await queue.showTime();
      await queue.supervise();
    };
    for (let beat = 0; beat < 3; beat += 1) {
      await pass(HEARTBEAT_SECONDS - 2);
      await queue.beat(job);
    }
    await pass(HEARTBEAT_SECONDS + 1);
    await expect(queue.beat(job)).rejects.toMatchObject({ code: 'job_lost' });
    await queue.close();
  });

  test('is short enough that another worker takes over within 30 seconds', async () => {
    const database = await store.openFresh();
    const id = await addCustomer(database);
    const clock = createManualClock(Date.now());
    const queue = await openQueue({ database, clock, log: silentLog, kinds: countKinds(() => undefined) });
    await database.withCustomer(id, (tx) =>
      enqueue(tx, { kind: 'count', key: 'k', payload: {}, dueAt: new Date(clock.now()) }),
    );
    await queue.claim();
    clock.advance((HEARTBEAT_SECONDS + SUPERVISE_SECONDS) * 1000);
    await queue.showTime();
    await queue.supervise();
    clock.advance((30 - HEARTBEAT_SECONDS - SUPERVISE_SECONDS) * 1000);
    expect(await queue.claim()).toMatchObject({ retryCount: 1 });
    await queue.close();
  });
});

describe('the embedded store', () => {
  test('gives the jobs of a dead process back at the next start, without waiting for their leases', async () => {
    const location = { dataDir: folder() };
    const clock = createManualClock(Date.now());
    const options = { clock, log: silentLog, kinds: countKinds(() => undefined) };
    const first = await openQuietly(location);
    const id = await addCustomer(first);
    const dying = await openQueue({ ...options, database: first });
    await first.withCustomer(id, (tx) =>
      enqueue(tx, { kind: 'count', key: 'k', payload: {}, dueAt: new Date(clock.now()) }),
    );
    expect(await dying.claim()).toBeDefined();
    await dying.close();
    await first.close();
    const second = await openQuietly(location);
    const queue = await openQueue({ ...options, database: second });
    await queue.supervise();
    expect(await queue.backlog()).toMatchObject({ running: 0 });
    await queue.close();
    await second.close();
  });

  const folders: string[] = [];
  const folder = () => {
    const made = embeddedFolder();
    folders.push(made);
    return made;
  };
  afterAll(() => {
    for (const made of folders) rmSync(made, { recursive: true, force: true });
  });

  test('brings every commit to the disk before it answers', async () => {
    const db = await openQuietly({ dataDir: folder() });
    const id = await addCustomer(db);
    const before = (await db.health()).fsyncs ?? 0;
    for (let n = 0; n < 20; n += 1) {
      await db.withCustomer(id, (tx) => tx.insert(watermarks).values({ customerId: id, name: `n${n}`, value: n }));
      expect((await db.health()).fsyncs).toBeGreaterThan(before + n);
    }
    await db.close();
  });

  test('refuses a second opener by every path, names the folder, and is free again after a kill -9', async () => {
    const dataDir = folder();
    const other = join(mkdtempSync(join(tmpdir(), 'mfa-link-')), 'link');
    folders.push(join(other, '..'));
    symlinkSync(dataDir, other);
    const holder = startChild('store-writer.ts', [JSON.stringify({ dataDir }), crypto.randomUUID()]);
    await holder.line((line) => line.startsWith('found'));
    for (const path of [dataDir, other]) {
      const refused: unknown = await openQuietly({ dataDir: path }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'store_in_use' });
      expect((refused as { userMessage: string }).userMessage).toContain(path);
    }
    await holder.kill();
    const db = await openQuietly({ dataDir });
    await expect(openQuietly({ dataDir })).rejects.toMatchObject({ code: 'store_in_use' });
    await db.close();
  });

  test('stops a statement that runs away and goes on with everything that was kept', async () => {
    const db = await openQuietly({ dataDir: folder() }, { statementMs: 400 });
    const id = await addCustomer(db);
    const runaway = db.withCustomer(id, async (tx) => {
      await tx.insert(watermarks).values({ customerId: id, name: 'lost', value: 1 });
      await tx.execute('SELECT count(*) FROM generate_series(1, 100000000000)');
    });
    await expect(runaway).rejects.toMatchObject({ code: 'store_statement_stopped' });
    expect(await db.withCustomer(id, (tx) => tx.select().from(watermarks))).toEqual([]);
    await db.maintain();
    await db.close();
  });

  test('of another version is refused with the way out', async () => {
    const dataDir = folder();
    writeFileSync(join(dataDir, 'store', 'PG_VERSION'), '17\n');
    const refused: unknown = await openQuietly({ dataDir }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'store_version', facts: { found: '17', expected: '18' } });
    expect((refused as { userMessage: string }).userMessage).toMatch(/[Ee]xport/);
  });

  const DAMAGES: Record<string, (control: string) => void> = {
    'holds random bytes': (control) => writeFileSync(control, randomBytes(8192)),
    'is cut to nothing': (control) => truncateSync(control, 0),
    'is missing': (control) => rmSync(control),
    // Every field is in its range, and only PostgreSQL's own checksum tells.
    'has one byte changed': (control) => {
      const bytes = readFileSync(control);
      bytes[60] = (bytes[60] ?? 0) ^ 0xff;
      writeFileSync(control, bytes);
    },
  };

  test.each(Object.entries(DAMAGES))(
    'whose control file %s is refused with the way out, and left alone',
    async (_, damage) => {
      const dataDir = folder();
      const control = join(dataDir, 'store', 'global', 'pg_control');
      damage(control);
      const left = existsSync(control) ? readFileSync(control) : null;
      const refused: unknown = await openQuietly({ dataDir }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'store_damaged' });
      const { userMessage } = refused as { userMessage: string };
      expect(userMessage).toContain(join(dataDir, 'store'));
      expect(userMessage).toMatch(/backup.*store import FILE.*start anew/);
      expect(userMessage).not.toMatch(/Aborted|ASSERTIONS| at .*:\d+/);
      expect(existsSync(control) ? readFileSync(control) : null).toEqual(left);
    },
  );

  test('that is damaged gives its place free for a copy, in the same process', async () => {
    const dataDir = folder();
    truncateSync(join(dataDir, 'store', 'global', 'pg_control'), 0);
    await expect(openQuietly({ dataDir })).rejects.toMatchObject({ code: 'store_damaged' });
    renameSync(join(dataDir, 'store'), join(dataDir, 'aside'));
    cpSync(join(folder(), 'store'), join(dataDir, 'store'), { recursive: true });
    await (await openQuietly({ dataDir })).close();
  });

  test.skipIf(process.getuid?.() !== 0)('in a folder that cannot be written says so', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mfa-closed-'));
    folders.push(dataDir);
    mkdirSync(join(dataDir, 'closed'), { mode: 0o555 });
    const reader = startChild('store-writer.ts', [JSON.stringify({ dataDir: join(dataDir, 'closed') }), 'x'], {
      uid: 65_534,
    });
    await expect(reader.line((line) => line.startsWith('found'))).rejects.toThrow(/store_read_only|cannot be written/);
  });
});
