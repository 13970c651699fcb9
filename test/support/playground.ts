/**
 * Microsoft's test client for bots as an outside judge of ours: a program of its own, driven in a browser. Its routes
 * and its page are not documented; everything that is known about them, from watching its traffic, stands in this file.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { stringify } from 'yaml';

export type Json = { [key: string]: unknown };

/** Somebody as the client knows people; the bot sees both ids. */
export type Person = { id: string; objectId: string; name: string };

export type PlaygroundWishes = {
  /** Where the client sends activities. */
  endpoint: string;
  tenantId: string;
  botId: string;
  /** Whose client it is; there is one person at it. */
  me: Person;
  /** Others of the same tenant. */
  others?: readonly Person[];
};

export type Playground = {
  url: string;
  /** Origin of its connector, for the bot's list of known ones. */
  origin: string;
  /** Presses a button for somebody; gives what the bot answered. */
  press(given: { by: Person; conversationId: string; replyToId: string; verb: string; data: Json }): Promise<Json>;
  /** Delivers a message that does not name the bot, as Teams does when the app may read its channel. */
  overhear(given: { by: Person; text: string; threadId: string }): Promise<void>;
  /** Puts a card into the person's own chat as if the bot had written it long ago. */
  leaveCard(card: Json): Promise<void>;
  stop(): Promise<void>;
};

export const CHANNEL = { id: '19:it-support@thread.tacv2', name: 'it-support' };
const TEAM = { id: '19:contoso@thread.tacv2', name: 'Contoso', aadGroupId: '0b0a50de-6666-4000-8000-000000000006' };
const PERSONAL_CHAT = 'a:personal-chat';

/** The program refuses a configuration with any other number. */
const USERS = 5;
const READY_MS_MAX = 30_000;

/** Somebody made up. */
export function person(name: string): Person {
  const objectId = randomUUID();
  return { id: `29:${objectId}`, objectId, name };
}

/** Starts the client in a folder of its own and waits until it answers. */
export async function startPlayground(wishes: PlaygroundWishes): Promise<Playground> {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-playground-'));
  writeFileSync(join(folder, '.m365agentsplayground.yml'), stringify(configurationOf(wishes)));
  const origin = `http://127.0.0.1:${await freePort()}`;
  const child = startProgram({ folder, origin, endpoint: wishes.endpoint });
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await awaitReady(child, { origin, folder });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `${origin}/`, origin, stop, ...routesOf(origin, wishes) };
}

function configurationOf({ tenantId, botId, me, others = [] }: PlaygroundWishes): Json {
  const strangers = Array.from({ length: USERS - others.length }, (_none, index) => person(`Colleague ${index + 1}`));
  return {
    version: '0.1.0',
    tenantId,
    bot: { id: botId, name: 'MFA Rollout' },
    currentUser: userOf(me),
    users: [...others, ...strangers].map(userOf),
    personalChat: { id: PERSONAL_CHAT },
    groupChat: { id: '19:group@thread.v2', name: 'Everybody' },
    team: { ...TEAM, channels: [CHANNEL] },
  };
}

function userOf({ id, objectId, name }: Person): Json {
  const [givenName = name, surname = ''] = name.split(' ');
  const email = `${givenName}.${surname}@contoso.example`.toLowerCase();
  // The misspelt key is the one that is asked for.
  return { id, aadObjectId: objectId, name, givenName, surname, email, userPrincipleName: email };
}

function startProgram(given: { folder: string; origin: string; endpoint: string }): ChildProcess {
  const require = createRequire(import.meta.url);
  const program = join(dirname(require.resolve('@microsoft/m365agentsplayground/package.json')), 'cli.js');
  const guard = fileURLToPath(new URL('loopback-only.ts', import.meta.url));
  const options = {
    '-e': given.endpoint,
    '-c': 'msteams',
    '-p': new URL(given.origin).port,
    '--service-url': `${given.origin}/_connector`,
  };
  const args = ['--import', guard, program, 'start', ...Object.entries(options).flat(), '--disable-telemetry'];
  const child = spawn(process.execPath, args, {
    cwd: given.folder,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, HOME: given.folder, BROWSER: 'none' },
  });
  // A test run that breaks off must not leave it behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<unknown>((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The program says that it listens before it has read its configuration; only the ping tells that it works. */
async function awaitReady(child: ChildProcess, { origin, folder }: { origin: string; folder: string }): Promise<void> {
  const late = AbortSignal.timeout(READY_MS_MAX);
  while (!late.aborted && child.exitCode === null) {
    const answer = await fetch(`${origin}/_debug/ping`, { signal: late }).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(50);
  }
  const log = join(folder, 'devTools', 'm365agentsplayground.log');
  throw new Error(`the test client does not answer: ${existsSync(log) ? readFileSync(log, 'utf8') : 'no log'}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}

function routesOf(origin: string, wishes: PlaygroundWishes): Pick<Playground, 'press' | 'overhear' | 'leaveCard'> {
  const post = async (path: string, body: Json): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the test client answered ${answer.status} to ${path}: ${text}`);
    return text;
  };
  return {
    press: async ({ by, conversationId, replyToId, verb, data }) => {
      const value = { action: { type: 'Action.Execute', verb, data }, trigger: 'manual' };
      const from = { id: by.id };
      const conversation = { id: conversationId };
      const name = 'adaptiveCard/action';
      return JSON.parse(await post('/_conversation/v1/invoke', { name, value, from, conversation, replyToId })) as Json;
    },
    overhear: async ({ by, text, threadId }) => {
      await post('/_internal/v1/customActivities', {
        type: 'message',
        id: randomUUID(),
        text,
        textFormat: 'plain',
        locale: 'en-US',
        channelId: 'msteams',
        serviceUrl: `${origin}/_connector`,
        from: { id: by.id, aadObjectId: by.objectId, name: by.name },
        recipient: { id: wishes.botId, name: 'MFA Rollout' },
        conversation: { conversationType: 'channel', isGroup: true, id: threadId, tenantId: wishes.tenantId },
        channelData: { tenant: { id: wishes.tenantId }, team: TEAM, channel: CHANNEL },
      });
    },
    leaveCard: async (card) => {
      const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }];
      const from = { id: wishes.botId };
      await post(`/_connector/v3/conversations/${PERSONAL_CHAT}/activities`, { type: 'message', from, attachments });
    },
  };
}

/** The client's page as its person uses it. */
export type Client = {
  page: Page;
  openChannel(): Promise<void>;
  /** The chat between the person and the bot. */
  openChat(): Promise<void>;
  /** Begins a thread in the open channel with a message that names the bot. */
  ask(text: string): Promise<void>;
  /** Writes into the open chat. */
  say(text: string): Promise<void>;
  /** The thread in the open channel that holds a text. */
  thread(text: string): Locator;
  /** The cards in a place, the oldest first. */
  cards(within?: Locator): Locator;
  close(): Promise<void>;
};

const WAIT_MS_MAX = 15_000;

/** Opens the client's page. Only this machine is reached from it: the page would ask for fonts elsewhere. */
export async function openPlayground(browser: Browser, { url }: Playground, me: Person): Promise<Client> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1100 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(WAIT_MS_MAX);
  await context.route(
    (address) => address.hostname !== '127.0.0.1',
    (route) => route.abort(),
  );
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  // Until its configuration is there, the page shows somebody called "Me".
  await page.getByText(me.name).first().waitFor();
  await page.getByRole('button', { name: 'Hide log panel' }).click();
  const post = page.getByRole('button', { name: 'Post', exact: true });
  return {
    page,
    openChannel: async () => {
      await page.getByRole('treeitem', { name: CHANNEL.name }).click();
      await post.waitFor();
    },
    openChat: async () => {
      await page.getByRole('treeitem', { name: 'Personal Chat' }).click();
      await post.waitFor({ state: 'hidden' });
    },
    ask: async (text) => {
      await page.getByRole('textbox').first().click();
      await page.keyboard.type('@');
      // Chosen with the mouse: the Enter key would post what was typed so far.
      await page.getByRole('menuitem', { name: 'MFA Rollout' }).click();
      await page.keyboard.type(` ${text}`);
      await post.click();
    },
    say: async (text) => {
      await page.getByRole('textbox').click();
      await page.keyboard.type(text);
      await page.getByRole('button', { name: 'Send Message' }).click();
    },
    thread: (text) => page.getByRole('group').filter({ hasText: text }),
    cards: (within) => (within ?? page).locator('.ac-adaptiveCard'),
    close: () => context.close(),
  };
}
