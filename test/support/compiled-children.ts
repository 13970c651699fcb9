/**
 * Compiles the scripts that tests start as processes of their own, once per run (`globalSetup`). A process that is killed
 * leaves nothing in Node's compile cache, so each would strip and compile the whole product again.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const FOLDER = new URL('./', import.meta.url);
/** These do nothing but define something until they are given a task. */
const CHILD = /-(?:child|worker)\.ts$/;

export function setup(): void {
  if (process.env.NODE_COMPILE_CACHE === undefined) return;
  const scripts = readdirSync(FOLDER).filter((name) => CHILD.test(name));
  const imports = scripts.map((name) => `await import(${JSON.stringify(new URL(name, FOLDER).href)});`);
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', imports.join('\n')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the scripts cannot be compiled: ${stderr}`);
}
