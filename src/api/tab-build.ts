import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { AppError } from '../lib/errors.ts';

/** The project's folder: sources, tools and the built tab stand in it. */
const ROOT = join(import.meta.dirname, '..', '..');
const VITE = join('node_modules', 'vite', 'bin', 'vite.js');
/** Lies beside the build and says of which sources it is. */
const STAMP = '.sources';
/** What is built apart from the tab's own folder. */
const OTHER_SOURCES = ['src/contract.ts', 'package-lock.json'];
const TOLD_CHARACTERS = 2_000;

/** Where the built tab stands. */
export const TAB_FOLDER = join(ROOT, 'tab', 'dist');

export type TabBuild = { root: string; run(root: string): Promise<void> };

/**
 * Builds the tab when there is no build or its sources have changed since, told by their content, and says so in one
 * line. Refuses with `tab_build_failed`, with the end of what the builder said.
 */
export async function ensureTabBuilt(
  tell: (line: string) => void,
  { root, run }: TabBuild = { root: ROOT, run: runVite },
): Promise<'built' | 'fresh'> {
  const sources = sourcesDigest(root);
  const dist = join(root, 'tab', 'dist');
  const stamp = join(dist, STAMP);
  if (existsSync(join(dist, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources)
    return 'fresh';
  tell('Building the tab, which takes some seconds after every change of its sources ...');
  await run(root);
  // Last: a build that was broken off has no stamp and is made again.
  writeFileSync(stamp, sources);
  return 'built';
}

/** Names and contents of everything the build reads, in one digest. */
function sourcesDigest(root: string): string {
  const tab = join(root, 'tab');
  const own = readdirSync(tab, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => !name.startsWith('tab/dist/'));
  const digest = createHash('sha256');
  for (const name of [...own, ...OTHER_SOURCES].sort()) {
    const path = join(root, name);
    if (existsSync(path)) digest.update(`${name}\0`).update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return digest.digest('hex');
}

/** In a process of its own: the builder's memory is given back, and its crash is not the server's. */
async function runVite(root: string): Promise<void> {
  const child = spawn(process.execPath, [VITE, 'build', 'tab', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let told = '';
  const listen = (text: string) => {
    told = (told + text).slice(-TOLD_CHARACTERS);
  };
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  const userMessage = `The tab could not be built; run "npm ci" if packages are missing. The builder said:\n${told.trim()}`;
  throw new AppError('tab_build_failed', `vite ended with ${code}`, { userMessage });
}
