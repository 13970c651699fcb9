/** The bot over real HTTP: activities signed by a key of the test, and a small connector that notes what the bot writes. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { startServer } from '../../src/api/server.ts';
import type { App } from '../../src/compose.ts';
import type { TeamsSettings } from '../../src/config.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';

export const APP_ID = '0b0a50de-1111-4000-8000-000000000001';
export const HOME_TENANT = '0b0a50de-2222-4000-8000-000000000002';
export const CHANNEL = '19:helpdesk@thread.tacv2';

export type Json = { [key: string]: unknown };
export type Wrote = { method: string; path: string; body: Json; authorization: string };

/** One answer of the connector instead of the usual one. */
export type Fault = { status: number; headers?: Record<string, string>; body?: unknown; isTaken?: boolean };

export type Bench = {
  url: string;
  settings: TeamsSettings;
  wrote: Wrote[];
  /** Answers the next writing calls, in order. */
  faults: Fault[];
  tokens: number;
  /** A channel token for an activity; single facts can be made wrong. */
  sign(activity: Json, wrong?: Wrong): Promise<string>;
  stop(): Promise<void>;
};

export type Wrong = Partial<{
  audience: string;
  issuer: string;
  expiresIn: string;
  serviceUrl: string;
  kid: string;
  key: 'foreign';
}>;

/** Starts login, keys and connector on loopback, as one server. */
export async function startBench(): Promise<Bench> {
  const own = await generateKeyPair('RS256');
  const foreign = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'test-key', endorsements: ['msteams'] };
  const wrote: Wrote[] = [];
  const faults: Fault[] = [];
  const bench = { wrote, faults, tokens: 0 };
  const answer = (method: string, path: string, body: Json, authorization: string): Fault => {
    if (path === '/keys') return { status: 200, body: { keys: [jwk] } };
    if (path === '/metadata') return { status: 200, body: { jwks_uri: `${origin()}/keys` } };
    if (path.endsWith('/oauth2/v2.0/token')) {
      bench.tokens += 1;
      return { status: 200, body: { access_token: `bot-token-${bench.tokens}`, expires_in: 3600 } };
    }
    const fault = faults.shift();
    if (fault === undefined || fault.isTaken === true) wrote.push({ method, path, body, authorization });
    if (fault !== undefined) return fault;
    const id = `m${wrote.length}`;
    if (path !== '/v3/conversations') return { status: 200, body: { id } };
    const channel = (body.channelData as { channel?: { id: string } } | undefined)?.channel;
    return channel === undefined
      ? { status: 201, body: { id: `a:chat-${(body.members as { id: string }[])[0]?.id}` } }
      : { status: 201, body: { id: `${channel.id};messageid=${id}`, activityId: id } };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const body = text.startsWith('{') ? (JSON.parse(text) as Json) : {};
      const path = decodeURIComponent((request.url ?? '').replace(/^\/teams/, ''));
      const made = answer(request.method ?? '', path, body, request.headers.authorization ?? '');
      response.writeHead(made.status, { 'content-type': 'application/json', ...made.headers });
      response.end(JSON.stringify(made.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(bench, {
    url: `${origin()}/teams/`,
    settings: {
      appId: APP_ID,
      appSecret: 'a-secret-of-the-test',
      homeTenantId: HOME_TENANT,
      loginUrl: origin(),
      openIdMetadataUrl: `${origin()}/metadata`,
      connectorHosts: [origin()],
      publicUrl: 'https://mfa.example.com',
    },
    sign: async (activity: Json, wrong: Wrong = {}) => {
      const token = new SignJWT({ serviceurl: wrong.serviceUrl ?? activity.serviceUrl })
        .setProtectedHeader({ alg: 'RS256', kid: wrong.kid ?? 'test-key' })
        .setIssuer(wrong.issuer ?? 'https://api.botframework.com')
        .setAudience(wrong.audience ?? APP_ID)
        .setIssuedAt()
        .setExpirationTime(wrong.expiresIn ?? '5m');
      return token.sign(wrong.key === 'foreign' ? foreign.privateKey : own.privateKey);
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

export type Heard = { status: number; text: string; body: Json };

/** A running product server with the bot behind /api/messages. */
export async function startBotServer(app: App, bench: Bench) {
  if (app.bot === undefined) throw new Error('this product has no bot');
  const server = await startServer(0, {
    readiness: () => ({ ready: true }),
    metrics: () => '',
    messages: app.bot.handle,
  });
  const send = async (activity: unknown, headers: Record<string, string>): Promise<Heard> => {
    const response = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(activity),
    });
    const text = await response.text();
    return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Json) : {} };
  };
  return {
    url: server.url,
    send,
    /** Posts an activity as Teams does: with a good token. */
    post: async (activity: Json, wrong?: Wrong) =>
      send(activity, { authorization: `Bearer ${await bench.sign(activity, wrong)}` }),
    close: () => server.close(),
  };
}

export type Sender = { tenantId: string; objectId: string; name?: string };

/** An activity of a person; what does not matter has a likely value. */
export function activity(bench: Bench, sender: Sender, parts: Json & { where?: 'personal' | 'channel' } = {}): Json {
  const { where = 'personal', ...rest } = parts;
  const conversation =
    where === 'personal'
      ? { conversationType: 'personal', id: `a:chat-${sender.objectId}`, tenantId: sender.tenantId }
      : { conversationType: 'channel', isGroup: true, id: `${CHANNEL};messageid=1001`, tenantId: sender.tenantId };
  return {
    channelId: 'msteams',
    serviceUrl: bench.url,
    id: `f:${randomUUID()}`,
    type: 'message',
    from: { id: `29:${sender.objectId}`, name: sender.name ?? 'Alex Example', aadObjectId: sender.objectId },
    recipient: { id: `28:${APP_ID}`, name: 'MFA Rollout' },
    conversation,
    channelData: {
      tenant: { id: sender.tenantId },
      ...(where === 'channel' ? { channel: { id: CHANNEL }, team: { id: '19:team@thread.tacv2' } } : {}),
    },
    ...rest,
  };
}

/** The press of a button, or a refresh. */
export function press(
  bench: Bench,
  sender: Sender,
  given: { verb: string; data: Json; trigger?: 'manual' | 'automatic'; where?: 'personal' | 'channel' },
): Json {
  const { verb, data, trigger = 'manual', where = 'channel' } = given;
  return activity(bench, sender, {
    where,
    type: 'invoke',
    name: 'adaptiveCard/action',
    replyToId: 'm1',
    value: { action: { type: 'Action.Execute', verb, data }, trigger },
  });
}

/** Adds a customer whose systems are never asked. */
export async function addQuietCustomer(app: App, tenantId: string = randomUUID()): Promise<Customer> {
  const file = {
    version: 1,
    name: `Contoso ${tenantId.slice(0, 8)}`,
    tenantId,
    timeZone: 'Europe/Berlin',
    graph: { clientId: randomUUID(), clientSecret: 'env:NOTHING' },
    hr: { source: 'bamboohr', company: 'contoso', apiKey: 'env:NOTHING' },
  };
  const settings = parseCustomerFile(JSON.stringify(file), 'customer.yaml');
  return (await app.customers.add(settings, { kind: 'test' })).customer;
}
