import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import type { Log } from '../../lib/log.ts';
import type { Engine } from '../engine.ts';
import { IDENTITY } from './engine.ts';
import { nameStatements } from './named-statements.ts';
import { createWireStream } from './wire.ts';

/**
 * Opens the embedded engine for a store that nobody keeps: PGlite in this very thread, its files in memory. The same
 * database and driver as the kept one; a statement holds up the process, costs no hop between threads and no disk, and
 * has no time limit. Everything is gone when it is closed.
 */
export async function openMemoryEngine({ log, acquireMs }: { log: Log; acquireMs: number }): Promise<Engine> {
  const engine = await PGlite.create();
  let line: Promise<unknown> = Promise.resolve();
  const stream = () => {
    const open = createWireStream({
      ready: () => Promise.resolve(),
      send: (bytes) => {
        // Of PGlite's ways in, the one that leaves the answer to the driver instead of parsing it as well.
        const onRawData = (answer: Uint8Array) => void open.push(Buffer.from(answer));
        line = line
          .then(() => engine.execProtocolRawStream(bytes, { syncToFs: false, onRawData }))
          .catch((error: unknown) => open.destroy(error instanceof Error ? error : new Error(String(error))));
      },
      leave: () => {
        // A session that is closed with its engine has nothing to leave behind.
        engine
          .exec('ROLLBACK')
          .then(() => engine.exec('DISCARD ALL'))
          .catch(() => undefined);
      },
    });
    return open;
  };
  const pool = new pg.Pool({ max: 1, stream, connectionTimeoutMillis: acquireMs, idleTimeoutMillis: 0, ...IDENTITY });
  pool.on('connect', nameStatements);
  pool.on('error', () => log.warn('store.connection_lost', { engine: 'memory' }));
  return {
    kind: 'embedded',
    pool,
    fsyncs: () => 0,
    explain: () => undefined,
    unlimited: (work) => work(),
    close: async () => {
      await pool.end();
      await engine.close();
    },
  };
}
