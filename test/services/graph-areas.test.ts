import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Clock } from '../../src/lib/clock.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { AppError, VendorBrokenError, VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import { readInBatches } from '../../src/services/graph/batch.ts';
import { listTransitiveMembers } from '../../src/services/graph/groups.ts';
import { readMailboxes } from '../../src/services/graph/mailboxes.ts';
import { readPerUserMfa } from '../../src/services/graph/per-user-mfa.ts';
import { readUserMethods, userMethodsOf } from '../../src/services/graph/registration.ts';
import { listEligibleRoles, listRoleAssignments } from '../../src/services/graph/roles.ts';
import { readNonInteractiveSignIns, readUnknownClientApps } from '../../src/services/graph/sign-ins.ts';
import { getUser, readUserDelta, startUserDelta } from '../../src/services/graph/users.ts';
import * as wire from '../../src/services/graph/wire.ts';
import { type GraphBench, startGraphBench } from '../support/graph-bench.ts';
import type { Arrived, Reply } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(...args: Parameters<typeof startGraphBench>): Promise<GraphBench> {
  const bench = await startGraphBench(...args);
  closing.push(() => bench.close());
  return bench;
}

/** Pauses take no time and are noted; deadlines are not reached. */
function notingClock(pauses: number[]): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: (ms, signal) => {
      if (ms >= 60_000) return systemClock.sleep(ms, signal);
      now += ms;
      pauses.push(ms);
      return Promise.resolve();
    },
  };
}

describe('user delta', () => {
  it('starts from now and reads changes, removals and managers up to the next link', async () => {
    const bench = await start((request, _index, origin): Reply => {
      const link = (token: string) => `${origin}/v1.0/users/delta?${token}`;
      if (request.query.get('$deltaToken') === 'latest')
        return { json: { value: [], '@odata.deltaLink': link('$deltatoken=1') } };
      if (request.query.has('$deltatoken')) {
        const value = [
          { id: 'u1', department: 'Sales' },
          { id: 'u2', '@removed': { reason: 'changed' } },
        ];
        return { json: { value, '@odata.nextLink': link('$skiptoken=2') } };
      }
      const value = [
        { id: 'u1', department: 'Sales', 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: 'u3' }] },
      ];
      return { json: { value, '@odata.deltaLink': link('$deltatoken=2') } };
    });
    const deltaLink = await startUserDelta(bench.graph);
    const seen: wire.GraphUserChange[] = [];
    const onChanges = (rows: wire.GraphUserChange[]) => {
      seen.push(...rows);
    };
    const read = await readUserDelta(bench.graph, { deltaLink, onChanges });

    expect(bench.arrived()[0]?.query.get('$select')).toMatch(/,manager$/);
    expect(bench.arrived().every(({ query }) => !query.has('$top') && !query.has('$expand'))).toBe(true);
    expect(seen.map((row) => [row.id, row['@removed']?.reason, row['manager@delta']?.[0]?.id])).toEqual([
      ['u1', undefined, undefined],
      ['u2', 'changed', undefined],
      ['u1', undefined, 'u3'],
    ]);
    expect(read).toEqual({ kind: 'changes', deltaLink: `${bench.double.origin}/v1.0/users/delta?$deltatoken=2` });
  });

  it.each<{ what: string; reply: Reply }>([
    {
      what: 'gone',
      reply: {
        status: 410,
        headers: { location: 'https://elsewhere.invalid/' },
        json: { error: { code: 'resyncRequired' } },
      },
    },
    { what: 'unknown to the service', reply: { status: 400, json: { error: { code: 'syncStateNotFound' } } } },
    { what: 'unknown to the service (404)', reply: { status: 404, json: { error: { code: 'SyncStateNotFound' } } } },
  ])('says that a full listing is due when the link is $what', async ({ reply }) => {
    const bench = await start(() => reply);
    const deltaLink = `${bench.double.origin}/v1.0/users/delta?$deltatoken=old`;
    expect(await readUserDelta(bench.graph, { deltaLink, onChanges: () => undefined })).toEqual({
      kind: 'deltaExpired',
    });
  });

  it('does not follow a kept link to another address', async () => {
    const bench = await start(() => ({ json: { value: [] } }));
    const deltaLink = 'https://graph.elsewhere.example/v1.0/users/delta?$deltatoken=old';
    expect(await readUserDelta(bench.graph, { deltaLink, onChanges: () => undefined })).toEqual({
      kind: 'deltaExpired',
    });
    expect(bench.arrived()).toEqual([]);
  });

  it('does not take a refusal for an expiry, nor an end without a new link for an end', async () => {
    const bench = await start((_request, index) => (index === 0 ? { status: 403, json: {} } : { json: { value: [] } }));
    const read = { deltaLink: `${bench.double.origin}/v1.0/users/delta?$deltatoken=1`, onChanges: () => undefined };
    await expect(readUserDelta(bench.graph, read)).rejects.toBeInstanceOf(VendorRefusedError);
    await expect(readUserDelta(bench.graph, read)).rejects.toBeInstanceOf(VendorBrokenError);
  });
});

describe('getUser', () => {
  it('gives null for a user that is not there, and encodes the id', async () => {
    const bench = await start(() => ({ status: 404, json: { error: { code: 'Request_ResourceNotFound' } } }));
    expect(await getUser(bench.graph, 'a/b?c')).toBeNull();
    expect(bench.arrived()[0]?.url).toMatch(/^\/v1\.0\/users\/a%2Fb%3Fc\?/);
  });

  it.each(['', '..', '.'])('refuses the id "%s", which would make another call of it', async (id) => {
    const bench = await start(() => ({ json: {} }));
    await expect(getUser(bench.graph, id)).rejects.toMatchObject({ code: 'missing_id' });
    expect(bench.arrived()).toEqual([]);
  });
});

const batchForm = z.object({
  requests: z.array(z.object({ id: z.string(), method: z.literal('GET'), url: z.string() })),
});
type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

/** Answers a batch read by read, in reverse order, as Graph may. */
function batchReply(request: Arrived, answer: (url: string) => Answer): Reply {
  const { requests } = batchForm.parse(JSON.parse(request.body));
  return { json: { responses: requests.map(({ id, url }) => ({ id, ...answer(url) })).reverse() } };
}

describe('readMailboxes', () => {
  it('asks for twenty users at a time and tells those without a mailbox apart', async () => {
    const bench = await start((request) =>
      batchReply(request, (url) =>
        url.includes('/u7/')
          ? { status: 404, body: { error: { code: 'ResourceNotFound' } } }
          : { status: 200, body: { userPurpose: url.includes('/u3/') ? 'shared' : 'user' } },
      ),
    );
    const userIds = Array.from({ length: 45 }, (_, index) => `u${index}`);
    const mailboxes = await readMailboxes({ graph: bench.graph, clock: systemClock }, { userIds });
    expect(bench.arrived()).toHaveLength(3);
    expect(mailboxes.map(({ id }) => id)).toEqual(userIds);
    expect(mailboxes[3]).toEqual({ id: 'u3', userPurpose: 'shared' });
    expect(mailboxes[7]).toEqual({ id: 'u7', userPurpose: null });
    expect(bench.arrived()[0]?.headers['content-type']).toBe('application/json');
  });

  it('asks again for throttled reads alone, after the longest pause', async () => {
    const pauses: number[] = [];
    const clock = notingClock(pauses);
    const bench = await start(
      (request, index) =>
        batchReply(request, (url) => {
          if (index > 0 || url.includes('/a/')) return { status: 200, body: { userPurpose: 'user' } };
          return {
            status: 429,
            headers: { 'Retry-After': url.includes('/b/') ? '3' : '8' },
            body: { error: { code: 'TooManyRequests' } },
          };
        }),
      { clock },
    );
    const mailboxes = await readMailboxes({ graph: bench.graph, clock }, { userIds: ['a', 'b', 'c'] });
    expect(mailboxes).toHaveLength(3);
    expect(pauses).toEqual([8_000]);
    expect(
      batchForm.parse(JSON.parse(bench.arrived()[1]?.body ?? '')).requests.map(({ url }) => url.split('/')[2]),
    ).toEqual(['b', 'c']);
  });

  it('asks again for what was left out because another part failed', async () => {
    const pauses: number[] = [];
    const clock = notingClock(pauses);
    const bench = await start(
      (request, index) =>
        batchReply(request, (url) => {
          if (index > 0 || url.includes('/a/')) return { status: 200, body: { userPurpose: 'user' } };
          if (url.includes('/b/')) return { status: 503, body: { error: { code: 'ServiceUnavailable' } } };
          return { status: 424, body: { error: { code: 'FailedDependency' } } };
        }),
      { clock },
    );
    const mailboxes = await readMailboxes({ graph: bench.graph, clock }, { userIds: ['a', 'b', 'c'] });
    expect(mailboxes.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(
      batchForm.parse(JSON.parse(bench.arrived()[1]?.body ?? '')).requests.map(({ url }) => url.split('/')[2]),
    ).toEqual(['b', 'c']);
  });

  it('ends as unreachable when reads stay throttled', async () => {
    const clock = notingClock([]);
    const bench = await start(
      (request) => batchReply(request, () => ({ status: 429, headers: { 'retry-after': '1' } })),
      { clock },
    );
    await expect(readMailboxes({ graph: bench.graph, clock }, { userIds: ['a'] })).rejects.toBeInstanceOf(
      VendorUnreachableError,
    );
  });

  it.each<{ what: string; responses: unknown[] }>([
    { what: 'leaves one out', responses: [{ id: '0', status: 200, body: { userPurpose: 'user' } }] },
    {
      what: 'answers one twice',
      responses: ['0', '0', '1'].map((id) => ({ id, status: 200, body: { userPurpose: 'user' } })),
    },
    { what: 'has no purpose', responses: ['0', '1'].map((id) => ({ id, status: 200, body: {} })) },
  ])('refuses as broken a batch that $what', async ({ responses }) => {
    const bench = await start(() => ({ json: { responses } }));
    const read = readMailboxes({ graph: bench.graph, clock: systemClock }, { userIds: ['a', 'b'] });
    await expect(read).rejects.toBeInstanceOf(VendorBrokenError);
  });

  it('throws a refusal inside the batch', async () => {
    const bench = await start((request) =>
      batchReply(request, () => ({ status: 403, body: { error: { code: 'ErrorAccessDenied' } } })),
    );
    const read = readMailboxes({ graph: bench.graph, clock: systemClock }, { userIds: ['a'] });
    await expect(read).rejects.toMatchObject({ call: { status: 403, vendorCode: 'ErrorAccessDenied' } });
  });
});

describe('readInBatches', () => {
  it.each(['registration.methods', 'conditionalAccess.policies', 'batch.v1'] as const)('refuses %s', async (call) => {
    const bench = await start(() => ({ json: { responses: [] } }));
    const next = readInBatches({ graph: bench.graph, clock: systemClock }, { call, ids: ['a'] }).next();
    await expect(next).rejects.toBeInstanceOf(AppError);
    expect(bench.arrived()).toEqual([]);
  });
});

describe('readPerUserMfa', () => {
  const deps = (bench: GraphBench) => ({ graph: bench.graph, clock: systemClock });

  it('takes one listing where Graph gives the property', async () => {
    const bench = await start(() => ({
      json: {
        value: [
          { id: 'a', perUserMfaState: 'enforced' },
          { id: 'b', perUserMfaState: 'disabled' },
        ],
      },
    }));
    expect(await readPerUserMfa(deps(bench), { userIds: ['a', 'b'] })).toEqual([
      { id: 'a', perUserMfaState: 'enforced' },
      { id: 'b', perUserMfaState: 'disabled' },
    ]);
    expect(bench.arrived()).toHaveLength(1);
  });

  it.each<{ what: string; bulk: Reply }>([
    { what: 'is left out', bulk: { json: { value: [{ id: 'a' }, { id: 'b' }] } } },
    { what: 'is refused', bulk: { status: 400, json: { error: { code: 'BadRequest' } } } },
    { what: 'takes a right of its own', bulk: { status: 403, json: { error: { code: 'AccessDenied' } } } },
    { what: 'says something else', bulk: { json: { value: [{ id: 'a', perUserMfaState: 'unknownFutureValue' }] } } },
  ])('asks the beta call where the property $what, and leaves out who is gone', async ({ bulk }) => {
    const bench = await start((request) =>
      request.method === 'GET'
        ? bulk
        : batchReply(request, (url) =>
            url.includes('/a/') ? { status: 200, body: { perUserMfaState: 'enabled' } } : { status: 404 },
          ),
    );
    expect(await readPerUserMfa(deps(bench), { userIds: ['a', 'b'] })).toEqual([
      { id: 'a', perUserMfaState: 'enabled' },
    ]);
    expect(bench.arrived()[1]?.path).toBe('/beta/$batch');
  });
});

describe('registered methods of one user', () => {
  const method = (type: string, more: object = {}) => ({
    id: type,
    '@odata.type': `#microsoft.graph.${type}`,
    phoneType: undefined,
    ...more,
  });
  it.each([
    { types: ['passwordAuthenticationMethod'], names: [], capable: 'not' },
    { types: ['passwordAuthenticationMethod', 'emailAuthenticationMethod'], names: ['email'], capable: 'not' },
    { types: ['temporaryAccessPassAuthenticationMethod'], names: ['temporaryAccessPass'], capable: 'not' },
    { types: ['fido2AuthenticationMethod'], names: ['fido2SecurityKey'], capable: 'capable' },
    {
      types: ['newAuthenticationMethod', 'passwordAuthenticationMethod'],
      names: ['newAuthenticationMethod'],
      capable: 'unknown',
    },
    {
      types: ['newAuthenticationMethod', 'softwareOathAuthenticationMethod'],
      names: ['newAuthenticationMethod', 'softwareOneTimePasscode'],
      capable: 'capable',
    },
  ])('$types means $capable', ({ types, names, capable }) => {
    const read = userMethodsOf(types.map((type) => method(type)));
    expect(read.methodsRegistered).toEqual(names);
    expect(read.mfaCapable).toBe(capable);
  });

  it('tells phones apart', async () => {
    const bench = await start(() => ({
      json: {
        value: ['mobile', 'alternateMobile', 'office'].map((phoneType) =>
          method('phoneAuthenticationMethod', { phoneType }),
        ),
      },
    }));
    expect((await readUserMethods(bench.graph, 'u1')).methodsRegistered).toEqual([
      'mobilePhone',
      'alternateMobilePhone',
      'officePhone',
    ]);
  });
});

describe('roles', () => {
  const assignment = (principalId: string, roleDefinitionId: string) => ({
    id: principalId,
    principalId,
    roleDefinitionId,
    directoryScopeId: '/',
  });

  it('are asked one by one where Graph insists on a filter', async () => {
    const bench = await start(({ path, query }): Reply => {
      if (path.endsWith('/directoryRoles'))
        return {
          json: {
            value: [
              { id: 'r1', roleTemplateId: 't1' },
              { id: 'r2', roleTemplateId: 't2' },
            ],
          },
        };
      const role = /'(t\d)'/.exec(query.get('$filter') ?? '')?.[1];
      return role === undefined
        ? { status: 400, json: { error: { code: 'Request_BadRequest' } } }
        : { json: { value: [assignment(`of-${role}`, role)] } };
    });
    expect((await listRoleAssignments(bench.graph)).map(({ principalId }) => principalId)).toEqual(['of-t1', 'of-t2']);
  });

  it('that may be activated need a licence, and its lack is a value', async () => {
    const bench = await start(() => ({ status: 400, json: { error: { code: 'AadPremiumLicenseRequired' } } }));
    expect(await listEligibleRoles(bench.graph)).toEqual({ kind: 'notLicensed', needs: 'P2' });
  });
});

describe('other listings', () => {
  it('read nested members with their kind', async () => {
    const value = [
      { '@odata.type': '#microsoft.graph.group', id: 'g2' },
      { '@odata.type': '#microsoft.graph.user', id: 'u1' },
    ];
    const bench = await start(() => ({ json: { value } }));
    expect(await listTransitiveMembers(bench.graph, 'g1')).toEqual(value);
    expect(bench.arrived()[0]?.path).toBe('/v1.0/groups/g1/transitiveMembers');
  });

  it('read background sign-ins from beta', async () => {
    const bench = await start(() => ({
      json: { value: [{ id: 's1', createdDateTime: '2026-11-20T08:00:00Z', authenticationProtocol: 'ropc' }] },
    }));
    const rows: unknown[] = [];
    const window = { from: '2026-11-20T00:00:00Z' };
    await readNonInteractiveSignIns(bench.graph, { window, onRows: (page) => void rows.push(...page) });
    expect(rows).toMatchObject([{ authenticationProtocol: 'ropc' }]);
    expect(bench.arrived()[0]?.path).toBe('/beta/auditLogs/signIns');
    expect(bench.arrived()[0]?.query.get('$filter')).toBe(
      "createdDateTime ge 2026-11-20T00:00:00Z and signInEventTypes/any(t: t eq 'nonInteractiveUser')",
    );
  });

  it('show a protocol that the legacy list lacks', async () => {
    const used = ['Browser', 'IMAP4', 'Gopher', '', null, 'Gopher'];
    const value = used.map((clientAppUsed, index) => ({
      id: String(index),
      createdDateTime: '2026-11-20T08:00:00Z',
      clientAppUsed,
    }));
    const bench = await start(() => ({ json: { value } }));
    const read = await readUnknownClientApps(bench.graph, { window: { from: '2026-11-20T00:00:00Z' } });
    expect(read).toEqual({ kind: 'values', values: ['Gopher'] });
  });
});

const examples = new URL('../../../shared/contracts/graph/examples/', import.meta.url);

describe('wire schemas', () => {
  it.skipIf(!existsSync(examples)).each([
    ['userregistrationdetails-list.response.json', wire.registrationSchema],
    ['user-authentication-methods-list.response.json', wire.methodSchema],
    ['ca-policy-list.response.json', wire.policySchema],
    ['named-locations-list.response.json', wire.namedLocationSchema],
    ['signins-list.response.json', wire.signInSchema],
    ['signins-list.beta.response.json', wire.signInSchema],
    ['role-assignments-by-role.response.json', wire.roleAssignmentSchema],
    ['subscribed-skus.response.json', wire.skuSchema],
    ['organization.response.json', wire.organizationSchema],
  ] as const)('take the documented %s (skipped without the contracts)', (file, schema) => {
    const page = wire.pageSchema.parse(JSON.parse(readFileSync(new URL(file, examples), 'utf8')));
    expect(page.value.length).toBeGreaterThan(0);
    for (const row of page.value) expect(() => schema.parse(row)).not.toThrow();
  });
});
