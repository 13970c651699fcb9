import pg from 'pg';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Engine } from './engine.ts';

export type ServerOptions = {
  databaseUrl: string;
  log: Log;
  acquireMs: number;
  statementMs: number;
  connectionsMax: number;
};

/** Opens a pool to a PostgreSQL server. Refuses with `store_unreachable` when nobody answers or lets us in. */
export async function openServerEngine(options: ServerOptions): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.connectionsMax,
    connectionTimeoutMillis: options.acquireMs,
    statement_timeout: options.statementMs,
    idle_in_transaction_session_timeout: options.statementMs * 2,
    application_name: 'mfa-rollout',
  });
  pool.on('error', () => options.log.warn('store.connection_lost', { engine: 'server' }));
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    await pool.end();
    throw new AppError('store_unreachable', 'the database server cannot be reached', {
      userMessage: 'The database server named by DATABASE_URL did not let us in. Check address, user and password.',
      cause: error,
    });
  }
  return {
    kind: 'server',
    pool,
    fsyncs: () => undefined,
    explain: () => undefined,
    unlimited: (work) => work(),
    close: () => pool.end(),
  };
}
