import { AppError } from '../lib/errors.ts';
import type { Engine } from './engine.ts';

const DISK_FULL = '53100';
const READ_ONLY = '25006';

/** The database's own error code (SQLSTATE) behind an error, however deeply wrapped; undefined when there is none. */
export function sqlStateOf(error: unknown): string | undefined {
  return databaseErrorOf(error)?.code;
}

/**
 * Turns whatever a transaction failed with into an AppError. The driver's and the query builder's errors name every
 * parameter in their text, so they are kept as the cause and only code, table and constraint are repeated.
 */
export function translateFailure(error: unknown, engine: Engine): unknown {
  const own = appErrorOf(error);
  if (own !== undefined && own.code !== 'store_broken') return own;
  if (isAcquireTimeout(error)) {
    return new AppError('store_busy', 'no connection to the store became free in time', {
      userMessage: 'The store is busy. Try again in a moment.',
      cause: error,
    });
  }
  const refused = databaseErrorOf(error);
  if (refused === undefined) return engine.explain(error) ?? own ?? error;
  if (refused.code === DISK_FULL) return engine.explain(error) ?? storeFull(error);
  if (refused.code === READ_ONLY) return storeReadOnly(error);
  const { code, table, constraint } = refused;
  return new AppError('store_refused', `the store refused a statement (${code})`, {
    facts: { sqlState: code, table: table ?? null, constraint: constraint ?? null },
    cause: error,
  });
}

type DatabaseError = { code: string; table?: string; constraint?: string };

function databaseErrorOf(error: unknown): DatabaseError | undefined {
  for (const link of causes(error)) {
    if ('code' in link && typeof link.code === 'string' && /^[0-9A-Z]{5}$/.test(link.code) && 'severity' in link) {
      return link as DatabaseError;
    }
  }
  return undefined;
}

function appErrorOf(error: unknown): AppError | undefined {
  return causes(error).find((link) => link instanceof AppError) as AppError | undefined;
}

/** node-pg-pool has no code for it. */
function isAcquireTimeout(error: unknown): boolean {
  return causes(error).some(
    (link) => link instanceof Error && link.message === 'timeout exceeded when trying to connect',
  );
}

function causes(error: unknown): object[] {
  const links: object[] = [];
  let link = error;
  while (typeof link === 'object' && link !== null && links.length < 10) {
    links.push(link);
    link = 'cause' in link ? link.cause : undefined;
  }
  return links;
}

function storeFull(cause: unknown): AppError {
  return new AppError('store_full', 'the database server has no space left', {
    userMessage: 'The database server has no space left. Nothing saved so far is lost. Free some space there.',
    cause,
  });
}

function storeReadOnly(cause: unknown): AppError {
  return new AppError('store_read_only', 'the database takes no writes', {
    userMessage: 'The database takes no writes (it may be a standby). Point DATABASE_URL at the primary.',
    cause,
  });
}
