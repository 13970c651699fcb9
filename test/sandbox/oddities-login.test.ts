import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestSandbox, type TestSandbox, tokenForm } from '../support/sandbox-client.ts';
import { buildTenant, buildWorld, OTHER_TENANT_ID, READER, TENANT_ID } from '../support/sandbox-tenant.ts';

let sandbox: TestSandbox;
beforeAll(async () => {
  const empty = buildTenant({ tenantId: OTHER_TENANT_ID, initialDomain: 'otherexample.onmicrosoft.com', apps: [] });
  sandbox = await startTestSandbox(buildWorld({ tenants: [buildTenant(), empty] }));
});
afterAll(() => sandbox.end());
beforeEach(() => sandbox.manual.advance(20_000));

function askToken(tenant: string, body: string) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return sandbox.ask(`${sandbox.urls.login}/${tenant}/oauth2/v2.0/token`, { method: 'POST', headers, body });
}

describe('sign-in service', () => {
  test('oddity 1: an unknown tenant is refused with AADSTS90002', async () => {
    const reply = await askToken('99999999-0000-4000-8000-000000000000', tokenForm(READER));
    expect(reply.status).toBe(400);
    expect(reply.at('error')).toBe('invalid_request');
    expect(reply.at('error_codes/0')).toBe(90002);
  });

  test('oddity 2: an application without consent is refused with AADSTS700016', async () => {
    const reply = await askToken(OTHER_TENANT_ID, tokenForm(READER));
    expect(reply.status).toBe(400);
    expect(reply.at('error')).toBe('unauthorized_client');
    expect(reply.at('error_description')).toMatch(/^AADSTS700016: /);
    expect(reply.at('correlation_id')).toEqual(expect.any(String));
  });

  test('oddity 3: a wrong secret is refused with AADSTS7000215', async () => {
    const reply = await askToken(TENANT_ID, tokenForm({ ...READER, clientSecret: 'another' }));
    expect(reply.status).toBe(401);
    expect(reply.at('error')).toBe('invalid_client');
    expect(reply.at('error_description')).toMatch(/^AADSTS7000215: /);
  });

  test('oddity 4: a right granted later shows in the next token only', async () => {
    const app = { ...READER, clientId: '44444444-aaaa-4bbb-8ccc-000000000004', roles: ['User.Read.All'] };
    sandbox.record({ type: 'app.put', tenantId: TENANT_ID, app });
    const before = await sandbox.token(app);
    sandbox.record({ type: 'app.put', tenantId: TENANT_ID, app: { ...app, roles: [...app.roles, 'Policy.Read.All'] } });
    const path = '/v1.0/policies/identitySecurityDefaultsEnforcementPolicy';
    expect((await sandbox.graph(path, { token: before })).status).toBe(403);
    expect((await sandbox.graph(path, { token: await sandbox.token(app) })).status).toBe(200);
  });

  test('oddity 5: a bad token is 401, a missing right 403', async () => {
    const good = await sandbox.token();
    const [head, , signature] = good.split('.');
    const claims = { tid: TENANT_ID, aud: 'https://graph.microsoft.com', roles: ['User.Read.All'], exp: 9_999_999_999 };
    const forged = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    for (const token of ['', 'nonsense', forged]) {
      const reply = await sandbox.graph('/v1.0/users', { token });
      expect(reply.status).toBe(401);
      expect(reply.at('error/code')).toBe('InvalidAuthenticationToken');
    }
    const app = { ...READER, clientId: '55555555-aaaa-4bbb-8ccc-000000000005', roles: ['Policy.Read.All'] };
    sandbox.record({ type: 'app.put', tenantId: TENANT_ID, app });
    const refused = await sandbox.graph('/v1.0/users', { token: await sandbox.token(app) });
    expect(refused.status).toBe(403);
    expect(refused.at('error/code')).toBe('Authorization_RequestDenied');
    sandbox.manual.advance(3_601_000);
    const late = await sandbox.graph('/v1.0/users', { token: good });
    expect(late.status).toBe(401);
    expect(late.at('error/message')).toMatch(/expired/);
  });
});
