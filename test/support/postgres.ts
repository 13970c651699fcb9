/**
 * One PostgreSQL for a whole test run (`globalSetup`): a cluster in a temporary folder, on a socket and a loopback port,
 * run by an account that is not root. It ends with the run, also when the run is killed: its keeper ends it when the
 * pipe to the run closes. Where PostgreSQL is missing, one line says so and the blocks that need it are skipped.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readyTemplate } from './store-template.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the cluster's maintenance database, or null where there is no PostgreSQL. */
    postgresUrl: string | null;
    /** A data folder with a ready embedded store, to be copied. */
    storeTemplate: string;
  }
}

const NOBODY = 65_534;
const KEEPER = '"$0" "$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server';

let keeper: ChildProcess | undefined;
let folder: string | undefined;

export async function setup(project: TestProject): Promise<void> {
  project.provide('storeTemplate', await readyTemplate());
  const home = findPostgres();
  if (home === undefined) {
    if (process.env.CI === 'true') throw new Error('PostgreSQL is not here, and with CI=true its tests must run');
    process.stderr.write('PostgreSQL is not here: the store is tested on the embedded engine only.\n');
    project.provide('postgresUrl', null);
    return;
  }
  project.provide('postgresUrl', await startCluster(home));
}

export async function teardown(): Promise<void> {
  const ended = new Promise((resolve) => keeper?.once('exit', resolve) ?? resolve(undefined));
  keeper?.stdin?.end();
  await ended;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
    ...['/opt/homebrew/opt/postgresql/bin', '/usr/local/opt/postgresql/bin'],
  ];
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')));
}

async function startCluster(home: string): Promise<string> {
  const account = accountOf();
  folder = mkdtempSync(join(tmpdir(), 'mfa-pg-'));
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  execFileSync(join(home, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N'], {
    ...account,
    cwd: folder,
    stdio: 'ignore',
  });
  const port = await freePort();
  const settings = [
    'fsync=off',
    'max_connections=200',
    `unix_socket_directories=${folder}`,
    'listen_addresses=127.0.0.1',
  ];
  keeper = spawn(
    '/bin/sh',
    ['-c', KEEPER, join(home, 'postgres'), '-D', data, '-p', String(port), ...settings.flatMap((item) => ['-c', item])],
    { ...account, cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  await announced(keeper);
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

/** PostgreSQL refuses to run as root. */
function accountOf(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim() || NOBODY);
  return { uid: id('-u'), gid: id('-g') };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** The server says on standard error when it takes connections. */
function announced(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4000);
      if (said.includes('ready to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`PostgreSQL ended at once: ${said}`)));
  });
}
