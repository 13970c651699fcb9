/**
 * Who is somebody at one customer is nobody at another. Every route of the API that names a customer and every verb of a
 * card is asked with the ids of a customer that is not the asker's: the cases are made from the tables of routes and
 * verbs, so that a new one is covered by itself.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VERBS } from '../../bot/card-actions.ts';
import { createApi } from '../../src/api/api.ts';
import type { Route } from '../../src/api/route.ts';
import type { App } from '../../src/compose.ts';
import { API_BASE, errorSchema } from '../../src/contract.ts';
import { GRANTED_ROLES, type Identity } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { type ApiAnswer, type RunningApi, type SignedInPerson, startApi } from '../support/api-client.ts';
import {
  addQuietCustomer,
  type Bench,
  HOME_TENANT,
  type Json,
  press,
  type Sender,
  startBench,
  startBotServer,
} from '../support/bot-bench.ts';
import { addCustomerOf, composeProduct, type RunningSandbox, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const NOBODYS_DIGEST = `sha256:${'0'.repeat(64)}`;
const HAND_OVER_ID = randomUUID();

describeStore('tenancy', (store) => {
  let world: RunningSandbox;
  let bench: Bench;
  let app: App;
  /** The customer that is attacked: its people and exceptions were read, its decisions are open. */
  let victim: Customer;
  /** Where the attackers are somebody. */
  let own: Customer;
  let api: RunningApi;
  let server: Awaited<ReturnType<typeof startBotServer>>;
  let routes: Route[];
  let digests: { exceptions: string; draft: string };
  let accountId: string;
  let approverId: string;

  beforeAll(async () => {
    world = await startWorld({ seed: 71, size: 100 });
    bench = await startBench();
    app = await composeProduct(await store.location(), { teams: () => Promise.resolve(bench.settings) });
    victim = await addCustomerOf(app, world);
    own = await addQuietCustomer(app);
    const reading = sync(app, victim);
    app.worker.start();
    await reading;
    // From here on nothing changes by itself.
    await app.worker.stop();
    approverId = randomUUID();
    for (const role of GRANTED_ROLES) {
      await grant(victim, { tenantId: victim.id, objectId: approverId }, role);
      await grant(own, { tenantId: own.id, objectId: approverId }, role);
      await grant(own, { tenantId: HOME_TENANT, objectId: approverId }, role);
    }
    const { digest, exceptions } = await app.syncs.exceptions(victim);
    accountId = exceptions[0]?.accountId ?? '';
    const by = await app.access.actorOf({ tenantId: victim.id, objectId: approverId }, victim.id);
    digests = { exceptions: digest, draft: (await app.drafts.review(victim, by)).digest };
    await openHandOver();
    api = await startApi(app);
    server = await startBotServer(app, bench);
    routes = createApi({ ...app, settings: { ...bench.settings, caFile: undefined } }).routes;
  });
  afterAll(async () => {
    await server.close();
    await api.stop();
    await app.close();
    await world.stop();
    await bench.stop();
  });

  const grant = (customer: Customer, identity: Identity, role: (typeof GRANTED_ROLES)[number]) =>
    app.access.grant(customer.id, { identity, role, displayName: 'Robin Example' }, { kind: 'test' });

  /** A question that waits for a person of the victim. */
  const openHandOver = () =>
    app.database.withCustomer(victim.id, async (tx) => {
      const facts = { asker: 'Alex Example', question: 'Help?', topicTitle: null, own: null, threadUrl: null };
      await tx.execute(sql`INSERT INTO hand_overs (customer_id, id, facts, opened_at)
        VALUES (app_customer(), ${HAND_OVER_ID}, ${JSON.stringify(facts)}::jsonb, now())`);
    });

  /** Every row of every table that belongs to the victim. */
  const state = () =>
    app.database.withCustomer(victim.id, async (tx) => {
      const { rows: tables } = await tx.execute<{ name: string }>(sql`
        SELECT table_name AS name FROM information_schema.columns
        WHERE column_name = 'customer_id' AND table_schema = current_schema() ORDER BY 1`);
      expect(tables.length).toBeGreaterThan(8);
      const found: Record<string, unknown> = {};
      for (const { name } of tables) {
        const { rows } = await tx.execute<{ hash: string | null }>(
          sql`SELECT md5(string_agg(row::text, E'\n' ORDER BY row::text)) AS hash FROM ${sql.identifier(name)} AS row`,
        );
        found[name] = rows[0]?.hash ?? null;
      }
      return found;
    });

  describe('of the API', () => {
    const customerRoutes = () => routes.filter(({ path }) => path.includes('/customers/:'));
    const bodies = (): Record<string, unknown> => ({
      '/exceptions/sign': { digest: digests.exceptions },
      '/policy-draft/decide': { digest: digests.draft, verdict: 'held' },
      '/app-package': { zip: 'UEsDBA==' },
    });
    const ask = (person: SignedInPerson, { method, path }: Route, customerId: string): Promise<ApiAnswer> => {
      const filled = path.slice(API_BASE.length).replace(':id', customerId).replace(':accountId', accountId);
      expect(filled).not.toContain(':');
      const [, rest = ''] = /^\/customers\/[^/]+(\/.*)$/.exec(filled) ?? [];
      return method === 'GET' ? person.get(filled) : person.post(filled, bodies()[rest] ?? {});
    };
    const attackers = async (): Promise<[string, SignedInPerson][]> => {
      const granted = await api.signIn({ tenantId: api.homeTenantId });
      for (const role of GRANTED_ROLES) await grant(own, granted.identity, role);
      return [
        [
          'of another customer’s tenant, with every role there',
          await api.signIn({ tenantId: own.id, objectId: approverId }),
        ],
        ['of the provider, granted at another customer', granted],
        [
          'of the provider, with the approver’s object id',
          await api.signIn({ tenantId: api.homeTenantId, objectId: approverId }),
        ],
      ];
    };

    it('refuses everybody of elsewhere at every route alike, and changes nothing', async () => {
      expect(customerRoutes().length).toBeGreaterThan(8);
      const before = await state();
      for (const [who, person] of await attackers()) {
        const nowhere = randomUUID();
        for (const route of customerRoutes()) {
          const label = `${route.method} ${route.path} for somebody ${who}`;
          const { status, body } = await ask(person, route, victim.id);
          const { code, message } = errorSchema.parse(body).error;
          expect([status, code], label).toEqual([404, 'not_granted']);
          const unknown = await ask(person, route, nowhere);
          // A customer that is not theirs cannot be told from one that does not exist.
          expect([unknown.status, errorSchema.parse(unknown.body).error.message], label).toEqual([404, message]);
        }
      }
      expect(await state()).toEqual(before);
    });

    it('shows no customer of others in the list of one’s own', async () => {
      for (const [, person] of await attackers())
        expect(JSON.stringify((await person.get('/me')).body)).not.toContain(victim.id);
    });

    it('lets somebody of the tenant without a role do nothing, and see nobody else', async () => {
      const before = await state();
      const person = await api.signIn({ tenantId: victim.id });
      for (const route of customerRoutes()) {
        const label = `${route.method} ${route.path}`;
        expect((await ask(person, route, victim.id)).status, label).toBe(403);
      }
      expect(await state()).toEqual(before);
    });

    it('lets the victim’s own people in, so that the refusals above say something', async () => {
      const person = await api.signIn({ tenantId: victim.id, objectId: approverId });
      for (const route of customerRoutes().filter(({ method }) => method === 'GET'))
        expect((await ask(person, route, victim.id)).status, route.path).toBe(200);
    });
  });

  describe('of the bot', () => {
    const values: Readonly<Record<string, string>> = {
      topic: 'lost-phone',
      id: HAND_OVER_ID,
      seen: 'exceptions-1',
      phase: '0',
      revision: '1',
      who: '22222222-2222-4222-8222-222222222222',
      list: 'mine',
      class: 'guest',
      until: '2099-01-01',
      reason: 'Example',
    };
    const ofKind = (verb: string): Json => {
      if (verb.startsWith('holdouts.')) return { seen: '1' };
      return verb.startsWith('person.') ? { who: accountId, id: 'R1' } : {};
    };
    /** What a card of the victim's carries for this verb. */
    const dataOf = (verb: string, customerId: string): Json => {
      const schema = VERBS[verb]?.data;
      if (!(schema instanceof z.ZodObject)) throw new Error(`the data of ${verb} is no object`);
      const digest = verb.startsWith('draft.') ? digests.draft : digests.exceptions;
      const ofVerb = ofKind(verb);
      const all: Json = { ...values, ...ofVerb, customer: customerId, digest };
      const data = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, all[name]]));
      expect(schema.safeParse(data).success, `the data of ${verb}`).toBe(true);
      return data;
    };
    const pressed = async (sender: Sender, verb: string, given: { customerId?: string; from?: string } = {}) => {
      const { customerId = victim.id, from } = given;
      const made = press(bench, sender, { verb, data: dataOf(verb, customerId) });
      if (from !== undefined) made.from = { ...(made.from as Json), tenantId: from };
      const { status, body } = await server.post(made);
      return { status, statusCode: body.statusCode, code: (body.value as { code?: string }).code };
    };
    const verbs = Object.keys(VERBS);

    it.each(verbs)('takes %s of the victim’s card in no other customer’s Teams', async (verb) => {
      const before = await state();
      const sender = { tenantId: own.id, objectId: approverId };
      expect(await pressed(sender, verb)).toEqual({ status: 200, statusCode: 400, code: 'foreign_customer' });
      const nowhere = await pressed(sender, verb, { customerId: randomUUID() });
      expect(nowhere).toEqual({ status: 200, statusCode: 400, code: 'foreign_customer' });
      expect(await state()).toEqual(before);
    });

    it.each(verbs)('takes %s in the provider’s Teams from nobody who was granted nothing there', async (verb) => {
      const before = await state();
      const sender = { tenantId: HOME_TENANT, objectId: approverId };
      expect(await pressed(sender, verb)).toEqual({ status: 200, statusCode: 400, code: 'not_granted' });
      const nowhere = await pressed(sender, verb, { customerId: randomUUID() });
      expect(nowhere).toEqual({ status: 200, statusCode: 400, code: 'not_granted' });
      expect(await state()).toEqual(before);
    });

    it.each(verbs)('takes %s in the victim’s Teams from no member of another tenant', async (verb) => {
      // That the victim's own channel was heard from is noted, whoever spoke.
      const { conversations: _before, ...before } = await state();
      const sender = { tenantId: victim.id, objectId: approverId };
      const answer = await pressed(sender, verb, { from: own.id });
      expect(answer).toEqual({ status: 200, statusCode: 400, code: 'not_granted' });
      const { conversations: _after, ...after } = await state();
      expect(after).toEqual(before);
    });

    it.each(verbs.filter((verb) => VERBS[verb]?.act === undefined))(
      'draws %s for the victim’s own people, so that the refusals above say something',
      async (verb) => {
        const answer = await pressed({ tenantId: victim.id, objectId: approverId }, verb);
        expect(answer).toMatchObject({ status: 200, statusCode: 200 });
      },
    );

    it('signs for nobody without the role, with a sentence and a reference', async () => {
      const before = (await state()).decisions;
      const sender = { tenantId: victim.id, objectId: randomUUID() };
      for (const verb of ['exceptions.sign', 'draft.approve', 'draft.hold']) {
        const { body } = await server.post(press(bench, sender, { verb, data: dataOf(verb, victim.id) }));
        expect(body).toMatchObject({ statusCode: 400, value: { code: 'not_your_decision' } });
        expect((body.value as { message: string }).message).toMatch(/Reference [0-9A-F]{8}/);
      }
      expect((await state()).decisions).toEqual(before);
    });

    it('calls a digest of another customer’s stale and signs nothing', async () => {
      const before = (await state()).decisions;
      const sender = { tenantId: victim.id, objectId: approverId };
      const data = { customer: victim.id, digest: NOBODYS_DIGEST };
      const { body } = await server.post(press(bench, sender, { verb: 'exceptions.sign', data }));
      expect(body).toMatchObject({ statusCode: 200 });
      expect((await state()).decisions).toEqual(before);
    });
  });
});
