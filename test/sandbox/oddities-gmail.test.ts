import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_GMAIL_OPTIONS } from '../../src/sandbox/gmail/options.ts';
import { askToken, type GmailCaller, gmailCaller, rawMail, scopes } from '../support/gmail-client.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildTenant, buildUser, buildWorld, TENANT_ID } from '../support/sandbox-tenant.ts';

const MAILBOX = 'it-rollout@contoso-example.com';
let sandbox: TestSandbox;
let gmail: GmailCaller;

beforeAll(async () => {
  const users = [buildUser(1), buildUser(2), buildUser(3, { accountEnabled: false })];
  sandbox = await startTestSandbox(buildWorld({ tenants: [buildTenant({ users })] }));
});
afterAll(() => sandbox.end());
beforeEach(async () => {
  sandbox.manual.advance(61_000);
  gmail = await gmailCaller(sandbox, MAILBOX);
});
afterEach(() => {
  sandbox.faults.clear();
  sandbox.record({ type: 'gmail.options.set', workspace: TENANT_ID, options: DEFAULT_GMAIL_OPTIONS });
});

function setOptions(options: Record<string, unknown>) {
  return sandbox.control(`/gmail/${TENANT_ID}`, { method: 'POST', body: { options } });
}

async function draft(mail: Parameters<typeof rawMail>[0] = {}, threadId?: string) {
  const raw = await rawMail(mail);
  return gmail('/drafts', {
    method: 'POST',
    body: { message: { raw, ...(threadId === undefined ? {} : { threadId }) } },
  });
}

async function sendNew(mail: Parameters<typeof rawMail>[0] = {}, threadId?: string) {
  const id = (await draft(mail, threadId)).at('id');
  return gmail('/drafts/send', { method: 'POST', body: { id } });
}

function headersOf(reply: { at(path: string): unknown }): Record<string, string> {
  const headers = reply.at('payload/headers') as { name: string; value: string }[];
  return Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]));
}

async function sentCopy(reply: { at(path: string): unknown }) {
  return headersOf(await gmail(`/messages/${String(reply.at('id'))}?format=metadata`));
}

async function timesReceived(recipient: string, subject: string) {
  const rows = (await sandbox.control(`/gmail/deliveries?recipient=${recipient}`)).rows('received');
  return rows.filter((row) => row.subject === subject).map((row) => row.times);
}

describe('Google tokens', () => {
  test('oddity 73: an assertion counts with the registered key, the endpoint as audience and an hour at most', async () => {
    const good = await askToken(sandbox, { claims: { sub: MAILBOX } });
    expect([good.status, good.at('expires_in'), good.at('token_type')]).toEqual([200, 3599, 'Bearer']);
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKey = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const now = sandbox.now() / 1000;
    const refusals: [Parameters<typeof askToken>[1], string][] = [
      [{ privateKey }, 'Invalid JWT Signature.'],
      [{ claims: { aud: 'https://elsewhere.example/token' } }, 'Invalid JWT: Failed audience check.'],
      [{ claims: { exp: now + 7300 } }, 'Invalid JWT: Token must be a short-lived token (60 minutes)'],
      [{ claims: { iat: now - 9000, exp: now - 5400 } }, 'Invalid JWT: Token must be a short-lived token (60 minutes)'],
      [{ claims: { iat: sandbox.now(), exp: sandbox.now() + 3600 } }, 'Invalid JWT: Token must be a short-lived'],
      [{ claims: { iss: 'other@example.iam.gserviceaccount.com' } }, 'Invalid grant: account not found'],
    ];
    for (const [given, words] of refusals) {
      const refused = await askToken(sandbox, { ...given, claims: { sub: MAILBOX, ...given?.claims } });
      expect([refused.status, refused.at('error')]).toEqual([400, 'invalid_grant']);
      expect(refused.at('error_description')).toContain(words);
    }
  });

  test('oddity 74: one scope that the customer has not authorised refuses the token as unauthorized_client', async () => {
    const scope = `${scopes('compose')} https://mail.google.com/`;
    const refused = await askToken(sandbox, { claims: { sub: MAILBOX, scope } });
    expect([refused.status, refused.at('error')]).toEqual([401, 'unauthorized_client']);
    const body = { scopes: [scopes('send')] };
    await sandbox.control(`/gmail/${TENANT_ID}`, { method: 'POST', body });
    expect((await askToken(sandbox, { claims: { sub: MAILBOX } })).status).toBe(401);
    expect((await askToken(sandbox, { claims: { sub: MAILBOX, scope: scopes('send') } })).status).toBe(200);
    const all = { scopes: ['compose', 'metadata', 'modify', 'readonly', 'send'].map((name) => scopes(name)) };
    await sandbox.control(`/gmail/${TENANT_ID}`, { method: 'POST', body: all });
  });

  test('oddity 75: a subject who does not exist or is blocked is invalid_grant; no subject gives a token without mailbox', async () => {
    for (const sub of ['nobody@contoso-example.com', 'person.3@contoso-example.com', 'x@elsewhere.example']) {
      const refused = await askToken(sandbox, { claims: { sub } });
      expect([refused.status, refused.at('error'), refused.at('error_description')]).toEqual([
        400,
        'invalid_grant',
        'Invalid email or User ID',
      ]);
    }
    const own = await askToken(sandbox);
    expect(own.status).toBe(200);
    const authorization = `Bearer ${String(own.at('access_token'))}`;
    const reply = await sandbox.ask(`${sandbox.urls.gmail}/gmail/v1/users/me/drafts`, { headers: { authorization } });
    expect([reply.status, reply.at('error/errors/0/reason')]).toEqual([400, 'failedPrecondition']);
  });
});

describe('Gmail', () => {
  test('oddity 76: a token is for its own mailbox and its scopes; sending alone reads nothing', async () => {
    expect((await gmail('/profile', { user: MAILBOX })).at('emailAddress')).toBe(MAILBOX);
    const other = await gmail('/profile', { user: 'person.1@contoso-example.com' });
    expect([other.status, other.at('error/message')]).toEqual([403, `Delegation denied for ${MAILBOX}`]);
    const sender = await gmailCaller(sandbox, MAILBOX, scopes('send'));
    const body = { raw: await rawMail({ subject: 'Scope' }) };
    expect((await sender('/messages/send', { method: 'POST', body })).status).toBe(200);
    for (const path of ['/messages', '/drafts', '/profile']) {
      const refused = await sender(path);
      expect([refused.status, refused.at('error/errors/0/reason')]).toEqual([403, 'insufficientPermissions']);
    }
    sandbox.manual.advance(3_600_000);
    const late = await sender('/messages/send', { method: 'POST', body });
    expect([late.status, late.at('error/errors/0/reason')]).toEqual([401, 'authError']);
  });

  test('oddity 77: the metadata scope shows headers, and neither bodies nor a search', async () => {
    const id = String((await sendNew({ subject: 'Headers' })).at('id'));
    const reader = await gmailCaller(sandbox, MAILBOX, scopes('metadata'));
    expect((await reader(`/messages/${id}?format=metadata&metadataHeaders=Subject`)).at('payload/headers')).toEqual([
      { name: 'Subject', value: 'Headers' },
    ]);
    expect((await reader(`/messages/${id}?format=full`)).status).toBe(403);
    expect((await reader('/messages?q=subject:Headers')).status).toBe(403);
    expect((await reader('/messages')).status).toBe(200);
  });

  test('oddity 78: a draft is gone once it is sent or deleted: 404 on reading and on sending it again', async () => {
    const created = await draft({ subject: 'Once' });
    const id = String(created.at('id'));
    expect(created.at('message/labelIds')).toEqual(['DRAFT']);
    expect((await gmail(`/drafts/${id}?format=minimal`)).status).toBe(200);
    const sent = await gmail('/drafts/send', { method: 'POST', body: { id } });
    expect([sent.status, sent.at('labelIds')]).toEqual([200, ['SENT']]);
    const again = await gmail('/drafts/send', { method: 'POST', body: { id } });
    expect([again.status, again.at('error/status')]).toEqual([404, 'NOT_FOUND']);
    expect((await gmail(`/drafts/${id}`)).status).toBe(404);
    const other = String((await draft()).at('id'));
    expect((await gmail(`/drafts/${other}`, { method: 'DELETE' })).status).toBe(204);
    expect((await gmail(`/drafts/${other}`, { method: 'DELETE' })).status).toBe(404);
    expect(await timesReceived('person.1@contoso-example.com', 'Once')).toEqual([1]);
  });

  test('oddity 79: the sent message has another id than its draft and the same thread', async () => {
    const created = await draft();
    const sent = await gmail('/drafts/send', { method: 'POST', body: { id: created.at('id') } });
    expect(sent.at('id')).not.toBe(created.at('message/id'));
    expect(sent.at('threadId')).toBe(created.at('message/threadId'));
    expect((await gmail(`/messages/${String(created.at('message/id'))}`)).status).toBe(404);
  });

  test('oddity 80: sending replaces the Message-ID, unless the account keeps it', async () => {
    const own = '<rollout-1@contoso-example.com>';
    const created = await draft({ messageId: own });
    expect(headersOf(await gmail(`/messages/${String(created.at('message/id'))}?format=metadata`))['message-id']).toBe(
      own,
    );
    const sent = await gmail('/drafts/send', { method: 'POST', body: { id: created.at('id') } });
    const messageId = (await sentCopy(sent))['message-id'] ?? '';
    expect(messageId).toMatch(/^<CA[\w-]+@mail\.gmail\.com>$/);
    const find = (id: string) => gmail(`/messages?q=${encodeURIComponent(`rfc822msgid:${id}`)}`);
    expect((await find(messageId)).at('messages')).toEqual([{ id: sent.at('id'), threadId: sent.at('threadId') }]);
    expect((await find(own)).at()).not.toHaveProperty('messages');
    await setOptions({ replacesMessageId: false });
    expect((await sentCopy(await sendNew({ messageId: own })))['message-id']).toBe(own);
  });

  test('oddity 81: the sender in From is the mailbox, whoever was written there', async () => {
    const sent = await sendNew({ from: 'Somebody <ceo@contoso-example.com>' });
    expect((await sentCopy(sent)).from).toBe(MAILBOX);
    const own = await sendNew({ from: `"IT" <${MAILBOX}>` });
    expect((await sentCopy(own)).from).toBe(`IT <${MAILBOX}>`);
  });

  test('oddity 82: own headers are kept and cannot be searched; a search without a find has no list', async () => {
    const sent = await sendNew({ subject: 'Größe', headers: { 'X-Rollout-Key': 'abc123' } });
    expect((await sentCopy(sent))['x-rollout-key']).toBe('abc123');
    const search = (q: string) => gmail(`/messages?q=${encodeURIComponent(q)}`);
    expect((await search('X-Rollout-Key:abc123')).at()).toEqual({ resultSizeEstimate: 0 });
    const ids = (await search('subject:größe in:sent -in:drafts to:person.1')).rows('messages').map(({ id }) => id);
    expect(ids).toEqual([sent.at('id')]);
    expect((await search('subject:"grosse"')).at()).toEqual({ resultSizeEstimate: 0 });
  });

  test('oddity 83: an answer joins a thread only with the id in References and the same subject', async () => {
    const first = await sendNew({ subject: 'Reminder' });
    const threadId = String(first.at('threadId'));
    const references = (await sentCopy(first))['message-id'] ?? '';
    const joined = await sendNew({ subject: 'Re: Reminder', references, inReplyTo: references }, threadId);
    expect(joined.at('threadId')).toBe(threadId);
    expect((await sendNew({ subject: 'Another', references }, threadId)).at('threadId')).not.toBe(threadId);
    expect((await sendNew({ subject: 'Reminder' }, threadId)).at('threadId')).not.toBe(threadId);
    expect((await draft({}, '1000000000000000')).status).toBe(404);
    expect((await gmail(`/threads/${threadId}`)).rows('messages').map(({ id }) => id)).toEqual([
      first.at('id'),
      joined.at('id'),
    ]);
  });

  test('oddity 84: a draft needs no recipients, a mail does: none, a bad one or too many are 400', async () => {
    const created = await draft({ to: '' });
    expect(created.status).toBe(200);
    const refused = await gmail('/drafts/send', { method: 'POST', body: { id: created.at('id') } });
    expect([refused.status, refused.at('error/message')]).toEqual([400, 'Recipient address required']);
    const many = Array.from({ length: 101 }, (_, n) => `p${n}@elsewhere.example`).join(', ');
    expect((await sendNew({ to: many })).status).toBe(400);
    const bad = Buffer.from('To: not an address\r\nSubject: x\r\n\r\nx').toString('base64url');
    const reply = await gmail('/messages/send', { method: 'POST', body: { raw: bad } });
    expect([reply.status, reply.at('error/message')]).toEqual([400, 'Invalid To header']);
    for (const body of [{}, { raw: '***' }]) {
      expect((await gmail('/messages/send', { method: 'POST', body })).status).toBe(400);
    }
  });

  test('oddity 85: a mailbox has 6,000 units a minute, 100 for a mail, told as 429 or as 403', async () => {
    await setOptions({ unitsPerMinute: 330 });
    const body = { raw: await rawMail({ subject: 'Units' }) };
    const send = () => gmail('/messages/send', { method: 'POST', body });
    const statuses = [await send(), await send(), await send()].map((reply) => reply.status);
    expect(statuses).toEqual([200, 200, 200]);
    const refused = await send();
    expect([refused.status, refused.at('error/errors/0/reason')]).toEqual([429, 'rateLimitExceeded']);
    expect(refused.headers).not.toHaveProperty('retry-after');
    await setOptions({ rateRefusal: 403 });
    const other = await send();
    expect([other.status, other.at('error/errors/0/reason')]).toEqual([403, 'userRateLimitExceeded']);
    expect((await gmail('/messages?maxResults=1')).status).toBe(200);
    sandbox.manual.advance(60_000);
    expect((await send()).status).toBe(200);
    expect(await timesReceived('person.1@contoso-example.com', 'Units')).toEqual([4]);
  });

  test('oddity 86: a mailbox sends so many mails in 24 hours, refused as if it were too fast', async () => {
    const sentNow = Number((await gmail('/messages?q=in:sent%20newer_than:1d')).at('resultSizeEstimate'));
    await setOptions({ mailsPerDay: sentNow + 1 });
    expect((await sendNew()).status).toBe(200);
    const refused = await sendNew();
    expect([refused.status, refused.at('error/errors/0/reason')]).toEqual([429, 'rateLimitExceeded']);
    expect(refused.at('error/message')).toContain('(Mail sending)');
  });

  test('oddity 199: by option the day’s limit has a reason of its own, with the status of another refusal', async () => {
    await setOptions({ mailsPerDay: 0, dayRefusal: 'dailyLimitExceeded' });
    const refused = await sendNew();
    expect([refused.status, refused.at('error/errors/0')]).toEqual([
      403,
      { domain: 'usageLimits', reason: 'dailyLimitExceeded', message: 'Daily Limit Exceeded' },
    ]);
  });

  test('oddity 191: recipients count in 24 hours, copies among them', async () => {
    const aDay = async () => {
      sandbox.manual.advance(24 * 3_600_000);
      gmail = await gmailCaller(sandbox, MAILBOX);
    };
    await aDay();
    await setOptions({ recipientsPerDay: 1 });
    expect((await sendNew()).status).toBe(200);
    const refused = await sendNew();
    expect([refused.status, refused.at('error/errors/0/reason')]).toEqual([429, 'rateLimitExceeded']);
    await aDay();
    expect((await sendNew()).status).toBe(200);
  });

  test('oddity 87: a lost answer leaves the mail sent and the draft gone', async () => {
    const id = (await draft({ subject: 'Lost answer' })).at('id');
    sandbox.faults.put({
      id: 'l',
      vendor: 'gmail',
      template: '*',
      method: 'POST',
      cut: 'before',
      afterEffect: true,
      times: 1,
    });
    await expect(gmail('/drafts/send', { method: 'POST', body: { id } })).rejects.toThrow();
    expect((await gmail(`/drafts/${String(id)}`)).status).toBe(404);
    const refusal = { id: 'r', vendor: 'gmail', template: '*', status: 503, times: 1 } as const;
    const other = (await draft({ subject: 'Refused' })).at('id');
    sandbox.faults.put(refusal);
    const failed = await gmail('/drafts/send', { method: 'POST', body: { id: other } });
    expect([failed.status, failed.at('error/errors/0/reason')]).toEqual([503, 'backendError']);
    expect((await gmail(`/drafts/${String(other)}`)).status).toBe(200);
    expect(await timesReceived('person.1@contoso-example.com', 'Lost answer')).toEqual([1]);
    expect(await timesReceived('person.1@contoso-example.com', 'Refused')).toEqual([]);
  });

  test('oddity 88: a mail can be accepted and reach nobody', async () => {
    const id = (await draft({ subject: 'Vanished' })).at('id');
    sandbox.faults.put({ id: 'v', vendor: 'gmail', template: '*', vanish: true, times: 1 });
    const sent = await gmail('/drafts/send', { method: 'POST', body: { id } });
    expect([sent.status, sent.at('labelIds')]).toEqual([200, ['SENT']]);
    expect((await gmail(`/drafts/${String(id)}`)).status).toBe(404);
    expect((await gmail(`/messages/${String(sent.at('id'))}`)).status).toBe(404);
    expect(await timesReceived('person.1@contoso-example.com', 'Vanished')).toEqual([]);
  });

  test('oddity 89: the sender’s own copy can appear later than the answer', async () => {
    await setOptions({ sentCopyDelayMs: 30_000 });
    const sent = await sendNew({ subject: 'Later' });
    const path = `/messages/${String(sent.at('id'))}`;
    expect((await gmail(path)).status).toBe(404);
    expect((await gmail('/messages?q=subject:Later')).at()).toEqual({ resultSizeEstimate: 0 });
    sandbox.manual.advance(30_000);
    expect((await gmail(path)).status).toBe(200);
  });

  test('oddity 90: an address that does not exist is accepted; a notice comes into the thread afterwards', async () => {
    const sent = await sendNew({
      subject: 'Bounce',
      to: 'gone@contoso-example.com',
      cc: 'PERSON.2@contoso-example.com',
    });
    expect(sent.status).toBe(200);
    const thread = `/threads/${String(sent.at('threadId'))}`;
    expect((await gmail(thread)).rows('messages')).toHaveLength(1);
    sandbox.manual.advance(20_000);
    const [, notice] = (await gmail(thread)).rows('messages');
    expect(notice?.labelIds).toEqual(['INBOX', 'UNREAD']);
    expect(JSON.stringify(notice)).toContain('{"name":"X-Failed-Recipients","value":"gone@contoso-example.com"}');
    expect(await timesReceived('gone@contoso-example.com', 'Bounce')).toEqual([]);
    expect(await timesReceived('person.2@contoso-example.com', 'Bounce')).toEqual([1]);
  });
});

describe('lists of a mailbox', () => {
  test('are cut into pages, drafts by search too', async () => {
    const ids: unknown[] = [];
    for (let n = 0; n < 3; n += 1)
      ids.unshift((await draft({ subject: 'Paged', messageId: `<p${n}@x.example>` })).at('id'));
    const first = await gmail('/drafts?q=subject:Paged&maxResults=2');
    const second = await gmail(`/drafts?q=subject:Paged&maxResults=2&pageToken=${String(first.at('nextPageToken'))}`);
    expect([...first.rows('drafts'), ...second.rows('drafts')].map(({ id }) => id)).toEqual(ids);
    expect(second.at()).not.toHaveProperty('nextPageToken');
    const found = await gmail(`/drafts?q=${encodeURIComponent('rfc822msgid:<p1@x.example>')}`);
    expect(found.rows('drafts').map(({ id }) => id)).toEqual([ids[1]]);
    expect((await gmail('/drafts?q=subject:nothing')).at()).toEqual({ resultSizeEstimate: 0 });
  });
});

describe('the ledger of deliveries', () => {
  test('counts the same mail twice when it was sent twice, under whatever ids', async () => {
    const mail = { subject: 'Twice', text: 'Hello', html: '<p>Hello</p>', cc: 'person.2@contoso-example.com' };
    await sendNew(mail);
    await sendNew(mail);
    await sendNew({ ...mail, text: 'Other' });
    expect(await timesReceived('person.1@contoso-example.com', 'Twice')).toEqual([2, 1]);
    expect(await timesReceived('person.2@contoso-example.com', 'Twice')).toEqual([2, 1]);
    const parts = (await gmail(`/messages/${String((await sendNew(mail)).at('id'))}`)).at('payload/parts');
    expect(parts).toMatchObject([
      { partId: '0', mimeType: 'text/plain', body: { data: Buffer.from('Hello').toString('base64url') } },
      { partId: '1', mimeType: 'text/html' },
    ]);
  });

  test('lasts, as drafts and tokens do, over a restart', async () => {
    const dataDir = mkdtempSync(`${sandbox.dataDir}-`);
    const first = await startTestSandbox(buildWorld(), { dataDir });
    const early = await gmailCaller(first, MAILBOX);
    const raw = await rawMail({ subject: 'Kept' });
    const id = (await early('/drafts', { method: 'POST', body: { message: { raw } } })).at('id');
    await early('/messages/send', { method: 'POST', body: { raw } });
    await first.end();
    const second = await startTestSandbox(buildWorld(), { dataDir });
    const late = await gmailCaller(second, MAILBOX);
    expect((await late('/drafts/send', { method: 'POST', body: { id } })).status).toBe(200);
    expect((await second.control('/gmail/deliveries')).rows('received')).toMatchObject([{ subject: 'Kept', times: 2 }]);
    await second.end();
    rmSync(dataDir, { recursive: true });
  });
});
