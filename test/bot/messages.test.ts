import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { createConversations, handOverIdOf, handOverSubject } from '../../src/rollout/conversations/conversations.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import {
  APP_ID,
  activity,
  addQuietCustomer,
  type Bench,
  HOME_TENANT,
  type Json,
  press,
  startBench,
  startBotServer,
} from '../support/bot-bench.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { composeProduct } from '../support/product.ts';
import { embeddedFolder } from '../support/store.ts';

const WIDE = { limit: 1_000, windowMs: 1_000 };
const MENTION = { type: 'mention', mentioned: { id: `28:${APP_ID}` }, text: '<at>MFA Rollout</at>' };

describe('messages to the bot', () => {
  let bench: Bench;
  let app: App;
  let customer: Customer;
  let server: Awaited<ReturnType<typeof startBotServer>>;
  let asker: { tenantId: string; objectId: string; name: string };

  beforeAll(async () => {
    bench = await startBench();
    app = await composeProduct(
      { dataDir: embeddedFolder() },
      {
        clock: hurriedClock,
        teams: () => Promise.resolve(bench.settings),
        teamsLimits: { thread: [WIDE], tenant: WIDE },
      },
    );
    customer = await addQuietCustomer(app);
    server = await startBotServer(app, bench);
  });
  afterAll(async () => {
    await server.close();
    await app.close();
    await bench.stop();
  });
  beforeEach(async () => {
    await app.worker.drain();
    bench.wrote.length = 0;
    bench.faults.length = 0;
    asker = { tenantId: customer.id, objectId: randomUUID(), name: 'Alex Example' };
  });

  /** Says something and gives the cards that the bot wrote. */
  const say = async (parts: Json & { where?: 'personal' | 'channel' }) => {
    const { status } = await server.post(activity(bench, asker, parts));
    expect(status).toBe(200);
    await app.worker.drain();
    return bench.wrote.map(({ path, body }) => ({ path, card: cardIn(body), text: JSON.stringify(body) }));
  };

  it('answers a question in the own chat with the asker’s own state', async () => {
    const [wrote] = await say({ text: 'How do I enrol for MFA?' });
    expect(wrote?.path).toBe(`/v3/conversations/a:chat-${asker.objectId}/activities`);
    expect(wrote?.text).toContain('You are not in the master list');
  });

  it('shows an engineer in our own Teams every customer with the way to its decisions, and nobody else any', async () => {
    const second = await addQuietCustomer(app);
    asker = { ...asker, tenantId: HOME_TENANT };
    const identity = { tenantId: asker.tenantId, objectId: asker.objectId };
    expect(await say({ text: 'status' })).toEqual([]);
    for (const { id } of [customer, second])
      await app.access.grant(id, { identity, role: 'engineer', displayName: null }, { kind: 'test' });
    const [wrote] = await say({ text: 'status' });
    for (const { id, name } of [customer, second]) {
      expect(wrote?.text).toContain(name);
      expect(wrote?.text).toContain(`{"customer":"${id}"}`);
    }
    await app.access.revoke(second.id, { identity, role: 'engineer' }, { kind: 'test' });
    bench.wrote.length = 0;
    const [after] = await say({ text: 'status' });
    expect(after?.text).not.toContain(second.id);
    expect(after?.text).toContain(customer.id);
  });

  it('answers in the thread of a channel without anything private, and offers a private answer', async () => {
    const said = {
      where: 'channel',
      text: '<at>MFA Rollout</at> how do I enrol for MFA?',
      entities: [MENTION],
    } as const;
    const [wrote] = await say(said);
    expect(wrote?.path).toContain(';messageid=1001/activities');
    expect(wrote?.text).not.toContain('master list');
    expect(wrote?.text).toContain('faq.private');
  });

  it('gives the private answer in the own chat', async () => {
    const asked = press(bench, asker, { verb: 'faq.private', data: { customer: customer.id, topic: 'how-to-enrol' } });
    const { body } = await server.post(asked);
    expect(body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.activity.message' });
    await server.post(asked);
    await app.worker.drain();
    expect(bench.wrote.map(({ path }) => path)).toEqual([
      '/v3/conversations',
      `/v3/conversations/a:chat-${asker.objectId}/activities`,
    ]);
  });

  it('stays silent on chatter in a channel that is not about MFA and not for it', async () => {
    expect(await say({ where: 'channel', text: 'Who has the key to the meeting room on the second floor?' })).toEqual(
      [],
    );
  });

  it('says what it is there for when somebody talks to it about something else', async () => {
    const [wrote] = await say({ text: 'What is for lunch today?' });
    expect(wrote?.text).toContain('multi-factor authentication');
  });

  it('answers in the language of the asker', async () => {
    const [wrote] = await say({ text: 'hilfe', locale: 'de-DE' });
    expect(wrote?.text).toContain('Mehrfaktor-Authentifizierung');
  });

  it('ignores its own messages', async () => {
    const own = { ...activity(bench, asker, { text: 'help' }), from: { id: `28:${APP_ID}`, name: 'MFA Rollout' } };
    expect((await server.post(own)).status).toBe(200);
    await app.worker.drain();
    expect(bench.wrote).toEqual([]);
  });

  it('reads a very long text in its first part', async () => {
    const [wrote] = await say({ text: `How do I enrol for MFA? ${'lorem ipsum '.repeat(15_000)}` });
    expect(wrote).toBeDefined();
    expect(wrote?.text.length).toBeLessThan(25_000);
  });

  it('does not say that the helpdesk knows of it when nobody there could be told', async () => {
    const [wrote] = await say({ text: 'I lost my phone and cannot sign in' });
    expect(wrote?.text).toContain('Nobody of the helpdesk can be reached here yet');
    expect(wrote?.text).not.toMatch(/has been told|has your question|get back to you/);
  });

  it('hands a locked-out person to the helpdesk with the question, and the first one to press has it', async () => {
    const helper = { tenantId: customer.id, objectId: randomUUID(), name: 'Pat Example' };
    const { name: displayName, ...identity } = helper;
    await app.access.grant(customer.id, { identity, role: 'helpdesk', displayName }, {});
    await say({ text: 'I want to talk to a real person about my MFA <script>alert(1)</script> **now**' });
    const [told] = bench.wrote.filter(({ body }) => JSON.stringify(body).includes('handOver.take'));
    expect(told?.path).toContain(helper.objectId);
    expect(JSON.stringify(told?.body)).toContain('I want to talk to a real person');
    const data = dataOf(told?.body, 'handOver.take');
    const { text } = await server.post(press(bench, helper, { verb: 'handOver.take', data, where: 'personal' }));
    expect(text).toContain('Taken by ');
    const nosy = await server.post(press(bench, asker, { verb: 'handOver.take', data, where: 'personal' }));
    expect(nosy.body).toMatchObject({ statusCode: 400 });
  });

  it('notes that somebody blocked the bot, and does not try again', async () => {
    bench.faults.push({ status: 403, body: { error: { code: 'MessageWritesBlocked' } } });
    await say({ text: 'help' });
    expect(bench.wrote).toEqual([]);
    await app.worker.drain();
    expect(bench.wrote).toEqual([]);
    const where = { tenantId: customer.id, kind: 'personal', party: asker.objectId } as const;
    expect(await stateOf(where.party)).toBe('blocked');
  });

  it.each([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '0' } }],
    ['412', { status: 412 }],
    ['502', { status: 502 }],
    ['504', { status: 504 }],
  ])('writes once after %s', async (_name, fault) => {
    bench.faults.push(fault);
    expect(await say({ text: 'help' })).toHaveLength(1);
  });

  it('tells a chat message whose answer was lost as unknown, never writes it twice, and says so once', async () => {
    bench.faults.push({ status: 500, isTaken: true });
    await say({ text: 'help' });
    const key = `reply:a:chat-${asker.objectId}:`;
    const job = { customerId: customer.id, signal: app.signal };
    const lost = await keyLike(key);
    await app.bot?.jobs.post(job, { key: lost });
    expect(bench.wrote).toHaveLength(1);
    expect(await postState(lost)).toBe('unknown');
    // The notice that tells of it gets lost as well: nobody is told of that.
    bench.faults.push({ status: 500, isTaken: true });
    await app.worker.drain();
    await app.bot?.jobs.post(job, { key: `lost:${lost}` });
    await app.worker.drain();
    expect(bench.wrote.map(({ body }) => JSON.stringify(body).includes('cannot tell whether'))).toEqual([false, true]);
  });

  it('lets the helpdesk show a question whose card may never have arrived', async () => {
    const helper = { tenantId: customer.id, objectId: randomUUID(), name: 'Lee Example' };
    const { name: displayName, ...identity } = helper;
    await app.access.grant(customer.id, { identity, role: 'helpdesk', displayName }, {});
    const id = handOverIdOf(asker.objectId);
    const target = { to: 'person', ...identity } as const;
    const key = `handOver:${id}:${helper.objectId}`;
    const asks = { asker: 'Alex Example', question: 'Who can help me?', topicTitle: null, own: null, threadUrl: null };
    const by = { customerId: customer.id, identity: asker, roles: [], displayName: null };
    const ledger = createConversations({ database: app.database, clock: hurriedClock });
    const posts = [{ key, target, content: null, subject: handOverSubject(id) }];
    await ledger.handOver(customer.id, { by, facts: asks, id, posts });
    await ledger.note(customer.id, key, { state: 'posting' });
    await app.worker.drain();
    const data = dataOf(bench.wrote.at(-1)?.body, 'handOver.view');
    const shown = await server.post(press(bench, helper, { verb: 'handOver.view', data, where: 'personal' }));
    expect(shown.text).toContain('Who can help me?');
    const nosy = await server.post(press(bench, asker, { verb: 'handOver.view', data, where: 'personal' }));
    expect(nosy.body).toMatchObject({ statusCode: 400 });
    await app.access.revoke(customer.id, { identity, role: 'helpdesk' }, {});
  });

  it('tells a helper of a question again while the notices get lost as well, and ends some time', async () => {
    const helper = { tenantId: customer.id, objectId: randomUUID() };
    const id = handOverIdOf(helper.objectId);
    const key = `handOver:${id}:${helper.objectId}`;
    const target = { to: 'person', ...helper } as const;
    const asks = { asker: 'Alex Example', question: 'Who can help me?', topicTitle: null, own: null, threadUrl: null };
    const by = { customerId: customer.id, identity: asker, roles: [], displayName: null };
    const ledger = createConversations({ database: app.database, clock: hurriedClock });
    const posts = [{ key, target, content: null, subject: handOverSubject(id) }];
    await ledger.handOver(customer.id, { by, facts: asks, id, posts });
    const lose = (lost: string) => ledger.note(customer.id, lost, { state: 'posting' });
    const notices = () => bench.wrote.filter(({ body }) => JSON.stringify(body).includes('handOver.view'));
    // Each sending was cut off; the worker finds it so and cannot look.
    await lose(key);
    await app.bot?.jobs.post({ customerId: customer.id, signal: app.signal }, { key });
    for (let lost = `lost:${key}`; (await postState(lost)) === 'planned'; lost = `lost:${lost}`) {
      await lose(lost);
      await app.bot?.jobs.post({ customerId: customer.id, signal: app.signal }, { key: lost });
    }
    await app.worker.drain();
    expect(notices()).toEqual([]);
    expect(await postState(`${'lost:'.repeat(5)}${key}`)).toBe('unknown');
    expect(await postState(`${'lost:'.repeat(6)}${key}`)).toBe('');
  });

  it('hands a question over once for a button that is pressed again, and again once somebody took it', async () => {
    const helper = { tenantId: customer.id, objectId: randomUUID(), name: 'Lee Example' };
    const { name: displayName, ...identity } = helper;
    await app.access.grant(customer.id, { identity, role: 'helpdesk', displayName }, {});
    const button = { verb: 'faq.person', data: { customer: customer.id, topic: 'lost-phone' } };
    const cards = async () => {
      await app.worker.drain();
      return bench.wrote.filter(({ path, method }) => method === 'POST' && path.includes(`chat-${helper.objectId}/`));
    };
    await server.post(press(bench, asker, button));
    await server.post(press(bench, asker, button));
    const [told, ...more] = await cards();
    expect(more).toEqual([]);
    const data = dataOf(told?.body, 'handOver.take');
    await server.post(press(bench, helper, { verb: 'handOver.take', data, where: 'personal' }));
    await server.post(press(bench, asker, button));
    expect(await cards()).toHaveLength(2);
    await app.access.revoke(customer.id, { identity, role: 'helpdesk' }, {});
  });

  const one = async (query: string, value: string): Promise<string> => {
    const { sql } = await import('drizzle-orm');
    const { rows } = await app.database.withPortfolio((tx) =>
      tx.execute<{ found: string }>(sql`${sql.raw(query)} ${value}`),
    );
    return rows[0]?.found ?? '';
  };
  const stateOf = (party: string) => one('SELECT state AS found FROM conversations WHERE party =', party);
  const postState = (key: string) => one('SELECT state AS found FROM posts WHERE key =', key);
  const keyLike = (start: string) => one('SELECT key AS found FROM posts WHERE key LIKE', `${start}%`);
});

function cardIn(body: Json): Json {
  return ((body.attachments as { content: Json }[] | undefined)?.[0]?.content ?? {}) as Json;
}

function dataOf(body: Json | undefined, verb: string): Json {
  const actions = cardIn(body ?? {}).actions as { verb?: string; data: Json }[];
  return actions.find((action) => action.verb === verb)?.data ?? {};
}
