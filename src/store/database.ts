import type { Log } from '../lib/log.ts';
import { openEmbeddedEngine } from './embedded/engine.ts';
import { openMemoryEngine } from './embedded/memory-engine.ts';
import type { Engine } from './engine.ts';
import { translateFailure } from './failures.ts';
import { migrate } from './migrate.ts';
import { openServerEngine } from './server-engine.ts';
import {
  asOwner,
  type Execute,
  type Hooks,
  inTransaction,
  isInTransaction,
  type QueueHooks,
  type Tx,
} from './transaction.ts';

export type { Tx } from './transaction.ts';

/** Where the state lives: a folder of our own, a PostgreSQL server, or nowhere once this process closes it. */
export type StoreLocation = { dataDir: string } | { databaseUrl: string } | { inMemory: true };

export type StoreOptions = {
  log: Log;
  /** How long a transaction waits for a connection before it refuses with `store_busy`. */
  acquireMs?: number;
  /** How long one statement may run. */
  statementMs?: number;
  /** Connections to a server; the embedded store always has one. */
  connectionsMax?: number;
};

/** The one way to the state. The embedded store and a server answer alike. */
export type Database = {
  engine: Engine['kind'];
  /**
   * Runs `work` in one transaction in which only this customer's rows exist. Refuses with `store_busy` when no
   * connection becomes free, `store_nested` inside another customer's transaction, `store_full`, `store_read_only`,
   * and `store_refused` for what the database itself refused (`sqlStateOf` tells why). Call no vendor inside.
   */
  withCustomer<T>(customerId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same with every customer's rows visible: for the portfolio and the scheduler, never for one customer's work. */
  withPortfolio<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Does what a server's autovacuum does and the embedded store lacks; nothing to do on a server. */
  maintain(): Promise<void>;
  /** Whether the store answers, for the readiness probe; and how many fsyncs reached the disk, where that is known. */
  health(): Promise<{ engine: Engine['kind']; answers: boolean; fsyncs: number | undefined }>;
  close(): Promise<void>;
  /** The queue's own door; business code has no use for it. */
  forQueue: QueueAccess;
};

/** What the job queue needs beyond the rows: its own tables, as the login role, on the same connections. */
export type QueueAccess = {
  /** One statement outside of any transaction of ours. */
  execute: Execute;
  /** One transaction. */
  transaction<T>(work: (execute: Execute) => Promise<T>): Promise<T>;
  /** Puts the queue into every transaction from now on, or takes it out. */
  attach(queue: QueueHooks | undefined): void;
};

const ACQUIRE_MS = 10_000;
const STATEMENT_MS = 30_000;
const CONNECTIONS_MAX = 10;

/**
 * Opens the store, brings its schema up to date and gives the one handle on it; the caller closes it. Refuses with
 * `store_in_use`, `store_read_only`, `store_full`, `store_version`, `store_damaged`, `store_broken`,
 * `store_unreachable` or one of the refusals of `migrate`, each with a sentence for the user.
 */
export async function openDatabase(location: StoreLocation, options: StoreOptions): Promise<Database> {
  const engine = await openEngine(location, options);
  try {
    await engine.unlimited(() => migrate(engine));
  } catch (error) {
    await engine.close();
    throw error;
  }
  return createDatabase(engine);
}

/** Opens the engine alone, its schema as it is: for export and import. */
export function openEngine(location: StoreLocation, options: StoreOptions): Promise<Engine> {
  const { log, acquireMs = ACQUIRE_MS, statementMs = STATEMENT_MS } = options;
  if ('dataDir' in location) return openEmbeddedEngine({ ...location, log, acquireMs, statementMs });
  if ('inMemory' in location) return openMemoryEngine({ log, acquireMs });
  const connectionsMax = options.connectionsMax ?? CONNECTIONS_MAX;
  return openServerEngine({ ...location, log, acquireMs, statementMs, connectionsMax });
}

function createDatabase(engine: Engine): Database {
  const execute: Execute = async (text, values) => {
    try {
      return await engine.pool.query(text, values);
    } catch (error) {
      throw translateFailure(error, engine);
    }
  };
  const hooks: Hooks = { queue: undefined };
  const store = { engine, hooks };
  return {
    engine: engine.kind,
    withCustomer: (customerId, work) => inTransaction(store, customerId, work),
    withPortfolio: (work) => inTransaction(store, undefined, work),
    maintain: () => maintain(engine),
    health: async () => {
      const answers = await engine.pool.query('SELECT 1').then(
        () => true,
        () => false,
      );
      return { engine: engine.kind, answers, fsyncs: engine.fsyncs() };
    },
    close: () => engine.close(),
    forQueue: {
      execute,
      transaction: (work) => asOwner(engine, work),
      attach: (queue) => {
        hooks.queue = queue;
      },
    },
  };
}

async function maintain(engine: Engine): Promise<void> {
  if (engine.kind === 'server' || isInTransaction()) return;
  await engine.unlimited(() => engine.pool.query('VACUUM (ANALYZE)'));
}
