import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { startWriter, type Writer } from '../support/graph-writer.ts';
import { buildUser, idOf, TENANT_ID } from '../support/sandbox-tenant.ts';

const MINUTE_MS = 60_000;
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Notice = Record<string, unknown>;
type Receiver = { url: string; notices: Notice[]; next(count: number): Promise<Notice[]> };
type Handler = (token: string | null, response: ServerResponse) => void;

/** In two steps: a server of this process may have taken the chaining away from all of them. */
function reply(response: ServerResponse, status: number, { type, text }: { type: string; text: string }): void {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
}

/** Gives a validation token back as Graph asks for it. */
const polite: Handler = (token, response) => {
  reply(response, token === null ? 202 : 200, { type: 'text/plain', text: token ?? '' });
};

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** An address on loopback that keeps what it is told. */
async function receive(answer: Handler = polite): Promise<Receiver> {
  const notices: Notice[] = [];
  const server = createServer((request, response) => {
    const token = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('validationToken');
    void textOf(request).then((text) => {
      if (token === null) notices.push(...(JSON.parse(text) as { value: Notice[] }).value);
      answer(token, response);
      server.emit('told');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const next = async (count: number) => {
    while (notices.length < count) await once(server, 'told');
    return notices;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`, notices, next };
}

async function start(...given: Parameters<typeof startWriter>): Promise<Writer> {
  const writer = await startWriter({ users: [buildUser(1), buildUser(2)], ...given[0] }, given[1]);
  endings.push(() => writer.end());
  return writer;
}

const inMinutes = (writer: Writer, minutes: number) =>
  // Each call turns the clock by three seconds.
  new Date(writer.manual.now() + 3_000 + minutes * MINUTE_MS).toISOString();

const wish = (writer: Writer, url: string, set: Record<string, unknown> = {}) => ({
  changeType: 'updated,deleted',
  notificationUrl: url,
  resource: '/users',
  expirationDateTime: inMinutes(writer, 60),
  clientState: 'known to us alone',
  ...set,
});

describe('change notifications', () => {
  test('oddity 201: both addresses give back the token that they were asked for, in plain text', async () => {
    const writer = await start();
    const json: Handler = (token, response) =>
      reply(response, 200, { type: 'application/json', text: JSON.stringify(token) });
    const raw: Handler = (token, response) =>
      reply(response, 200, { type: 'text/plain', text: encodeURIComponent(token ?? '') });
    const accepted: Handler = (token, response) => reply(response, 202, { type: 'text/plain', text: token ?? '' });
    for (const handler of [json, raw, accepted]) {
      const refused = await writer.send('POST /subscriptions', wish(writer, (await receive(handler)).url));
      expect([refused.status, refused.at('error/code')]).toEqual([400, 'ValidationError']);
    }
    const { url } = await receive();
    const elsewhere = wish(writer, url, { lifecycleNotificationUrl: (await receive()).url });
    expect((await writer.send('POST /subscriptions', elsewhere)).status).toBe(400);
    const made = await writer.send(
      'POST /subscriptions',
      wish(writer, url, { lifecycleNotificationUrl: `${url}/life` }),
    );
    expect([made.status, made.at('clientState')]).toEqual([201, 'known to us alone']);
    expect(made.at('applicationId')).toBeTypeOf('string');
    expect((await writer.send('GET /subscriptions')).rows()).toMatchObject([{ id: made.at('id') }]);
  });

  test('oddity 202: users and groups for 41,760 minutes and a hundred times, policies and logs not at all', async () => {
    const writer = await start();
    const { url } = await receive();
    const ask = (set: Record<string, unknown>) => writer.send('POST /subscriptions', wish(writer, url, set));
    const unknown = ['/identity/conditionalAccess/policies', '/auditLogs/signIns', '/auditLogs/directoryAudits'];
    for (const resource of unknown) expect((await ask({ resource })).status).toBe(400);
    expect((await ask({ expirationDateTime: inMinutes(writer, 41_761) })).status).toBe(400);
    expect((await ask({ expirationDateTime: inMinutes(writer, -1) })).status).toBe(400);
    expect((await ask({ clientState: 'x'.repeat(129) })).status).toBe(400);
    const made = await ask({ resource: '/groups', expirationDateTime: inMinutes(writer, 41_760) });
    expect(made.status).toBe(201);
    const path = `/subscriptions/${String(made.at('id'))}`;
    const expirationDateTime = inMinutes(writer, 90);
    const renewed = await writer.send(`PATCH ${path}`, { expirationDateTime });
    expect([renewed.status, renewed.at('expirationDateTime')]).toEqual([200, expirationDateTime]);
    expect((await writer.send(`PATCH ${path}`, { lifecycleNotificationUrl: url })).status).toBe(400);
    for (let count = 1; count < 100; count += 1) expect((await ask({})).status).toBe(201);
    expect((await ask({})).status).toBe(403);
    expect((await writer.send(`DELETE ${path}`)).status).toBe(204);
    expect((await ask({})).status).toBe(201);
    const blind = await start({}, { roles: ['Policy.Read.All'] });
    expect((await blind.send('POST /subscriptions', wish(blind, url))).status).toBe(403);
  });

  test('oddity 203: a notification names the object alone, and what became of the subscription is told', async () => {
    const writer = await start();
    const told = await receive();
    const life = { lifecycleNotificationUrl: told.url };
    const made = await writer.send('POST /subscriptions', wish(writer, told.url, life));
    const subscriptionId = made.at('id');
    const id = idOf('user', 2);
    await writer.send(`PATCH /users/${id}`, { department: 'Sales' });
    expect(await told.next(1)).toMatchObject([
      {
        ...{ subscriptionId, clientState: 'known to us alone', tenantId: TENANT_ID, changeType: 'updated' },
        ...{ resource: `Users/${id}`, resourceData: { '@odata.type': '#Microsoft.Graph.User', id } },
      },
    ]);
    expect(told.notices[0]?.resourceData).not.toHaveProperty('department');
    writer.record({ tenantId: TENANT_ID, type: 'user.put', user: buildUser(3) });
    writer.record({ tenantId: TENANT_ID, type: 'user.delete', userId: id, permanently: false });
    const types = (await told.next(4)).slice(1).map(({ changeType }) => changeType);
    expect(types).toEqual(['updated', 'updated', 'deleted']);

    const deaf = await receive((token, response) =>
      token === null ? reply(response, 503, { type: 'text/plain', text: '' }) : polite(token, response),
    );
    await writer.send(
      'POST /subscriptions',
      wish(writer, deaf.url, { resource: '/groups', lifecycleNotificationUrl: deaf.url }),
    );
    await writer.send('POST /groups', {
      displayName: 'New',
      mailNickname: 'new',
      mailEnabled: false,
      securityEnabled: true,
    });
    expect(await deaf.next(2)).toMatchObject([{ changeType: 'updated' }, { lifecycleEvent: 'missed' }]);

    const place = `/tenants/${TENANT_ID}/subscriptions/${String(subscriptionId)}`;
    await writer.control(place, { method: 'POST', body: { event: 'subscriptionRemoved' } });
    expect((await told.next(5)).at(-1)).toMatchObject({ subscriptionId, lifecycleEvent: 'subscriptionRemoved' });
    expect((await writer.send(`GET /subscriptions/${String(subscriptionId)}`)).status).toBe(404);
  });
});
