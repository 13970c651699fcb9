import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addSignIns } from '../../src/sandbox/people.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import {
  buildSignIn,
  buildTenant,
  buildWorld,
  idOf,
  OTHER_TENANT_ID,
  READER,
  START_MS,
  TENANT_ID,
} from '../support/sandbox-tenant.ts';

const DAY_MS = 86_400_000;
const ALL = { Prefer: 'include-unknown-enum-members' };
const BACKGROUND = "/beta/auditLogs/signIns?$filter=signInEventTypes/any(t: t eq 'nonInteractiveUser')";
let sandbox: TestSandbox;

function ago(ms: number): string {
  return new Date(START_MS - ms).toISOString();
}

function audit(n: number, ageMs: number) {
  return {
    id: idOf('audit', n),
    category: 'Policy',
    activityDisplayName: 'Update conditional access policy',
    activityDateTime: ago(ageMs),
    loggedByService: 'Conditional Access',
    initiatedBy: { user: { id: idOf('user', 2) }, app: null },
    targetResources: [{ id: idOf('policy', n), displayName: 'Policy', type: 'Policy', modifiedProperties: [] }],
  };
}

beforeAll(async () => {
  const applied = [{ id: idOf('policy', 1), displayName: 'Observe', result: 'reportOnlyInterrupted' }];
  const tenant = buildTenant({
    signIns: [
      buildSignIn(1, { createdDateTime: ago(3_600_000), appliedConditionalAccessPolicies: applied }),
      buildSignIn(2, {
        createdDateTime: ago(7_200_000),
        signInEventTypes: ['nonInteractiveUser'],
        isInteractive: false,
        authenticationProtocol: 'ropc',
      }),
      buildSignIn(3, { createdDateTime: ago(10_800_000), clientAppUsed: 'IMAP4', userId: idOf('user', 2) }),
      buildSignIn(4, { createdDateTime: ago(31 * DAY_MS) }),
    ],
    directoryAudits: [audit(1, DAY_MS), audit(2, 20 * DAY_MS), audit(3, 31 * DAY_MS)],
  });
  const free = buildTenant({
    tenantId: OTHER_TENANT_ID,
    initialDomain: 'free.onmicrosoft.com',
    subscribedSkus: [],
    directoryAudits: [audit(1, DAY_MS), audit(2, 20 * DAY_MS)],
  });
  sandbox = await startTestSandbox(buildWorld({ tenants: [tenant, free] }));
});
afterAll(() => sandbox.end());
beforeEach(() => sandbox.manual.advance(11_000));

describe('logs', () => {
  test('oddity 25: v1.0 has interactive sign-ins without the beta properties', async () => {
    const rows = (await sandbox.graph('/v1.0/auditLogs/signIns')).rows();
    expect(rows.map((row) => row.id)).toEqual([idOf('signIn', 1), idOf('signIn', 3)]);
    for (const name of ['signInEventTypes', 'authenticationRequirement', 'authenticationProtocol']) {
      expect(rows[0]).not.toHaveProperty(name);
    }
    expect((await sandbox.graph(BACKGROUND.replace('/beta/', '/v1.0/'))).status).toBe(400);
  });

  test('oddity 26: background sign-ins come from beta with a filter', async () => {
    const rows = (await sandbox.graph(BACKGROUND)).rows();
    expect(rows.map((row) => [row.id, row.authenticationProtocol])).toEqual([[idOf('signIn', 2), 'ropc']]);
    expect((await sandbox.graph('/beta/auditLogs/signIns')).rows().map((row) => row.id)).not.toContain(
      idOf('signIn', 2),
    );
    const both =
      "/beta/auditLogs/signIns?$filter=signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')";
    expect((await sandbox.graph(both)).rows()).toHaveLength(3);
  });

  test('oddity 27: report-only results are masked without the Prefer header', async () => {
    const path = '/v1.0/auditLogs/signIns';
    const result = 'value/0/appliedConditionalAccessPolicies/0/result';
    expect((await sandbox.graph(path)).at(result)).toBe('unknownFutureValue');
    expect((await sandbox.graph(path, { headers: ALL })).at(result)).toBe('reportOnlyInterrupted');
  });

  test('oddity 28: a caller without Policy.Read.All sees no applied policies', async () => {
    const app = { ...READER, clientId: '77777777-aaaa-4bbb-8ccc-000000000007', roles: ['AuditLog.Read.All'] };
    sandbox.record({ type: 'app.put', tenantId: TENANT_ID, app });
    const reply = await sandbox.graph('/v1.0/auditLogs/signIns', { token: await sandbox.token(app), headers: ALL });
    expect(reply.at('value/0/appliedConditionalAccessPolicies')).toEqual([]);
  });

  test('oddity 29: a sign-in appears between 5 and 11 minutes late', async () => {
    const createdDateTime = new Date(sandbox.now()).toISOString();
    addSignIns(sandbox, TENANT_ID, [buildSignIn(50, { createdDateTime })]);
    const path = `/v1.0/auditLogs/signIns?$filter=id eq '${idOf('signIn', 50)}'`;
    sandbox.manual.advance(4 * 60_000 + 59_000);
    expect((await sandbox.graph(path)).rows()).toHaveLength(0);
    sandbox.manual.advance(6 * 60_000 + 1000);
    expect((await sandbox.graph(path)).rows()).toHaveLength(1);
  });

  test('oddity 30: sign-ins are newest first, and only some filters exist', async () => {
    const path = '/v1.0/auditLogs/signIns';
    const since = `createdDateTime ge ${ago(4 * 3_600_000)} and createdDateTime le ${ago(2 * 3_600_000)}`;
    const legacy = `(clientAppUsed eq 'IMAP4' or clientAppUsed eq 'POP3') and ${since}`;
    expect((await sandbox.graph(`${path}?$filter=${legacy}`)).rows().map((row) => row.id)).toEqual([idOf('signIn', 3)]);
    expect((await sandbox.graph(`${path}?$filter=createdDateTime gt ${ago(DAY_MS)}`)).status).toBe(400);
    sandbox.manual.advance(11_000);
    expect((await sandbox.graph(`${path}?$top=1001`)).status).toBe(400);
    const page = await sandbox.graph(`${path}?$top=1`);
    expect(page.rows()).toHaveLength(1);
    expect((await sandbox.graph(String(page.at('@odata.nextLink')))).at('value/0/id')).not.toBe(page.at('value/0/id'));
    for (const row of (await sandbox.graph(path)).rows()) {
      expect(row.userPrincipalName).toBe(String(row.userPrincipalName).toLowerCase());
    }
  });

  test('oddity 31: audits reach back 7 days without a licence and 30 with one', async () => {
    const path = '/v1.0/auditLogs/directoryAudits';
    expect((await sandbox.graph(path)).rows()).toHaveLength(2);
    const token = await sandbox.token(READER, OTHER_TENANT_ID);
    expect((await sandbox.graph(path, { token })).rows()).toHaveLength(1);
    const one = `${path}?$filter=targetResources/any(t: t/id eq '${idOf('policy', 2)}') and initiatedBy/user/id eq '${idOf('user', 2)}'`;
    expect((await sandbox.graph(one)).rows().map((row) => row.id)).toEqual([idOf('audit', 2)]);
  });
});
