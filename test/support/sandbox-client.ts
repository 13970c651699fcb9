import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { createManualClock, type ManualClock } from '../../src/lib/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { GraphObject, World } from '../../src/sandbox/world/world.ts';
import { buildWorld, READER, START_MS, TENANT_ID } from './sandbox-tenant.ts';

export type Reply = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The body as JSON, or what stands in it at a path such as `error/code` or `value/0/id`; throws when it is no JSON. */
  at(path?: string): unknown;
  /** The objects of a list in the body, `value` unless told otherwise. */
  rows(path?: string): GraphObject[];
};

type Ask = {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  headers?: Record<string, string>;
  body?: unknown;
};

/** A running sandbox on a clock that only moves when told, with short ways to call it. */
export type TestSandbox = Sandbox & {
  manual: ManualClock;
  dataDir: string;
  ask(url: string, given?: Ask): Promise<Reply>;
  /** Calls Graph as the reader of the first tenant; `path` begins with the version. */
  graph(path: string, given?: Ask & { token?: string }): Promise<Reply>;
  token(app?: { clientId: string; clientSecret: string }, tenantId?: string): Promise<string>;
  bamboo(path: string, given?: Ask & { key?: string }): Promise<Reply>;
  control(path: string, given?: Ask): Promise<Reply>;
  /** Stops it and removes its folder. */
  end(): Promise<void>;
};

/** Starts a sandbox for a test; the same folder can be given again to see what lasted. */
export async function startTestSandbox(
  world: World = buildWorld(),
  given: Partial<SandboxOptions> = {},
): Promise<TestSandbox> {
  const manual = createManualClock(START_MS);
  const dataDir = given.dataDir ?? mkdtempSync(join(tmpdir(), 'sandbox-'));
  const sandbox = await startSandbox({ dataDir, world, clock: manual, ...given });
  const agent = new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') } });
  const tokens = new Map<string, string>();
  const ask = async (url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Reply> => {
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const type = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' };
    const answer = await request(url, { dispatcher: agent, method, headers: { ...type, ...headers }, body: text });
    const answered = await answer.body.text();
    const at = (path = '') => valueAt(JSON.parse(answered) as unknown, path);
    const rows = (path = 'value') => at(path) as GraphObject[];
    return { status: answer.statusCode, headers: answer.headers, text: answered, at, rows };
  };
  const token = async (app = READER, tenantId = TENANT_ID) => {
    const reply = await ask(`${sandbox.urls.login}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: tokenForm(app),
    });
    return String(reply.at('access_token'));
  };
  return {
    ...sandbox,
    manual,
    dataDir,
    ask,
    token,
    async graph(path, { token: own, ...rest } = {}) {
      if (!tokens.has('reader')) tokens.set('reader', await token());
      const authorization = `Bearer ${own ?? tokens.get('reader') ?? ''}`;
      const url = path.startsWith('https:') ? path : `${sandbox.urls.graph}${path}`;
      return ask(url, { ...rest, headers: { authorization, ...rest.headers } });
    },
    bamboo(path, { key = 'key-of-contoso-example', ...rest } = {}) {
      const authorization = `Basic ${Buffer.from(`${key}:x`).toString('base64')}`;
      return ask(`${sandbox.urls.bamboohr}${path}`, { ...rest, headers: { authorization, ...rest.headers } });
    },
    control(path, rest = {}) {
      const authorization = `Bearer ${sandbox.controlToken}`;
      return ask(`${sandbox.urls.control}/_sandbox${path}`, { ...rest, headers: { authorization, ...rest.headers } });
    },
    async end() {
      await agent.destroy();
      await sandbox.stop();
      if (given.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The form of a client-credentials request for Graph. */
export function tokenForm(app: { clientId: string; clientSecret: string }): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: app.clientId,
    client_secret: app.clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  }).toString();
}

function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const step of path.split('/').filter((part) => part !== '')) {
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[step] : undefined;
  }
  return found;
}
