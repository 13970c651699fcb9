import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBot } from '../../bot/bot.ts';
import type { BotDeps } from '../../bot/deps.ts';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { activity, addQuietCustomer, type Bench, press, startBench, startBotServer } from '../support/bot-bench.ts';
import { composeProduct } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const USER = randomUUID();

describeStore('the door of the bot', (store) => {
  let bench: Bench;
  let app: App;
  let customer: Customer;
  let server: Awaited<ReturnType<typeof startBotServer>>;
  let sender: { tenantId: string; objectId: string };

  beforeAll(async () => {
    bench = await startBench();
    app = await composeProduct(await store.location(), { teams: () => Promise.resolve(bench.settings) });
    customer = await addQuietCustomer(app);
    sender = { tenantId: customer.id, objectId: USER };
    server = await startBotServer(app, bench);
  });
  afterAll(async () => {
    await server.close();
    await app.close();
    await bench.stop();
  });

  const stored = async () => {
    const { rows } = await app.database.withPortfolio((tx) =>
      tx.execute<{ count: string }>(sql`
        SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM handled_activities) + (SELECT count(*) FROM posts) AS count`),
    );
    return Number(rows[0]?.count);
  };

  it.each([
    ['without a token', {}],
    ['with a word instead of a token', { authorization: 'Bearer nonsense' }],
    ['with another scheme', { authorization: 'Basic YTpi' }],
  ])('refuses an activity %s with 401 and stores nothing', async (_name, headers) => {
    const answer = await server.send(activity(bench, sender), headers);
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('at ');
    expect(await stored()).toBe(0);
  });

  it.each([
    ['forged by another key', { key: 'foreign' }],
    ['of an unknown key', { kid: 'other', key: 'foreign' }],
    ['for another bot', { audience: randomUUID() }],
    ['of another issuer', { issuer: 'https://sts.example.com' }],
    ['that expired', { expiresIn: '-10m' }],
    ['for another address', { serviceUrl: 'https://smba.trafficmanager.net/emea/' }],
  ] as const)('refuses a token %s with 401 and stores nothing', async (_name, wrong) => {
    const answer = await server.post(activity(bench, sender), wrong);
    expect(answer.status).toBe(401);
    expect(await stored()).toBe(0);
  });

  it.each([
    ['empty', ''],
    ['missing', undefined],
    ['plain http', 'http://smba.trafficmanager.net/teams/'],
    ['of a strange host', 'https://smba.trafficmanager.net.evil.example/'],
    ['with a user', 'https://smba.trafficmanager.net@evil.example/'],
  ])('refuses an address that is %s with 403 and stores nothing', async (_name, serviceUrl) => {
    const answer = await server.post({ ...activity(bench, sender), serviceUrl });
    expect(answer.status).toBe(403);
    expect(await stored()).toBe(0);
  });

  it('refuses a tenant that is no customer’s with 403 and stores nothing', async () => {
    const stranger = { tenantId: randomUUID(), objectId: USER };
    expect((await server.post(activity(bench, stranger))).status).toBe(403);
    expect(await stored()).toBe(0);
  });

  it('refuses an activity that names two tenants with 403 and stores nothing', async () => {
    const two = { ...activity(bench, sender), channelData: { tenant: { id: randomUUID() } } };
    expect((await server.post(two)).status).toBe(403);
    expect(await stored()).toBe(0);
  });

  it('refuses what is no activity with 400', async () => {
    const good = activity(bench, sender);
    expect((await server.post({ serviceUrl: bench.url })).status).toBe(400);
    expect((await server.post({ ...good, channelId: 'webchat' })).status).toBe(400);
    expect((await server.post({ ...good, from: { id: 7 } })).status).toBe(400);
  });

  it('answers an unknown verb inside HTTP 200 with a sentence and a reference', async () => {
    const { status, body } = await server.post(press(bench, sender, { verb: 'rm', data: { customer: customer.id } }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ statusCode: 400, type: 'application/vnd.microsoft.error' });
    expect(JSON.stringify(body.value)).toMatch(/Reference [0-9A-F]{8}/);
  });

  it.each(['__proto__', 'constructor', 'toString'])('knows no verb %s', async (verb) => {
    const { status, body } = await server.post(press(bench, sender, { verb, data: { customer: customer.id } }));
    expect([status, body.statusCode]).toEqual([200, 400]);
  });

  it('answers extra fields in a button’s data inside HTTP 200', async () => {
    const data = { customer: customer.id, role: 'engineer' };
    const { status, body } = await server.post(press(bench, sender, { verb: 'exceptions.view', data }));
    expect(status).toBe(200);
    expect(body.value).toMatchObject({ code: 'action_data' });
  });

  it('answers a card of another customer inside HTTP 200', async () => {
    const data = { customer: randomUUID() };
    const { status, body } = await server.post(press(bench, sender, { verb: 'exceptions.view', data }));
    expect(status).toBe(200);
    expect(body.value).toMatchObject({ code: 'foreign_customer' });
  });

  it('answers an invoke of another name inside HTTP 200', async () => {
    const other = { ...press(bench, sender, { verb: 'x', data: {} }), name: 'composeExtension/query' };
    const { status, body } = await server.post(other);
    expect([status, body.statusCode]).toEqual([200, 400]);
  });

  it('keeps the latest address and ids of a conversation, and that the app was removed', async () => {
    await server.post(activity(bench, sender, { type: 'installationUpdate', action: 'add' }));
    const again = activity(bench, sender, { type: 'installationUpdate', action: 'remove' });
    await server.post(again);
    const { rows } = await app.database.withPortfolio((tx) =>
      tx.execute(sql`SELECT * FROM conversations WHERE kind = 'personal'`),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ party: USER, user_id: `29:${USER}`, service_url: bench.url, state: 'removed' });
  });

  it('plans one welcome, however often Teams tells of the installation', async () => {
    const add = () => server.post(activity(bench, sender, { type: 'installationUpdate', action: 'add' }));
    await Promise.all([add(), add(), add()]);
    const { rows } = await app.database.withPortfolio((tx) =>
      tx.execute(sql`SELECT key FROM posts WHERE key LIKE 'welcome:%'`),
    );
    expect(rows).toHaveLength(1);
  });

  it('answers a message once, delivered twice at the same moment', async () => {
    const said = activity(bench, sender, { text: 'help' });
    const answers = await Promise.all([server.post(said), server.post(said), server.post(said)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { rows } = await app.database.withPortfolio((tx) =>
      tx.execute(sql`SELECT key FROM posts WHERE key = ${`reply:a:chat-${USER}:${String(said.id)}`}`),
    );
    expect(rows).toHaveLength(1);
  });
});

describe('settings of the bot', () => {
  it('refuses to start without an app id: the SDK would let everybody in', () => {
    const settings = { appId: '', appSecret: 's', homeTenantId: randomUUID() };
    expect(() => createBot({ settings } as unknown as BotDeps)).toThrow(/app id/);
  });
});
