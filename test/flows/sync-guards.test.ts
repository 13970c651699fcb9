import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { SourceReading } from '../../src/rollout/roster/roster.ts';
import { rosterOf } from '../../src/rollout/snapshots/answers.ts';
import { exceptionsOf } from '../../src/rollout/snapshots/exception-answer.ts';
import type { Fault } from '../../src/sandbox/http/faults.ts';
import { patchEmployee, patchUser, setCompanyOptions } from '../../src/sandbox/people.ts';
import { expectExceptions, expectRoster } from '../support/compare-with-truth.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { tokenForm } from '../support/sandbox-client.ts';
import { describeStore } from '../support/store.ts';

type Strike = Omit<Fault, 'id' | 'vendor' | 'template'>;
type Refused = { code: string; says: RegExp };

const GRAPH_SOURCES = ['legacySignIns', 'policies', 'registration', 'users'];
const REPORT = '/v1/reports/custom';

const unreachable = { code: 'vendor_unreachable', says: /gave no usable answer, status 503/ };
const silent = { code: 'vendor_unreachable', says: /no answer/ };
const broken = { code: 'vendor_broken', says: /./ };

/** How a vendor fails, whichever it is. A pause of ten minutes is more than the product waits. */
const FAILURES: [string, Strike, Refused][] = [
  ['is down', { status: 503, retryAfter: '600' }, unreachable],
  ['does not answer', { cut: 'before' }, silent],
  ['breaks off in the middle', { cut: 'body' }, { code: 'vendor_unreachable', says: /./ }],
  ['sends half a JSON text', { truncate: true }, broken],
  ['sends a web page', { html: true }, broken],
  ['sends JSON of another form', { status: 200, body: { employees: 'none', value: 'none' } }, broken],
  ['answers with an error under status 200', { status: 200, body: { error: { code: 'InternalError' } } }, broken],
];

const HR_REFUSALS: [string, Strike, Refused][] = [
  ['refuses the key', { status: 401 }, { code: 'vendor_refused', says: /BambooHR refused the API key/ }],
  ['gives nobody', { shrinkTo: 0 }, { code: 'sourceEmpty', says: /no rows .* The old list stays/ }],
  ['gives a third fewer', { shrinkTo: 149 }, { code: 'sourceShrunk', says: /149 rows .* The old list stays/ }],
];

function readingOf(readings: readonly SourceReading[], source: string): SourceReading | undefined {
  return readings.find((reading) => reading.source === source);
}

describeStore('a source that fails', (store) => {
  /** One of each table where not all is shown. */
  const some = <T>(rows: T[]): T[] => (store.showsAll ? rows : rows.slice(0, 1));
  let app: App;
  let world: RunningSandbox;
  let customer: Customer;
  beforeAll(async () => {
    app = await startProduct(await store.location(), { clock: hurriedClock });
    world = await startWorld({ seed: 41, frozen: true });
    customer = await addCustomerOf(app, world);
    await sync(app, customer);
  });
  afterEach(async () => {
    world.sandbox.faults.clear();
    const readings = await sync(app, customer, { peopleOnly: true });
    expect(readings.filter(({ state }) => state !== 'read')).toEqual([]);
  });
  afterAll(async () => {
    await world.stop();
    await app.close();
  });

  const person = () => world.truth.people[7] as (typeof world.truth.people)[number];
  const record = () =>
    world.truth.employeeRecords.find((row) => row.employeeId === person().employeeId)?.recordId ?? '';
  const employees = () => world.sandbox.state.companies.get(world.truth.companyDomain)?.company.employees ?? [];
  const users = () => world.sandbox.state.tenants.get(customer.id)?.tenant.users ?? [];
  let renamed = 0;
  const changeEntra = () => {
    const jobTitle = `title ${renamed++}`;
    patchUser(world.sandbox, { tenantId: customer.id, userId: person().accountId }, { jobTitle });
    return jobTitle;
  };
  const changeHr = () => {
    const jobTitle = `title ${renamed++}`;
    patchEmployee(world.sandbox, { domain: world.truth.companyDomain, employeeId: record() }, { jobTitle });
    return jobTitle;
  };
  const stored = () => app.syncs.stored(customer);
  const titleInEntra = async () => (await stored()).users?.find(({ id }) => id === person().accountId)?.jobTitle;
  const titleInHr = async () =>
    (await stored()).hr?.employees.find(({ employeeId }) => employeeId === person().employeeId)?.jobTitle;

  /** HR as it was, its reading with code and sentence, and Entra's change taken over all the same. */
  const expectHrKept = async (refused: Refused) => {
    const before = (await stored()).hr;
    changeHr();
    const titleNow = changeEntra();
    const readings = await sync(app, customer, { peopleOnly: true });
    const reading = readingOf(readings, 'hr');
    expect(reading).toMatchObject({ state: 'kept', code: refused.code, rows: before?.employees.length });
    expect(reading?.why).toMatch(refused.says);
    expect(readings.filter(({ state }) => state !== 'read')).toEqual([reading]);
    expect((await stored()).hr).toEqual(before);
    expect(await titleInEntra()).toBe(titleNow);
  };
  const strikeHr = (fault: Strike) =>
    world.sandbox.faults.put({ id: 'hr', vendor: 'bamboohr', template: REPORT, ...fault });

  it.each(some(FAILURES))('keeps the employees when HR %s', async (_name, fault, refused) => {
    strikeHr(fault);
    await expectHrKept(refused);
  });

  it.each(some(HR_REFUSALS))('keeps the employees when HR %s', async (_name, fault, refused) => {
    strikeHr(fault);
    await expectHrKept(refused);
  });

  it('keeps the employees when HR says that everybody has left', async () => {
    strikeHr({ status: 200, body: { employees: employees().map((row) => ({ ...row, status: 'Inactive' })) } });
    await expectHrKept({ code: 'sourceEmpty', says: /at work: no rows/ });
  });

  it('keeps the employees when HR gives as many others', async () => {
    const others = employees().map((row) => ({ ...row, employeeNumber: `x${row.employeeNumber ?? ''}` }));
    strikeHr({ status: 200, body: { employees: others } });
    await expectHrKept({ code: 'sourceEmpty', says: /known before/ });
  });

  it('keeps the employees when the key may not see who works', async () => {
    setCompanyOptions(world.sandbox, world.truth.companyDomain, { hiddenFields: ['status'] });
    await expectHrKept({ code: 'vendor_broken', says: /does not show status/ });
    setCompanyOptions(world.sandbox, world.truth.companyDomain, { hiddenFields: [] });
  });

  it('says that leave is not known when HR hides absences, and takes the employees', async () => {
    setCompanyOptions(world.sandbox, world.truth.companyDomain, { whosOutEnabled: false });
    const readings = await sync(app, customer, { peopleOnly: true });
    expect(readingOf(readings, 'hr')).toMatchObject({
      state: 'read',
      why: expect.stringContaining('absences') as unknown,
    });
    setCompanyOptions(world.sandbox, world.truth.companyDomain, { whosOutEnabled: true });
  });

  it('is taken as it came once a person says that it is true', async () => {
    const before = (await stored()).hr;
    strikeHr({ shrinkTo: 100 });
    await sync(app, customer, { peopleOnly: true });
    expect((await stored()).hr).toEqual(before);
    const readings = await sync(app, customer, { peopleOnly: true, acceptShrunk: true });
    expect(readingOf(readings, 'hr')).toMatchObject({ state: 'read', rows: 100, code: null, why: null });
    expect((await stored()).hr?.employees).toHaveLength(100);
  });

  /** The accounts as they were, and HR's change taken over all the same. */
  const expectUsersKept = async (refused: Refused, options: { full?: boolean } = {}) => {
    const before = (await stored()).users;
    changeEntra();
    const titleNow = changeHr();
    const readings = await sync(app, customer, { peopleOnly: true, ...options });
    const reading = readingOf(readings, 'users');
    expect(reading).toMatchObject({ state: 'kept', code: refused.code, rows: before?.length });
    expect(reading?.why).toMatch(refused.says);
    expect(readings.filter(({ state }) => state !== 'read')).toEqual([reading]);
    expect((await stored()).users).toEqual(before);
    expect(await titleInHr()).toBe(titleNow);
  };
  const strikeGraph = (template: string, fault: Strike) =>
    world.sandbox.faults.put({ id: `graph ${template}`, vendor: 'graph', template, ...fault });

  it.each(some(FAILURES.slice(0, 4)))(
    'keeps the accounts when Graph, asked for changes, %s',
    async (_name, fault, refused) => {
      strikeGraph('/users/delta', fault);
      await expectUsersKept(refused);
    },
  );

  it.each(some(FAILURES))('keeps the accounts when Graph, asked for all, %s', async (_name, fault, refused) => {
    strikeGraph('/users', fault);
    await expectUsersKept(refused, { full: true });
  });

  const answersOfGraph: [string, () => Strike, Refused][] = [
    ['refuses the app', () => ({ status: 403 }), { code: 'vendor_refused', says: /grant User\.Read\.All/ }],
    [
      'gives no account',
      () => ({ status: 200, body: { value: [] } }),
      { code: 'sourceEmpty', says: /Entra accounts: no/ },
    ],
    [
      'gives half',
      () => ({ status: 200, body: { value: users().slice(100) } }),
      { code: 'sourceShrunk', says: /rows/ },
    ],
    [
      'gives as many of another tenant',
      () => ({ status: 200, body: { value: users().map((user) => ({ ...user, id: crypto.randomUUID() })) } }),
      { code: 'sourceEmpty', says: /Entra accounts known before/ },
    ],
    ['never ends the list', () => ({ endlessPages: true }), { code: 'vendor_broken', says: /./ }],
  ];
  it.each(some(answersOfGraph))('keeps the accounts when Graph, asked for all, %s', async (_name, fault, refused) => {
    strikeGraph('/users', fault());
    await expectUsersKept(refused, { full: true });
  });

  it('keeps everything of Graph when Graph is down, and takes over HR', async () => {
    strikeGraph('*', { cut: 'before' });
    const before = await stored();
    const titleNow = changeHr();
    const readings = await sync(app, customer, { peopleOnly: true });
    const kept = readings.filter(({ state }) => state === 'kept');
    expect(kept.map(({ source }) => source)).toEqual([...GRAPH_SOURCES, 'securityDefaults'].sort());
    const { hr: _before, takenAt: _then, ...others } = before;
    expect(await stored()).toMatchObject(others);
    expect(await titleInHr()).toBe(titleNow);
  });

  it('of the evidence leaves what was known, and the other parts are read', async () => {
    const before = await stored();
    strikeGraph('/users/{id}/mailboxSettings', { status: 500, retryAfter: '600' });
    strikeGraph('/groups', { html: true });
    const readings = await sync(app, customer);
    expect(readings.filter(({ state }) => state !== 'read').map(({ source }) => source)).toEqual([
      'groups',
      'mailboxes',
    ]);
    const after = await stored();
    expect([after.groups, after.mailboxes]).toEqual([before.groups, before.mailboxes]);
    world.sandbox.faults.clear();
    await sync(app, customer);
  });

  it('for want of a licence is missing, stays missing when it then fails, and comes back', async () => {
    const registration = '/reports/authenticationMethods/userRegistrationDetails';
    const code = 'Authentication_RequestFromNonPremiumTenantOrB2CTenant';
    strikeGraph(registration, { status: 403, body: { error: { code, message: 'no premium licence' } } });
    const first = await sync(app, customer, { peopleOnly: true });
    expect(readingOf(first, 'registration')).toMatchObject({ state: 'missing', code: 'notLicensed', rows: 0 });
    strikeGraph(registration, { status: 503, retryAfter: '600' });
    const second = await sync(app, customer, { peopleOnly: true });
    expect(readingOf(second, 'registration')).toMatchObject({ state: 'missing', code: 'vendor_unreachable', rows: 0 });
    expect(await stored()).not.toHaveProperty('registration');
    const { people } = rosterOf(await stored());
    expect(new Set(people.map(({ enrolment }) => enrolment))).toEqual(new Set(['unknown']));
  });

  it.each([
    ['the secret is wrong', { clientSecret: 'not-the-secret' }],
    ['the app belongs to another tenant', { clientId: crypto.randomUUID() }],
  ])('keeps everything of the tenant when %s', async (_name, change) => {
    const before = await stored();
    await addCustomerOf(app, { ...world, setUp: { ...world.setUp, ...change } });
    const titleNow = changeHr();
    const readings = await sync(app, await app.customers.find(customer.id), { peopleOnly: true });
    const kept = readings.filter(({ state }) => state === 'kept');
    expect(kept.map(({ source }) => source)).toEqual([...GRAPH_SOURCES, 'securityDefaults'].sort());
    for (const reading of kept) {
      expect(reading.code).toBe('vendor_refused');
      expect(reading.why).toMatch(/Microsoft refused the app of this customer: check tenant, client id/);
    }
    expect((await stored()).users).toEqual(before.users);
    expect(await titleInHr()).toBe(titleNow);
    customer = await addCustomerOf(app, world);
  });
});

describeStore('a customer’s first sync', (store) => {
  let app: App;
  beforeAll(async () => {
    app = await startProduct(await store.location(), { clock: hurriedClock });
  });
  afterAll(() => app.close());

  it.each<[string, Strike, { code: string; seed: number }]>([
    ['fails', { status: 401 }, { code: 'vendor_refused', seed: 42 }],
    ['gives nobody', { shrinkTo: 0 }, { code: 'sourceEmpty', seed: 49 }],
  ])('gives no people when HR %s, says why, and goes on when it is mended', async (_name, fault, { code, seed }) => {
    const world = await startWorld({ seed });
    const customer = await addCustomerOf(app, world);
    world.sandbox.faults.put({ id: 'hr', vendor: 'bamboohr', template: REPORT, ...fault });
    const readings = await sync(app, customer);
    const [reading, ...others] = readings.filter(({ state }) => state !== 'read');
    expect(reading).toMatchObject({ source: 'hr', state: 'missing', code, rows: 0, readAt: null });
    expect(reading?.why).toMatch(/\w.+/);
    expect(others).toEqual([]);
    const snapshot = await app.syncs.stored(customer);
    expect(() => rosterOf(snapshot)).toThrow(expect.objectContaining({ code: 'snapshot_part_missing' }) as Error);
    expect(exceptionsOf(snapshot).unknown).toContain('hr');
    world.sandbox.faults.clear();
    await sync(app, customer);
    expectRoster(rosterOf(await app.syncs.stored(customer)), world.truth);
    await world.stop();
  });

  if (!store.showsAll) return;
  it('takes an empty HR once a person says that it is true', async () => {
    const world = await startWorld({ seed: 43 });
    const customer = await addCustomerOf(app, world);
    world.sandbox.faults.put({ id: 'hr', vendor: 'bamboohr', template: REPORT, shrinkTo: 0 });
    const readings = await sync(app, customer, { peopleOnly: true, acceptShrunk: true });
    expect(readingOf(readings, 'hr')).toMatchObject({ state: 'read', rows: 0 });
    expect(rosterOf(await app.syncs.stored(customer)).people).toEqual([]);
    await world.stop();
  });

  it('asks nothing about accounts that it could not read, and calls nothing about them known', async () => {
    const world = await startWorld({ seed: 44 });
    const customer = await addCustomerOf(app, world);
    world.sandbox.faults.put({ id: 'users', vendor: 'graph', template: '/users', status: 403 });
    const readings = await sync(app, customer);
    const missing = readings
      .filter(({ state }) => state !== 'read')
      .map(({ source, state, code }) => [source, state, code]);
    expect(missing).toEqual([
      ['authenticationMethods', 'missing', 'accounts_unknown'],
      ['interactiveSignIns', 'missing', 'accounts_unknown'],
      ['mailboxes', 'missing', 'accounts_unknown'],
      ['perUserMfa', 'missing', 'accounts_unknown'],
      ['users', 'missing', 'vendor_refused'],
    ]);
    const snapshot = await app.syncs.stored(customer);
    for (const part of ['users', 'perUserMfa', 'mailboxes', 'signIns']) expect(snapshot).not.toHaveProperty(part);
    await world.stop();
  });

  it('takes no part of a long list when a page of it fails', async () => {
    const world = await startWorld({ seed: 45, size: 1_100 });
    const customer = await addCustomerOf(app, world);
    const fault = { vendor: 'graph' as const, template: '/users', skip: 1, status: 503, retryAfter: '600' };
    world.sandbox.faults.put({ id: 'second page', ...fault });
    const readings = await sync(app, customer, { peopleOnly: true });
    expect(readingOf(readings, 'users')).toMatchObject({ state: 'missing', code: 'vendor_unreachable', rows: 0 });
    expect(await app.syncs.stored(customer)).not.toHaveProperty('users');
    world.sandbox.faults.clear();
    await sync(app, customer, { peopleOnly: true });
    expect((await app.syncs.stored(customer)).users?.length).toBeGreaterThan(1_100);
    await world.stop();
  });

  it('without a premium licence knows enrolment from each person’s methods, and calls nothing failed', async () => {
    const world = await startWorld({ seed: 46, name: 'noPremium' });
    const customer = await addCustomerOf(app, world);
    const readings = await sync(app, customer);
    const missing = readings.filter(({ state }) => state !== 'read');
    expect(missing.map(({ source, state, code }) => [source, state, code])).toEqual(
      ['backgroundSignIns', 'interactiveSignIns', 'legacySignIns', 'registration'].map((source) => [
        source,
        'missing',
        'notLicensed',
      ]),
    );
    for (const { why } of missing) expect(why).toContain('Entra ID P1');
    expectRoster(rosterOf(await app.syncs.stored(customer)), world.truth);
    await world.stop();
  });
});

describe('a token', () => {
  describeStore('of another tenant', (store) => {
    it('brings nothing of that tenant’s people into this customer’s list', async () => {
      const app = await startProduct(await store.location(), { clock: hurriedClock });
      const world = await startWorld({ seed: 47, name: 'portfolio' });
      const [mine, other] = world.customers;
      if (mine === undefined || other === undefined) throw new Error('a portfolio has customers');
      const first = await addCustomerOf(app, { ...mine, sandbox: world.sandbox });
      await sync(app, first);
      const before = await app.syncs.stored(first);
      const asked = graphRequests(world);
      const foreignToken: unknown = expect.stringContaining('a token of another tenant');
      const token = await tokenOf(world, other.setUp);
      const body = { token_type: 'Bearer', expires_in: 3600, access_token: token };
      world.sandbox.faults.put({ id: 'login', vendor: 'login', template: '*', status: 200, body });
      // Changed settings make a new connection, which asks for a new token.
      const customer = await addCustomerOf(app, { ...mine, sandbox: world.sandbox });
      for (const full of [false, true]) {
        const readings = await sync(app, customer, { full });
        for (const source of ['users', 'registration', 'organization', 'groups', 'mailboxes', 'perUserMfa'])
          expect(readingOf(readings, source)).toMatchObject({ source, state: 'kept' });
        for (const source of ['users', 'groups'])
          expect(readingOf(readings, source)).toMatchObject({ code: 'vendor_broken', why: foreignToken });
        expect(graphRequests(world)).toBe(asked);
      }
      // A token that cannot be read tells nothing: then it is who answers that does.
      world.sandbox.faults.clear();
      const foreign = { value: [{ id: other.setUp.tenantId }] };
      world.sandbox.faults.put({ id: 'org', vendor: 'graph', template: '/organization', status: 200, body: foreign });
      expect(readingOf(await sync(app, customer), 'groups')).toMatchObject({ code: 'tenant_wrong' });
      const { users, registration, groups, mailboxes } = await app.syncs.stored(customer);
      expect({ users, registration, groups, mailboxes }).toEqual({
        users: before.users,
        registration: before.registration,
        groups: before.groups,
        mailboxes: before.mailboxes,
      });
      await world.stop();
      await app.close();
    });
  });
});

function graphRequests({ sandbox }: RunningSandbox): number {
  return sandbox.requests.list().filter(({ vendor }) => vendor === 'graph').length;
}

async function tokenOf({ sandbox }: RunningSandbox, setUp: RunningSandbox['setUp']): Promise<string> {
  const agent = new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') } });
  const answer = await request(`${sandbox.urls.login}/${setUp.tenantId}/oauth2/v2.0/token`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: tokenForm(setUp),
  });
  const { access_token: token } = (await answer.body.json()) as { access_token: string };
  await agent.close();
  return token;
}

describeStore('in a portfolio', (store) => {
  it('one customer’s failing vendors touch no other customer', async () => {
    const app = await startProduct(await store.location(), { clock: hurriedClock });
    const world = await startWorld({ seed: 48, name: 'portfolio' });
    const { sandbox, customers: made } = world;
    const customers: Customer[] = [];
    for (const { setUp } of made) customers.push(await addCustomerOf(app, { setUp, sandbox }));
    const struck = made[0]?.setUp;
    sandbox.faults.put({ id: 'graph', vendor: 'graph', template: '*', tenant: struck?.tenantId ?? '', cut: 'before' });
    sandbox.faults.put({
      id: 'hr',
      vendor: 'bamboohr',
      template: '*',
      tenant: struck?.bamboohr.company ?? '',
      html: true,
    });
    const readings = await Promise.all(customers.map((customer) => sync(app, customer)));
    expect(new Set(readings[0]?.map(({ state }) => state))).toEqual(new Set(['missing']));
    for (const [index, { truth }] of made.entries()) {
      const customer = customers[index] as Customer;
      const snapshot = await app.syncs.stored(customer);
      if (index === 0) {
        expect(snapshot).not.toHaveProperty('users');
        continue;
      }
      expectRoster(rosterOf(snapshot), truth);
      expectExceptions(exceptionsOf(snapshot), truth);
    }
    await world.stop();
    await app.close();
  });
});
