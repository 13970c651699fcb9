import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Engine } from '../engine.ts';
import { damagedStore, diskFull, folderFailure, hasStore, prepareDataFolder, settleNewStore } from './folder.ts';
import { lockFolder } from './lock.ts';
import { nameStatements } from './named-statements.ts';
import { createSupervisor, startThread } from './supervisor.ts';

export type EmbeddedOptions = { dataDir: string; log: Log; acquireMs: number; statementMs: number };

/** PGlite has one user and one database; the names are what its start-up expects. */
export const IDENTITY = {
  user: 'postgres',
  database: 'postgres',
  host: 'localhost',
  port: 5432,
  password: '',
} as const;

/**
 * Opens the embedded engine: PGlite in a thread of its own behind a pool of exactly one connection, the folder locked
 * against every other process. A statement that outlasts the limit ends the thread (PGlite knows no statement_timeout);
 * the next use opens it again from the disk. Refuses with `store_in_use`, `store_read_only`, `store_full`,
 * `store_version`, `store_damaged` (a store is there and does not open) or `store_broken`.
 */
export async function openEmbeddedEngine(options: EmbeddedOptions): Promise<Engine> {
  const { dataDir, log, acquireMs, statementMs } = options;
  prepareDataFolder(dataDir);
  const lock = await lockFolder(dataDir);
  const fsyncs = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const supervisor = createSupervisor({ dataDir, log, statementMs, fsyncs });
  try {
    if (!hasStore(dataDir)) await createStore(dataDir, fsyncs);
    await supervisor.ready().catch((error: unknown) => {
      throw explain(dataDir, error) ?? damagedStore(dataDir, error);
    });
  } catch (error) {
    await supervisor.close();
    await lock.release();
    throw explain(dataDir, error) ?? error;
  }
  const stream = () => supervisor.newStream();
  const pool = new pg.Pool({ max: 1, stream, connectionTimeoutMillis: acquireMs, idleTimeoutMillis: 0, ...IDENTITY });
  pool.on('connect', nameStatements);
  pool.on('error', () => log.warn('store.connection_lost', { engine: 'embedded' }));
  return {
    kind: 'embedded',
    pool,
    fsyncs: () => Atomics.load(new Int32Array(fsyncs), 0),
    explain: (error) => explain(dataDir, error),
    unlimited: (work) => supervisor.unlimited(work),
    close: async () => {
      await pool.end();
      await supervisor.close();
      await lock.release();
    },
  };
}

/** Builds a store beside its place, so that a crash in the middle leaves no half store behind. */
async function createStore(dataDir: string, fsyncs: SharedArrayBuffer): Promise<void> {
  const building = join(dataDir, 'store.new');
  rmSync(building, { recursive: true, force: true });
  const thread = await startThread({ folder: building, fsyncs }, () => undefined);
  thread.post({ type: 'close' });
  await thread.ended;
  await settleNewStore(building, dataDir);
}

function explain(dataDir: string, error: unknown): AppError | undefined {
  if (error instanceof AppError && error.code !== 'store_broken') return undefined;
  const text = error instanceof Error ? error.message : '';
  if (text.includes('No space left on device')) return diskFull(dataDir, error);
  return folderFailure(dataDir, error);
}
