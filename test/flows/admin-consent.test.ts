/** An administrator of a customer's tenant is asked for his consent, and his answer is taken once and believed by a token. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consentRoutes } from '../../src/api/consent-routes.ts';
import { type RunningServer, startServer } from '../../src/api/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { type AdminConsents, createAdminConsents } from '../../src/rollout/customers/admin-consents.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import { type Customer, type Customers, createCustomers } from '../../src/rollout/customers/customers.ts';
import { personaOf } from '../../src/sandbox/teams/personas.ts';
import { createPacers } from '../../src/services/limits.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { readJournal } from '../../src/store/journal.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import {
  buildTenant,
  buildUser,
  buildWorld,
  GLOBAL_ADMIN,
  idOf,
  OTHER_TENANT_ID,
  READER,
  TENANT_ID,
} from '../support/sandbox-tenant.ts';
import { embeddedFolder } from '../support/store.ts';

const ASKER = { kind: 'cli', user: 'engineer' };
const ADMIN = personaOf({ tenantId: OTHER_TENANT_ID }, buildUser(2));

describe('consent for a customer', () => {
  const dataDir = embeddedFolder();
  const secrets = mkdtempSync(join(tmpdir(), 'mfa-consent-'));
  let sandbox: TestSandbox;
  let database: Database;
  let customers: Customers;
  let consents: AdminConsents;
  let server: RunningServer;
  let customer: Customer;
  let other: Customer;

  const start = () => {
    // A token that is refused is asked for again after a pause that nobody waits for here.
    const clock = { ...sandbox.manual, sleep: () => Promise.resolve() };
    const deps = { customers, database, clock, environment: {}, signal: new AbortController().signal };
    return createAdminConsents(deps);
  };
  beforeAll(async () => {
    const home = buildTenant({ apps: [{ ...READER, requested: ['User.Read.All'] }] });
    const asked = buildTenant({
      ...{ tenantId: OTHER_TENANT_ID, initialDomain: 'otherexample.onmicrosoft.com', apps: [] },
      roleAssignments: [
        { id: 'r1', roleDefinitionId: GLOBAL_ADMIN, principalId: idOf('user', 2), directoryScopeId: '/' },
      ],
    });
    sandbox = await startTestSandbox(buildWorld({ tenants: [home, asked] }));
    database = await openDatabase({ dataDir }, { log: silentLog });
    const common = { database, clock: sandbox.manual, log: silentLog, environment: {} };
    const signal = new AbortController().signal;
    customers = createCustomers({ ...common, pacers: createPacers(systemClock), isClockTurned: () => false, signal });
    for (const name of ['graph', 'hr']) writeFileSync(join(secrets, name), READER.clientSecret);
    const add = async (tenantId: string, name: string) => {
      const file = {
        ...{ version: 1, name, tenantId, tls: { caFile: sandbox.caFile } },
        graph: {
          ...{ clientId: READER.clientId, clientSecret: 'file:graph' },
          ...{ baseUrl: sandbox.urls.graph, loginUrl: sandbox.urls.login },
        },
        hr: { source: 'bamboohr', company: 'contosoexample', apiKey: 'file:hr' },
      };
      const settings = parseCustomerFile(JSON.stringify(file), join(secrets, 'file.yaml'));
      return (await customers.add(settings, { kind: 'test' })).customer;
    };
    customer = await add(OTHER_TENANT_ID, 'Fabrikam');
    other = await add(TENANT_ID, 'Contoso');
    consents = start();
    const routes = consentRoutes({ answer: (query, given) => consents.answer(query, given) });
    server = await startServer(0, { readiness: () => ({ ready: true }), metrics: () => '', routes });
  });
  afterAll(async () => {
    await server.close();
    await customers.close();
    await database.close();
    await sandbox.end();
    for (const folder of [dataDir, secrets]) rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    sandbox.record({ type: 'app.delete', tenantId: OTHER_TENANT_ID, clientId: READER.clientId });
  });

  const ask = (of = customer) =>
    consents.ask(of, { app: 'reader', redirectUri: `${server.url}/api/consent`, actor: ASKER });
  const decide = async (address: string, form: Record<string, string>) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams(form).toString();
    return new URL(String((await sandbox.ask(address, { method: 'POST', headers, body })).headers.location));
  };
  const accept = (address: string) =>
    decide(address, { answer: 'accept', username: ADMIN.userPrincipalName, password: ADMIN.password });
  const codeOf = (taken: Promise<unknown>) =>
    taken.then(
      () => 'taken',
      (error: unknown) => (error as { code: string }).code,
    );
  const journal = async () => {
    const rows = await database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id, 0, 100));
    return rows.map(({ event, facts }) => ({ event, facts }));
  };

  it('is taken from the browser itself, proved by a token, and counts once', async () => {
    const ended = await accept(await ask());
    const shown = await sandbox.ask(ended.href.replace(/^https:/, 'http:'));
    expect([shown.status, shown.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(shown.text).toContain('Thank you');
    expect((await journal()).slice(-3)).toMatchObject([
      { event: 'customer.consent_asked', facts: { app: 'reader', clientId: READER.clientId } },
      { event: 'customer.consent_answered', facts: { outcome: 'granted' } },
      { event: 'customer.consent_proved', facts: { app: 'reader' } },
    ]);
    const again = await sandbox.ask(ended.href, { headers: { 'accept-language': 'de-DE' } });
    expect(again.status).toBe(400);
    expect(again.text).toContain('bereits angenommen');
    expect(await codeOf(start().answer(ended.searchParams))).toBe('consent_used');
  });

  it('of two answers that come at once one is taken', async () => {
    const { searchParams } = await accept(await ask());
    const both = await Promise.all([1, 2].map(() => codeOf(consents.answer(searchParams))));
    expect(both.sort()).toEqual(['consent_used', 'taken']);
  });

  it('is a refusal although the address says admin_consent=True, and is asked for anew', async () => {
    const { searchParams } = await decide(await ask(), { answer: 'cancel' });
    expect(searchParams.get('admin_consent')).toBe('True');
    expect(await codeOf(consents.answer(searchParams))).toBe('consent_refused');
    expect((await journal()).at(-1)).toMatchObject({ facts: { outcome: 'refused', code: 'access_denied' } });
    searchParams.delete('error');
    searchParams.set('tenant', OTHER_TENANT_ID);
    expect(await codeOf(consents.answer(searchParams))).toBe('consent_used');
  });

  it('is nobody’s without its state, under another’s, or for another customer than was asked', async () => {
    const { searchParams } = await accept(await ask());
    const state = searchParams.get('state') ?? '';
    const foreign = (await accept(await ask())).searchParams.get('state') ?? '';
    const with_ = (changed: string | null) => {
      const query = new URLSearchParams(searchParams);
      if (changed === null) query.delete('state');
      else query.set('state', changed);
      return codeOf(consents.answer(query));
    };
    for (const bad of [null, '', 'x', `${state}x`, `${foreign.split('.')[0] ?? ''}.${state.split('.')[1] ?? ''}`])
      expect(await with_(bad)).toBe('consent_foreign');
    expect(await codeOf(consents.answer(searchParams, { customerId: other.id }))).toBe('consent_foreign');
    const stranger = { kind: 'cli', user: 'somebody else' };
    expect(await codeOf(consents.answer(searchParams, { actor: stranger }))).toBe('consent_other_asker');
    const taken = await consents.answer(searchParams, { customerId: customer.id, actor: ASKER });
    expect(taken).toMatchObject({ app: 'reader', customer: { id: customer.id } });
  });

  it('does not count when another tenant gave it, when it names none, or a day later', async () => {
    const changed = async (change: (query: URLSearchParams) => void) => {
      const { searchParams } = await accept(await ask());
      change(searchParams);
      return codeOf(consents.answer(searchParams));
    };
    expect(await changed((query) => query.set('tenant', TENANT_ID))).toBe('consent_other_tenant');
    expect(await changed((query) => query.delete('tenant'))).toBe('consent_incomplete');
    expect(await changed(() => sandbox.manual.advance(24 * 3_600_000 + 1))).toBe('consent_expired');
  });

  it('is not believed without a token, whatever the address says', async () => {
    const state = new URL(await ask()).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ admin_consent: 'True', tenant: OTHER_TENANT_ID, state });
    expect(await codeOf(consents.answer(query))).toBe('consent_unproved');
  });

  it.each(['http://rollout.example/', 'https://rollout.example/?x=1', 'nonsense', ''])(
    'is not asked for with %j as the way back',
    async (redirectUri) => {
      expect(await codeOf(consents.ask(customer, { app: 'reader', redirectUri, actor: ASKER }))).toBe('redirect_bad');
    },
  );

  it('is not asked for an application that the customer has not', async () => {
    const redirectUri = `${server.url}/api/consent`;
    expect(await codeOf(consents.ask(customer, { app: 'writer', redirectUri, actor: ASKER }))).toBe('consent_app_none');
  });
});
