import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { like } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hrRoutes } from '../../src/api/hr-routes.ts';
import { type RunningServer, startServer } from '../../src/api/server.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createHrConnection } from '../../src/rollout/customers/connect-hr.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import { type Customers, createCustomers } from '../../src/rollout/customers/customers.ts';
import { createHrDeliveries, type HrDeliveries, type HrDelivery } from '../../src/rollout/customers/hr-deliveries.ts';
import { connectApplication, patchEmployee } from '../../src/sandbox/people.ts';
import { createPacers } from '../../src/services/limits.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { readJournal } from '../../src/store/journal.ts';
import { outbox } from '../../src/store/schema.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { READER, TENANT_ID } from '../support/sandbox-tenant.ts';
import { embeddedFolder } from '../support/store.ts';
import { startTlsFront, type TlsFront } from '../support/tls-front.ts';

const DOMAIN = 'contosoexample';

describe('what BambooHR tells by itself', () => {
  const dataDir = embeddedFolder();
  const secrets = mkdtempSync(join(tmpdir(), 'mfa-hook-'));
  let sandbox: TestSandbox;
  let database: Database;
  let customers: Customers;
  let deliveries: HrDeliveries;
  let server: RunningServer;
  let front: TlsFront;
  let wasRead = true;
  const arrived: { given: HrDelivery; outcome: Awaited<ReturnType<HrDeliveries['receive']>> }[] = [];
  let wake = () => {};

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    database = await openDatabase({ dataDir }, { log: silentLog });
    const common = { database, clock: sandbox.manual, log: silentLog, environment: {} };
    const pacers = createPacers(sandbox.manual);
    const signal = new AbortController().signal;
    customers = createCustomers({ ...common, pacers, isClockTurned: () => false, signal });
    deliveries = createHrDeliveries({ ...common, customers, wasRead: () => Promise.resolve(wasRead) });
    const receive: HrDeliveries['receive'] = async (id, given) => {
      const outcome = await deliveries.receive(id, given);
      arrived.push({ given, outcome });
      wake();
      return outcome;
    };
    const routes = hrRoutes({ receive });
    server = await startServer(0, { readiness: () => ({ ready: true }), metrics: () => '', routes });
    front = await startTlsFront(sandbox.dataDir, () => server.url);
    writeFileSync(join(secrets, 'hook'), await webhookKey());
    for (const name of ['graph', 'hr']) writeFileSync(join(secrets, name), READER.clientSecret);
    const file = {
      ...{ version: 1, name: 'Contoso', tenantId: TENANT_ID },
      graph: { clientId: READER.clientId, clientSecret: 'file:graph' },
      hr: { source: 'bamboohr', company: DOMAIN, apiKey: 'file:hr', webhookKeys: ['file:hook'] },
    };
    await customers.add(parseCustomerFile(JSON.stringify(file), join(secrets, 'file.yaml')), { kind: 'test' });
  });
  afterAll(async () => {
    await front.close();
    await server.close();
    await customers.close();
    await database.close();
    await sandbox.end();
    for (const folder of [dataDir, secrets]) rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    arrived.length = 0;
    sandbox.manual.advance(60_000);
  });

  const webhookKey = async () => {
    const events = ['employee.created', 'employee.updated', 'employee.deleted'];
    const body = {
      ...{ name: 'rollout', format: 'json', events, monitorFields: ['department', 'status', 'supervisor'] },
      url: `${front.url}/api/bamboohr/${TENANT_ID}`,
    };
    return String((await sandbox.bamboo('/api/v1/webhooks', { method: 'POST', body })).at('privateKey'));
  };
  const moves = (department: string) => patchEmployee(sandbox, { domain: DOMAIN, employeeId: '1' }, { department });
  const arrivals = (count: number) =>
    new Promise<void>((resolve) => {
      wake = () => arrived.length >= count && resolve();
      wake();
    });
  const asked = () =>
    database.withCustomer(TENANT_ID, (tx) =>
      tx
        .select({ key: outbox.key, kind: outbox.kind, dueAt: outbox.dueAt })
        .from(outbox)
        .where(like(outbox.key, 'sync:hr-change:%')),
    );
  const again = (given: HrDelivery, change: Record<string, string> = {}, to = TENANT_ID) => {
    const headers = Object.entries({ ...given.headers, ...change }).filter(([name]) => name.startsWith('x-bamboohr'));
    return sandbox.ask(`${front.url}/api/bamboohr/${to}`, {
      method: 'POST',
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: Buffer.from(given.rawBody).toString('utf8'),
    });
  };

  it('asks for one reading of people for what changes within a minute, and for another after it', async () => {
    for (const department of ['Finance', 'Legal', 'IT']) {
      moves(department);
      sandbox.manual.advance(1_000);
    }
    await arrivals(3);
    expect(arrived.map(({ outcome }) => outcome)).toEqual([
      { ok: true, asked: true },
      { ok: true, asked: false },
      { ok: true, asked: false },
    ]);
    const first = await asked();
    expect(first).toMatchObject([{ kind: 'sync.people' }]);
    expect(first[0]?.dueAt.getTime()).toBeGreaterThan(sandbox.manual.now());
    sandbox.manual.advance(60_000);
    moves('Sales');
    await arrivals(4);
    expect(await asked()).toHaveLength(2);
  });

  it('counts a delivery once, also where the receiver was started anew between', async () => {
    moves('Research');
    await arrivals(1);
    const { given } = arrived[0] ?? never();
    const common = { database, customers, clock: sandbox.manual, log: silentLog, environment: {} };
    const restarted = createHrDeliveries({ ...common, wasRead: () => Promise.resolve(true) });
    sandbox.manual.advance(20 * 60_000);
    const before = (await asked()).length;
    expect(await restarted.receive(TENANT_ID, given)).toEqual({ ok: false, reason: 'repeated' });
    const both = await Promise.all([restarted, deliveries].map((receiver) => receiver.receive(TENANT_ID, given)));
    expect(both.map(({ ok }) => ok)).toEqual([false, false]);
    expect(await asked()).toHaveLength(before);
  });

  it('takes the bytes as they came: one more blank, another time or another key and it is forged', async () => {
    moves('Finance');
    await arrivals(1);
    const { given } = arrived[0] ?? never();
    const before = (await asked()).length;
    expect((await again({ ...given, rawBody: Buffer.concat([given.rawBody, Buffer.from(' ')]) })).status).toBe(403);
    expect((await again(given, { 'x-bamboohr-timestamp': '1' })).status).toBe(403);
    expect((await again(given, { 'x-bamboohr-signature': '00'.repeat(32) })).status).toBe(403);
    expect((await again({ ...given, headers: {} })).status).toBe(403);
    expect((await again(given)).status).toBe(409);
    sandbox.manual.advance(4 * 3_600_000);
    const stale = await again(given);
    expect([stale.status, stale.at('error/code')]).toEqual([403, 'delivery_stale']);
    expect(await asked()).toHaveLength(before);
  });

  it('is nothing to a customer without webhook keys, nobody’s address, and one that was never read', async () => {
    wasRead = false;
    moves('Legal');
    await arrivals(1);
    wasRead = true;
    expect(arrived[0]?.outcome).toEqual({ ok: true, asked: false });
    const { given } = arrived[0] ?? never();
    expect((await again(given, {}, '00000000-0000-4000-8000-00000000dead')).status).toBe(404);
    expect((await again(given, {}, 'x%00')).status).toBe(404);
  });

  it('is connected by OAuth through the address at which a browser ended, which the journal remembers', async () => {
    const { refreshToken: _unused, ...app } = connectApplication(sandbox, DOMAIN, []);
    const oauth = { clientId: app.clientId, clientSecret: 'file:app', refreshToken: 'file:refresh' };
    const company = `${sandbox.urls.bamboohr}/${DOMAIN}`;
    writeFileSync(join(secrets, 'app'), app.clientSecret);
    const file = {
      ...{ version: 1, name: 'Contoso', tenantId: TENANT_ID, tls: { caFile: sandbox.caFile } },
      graph: { clientId: READER.clientId, clientSecret: 'file:graph' },
      hr: { source: 'bamboohr', company: DOMAIN, baseUrl: company, oauth: { ...oauth, loginUrl: company } },
    };
    const settings = parseCustomerFile(JSON.stringify(file), join(secrets, 'file.yaml'));
    const { customer } = await customers.add(settings, { kind: 'test' });
    const connection = createHrConnection({ customers, database, clock: sandbox.manual, environment: {} });
    expect(() => connection.address(customer, 'http://rollout.example/')).toThrow('https://');
    const address = connection.address(customer, 'https://rollout.example/back');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await sandbox.ask(address, { method: 'POST', headers, body: 'answer=allow' });
    const ended = String(reply.headers.location);
    await expect(connection.complete(customer, { address: 'nonsense', actor: null })).rejects.toMatchObject({
      code: 'consent_foreign',
    });
    await connection.complete(customer, { address: ended, actor: { kind: 'test' } });
    const { hr } = await customers.connections(customer);
    expect(await hr?.readEmployees()).toHaveLength(3);
    const journal = await database.withCustomer(TENANT_ID, (tx) => readJournal(tx, TENANT_ID, 0, 100));
    expect(journal.map(({ event }) => event)).toContain('customer.hr_connected');
  });
});

function never(): never {
  throw new Error('something arrived');
}
