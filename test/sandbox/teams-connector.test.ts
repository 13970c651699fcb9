import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTeamsSandbox, type TeamsSandbox } from '../support/teams-sandbox.ts';

let sandbox: TeamsSandbox;
beforeAll(async () => {
  sandbox = await startTeamsSandbox();
});
afterAll(() => sandbox.end());

const card = (set: Record<string, unknown> = {}) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Hello' }], ...set },
    },
  ],
});

describe('the connector', () => {
  test('refuses a call without a token, with a foreign one, and with one of another tenant', async () => {
    const path = 'GET /v3/conversations/x/members';
    const foreign = await sandbox.token(
      { clientId: sandbox.app.appId, clientSecret: sandbox.app.appSecret },
      sandbox.setUp.tenantId,
    );
    for (const token of ['', 'abc', foreign, await sandbox.botToken(sandbox.setUp.tenantId)]) {
      expect((await sandbox.send(path, undefined, { token })).status).toBe(401);
    }
    expect((await sandbox.send(path)).status).toBe(404);
  });

  test('begins a chat only where the app is installed, by either id, and says who installed it', async () => {
    const { user } = sandbox.setUp.people;
    const begin = (id: string) =>
      sandbox.send('POST /v3/conversations', { members: [{ id }], tenantId: sandbox.setUp.tenantId, isGroup: false });
    const before = await begin(user.objectId);
    expect([before.status, before.at('error/code')]).toEqual([403, 'BotNotInConversationRoster']);
    await sandbox.install({ user: user.objectId });
    const told = sandbox.bot.heard.map(({ activity }) => activity);
    expect(told.map(({ type }) => type)).toEqual(['conversationUpdate', 'installationUpdate']);
    expect(told[1]).toMatchObject({ action: 'add', from: { aadObjectId: user.objectId } });
    const begun = await begin(user.objectId);
    expect(begun.status).toBe(201);
    const members = await sandbox.send(`GET /v3/conversations/${String(begun.at('id'))}/members`);
    expect(members.at('0/aadObjectId')).toBe(user.objectId);
    expect((await begin(String(members.at('0/id')))).at('id')).toBe(begun.at('id'));
    const sent = await sandbox.send(`POST /v3/conversations/${String(begun.at('id'))}/activities`, card());
    expect(sent.status).toBe(201);
    await sandbox.as(user.objectId, 'app', { blocked: true });
    const blocked = await sandbox.send(`POST /v3/conversations/${String(begun.at('id'))}/activities`, card());
    expect([blocked.status, blocked.at('error/code')]).toEqual([403, 'MessageWritesBlocked']);
  });
});
