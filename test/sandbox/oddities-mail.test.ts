import { setTimeout as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { setOptions, startWriter, type Writer } from '../support/graph-writer.ts';
import { idOf, TENANT_ID } from '../support/sandbox-tenant.ts';

const BOX = `/users/${idOf('user', 1)}`;
const IMMUTABLE = { Prefer: 'IdType="ImmutableId"' };
const KEY_ID = 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name rollout-key';
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function start(...given: Parameters<typeof startWriter>): Promise<Writer> {
  const writer = await startWriter(...given);
  endings.push(() => writer.end());
  await setOptions(writer, { mailSettleMs: [20_000, 20_000] });
  return writer;
}

function mail(set: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    subject: 'Sign-in is changing',
    body: { contentType: 'HTML', content: '<p>Please <b>enrol</b>.</p>' },
    toRecipients: [{ emailAddress: { address: 'person.2@contoso-example.com' } }],
    ...set,
  };
}

type Ledger = { sent: { to: string[]; messageId: string | null; attachments: unknown[] }[]; counts: object };

async function ledger(writer: Writer, query = ''): Promise<Ledger> {
  return (await writer.control(`/tenants/${TENANT_ID}/mail${query}`)).at() as Ledger;
}

async function draft(writer: Writer, set: Record<string, unknown> = {}): Promise<string> {
  const reply = await writer.send(`POST ${BOX}/messages`, mail(set), IMMUTABLE);
  expect(reply.status, reply.text).toBe(201);
  return String(reply.at('id'));
}

describe('mail', () => {
  test('oddity 148: sendMail is 202 with nothing, and the copy comes to Sent Items later', async () => {
    const writer = await start();
    const sent = await writer.send(`POST ${BOX}/sendMail`, { message: mail() });
    expect([sent.status, sent.text, sent.headers['content-length']]).toEqual([202, '', '0']);
    expect((await writer.send(`GET ${BOX}/messages`)).rows()).toEqual([]);
    writer.manual.advance(20_000);
    const copies = (await writer.send(`GET ${BOX}/mailFolders/SentItems/messages`)).rows();
    expect(copies).toMatchObject([{ subject: 'Sign-in is changing', isDraft: false, bodyPreview: 'Please enrol .' }]);
    await writer.send(`POST ${BOX}/sendMail`, { message: mail(), saveToSentItems: false });
    writer.manual.advance(20_000);
    expect((await writer.send(`GET ${BOX}/messages`)).rows()).toHaveLength(1);
    expect((await ledger(writer)).counts).toEqual({ 'person.2@contoso-example.com': 2 });
  });

  test('oddity 149: an immutable id finds the message after sending, an ordinary one does not', async () => {
    const writer = await start();
    const ordinary = await writer.send(`POST ${BOX}/messages`, mail());
    const immutable = await writer.send(`POST ${BOX}/messages`, mail(), IMMUTABLE);
    expect(immutable.headers['preference-applied']).toBe('IdType="ImmutableId"');
    expect(ordinary.headers['preference-applied']).toBeUndefined();
    for (const made of [ordinary, immutable]) {
      const path = `${BOX}/messages/${String(made.at('id'))}`;
      expect((await writer.send(`GET ${path}`)).at('isDraft')).toBe(true);
      const sent = await writer.send(`POST ${path}/send`);
      expect([sent.status, sent.text]).toEqual([202, '']);
    }
    writer.manual.advance(20_000);
    const gone = await writer.send(`GET ${BOX}/messages/${String(ordinary.at('id'))}`);
    expect([gone.status, gone.at('error/code')]).toEqual([404, 'ErrorItemNotFound']);
    expect((await writer.send(`GET ${BOX}/messages/${String(immutable.at('id'))}`)).at('isDraft')).toBe(false);
  });

  test('oddity 150: right after a lost 202 the message still says draft, and sending it again sends it twice', async () => {
    const writer = await start();
    const id = await draft(writer);
    writer.faults.put({
      id: 'lost',
      vendor: 'graph',
      template: '/users/{id}/messages/{message}/send',
      cut: 'before',
      afterEffect: true,
      times: 1,
    });
    await expect(writer.send(`POST ${BOX}/messages/${id}/send`)).rejects.toThrow();
    expect((await writer.send(`GET ${BOX}/messages/${id}`)).at('isDraft')).toBe(true);
    expect((await ledger(writer)).sent).toHaveLength(1);
    expect((await writer.send(`POST ${BOX}/messages/${id}/send`)).status).toBe(202);
    expect((await ledger(writer)).counts).toEqual({ 'person.2@contoso-example.com': 2 });
    writer.manual.advance(20_000);
    expect((await writer.send(`GET ${BOX}/messages/${id}`)).at('isDraft')).toBe(false);
    expect((await writer.send(`POST ${BOX}/messages/${id}/send`)).status).toBe(400);
    expect((await ledger(writer)).sent).toHaveLength(2);
  });

  test('oddity 151: an extended property finds a message, before and after it was sent', async () => {
    const writer = await start();
    const singleValueExtendedProperties = [{ id: KEY_ID, value: 'mail-7' }];
    const id = await draft(writer, { singleValueExtendedProperties });
    await draft(writer, { singleValueExtendedProperties: [{ id: KEY_ID, value: 'mail-8' }] });
    const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${KEY_ID}' and ep/value eq 'mail-7')`;
    const find = async () =>
      (await writer.send(`GET ${BOX}/messages?$filter=${encodeURIComponent(filter)}`, undefined, IMMUTABLE)).rows();
    expect((await find()).map((message) => message.id)).toEqual([id]);
    expect((await find())[0]).not.toHaveProperty('singleValueExtendedProperties');
    await writer.send(`POST ${BOX}/messages/${id}/send`);
    writer.manual.advance(20_000);
    expect((await find()).map((message) => [message.id, message.isDraft])).toEqual([[id, false]]);
    const expand = encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${KEY_ID}')`);
    const shown = await writer.send(`GET ${BOX}/messages/${id}?$expand=${expand}`);
    expect(shown.at('singleValueExtendedProperties')).toEqual(singleValueExtendedProperties);
  });

  test('oddity 152: own headers begin with x-, one to five of them, and an empty list is refused', async () => {
    const writer = await start();
    const header = (name: string) => ({ name, value: 'v' });
    const cases: [unknown, number, string?][] = [
      [[], 400, 'InvalidInternetMessageHeaderCollection'],
      [[header('List-Unsubscribe')], 400, 'InvalidInternetMessageHeader'],
      [Array.from({ length: 6 }, (_, n) => header(`x-${n}`)), 400, 'InvalidInternetMessageHeaderCollection'],
      [Array.from({ length: 5 }, (_, n) => header(`X-${n}`)), 201],
    ];
    for (const [internetMessageHeaders, status, code] of cases) {
      const reply = await writer.send(`POST ${BOX}/messages`, mail({ internetMessageHeaders }));
      expect([reply.status, reply.at('error/code')]).toEqual([status, code]);
    }
    const listed = (await writer.send(`GET ${BOX}/messages`)).rows();
    const id = await draft(writer, { internetMessageHeaders: [header('x-a')] });
    expect(listed).toHaveLength(1);
    const patched = await writer.send(`PATCH ${BOX}/messages/${id}`, { internetMessageHeaders: [header('x-b')] });
    expect(patched.status).toBe(400);
    await writer.send(`POST ${BOX}/messages/${id}/send`);
    const select = `${BOX}/messages/${id}?$select=internetMessageHeaders`;
    expect((await writer.send(`GET ${select}`)).at('internetMessageHeaders')).toEqual([header('x-a')]);
    writer.manual.advance(20_000);
    expect((await writer.send(`GET ${select}`)).at()).not.toHaveProperty('internetMessageHeaders');
  });

  test('oddity 153: an address that nobody has is accepted; a notice comes into the inbox later', async () => {
    const writer = await start();
    const dead = 'nobody@contoso-example.com';
    await setOptions(writer, { undeliverableAddresses: [dead], mailReturnMs: [60_000, 60_000] });
    const toRecipients = [{ emailAddress: { address: 'Nobody@contoso-example.com' } }];
    expect((await writer.send(`POST ${BOX}/sendMail`, { message: mail({ toRecipients }) })).status).toBe(202);
    const inbox = async () => (await writer.send(`GET ${BOX}/mailFolders/inbox/messages`)).rows();
    expect(await inbox()).toEqual([]);
    writer.manual.advance(60_000);
    const [notice] = await inbox();
    expect(notice).toMatchObject({ subject: 'Undeliverable: Sign-in is changing', isRead: false });
    expect(JSON.stringify(notice?.body)).toContain('550 5.1.10');
    expect((await ledger(writer, '?to=nobody@contoso-example.com')).sent).toMatchObject([
      { undeliverable: ['Nobody@contoso-example.com'] },
    ]);
  });

  test('oddity 154: a fifth call at the same time into one mailbox is 429', async () => {
    const writer = await start();
    await writer.send(`GET ${BOX}/messages`);
    const other = `/users/${idOf('user', 2)}`;
    writer.faults.put({ id: 'slow', vendor: 'graph', template: '/users/{id}/sendMail', delayMs: 5000, times: 4 });
    const slow = Array.from({ length: 4 }, async () =>
      writer.graph(`/v1.0${BOX}/sendMail`, { method: 'POST', body: { message: mail() } }),
    );
    while (writer.faults.list().length > 0) await nextTurn(1);
    const name = '/users/Person.1@contoso-example.com';
    const fifth = await writer.graph(`/v1.0${name}/messages`);
    expect([fifth.status, fifth.at('error/code'), fifth.headers['retry-after']]).toEqual([
      429,
      'ApplicationThrottled',
      '1',
    ]);
    expect((await writer.graph(`/v1.0${other}/messages`)).status).toBe(200);
    writer.manual.advance(5000);
    expect((await Promise.all(slow)).map((reply) => reply.status)).toEqual([202, 202, 202, 202]);
    expect((await writer.graph(`/v1.0${BOX}/messages`)).status).toBe(200);
  });

  test('oddity 155: a mailbox sends only as itself, and an account without a mailbox is 404', async () => {
    const writer = await start();
    const from = { emailAddress: { address: 'person.2@contoso-example.com' } };
    const asOther = await writer.send(`POST ${BOX}/sendMail`, { message: mail({ from }) });
    expect([asOther.status, asOther.at('error/code')]).toEqual([403, 'ErrorSendAsDenied']);
    const without = await writer.send(`POST /users/${idOf('user', 3)}/sendMail`, { message: mail() });
    expect([without.status, without.at('error/code')]).toEqual([404, 'MailboxNotEnabledForRESTAPI']);
    for (const toRecipients of [[], [{ emailAddress: { address: 'no address' } }]]) {
      const reply = await writer.send(`POST ${BOX}/sendMail`, { message: mail({ toRecipients }) });
      expect([reply.status, reply.at('error/code')]).toEqual([400, 'ErrorInvalidRecipients']);
    }
    expect((await writer.send(`POST ${BOX}/sendMail`, {})).status).toBe(400);
    expect((await ledger(writer)).sent).toEqual([]);
  });

  test('an attachment goes with the mail, and a draft can be changed and removed', async () => {
    const writer = await start();
    const id = await draft(writer);
    const path = `${BOX}/messages/${id}`;
    expect((await writer.send(`PATCH ${path}`, { subject: 'Report' })).at('subject')).toBe('Report');
    const contentBytes = Buffer.from('%PDF').toString('base64');
    const attachment = { '@odata.type': '#microsoft.graph.fileAttachment', name: 'report.pdf', contentBytes };
    expect((await writer.send(`POST ${path}/attachments`, attachment)).status).toBe(201);
    expect((await writer.send(`GET ${path}`)).at('hasAttachments')).toBe(true);
    await writer.send(`POST ${path}/send`);
    expect((await ledger(writer)).sent[0]?.attachments).toMatchObject([{ name: 'report.pdf', bytes: 4 }]);
    const other = await draft(writer);
    expect((await writer.send(`DELETE ${BOX}/messages/${other}`)).status).toBe(204);
    expect((await writer.send(`GET ${BOX}/messages/${other}`)).status).toBe(404);
  });

  test('oddity 189: a mailbox sends thirty mails a minute, drafts among them, and reading goes on', async () => {
    const writer = await start();
    const ids: string[] = [];
    for (let n = 0; n < 2; n += 1) ids.push(await draft(writer));
    // Without the writer's own turn of the clock before each call.
    const post = (path: string, body?: object) =>
      writer.graph(`/v1.0${BOX}${path}`, { method: 'POST', ...(body === undefined ? {} : { body }) });
    for (let n = 0; n < 29; n += 1) expect((await post('/sendMail', { message: mail() })).status).toBe(202);
    expect((await post(`/messages/${ids[0] ?? ''}/send`)).status).toBe(202);
    const refused = await post(`/messages/${ids[1] ?? ''}/send`);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect((await writer.graph(`/v1.0${BOX}/messages`)).status).toBe(200);
    writer.manual.advance(60_000);
    expect((await post(`/messages/${ids[1] ?? ''}/send`)).status).toBe(202);
    expect((await ledger(writer)).sent).toHaveLength(31);
  });

  test('oddity 190: recipients count in 24 hours, copies among them', async () => {
    const writer = await start();
    await setOptions(writer, { mailRecipientsPerDay: 3 });
    const address = (n: number) => ({ emailAddress: { address: `person.${n}@contoso-example.com` } });
    const send = (set: object = {}) => writer.send(`POST ${BOX}/sendMail`, { message: mail({ ...set }) });
    expect((await send({ ccRecipients: [address(3)] })).status).toBe(202);
    const refused = await send({ ccRecipients: [address(3)] });
    expect([refused.status, refused.at('error/code')]).toEqual([429, 'ErrorSubmissionQuotaExceeded']);
    expect(refused.headers).not.toHaveProperty('retry-after');
    expect((await send()).status).toBe(202);
    expect((await send()).status).toBe(429);
    writer.manual.advance(24 * 3_600_000);
    const token = await writer.token();
    const tomorrow = { method: 'POST', token, body: { message: mail() } } as const;
    expect((await writer.graph(`/v1.0${BOX}/sendMail`, tomorrow)).status).toBe(202);
  });

  test('oddity 193: sending takes a body of length 0 and no other, an action without parameters an object at most', async () => {
    const writer = await start();
    const own = { messageId: await draft(writer) };
    const send = (body?: unknown) => writer.send(`POST ${BOX}/messages/${own.messageId}/send`, body, IMMUTABLE);
    for (const body of [null, {}]) {
      const refused = await send(body);
      expect([refused.status, refused.at('error/code')]).toEqual([400, 'BadRequest']);
    }
    expect((await send()).status).toBe(202);
    const revoke = (body?: unknown) => writer.send(`POST ${BOX}/revokeSignInSessions`, body);
    expect([(await revoke(null)).status, (await revoke({})).status, (await revoke()).status]).toEqual([400, 200, 200]);
  });
});
