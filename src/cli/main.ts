/** Process entry of the command line `mfa-rollout`. */
import { CommanderError } from 'commander';
import { readConfig, storeLocation } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { neverStop } from '../lib/stop-point.ts';
import { callServer } from './command-client.ts';
import { makeDataFolder } from './files.ts';
import { type Answer, printAnswer, printRefusal, refusalOf } from './output.ts';
import { createProgram } from './program.ts';
import { commandSocketPath } from './protocol.ts';

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

/** Commands that wait for a job. The others begin none: it would be broken off when the answer is there. */
const NEEDS_WORKER: ReadonlySet<string> = new Set(['sync', 'snapshot']);

const asJson = process.argv.includes('--json');
// Somebody who has read enough (`| head`) closes the pipe, which is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await run();

async function run(): Promise<number> {
  let exitCode = 0;
  const program = createProgram({
    operate,
    offline: async (name, text, options) => {
      if (name === 'report') {
        const { offlineReport } = await import('./report-commands.ts');
        return offlineReport(text, options);
      }
      const { answerOffline } = await import('./offline.ts');
      return answerOffline(name, text, options);
    },
    moveStore,
    print: (answer) => {
      exitCode = finish(answer);
    },
  });
  try {
    await program.parseAsync(process.argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return finishUsage(error);
    const refusal = refusalOf(error);
    printRefusal(refusal, asJson);
    return refusal.code === 'usage' ? EXIT_USAGE : EXIT_REFUSED;
  }
}

/** Prints an answer. One with a refusal keeps its facts beside the error, since half an answer is better than none. */
function finish(answer: Answer): number {
  if (answer.refusal === undefined) {
    printAnswer(answer, asJson);
    return 0;
  }
  const json = { error: answer.refusal, ...(answer.json as object) };
  printAnswer({ ...answer, json }, asJson);
  if (!asJson) printRefusal(answer.refusal, false);
  return EXIT_REFUSED;
}

/** What was wrong stands on standard error already; with --json it is told on standard output as every refusal is. */
function finishUsage(error: CommanderError): number {
  if (error.exitCode === 0) return 0;
  const message = error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '');
  if (asJson) printRefusal({ code: 'usage', message }, true);
  return EXIT_USAGE;
}

async function moveStore(direction: 'export' | 'import', file: string): Promise<Answer> {
  const config = readConfig(process.env);
  const { exportStoreTo, importStoreFrom } = await import('./store-commands.ts');
  const move = direction === 'export' ? exportStoreTo : importStoreFrom;
  return move(storeLocation(config), file, createLog(config.logLevel));
}

/** On the running server; without one the store is opened here, used and closed. */
async function operate(name: string, input: unknown): Promise<Answer> {
  const config = readConfig(process.env);
  const onProgress = (text: string) => {
    if (!asJson) process.stderr.write(`… ${text}\n`);
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
    environment: process.env,
    stopPoint: neverStop,
  });
  try {
    if (NEEDS_WORKER.has(name)) app.worker.start();
    return await createOperations(app, undefined).run(name, input, onProgress);
  } finally {
    await app.close();
  }
}
