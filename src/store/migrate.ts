import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '../lib/errors.ts';
import type { Engine } from './engine.ts';
import { asOwner, type Execute } from './transaction.ts';

type Migration = { name: string; text: string; digest: string };

/** Any constant will do, as long as every instance takes the same one. */
const MIGRATION_LOCK = 7_309_401;

/**
 * Brings the schema up to date: each file of ./migrations once, in the order of the names, all in one transaction under
 * an advisory lock, so that instances starting together do the work once. With `only`, applies these files and no other
 * (an import first rebuilds the schema that the export was written from). Refuses with `store_migration_changed` when a
 * file was edited after it ran, `store_migration_unknown` when the store is newer than this program, and
 * `store_unprotected` when a table with a customer is open to others.
 */
export async function migrate(engine: Engine, only?: ReadonlySet<string>): Promise<{ applied: string[] }> {
  const files = readMigrations();
  return asOwner(engine, async (execute) => {
    await execute('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await execute(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const pending = (await pendingOf(files, execute)).filter((file) => only?.has(file.name) ?? true);
    if (pending.length > 0) {
      await openForOwner(execute);
      for (const file of pending) await apply(file, execute);
      await execute('SELECT isolate_tables()');
    }
    await refuseOpenTables(execute);
    return { applied: pending.map((file) => file.name) };
  });
}

/** The names of the migrations this store has seen. */
export async function appliedMigrations(execute: Execute): Promise<string[]> {
  const { rows } = await execute('SELECT name FROM migrations ORDER BY name');
  return (rows as { name: string }[]).map((row) => row.name);
}

function readMigrations(): Migration[] {
  const folder = new URL('./migrations/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, folder), 'utf8').replaceAll('\r\n', '\n');
      return { name, text, digest: createHash('sha256').update(text).digest('hex') };
    });
}

async function pendingOf(files: Migration[], execute: Execute): Promise<Migration[]> {
  const { rows } = await execute('SELECT name, digest FROM migrations');
  const applied = new Map((rows as { name: string; digest: string }[]).map((row) => [row.name, row.digest]));
  const known = new Set(files.map((file) => file.name));
  const unknown = [...applied.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new AppError('store_migration_unknown', `the store has seen ${unknown}, which this program does not know`, {
      userMessage: `The store was used by a newer version (it has seen ${unknown}). Start that version, or a newer one.`,
    });
  }
  const changed = files.find((file) => applied.has(file.name) && applied.get(file.name) !== file.digest);
  if (changed !== undefined) {
    throw new AppError('store_migration_changed', `${changed.name} was changed after it was applied`, {
      userMessage: `The migration ${changed.name} was changed after it ran here. Restore it and add a new one instead.`,
    });
  }
  return files.filter((file) => !applied.has(file.name));
}

/** The first migration brings the function, so it is not there yet on an empty store. */
async function openForOwner(execute: Execute): Promise<void> {
  const { rows } = await execute("SELECT to_regproc('public.unforce_tables') IS NOT NULL AS present");
  if ((rows[0] as { present: boolean }).present) await execute('SELECT unforce_tables()');
}

async function apply(file: Migration, execute: Execute): Promise<void> {
  await execute(file.text);
  await execute('INSERT INTO migrations (name, digest) VALUES ($1, $2)', [file.name, file.digest]);
}

/** A safety net under isolate_tables(): a store with an open table does not start. */
async function refuseOpenTables(execute: Execute): Promise<void> {
  const { rows } = await execute(OPEN_TABLES);
  const names = (rows as { name: string }[]).map((row) => row.name);
  if (names.length > 0) {
    throw new AppError('store_unprotected', `tables without row-level security: ${names.join(', ')}`);
  }
}

const OPEN_TABLES = `
  SELECT c.relname AS name FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity
      AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'own_customer'))`;
