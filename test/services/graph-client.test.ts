import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import { VendorBrokenError, VendorError, VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import { listPolicies } from '../../src/services/graph/conditional-access.ts';
import { listGroups } from '../../src/services/graph/groups.ts';
import { pagesOf } from '../../src/services/graph/pages.ts';
import { getSecurityDefaults } from '../../src/services/graph/security-defaults.ts';
import { listUsers } from '../../src/services/graph/users.ts';
import { groupSchema } from '../../src/services/graph/wire.ts';
import { createTestCertificates } from '../support/certificates.ts';
import { CLIENT, type GraphBench, startGraphBench, TENANT, testAuthority, tokenReply } from '../support/graph-bench.ts';
import { type Arrived, type Reply, startVendorDouble, type VendorDouble } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(...args: Parameters<typeof startGraphBench>): Promise<GraphBench> {
  const bench = await startGraphBench(...args);
  closing.push(() => bench.close());
  return bench;
}

async function failure(work: Promise<unknown>): Promise<VendorError> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof VendorError)) throw error;
  return error;
}

const group = (id: string) => ({ id, displayName: `Group ${id}` });
const securityDefaults = { json: { id: '5', isEnabled: true } };

describe('paging', () => {
  it('follows links as they came, empty pages included, with the same headers', async () => {
    // The order and the odd parts of this query would not survive being taken apart and put together.
    const odd = '/v1.0/groups?z=1&$skiptoken=a%2Bb&$top=2&$select=id&flag&$select=displayName';
    const bench = await start((_request, index, origin): Reply => {
      if (index === 0) return { json: { value: [group('1'), group('2')], '@odata.nextLink': `${origin}${odd}` } };
      if (index === 1) return { json: { value: [], '@odata.nextLink': `${origin}/v1.0/groups?$skiptoken=c` } };
      return { json: { value: [group('3')] } };
    });
    expect((await listGroups(bench.graph)).map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(bench.arrived()[1]?.url).toBe(odd);
    const headers = bench.arrived().map((request) => [request.headers.prefer, request.headers.authorization]);
    expect(new Set(headers.map(String))).toEqual(new Set(['include-unknown-enum-members,Bearer token-1']));
  });

  it('takes a link that is null for none', async () => {
    const bench = await start(() => ({ json: { value: [group('1')], '@odata.nextLink': null } }));
    expect((await listGroups(bench.graph)).map(({ id }) => id)).toEqual(['1']);
    expect(bench.arrived()).toHaveLength(1);
  });

  it('sends the consistency level with every page where it is asked for', async () => {
    const bench = await start((_request, index, origin) => ({
      json: {
        value: [group(String(index))],
        ...(index === 0 ? { '@odata.nextLink': `${origin}/v1.0/groups?p=2` } : {}),
      },
    }));
    const pages = pagesOf(bench.graph, { call: 'groups.list', row: groupSchema, options: { advanced: true } });
    for await (const page of pages) expect(page.rows).toHaveLength(1);
    expect(bench.arrived().map(({ headers }) => headers.consistencylevel)).toEqual(['eventual', 'eventual']);
  });

  it('sends no request and no token to another host that a link names', async () => {
    const other: VendorDouble = await startVendorDouble(() => ({ json: { value: [] } }), testAuthority());
    closing.push(() => other.close());
    const bench = await start(() => ({
      json: { value: [group('1')], '@odata.nextLink': `${other.url}/v1.0/groups?p=2` },
    }));
    expect(await failure(listGroups(bench.graph))).toBeInstanceOf(VendorBrokenError);
    expect(other.arrived).toEqual([]);
  });

  it.each<{ what: string; answer: (request: Arrived, index: number, origin: string) => Reply; requests: number }>([
    {
      what: 'a link that comes again',
      answer: (_request, index, origin) => ({
        json: { value: [group(String(index))], '@odata.nextLink': `${origin}/v1.0/groups?p=same` },
      }),
      requests: 2,
    },
    {
      what: 'a page that comes again under new links',
      answer: (_request, index, origin) => ({
        json: { value: [group('1')], '@odata.nextLink': `${origin}/v1.0/groups?p=${index}` },
      }),
      requests: 2,
    },
    {
      what: 'empty pages without end',
      answer: (_request, index, origin) => ({
        json: { value: [], '@odata.nextLink': `${origin}/v1.0/groups?p=${index}` },
      }),
      requests: 201,
    },
    { what: 'a page without rows', answer: () => ({ json: { notValue: [] } }), requests: 1 },
    {
      what: 'a link that is no address',
      answer: () => ({ json: { value: [], '@odata.nextLink': 'next' } }),
      requests: 1,
    },
    { what: 'a list in place of a page', answer: () => ({ json: [group('1')] }), requests: 1 },
    { what: 'an error inside a success', answer: () => ({ json: { error: { code: 'Oops' } } }), requests: 1 },
    { what: 'no body', answer: () => ({ status: 204 }), requests: 1 },
  ])('refuses as broken: $what', async ({ answer, requests }) => {
    const bench = await start(answer);
    expect(await failure(listGroups(bench.graph))).toBeInstanceOf(VendorBrokenError);
    expect(bench.arrived()).toHaveLength(requests);
  });

  it('stops at the cap of pages', async () => {
    const bench = await start((_request, index, origin) => ({
      json: { value: [group(String(index))], '@odata.nextLink': `${origin}/v1.0/groups?p=${index}` },
    }));
    const read = async () => {
      for await (const page of pagesOf(bench.graph, { call: 'groups.list', row: groupSchema, pagesMax: 5 })) {
        expect(page.rows).toHaveLength(1);
      }
    };
    expect(await failure(read())).toBeInstanceOf(VendorBrokenError);
    expect(bench.arrived()).toHaveLength(6);
  });

  it('names the property that does not fit, never its value', async () => {
    const bench = await start(() => ({
      json: {
        value: [
          { id: 'u1', userPrincipalName: 'a@contoso.example' },
          { id: 'u2', userPrincipalName: { is: 'Ann Example' } },
        ],
      },
    }));
    const error = await failure(listUsers(bench.graph));
    expect(error).toBeInstanceOf(VendorBrokenError);
    expect(error.facts.property).toBe('userPrincipalName');
    expect(error.message).toContain('value.1');
    expect(JSON.stringify([error.message, error.facts])).not.toContain('Ann');
  });
});

describe('a token', () => {
  it('is asked for once by many callers at the same time, and kept', async () => {
    const bench = await start(() => securityDefaults);
    await Promise.all([1, 2, 3, 4].map(() => getSecurityDefaults(bench.graph)));
    await getSecurityDefaults(bench.graph);
    expect(bench.tokenRequests()).toHaveLength(1);
    const form = new URLSearchParams(bench.tokenRequests()[0]?.body);
    expect(bench.tokenRequests()[0]?.path).toBe(`/${TENANT}/oauth2/v2.0/token`);
    expect(Object.fromEntries(form)).toMatchObject({
      client_id: CLIENT,
      client_secret: 'a-secret',
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    });
  });

  it('is renewed before it ends', async () => {
    const clock = createManualClock(Date.parse('2026-11-20T10:00:00Z'));
    const bench = await start(() => securityDefaults, { clock });
    const used: string[] = [];
    for (const minutes of [0, 54, 2]) {
      clock.advance(minutes * 60_000);
      await getSecurityDefaults(bench.graph);
      used.push(bench.arrived().at(-1)?.headers.authorization ?? '');
    }
    expect(used).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  it('is renewed once when Graph refuses it, and the call is made again', async () => {
    const bench = await start(({ headers }) =>
      headers.authorization === 'Bearer token-1'
        ? { status: 401, json: { error: { code: 'InvalidAuthenticationToken' } } }
        : securityDefaults,
    );
    expect((await getSecurityDefaults(bench.graph)).isEnabled).toBe(true);
    expect(bench.tokenRequests()).toHaveLength(2);
  });

  it.each([
    ['Authorization_RequestDenied', 2, 2],
    ['ErrorAccessDenied', 2, 2],
    // What no right changes: the licence and the quota.
    ['Authentication_RequestFromNonPremiumTenantOrB2CTenant', 1, 1],
    ['ErrorExceededMessageLimit', 1, 1],
  ])('held for a while is renewed once when Graph refuses with %s', async (code, calls, tokens) => {
    const clock = createManualClock(Date.parse('2026-11-20T10:00:00Z'));
    const refused = { status: 403, json: { error: { code } } };
    const bench = await start(({ path }) => (path.endsWith('/groups') ? { json: { value: [] } } : refused), { clock });
    await listGroups(bench.graph);
    clock.advance(60_000);
    expect((await failure(getSecurityDefaults(bench.graph))).call.vendorCode).toBe(code);
    expect(bench.arrived().slice(1)).toHaveLength(calls);
    expect(bench.tokenRequests()).toHaveLength(tokens);
    // The new one came just now: refused again, it is asked no further.
    await failure(getSecurityDefaults(bench.graph));
    expect(bench.tokenRequests()).toHaveLength(tokens);
  });

  it('is renewed, and the call left to whoever made it, where that is not to be made again by itself', async () => {
    const clock = createManualClock(Date.parse('2026-11-20T10:00:00Z'));
    const bench = await start(
      ({ headers }) =>
        headers.authorization === 'Bearer token-1'
          ? { status: 403, json: { error: { code: 'AccessDenied' } } }
          : { status: 204 },
      { clock },
    );
    const send = () =>
      bench.graph.request('conditionalAccess.update', { ids: { id: 'one' }, body: {}, attemptsMax: 1 });
    await failure(send());
    clock.advance(60_000);
    await failure(send());
    expect(bench.arrived()).toHaveLength(2);
    expect((await send()).status).toBe(204);
  });

  it('is not renewed without end', async () => {
    const bench = await start(() => ({ status: 401, json: { error: { code: 'InvalidAuthenticationToken' } } }));
    const error = await failure(getSecurityDefaults(bench.graph));
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect(bench.arrived()).toHaveLength(2);
    expect(bench.tokenRequests()).toHaveLength(2);
  });

  it('that the login refuses is told with its number and without its text or the secret', async () => {
    const refusal = {
      error: 'invalid_client',
      error_codes: [7000215],
      error_description: 'AADSTS7000215: secret a-secret of app',
    };
    const bench = await start(() => securityDefaults, { login: () => ({ status: 401, json: refusal }) });
    const error = await failure(getSecurityDefaults(bench.graph));
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect(error.call).toMatchObject({
      vendor: 'login',
      path: '/{tenant}/oauth2/v2.0/token',
      status: 401,
      vendorCode: 'AADSTS7000215',
    });
    expect(JSON.stringify([error.message, error.facts, error.userMessage])).not.toContain('a-secret');
    expect(bench.arrived()).toEqual([]);
  });

  it.each<{ what: string; reply: Reply }>([
    { what: 'HTML', reply: { headers: { 'content-type': 'text/html' }, raw: '<html>' } },
    { what: 'no token', reply: { json: { token_type: 'Bearer', expires_in: 3_600 } } },
    { what: 'no lifetime', reply: { json: { token_type: 'Bearer', access_token: 'x' } } },
  ])('is refused as broken when the login answers $what', async ({ reply }) => {
    const bench = await start(() => securityDefaults, { login: () => reply });
    expect(await failure(getSecurityDefaults(bench.graph))).toBeInstanceOf(VendorBrokenError);
    expect(bench.arrived()).toEqual([]);
  });

  it('is asked for again at the next call after a failure', async () => {
    const bench = await start(() => securityDefaults, {
      login: (_request, count) =>
        count === 1 ? { status: 400, json: { error: 'invalid_request' } } : tokenReply(count),
    });
    expect(await failure(getSecurityDefaults(bench.graph))).toBeInstanceOf(VendorRefusedError);
    expect((await getSecurityDefaults(bench.graph)).isEnabled).toBe(true);
  });

  it('is asked for with a signed assertion where the app has a certificate', async () => {
    const { cert, key } = createTestCertificates();
    const bench = await start(() => securityDefaults, {
      settings: { credential: { kind: 'certificate', certificatePem: cert, privateKeyPem: key } },
    });
    // MSAL signs with RSA, so this elliptic key is refused by it: the refusal must not come as a vendor's.
    await expect(getSecurityDefaults(bench.graph)).rejects.toThrow();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const other = await start(() => securityDefaults, {
      settings: {
        credential: {
          kind: 'certificate',
          certificatePem: cert,
          privateKeyPem: String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })),
        },
      },
    });
    await getSecurityDefaults(other.graph);
    const form = new URLSearchParams(other.tokenRequests()[0]?.body);
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    expect(form.get('client_assertion')?.split('.')).toHaveLength(3);
  });
});

describe('a call without a body', () => {
  it.each(['mail.send', 'sessions.revoke', 'conditionalAccess.restore', 'groups.restore'] as const)(
    '%s sends a length of 0 and declares no JSON',
    async (name) => {
      const bench = await start(() => ({ status: 202, json: {} }));
      await bench.graph.request(name, { ids: { id: 'one', messageId: 'two' } });
      const { method, body, headers } = bench.arrived()[0] ?? {};
      expect([method, body, headers?.['content-length'], headers?.['content-type']]).toEqual([
        'POST',
        '',
        '0',
        undefined,
      ]);
    },
  );
});

describe('a refused call', () => {
  it('says which permission to grant', async () => {
    const bench = await start(() => ({ status: 403, json: { error: { code: 'Authorization_RequestDenied' } } }));
    const error = await failure(listPolicies(bench.graph));
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect(error.userMessage).toContain('Policy.Read.All');
  });

  it('takes the number of Conditional Access for its code, wherever Graph puts it', async () => {
    const texts = [
      { code: 'BadRequest', message: 'Malformed.', innerError: { message: "1064: 'clientAppTypes' condition" } },
      { code: 'BadRequest', message: '1040: named location not found', innererror: {} },
    ];
    const bench = await start((_request, index) => ({ status: 400, json: { error: texts[index] } }));
    expect((await failure(listPolicies(bench.graph))).call.vendorCode).toBe('1064');
    expect((await failure(listPolicies(bench.graph))).call.vendorCode).toBe('1040');
  });
});

describe('the pace of Conditional Access', () => {
  it('is one call a second on the clock, and a refusal without Retry-After is waited out', async () => {
    const clock = createManualClock(0);
    const times: number[] = [];
    const bench = await start(
      () => {
        times.push(clock.now());
        return times.length === 1
          ? { status: 429, json: { error: { code: 'TooManyRequests' } } }
          : { json: { value: [] } };
      },
      { clock, limits: { conditionalAccess: { limit: 1, windowMs: 1_000 } } },
    );
    const state = { done: false };
    const work = Promise.all([listPolicies(bench.graph), listPolicies(bench.graph), listPolicies(bench.graph)]).finally(
      () => {
        state.done = true;
      },
    );
    // Deadlines sleep on the same clock, so it is moved in steps that are smaller than the pace.
    while (!state.done) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1);
    }
    await work;
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(times).toHaveLength(4);
    expect(gaps.every((gap) => gap >= 1_000)).toBe(true);
  });

  it('ends as unreachable when the tenant stays throttled', async () => {
    const bench = await start(() => ({
      status: 429,
      headers: { 'retry-after': '0' },
      json: { error: { code: 'TooManyRequests' } },
    }));
    const error = await failure(getSecurityDefaults(bench.graph));
    expect(error).toBeInstanceOf(VendorUnreachableError);
    expect(error.call).toMatchObject({ status: 429, vendorCode: 'TooManyRequests' });
  });
});

describe('stopping', () => {
  it('ends calls under way and those that wait for their turn', async () => {
    const stop = new AbortController();
    const bench = await start(() => 'silence', { limits: { conditionalAccess: { limit: 1, windowMs: 60_000 } } });
    const options = { signal: stop.signal };
    const work = Promise.allSettled([
      getSecurityDefaults(bench.graph, options),
      getSecurityDefaults(bench.graph, options),
    ]);
    await bench.double.arrival(2);
    stop.abort(new Error('stopping'));
    expect((await work).map((result) => (result.status === 'rejected' ? String(result.reason) : ''))).toEqual([
      'Error: stopping',
      'Error: stopping',
    ]);
    expect(bench.arrived()).toHaveLength(1);
  });
});
