/** Stores for many stages: databases of a server where there is one, which takes a third of the time, else embedded ones. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { silentLog } from '../../../src/lib/log.ts';
import { type Database, openDatabase, type StoreLocation } from '../../../src/store/database.ts';
import { atServer } from '../at-server.ts';
import { QUICK_FOLDER } from './stage.ts';

/** Where stores come from: a folder with a ready embedded one, and a server's maintenance database where there is one. */
export type StorePlaces = { template: string; postgresUrl: string | null };

export type Stores = {
  kind: 'server' | 'embedded';
  /** A ready store that nobody else uses. */
  next(): Promise<StoreLocation>;
  remove(location: StoreLocation): Promise<void>;
  /** Removes what all of them were copied from. */
  end(): Promise<void>;
};

/** Begins to make stores. */
export function createStores({ template, postgresUrl }: StorePlaces): Stores {
  return postgresUrl === null ? embeddedStores(template) : serverStores(postgresUrl);
}

function embeddedStores(template: string): Stores {
  return {
    kind: 'embedded',
    next: async () => {
      const dataDir = mkdtempSync(join(QUICK_FOLDER, 'mfa-generated-store-'));
      cpSync(template, dataDir, { recursive: true });
      await prepare({ dataDir });
      return { dataDir };
    },
    remove: async (location) => {
      if ('dataDir' in location) rmSync(location.dataDir, { recursive: true, force: true });
    },
    end: () => Promise.resolve(),
  };
}

function serverStores(postgresUrl: string): Stores {
  const name = `generated_${process.pid}`;
  const locationOf = (database: string) => {
    const url = new URL(postgresUrl);
    url.pathname = `/${database}`;
    url.searchParams.set('host', socket);
    url.searchParams.set('options', QUICK_SESSION);
    return { databaseUrl: url.href };
  };
  let socket = '';
  let made = 0;
  let isReady = false;
  return {
    kind: 'server',
    next: async () => {
      if (!isReady) {
        socket = await socketOf(postgresUrl);
        await atServer(postgresUrl, `CREATE DATABASE ${name}`);
        await prepare(locationOf(name));
        isReady = true;
      }
      made += 1;
      await atServer(postgresUrl, `CREATE DATABASE ${name}_${made} TEMPLATE ${name}`);
      return locationOf(`${name}_${made}`);
    },
    remove: async (location) => {
      if ('databaseUrl' in location) await drop(postgresUrl, new URL(location.databaseUrl).pathname.slice(1));
    },
    end: () => drop(postgresUrl, name),
  };
}

/** Plans that are kept and a log that nobody waits for: what is judged is the tenant, and the store has its own tests. */
const QUICK_SESSION = '-c jit=off -c plan_cache_mode=force_generic_plan -c synchronous_commit=off';

/** The folder of the server's socket, over which a statement costs less than over TCP. */
async function socketOf(postgresUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ [setting: string]: string }>('SHOW unix_socket_directories');
    const [folder = ''] = Object.values(rows[0] ?? {}).flatMap((setting) => setting.split(','));
    return folder.trim();
  } finally {
    await client.end();
  }
}

async function prepare(location: StoreLocation): Promise<void> {
  const database = await openDatabase(location, { log: silentLog });
  await leaveOutCards(database);
  await database.close();
}

/** Where no bot is registered the jobs of cards do nothing, and they would be half of all jobs: none is made. */
async function leaveOutCards({ forQueue }: Database): Promise<void> {
  await forQueue.execute(
    `CREATE FUNCTION leave_out() RETURNS trigger AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql;
     CREATE TRIGGER leave_out_cards BEFORE INSERT ON outbox FOR EACH ROW
       WHEN (NEW.kind IN ('cards.post', 'cards.refresh')) EXECUTE FUNCTION leave_out()`,
  );
}

function drop(postgresUrl: string, database: string): Promise<void> {
  return atServer(postgresUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
}
