import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { idOf } from '../support/sandbox-tenant.ts';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.end());
beforeEach(() => {
  sandbox.manual.advance(20_000);
  sandbox.faults.clear();
});

const users = { vendor: 'graph', template: '/users' } as const;
const ask = () => sandbox.graph('/v1.0/users?$select=id');

describe('faults', () => {
  test('strike so many calls after so many others, over the control interface too', async () => {
    const fault = { ...users, id: 'a', status: 503, retryAfter: '7', times: 2, skip: 1 };
    expect((await sandbox.control('/faults', { method: 'POST', body: fault })).status).toBe(204);
    expect((await sandbox.control('/faults', { method: 'POST', body: { ...fault, status: 'high' } })).status).toBe(400);
    const replies = [await ask(), await ask(), await ask(), await ask()];
    expect(replies.map((reply) => reply.status)).toEqual([200, 503, 503, 200]);
    expect(replies[1]?.headers['retry-after']).toBe('7');
    expect(replies[1]?.at('error/code')).toBe('ServiceUnavailable');
    expect(sandbox.requests.list().at(-2)).toMatchObject({ template: '/users', status: 503, fault: 'a' });
  });

  test('strike a share of the calls, the same ones for the same seed', async () => {
    sandbox.faults.put({ ...users, id: 'p', status: 500, probability: 0.5 });
    const statuses: number[] = [];
    for (let n = 0; n < 20; n += 1) statuses.push((await ask()).status);
    expect(new Set(statuses)).toEqual(new Set([200, 500]));
  });

  test('bend an answer: half a text, a web page, another type, another host', async () => {
    sandbox.faults.put({ ...users, id: 't', truncate: true, times: 1 });
    const half = await ask();
    expect(half.status).toBe(200);
    expect(() => half.at()).toThrow(SyntaxError);
    sandbox.faults.put({ ...users, id: 'h', html: true, times: 1 });
    const page = await ask();
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    sandbox.faults.put({ ...users, id: 'c', contentType: 'text/plain', times: 1 });
    expect((await ask()).headers['content-type']).toBe('text/plain');
    sandbox.faults.put({ ...users, id: 'r', redirect: 'https://elsewhere.example/', times: 1 });
    const redirect = await ask();
    expect([redirect.status, redirect.headers.location]).toEqual([302, 'https://elsewhere.example/']);
  });

  test('cut the connection before the answer or inside it', async () => {
    for (const cut of ['before', 'body'] as const) {
      sandbox.faults.put({ ...users, id: 'cut', cut, times: 1 });
      await expect(ask()).rejects.toThrow();
    }
    expect((await ask()).status).toBe(200);
  });

  test('delay an answer on the sandbox clock', async () => {
    sandbox.faults.put({ ...users, id: 'd', delayMs: 30_000, times: 1 });
    const waiting = sandbox.manual.sleepers();
    const reply = ask();
    while (sandbox.manual.sleepers() === waiting) await new Promise((resolve) => setImmediate(resolve));
    await sandbox.control('/clock', { method: 'POST', body: { advanceMs: 30_000 } });
    expect((await reply).status).toBe(200);
  });

  test('give endless pages and a shrunk or empty HR', async () => {
    sandbox.faults.put({ ...users, id: 'e', endlessPages: true });
    const first = await ask();
    const second = await sandbox.graph(String(first.at('@odata.nextLink')));
    expect(second.at('@odata.nextLink')).toEqual(expect.any(String));
    expect(second.rows()).toEqual(first.rows());
    const query = { method: 'POST', body: { fields: ['status'] } } as const;
    for (const shrinkTo of [1, 0]) {
      sandbox.faults.put({ id: 's', vendor: 'bamboohr', template: '/v2/datasets/{name}/data', shrinkTo });
      const reply = await sandbox.bamboo('/api/v2/datasets/employee/data', query);
      expect([reply.status, reply.rows('data').length]).toEqual([200, shrinkTo]);
    }
  });

  test('strike inside a batch', async () => {
    sandbox.faults.put({ id: 'b', vendor: 'graph', template: '/users/{id}', status: 429, retryAfter: '3', times: 1 });
    const requests = [1, 2].map((n) => ({ id: String(n), method: 'GET', url: `/users/${idOf('user', n)}` }));
    const reply = await sandbox.graph('/v1.0/$batch', { method: 'POST', body: { requests } });
    expect(
      reply
        .rows('responses')
        .map((part) => part.status)
        .sort(),
    ).toEqual([200, 429]);
  });

  test('leave other vendors, methods and tenants alone', async () => {
    sandbox.faults.put({ ...users, id: 'x', status: 500, tenant: 'another' });
    sandbox.faults.put({ ...users, id: 'y', status: 500, method: 'POST' });
    sandbox.faults.put({ ...users, id: 'z', status: 500, queryIncludes: 'signInActivity' });
    expect((await ask()).status).toBe(200);
  });
});

test('packs large answers when the caller takes gzip', async () => {
  const plain = await sandbox.bamboo('/api/v1/meta/fields');
  const packed = await sandbox.bamboo('/api/v1/meta/fields', { headers: { 'accept-encoding': 'gzip' } });
  expect(plain.headers).not.toHaveProperty('content-encoding');
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(Number(packed.headers['content-length'])).toBeLessThan(plain.text.length / 2);
});
