/**
 * Whatever somebody sends is answered with a sentence and never with a fault of ours: every route of the API and every
 * verb of a card, made from their tables, with texts that no store can hold, names that objects have by themselves, and
 * more than anybody writes.
 */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VERBS } from '../../bot/card-actions.ts';
import { createApi } from '../../src/api/api.ts';
import { statusOf } from '../../src/api/api-error.ts';
import type { Route } from '../../src/api/route.ts';
import type { App } from '../../src/compose.ts';
import { API_BASE, errorSchema } from '../../src/contract.ts';
import { GRANTED_ROLES } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { createRoutes } from '../../src/routes.ts';
import { type RunningApi, type SignedInPerson, startApi } from '../support/api-client.ts';
import { type Bench, HOME_TENANT, type Json, press, startBench, startBotServer } from '../support/bot-bench.ts';
import { addCustomerOf, composeProduct, type RunningSandbox, startWorld, sync } from '../support/product.ts';
import { embeddedFolder } from '../support/store.ts';

const ID = '22222222-2222-4222-8222-222222222222';
const DIGEST = `sha256:${'0'.repeat(64)}`;

/** Texts that PostgreSQL cannot keep: each must be refused as the sender's mistake wherever a text may stand. */
const UNSTORABLE = { nul: 'a\0b', 'a high half': 'x\ud800', 'a low half': '\udc00x' };
/** Texts that are just odd: anything but a fault is a good answer. */
const ODD: readonly string[] = ['__proto__', 'constructor', 'hasOwnProperty', ''];

/** A body that each POST takes, so that one member at a time can be bent. */
const BODIES: Readonly<Record<string, Json>> = {
  '/exceptions/sign': { digest: DIGEST },
  '/policy-draft/decide': { digest: DIGEST, verdict: 'held', seen: 'x' },
  '/policy-push': { digest: DIGEST },
  '/policy-push/undo': {},
  '/app-package': { zip: 'UEsDBA==' },
  '/rollout/move': { to: '2030-01-31', seen: '2030-01-01' },
  '/phase/move': { phase: 'Sales', to: '2030-01-31', withLater: true, revision: 1 },
  '/phase/review': { phase: 'Sales', anyway: [ID] },
  '/phase/decide': { phase: 'Sales', verdict: 'held', digest: DIGEST, anyway: [ID], seen: 'x' },
  '/messages/settle': { message: 'announcement', accountId: ID, scope: 'x', verdict: 'sent' },
  '/findings/take': { key: 'x' },
  '/findings/waive': { key: 'x', until: '2099-01-01', why: 'x' },
  '/drift/decide': { id: ID, verdict: 'accept', digest: DIGEST },
  '/people/:accountId/mfa': { kind: 'on', anyway: false },
  '/people/:accountId/request': { kind: 'extension', until: '2099-01-01', reason: 'x' },
  '/exception-requests/withdraw': { id: 'R1' },
  '/exception-classes/decide': { class: 'guest', verdict: 'enforce', reason: 'x', reviewAt: null, digest: DIGEST },
  '/takeover/decide': { digest: DIGEST, verdict: 'hold' },
  '/takeover/undo': {},
  '/takeover/undo-everything': {},
  '/helpdesk/pass': { accountId: ID, proof: 'inPerson', note: 'x', minutes: 60, override: 'x' },
  '/helpdesk/pass/withdraw': { accountId: ID },
  '/helpdesk/sessions': { accountId: ID },
};
/** Texts that a query may hold; numbers and choices are refused by their form. */
const QUERIES = ['phase', 'department', 'search'];

describe('odd input', () => {
  const dataDir = embeddedFolder();
  let world: RunningSandbox;
  let bench: Bench;
  let app: App;
  let customer: Customer;
  let api: RunningApi;
  let server: Awaited<ReturnType<typeof startBotServer>>;
  let person: SignedInPerson;
  let routes: Route[];

  beforeAll(async () => {
    world = await startWorld({ seed: 77, size: 100 });
    bench = await startBench();
    app = await composeProduct({ dataDir }, { teams: () => Promise.resolve(bench.settings) });
    customer = await addCustomerOf(app, world);
    const reading = sync(app, customer, { peopleOnly: true });
    app.worker.start();
    await reading;
    await app.worker.stop();
    const identity = { tenantId: HOME_TENANT, objectId: ID };
    for (const role of GRANTED_ROLES) {
      for (const tenantId of [HOME_TENANT, customer.id])
        await app.access.grant(
          customer.id,
          { identity: { ...identity, tenantId }, role, displayName: 'Robin Example' },
          { kind: 'test' },
        );
    }
    api = await startApi(app);
    server = await startBotServer(app, bench);
    person = await api.signIn({ tenantId: customer.id, objectId: ID });
    routes = createApi({ ...app, settings: { ...bench.settings, caFile: undefined } }).routes;
  });
  afterAll(async () => {
    await server.close();
    await api.stop();
    await app.close();
    await world.stop();
    await bench.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const pathOf = ({ path }: Route) => path.slice(`${API_BASE}/customers/:id`.length);
  const below = (path: string, accountId = ID) => `/customers/${customer.id}${path.replace(':accountId', accountId)}`;
  const ofCustomer = (method: Route['method']) =>
    routes.filter((route) => route.method === method && route.path.includes('/customers/:id'));
  /** The body with one text in it replaced, once for each text; a list's first item counts as one. */
  const bent = (body: Json, value: string): [string, Json][] =>
    Object.entries(body).flatMap(([name, member]) => {
      if (typeof member === 'string' || member === null) return [[name, { ...body, [name]: value }]];
      return Array.isArray(member) ? [[name, { ...body, [name]: [value] }]] : [];
    });
  const expectSentence = (body: unknown, label: string) => {
    const { message } = errorSchema.parse(body).error;
    expect(message, label).toMatch(/^.{15,}[.)]$/s);
  };

  it('has a body for every route that takes one, so that a new route is covered', () => {
    expect(ofCustomer('POST').map(pathOf).sort()).toEqual(Object.keys(BODIES).sort());
  });

  it('is 400 with a sentence in every member of every body where no store can hold it', async () => {
    for (const [path, body] of Object.entries(BODIES)) {
      for (const [what, value] of Object.entries(UNSTORABLE)) {
        for (const [name, sent] of bent(body, value)) {
          const label = `POST ${path} with ${what} in ${name}`;
          const answer = await person.post(below(path), sent);
          expect(answer.status, label).toBe(400);
          expectSentence(answer.body, label);
        }
      }
    }
  });

  it('is no fault of ours where it is only odd', async () => {
    const raw = (body: Json) =>
      JSON.parse(
        `{"__proto__":{"digest":"x"}${Object.keys(body).length === 0 ? '' : ','}${JSON.stringify(body).slice(1)}`,
      ) as Json;
    const sendings = Object.entries(BODIES).flatMap(([path, body]) =>
      [...ODD.flatMap((value) => bent(body, value)), ['__proto__', raw(body)] as const].map(([name, sent]) => ({
        path,
        name,
        sent,
      })),
    );
    for (const { path, name, sent } of sendings) {
      const answer = await person.post(below(path), sent);
      expect(answer.status, `POST ${path} with an odd ${name}`).toBeLessThan(500);
      if (answer.status >= 400) expectSentence(answer.body, `POST ${path} with an odd ${name}`);
    }
  });

  it('is refused with a sentence where it is far too much', async () => {
    for (const path of Object.keys(BODIES)) {
      const { status, body } = await person.post(below(path), { digest: 'x'.repeat(1_000_000) });
      expect([400, 413], path).toContain(status);
      expectSentence(body, path);
    }
  });

  const ADDRESSED = ['a%00b', '%ED%A0%80', '__proto__', 'x'.repeat(5_000)];
  const addressesOf = (route: Route, value: string): string[] => {
    const path = pathOf(route);
    const asked = path.includes(':') ? [below(path, value)] : QUERIES.map((name) => `${below(path)}?${name}=${value}`);
    return [...asked, `/customers/${value}${path.replace(':accountId', ID)}`];
  };

  it('names nobody in a path, and is no query', async () => {
    for (const address of ofCustomer('GET').flatMap((route) =>
      ADDRESSED.flatMap((value) => addressesOf(route, value)),
    )) {
      const { status } = await person.get(address);
      expect(status, address.slice(0, 120)).toBeLessThan(500);
      if (!address.includes('?')) expect(status, address.slice(0, 120)).toBeGreaterThanOrEqual(400);
    }
    for (const path of Object.keys(BODIES).filter((known) => known.includes(':')))
      for (const value of ADDRESSED)
        expect((await person.post(below(path, value), BODIES[path])).status, path).toBe(404);
  });

  it('is no fault at the addresses that need no sign-in', async () => {
    const open = createRoutes({ ...app, teams: undefined }).routes ?? [];
    expect(open.length).toBeGreaterThan(4);
    for (const route of open) {
      for (const value of ['\0', 'a\0b', '\ud800', '__proto__', 'constructor', 'x'.repeat(5_000)]) {
        const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
        const params = Object.fromEntries(names.map((name) => [name, value]));
        const request = { params, query: new URLSearchParams({ q: value }), headers: {}, reference: 'r' };
        const status = await Promise.resolve()
          .then(() => route.handle({ ...request, body: route.takesBytes === true ? Buffer.from(value) : undefined }))
          .then((answer) => answer.status, statusOf);
        expect(status, `${route.method} ${route.path} with ${value.slice(0, 20)}`).toBeLessThan(500);
      }
    }
  });

  describe('in the data of a card', () => {
    const candidates = () => [
      ...[undefined, customer.id, DIGEST, '0', '1', 'mine', 'guest', 'lost-phone', '2099-01-01', 'on', 'Example'],
    ];
    /** What a card carries for this verb: for each member the first value that its form takes. */
    const dataOf = (verb: string): Json => {
      const schema = VERBS[verb]?.data;
      if (!(schema instanceof z.ZodObject)) throw new Error(`the data of ${verb} is no object`);
      const shape = schema.shape as Record<string, z.ZodType>;
      const fitting = (form: z.ZodType) => candidates().find((value) => form.safeParse(value).success);
      return Object.fromEntries(Object.entries(shape).map(([name, form]) => [name, fitting(form)]));
    };
    const sender = { tenantId: HOME_TENANT, objectId: ID } as const;

    it.each(Object.keys(VERBS))('is refused with a sentence by %s', async (verb) => {
      const data = dataOf(verb);
      expect(VERBS[verb]?.data.safeParse(data).success, `the data of ${verb}`).toBe(true);
      for (const value of [UNSTORABLE.nul, UNSTORABLE['a high half'], '__proto__']) {
        for (const name of [...Object.keys(data), 'another']) {
          const sent = { ...data, [name]: value };
          const { status, body } = await server.post(press(bench, sender as never, { verb, data: sent }));
          const label = `${verb} with ${JSON.stringify(value)} in ${name}`;
          expect(status, label).toBe(200);
          const isUnstorable = !ODD.includes(value);
          if (isUnstorable) expect(JSON.stringify(body), label).not.toContain('adaptive');
          expect(Number(body.statusCode), label).toBeLessThan(500);
        }
      }
    });
  });
});
