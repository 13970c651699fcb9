import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { Agent, request, fetch as undiciFetch } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { loadServerIdentity } from '../../src/sandbox/http/certificates.ts';
import { changeMembers, deleteUser, patchEmployee, patchUser } from '../../src/sandbox/people.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildTenant, buildWorld, idOf, READER, START_MS, TENANT_ID } from '../support/sandbox-tenant.ts';

const DAY_MS = 86_400_000;
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function start(...given: Parameters<typeof startTestSandbox>): Promise<TestSandbox> {
  const sandbox = await startTestSandbox(...given);
  endings.push(() => sandbox.end());
  return sandbox;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('lasting state', () => {
  test('goes on where it stood, under the same addresses, keys and tokens', async () => {
    const dataDir = newFolder();
    const first = await startTestSandbox(buildWorld(), { dataDir });
    const token = await first.token();
    const delta = (await first.graph('/v1.0/users/delta?$select=displayName')).at('@odata.deltaLink');
    patchUser(first, { tenantId: TENANT_ID, userId: idOf('user', 1) }, { displayName: 'Renamed' });
    deleteUser(first, { tenantId: TENANT_ID, userId: idOf('user', 3) });
    patchEmployee(first, { domain: 'contosoexample', employeeId: '2' }, { department: 'Finance' });
    first.faults.put({ id: 'kept', vendor: 'graph', template: '/organization', status: 503, times: 2 });
    await first.graph('/v1.0/organization');
    first.advance(60_000);
    const { urls } = first;
    await first.end();
    const second = await start(buildWorld(), { dataDir });
    expect(second.urls).toEqual(urls);
    expect(second.now()).toBe(START_MS + 60_000);
    const users = (await second.graph('/v1.0/users?$select=displayName', { token })).rows();
    expect(users.map((user) => user.displayName)).toEqual(['Renamed', 'Person 2']);
    const changes = (await second.graph(String(delta), { token })).rows().map((item) => item.id);
    expect(changes).toEqual([idOf('user', 1), idOf('user', 3)]);
    expect((await second.bamboo('/api/v1/employees/2?fields=department')).at('department')).toBe('Finance');
    expect(second.faults.list()).toEqual([expect.objectContaining({ id: 'kept', left: 1 })]);
  });

  test('refuses a folder that another process has open, and an event that names nothing', async () => {
    const sandbox = await start();
    await expect(startSandbox({ dataDir: sandbox.dataDir, world: buildWorld() })).rejects.toThrow(/locked/);
    const which = { tenantId: TENANT_ID, groupId: idOf('group', 9) };
    expect(() => changeMembers(sandbox, which, { add: [] })).toThrow(/no group/);
    expect(() => sandbox.record({ type: 'members.change', ...which, added: [], removed: [] })).toThrow(/no group/);
  });

  test('keeps keys and token readable by their owner only', async () => {
    const sandbox = await start();
    for (const file of ['ca.key.pem', 'server.key.pem', 'token.key.pem', 'control-token']) {
      expect(statSync(join(sandbox.dataDir, file)).mode & 0o777).toBe(0o600);
    }
  });

  test('renews the certificate near its end and keeps its authority', async () => {
    const folder = newFolder();
    const now = Date.now();
    const first = await loadServerIdentity(folder, now);
    expect((await loadServerIdentity(folder, now + 60 * DAY_MS)).cert).toBe(first.cert);
    const authority = readFileSync(first.caFile, 'utf8');
    const later = await loadServerIdentity(folder, now + 85 * DAY_MS);
    expect(later.cert).not.toBe(first.cert);
    expect(readFileSync(later.caFile, 'utf8')).toBe(authority);
  });

  test('survives being killed in the middle of its work', { timeout: 60_000 }, async () => {
    const dataDir = newFolder();
    const run = async () => {
      const args = ['src/sandbox/main.ts', '--data-dir', dataDir, '--size', '100', '--world', 'noPremium'];
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
      const lines = createInterface({ input: child.stdout });
      const line = await new Promise<string>((resolve) => lines.once('line', resolve));
      const ready = JSON.parse(line) as { urls: { control: string }; caFile: string; controlTokenFile: string };
      return { child, exited, ready };
    };
    const killed = await run();
    const agent = new Agent({ connect: { ca: readFileSync(killed.ready.caFile, 'utf8') } });
    endings.push(() => agent.destroy());
    const ask = async (control: string, body?: unknown) => {
      const authorization = `Bearer ${readFileSync(killed.ready.controlTokenFile, 'utf8')}`;
      const method = body === undefined ? 'GET' : 'POST';
      const text = body === undefined ? null : JSON.stringify(body);
      const url = `${control}/_sandbox/clock`;
      const answer = await request(url, { dispatcher: agent, method, headers: { authorization }, body: text });
      return (await answer.body.json()) as { offsetMs: number };
    };
    await ask(killed.ready.urls.control, { advanceMs: 86_400_000 });
    killed.child.kill('SIGKILL');
    await killed.exited;
    const again = await run();
    expect(again.ready.urls).toEqual(killed.ready.urls);
    expect((await ask(again.ready.urls.control)).offsetMs).toBe(86_400_000);
    again.child.kill('SIGTERM');
    expect(await again.exited).toBe(0);
  });
});

describe('sign-in service', () => {
  test('gives MSAL a token that its published keys verify', async () => {
    const sandbox = await start();
    const agent = new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') } });
    endings.push(() => agent.destroy());
    const authority = `${sandbox.urls.login}/${TENANT_ID}`;
    const call = async (
      url: string,
      method: 'GET' | 'POST',
      options?: { headers?: Record<string, string>; body?: string },
    ) => {
      const answer = await request(url, {
        dispatcher: agent,
        method,
        headers: options?.headers ?? {},
        body: options?.body ?? null,
      });
      return { status: answer.statusCode, headers: {}, body: (await answer.body.json()) as never };
    };
    const client = new ConfidentialClientApplication({
      auth: {
        clientId: READER.clientId,
        clientSecret: READER.clientSecret,
        authority,
        knownAuthorities: [new URL(authority).host],
      },
      system: {
        networkClient: {
          sendGetRequestAsync: (url, options) => call(url, 'GET', options),
          sendPostRequestAsync: (url, options) => call(url, 'POST', options),
        },
      },
    });
    const result = await client.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] });
    const jwks = createRemoteJWKSet(new URL(`${authority}/discovery/v2.0/keys`), {
      [customFetch]: (url, options) =>
        undiciFetch(url, { ...options, dispatcher: agent } as never) as unknown as Promise<Response>,
    });
    const { payload } = await jwtVerify(result?.accessToken ?? '', jwks, {
      issuer: `${authority}/v2.0`,
      audience: 'https://graph.microsoft.com',
      currentDate: new Date(START_MS),
    });
    expect(payload).toMatchObject({ tid: TENANT_ID, appid: READER.clientId, roles: READER.roles });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  test('believes an assertion only when a registered certificate signed it', async () => {
    const sandbox = await start(buildWorld({ tenants: [buildTenant({ servicePrincipals: [] })] }));
    const reply = await sandbox.ask(`${sandbox.urls.login}/${TENANT_ID}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: READER.clientId,
        scope: 'https://graph.microsoft.com/.default',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'not.an.assertion',
      }).toString(),
    });
    expect([reply.status, reply.at('error_codes/0')]).toEqual([401, 700027]);
  });
});

describe('control', () => {
  test('turns the clock, changes people and tells the requests, with the token only', async () => {
    const sandbox = await start();
    const url = `${sandbox.urls.control}/_sandbox/clock`;
    expect((await sandbox.ask(url)).status).toBe(401);
    expect((await sandbox.control('/clock', { method: 'POST', body: { advanceMs: 3_600_000 } })).at('offsetMs')).toBe(
      3_600_000,
    );
    const to = new Date(START_MS + 7_200_000).toISOString();
    expect((await sandbox.control('/clock', { method: 'POST', body: { to } })).at('now')).toBe(to);
    expect((await sandbox.control('/clock', { method: 'POST', body: { to: '2020-01-01T00:00:00Z' } })).status).toBe(
      400,
    );
    const user = `/tenants/${TENANT_ID}/users/${idOf('user', 2)}`;
    const enrol = {
      enrol: { method: 'fido2', reportLagMs: 0 },
      set: { surname: 'Married' },
      managerId: idOf('user', 3),
    };
    expect((await sandbox.control(user, { method: 'POST', body: enrol })).status).toBe(204);
    expect((await sandbox.control(user, { method: 'POST', body: { set: 3 } })).status).toBe(400);
    const details = '/v1.0/reports/authenticationMethods/userRegistrationDetails';
    expect((await sandbox.graph(`${details}/${idOf('user', 2)}`)).at('methodsRegistered')).toEqual([
      'passKeyDeviceBound',
    ]);
    expect((await sandbox.graph(`/v1.0/users/${idOf('user', 2)}`)).at('surname')).toBe('Married');
    const joiner = `/tenants/${TENANT_ID}/users/${idOf('user', 9)}`;
    const put = { put: { displayName: 'Joiner', userPrincipalName: 'joiner@contoso-example.com' } };
    expect((await sandbox.control(joiner, { method: 'POST', body: put })).status).toBe(204);
    expect((await sandbox.graph('/v1.0/users/joiner@contoso-example.com')).at('id')).toBe(idOf('user', 9));
    await sandbox.control('/requests', { method: 'DELETE' });
    await sandbox.graph(`${details}/${idOf('user', 2)}`);
    await sandbox.graph(`/v1.0/users/${idOf('user', 2)}`);
    const employee = '/bamboohr/contosoexample/employees/77';
    const hire = { hire: { firstName: 'New', status: 'Active' } };
    expect((await sandbox.control(employee, { method: 'POST', body: hire })).status).toBe(204);
    expect((await sandbox.bamboo('/api/v1/employees/77')).at('firstName')).toBe('New');
    const log = (await sandbox.control('/requests?vendor=graph')).rows('');
    expect(log.map((entry) => [entry.template, entry.status, entry.appId])).toEqual([
      ['/reports/authenticationMethods/userRegistrationDetails/{id}', 200, READER.clientId],
      ['/users/{id}', 200, READER.clientId],
    ]);
    await sandbox.control('/requests', { method: 'DELETE' });
    expect((await sandbox.control('/requests')).rows('')).toEqual([]);
  });
});
