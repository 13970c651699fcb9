/**
 * From the start of the process to its first answer, on a data folder that holds a synced customer: wall seconds and
 * memory as they come, CPU against a process that imports restify and answers. With the sandbox the product starts a
 * second process and waits for it; without it the product is alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from 'undici';
import { type BenchLine, printedLine } from './support/line.ts';
import { type ProcessFigures, processFigures } from './support/process-figures.ts';

const REPETITIONS = 2;
const WALL_SECONDS_TARGET = 4;
/** Set for a product that imports the bot's packages and keeps its state elsewhere; the embedded store comes on top. */
const CPU_TARGET = 1.3;
const PRODUCT = join(import.meta.dirname, '..', 'src', 'main.ts');
const COMMAND_LINE = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');
const RESTIFY_ONLY = join(import.meta.dirname, 'restify-only.ts');

/** Runs the bench. The folder is made by the product itself: started, synced with its sandbox, stopped. */
export async function runStart(): Promise<BenchLine[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-start-'));
  try {
    await prepare(dataDir);
    const bare = await bestOf(() => startOnce(RESTIFY_ONLY, {}));
    const alone = await bestOf(() => startOnce(PRODUCT, { DATA_DIR: dataDir, SANDBOX: 'off' }));
    const withSandbox = await bestOf(() => startOnce(PRODUCT, { DATA_DIR: dataDir, SANDBOX: 'on' }));
    return [...linesOf('start/without sandbox', alone, bare), ...linesOf('start/with sandbox', withSandbox, bare)];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Started = {
  wallSeconds: number;
  cpuSeconds: number | null;
  ownMegabytes: number | null;
  allMegabytes: number | null;
};

function linesOf(name: string, started: Started, bare: Started): BenchLine[] {
  const against = (value: number | null, reference: number | null) => ({
    value,
    limit: reference,
    ratio: value === null || reference === null ? null : value / reference,
  });
  return [
    printedLine(`${name}: wall s to the first answer`, {
      value: started.wallSeconds,
      peer: bare.wallSeconds,
      target: WALL_SECONDS_TARGET,
    }),
    printedLine(`${name}: CPU s against restify alone`, {
      ...against(started.cpuSeconds, bare.cpuSeconds),
      target: CPU_TARGET,
    }),
    printedLine(`${name}: peak MB against restify alone`, against(started.ownMegabytes, bare.ownMegabytes)),
    printedLine(`${name}: peak MB with its child processes`, { value: started.allMegabytes }),
  ];
}

/** The least of some starts: everything beyond it is the machine's other work. */
async function bestOf(start: () => Promise<Started>): Promise<Started> {
  const runs: Started[] = [];
  for (let run = 0; run < REPETITIONS; run += 1) runs.push(await start());
  const least = (pick: (run: Started) => number | null) => {
    const figures = runs.map(pick).filter((figure) => figure !== null);
    return figures.length === 0 ? null : Math.min(...figures);
  };
  return {
    wallSeconds: least((run) => run.wallSeconds) ?? Number.NaN,
    cpuSeconds: least((run) => run.cpuSeconds),
    ownMegabytes: least((run) => run.ownMegabytes),
    allMegabytes: least((run) => run.allMegabytes),
  };
}

async function startOnce(script: string, environment: Record<string, string>): Promise<Started> {
  const startedAt = performance.now();
  const child = startScript(script, environment);
  try {
    const answer = await request(`${await addressOf(child)}/healthz`);
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`${script} answered ${answer.statusCode}`);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const figures: ProcessFigures | null = child.pid === undefined ? null : processFigures(child.pid);
    return {
      wallSeconds,
      cpuSeconds: figures?.own.cpuSeconds ?? null,
      ownMegabytes: figures?.own.peakMegabytes ?? null,
      allMegabytes: figures?.tree.peakMegabytes ?? null,
    };
  } finally {
    await stop(child);
  }
}

async function prepare(dataDir: string): Promise<void> {
  const product = startScript(PRODUCT, { DATA_DIR: dataDir, SANDBOX: 'on' });
  try {
    await addressOf(product);
    const sync = startScript(COMMAND_LINE, { DATA_DIR: dataDir }, ['sync', '--people-only']);
    sync.stdout?.resume();
    const [code] = (await once(sync, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the sync that fills the folder ended with ${code ?? 'a signal'}`);
  } finally {
    await stop(product);
  }
}

function startScript(script: string, environment: Record<string, string>, args: string[] = []): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    env: { PATH, HOME, PORT: '0', LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The address in the first line that has one; the rest of what the process says is let go. */
async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /at (http:\/\/\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    child.stdout.resume();
    return address;
  }
  throw new Error('the process ended before it said where it answers');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
