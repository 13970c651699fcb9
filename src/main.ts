/** Process entry of the product: reads the settings, composes, listens, and stops on a signal. */
import { mkdirSync } from 'node:fs';
import { type RunningServer, startServer } from './api/server.ts';
import { serveCommands } from './cli/command-server.ts';
import { createOperations } from './cli/operations.ts';
import { commandSocketPath } from './cli/protocol.ts';
import { type App, compose } from './compose.ts';
import { type Config, readConfig, storeLocation } from './config.ts';
import { type EmbeddedSandbox, startEmbeddedSandbox } from './embedded-sandbox.ts';
import { createOffsetClock, systemClock } from './lib/clock.ts';
import { AppError } from './lib/errors.ts';
import { createLog, type Log } from './lib/log.ts';
import { neverStop, stopAt } from './lib/stop-point.ts';
import { addSandboxCustomers } from './sandbox-customers.ts';

const startedAt = performance.now();

try {
  await start(readConfig(process.env));
} catch (error) {
  const text = error instanceof AppError ? (error.userMessage ?? error.message) : String(error);
  process.stderr.write(`mfa-rollout: ${text}\n`);
  process.exitCode = 1;
}

async function start(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  makeFolder(config.dataDir);
  const sandbox =
    config.sandbox === undefined
      ? undefined
      : await startEmbeddedSandbox({ dataDir: config.dataDir, sandbox: config.sandbox }, log);
  const closers: (() => Promise<void>)[] = [];
  if (sandbox !== undefined) closers.push(() => sandbox.stop());
  try {
    const app = await composeWith(config, sandbox, log);
    closers.unshift(() => app.close());
    if (sandbox !== undefined) await addSandboxCustomers(config.dataDir, sandbox, app.customers);
    const socket = commandSocketPath(config.dataDir);
    if (socket !== undefined) {
      const commands = await serveCommands(socket, createOperations(app, sandbox), log);
      closers.unshift(() => commands.close());
    }
    const server = await startServer(config.port, serverDeps());
    closers.unshift(() => server.close());
    app.worker.start();
    stopOnSignal(closers, log);
    process.stdout.write(welcome(server, sandbox, config));
  } catch (error) {
    for (const close of closers) await close();
    throw error;
  }
}

function composeWith(config: Config, sandbox: EmbeddedSandbox | undefined, log: Log): Promise<App> {
  return compose({
    location: storeLocation(config),
    clock: sandbox === undefined ? systemClock : createOffsetClock(() => sandbox.offsetMs()),
    isClockTurned: () => sandbox !== undefined && sandbox.offsetMs() !== 0,
    log,
    environment: process.env,
    stopPoint: config.stopAt === undefined ? neverStop : stopAt(config.stopAt),
  });
}

function serverDeps(): Parameters<typeof startServer>[1] {
  return {
    readiness: () => ({ ready: true }),
    metrics: () =>
      [
        '# TYPE process_resident_memory_bytes gauge',
        `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
        '# TYPE process_uptime_seconds gauge',
        `process_uptime_seconds ${process.uptime().toFixed(3)}`,
        '',
      ].join('\n'),
  };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    const userMessage = `The data folder ${path} cannot be made (${code}). Set DATA_DIR to a folder you may write to.`;
    throw new AppError('data_dir_unusable', userMessage, { userMessage });
  }
}

/** The first signal stops in order; a second one at once. */
function stopOnSignal(closers: (() => Promise<void>)[], log: Log): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('process.stopping', { signal });
    void closeAll(closers).then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers) await close();
}

function welcome(server: RunningServer, sandbox: EmbeddedSandbox | undefined, config: Config): string {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const megabytes = Math.round(process.memoryUsage.rss() / 1024 / 1024);
  const customer = sandbox?.customers[0];
  const next =
    customer === undefined
      ? ['npx mfa-rollout customers add FILE   add a customer', 'npx mfa-rollout --help               every command']
      : [
          `npx mfa-rollout sync                 read ${customer.name}'s HR and tenant (made up, all on this machine)`,
          'npx mfa-rollout roster               the master list: who is matched, who is not, who has MFA',
          'npx mfa-rollout exceptions           the accounts to carve out, each with its evidence',
        ];
  return [
    '',
    `MFA Rollout runs at ${server.url} (ready in ${seconds} s, ${megabytes} MB). Data: ${config.dataDir}`,
    ...(sandbox === undefined
      ? []
      : [`The sandbox plays Graph at ${sandbox.urls.graph} and BambooHR at ${sandbox.urls.bamboohr}`]),
    '',
    'Next, in a second terminal:',
    ...next.map((line, index) => `  ${index + 1}. ${line}`),
    '',
    'Stop with Ctrl+C.',
    '',
  ].join('\n');
}
