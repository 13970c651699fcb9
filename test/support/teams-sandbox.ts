/** A sandbox with a generated customer, and a tiny bot of the test that notes what Teams tells it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { type SetUp, setUpsOf } from '../../src/sandbox/set-up.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { type Reply, startTestSandbox, type TestSandbox } from './sandbox-client.ts';

/** As much of an activity as tests look into. */
export type Activity = GraphObject & {
  conversation?: { id: string };
  value?: { trigger?: string };
};

export type HeardActivity = { activity: Activity; claims: GraphObject; token: string };

export type FakeBot = {
  heard: HeardActivity[];
  /** Answers from now on: an HTTP status and a body. */
  answer: { status: number; body: unknown };
  endpoint: string;
  stop(): Promise<void>;
};

/** Starts the bot on loopback. */
export async function startFakeBot(): Promise<FakeBot> {
  const heard: HeardActivity[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      const activity = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Activity;
      heard.push({ activity, claims: decodeJwt(token), token });
      response.writeHead(bot.answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(bot.answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const bot: FakeBot = {
    heard,
    answer: { status: 200, body: {} },
    endpoint: `http://127.0.0.1:${port}/api/messages`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return bot;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type TeamsSandbox = TestSandbox & {
  setUp: SetUp;
  bot: FakeBot;
  /** Calls the connector as the bot; `path` begins with `/v3`. The clock turns before it, so that no limit speaks. */
  send(call: string, body?: unknown, given?: { token?: string; stand?: boolean }): Promise<Reply>;
  /** Installs the app with the customer's team or with a person, and waits until the bot knows. */
  install(holder: { team: string } | { user: string }): Promise<void>;
  /** Does something as a person through the control interface. */
  as(userId: string, what: string, body?: unknown): Promise<Reply>;
  botToken(tenantId?: string): Promise<string>;
  end(): Promise<void>;
};

/** Starts sandbox and bot; the bot's address is told as the product would tell it. */
export async function startTeamsSandbox(
  given: Partial<SandboxOptions> & { seed?: number } = {},
): Promise<TeamsSandbox> {
  const { seed = 5, ...options } = given;
  const { world } = generateWorld({ name: 'reference', seed, size: 100, startsAt: '2026-03-02T08:00:00Z' });
  const sandbox = await startTestSandbox(world, options);
  const [setUp] = setUpsOf(sandbox.begun, () => NOTHING, sandbox.urls.connector);
  if (setUp === undefined) throw new Error('the world has a customer');
  const bot = await startFakeBot();
  await sandbox.control('/teams/bot', { method: 'POST', body: { endpoint: bot.endpoint } });
  const botToken = async (tenantId = sandbox.app.homeTenantId) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: sandbox.app.appId,
      client_secret: sandbox.app.appSecret,
      scope: 'https://api.botframework.com/.default',
    });
    const reply = await sandbox.ask(`${sandbox.urls.login}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    return String(reply.at('access_token'));
  };
  let own = { token: await botToken(), at: sandbox.manual.now() };
  const ownToken = async () => {
    if (sandbox.manual.now() - own.at > TOKEN_MS) own = { token: await botToken(), at: sandbox.manual.now() };
    return own.token;
  };
  const people = `/tenants/${setUp.tenantId}/people`;
  return {
    ...sandbox,
    setUp,
    bot,
    botToken,
    async send(call, body, { token, stand = false } = {}) {
      if (!stand) sandbox.manual.advance(1500);
      const [method, path = ''] = call.split(' ');
      const asked = { method: method as Method, headers: { authorization: `Bearer ${token ?? (await ownToken())}` } };
      const url = `${setUp.teams.connectorUrl.slice(0, -1)}${path}`;
      return sandbox.ask(url, body === undefined ? asked : { ...asked, body });
    },
    async install(holder) {
      const app = [...(sandbox.state.tenants.get(setUp.tenantId)?.kept.teamsApps.values() ?? [])].find(
        ({ externalId }) => externalId === sandbox.app.teamsAppId,
      );
      const bind = { 'teamsApp@odata.bind': `https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/${app?.id ?? ''}` };
      const path = 'team' in holder ? `/teams/${holder.team}` : `/users/${holder.user}/teamwork`;
      const token = await sandbox.token(
        { clientId: sandbox.app.appId, clientSecret: sandbox.app.appSecret },
        setUp.tenantId,
      );
      const reply = await sandbox.graph(`/v1.0${path}/installedApps`, { method: 'POST', token, body: bind });
      if (reply.status !== 201) throw new Error(`installing failed: ${reply.text}`);
      await sandbox.teams.link.idle();
    },
    as: (userId, what, body) =>
      sandbox.control(`${people}/${userId}/${what}`, body === undefined ? {} : { method: 'POST', body }),
    async end() {
      await bot.stop();
      await sandbox.end();
    },
  };
}

/** Before a token of an hour ends, the bot gets another one. */
const TOKEN_MS = 3_000_000;

const NOTHING = { breakGlass: [], serviceAccounts: [], exceptionGroupId: null, breakGlassGroupId: null };
