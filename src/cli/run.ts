import { CommanderError } from 'commander';
import { readConfig, storeLocation } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { neverStop } from '../lib/stop-point.ts';
import type { OfflineCommand } from './backend.ts';
import { callServer } from './command-client.ts';
import { makeDataFolder } from './files.ts';
import { type Answer, type Outlet, printAnswer, printRefusal, refusalOf } from './output.ts';
import { createProgram } from './program.ts';
import { commandSocketPath } from './protocol.ts';

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

/** Commands that wait for a job. The others begin none: it would be broken off when the answer is there. */
const NEEDS_WORKER: ReadonlySet<string> = new Set(['sync', 'snapshot']);

/** One call of the command line: what was typed after its name, the settings it runs under, and where it may write. */
export type CommandLine = { args: readonly string[]; environment: NodeJS.ProcessEnv; outlet: Outlet };

/**
 * Runs one call of `mfa-rollout` to its end and gives its exit code: 0 answered, 1 refused, 2 wrong usage. Never throws:
 * what goes wrong is told to the outlet, with --json as `{error:{code,message}}` on standard output.
 */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const { args, outlet } = line;
  const asJson = args.includes('--json');
  let exitCode = 0;
  const program = createProgram(
    {
      operate: (name, input) => operate(name, input, line),
      offline: answerFromFile,
      moveStore: (direction, file) => moveStore(direction, file, line.environment),
      print: (answer) => {
        exitCode = finish(answer, asJson, outlet);
      },
    },
    outlet,
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return finishUsage(error, asJson, outlet);
    const refusal = refusalOf(error);
    printRefusal(refusal, asJson, outlet);
    return refusal.code === 'usage' ? EXIT_USAGE : EXIT_REFUSED;
  }
}

/** Prints an answer. One with a refusal keeps its facts beside the error, since half an answer is better than none. */
function finish(answer: Answer, asJson: boolean, outlet: Outlet): number {
  if (answer.refusal === undefined) {
    printAnswer(answer, asJson, outlet);
    return 0;
  }
  const json = { error: answer.refusal, ...(answer.json as object) };
  printAnswer({ ...answer, json }, asJson, outlet);
  if (!asJson) printRefusal(answer.refusal, false, outlet);
  return EXIT_REFUSED;
}

/** What was wrong stands on standard error already; with --json it is told on standard output as every refusal is. */
function finishUsage(error: CommanderError, asJson: boolean, outlet: Outlet): number {
  if (error.exitCode === 0) return 0;
  const message = error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '');
  if (asJson) printRefusal({ code: 'usage', message }, true, outlet);
  return EXIT_USAGE;
}

async function answerFromFile(name: OfflineCommand, text: string, options: Record<string, unknown>): Promise<Answer> {
  if (name === 'report') {
    const { offlineReport } = await import('./report-commands.ts');
    return offlineReport(text, options);
  }
  const { answerOffline } = await import('./offline.ts');
  return answerOffline(name, text, options);
}

async function moveStore(
  direction: 'export' | 'import',
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<Answer> {
  const config = readConfig(environment);
  const { exportStoreTo, importStoreFrom } = await import('./store-commands.ts');
  const move = direction === 'export' ? exportStoreTo : importStoreFrom;
  return move(storeLocation(config), file, createLog(config.logLevel));
}

/** On the running server; without one the store is opened here, used and closed. */
async function operate(name: string, input: unknown, { args, environment, outlet }: CommandLine): Promise<Answer> {
  const config = readConfig(environment);
  const onProgress = (text: string) => {
    if (!args.includes('--json')) outlet.err(`… ${text}\n`);
  };
  const served = await callServer(commandSocketPath(config.dataDir), { name, input, onProgress });
  if (served.kind === 'answered') return served.value as Answer;
  makeDataFolder(config.dataDir);
  // Loaded here, since most commands are answered by the server or from a file and need not wait for the whole product.
  const [{ compose }, { createOperations }] = await Promise.all([import('../compose.ts'), import('./operations.ts')]);
  const app = await compose({
    location: storeLocation(config),
    clock: systemClock,
    isClockTurned: () => false,
    log: createLog(config.logLevel),
    environment,
    stopPoint: neverStop,
  });
  try {
    if (NEEDS_WORKER.has(name)) app.worker.start();
    return await createOperations(app, undefined).run(name, input, onProgress);
  } finally {
    await app.close();
  }
}
