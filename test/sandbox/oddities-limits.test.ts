import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildTenant, buildWorld, idOf, READER, TENANT_ID } from '../support/sandbox-tenant.ts';

const POLICIES = '/v1.0/identity/conditionalAccess/policies';
const REPORT = '/v1.0/reports/authenticationMethods/userRegistrationDetails';
let sandbox: TestSandbox;

beforeAll(async () => {
  const tenants = Array.from({ length: 25 }, (_, n) =>
    buildTenant({ tenantId: `88888888-0000-4000-8000-${String(n).padStart(12, '0')}`, initialDomain: `t${n}.example` }),
  );
  sandbox = await startTestSandbox(buildWorld({ tenants: [buildTenant(), ...tenants] }));
});
afterAll(() => sandbox.end());
beforeEach(() => sandbox.manual.advance(61_000));

function batch(requests: unknown[], version = 'v1.0') {
  return sandbox.graph(`/${version}/$batch`, { method: 'POST', body: { requests } });
}

function get(id: string, url: string, rest: Record<string, unknown> = {}) {
  return { id, method: 'GET', url, ...rest };
}

describe('limits', () => {
  test('oddity 32: policies take one request a second for all, refused ones counting, without Retry-After', async () => {
    const other = { ...READER, clientId: '99999999-aaaa-4bbb-8ccc-000000000009' };
    sandbox.record({ type: 'app.put', tenantId: TENANT_ID, app: other });
    const token = await sandbox.token(other);
    expect((await sandbox.graph(POLICIES)).status).toBe(200);
    const refused = await sandbox.graph('/v1.0/identity/conditionalAccess/namedLocations', { token });
    expect(refused.status).toBe(429);
    expect(refused.at('error/code')).toBe('TooManyRequests');
    expect(refused.headers).not.toHaveProperty('retry-after');
    sandbox.manual.advance(999);
    expect((await sandbox.graph(POLICIES)).status).toBe(429);
    sandbox.manual.advance(999);
    expect((await sandbox.graph(POLICIES)).status).toBe(429);
    sandbox.manual.advance(1000);
    expect((await sandbox.graph(POLICIES)).status).toBe(200);
  });

  test('oddity 33: reports take 5 in 10 s for a tenant and 122 for all of them', async () => {
    for (let n = 0; n < 5; n += 1) expect((await sandbox.graph(REPORT)).status).toBe(200);
    const refused = await sandbox.graph('/v1.0/auditLogs/signIns');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10']);
    sandbox.manual.advance(10_000);
    expect((await sandbox.graph(REPORT)).status).toBe(200);
    sandbox.manual.advance(10_000);
    const statuses: number[] = [];
    for (const tenant of sandbox.state.world.tenants) {
      const token = await sandbox.token(READER, tenant.tenantId);
      for (let n = 0; n < 5; n += 1) statuses.push((await sandbox.graph(REPORT, { token })).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(122);
    expect(statuses.slice(0, 122)).not.toContain(429);
  });

  test('oddity 34: directory answers carry what they cost', async () => {
    const cost = async (path: string) => (await sandbox.graph(path)).headers['x-ms-resource-unit'];
    expect(await cost('/v1.0/users')).toBe('2');
    expect(await cost('/v1.0/users?$select=id')).toBe('1');
    expect(await cost('/v1.0/users?$select=id&$expand=manager($select=id)')).toBe('2');
    expect(await cost('/v1.0/subscribedSkus')).toBe('3');
  });
});

describe('$batch', () => {
  test('oddity 35: parts come back in another order', async () => {
    const ids = ['1', '2', '3', '4', '5'];
    const reply = await batch(ids.map((id) => get(id, `/users/${idOf('user', 1)}`)));
    const answered = reply.rows('responses').map((part) => part.id);
    expect(answered).not.toEqual(ids);
    expect([...answered].sort()).toEqual(ids);
  });

  test('oddity 36: a throttled part is an inner 429 with its own Retry-After', async () => {
    const reply = await batch(Array.from({ length: 6 }, (_, n) => get(String(n), '/auditLogs/signIns?$top=1')));
    expect(reply.status).toBe(200);
    const parts = reply.rows('responses');
    expect(parts.filter((part) => part.status === 200)).toHaveLength(5);
    const throttled = parts.find((part) => part.status === 429);
    expect(throttled).toHaveProperty('headers.Retry-After', '10');
    expect(reply.headers).not.toHaveProperty('retry-after');
  });

  test('oddity 37: a part whose predecessor failed is 424', async () => {
    const reply = await batch([
      get('a', `/users/${idOf('user', 99)}`),
      get('b', '/users?$top=1', { dependsOn: ['a'] }),
      get('c', '/users?$top=1'),
    ]);
    const status = Object.fromEntries(reply.rows('responses').map((part) => [String(part.id), part.status]));
    expect(status).toEqual({ a: 404, b: 424, c: 200 });
  });

  test('oddity 38: duplicate ids, a body without type and a 21st part refuse the whole', async () => {
    const refusals = [
      [get('a', '/users'), get('A', '/users')],
      [{ id: '1', method: 'POST', url: '/users', body: {} }],
      Array.from({ length: 21 }, (_, n) => get(String(n), '/users')),
    ];
    for (const requests of refusals) {
      const reply = await batch(requests);
      expect(reply.status).toBe(400);
      expect(reply.at()).not.toHaveProperty('responses');
    }
    expect((await batch(Array.from({ length: 20 }, (_, n) => get(String(n), '/users?$top=1')))).status).toBe(200);
  });

  test('oddity 39: a beta-only address in a v1.0 batch is 405', async () => {
    const url = `/users/${idOf('user', 1)}/authentication/requirements`;
    expect((await batch([get('1', url)])).at('responses/0/status')).toBe(405);
    expect((await batch([get('1', url)], 'beta')).at('responses/0/status')).toBe(200);
  });
});
