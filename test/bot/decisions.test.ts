import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { readJournal } from '../../src/store/journal.ts';
import { activity, type Bench, CHANNEL, HOME_TENANT, press, startBench, startBotServer } from '../support/bot-bench.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const WIDE = { limit: 1_000, windowMs: 1_000 };

describeStore('decisions on cards', (store) => {
  let bench: Bench;
  let world: RunningSandbox;
  let app: App;
  let customer: Customer;
  let server: Awaited<ReturnType<typeof startBotServer>>;
  let approver: { tenantId: string; objectId: string; name: string };
  let engineer: { tenantId: string; objectId: string; name: string };

  beforeAll(async () => {
    bench = await startBench();
    world = await startWorld({ seed: 11, size: 100 });
    app = await startProduct(await store.location(), {
      teams: () => Promise.resolve(bench.settings),
      teamsLimits: { thread: [WIDE], tenant: WIDE },
    });
    customer = await addCustomerOf(app, world);
    await sync(app, customer);
    server = await startBotServer(app, bench);
    approver = { tenantId: customer.id, objectId: randomUUID(), name: 'Robin Example' };
    engineer = { tenantId: HOME_TENANT, objectId: randomUUID(), name: 'Kim Example' };
  });
  afterAll(async () => {
    await server.close();
    await app.close();
    await world.stop();
    await bench.stop();
  });
  beforeEach(async () => {
    await app.access.grant(
      customer.id,
      { identity: identityOf(approver), role: 'approver', displayName: 'Robin Example' },
      {},
    );
    await app.access.grant(
      customer.id,
      { identity: identityOf(engineer), role: 'engineer', displayName: 'Kim Example' },
      {},
    );
  });

  const identityOf = ({ tenantId, objectId }: { tenantId: string; objectId: string }) => ({ tenantId, objectId });
  const digestNow = async () => (await app.syncs.exceptions(customer)).digest;
  const signatures = async () =>
    (await app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id))).filter(
      ({ event }) => event === 'exceptions.signed',
    ).length;
  const names = async () => (await app.syncs.exceptions(customer)).exceptions.map(({ displayName }) => displayName);
  const forgetSignatures = () =>
    app.database.withCustomer(customer.id, async (tx) => {
      // The numbers of decisions begin anew, and each names an effect that is taken once for ever.
      await tx.execute(sql`DELETE FROM decisions`);
      await tx.execute(sql`DELETE FROM outbox WHERE kind = 'cards.refresh'`);
    });
  const sign = async (sender = approver, digest?: string) =>
    press(bench, sender, {
      verb: 'exceptions.sign',
      data: { customer: customer.id, digest: digest ?? (await digestNow()) },
    });

  it('shows names to the approver and counts alone to anybody else of the customer', async () => {
    const view = (sender: typeof approver) =>
      server.post(press(bench, sender, { verb: 'exceptions.view', data: { customer: customer.id } }));
    const [signer, other] = [await view(approver), await view({ ...approver, objectId: randomUUID() })];
    const [name = ''] = await names();
    expect(JSON.stringify(signer.body.value)).toContain(name);
    expect(JSON.stringify(signer.body.value)).toContain('exceptions.sign');
    for (const each of await names()) expect(other.text).not.toContain(JSON.stringify(each).slice(1, -1));
    expect(other.text).not.toContain('exceptions.sign');
  });

  it('never acts on a refresh that Teams sends by itself', async () => {
    const before = await signatures();
    const asked = await sign();
    (asked.value as { trigger: string }).trigger = 'automatic';
    const { body } = await server.post(asked);
    expect(body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' });
    expect(await signatures()).toBe(before);
  });

  it('answers a signature on content that changed with the present state, and records nothing', async () => {
    const before = await signatures();
    const { body } = await server.post(await sign(approver, `sha256:${'0'.repeat(64)}`));
    expect(JSON.stringify(body.value)).toContain('changed since this card was shown');
    expect(await signatures()).toBe(before);
  });

  it('refuses somebody whose role was taken away while the card was open', async () => {
    const asked = await sign();
    await app.access.revoke(customer.id, { identity: identityOf(approver), role: 'approver' }, {});
    const before = await signatures();
    const { status, body } = await server.post(asked);
    expect([status, body.statusCode]).toEqual([200, 400]);
    expect(await signatures()).toBe(before);
  });

  it('refuses somebody of our own tenant whom nobody granted anything', async () => {
    const stranger = { tenantId: HOME_TENANT, objectId: randomUUID(), name: 'Sam Example' };
    const { status, body } = await server.post(await sign(stranger));
    expect([status, (body.value as { code: string }).code]).toEqual([200, 'not_granted']);
  });

  it('signs once for fifty presses at once, and tells all the same', async () => {
    await forgetSignatures();
    const before = await signatures();
    const data = { customer: customer.id, digest: await digestNow() };
    const presses = Array.from({ length: 50 }, () => press(bench, approver, { verb: 'exceptions.sign', data }));
    const answers = await Promise.all(presses.map((asked) => server.post(asked)));
    expect(answers.every(({ status, body }) => status === 200 && body.statusCode === 200)).toBe(true);
    for (const { text } of answers) expect(text).toContain('Signed by ');
    expect(await signatures()).toBe(before + 1);
  });

  it('tells the slower of two signers who was faster', async () => {
    await forgetSignatures();
    const second = { tenantId: customer.id, objectId: randomUUID(), name: 'Jo Example' };
    const grant = { identity: identityOf(second), role: 'approver' as const, displayName: 'Jo Example' };
    await app.access.grant(customer.id, grant, {});
    await server.post(await sign());
    const { text } = await server.post(await sign(second));
    expect(text).toContain('Somebody was faster');
    expect(text).toContain('Robin Example');
  });

  it('gives the same answer to the same activity, and has no second effect', async () => {
    await forgetSignatures();
    const asked = await sign();
    const before = await signatures();
    const [first, ...others] = await Promise.all([server.post(asked), server.post(asked), server.post(asked)]);
    const late = await server.post(asked);
    for (const other of [...others, late]) expect(other.text).toBe(first.text);
    expect(await signatures()).toBe(before + 1);
  });

  it('lets an engineer of our own tenant approve the draft that the card names', async () => {
    const digest = (await app.drafts.draw(customer, {})).draft.digest;
    const data = { customer: customer.id, digest };
    const asked = press(bench, engineer, { verb: 'draft.hold', data, where: 'personal' });
    const { body } = await server.post(asked);
    expect(body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' });
    expect(JSON.stringify(body.value)).toContain('Held by ');
    const state = await app.drafts.state(customer, { digest });
    expect(state.state).toBe('held');
  });

  it('names the customer on both cards, for an engineer who works for several', async () => {
    for (const verb of ['exceptions.view', 'draft.view']) {
      const { body } = await server.post(
        press(bench, engineer, { verb, data: { customer: customer.id }, where: 'personal' }),
      );
      const { body: shown } = body.value as { body: unknown };
      expect(JSON.stringify(shown)).toContain(customer.name);
    }
  });

  it('writes the card into the channel once, and brings the copy up to date after the signature', async () => {
    await forgetSignatures();
    bench.wrote.length = 0;
    await server.post(activity(bench, approver, { where: 'channel', type: 'installationUpdate', action: 'add' }));
    const job = { customerId: customer.id, signal: app.signal };
    await app.bot?.jobs.postSubject(job, { subject: 'exceptions' });
    await app.bot?.jobs.postSubject(job, { subject: 'exceptions' });
    await settled(() => copies().length === 1);
    for (const name of await names()) expect(JSON.stringify(copies()[0]?.body)).not.toContain(name);
    await server.post(await sign());
    await settled(() => updates().length > 0);
    expect(JSON.stringify(updates().at(-1)?.body)).toContain('Robin Example');
    expect(copies()).toHaveLength(1);
  });

  const copies = () =>
    bench.wrote.filter(
      ({ path, body }) => path === '/v3/conversations' && JSON.stringify(body).includes('exceptions.view'),
    );
  const updates = () => bench.wrote.filter(({ method, path }) => method === 'PUT' && path.includes(CHANNEL));

  /** The worker runs in this process: what it does is over when its queue is empty. */
  async function settled(isDone: () => boolean): Promise<void> {
    for (let turn = 0; turn < 200 && !isDone(); turn += 1) await app.worker.drain();
    expect(isDone()).toBe(true);
  }
});
