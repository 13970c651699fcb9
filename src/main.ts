/** Process entry of the product: reads the settings, composes, listens, and stops on a signal. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type RunningServer, type ServerDeps, startServer } from './api/server.ts';
import { ensureTabBuilt } from './api/tab-build.ts';
import { serveCommands } from './cli/command-server.ts';
import { makeDataFolder } from './cli/files.ts';
import { createOperations } from './cli/operations.ts';
import { commandSocketPath } from './cli/protocol.ts';
import { type App, compose, SCHEDULES } from './compose.ts';
import { type Config, readConfig, storeLocation, type TeamsSettings } from './config.ts';
import { type EmbeddedSandbox, startEmbeddedSandbox } from './embedded-sandbox.ts';
import { createOffsetClock, systemClock } from './lib/clock.ts';
import { AppError } from './lib/errors.ts';
import { createLog, type Log } from './lib/log.ts';
import { neverStop, stopAt } from './lib/stop-point.ts';
import { createRoutes } from './routes.ts';
import { addSandboxCustomers, openDoors } from './sandbox-customers.ts';

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
    // Somebody's browser follows links to this port, so it has to be known before the first link is made.
    const port = await portOf(config);
    // The store comes first: its lock keeps a second server away from everything else in the data folder.
    const app = await composeWith(config, log, {
      offsetMs: () => sandbox?.offsetMs() ?? 0,
      teams: async () => {
        if (config.sandbox === undefined) return config.teams;
        const started = await startEmbeddedSandbox({ dataDir: config.dataDir, sandbox: config.sandbox }, log);
        closers.push(() => started.stop());
        sandbox = started;
        return started.teams(`http://127.0.0.1:${port}`);
      },
    });
    closers.unshift(() => app.close());
    if (sandbox !== undefined) await addSandboxCustomers(config.dataDir, sandbox, app);
    if (app.teams !== undefined) await ensureTabBuilt((line) => process.stdout.write(`${line}\n`));
    const commands = await serveCommands(commandSocketPath(config.dataDir), createOperations(app, sandbox), log);
    closers.unshift(() => commands.close());
    const { close: closeRoutes, ...routes } = createRoutes(app);
    closers.unshift(closeRoutes);
    const server = await startServer(port, { ...serverDeps(log), ...routes, host: config.host });
    closers.unshift(() => server.close());
    await sandbox?.tellBot(`${server.url}/api/messages`);
    app.worker.start();
    stopOnSignal(closers, log);
    process.stdout.write(welcome(server, sandbox, config));
    if (sandbox !== undefined) await openDoors(app, sandbox);
  } catch (error) {
    // Why it does not start is told; what then cannot be closed either would only hide it.
    await closeAll(closers).catch(() => undefined);
    throw error;
  }
}

type Outside = { offsetMs(): number; teams(): Promise<TeamsSettings | undefined> };

function composeWith(config: Config, log: Log, { offsetMs, teams }: Outside): Promise<App> {
  return compose({
    location: storeLocation(config),
    clock: config.sandbox === undefined ? systemClock : createOffsetClock(offsetMs),
    isClockTurned: () => offsetMs() !== 0,
    log,
    environment: process.env,
    stopPoint: config.stopAt === undefined ? neverStop : stopAt(config.stopAt),
    teams,
    schedules: SCHEDULES,
  });
}

/** The port that was asked for; with 0 one that is free at this moment. */
async function portOf({ port }: Config): Promise<number> {
  if (port !== 0) return port;
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return free;
}

function serverDeps(log: Log): ServerDeps {
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
    log,
  };
}

/** One press of Ctrl+C arrives more than once: the terminal tells everybody, and each launcher tells its child. */
const SAME_PRESS_MS = 1000;

/** The first signal stops in order; a later one at once. */
function stopOnSignal(closers: (() => Promise<void>)[], log: Log): void {
  let since: number | undefined;
  const stop = (signal: string) => {
    if (since !== undefined) {
      if (performance.now() - since > SAME_PRESS_MS) process.exit(1);
      return;
    }
    since = performance.now();
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
  // Whoever started the launcher believes the server gone once the launcher is.
  process.once('disconnect', () => {
    stop('launcher gone');
  });
  process.channel?.unref();
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
  return [
    '',
    `MFA Rollout runs at ${server.url} (ready in ${seconds} s, ${megabytes} MB). Data: ${config.dataDir}`,
    ...(sandbox === undefined ? commandsFirst() : clicksFirst(sandbox)),
    '',
    'Stop with Ctrl+C.',
    '',
  ].join('\n');
}

function commandsFirst(): string[] {
  return [
    '',
    'Next, in a second terminal:',
    '  1. npx mfa-rollout customers add FILE   add a customer',
    '  2. npx mfa-rollout customers check      see which permission or endpoint is missing',
    '  3. npx mfa-rollout --help               every command',
  ];
}

function clicksFirst({ urls, customers }: EmbeddedSandbox): string[] {
  const [first] = customers;
  return [
    'The sandbox plays Microsoft 365, HR, mail and tickets on this machine; nothing leaves it, and all people are made up.',
    '',
    `Open this page, which plays Teams:  ${urls.standIn}`,
    `  1. Sign in as the approver of ${first?.name ?? 'the customer'}. #it-support fills within a minute: press "Review and sign", then "Sign these … exceptions".`,
    '  2. At the top right sign in as the engineer. In the chat with MFA Rollout press "Add MFA Rollout", write "status", press "Policy draft" and approve it.',
    '  3. Sign in as the employee and ask in #it-support: "Do I have to use my private phone?" The tab MFA Rollout on the left shows the whole rollout.',
    '',
    'In a second terminal: npx mfa-rollout roster, exceptions, status, --help',
  ];
}
