/** The product as a person meets it: the server and the command line, each in processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/cli/run.ts';

const SERVER = [join('scripts', 'node24.mjs'), join('src', 'main.ts')];
const BARE = ['--disable-warning=ExperimentalWarning', join('src', 'main.ts')];
const HOME = fileURLToPath(new URL('../..', import.meta.url));

type Setting = {
  dataDir: string;
  env?: Record<string, string>;
  uid?: number;
  /** Starts the server's own process instead of the launcher that finds its Node: what a kill -9 has to hit. */
  isBare?: boolean;
  /** Starts it as a terminal does, in a group of processes of its own. */
  isGroup?: boolean;
};

export type Ended = { code: number | null; stdout: string; stderr: string };

/** A folder of its own under the machine's temporary ones. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'mfa-cli-'));
}

/** Runs `mfa-rollout` with these arguments to its end. */
export function runCommand(args: readonly string[], setting: Setting): Promise<Ended> {
  return endOf(launch([join('bin', 'mfa-rollout.mjs'), ...args], setting));
}

/**
 * The same without a process of its own, which costs a start: for what does not depend on processes. The server that it
 * may call is one all the same.
 */
export async function runCommandHere(args: readonly string[], { dataDir, env }: Setting): Promise<Ended> {
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  const outlet = {
    out: (text: string) => {
      ended.stdout += text;
    },
    err: (text: string) => {
      ended.stderr += text;
    },
  };
  ended.code = await runCommandLine({ args, environment: environmentOf(dataDir, env), outlet });
  return ended;
}

/** The same, not waited for. */
export function startCommand(
  args: readonly string[],
  setting: Setting,
): { process: ChildProcess; ended: Promise<Ended> } {
  const child = launch([join('bin', 'mfa-rollout.mjs'), ...args], setting);
  return { process: child, ended: endOf(child) };
}

export type RunningServer = {
  welcome: string;
  process: ChildProcess;
  /** Presses Ctrl+C in its terminal, which tells the whole group, and waits for the end. */
  interrupt(): Promise<Ended>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
};

/** Starts the server as `npm start` does and waits until it says that it runs; fails with what it said otherwise. */
export async function startServerProcess(setting: Setting): Promise<RunningServer> {
  const child = launch(setting.isBare === true ? BARE : SERVER, setting);
  const ended = endOf(child);
  let welcome = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (text: string) => {
      welcome += text;
      if (welcome.includes('Stop with Ctrl+C')) resolve();
    });
    void ended.then(({ code, stdout, stderr }) => reject(new Error(`the server ended (${code}): ${stdout}${stderr}`)));
  });
  return {
    welcome,
    process: child,
    interrupt: () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      return ended;
    },
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Starts the server where it is expected to refuse, and waits for its end. */
export function runServer(setting: Setting): Promise<Ended> {
  return endOf(launch(SERVER, setting));
}

function environmentOf(dataDir: string, env: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...process.env, PORT: '0', SANDBOX: 'off', DATA_DIR: dataDir, ...env };
}

function launch(args: readonly string[], { dataDir, env, uid, isBare, isGroup = false }: Setting): ChildProcess {
  const child = spawn(isBare === true ? process.execPath : 'node', args, {
    cwd: HOME,
    env: environmentOf(dataDir, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: isGroup,
    ...(uid === undefined ? {} : { uid }),
  });
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  return child;
}

function endOf(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
