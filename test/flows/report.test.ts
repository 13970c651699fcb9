import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOperations } from '../../src/cli/operations.ts';
import { offlineReport } from '../../src/cli/report-commands.ts';
import type { App } from '../../src/compose.ts';
import { silentLog } from '../../src/lib/log.ts';
import { neverStop } from '../../src/lib/stop-point.ts';
import type { Actor } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { runMail } from '../../src/rollout/evidence/report-mail.ts';
import { reportPdf } from '../../src/rollout/evidence/report-pdf.ts';
import { FIGURES, type ReportModel } from '../../src/rollout/evidence/report-types.core.ts';
import { procedureSchema } from '../../src/rollout/phases/procedure-file.ts';
import { patchUser } from '../../src/sandbox/people.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { awaitEffect } from '../../src/work/await-effect.ts';
import { sentMails } from '../support/outreach-world.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { tenantOf } from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const actor = (roles: Actor['roles']): Actor => ({
  customerId: '',
  identity: { tenantId: '99999999-0000-4000-8000-000000000000', objectId: '99999999-0000-4000-8000-000000000001' },
  roles,
  displayName: 'Eva Engineer',
});

describe('the closing report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-report-'));
  let world: RunningSandbox;
  let app: App;
  let customer: Customer;
  let cio: GraphObject & { mail?: unknown };

  beforeAll(async () => {
    world = await startWorld({ seed: 4, size: 100 });
    app = await startProduct({ dataDir: embeddedFolder() });
    const { users, mailboxPurposes, apps } = tenantOf(world);
    const [sender, approver] = users.filter(({ id, mail, userPrincipalName, accountEnabled }) => {
      return mailboxPurposes[id] === 'user' && mail === userPrincipalName && accountEnabled !== false;
    });
    if (sender === undefined || approver === undefined) throw new Error('the world has two people with mailboxes');
    cio = approver;
    const messenger = apps.find(({ displayName }) => displayName === 'Rollout messenger');
    writeFileSync(join(folder, 'messenger'), messenger?.clientSecret ?? '');
    customer = await addCustomerOf(app, world, (file) => {
      file.messenger = { clientId: messenger?.clientId ?? '', clientSecret: `file:${join(folder, 'messenger')}` };
      file.mail = { via: 'outlook', mailbox: String(sender.mail) };
      file.declared = { ...(file.declared as object), approverAccountId: approver.id };
    });
    await sync(app, customer);
  });
  afterAll(async () => {
    await app.close();
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The text of a PDF, by pdftotext of Debian's poppler-utils: without it this test fails. */
  function textOf(bytes: Uint8Array): string {
    const file = join(folder, 'report.pdf');
    writeFileSync(file, bytes);
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  }

  it('says in its PDF what it says in its data, and the data what the store holds', async () => {
    const { model, bytes, digest } = await app.reports.pdf(customer, 'en');
    const text = textOf(bytes);
    for (const key of FIGURES) {
      const value = model.figures[key];
      const line = text.split('\n').find((one) => one.trimEnd().endsWith(` ${key}`));
      expect(line, key).toMatch(value === null ? /not read/ : new RegExp(` ${value} `));
    }
    expect(text).toContain(digest);
    const { users } = await app.syncs.stored(customer);
    expect(model.figures['accounts.total']).toBe(users?.length);
    expect(model.figures['exceptions.total']).toBe((await app.syncs.exceptions(customer)).exceptions.length);
    const letters = (words: string) => words.normalize('NFC').replaceAll(/\s+/g, '');
    const read = letters(text);
    expect(model.accounts.filter(({ displayName }) => !read.includes(letters(displayName)))).toEqual([]);
    expect(Buffer.compare(bytes, await reportPdf(model, 'en', 'full'))).toBe(0);
  });

  it('shows a name whose script the fonts lack by its sign-in name, and others as they are', async () => {
    const { model } = await app.reports.report(customer);
    const names = ['山田 太郎', 'Łukasz Müller', 'Ольга Петрова'];
    const accounts = model.accounts
      .slice(0, 3)
      .map((account, index) => ({ ...account, displayName: names[index] ?? '' }));
    const named: ReportModel = { ...model, customer: { ...model.customer, name: 'R&D <Holding>' }, accounts };
    const text = textOf(await reportPdf(named, 'de', 'full'));
    for (const shown of ['Łukasz Müller', 'Ольга Петрова', 'R&D <Holding>']) expect(text).toContain(shown);
    expect(text).not.toContain('山');
    const signIn = (accounts[0]?.userPrincipalName ?? '').slice(0, 12);
    expect(text.split(signIn).length).toBeGreaterThan(2);
  });

  it('leaves no empty box where a font lacks a script: names, the customer and who approved', async () => {
    const { model } = await app.reports.report(customer);
    const odd = ['山田 太郎', 'محمد الأحمد', 'דוד כהן', 'สมชาย ใจดี', 'Anna 😀 Example', '김민준', '(株) 営業部'];
    const accounts = model.accounts.map((account, index) => ({
      ...account,
      displayName: odd[index % odd.length] ?? '',
      department: odd[index % odd.length] ?? '',
    }));
    const approvals = [
      {
        at: model.takenAt,
        event: 'phase.approved: 営業部',
        by: 'דוד Example',
        digest: `sha256:${'ab'.repeat(32)}`,
        seq: 1,
      },
    ];
    const name = '株式会社 Contoso العربية';
    const named: ReportModel = { ...model, customer: { ...model.customer, name }, accounts, approvals };
    const text = textOf(await reportPdf(named, 'en', 'full'));
    // The box of a character that the fonts lack stands in the text as nothing that can be read.
    expect([...text].filter((one) => /[^\P{L}\p{Script=Latin}]|\uFFFD|\p{Emoji_Presentation}/u.test(one))).toEqual([]);
    expect(text).toContain('closing report · […] Contoso […]');
    expect(text).toContain('[…] Example');
    expect(text).toContain('phase.approved: […]');
    expect(text.split(accounts[0]?.userPrincipalName?.slice(0, 12) ?? 'none').length).toBeGreaterThan(2);
  });

  it('goes to the approver as an attachment once, however often it is asked for', async () => {
    await expect(app.reports.send(customer, actor(['viewer']))).rejects.toMatchObject({ code: 'not_allowed' });
    const asked = await Promise.all([1, 2, 3].map(() => app.reports.send(customer, actor(['engineer']))));
    const digests = new Set(asked.map(({ digest }) => digest));
    expect(digests.size).toBe(1);
    const key = `report.mail:${[...digests].join('')}`;
    await awaitEffect(app.database, { customerId: customer.id, key }, app.signal);
    expect(await app.reports.mail(customer.id)).toMatchObject({ state: 'sent', to: cio.mail, why: null });
    expect(await app.reports.send(customer, actor(['engineer']))).toMatchObject({ state: 'sent' });
    const mails = sentMails(world);
    expect(mails).toHaveLength(1);
    const { model } = await app.reports.report(customer);
    const bytes = await reportPdf(model, 'en', 'full');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(mails[0]).toMatchObject({ to: [cio.mail], attachments: [{ sha256, bytes: bytes.byteLength }] });
  });

  it('writes itself once a rollout is finished: mailed, and its totals told in the channel once', async () => {
    const phases = [{ name: 'Everyone', people: null, enforceAfterDays: 5 }];
    const procedure = procedureSchema.parse({ version: 1, name: 'Closed', phases });
    const plan = { procedure, startsOn: '2030-01-07', deadline: '2030-06-28' };
    const { id } = await app.phases.begin(customer, plan, { kind: 'test' });
    expect(await app.reports.totals(customer.id)).toBeNull();
    await app.database.withCustomer(customer.id, (tx) => app.phases.finish(tx, id, new Date(app.clock.now())));
    for (const key of ['due-1', 'due-2']) {
      const effect = { kind: 'report.due', key, payload: {}, dueAt: new Date(app.clock.now()) };
      await app.database.withCustomer(customer.id, (tx) => enqueue(tx, effect));
      await awaitEffect(app.database, { customerId: customer.id, key }, app.signal);
      await awaitEffect(app.database, { customerId: customer.id, key: `report.closing:${id}` }, app.signal);
    }
    const totals = await app.reports.totals(customer.id);
    const key = `report.mail:${totals?.digest ?? ''}`;
    await awaitEffect(app.database, { customerId: customer.id, key }, app.signal);
    expect(await app.reports.mail(customer.id)).toMatchObject({ digest: totals?.digest, state: 'sent' });
    const posts = await app.database.withCustomer(customer.id, (tx) =>
      tx.execute(sql`SELECT key FROM outbox WHERE kind = 'cards.post' AND key LIKE 'cards.post:report:%'`),
    );
    expect(posts.rows).toEqual([{ key: `cards.post:report:${id}` }]);
  });

  it('waits with its reason while the approver has no mailbox, and goes on by itself when there is one', async () => {
    const who = { tenantId: customer.id, userId: cio.id as string };
    const { mail } = cio;
    patchUser(world.sandbox, who, { mail: null });
    await sync(app, customer);
    const { digest } = await app.reports.send(customer, actor(['engineer']));
    await awaitEffect(app.database, { customerId: customer.id, key: `report.mail:${digest}` }, app.signal);
    const why = { code: 'approver_without_mailbox' };
    expect(await app.reports.mail(customer.id)).toMatchObject({ digest, state: 'waiting', why });
    patchUser(world.sandbox, who, { mail });
    await sync(app, customer);
    // The next look is an hour away: it is brought forward, as that hour would.
    const next = `report.mail:${digest}#1`;
    await app.database.withCustomer(customer.id, (tx) =>
      tx.execute(sql`UPDATE outbox SET due_at = now() WHERE key = ${next}`),
    );
    await awaitEffect(app.database, { customerId: customer.id, key: next }, app.signal);
    expect(await app.reports.mail(customer.id)).toMatchObject({ digest, state: 'sent', to: mail });
  });

  it('waits with its reason while the mail system is down, and goes out once when it is back', async () => {
    await sync(app, customer);
    world.sandbox.faults.put({
      id: 'down',
      vendor: 'graph',
      template: '/users/{id}/messages',
      status: 503,
      retryAfter: '0',
    });
    const before = sentMails(world).length;
    const { digest } = await app.reports.send(customer, actor(['engineer']));
    const { database, customers, clock, signal } = app;
    const deps = { database, customers, clock, signal, log: silentLog, stopPoint: neverStop, stored: app.syncs.stored };
    // The queue's own attempts stretch over a quarter of an hour: this one is the last of them.
    const job = { customerId: customer.id, key: `report.mail:${digest}`, attempt: 9, isLastAttempt: true, signal };
    const save = await runMail(deps, { digest, round: 0 }, job);
    if (save !== undefined) await database.withCustomer(customer.id, save);
    const why = { code: 'mail_system_down' };
    expect(await app.reports.mail(customer.id)).toMatchObject({ digest, state: 'waiting', why });
    world.sandbox.faults.clear();
    const next = `report.mail:${digest}#1`;
    await database.withCustomer(customer.id, (tx) =>
      tx.execute(sql`UPDATE outbox SET due_at = now() WHERE key = ${next}`),
    );
    await awaitEffect(database, { customerId: customer.id, key: next }, signal);
    expect(await app.reports.mail(customer.id)).toMatchObject({ digest, state: 'sent', why: null });
    expect(sentMails(world)).toHaveLength(before + 1);
  });

  it('comes from the command line, and from a snapshot file without phases and signatures', async () => {
    const operations = createOperations(app, undefined);
    const live = await operations.run('report', { withPdf: false }, () => undefined);
    expect(live.text).toContain('scope.notEnforced');
    const file = JSON.stringify(await app.syncs.stored(customer));
    const offline = await offlineReport(file, { withPdf: false });
    expect(offline.json).toMatchObject({ report: { notRead: ['approvals', 'findings', 'journal', 'rollout'] } });
  });
});
