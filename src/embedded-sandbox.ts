import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { Config, TeamsSettings } from './config.ts';
import { AppError } from './lib/errors.ts';
import type { Log } from './lib/log.ts';

/** What the sandbox prints when it answers. */
const readyLine = z.looseObject({
  ready: z.literal(true),
  urls: z.looseObject({
    ...{ login: z.url(), graph: z.url(), bamboohr: z.url(), workday: z.url(), gmail: z.url(), googleToken: z.url() },
    ...{ connectwise: z.url(), connector: z.url(), standIn: z.url(), control: z.url() },
  }),
  caFile: z.string(),
  controlTokenFile: z.string(),
  /** The made-up customers: what an engineer would be told when setting them up. */
  customersFile: z.string(),
  googleKeyFile: z.string(),
  /** The service provider's application: the bot, the tab's sign-in and the app in Teams. */
  app: z.object({
    ...{ appId: z.string(), appSecret: z.string(), homeTenantId: z.string() },
    ...{ openIdMetadataUrl: z.string(), loginUrl: z.string(), teamsAppId: z.string() },
  }),
});

const person = z.object({ tenantId: z.string(), objectId: z.string(), displayName: z.string() });

/** What the sandbox writes about its made-up customers. */
export const sandboxCustomers = z.array(
  z.object({
    name: z.string(),
    tenantId: z.string(),
    timeZone: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    writer: z.object({ clientId: z.string(), clientSecret: z.string() }),
    hr: z.enum(['bamboohr', 'workday']),
    bamboohr: z.object({ company: z.string(), apiKey: z.string() }),
    workday: z.object({
      tenant: z.string(),
      owner: z.string(),
      report: z.string(),
      userName: z.string(),
      password: z.string(),
    }),
    gmail: z.object({ mailbox: z.string() }),
    connectwise: z.object({
      ...{ company: z.string(), publicKey: z.string(), privateKey: z.string(), clientId: z.string() },
      ...{ customer: z.string(), serviceBoard: z.string(), projectBoard: z.string() },
    }),
    teams: z.object({ teamId: z.string(), connectorUrl: z.string() }),
    people: z.object({ engineer: person, approver: person, helpdesk: person }),
    declared: z.object({
      breakGlass: z.array(z.string()),
      serviceAccounts: z.array(z.string()),
      exceptionGroupId: z.string().nullable(),
      breakGlassGroupId: z.string().nullable(),
    }),
  }),
);

const clockAnswer = z.looseObject({ offsetMs: z.number() });

export type SandboxCustomer = z.infer<typeof sandboxCustomers>[number];

/** The sandbox as the product's process sees it: another process, reached over HTTPS. */
export type EmbeddedSandbox = {
  urls: z.infer<typeof readyLine>['urls'];
  caFile: string;
  customers: SandboxCustomer[];
  googleKeyFile: string;
  app: z.infer<typeof readyLine>['app'];
  /** What bot and tab need to know to talk to this sandbox, once it is known where people's browsers reach them. */
  teams(publicUrl: string): TeamsSettings;
  /** Tells Teams where the bot answers. */
  tellBot(endpoint: string): Promise<void>;
  /** Lets somebody of a made-up customer sign in at the admin portal now. */
  signIn(tenantId: string, userId: string): Promise<void>;
  /** How far the sandbox's clock stands ahead of the machine's. */
  offsetMs(): number;
  /** Turns the sandbox's clock on, and this process's with it. */
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
};

/** Folder of the sandbox inside the data folder. */
export const SANDBOX_FOLDER = 'sandbox';

/**
 * Starts the sandbox as a process of its own and resolves when it answers. It ends with this process, however this one
 * ends, and keeps its state. Rejects with `sandbox_failed` and what it said last.
 */
export async function startEmbeddedSandbox(
  { dataDir, sandbox }: { dataDir: string; sandbox: NonNullable<Config['sandbox']> },
  log: Log,
): Promise<EmbeddedSandbox> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'sandbox', 'main.ts'),
      ...['--data-dir', join(dataDir, SANDBOX_FOLDER), '--port', String(sandbox.port), '--world', sandbox.world],
      ...['--seed', String(sandbox.seed), '--size', String(sandbox.size)],
      ...['--hr', sandbox.hr, '--stop-with-input'],
      ...(sandbox.life ? ['--life'] : []),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const ready = await readyOf(child);
  let isStopping = false;
  child.once('exit', (code) => {
    if (!isStopping) log.warn('sandbox.ended', { code });
  });
  const agent = new Agent({ connect: { ca: readFileSync(ready.caFile, 'utf8') } });
  const token = readFileSync(ready.controlTokenFile, 'utf8').trim();
  const control = (path: string, body?: unknown) =>
    request(`${ready.urls.control}/_sandbox/${path}`, {
      dispatcher: agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw sandboxGone(error);
    });
  const clock = async (body?: unknown) => {
    const answer = await control('clock', body);
    const parsed = clockAnswer.safeParse(await answer.body.json());
    if (!parsed.success) throw clockRefused();
    return parsed.data.offsetMs;
  };
  let offsetMs = await clock();
  return {
    urls: ready.urls,
    caFile: ready.caFile,
    customers: sandboxCustomers.parse(JSON.parse(readFileSync(ready.customersFile, 'utf8'))),
    googleKeyFile: ready.googleKeyFile,
    app: ready.app,
    teams: (publicUrl) => teamsOf(ready, publicUrl),
    tellBot: async (endpoint) => {
      const answer = await control('teams/bot', { endpoint });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw sandboxGone(`it answered ${answer.statusCode}`);
    },
    signIn: async (tenantId, userId) => {
      const answer = await control(`tenants/${tenantId}/signIns/attempts`, [{ ...ADMIN_PORTAL, userId }]);
      await answer.body.dump();
      if (answer.statusCode >= 300) throw sandboxGone(`it answered ${answer.statusCode}`);
    },
    offsetMs: () => offsetMs,
    advance: async (advanceMs) => {
      if (advanceMs > ADVANCE_MS_MAX) throw clockRefused();
      offsetMs = await clock({ advanceMs });
    },
    stop: async () => {
      isStopping = true;
      await agent.destroy();
      await stopChild(child);
    },
  };
}

function teamsOf({ urls, app, caFile }: z.infer<typeof readyLine>, publicUrl: string): TeamsSettings {
  const { appId, appSecret, homeTenantId, openIdMetadataUrl, loginUrl } = app;
  return {
    ...{ appId, appSecret, homeTenantId, openIdMetadataUrl, loginUrl },
    connectorHosts: [new URL(urls.connector).host],
    firstServiceUrl: `${urls.connector}/emea/{tenantId}/`,
    publicUrl,
    standInOrigin: new URL(urls.standIn).origin,
    caFile,
  };
}

const ADMIN_PORTAL = {
  ...{ appId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', appName: 'Azure Portal', client: 'Browser' },
  isInteractive: true,
};

/** A clock turned beyond what a date can hold could not be turned back; no rollout lasts so long. */
const ADVANCE_MS_MAX = 3_660 * 24 * 3_600_000;

function sandboxGone(cause: unknown): AppError {
  const userMessage = 'The sandbox does not answer. Stop the server and start it again: both keep their state.';
  return new AppError('sandbox_gone', userMessage, { userMessage, cause });
}

function clockRefused(): AppError {
  const userMessage = 'The sandbox refuses to turn its clock that far. Take a shorter time, for example 24h.';
  return new AppError('clock_refused', userMessage, { userMessage });
}

async function readyOf(child: ChildProcess): Promise<z.infer<typeof readyLine>> {
  let said = '';
  let isReady = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (isReady) process.stderr.write(text);
    else said += text;
  });
  const line = await new Promise<string | undefined>((resolve) => {
    if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => {
      resolve(undefined);
    });
    child.once('error', () => {
      resolve(undefined);
    });
  });
  if (line !== undefined) {
    isReady = true;
    process.stderr.write(said);
    return readyLine.parse(JSON.parse(line));
  }
  throw new AppError('sandbox_failed', 'the sandbox ended before it answered', {
    userMessage: `The sandbox did not start: ${reasonOf(said)}`,
  });
}

/** The sentence in what a process said before it ended: its own, or that of the error which ended it. */
function reasonOf(said: string): string {
  const sentence = /^(?:sandbox|[A-Za-z]*Error): (.+)$/m.exec(said)?.[1] ?? said.trim();
  if (sentence.includes('database is locked')) {
    return 'another running copy uses its folder. Stop that copy first, or give this one another folder with DATA_DIR.';
  }
  return sentence === '' ? 'it said nothing' : sentence;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
