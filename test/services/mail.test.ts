import { decodeJwt, decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../src/lib/clock.ts';
import { AppError, VendorBrokenError, VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import type { Limits } from '../../src/services/limits.ts';
import type { MailDraft, MailSender } from '../../src/services/mail/mail.ts';
import type { Accident } from '../support/accidents.ts';
import { createGmailDouble, refusal as gmailRefusal } from '../support/gmail-double.ts';
import { startGraphBench } from '../support/graph-bench.ts';
import { createOutlookDouble, refusal as graphRefusal } from '../support/outlook-double.ts';
import { NOON, UNBELIEVABLE } from '../support/vendor-bench.ts';
import type { Arrived, Reply, VendorDouble } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const MAILBOX = 'it@contoso.example';
let privateKeyPem = '';
let publicKey: Awaited<ReturnType<typeof generateKeyPair>>['publicKey'];
beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  privateKeyPem = await exportPKCS8(pair.privateKey);
  publicKey = pair.publicKey;
});

type Vendor = {
  answer(request: Arrived): Reply | Promise<Reply>;
  next(match: RegExp, accident: Accident): void;
  delivered: () => (string | undefined)[];
  drafts: () => number;
  /** What the messages say, in full. */
  texts: () => string[];
};
type Bench = Vendor & { sender: MailSender; clock: ManualClock; double: VendorDouble; mails: () => Arrived[] };

function outlookVendor(): Vendor & { double: ReturnType<typeof createOutlookDouble> } {
  const double = createOutlookDouble();
  return {
    double,
    answer: (request) => double.answer(request),
    next: (match, accident) => double.next(match, accident),
    delivered: () => double.delivered,
    drafts: () => double.messages.filter(({ isDraft }) => isDraft).length,
    texts: () => double.messages.map(({ body }) => JSON.stringify(body)),
  };
}

function gmailVendor(options: Parameters<typeof createGmailDouble>[0] = {}) {
  const double = createGmailDouble(options);
  return {
    double,
    answer: (request: Arrived) => double.answer(request),
    next: (match: RegExp, accident: Accident) => double.next(match, accident),
    delivered: () => double.delivered(),
    drafts: () => double.drafts.size,
    texts: () => double.messages.map(({ mime }) => mime),
  };
}

type Wishes = { key?: string; limits?: Partial<Limits> };

async function start(way: 'outlook' | 'gmail', vendor: Vendor, wishes: Wishes = {}): Promise<Bench> {
  const { key = privateKeyPem, limits = {} } = wishes;
  const clock = createManualClock(NOON);
  const bench = await startGraphBench((request) => vendor.answer(request), {
    clock: { ...clock, sleep: (ms, signal) => (ms < 60_000 ? Promise.resolve() : clock.sleep(ms, signal)) },
    limits,
    connections: (url) => ({
      mail:
        way === 'outlook'
          ? { kind: 'outlook', mailbox: MAILBOX }
          : {
              kind: 'gmail',
              mailbox: MAILBOX,
              baseUrl: url,
              tokenUrl: `${url}/token`,
              serviceAccount: { clientEmail: 'svc@project.example', privateKeyPem: key, privateKeyId: 'kid-1' },
            },
    }),
  });
  closing.push(() => bench.close());
  const sender = bench.connections.mail;
  if (sender === null) throw new Error('the customer has no mail');
  const mails = () => bench.arrived().filter(({ path }) => path !== '/token');
  return { ...vendor, sender, clock, double: bench.double, mails };
}

const draft = (changed: Partial<MailDraft> = {}): MailDraft => ({
  key: 'reminder:sales:u-1:2026-12-01',
  from: { address: MAILBOX, name: 'Contoso IT' },
  to: [{ address: 'ada@contoso.example', name: 'Ada Müller' }],
  cc: [{ address: 'boss@contoso.example' }],
  subject: 'Mehrstufige Anmeldung – bis 1. Dezember',
  html: '<p>Hello Ada</p>',
  text: 'Hello Ada',
  ...changed,
});

async function made(sender: MailSender, one = draft()): Promise<string> {
  const answer = await sender.createDraft(one);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.draftId;
}

const caughtFrom = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
const asked = (draftId: string | null, settleMs = 60_000) => ({
  key: draft().key,
  draftId,
  sendAskedAt: NOON,
  settleMs,
});

describe.each<{ way: 'outlook' | 'gmail'; vendor: () => Vendor; refusal: typeof graphRefusal }>([
  { way: 'outlook', vendor: outlookVendor, refusal: graphRefusal },
  { way: 'gmail', vendor: gmailVendor, refusal: gmailRefusal },
])('a mailbox at $way', ({ way, vendor, refusal }) => {
  const SEND = /^POST .*\/send$/;
  const CREATE = /^POST .*\/(messages|drafts)$/;

  it('sends a draft once, and knows it as sent at once', async () => {
    const { sender, delivered } = await start(way, vendor());
    expect(await sender.findByKey(draft().key)).toEqual({ state: 'none' });
    const draftId = await made(sender);
    expect(await sender.findByKey(draft().key)).toEqual({ state: 'draft', draftId });
    expect(await sender.send(draftId)).toEqual({ kind: 'accepted' });
    expect(await sender.outcome(asked(draftId))).toBe('sent');
    expect(await sender.findByKey(draft().key)).toEqual({ state: 'sent' });
    expect(delivered()).toHaveLength(1);
  });

  it('brings the draft that is there up to date instead of making a second one', async () => {
    const { sender, drafts, texts } = await start(way, vendor());
    const draftId = await made(sender, draft({ html: '<p>Ada and Ben</p>' }));
    const now = await made(sender, draft({ draftId, html: '<p>Ada</p>', cc: [] }));
    expect(drafts()).toBe(1);
    expect(texts().join()).not.toContain('Ben');
    expect(texts().join()).not.toContain('boss@');
    expect(await made(sender, draft({ key: 'reminder:sales:u-2' }))).not.toBe(now);
    expect(drafts()).toBe(2);
    expect(await sender.send(now)).toEqual({ kind: 'accepted' });
  });

  it('removes a draft, once, and tells when it had gone out', async () => {
    const { sender, drafts } = await start(way, vendor());
    const { key } = draft();
    const draftId = await made(sender);
    expect(await sender.discardDraft({ key, draftId })).toBe('discarded');
    expect(await sender.discardDraft({ key, draftId })).toBe('discarded');
    expect(drafts()).toBe(0);
    const sent = await made(sender);
    await sender.send(sent);
    expect(await sender.discardDraft({ key, draftId: sent })).toBe('sent');
    expect(await sender.findByKey(key)).toEqual({ state: 'sent' });
  });

  it('makes no draft for a key whose mail has gone out', async () => {
    const { sender, drafts } = await start(way, vendor());
    await sender.send(await made(sender));
    expect(await sender.createDraft(draft())).toEqual({ ok: false, reason: 'alreadySent' });
    expect(drafts()).toBe(0);
  });

  it('finds the draft again whose creation was answered by nobody, and never repeats the creation itself', async () => {
    const { sender, next, mails, drafts } = await start(way, vendor());
    next(CREATE, 'lost');
    await expect(sender.createDraft(draft())).rejects.toBeInstanceOf(VendorUnreachableError);
    expect(mails().filter(({ method }) => method === 'POST')).toHaveLength(1);
    await made(sender);
    expect(drafts()).toBe(1);
  });

  it.each<{ what: string; accident: Accident; truth: 'sent' | 'notSent' }>([
    { what: 'after it was carried out', accident: 'lost', truth: 'sent' },
    { what: 'before it was carried out', accident: 'cut', truth: 'notSent' },
    { what: 'with 503', accident: { status: 503, headers: { 'retry-after': '1' } }, truth: 'notSent' },
    { what: 'with 500', accident: { status: 500 }, truth: 'notSent' },
    {
      what: 'with a redirect',
      accident: { status: 307, headers: { location: 'https://elsewhere.example/' } },
      truth: 'notSent',
    },
  ])('is not repeated by itself when sending ends $what; the outcome is told later', async ({ accident, truth }) => {
    const { sender, next, mails, clock, delivered } = await start(way, vendor());
    const draftId = await made(sender);
    next(SEND, accident);
    expect(await sender.send(draftId)).toEqual({ kind: 'lost' });
    expect(mails().filter(({ path }) => path.endsWith('/send'))).toHaveLength(1);
    // A draft that still stands proves nothing yet.
    expect(await sender.outcome(asked(draftId))).toBe(truth === 'sent' ? 'sent' : 'unknown');
    clock.advance(60_000);
    expect(await sender.outcome(asked(draftId))).toBe(truth);
    expect(delivered()).toHaveLength(truth === 'sent' ? 1 : 0);
  });

  it('says unknown of a draft that has vanished, however much time has passed', async () => {
    const { sender, clock } = await start(way, vendor());
    clock.advance(3_600_000);
    expect(await sender.outcome(asked('gone-1:t-gone'))).toBe('unknown');
    expect(await sender.outcome(asked(null))).toBe('unknown');
  });

  it('tells the outcome by the key alone where the draft’s id was never learnt', async () => {
    const { sender, clock } = await start(way, vendor());
    const draftId = await made(sender);
    clock.advance(60_000);
    expect(await sender.outcome(asked(null))).toBe('notSent');
    await sender.send(draftId);
    expect(await sender.outcome(asked(null))).toBe('sent');
  });

  it('takes a second sending of a mail that has gone for lost, not for a failure', async () => {
    const { sender, delivered } = await start(way, vendor());
    const draftId = await made(sender);
    await sender.send(draftId);
    expect(await sender.send(draftId)).toEqual({ kind: 'lost' });
    expect(delivered()).toHaveLength(1);
  });

  it('throws when a throttled sending was not accepted, without a second try', async () => {
    const { sender, next, mails } = await start(way, vendor());
    const draftId = await made(sender);
    next(SEND, { status: 429, headers: { 'retry-after': '1' } });
    await expect(sender.send(draftId)).rejects.toMatchObject({ code: 'vendor_unreachable', call: { status: 429 } });
    expect(mails().filter(({ path }) => path.endsWith('/send'))).toHaveLength(1);
  });

  it('renews a refused token for a sending, since that was not carried out', async () => {
    const { sender, next, delivered } = await start(way, vendor());
    const draftId = await made(sender);
    next(SEND, { status: 401 });
    expect(await sender.send(draftId)).toEqual({ kind: 'accepted' });
    expect(delivered()).toHaveLength(1);
  });

  it.each(['no-at-sign', 'a@b@c.example', 'a b@c.example', 'a@c.example\r\nBcc: x@y.example', '', '<a@b.example>'])(
    'asks nobody to deliver to the address %j',
    async (address) => {
      const { sender, mails } = await start(way, vendor());
      expect(await sender.createDraft(draft({ cc: [{ address }] }))).toEqual({ ok: false, reason: 'invalidRecipient' });
      expect(await sender.createDraft(draft({ to: [] }))).toEqual({ ok: false, reason: 'invalidRecipient' });
      expect(mails()).toEqual([]);
    },
  );

  it.each(["x' or 1 eq 1", 'a b', 'k\r\nBcc: x@y.example', '', 'ü', 'k'.repeat(201)])(
    'refuses the key %j',
    async (key) => {
      const { sender, mails } = await start(way, vendor());
      await expect(sender.findByKey(key)).rejects.toMatchObject({ code: 'bad_mail_key' });
      await expect(sender.createDraft(draft({ key }))).rejects.toBeInstanceOf(AppError);
      expect(mails()).toEqual([]);
    },
  );

  it('sends files along with a mail, byte for byte, and their names on one line', async () => {
    const { sender, mails } = await start(way, vendor());
    const bytes = Uint8Array.from({ length: 700 }, (_, index) => (index * 7) % 256);
    const attachments = [{ name: 'Bericht\r\nMüller.pdf', contentType: 'application/pdf', bytes }];
    await made(sender, draft({ attachments }));
    const sent = mails().find(({ method }) => method === 'POST')?.body ?? '';
    const told = JSON.parse(sent) as {
      attachments?: { name: string; contentType: string; contentBytes: string }[];
      message?: { raw: string };
    };
    const base64 = Buffer.from(bytes).toString('base64');
    if (way === 'outlook') {
      expect(told.attachments).toEqual([
        {
          '@odata.type': '#microsoft.graph.fileAttachment',
          name: 'Bericht Müller.pdf',
          contentType: 'application/pdf',
          contentBytes: base64,
        },
      ]);
      return;
    }
    const mime = Buffer.from(told.message?.raw ?? '', 'base64url').toString('latin1');
    expect(mime).toContain('Content-Type: application/pdf');
    expect(mime.replaceAll('\r\n', '')).toContain(base64);
    expect(mime).not.toContain('\r\nMüller');
  });

  it('refuses files that are too large for one request, without asking', async () => {
    const { sender, mails } = await start(way, vendor());
    const attachments = [{ name: 'a.pdf', contentType: 'application/pdf', bytes: new Uint8Array(20_000_000) }];
    expect(await sender.createDraft(draft({ attachments }))).toEqual({ ok: false, reason: 'attachmentTooLarge' });
    expect(mails()).toEqual([]);
  });

  it.each(UNBELIEVABLE)('believes no $what when looking for a mail', async ({ reply }) => {
    const { sender, next } = await start(way, vendor());
    next(/^GET/, reply);
    await expect(sender.createDraft(draft())).rejects.toBeInstanceOf(VendorBrokenError);
  });

  it('tells a refusal without a type as it is, with neither body nor token', async () => {
    const { sender, next } = await start(way, vendor());
    next(CREATE, refusal(403, 'somethingElse'));
    const error = await caughtFrom(sender.createDraft(draft()));
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect(error).toMatchObject({ call: { status: 403, vendorCode: 'somethingElse' } });
    expect(JSON.stringify([error, String(error)])).not.toMatch(/token-|private@|ada@/);
  });

  it('ends at once when aborted', async () => {
    const { sender, mails } = await start(way, vendor());
    const draftId = await made(sender);
    const before = mails().length;
    await expect(sender.send(draftId, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect(mails()).toHaveLength(before);
  });
});

describe('refusals with a type', () => {
  it.each([
    { code: 'ErrorInvalidRecipients', status: 400, reason: 'invalidRecipient' },
    { code: 'MailboxNotEnabledForRESTAPI', status: 404, reason: 'mailboxMissing' },
    { code: 'Request_ResourceNotFound', status: 404, reason: 'mailboxMissing' },
    { code: 'ErrorExceededMessageLimit', status: 403, reason: 'quota' },
    { code: 'ErrorExceededMessageLimit', status: 429, reason: 'quota' },
  ])('come from Outlook: $status $code', async ({ code, status, reason }) => {
    const { sender, next } = await start('outlook', outlookVendor());
    const draftId = await made(sender);
    next(/\/send$/, graphRefusal(status, code));
    expect(await sender.send(draftId)).toEqual({ kind: 'refused', reason });
  });

  it.each([
    { code: 'invalidArgument', status: 400, reason: 'invalidRecipient' },
    { code: 'failedPrecondition', status: 400, reason: 'mailboxMissing' },
    { code: 'dailyLimitExceeded', status: 403, reason: 'quota' },
  ])('come from Gmail: $status $code', async ({ code, status, reason }) => {
    const { sender, next } = await start('gmail', gmailVendor());
    const draftId = await made(sender);
    next(/\/send$/, gmailRefusal(status, code));
    expect(await sender.send(draftId)).toEqual({ kind: 'refused', reason });
    next(/^GET/, gmailRefusal(status, code));
    expect(await sender.createDraft(draft({ key: 'other' }))).toEqual({ ok: false, reason });
  });
});

describe('a draft at Outlook', () => {
  it('carries our key as a property and as the one header, and keeps its id through sending', async () => {
    const vendor = outlookVendor();
    const { sender, mails } = await start('outlook', vendor);
    await sender.send(
      await made(sender, draft({ subject: 'two\r\nlines', to: [{ address: 'ada@contoso.example', name: 'A\nB' }] })),
    );
    expect(vendor.double.messages[0]?.body).toMatchObject({
      subject: 'two lines',
      body: { contentType: 'HTML', content: '<p>Hello Ada</p>' },
      toRecipients: [{ emailAddress: { address: 'ada@contoso.example', name: 'A B' } }],
      ccRecipients: [{ emailAddress: { address: 'boss@contoso.example' } }],
      internetMessageHeaders: [{ name: 'X-Mfa-Rollout-Key', value: draft().key }],
      singleValueExtendedProperties: [{ value: draft().key }],
    });
    expect(vendor.double.messages[0]?.body).not.toHaveProperty('from');
    for (const { headers, path } of mails()) {
      expect(headers.prefer).toContain('IdType="ImmutableId"');
      expect(path).toContain(`/users/${MAILBOX}/messages`);
    }
  });

  it('that is refused as no draft any more may have been sent before', async () => {
    const { sender, next } = await start('outlook', outlookVendor());
    const draftId = await made(sender);
    next(/\/send$/, graphRefusal(400, 'ErrorInvalidOperation'));
    expect(await sender.send(draftId)).toEqual({ kind: 'lost' });
  });

  it('names another sender than the mailbox', async () => {
    const vendor = outlookVendor();
    const { sender } = await start('outlook', vendor);
    await made(sender, draft({ from: { address: 'helpdesk@contoso.example' } }));
    expect(vendor.double.messages[0]?.body).toMatchObject({
      from: { emailAddress: { address: 'helpdesk@contoso.example' } },
    });
  });

  it('waits for the mailbox’s message rate, and a draft does not', async () => {
    const limits = { exchangeMails: { limit: 2, windowMs: 60_000 } };
    const { sender, clock, delivered } = await start('outlook', outlookVendor(), { limits });
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.push(await made(sender, draft({ key: `reminder:${n}` })));
    const [first = '', second = '', third = ''] = ids;
    await sender.send(first);
    await sender.send(second);
    const late = sender.send(third);
    while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(delivered()).toHaveLength(2);
    clock.advance(60_000);
    expect(await late).toEqual({ kind: 'accepted' });
    expect(delivered()).toHaveLength(3);
  });

  it('has at most four calls under way in one mailbox', async () => {
    const vendor = outlookVendor();
    let running = 0;
    let most = 0;
    const gate = Promise.withResolvers<undefined>();
    const answer = async (request: Arrived) => {
      running += 1;
      most = Math.max(most, running);
      if (running === 4) gate.resolve(undefined);
      await gate.promise;
      const reply = await vendor.answer(request);
      running -= 1;
      return reply;
    };
    const { sender } = await start('outlook', { ...vendor, answer });
    await Promise.all(Array.from({ length: 12 }, (_, index) => sender.findByKey(`key-${index}`)));
    expect(most).toBe(4);
  });
});

describe('a draft at Gmail', () => {
  it('is a message with both texts, our key and a subject in its own letters', async () => {
    const vendor = gmailVendor();
    const { sender } = await start('gmail', vendor);
    await made(sender);
    const [message] = vendor.double.messages;
    expect(message?.headers.get('x-mfa-rollout-key')).toBe(draft().key);
    expect(message?.headers.get('message-id')).toMatch(/^<mfa-rollout\.[0-9a-f]{40}@contoso\.example>$/);
    expect(message?.headers.get('cc')).toBe('boss@contoso.example');
    expect(message?.headers.get('to')).toContain('<ada@contoso.example>');
    expect(message?.headers.get('subject')).toMatch(/^=\?UTF-8\?/);
    expect(message?.mime).toContain('<p>Hello Ada</p>');
    expect(message?.mime).toContain('Content-Type: text/plain');
  });

  it('is known as sent by its thread where Gmail gave the mail another Message-ID', async () => {
    const { sender, next } = await start('gmail', gmailVendor({ rewritesMessageId: true }));
    const draftId = await made(sender);
    next(/\/send$/, 'lost');
    expect(await sender.send(draftId)).toEqual({ kind: 'lost' });
    expect(await sender.outcome(asked(draftId))).toBe('sent');
  });

  it('stays unknown when its thread holds only somebody else’s mail', async () => {
    const vendor = gmailVendor();
    const { sender, clock } = await start('gmail', vendor);
    const draftId = await made(sender);
    await sender.send(draftId);
    for (const message of vendor.double.messages) message.headers.clear();
    clock.advance(60_000);
    expect(await sender.outcome(asked(draftId))).toBe('unknown');
  });

  it('whose thread is not told is known by itself alone', async () => {
    const { sender, next, clock } = await start('gmail', gmailVendor());
    next(/^POST .*drafts$/, { json: { id: 'r-9', message: { id: 'm9' } } });
    expect(await sender.createDraft(draft())).toEqual({ ok: true, draftId: 'r-9:' });
    clock.advance(60_000);
    next(/^GET .*drafts\/r-9$/, { json: { id: 'r-9' } });
    expect(await sender.outcome(asked('r-9:'))).toBe('notSent');
    expect(await sender.outcome(asked('r-9:'))).toBe('unknown');
  });

  it('is asked for again when Gmail throttles with 403', async () => {
    const { sender, next, drafts } = await start('gmail', gmailVendor());
    next(/^POST/, gmailRefusal(403, 'userRateLimitExceeded'));
    await made(sender);
    expect(drafts()).toBe(1);
  });
});

describe('the token for Gmail', () => {
  it('is asked for once, in the mailbox’s name, with an assertion that the key signed', async () => {
    const { sender, double } = await start('gmail', gmailVendor());
    await Promise.all([sender.findByKey('a'), sender.findByKey('b')]);
    const requests = double.arrived.filter(({ path }) => path === '/token');
    expect(requests).toHaveLength(1);
    const form = new URLSearchParams(requests[0]?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const assertion = form.get('assertion') ?? '';
    await jwtVerify(assertion, publicKey, { currentDate: new Date(NOON) });
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid-1' });
    expect(decodeJwt(assertion)).toEqual({
      iss: 'svc@project.example',
      sub: MAILBOX,
      aud: 'https://oauth2.googleapis.com/token',
      scope: 'https://www.googleapis.com/auth/gmail.compose https://www.googleapis.com/auth/gmail.readonly',
      iat: NOON / 1_000,
      exp: NOON / 1_000 + 3_600,
    });
  });

  const tokenRefusal = (error: string, description: string): Vendor => {
    const vendor = gmailVendor();
    return {
      ...vendor,
      answer: (request) =>
        request.path === '/token'
          ? { status: 400, json: { error, error_description: description } }
          : vendor.answer(request),
    };
  };

  it('tells a mailbox that Google does not know', async () => {
    const { sender } = await start('gmail', tokenRefusal('invalid_grant', 'Invalid email or User ID'));
    expect(await sender.createDraft(draft())).toEqual({ ok: false, reason: 'mailboxMissing' });
  });

  it.each(['unauthorized_client', 'invalid_grant'])('says what to check after %s', async (code) => {
    const { sender } = await start('gmail', tokenRefusal(code, 'Invalid JWT Signature for private@contoso.example'));
    const error = await caughtFrom(sender.createDraft(draft()));
    expect(error).toMatchObject({ code: 'vendor_refused', call: { vendor: 'google', vendorCode: code } });
    expect((error as VendorRefusedError).userMessage).toContain('scopes');
    expect(JSON.stringify([error, String(error)])).not.toContain('private@');
  });

  it('is not asked for with a key that cannot be read, and the key is in no error', async () => {
    const { sender, double } = await start('gmail', gmailVendor(), { key: 'not-a-key-1234' });
    const error = await caughtFrom(sender.send('r-1:t1'));
    expect(error).toMatchObject({ code: 'service_account_key_unreadable' });
    expect(JSON.stringify([error, String(error)])).not.toContain('not-a-key');
    expect(double.arrived).toEqual([]);
  });

  it('fails as such: a sending for which no token came was not made', async () => {
    const vendor = gmailVendor();
    const { sender } = await start('gmail', {
      ...vendor,
      answer: (request) => (request.path === '/token' ? { status: 503 } : vendor.answer(request)),
    });
    await expect(sender.send('r-1:t1')).rejects.toMatchObject({ call: { vendor: 'google' } });
  });
});
