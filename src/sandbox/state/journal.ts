import { DatabaseSync } from 'node:sqlite';
import type { World } from '../world/world.ts';
import type { SandboxEvent } from './events.ts';

/** An event as stored: its place, the sandbox's time, what happened. */
type Entry = { seq: number; at: number; event: SandboxEvent };

/**
 * The sandbox's memory on disk: the world as it began and everything that happened since, in order. What `append`
 * returned from survives the process being killed.
 */
export type Journal = {
  /** The stored world, or null when this folder is new. */
  readWorld(): World | null;
  writeWorld(world: World): void;
  entries(): Entry[];
  /** Keeps an event and lets `happen` take it in; when that throws, nothing is kept. */
  append(at: number, event: SandboxEvent, happen: (seq: number) => void): void;
  /** Keeps everything that `act` appends at once: a process that is killed before the end has kept none of it. */
  together(act: () => void): void;
  readSetting(name: string): string | null;
  writeSetting(name: string, value: string): void;
  close(): void;
};

/** Stored layout; raise it when the tables or the events change their meaning. */
const LAYOUT = 1;
const OBJECTS_PER_ROW = 500;

/** A journal that ends with its process. */
export const UNKEPT = ':memory:';

/** Opens or creates the journal in `file`, or one that is `UNKEPT`. Refuses one of another layout, and one that another process has open. */
export function openJournal(file: string): Journal {
  const db = new DatabaseSync(file);
  // Exclusive: a second sandbox on the same folder would tell another story. The lock ends with the process.
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  db.exec(`CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS world_part (seq INTEGER PRIMARY KEY, path TEXT NOT NULL, kind TEXT NOT NULL, json TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, event TEXT NOT NULL);`);
  const readSetting = (name: string) => {
    const row = db.prepare('SELECT value FROM setting WHERE name = ?').get(name);
    return row === undefined ? null : String(row.value);
  };
  const writeSetting = (name: string, value: string) => {
    db.prepare('INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(
      name,
      value,
    );
  };
  const layout = readSetting('layout');
  if (layout !== null && layout !== String(LAYOUT)) {
    throw new Error(`${file} was written by another version of the sandbox (layout ${layout}): use a new folder`);
  }
  const insert = db.prepare('INSERT INTO journal (at, event) VALUES (?, ?)');
  return {
    readSetting,
    writeSetting,
    readWorld: () => (readSetting('layout') === null ? null : readParts(db)),
    writeWorld: (world) =>
      inTransaction(db, () => {
        writeParts(db, world);
        writeSetting('layout', String(LAYOUT));
      }),
    entries: () =>
      db
        .prepare('SELECT seq, at, event FROM journal ORDER BY seq')
        .all()
        .map((row) => ({
          seq: Number(row.seq),
          at: Number(row.at),
          event: JSON.parse(String(row.event)) as SandboxEvent,
        })),
    together: (act) => {
      db.exec('BEGIN IMMEDIATE');
      try {
        act();
      } finally {
        // What was applied cannot be taken back, so that what was kept of it stays even when the rest fails.
        db.exec('COMMIT');
      }
    },
    append: (at, event, happen) =>
      inTransaction(db, () => happen(Number(insert.run(Math.round(at), JSON.stringify(event)).lastInsertRowid))),
    close: () => db.close(),
  };
}

/** A transaction, or a part of the one under way that can be taken back alone. */
function inTransaction(db: DatabaseSync, act: () => void): void {
  const [begin, keep, undo] = db.isTransaction
    ? ['SAVEPOINT one', 'RELEASE one', 'ROLLBACK TO one; RELEASE one']
    : ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'];
  db.exec(begin);
  try {
    act();
    db.exec(keep);
  } catch (error) {
    db.exec(undo);
    throw error;
  }
}

/**
 * A large world exceeds the longest string that JSON.stringify may build, so lists and maps are cut into rows.
 * `path` names the place (`tenants/0/users`), `kind` how its rows are put together again.
 */
function writeParts(db: DatabaseSync, world: World): void {
  const insert = db.prepare('INSERT INTO world_part (path, kind, json) VALUES (?, ?, ?)');
  const write = (path: string, value: unknown) => {
    if (Array.isArray(value)) {
      insert.run(path, 'list', '[]');
      for (let from = 0; from < value.length; from += OBJECTS_PER_ROW) {
        insert.run(path, 'list', JSON.stringify(value.slice(from, from + OBJECTS_PER_ROW)));
      }
      return;
    }
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value);
      insert.run(path, 'map', '[]');
      for (let from = 0; from < entries.length; from += OBJECTS_PER_ROW) {
        insert.run(path, 'map', JSON.stringify(entries.slice(from, from + OBJECTS_PER_ROW)));
      }
      return;
    }
    insert.run(path, 'value', JSON.stringify(value ?? null));
  };
  const { tenants, bambooCompanies, ...rest } = world;
  for (const [name, value] of Object.entries(rest)) write(name, value);
  for (const [list, items] of Object.entries({ tenants, bambooCompanies })) {
    for (const [index, item] of items.entries()) {
      for (const [name, value] of Object.entries(item)) write(`${list}/${index}/${name}`, value);
    }
  }
}

function readParts(db: DatabaseSync): World {
  const root: Record<string, unknown> = { tenants: [], bambooCompanies: [] };
  for (const row of db.prepare('SELECT path, kind, json FROM world_part ORDER BY seq').iterate()) {
    const steps = String(row.path).split('/');
    const name = steps.at(-1) ?? '';
    const holder = steps.length === 1 ? root : itemOf(root, steps);
    addPart(holder, name, { kind: String(row.kind), value: JSON.parse(String(row.json)) as unknown });
  }
  return root as World;
}

function itemOf(root: Record<string, unknown>, steps: string[]): Record<string, unknown> {
  const list = root[steps[0] ?? ''] as Record<string, unknown>[];
  const index = Number(steps[1]);
  list[index] ??= {};
  return list[index];
}

function addPart(holder: Record<string, unknown>, name: string, part: { kind: string; value: unknown }): void {
  if (part.kind === 'value') {
    holder[name] = part.value;
    return;
  }
  if (part.kind === 'list') {
    holder[name] ??= [];
    const list = holder[name] as unknown[];
    for (const item of part.value as unknown[]) list.push(item);
    return;
  }
  holder[name] ??= {};
  const map = holder[name] as Record<string, unknown>;
  for (const [key, item] of part.value as [string, unknown][]) map[key] = item;
}
