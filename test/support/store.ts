/** Gives a test file its own store on each engine. */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, inject } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import { type Database, openDatabase, type StoreLocation, type StoreOptions } from '../../src/store/database.ts';
import { customers } from '../../src/store/schema.ts';
import { atServer } from './at-server.ts';

export type TestEngine = 'embedded' | 'server';

/** A place for one store, with its schema made; opened as often as the test likes, and removed after the block. */
export type TestStore = {
  engine: TestEngine;
  /**
   * Whether this engine shows everything. What vendors answer does not depend on the store, so in `npm test` a block may
   * show on the second engine only what does; with MFA_GUARANTEES=full both show all.
   */
  showsAll: boolean;
  location(): Promise<StoreLocation>;
  /** Opens the block's one store, or gives the open one. */
  open(): Promise<Database>;
  /** Opens another, empty store with options of its own. */
  openFresh(options?: Partial<StoreOptions>): Promise<Database>;
  /** Where a store that was opened here stands, for opening it once more. */
  locationOf(database: Database): StoreLocation;
};

/** Registers `block` once for each engine; on PostgreSQL it is skipped where there is none. */
export function describeStore(name: string, block: (store: TestStore) => void): void {
  describe(`${name} [embedded]`, () => block(createTestStore('embedded', embeddedLocation)));
  const address = inject('postgresUrl');
  describe.skipIf(address === null)(`${name} [server]`, () => {
    block(createTestStore('server', () => serverLocation(address ?? '')));
  });
}

/** Adds a customer with an invented name; gives its id. */
export async function addCustomer(database: Database, name = 'Contoso'): Promise<string> {
  const id = randomUUID();
  await database.withPortfolio((tx) => tx.insert(customers).values({ id, name, config: {} }));
  return id;
}

/** Opens a store the way tests do: no log. */
export function openQuietly(location: StoreLocation, options: Partial<StoreOptions> = {}): Promise<Database> {
  return openDatabase(location, { log: silentLog, ...options });
}

/** A data folder of its own with a ready store in it; creating one from nothing takes seconds, copying one does not. */
export function embeddedFolder(folder = mkdtempSync(join(tmpdir(), 'mfa-store-'))): string {
  cpSync(inject('storeTemplate'), folder, { recursive: true });
  return folder;
}

type Place = { location: StoreLocation; remove(): Promise<void> };

function createTestStore(engine: TestEngine, makePlace: () => Promise<Place>): TestStore {
  const places: Promise<Place>[] = [];
  const databases = new Map<Database, StoreLocation>();
  let own: Promise<Place> | undefined;
  let opened: Promise<Database> | undefined;
  const newPlace = () => {
    const place = makePlace();
    places.push(place);
    return place;
  };
  const openAt = async (place: Promise<Place>, options: Partial<StoreOptions>) => {
    const { location } = await place;
    const database = await openQuietly(location, options);
    databases.set(database, location);
    return database;
  };
  const location = async () => {
    own ??= newPlace();
    return (await own).location;
  };
  afterAll(async () => {
    // A test may have closed its store itself.
    for (const database of databases.keys()) await database.close().catch(() => undefined);
    for (const place of places) await (await place).remove();
  });
  return {
    engine,
    showsAll: engine === 'embedded' || process.env.MFA_GUARANTEES === 'full',
    location,
    open: () => {
      own ??= newPlace();
      opened ??= openAt(own, {});
      return opened;
    },
    openFresh: (options = {}) => openAt(newPlace(), options),
    locationOf: (database) => {
      const found = databases.get(database);
      if (found === undefined) throw new Error('this store was opened elsewhere');
      return found;
    },
  };
}

async function embeddedLocation(): Promise<Place> {
  const dataDir = embeddedFolder();
  return { location: { dataDir }, remove: async () => rmSync(dataDir, { recursive: true, force: true }) };
}

async function serverLocation(address: string): Promise<Place> {
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  await atServer(address, `CREATE DATABASE ${name}`);
  const url = new URL(address);
  url.pathname = `/${name}`;
  return {
    location: { databaseUrl: url.href },
    remove: () => atServer(address, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
