import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { activity, addQuietCustomer, type Bench, press, startBench, startBotServer } from '../support/bot-bench.ts';
import { composeProduct } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const HALF_PAIR = '\ud83d';
const NUL = '\0';

describeStore('the bot and texts that no store can hold', (store) => {
  let bench: Bench;
  let app: App;
  let customer: Customer;
  let server: Awaited<ReturnType<typeof startBotServer>>;

  beforeAll(async () => {
    bench = await startBench();
    app = await composeProduct(await store.location(), { teams: () => Promise.resolve(bench.settings) });
    customer = await addQuietCustomer(app);
    server = await startBotServer(app, bench);
  });
  afterAll(async () => {
    await server.close();
    await app.close();
    await bench.stop();
  });

  const somebody = (name: string) => ({ tenantId: customer.id, objectId: randomUUID(), name });
  const rows = async () => {
    const { rows: found } = await app.database.withPortfolio((tx) =>
      tx.execute<{ count: string }>(sql`
        SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM handled_activities) + (SELECT count(*) FROM posts) AS count`),
    );
    return Number(found[0]?.count);
  };

  it.each([
    ['a NUL', `Al${NUL}ex Example`],
    ['half a surrogate pair', `Alex ${HALF_PAIR}`],
    ['a hundred thousand letters', 'A'.repeat(100_000)],
  ])('hands the question of somebody over whose name holds %s', async (_name, name) => {
    const text = `I want to talk to a human ${NUL}${HALF_PAIR}please`;
    expect((await server.post(activity(bench, somebody(name), { text }))).status).toBe(200);
    const data = { customer: customer.id, topic: 'talk-to-human' };
    const { status, body } = await server.post(press(bench, somebody(name), { verb: 'faq.person', data }));
    expect([status, body.statusCode]).toEqual([200, 200]);
  });

  it.each([
    ['of the activity', { id: `f:${NUL}` }],
    ['of the conversation', { conversation: { id: `a:${HALF_PAIR}`, conversationType: 'personal' } }],
    ['of the bot', { recipient: { id: `28:${NUL}` } }],
    ['of the sender', { from: { id: `29:${HALF_PAIR}` } }],
  ])('refuses an id %s that cannot be stored with 400 and stores nothing', async (_name, parts) => {
    const before = await rows();
    const answer = await server.post({ ...activity(bench, somebody('Alex Example')), ...parts });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code: 'activity_invalid' } });
    expect(await rows()).toBe(before);
  });

  it.each([
    ['a back slash', 'https://smba.trafficmanager.net\\@evil.example/'],
    ['a blank before it', ' https://smba.trafficmanager.net/'],
    ['a tab within the host', 'https://smba.traf\tficmanager.net/'],
    ['full stops of another script', 'https://smba\u3002trafficmanager\u3002net/'],
    ['no slashes', 'https:smba.trafficmanager.net'],
    ['a query', 'https://smba.trafficmanager.net/teams?to=evil.example'],
    ['a fragment', 'https://smba.trafficmanager.net/teams#x'],
    ['a full stop at the end of the host', 'https://smba.trafficmanager.net./teams/'],
    ['an encoded path', 'https://smba.trafficmanager.net/..%2fteams/'],
  ])('refuses an address with %s with 403', async (_name, serviceUrl) => {
    expect((await server.post({ ...activity(bench, somebody('Alex Example')), serviceUrl })).status).toBe(403);
  });
});
