/** Process entry of the product: reads the settings, composes, listens, and stops on a signal. */
import { type RunningServer, startServer } from './api/server.ts';
import { serveCommands } from './cli/command-server.ts';
import { makeDataFolder } from './cli/files.ts';
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
  const text = error instanceof AppError ? error.sentence : String(error);
  process.stderr.write(`mfa-rollout: ${text}\n`);
  process.exitCode = 1;
}

async function start(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  makeDataFolder(config.dataDir);
  const closers: (() => Promise<void>)[] = [];
  let sandbox: EmbeddedSandbox | undefined;
  try {
    // The store comes first: its lock keeps a second server away from everything else in the data folder.
    const app = await composeWith(config, () => sandbox?.offsetMs() ?? 0, log);
    closers.push(() => app.close());
    if (config.sandbox !== undefined) {
      const started = await startEmbeddedSandbox({ dataDir: config.dataDir, sandbox: config.sandbox }, log);
      closers.push(() => started.stop());
      sandbox = started;
      await app.queue.showTime();
      await addSandboxCustomers(config.dataDir, started, app);
    }
    const commands = await serveCommands(commandSocketPath(config.dataDir), createOperations(app, sandbox), log);
    closers.unshift(() => commands.close());
    const server = await startServer(config.port, serverDeps());
    closers.unshift(() => server.close());
    app.worker.start();
    stopOnSignal(closers, log);
    process.stdout.write(welcome(server, sandbox, config));
  } catch (error) {
    // Why it does not start is told; what then cannot be closed either would only hide it.
    await closeAll(closers).catch(() => undefined);
    throw error;
  }
}

function composeWith(config: Config, offsetMs: () => number, log: Log): Promise<App> {
  return compose({
    location: storeLocation(config),
    clock: config.sandbox === undefined ? systemClock : createOffsetClock(offsetMs),
    isClockTurned: () => offsetMs() !== 0,
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

/** The first signal stops in order; a second one at once. */
function stopOnSignal(closers: (() => Promise<void>)[], log: Log): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('process.stopping', { signal });
    closeAll(closers).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('process.stop_failed', { error: String(error) });
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Closes all of them in order, also when one cannot be closed; then throws that one's error. */
async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) {
    await close().catch((error: unknown) => {
      failures.push(error);
    });
  }
  if (failures.length > 0) throw failures[0];
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
