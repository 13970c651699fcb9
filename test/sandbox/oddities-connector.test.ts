import { createPublicKey } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTeamsSandbox, type TeamsSandbox } from '../support/teams-sandbox.ts';

let sandbox: TeamsSandbox;
let general = '';
let chat = '';

beforeAll(async () => {
  sandbox = await startTeamsSandbox();
  const { teams, people } = sandbox.setUp;
  await sandbox.install({ team: teams.teamId });
  general = String(sandbox.bot.heard[0]?.activity.conversation?.id);
  await sandbox.install({ user: people.user.objectId });
  chat = String((await begin(people.user.objectId)).at('id'));
});
beforeEach(() => {
  sandbox.bot.heard.length = 0;
  sandbox.bot.answer = { status: 200, body: {} };
});
afterAll(() => sandbox.end());

function begin(id: string, given: Record<string, unknown> = {}) {
  const body = { members: [{ id }], tenantId: sandbox.setUp.tenantId, isGroup: false, ...given };
  return sandbox.send('POST /v3/conversations', body);
}

function cardMessage(set: Record<string, unknown> = {}) {
  const content = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Hello' }], ...set };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

async function post(conversation: string, body: unknown, stand = false) {
  return sandbox.send(`POST /v3/conversations/${encodeURIComponent(conversation)}/activities`, body, { stand });
}

async function press(userId: string, messageId: string, trigger = 'manual') {
  const action = { type: 'Action.Execute', verb: 'sign', data: { reason: 'checked' } };
  return (await sandbox.as(userId, 'presses', { messageId, action, trigger })).at();
}

describe('the Teams connector', () => {
  test('oddity 163: only a token of the bot’s own tenant for the connector is taken', async () => {
    const app = { clientId: sandbox.app.appId, clientSecret: sandbox.app.appSecret };
    const forGraph = await sandbox.token(app, sandbox.app.homeTenantId);
    const path = `GET /v3/conversations/${chat}/members`;
    for (const token of ['', 'abc', forGraph, await sandbox.botToken(sandbox.setUp.tenantId)]) {
      expect((await sandbox.send(path, undefined, { token })).status).toBe(401);
    }
    expect((await sandbox.send(path)).status).toBe(200);
  });

  test('oddity 164: a chat by object id needs the app with the person, by the bot’s id a common team is enough', async () => {
    const { helpdesk } = sandbox.setUp.people;
    const byObject = await begin(helpdesk.objectId);
    expect([byObject.status, byObject.at('error/code')]).toEqual([403, 'BotNotInConversationRoster']);
    const member = await sandbox.send(`GET /v3/conversations/${general}/members/${helpdesk.objectId}`);
    expect((await begin(String(member.at('id')))).status).toBe(201);
    const outside = sandbox.begun.tenants[0]?.users.find(({ id }) => !inTeam(id));
    expect((await begin(outside?.id ?? '')).status).toBe(403);
    expect((await begin('29:1nobody')).status).toBe(404);
    expect((await begin(helpdesk.objectId, { isGroup: true })).status).toBe(400);
    const engineer = sandbox.setUp.people.engineer.objectId;
    expect((await begin(engineer)).status).toBe(404);
  });

  test('oddity 165: a person who blocked the bot is 403 MessageWritesBlocked until the block is lifted', async () => {
    const { objectId } = sandbox.setUp.people.user;
    await sandbox.as(objectId, 'app', { blocked: true });
    const refused = await post(chat, cardMessage());
    expect([refused.status, refused.at('error/code')]).toEqual([403, 'MessageWritesBlocked']);
    await sandbox.as(objectId, 'app', { blocked: false });
    expect((await post(chat, cardMessage())).status).toBe(201);
  });

  test('oddity 166: members carry ids of this bot, are found by either id, and come in pages', async () => {
    const members = `/v3/conversations/${general}`;
    const all = (await sandbox.send(`GET ${members}/members`)).rows('');
    expect(all.length).toBeGreaterThan(8);
    const first = await sandbox.send(`GET ${members}/pagedmembers?pageSize=5`);
    const token = String(first.at('continuationToken'));
    const second = await sandbox.send(`GET ${members}/pagedmembers?pageSize=500&continuationToken=${token}`);
    expect([...first.rows('members'), ...second.rows('members')]).toEqual(all);
    expect(second.at()).not.toHaveProperty('continuationToken');
    const { approver } = sandbox.setUp.people;
    const found = await sandbox.send(`GET ${members}/members/${approver.objectId}`);
    expect(found.at()).toMatchObject({ aadObjectId: approver.objectId, userPrincipalName: approver.userPrincipalName });
    expect((await sandbox.send(`GET ${members}/members/${String(found.at('id'))}`)).at()).toEqual(found.at());
    const stranger = sandbox.begun.tenants[0]?.users.find(({ id }) => !inTeam(id))?.id ?? '';
    const missing = await sandbox.send(`GET ${members}/members/${stranger}`);
    expect([missing.status, missing.at('error/code')]).toEqual([404, 'MemberNotFoundInConversation']);
  });

  test('oddity 167: the thread stands in the conversation’s id; without it a new one begins', async () => {
    const channelData = { channel: { id: general } };
    const made = await sandbox.send('POST /v3/conversations', { isGroup: true, channelData, activity: cardMessage() });
    expect(made.at('id')).toBe(`${general};messageid=${String(made.at('activityId'))}`);
    const reply = await post(String(made.at('id')), { type: 'message', text: 'in the thread' });
    const root = await post(general, { type: 'message', text: 'a new one' });
    const path = `messages?conversationId=${encodeURIComponent(general)}`;
    const shown = (await sandbox.as(sandbox.setUp.people.user.objectId, path)).rows('');
    const rootOf = (id: unknown) => shown.find((message) => message.id === id)?.rootId;
    expect([rootOf(reply.at('id')), rootOf(root.at('id'))]).toEqual([made.at('activityId'), null]);
    expect((await post(`${general};messageid=1`, { type: 'message', text: 'nowhere' })).status).toBe(404);
  });

  test('oddity 168: the bot changes and deletes its own messages only', async () => {
    const { objectId } = sandbox.setUp.people.user;
    const theirs = await sandbox.as(objectId, 'messages', { conversationId: chat, text: 'hello' });
    const own = String((await post(chat, { type: 'message', text: 'first' })).at('id'));
    const activities = `/v3/conversations/${chat}/activities`;
    const edited = await sandbox.send(`PUT ${activities}/${own}`, { type: 'message', text: 'second' });
    expect([edited.status, edited.at('id')]).toEqual([200, own]);
    const path = `messages?conversationId=${encodeURIComponent(chat)}`;
    const shown = async () => (await sandbox.as(objectId, path)).rows('').find(({ id }) => id === own);
    expect(await shown()).toMatchObject({ text: 'second', isEdited: true });
    const foreign = await sandbox.send(`PUT ${activities}/${String(theirs.at('id'))}`, { type: 'message', text: 'x' });
    expect(foreign.status).toBe(403);
    expect((await sandbox.send(`DELETE ${activities}/${own}`)).status).toBe(200);
    expect(await shown()).toMatchObject({ text: '', isDeleted: true });
    expect((await sandbox.send(`DELETE ${activities}/${own}`)).status).toBe(404);
  });

  test('oddity 169: a message over 100 KB, counted in UTF-16 and without pictures, is 413', async () => {
    const text = (bytes: number) => ({ type: 'message', text: 'x'.repeat(bytes / 2) });
    const refused = await post(chat, text(102_400));
    expect([refused.status, refused.at('error/code')]).toEqual([413, 'MessageSizeTooBig']);
    expect((await post(chat, text(102_000))).status).toBe(201);
    const url = `data:image/png;base64,${'A'.repeat(200_000)}`;
    expect((await post(chat, cardMessage({ body: [{ type: 'Image', url }] }))).status).toBe(201);
  });

  test('oddity 170: a card without a version, above 1.5 or without being a card is 400', async () => {
    for (const set of [{ version: undefined }, { version: '1.6' }, { type: 'Hero' }, { body: {} }]) {
      expect((await post(chat, cardMessage(set))).status).toBe(400);
    }
    expect((await post(chat, { type: 'message' })).status).toBe(400);
    expect((await post(chat, cardMessage({ version: '1.4' }))).status).toBe(201);
  });

  test('oddity 171: the eighth message of a second in one thread is 429 with Retry-After', async () => {
    sandbox.manual.advance(3_600_000);
    const word = { type: 'message', text: 'word' };
    const first = await Promise.all(Array.from({ length: 7 }, () => post(chat, word, true)));
    expect(first.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 201));
    const refused = await post(chat, word, true);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    expect((await post(general, word, true)).status).toBe(201);
    sandbox.manual.advance(2000);
    expect((await post(chat, word, true)).status).toBe(201);
  });

  test('oddity 172: only HTTP 200 of the bot is looked into; an error inside it is shown with its words', async () => {
    const { objectId } = sandbox.setUp.people.user;
    const message = String((await post(chat, cardMessage())).at('id'));
    const answer = async (status: number, body: unknown) => {
      sandbox.bot.answer = { status, body };
      return press(objectId, message);
    };
    const error = { type: 'application/vnd.microsoft.error', value: { code: 'BadRequest', message: 'Not you.' } };
    expect(await answer(200, { statusCode: 400, ...error })).toEqual({ show: 'error', text: 'Not you.' });
    expect(await answer(400, { statusCode: 400, ...error })).toMatchObject({ show: 'unreachable' });
    expect(await answer(501, {})).toMatchObject({ show: 'unreachable' });
    const words = { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Done.' };
    expect(await answer(200, words)).toEqual({ show: 'message', text: 'Done.' });
    const card = cardMessage().attachments[0]?.content;
    const shown = await answer(200, { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card });
    expect(shown).toEqual({ show: 'card', card });
    const [{ activity } = { activity: {} }] = sandbox.bot.heard.slice(-1);
    expect(activity).toMatchObject({
      type: 'invoke',
      name: 'adaptiveCard/action',
      replyToId: message,
      from: { aadObjectId: objectId },
      value: { trigger: 'manual', action: { verb: 'sign', data: { reason: 'checked' } } },
    });
  });

  test('oddity 173: a card refreshes by itself for those it names, at most once a minute for each', async () => {
    const { user, helpdesk } = sandbox.setUp.people;
    const member = await sandbox.send(`GET /v3/conversations/${general}/members/${user.objectId}`);
    const refresh = { action: { type: 'Action.Execute', verb: 'view' }, userIds: [member.at('id')] };
    const message = String((await post(general, cardMessage({ refresh }))).at('id'));
    const card = { ...cardMessage().attachments[0]?.content, body: [{ type: 'TextBlock', text: 'Yours' }] };
    sandbox.bot.answer = {
      status: 200,
      body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card },
    };
    const ask = (who: { objectId: string }) => sandbox.as(who.objectId, 'refreshes', { messageId: message });
    const cardOf = async (who: { objectId: string }) => {
      const path = `views?conversationId=${encodeURIComponent(general)}`;
      return (await sandbox.as(who.objectId, path)).rows('messages').find(({ id }) => id === message)?.card;
    };
    expect((await ask(user)).at('show')).toBe('card');
    expect((await ask(helpdesk)).at('show')).toBe('nothing');
    expect(await cardOf(user)).toEqual(card);
    expect(await cardOf(helpdesk)).toMatchObject({ refresh });
    expect((await ask(user)).at('show')).toBe('nothing');
    await sandbox.send(`PUT /v3/conversations/${general}/activities/${message}`, cardMessage({ refresh }));
    expect(await cardOf(user)).toMatchObject({ refresh });
    sandbox.manual.advance(60_000);
    expect((await ask(user)).at('show')).toBe('card');
    const triggers = sandbox.bot.heard.map(({ activity }) => activity.value?.trigger);
    expect(triggers).toEqual(['automatic', 'automatic']);
  });

  test('oddity 174: the channel’s token is good for one service address, five minutes, by a key endorsed for Teams', async () => {
    await sandbox.as(sandbox.setUp.people.user.objectId, 'messages', { conversationId: chat, text: 'hello' });
    const [heard] = sandbox.bot.heard;
    const metadata = await sandbox.ask(sandbox.app.openIdMetadataUrl);
    const keys = (await sandbox.ask(String(metadata.at('jwks_uri')))).rows('keys');
    const key = keys.find(({ kid }) => kid === decodeProtectedHeader(heard?.token ?? '').kid);
    expect(key?.endorsements).toEqual(['msteams']);
    const { payload } = await jwtVerify(heard?.token ?? '', createPublicKey({ format: 'jwk', key: key ?? {} }), {
      issuer: 'https://api.botframework.com',
      audience: sandbox.app.appId,
      currentDate: new Date(sandbox.manual.now()),
    });
    expect(payload.serviceurl).toBe(heard?.activity.serviceUrl);
    expect(heard?.activity.serviceUrl).toBe(sandbox.setUp.teams.connectorUrl);
    expect((payload.exp ?? 0) - (payload.nbf ?? 0)).toBe(300);
    expect(payload).not.toHaveProperty('tid');
  });

  test('oddity 175: a post in a channel reaches the bot with and without a mention, the thread in its conversation', async () => {
    const { objectId, tenantId } = sandbox.setUp.people.user;
    const write = (text: string, mentionsBot: boolean) =>
      sandbox.as(objectId, 'messages', { conversationId: general, text, mentionsBot });
    const plain = await write('who helps?', false);
    await write('what must I do?', true);
    const [first, second] = sandbox.bot.heard.map(({ activity }) => activity);
    expect(first).toMatchObject({
      type: 'message',
      text: 'who helps?',
      conversation: { conversationType: 'channel', tenantId, id: `${general};messageid=${String(plain.at('id'))}` },
      channelData: {
        tenant: { id: tenantId },
        channel: { id: general },
        team: { aadGroupId: sandbox.setUp.teams.teamId },
      },
    });
    expect(second?.text).toBe('<at>MFA Rollout</at> what must I do?');
    expect(second?.entities).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: 'mention', text: '<at>MFA Rollout</at>' })]),
    );
  });

  test('oddity 176: adding and removing the app sends two activities each, a removed app is out of the roster', async () => {
    const { objectId } = sandbox.setUp.people.manager;
    await sandbox.as(objectId, 'app', { installed: true });
    await sandbox.teams.link.idle();
    await sandbox.as(objectId, 'app', { installed: false });
    await sandbox.teams.link.idle();
    const told = sandbox.bot.heard.map(({ activity }) => [activity.type, activity.action ?? null]);
    expect(told).toEqual([
      ['conversationUpdate', null],
      ['installationUpdate', 'add'],
      ['conversationUpdate', null],
      ['installationUpdate', 'remove'],
    ]);
    expect((await begin(objectId)).status).toBe(403);
  });

  test('oddity 177: Graph shows first posts newest first, cards as JSON text, by a right that goes with the installation', async () => {
    const reader = { clientId: sandbox.app.appId, clientSecret: sandbox.app.appSecret };
    const token = await sandbox.token(reader, sandbox.setUp.tenantId);
    const root = String((await post(general, cardMessage())).at('id'));
    await post(`${general};messageid=${root}`, { type: 'message', text: 'reply' });
    const channel = `/v1.0/teams/${sandbox.setUp.teams.teamId}/channels/${encodeURIComponent(general)}/messages`;
    const read = (path: string) => {
      sandbox.manual.advance(1000);
      return sandbox.graph(path, { token });
    };
    const page = await read(`${channel}?$top=1`);
    expect(page.at('value/0')).toMatchObject({ id: root, from: { application: { id: sandbox.app.appId } } });
    const content = JSON.parse(String(page.at('value/0/attachments/0/content'))) as unknown;
    expect(content).toMatchObject({ type: 'AdaptiveCard' });
    expect(page.at('@odata.nextLink')).toContain('skiptoken');
    expect((await read(`${channel}/${root}/replies`)).at('value/0/body/content')).toBe('reply');
    const { clientId, clientSecret, tenantId } = sandbox.setUp;
    const other = await sandbox.token({ clientId, clientSecret }, tenantId);
    expect((await sandbox.graph(channel, { token: other })).status).toBe(403);
    const home = sandbox.state.tenants.get(sandbox.app.homeTenantId)?.tenant.groups[0]?.group.id ?? '';
    const own = await sandbox.token(reader, sandbox.app.homeTenantId);
    const channels = await sandbox.graph(`/v1.0/teams/${home}/channels`, { token: own });
    const id = encodeURIComponent(String(channels.at('value/0/id')));
    expect((await sandbox.graph(`/v1.0/teams/${home}/channels/${id}/messages`, { token: own })).status).toBe(403);
  });

  test('oddity 178: a team is named by the thread of its General channel, which comes without a name', async () => {
    const team = await sandbox.send(`GET /v3/teams/${general}`);
    expect(team.at()).toMatchObject({ id: general, aadGroupId: sandbox.setUp.teams.teamId, channelCount: 1 });
    const channels = await sandbox.send(`GET /v3/teams/${general}/conversations`);
    expect(channels.at('conversations/0')).toMatchObject({ id: general, name: null });
    expect((await sandbox.send(`GET /v3/teams/${sandbox.setUp.teams.teamId}`)).status).toBe(404);
  });
});

function inTeam(userId: string): boolean {
  const members = sandbox.state.tenants
    .get(sandbox.setUp.tenantId)
    ?.groupsById.get(sandbox.setUp.teams.teamId)?.members;
  return (members ?? []).some(({ id }) => id === userId);
}
