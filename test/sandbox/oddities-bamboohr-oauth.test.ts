import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadServerIdentity } from '../../src/sandbox/http/certificates.ts';
import { connectApplication, hireEmployee, patchEmployee, setCompanyOptions } from '../../src/sandbox/people.ts';
import { type Reply, startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildCompany, buildEmployee, buildWorld } from '../support/sandbox-tenant.ts';
import { type Reply as Answer, type Arrived, startVendorDouble, type VendorDouble } from '../support/vendor-double.ts';

const DOMAIN = 'contosoexample';
const SCOPES = ['report', 'time_off', 'offline_access'];
let sandbox: TestSandbox;
/** What the customer's webhook answers at the moment. */
let hookAnswer: (request: Arrived) => Answer;
let hook: VendorDouble;

beforeAll(async () => {
  const company = buildCompany({ employees: [1, 2, 3, 4].map((n) => buildEmployee(n)) });
  sandbox = await startTestSandbox(buildWorld({ companies: [company] }));
  const { key, cert, caFile } = await loadServerIdentity(sandbox.dataDir, Date.now());
  hook = await startVendorDouble((request) => hookAnswer(request), { key, cert, caFile, caPem: '' });
});
afterAll(async () => {
  await hook.close();
  await sandbox.end();
});
afterEach(() => setCompanyOptions(sandbox, DOMAIN, { refreshTokenRotates: true, accessTokenSeconds: 3600 }));

function post(form: Record<string, string>, path = `/${DOMAIN}/token.php?request=token`): Promise<Reply> {
  return sandbox.ask(`${sandbox.urls.bamboohr}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

function connected(scopes: string[] = SCOPES) {
  const { clientId, clientSecret, refreshToken } = connectApplication(sandbox, DOMAIN, scopes);
  const app = { client_id: clientId, client_secret: clientSecret };
  const refresh = (refresh_token: string) => post({ grant_type: 'refresh_token', refresh_token, ...app });
  return { app, refreshToken, refresh };
}

const as = (token: unknown, path: string) =>
  sandbox.ask(`${sandbox.urls.bamboohr}/${DOMAIN}${path}`, { headers: { authorization: `Bearer ${String(token)}` } });

describe('BambooHR by OAuth', () => {
  test('oddity 179: a refresh token is good once, or by option for ever; access tokens end by themselves', async () => {
    const { refresh, refreshToken, app } = connected();
    const first = await refresh(refreshToken);
    expect(first.at()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(first.at('refresh_token')).not.toBe(refreshToken);
    const again = await refresh(refreshToken);
    expect([again.status, again.at('error')]).toEqual([400, 'invalid_grant']);
    setCompanyOptions(sandbox, DOMAIN, { refreshTokenRotates: false });
    const kept = await refresh(String(first.at('refresh_token')));
    expect(kept.at('refresh_token')).toBe(first.at('refresh_token'));
    const path = '/api/v1/time_off/whos_out';
    expect((await as(kept.at('access_token'), path)).status).toBe(200);
    sandbox.manual.advance(3_600_000);
    expect((await as(kept.at('access_token'), path)).status).toBe(401);
    const foreign = await post({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      ...app,
      client_secret: 'x',
    });
    expect([foreign.status, foreign.at('error')]).toEqual([401, 'invalid_client']);
  });

  test('oddity 180: a connection reaches what its scopes say, and goes on only with offline_access', async () => {
    const granted = connected(['time_off', 'offline_access']);
    const token = (await granted.refresh(granted.refreshToken)).at('access_token');
    expect((await as(token, '/api/v1/time_off/whos_out')).status).toBe(200);
    expect((await as(token, '/api/v1_2/datasets')).status).toBe(403);
    const brief = connected(['report']);
    expect((await brief.refresh(brief.refreshToken)).at('refresh_token')).toBeUndefined();
  });

  test('oddity 181: consent goes back to https addresses only, with a code that is good once or a no', async () => {
    const { app } = connected();
    const asked = (redirect_uri: string) =>
      `/${DOMAIN}/authorize.php?${new URLSearchParams({ client_id: app.client_id, response_type: 'code', redirect_uri, scope: SCOPES.join(' '), state: 's 1' }).toString()}`;
    const page = (path: string) => sandbox.ask(`${sandbox.urls.bamboohr}${path}`);
    expect((await page(asked('http://rollout.example/back'))).status).toBe(400);
    const redirect = 'https://rollout.example/back';
    expect((await page(asked(redirect))).text).toContain('time_off');
    const denied = new URL(String((await post({ answer: 'deny' }, asked(redirect))).headers.location));
    expect([denied.searchParams.get('error'), denied.searchParams.get('state')]).toEqual(['access_denied', 's 1']);
    const allowed = new URL(String((await post({ answer: 'allow' }, asked(redirect))).headers.location));
    const code = allowed.searchParams.get('code') ?? '';
    const redeem = (uri: string) => post({ grant_type: 'authorization_code', code, redirect_uri: uri, ...app });
    expect((await redeem(redirect)).at('refresh_token')).toEqual(expect.any(String));
    expect((await redeem(redirect)).at('error')).toBe('invalid_grant');
    // The gateway has neither page nor tokens.
    expect((await page(`/api/gateway.php${asked(redirect)}`)).status).toBe(404);
  });

  test('oddity 182: the list of employees is for connections, and a page moves under its cursor', async () => {
    const { refresh, refreshToken } = connected(['employee', 'offline_access']);
    const token = (await refresh(refreshToken)).at('access_token');
    const first = await as(token, '/api/v1/employees?page[limit]=2&fields=workEmail,shoeSize');
    expect(first.rows('data').map(({ employeeId }) => employeeId)).toEqual(['1', '2']);
    expect(first.at('data/0')).toMatchObject({ workEmail: 'person.1@contoso-example.com', _restrictedFields: [] });
    const next = `/api/v1/employees?page[limit]=2&page[after]=${String(first.at('meta/page/nextCursor'))}`;
    expect((await as(token, next)).rows('data').map(({ employeeId }) => employeeId)).toEqual(['3', '4']);
    sandbox.record({ type: 'employee.delete', domain: DOMAIN, employeeId: '2' });
    const moved = await as(token, next);
    expect([moved.status, moved.at('error/code')]).toEqual([400, 'BadPage']);
  });
});

describe('BambooHR’s webhooks', () => {
  const make = (body: object) =>
    sandbox.bamboo('/api/v1/webhooks', { method: 'POST', body: { name: 'rollout', format: 'json', ...body } });
  const url = () => `${hook.url}/changes`;
  const NEW = ['employee.created', 'employee.updated', 'employee.deleted'];

  test('oddity 183: the private key is shown once; families of events do not mix; updates need monitored fields', async () => {
    expect((await make({ url: 'http://rollout.example', monitorFields: ['department'] })).status).toBe(400);
    expect(
      (await make({ url: url(), events: [...NEW, 'employee_with_fields.created'], monitorFields: ['department'] }))
        .status,
    ).toBe(400);
    expect((await make({ url: url(), events: NEW })).at('errors/0/error')).toContain('monitored');
    const made = await make({ url: url(), events: NEW, monitorFields: ['department'] });
    expect([made.status, made.at('privateKey')]).toEqual([201, expect.stringMatching(/^[0-9a-f]{32}$/)]);
    const path = `/api/v1/webhooks/${String(made.at('id'))}`;
    const seen = await sandbox.bamboo(path);
    expect(seen.at()).toMatchObject({ monitorFields: ['department'] });
    expect(seen.at('privateKey')).toBeUndefined();
    expect((await sandbox.bamboo(path, { method: 'DELETE' })).status).toBe(200);
    expect((await sandbox.bamboo(path)).status).toBe(404);
  });

  test('oddity 184: a delivery names people and fields only, is signed over body and time, and a hire comes twice', async () => {
    const made = await make({ url: url(), events: NEW, monitorFields: ['department'] });
    hookAnswer = () => ({ status: 204 });
    hook.arrived.length = 0;
    patchEmployee(sandbox, { domain: DOMAIN, employeeId: '1' }, { department: 'Finance', jobTitle: 'Head' });
    patchEmployee(sandbox, { domain: DOMAIN, employeeId: '1' }, { jobTitle: 'Clerk' });
    hireEmployee(sandbox, DOMAIN, buildEmployee(9));
    await hook.arrival(3);
    expect(hook.arrived.map(({ body }) => (JSON.parse(body) as { type: string; data: object }).data)).toEqual([
      { companyId: DOMAIN, employeeId: '1', changedFields: ['department'] },
      { companyId: DOMAIN, employeeId: '9' },
      { companyId: DOMAIN, employeeId: '9', changedFields: ['department'] },
    ]);
    for (const { body, headers } of hook.arrived) {
      const at = headers['x-bamboohr-timestamp'] ?? '';
      const signature = createHmac('sha256', String(made.at('privateKey')))
        .update(body + at)
        .digest('hex');
      expect(headers['x-bamboohr-signature']).toBe(signature);
    }
    await sandbox.bamboo(`/api/v1/webhooks/${String(made.at('id'))}`, { method: 'DELETE' });
  });

  test('oddity 185: after 5xx a delivery comes again five times over hours, after 4xx never', async () => {
    const made = await make({ url: url(), events: NEW, monitorFields: ['department'] });
    hook.arrived.length = 0;
    hookAnswer = () => ({ status: 503 });
    patchEmployee(sandbox, { domain: DOMAIN, employeeId: '3' }, { department: 'Legal' });
    await hook.arrival(1);
    for (const [index, minutes] of [5, 10, 20, 40, 80].entries()) {
      // The answer must have reached the sandbox before its clock turns: the next request waits behind it.
      await sandbox.bamboo('/api/v1/meta/fields');
      sandbox.advance(minutes * 60_000 - 1);
      await sandbox.bamboo('/api/v1/meta/fields');
      expect(hook.arrived).toHaveLength(index + 1);
      sandbox.advance(1);
      await hook.arrival(index + 2);
    }
    const bodies = new Set(hook.arrived.map(({ body }) => body));
    expect(bodies.size).toBe(1);
    hookAnswer = () => ({ status: 403 });
    patchEmployee(sandbox, { domain: DOMAIN, employeeId: '3' }, { department: 'Sales' });
    await hook.arrival(7);
    sandbox.advance(24 * 3_600_000);
    hookAnswer = () => ({ status: 204 });
    patchEmployee(sandbox, { domain: DOMAIN, employeeId: '3' }, { department: 'Legal' });
    await hook.arrival(8);
    expect(hook.arrived.slice(6).map(({ body }) => body)).toHaveLength(2);
    await sandbox.bamboo(`/api/v1/webhooks/${String(made.at('id'))}`, { method: 'DELETE' });
  });

  test('a delivery that nobody could take yet comes again also after the sandbox was started anew', async () => {
    const world = () => buildWorld({ companies: [buildCompany({ employees: [buildEmployee(1)] })] });
    const first = await startTestSandbox(world());
    const { key, cert, caFile } = await loadServerIdentity(first.dataDir, Date.now());
    let status = 503;
    const other = await startVendorDouble(() => ({ status }), { key, cert, caFile, caPem: '' });
    const body = { name: 'rollout', format: 'json', events: NEW, monitorFields: ['department'], url: other.url };
    await first.bamboo('/api/v1/webhooks', { method: 'POST', body });
    patchEmployee(first, { domain: DOMAIN, employeeId: '1' }, { department: 'Legal' });
    await other.arrival(1);
    await first.bamboo('/api/v1/meta/fields');
    await first.stop();
    const second = await startTestSandbox(world(), { dataDir: first.dataDir });
    status = 204;
    second.advance(5 * 60_000);
    await other.arrival(2);
    expect(new Set(other.arrived.map(({ body: sent }) => sent)).size).toBe(1);
    await second.bamboo('/api/v1/meta/fields');
    second.advance(24 * 3_600_000);
    await second.bamboo('/api/v1/meta/fields');
    expect(other.arrived).toHaveLength(2);
    await other.close();
    await second.end();
  });
});
