import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { appPackageSchema, errorSchema, PACKAGE_BYTES_MAX, publishOutcomeSchema } from '../../src/contract.ts';
import { AppError } from '../../src/lib/errors.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { readJournal } from '../../src/store/journal.ts';
import { type ApiAnswer, type RunningApi, type SignedInPerson, startApi } from '../support/api-client.ts';
import { testAuthority } from '../support/graph-bench.ts';
import { composeProduct } from '../support/product.ts';
import { describeStore } from '../support/store.ts';
import { type Reply, startVendorDouble, type VendorDouble } from '../support/vendor-double.ts';

const MANIFEST_ID = '77777777-2222-4333-8444-555555555555';
const REFUSED: Reply = { status: 403, json: { error: { code: 'Forbidden', message: 'not an administrator' } } };

describeStore('publishing through the tab’s API', (store) => {
  let app: App;
  let api: RunningApi;
  let graph: VendorDouble;
  let real: Customer;
  let played: Customer;
  let catalogue: { version: string; publishingState: string }[];
  let answerGet: Reply | undefined;
  let exchange: () => Promise<string>;

  beforeAll(async () => {
    app = await composeProduct(await store.location());
    graph = await startVendorDouble(({ method }) => {
      if (method === 'GET' && answerGet !== undefined) return answerGet;
      if (method === 'POST') catalogue.push({ version: '1.2.0', publishingState: 'submitted' });
      const known = { id: 'cat-1', externalId: MANIFEST_ID, distributionMethod: 'organization' };
      return { json: { value: catalogue.length === 0 ? [] : [{ ...known, appDefinitions: catalogue }] } };
    }, testAuthority());
    real = await addCustomer('https://login.microsoftonline.com');
    played = await addCustomer('https://login.sandbox.example');
    api = await startApi(app, { exchange: () => exchange() });
  });
  afterAll(async () => {
    await api.stop();
    await app.close();
    await graph.close();
  });
  beforeEach(() => {
    catalogue = [];
    answerGet = undefined;
    exchange = () => Promise.resolve('token-of-the-person');
  });

  async function addCustomer(loginUrl: string): Promise<Customer> {
    const folder = mkdtempSync(join(tmpdir(), 'mfa-customer-'));
    writeFileSync(join(folder, 'secret'), 'not a real secret');
    const tenantId = randomUUID();
    const file = {
      version: 1,
      name: `Contoso ${tenantId.slice(0, 4)}`,
      tenantId,
      timeZone: 'Europe/Berlin',
      graph: { baseUrl: graph.origin, loginUrl, clientId: randomUUID(), clientSecret: 'file:secret' },
      hr: { source: 'bamboohr', baseUrl: graph.origin, company: 'contoso', route: 'gateway', apiKey: 'file:secret' },
      tls: { caFile: testAuthority().caFile },
      declared: { breakGlass: [], serviceAccounts: [] },
    };
    const parsed = parseCustomerFile(JSON.stringify(file), join(folder, 'customer.yaml'));
    return (await app.customers.add(parsed, { kind: 'test' })).customer;
  }

  const packageOf = (applicationId = api.issuer.appId) => {
    const manifest = { id: MANIFEST_ID, version: '1.2.0', webApplicationInfo: { id: applicationId } };
    return Buffer.from(zipSync({ 'manifest.json': strToU8(JSON.stringify(manifest)) })).toString('base64');
  };
  const at = (customer: Customer) => `/customers/${customer.id}/app-package`;
  const codeOf = (answer: ApiAnswer) => `${answer.status} ${errorSchema.parse(answer.body).error.code}`;
  const sentenceOf = (answer: ApiAnswer) => errorSchema.parse(answer.body).error.message;
  const events = (customer: Customer) =>
    app.database.withCustomer(customer.id, async (tx) =>
      (await readJournal(tx, customer.id)).filter(({ event }) => event === 'app.published'),
    );
  const publish = (person: SignedInPerson) => person.post(at(real), { zip: packageOf() });

  it('publishes in the name of the one who asks, says what became of it, and journals it', async () => {
    const admin = await api.signInAs('approver', real.id);
    const outcome = publishOutcomeSchema.parse((await publish(admin)).body);
    expect(outcome).toEqual({ outcome: 'inReview', change: 'added', appId: 'cat-1', version: '1.2.0' });
    expect(await events(real)).toMatchObject([{ actor: { kind: 'person', ...admin.identity } }]);
    expect(publishOutcomeSchema.parse((await publish(admin)).body)).toMatchObject({ change: 'none' });
    expect(graph.arrived.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('tells the page beforehand who has no chance, and why', async () => {
    const approver = await api.signInAs('approver', real.id);
    const engineer = await api.signInAs('engineer', real.id);
    const inSandbox = await api.signInAs('approver', played.id);
    const facts = appPackageSchema.parse((await approver.get(at(real))).body);
    expect(facts).toMatchObject({ appId: api.issuer.appId, may: { yes: true } });
    expect((await engineer.get(at(real))).body).toMatchObject({ may: { yes: false, code: 'otherTenant' } });
    expect((await inSandbox.get(at(played))).body).toMatchObject({ may: { yes: false, code: 'sandbox' } });

    const consent = await fetch(`${api.url}${facts.consentPath}`, { redirect: 'manual' });
    const location = new URL(consent.headers.get('location') ?? '');
    expect([consent.status, location.origin, location.pathname]).toEqual([
      302,
      api.issuer.loginUrl,
      `/${real.id}/adminconsent`,
    ]);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: api.issuer.appId,
      redirect_uri: 'https://tab.example/tab/',
    });
    for (const strange of ['x', '..%2f..', 'evil.example', `${real.id}%2f@evil.example`])
      expect((await fetch(`${api.url}/consent/${strange}`, { redirect: 'manual' })).status).toBe(404);
  });

  it('refuses people without the right and people of another tenant', async () => {
    for (const role of ['viewer', 'helpdesk'] as const) {
      const person = await api.signInAs(role, real.id);
      expect(codeOf(await person.get(at(real)))).toBe('403 no_role');
      expect(codeOf(await publish(person))).toBe('403 no_role');
    }
    expect(codeOf(await publish(await api.signIn({ tenantId: randomUUID() })))).toBe('403 tenant_not_onboarded');
    expect(codeOf(await publish(await api.signInAs('engineer', real.id)))).toBe('403 catalogue_tenant');
  });

  it('names the consent that is missing and what Graph refused, each with a sentence', async () => {
    const admin = await api.signInAs('approver', real.id);
    exchange = () => Promise.reject(new AppError('on_behalf_consent', 'no consent', { userMessage: 'Consent first.' }));
    expect(codeOf(await publish(admin))).toBe('403 on_behalf_consent');
    exchange = () => Promise.resolve('token-of-the-person');
    answerGet = REFUSED;
    const refused = await publish(admin);
    expect(codeOf(refused)).toBe('403 catalogue_refused');
    expect(sentenceOf(refused)).toContain('Forbidden');
    answerGet = { status: 200, json: 'maintenance' };
    expect(codeOf(await publish(admin))).toBe('502 catalogue_unreachable');
  });

  it.each([
    ['no body', undefined, '400 request_invalid'],
    ['no base64', { zip: '???' }, '400 request_invalid'],
    ['a field more', { zip: 'aGVsbG8=', token: 'x' }, '400 request_invalid'],
    ['no package', { zip: 'aGVsbG8=' }, '400 package_unreadable'],
    ['more than a package can be', { zip: 'A'.repeat(PACKAGE_BYTES_MAX * 2) }, '413 body_too_large'],
  ])('refuses %s before anything is asked of Microsoft', async (_name, body, code) => {
    const admin = await api.signInAs('approver', real.id);
    const before = graph.arrived.length;
    exchange = () => Promise.reject(new Error('nobody may ask'));
    expect(codeOf(await admin.post(at(real), body))).toBe(code);
    expect(graph.arrived).toHaveLength(before);
  });

  it('refuses the package of another application', async () => {
    const admin = await api.signInAs('approver', real.id);
    const answer = await admin.post(at(real), { zip: packageOf(randomUUID()) });
    expect(codeOf(answer)).toBe('400 package_foreign');
  });
});
