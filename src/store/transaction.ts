import { AsyncLocalStorage } from 'node:async_hooks';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import type { Json } from '../lib/canonical-json.ts';
import { AppError } from '../lib/errors.ts';
import type { Engine } from './engine.ts';
import { translateFailure } from './failures.ts';

/** The two roles of the application. Neither is superuser nor owner, so row-level security holds for both. */
export const APP_ROLE = 'mfa_rollout_app';
export const PORTFOLIO_ROLE = 'mfa_rollout_portfolio';

/** What business code gets: queries, but no transaction control of its own. */
export type Tx = Omit<NodePgDatabase, 'transaction' | '$client'>;

/** Runs a statement as the login role on the transaction's connection. For the queue, never for business code. */
export type Execute = (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;

/** An outbox row that becomes a job in this very transaction. */
export type DueEffect = { id: string; customerId: string; kind: string; key: string; payload: Json; priority: number };

/** What a running job queue adds to every transaction: due effects become jobs before the commit. */
export type QueueHooks = {
  isDue(dueAt: Date): boolean;
  send(effects: readonly DueEffect[], execute: Execute): Promise<void>;
  /** Called after a commit that brought jobs. */
  wake(): void;
};

/** Filled by the queue when it starts; empty in a process that runs none, where the tick of another one picks up. */
export type Hooks = { queue: QueueHooks | undefined };

export type Scope = {
  /** The customer whose rows are visible; undefined in the portfolio, which sees all. */
  customerId: string | undefined;
  tx: Tx;
  /** Work that belongs to this transaction and runs, as the login role, right before its commit. */
  beforeCommit: ((execute: Execute) => Promise<void>)[];
  queue: QueueHooks | undefined;
  effects: DueEffect[];
  ended: boolean;
  /** Set when a nested use failed: the whole is then undone, even if the caller swallowed the error. */
  failed: boolean;
};

const current = new AsyncLocalStorage<Scope>();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The transaction this code runs in. Refuses with `store_no_transaction` outside of one. */
export function currentScope(): Scope {
  const scope = current.getStore();
  if (scope === undefined || scope.ended) {
    throw new AppError('store_no_transaction', 'this can only be done inside a transaction of the store');
  }
  return scope;
}

/** Whether this code runs inside an open transaction. */
export function isInTransaction(): boolean {
  const scope = current.getStore();
  return scope !== undefined && !scope.ended;
}

/**
 * Runs `work` in one transaction that sees the rows of one customer (or, with undefined, of all). Inside an open
 * transaction of the same customer it joins that one: on the embedded store's single connection a second one would
 * wait for ever. For another customer it refuses with `store_nested`. When a joined part fails, the whole is undone.
 */
export async function inTransaction<T>(
  store: { engine: Engine; hooks: Hooks },
  customerId: string | undefined,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { engine } = store;
  const open = current.getStore();
  if (open !== undefined && !open.ended) return joinScope(open, customerId, work);
  const client = await checkOut(engine);
  const scope = createScope(client, customerId, store.hooks.queue);
  let broken: unknown;
  try {
    await client.query(opening(customerId));
    const result = await current.run(scope, () => work(scope.tx));
    await commit(client, scope);
    if (scope.effects.length > 0) scope.queue?.wake();
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw translateFailure(error, engine);
  } finally {
    scope.ended = true;
    giveBack(client, broken);
  }
}

/** Runs `work` as the login role in one transaction of its own: migrations and the queue's own tables. */
export async function asOwner<T>(engine: Engine, work: (execute: Execute) => Promise<T>): Promise<T> {
  if (isInTransaction()) throw new AppError('store_nested', 'a transaction is already open here');
  const client = await checkOut(engine);
  let broken: unknown;
  try {
    await client.query('BEGIN; SET LOCAL statement_timeout = 0');
    const result = await work((text, values) => client.query(text, values));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw translateFailure(error, engine);
  } finally {
    giveBack(client, broken);
  }
}

/** A connection that breaks while nobody waits on it would end the process: the statement in flight reports it. */
const ignoreBreak = () => undefined;

async function checkOut(engine: Engine): Promise<PoolClient> {
  const client = await engine.pool.connect().catch((error: unknown) => {
    throw translateFailure(error, engine);
  });
  client.on('error', ignoreBreak);
  return client;
}

/** Throws the connection away when even undoing failed on it. */
function giveBack(client: PoolClient, broken: unknown): void {
  client.removeListener('error', ignoreBreak);
  client.release(broken !== undefined);
}

async function joinScope<T>(open: Scope, customerId: string | undefined, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (open.customerId !== customerId) {
    throw new AppError('store_nested', 'a transaction of another customer is already open here');
  }
  try {
    return await work(open.tx);
  } catch (error) {
    open.failed = true;
    throw error;
  }
}

function createScope(client: PoolClient, customerId: string | undefined, queue: QueueHooks | undefined): Scope {
  const tx = drizzle({ client: guardedClient(client) });
  return { customerId, tx, queue, effects: [], beforeCommit: [], ended: false, failed: false };
}

/** One round trip. The id is checked to be a UUID before it becomes part of the text. */
function opening(customerId: string | undefined): string {
  if (customerId === undefined) return `BEGIN; SET LOCAL ROLE ${PORTFOLIO_ROLE}`;
  if (!UUID.test(customerId)) throw new AppError('store_customer_id', 'a customer id must be a lower-case UUID');
  return `BEGIN; SET LOCAL ROLE ${APP_ROLE}; SET LOCAL app.customer = '${customerId}'`;
}

async function commit(client: PoolClient, scope: Scope): Promise<void> {
  if (scope.failed) throw new AppError('store_undone', 'a nested part failed, so the whole transaction was undone');
  scope.ended = true;
  const execute: Execute = (text, values) => client.query(text, values);
  if (scope.beforeCommit.length > 0 || scope.effects.length > 0) await client.query('RESET ROLE');
  if (scope.effects.length > 0) await scope.queue?.send(scope.effects, execute);
  for (const step of scope.beforeCommit) await step(execute);
  const done = await client.query('COMMIT');
  // PostgreSQL answers COMMIT of an aborted transaction with ROLLBACK and no error.
  if (done.command !== 'COMMIT')
    throw new AppError('store_undone', 'a statement failed, so the transaction was undone');
}

/** Undoes; gives the error when even that failed, so that the connection is thrown away. */
async function rollback(client: PoolClient): Promise<unknown> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * The database cannot stop its login role from changing roles back (SET ROLE is judged by the session's user), so this
 * does: transaction control, role changes and settings are refused at the start of every statement. Parameters never
 * stand in the text, so a false hit needs a literal that holds a semicolon.
 */
const FORBIDDEN =
  /(?:^|;)\s*(?:begin|start|commit|end|rollback|abort|prepare|savepoint|release|set|reset|discard|do|call|copy|load|create|alter|drop|grant|revoke)\b|\bset_config\s*\(/i;

function guardedClient(client: PoolClient): PoolClient {
  const query = (config: QueryConfig | string, values?: unknown[]): Promise<QueryResult> => {
    const text = typeof config === 'string' ? config : config.text;
    if (FORBIDDEN.test(withoutComments(text))) {
      return Promise.reject(new AppError('store_forbidden', 'this statement is not for business code'));
    }
    return client.query(config, values);
  };
  return { query } as unknown as PoolClient;
}

function withoutComments(text: string): string {
  return text.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}
