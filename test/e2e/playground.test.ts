/** Microsoft's own test client against the bot: what it sends is checked for real, what it draws is what people see. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { readJournal } from '../../src/store/journal.ts';
import { APP_ID, type Bench, HOME_TENANT, startBench, startBotServer } from '../support/bot-bench.ts';
import { type BotService, startBotService } from '../support/bot-service.ts';
import { findChromium, startBrowser } from '../support/browser.ts';
import {
  type Client,
  openPlayground,
  type Person,
  type Playground,
  person,
  startPlayground,
} from '../support/playground.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { embeddedFolder } from '../support/store.ts';

const WIDE = { limit: 1_000, windowMs: 1_000 };
const BOT_ID = `28:${APP_ID}`;
const chromium = findChromium();

describe.skipIf(chromium === null)('the bot in the test client of Microsoft', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-pictures-'));
  const pictures = process.env.PLAYGROUND_PICTURES ?? folder;
  const approver = person('Robin Example');
  const second = person('Jo Example');
  const engineer = person('Kim Example');
  let bench: Bench;
  let world: RunningSandbox;
  let service: BotService;
  let theirs: Playground;
  let ours: Playground;
  let app: App;
  let customer: Customer;
  let server: Awaited<ReturnType<typeof startBotServer>>;
  let browser: Browser;
  let client: Client;

  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    bench = await startBench();
    closers.push(bench.stop);
    world = await startWorld({ seed: 23, size: 100 });
    closers.push(world.stop);
    service = await startBotService(bench);
    closers.push(service.close);
    const wishes = { endpoint: service.endpoint, botId: BOT_ID };
    theirs = await startPlayground({ ...wishes, tenantId: world.setUp.tenantId, me: approver, others: [second] });
    closers.push(theirs.stop);
    ours = await startPlayground({ ...wishes, tenantId: HOME_TENANT, me: engineer });
    closers.push(ours.stop);
    await startBot();
    browser = await startBrowser(chromium ?? '');
    closers.push(() => browser.close());
    client = await openPlayground(browser, theirs, approver);
    await client.openChannel();
    await client.thread('I answer questions about multi-factor authentication').waitFor();
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const startBot = async () => {
    const settings = { ...bench.settings, connectorHosts: [theirs.origin, ours.origin] };
    app = await startProduct(
      { dataDir: embeddedFolder() },
      { teams: () => Promise.resolve(settings), teamsLimits: { thread: [WIDE], tenant: WIDE } },
    );
    closers.push(app.close);
    customer = await addCustomerOf(app, world);
    await sync(app, customer);
    await grant(approver, 'approver');
    await grant(second, 'approver');
    await grant(engineer, 'engineer');
    server = await startBotServer(app, bench);
    closers.push(server.close);
    service.serve(`${server.url}/api/messages`);
  };
  const identityOf = (who: Person) => ({
    tenantId: who === engineer ? HOME_TENANT : customer.id,
    objectId: who.objectId,
  });
  const grant = (who: Person, role: 'approver' | 'engineer') =>
    app.access.grant(customer.id, { identity: identityOf(who), role, displayName: who.name }, {});
  const picture = ({ page }: Client, name: string) =>
    page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  const postCard = (subject: string) =>
    app.bot?.jobs.postSubject({ customerId: customer.id, signal: app.signal }, { subject });
  const journalled = async (event: string) => {
    const journal = await app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id));
    return journal.filter((entry) => entry.event === event).length;
  };
  const lastHanded = () => {
    const last = service.handed.at(-1);
    if (last === undefined) throw new Error('nothing was handed on');
    return { ...last, body: JSON.parse(last.answer) as { statusCode: number; type: string } };
  };

  /** The thread of a message that somebody wrote in the client. */
  const conversationWith = async (text: string): Promise<string> => {
    const find = () => service.handed.find(({ activity }) => String(activity.text).includes(text));
    await expect.poll(find).toBeDefined();
    return (find()?.activity.conversation as { id: string } | undefined)?.id ?? '';
  };

  it('is reached only by what is signed', async () => {
    const [sent] = service.handed;
    expect(sent?.status).toBe(200);
    expect((await server.send(sent?.activity, {})).status).toBe(401);
    expect((await server.post(sent?.activity ?? {}, { key: 'foreign' })).status).toBe(401);
    expect(service.handed.every(({ status }) => status === 200)).toBe(true);
  });

  it('answers a question in its thread, and in private on request', async () => {
    await client.openChannel();
    await client.ask('How do I enrol for MFA?');
    const thread = client.thread('How do I enrol for MFA?');
    await client.cards(thread).getByRole('heading', { name: 'How to set it up' }).waitFor();
    await thread.getByRole('button', { name: 'Answer me in private' }).click();
    await thread.getByText('I have written to you in our own chat.').waitFor();
    await picture(client, 'faq-in-channel');
    await client.openChat();
    await client.cards().getByText('You are not in the master list').waitFor();
    await picture(client, 'faq-in-private');
  });

  it('leaves chatter alone that it overhears, and answers a question about MFA', async () => {
    await client.openChannel();
    await client.ask('Which methods can I use for MFA?');
    const thread = client.thread('Which methods can I use for MFA?');
    await client.cards(thread).first().waitFor();
    const threadId = await conversationWith('Which methods can I use for MFA?');
    await theirs.overhear({ by: second, text: 'Who has the key to the meeting room upstairs?', threadId });
    await theirs.overhear({ by: second, text: 'Why am I asked for MFA so often?', threadId });
    await app.worker.drain();
    // Had the chatter been answered, its card would stand here.
    const { title } = app.faq.topic('prompt-too-often', 'en');
    await client.cards(thread).nth(1).getByRole('heading', { name: title }).waitFor();
    expect(await client.cards(thread).count()).toBe(2);
  });

  it('has the exceptions signed in the channel, once, and tells a second one who was faster', async () => {
    const names = (await app.syncs.exceptions(customer)).exceptions.map(({ displayName }) => displayName);
    await client.openChat();
    await client.say('status');
    await client.cards().last().getByRole('button', { name: 'Exceptions' }).click();
    await client
      .cards()
      .last()
      .getByRole('button', { name: /^Sign / })
      .waitFor();

    await client.openChannel();
    await postCard('exceptions');
    const thread = client.thread('Exceptions from MFA');
    await thread.getByRole('button', { name: 'Review and sign' }).waitFor();
    await picture(client, 'exceptions-posted');
    for (const name of names) expect(await thread.innerText()).not.toContain(name);
    await thread.getByRole('button', { name: 'Review and sign' }).click();
    const review = client.thread(`Please check these ${names.length} accounts`);
    await review.getByRole('cell', { name: names[0] ?? '', exact: true }).waitFor();
    await picture(client, 'exceptions-review');
    const { activity } = lastHanded();
    await review.getByRole('button', { name: `Sign these ${names.length} exceptions` }).click();
    await thread.getByText(/Signed by Robin Example on \d+ \w+ \d{4}/).waitFor();
    await picture(client, 'exceptions-signed');

    await client.openChat();
    await client
      .cards()
      .last()
      .getByRole('button', { name: /^Sign / })
      .click();
    await client.cards().last().getByText('Signed by Robin Example on').waitFor();
    await picture(client, 'exceptions-pressed-again');
    const { data } = (activity.value as { action: { data: Record<string, unknown> } }).action;
    const conversationId = (activity.conversation as { id: string }).id;
    const late = { conversationId, replyToId: String(activity.replyToId), verb: 'exceptions.sign', data };
    const told = JSON.stringify(await theirs.press({ by: second, ...late }));
    expect(told).toContain('Somebody was faster');
    expect(told).toContain('Robin Example');
    expect(await journalled('exceptions.signed')).toBe(1);
  });

  it('says in the page why a button does nothing', async () => {
    const data = { customer: customer.id };
    const old = { type: 'Action.Execute', title: 'Enforce for everybody', verb: 'policy.enforce', data };
    await client.openChat();
    await theirs.leaveCard({ type: 'AdaptiveCard', version: '1.5', body: [], actions: [old] });
    await client.page.getByRole('button', { name: 'Enforce for everybody' }).click();
    await client.page.getByText('This button is not valid any more.').waitFor();
    await picture(client, 'button-unknown');
    const { status, body } = lastHanded();
    expect([status, body.statusCode, body.type]).toEqual([200, 400, 'application/vnd.microsoft.error']);
  });

  it('has the policy draft approved by an engineer in the provider’s own Teams', async () => {
    await app.drafts.draw(customer, {});
    await postCard('policyDraft');
    const own = await openPlayground(browser, ours, engineer);
    await own.openChat();
    await own.say('status');
    await own.cards().last().getByRole('button', { name: 'Policy draft' }).click();
    const approve = own.page.getByRole('button', { name: /^Approve / });
    await approve.waitFor();
    await own.cards().last().getByText(customer.name).waitFor();
    await picture(own, 'draft-review');

    await app.access.revoke(customer.id, { identity: identityOf(engineer), role: 'engineer' }, {});
    await approve.click();
    await own.page.getByText('Reference').waitFor();
    await picture(own, 'draft-refused');
    expect([lastHanded().status, lastHanded().body.type]).toEqual([200, 'application/vnd.microsoft.error']);
    expect(await journalled('policyDraft.approved')).toBe(0);

    await grant(engineer, 'engineer');
    await approve.click();
    await own.cards().last().getByText('Approved by Kim Example on').waitFor();
    await picture(own, 'draft-approved');
    await client.openChannel();
    await client.thread('Policy draft for review').getByText('Approved by Kim Example on').waitFor();
    await picture(client, 'draft-approved-in-channel');
    expect(await journalled('policyDraft.approved')).toBe(1);
    await own.close();
  });
});
