import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enrolUser, patchUser, setTenantOptions } from '../../src/sandbox/people.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import {
  buildSku,
  buildTenant,
  buildUser,
  buildWorld,
  GLOBAL_ADMIN,
  idOf,
  OTHER_TENANT_ID,
  P1_PLAN,
  READER,
  TENANT_ID,
} from '../support/sandbox-tenant.ts';

const EVENTUAL = { ConsistencyLevel: 'eventual' };
const GROUP = idOf('group', 1);
let sandbox: TestSandbox;
let freeToken: string;

beforeAll(async () => {
  const tenant = buildTenant({
    users: [...Array.from({ length: 5 }, (_, n) => buildUser(n + 1)), buildUser(6, { accountEnabled: false })],
    subscribedSkus: [buildSku(P1_PLAN)],
    authenticationMethods: {
      [idOf('user', 3)]: [
        { '@odata.type': '#microsoft.graph.phoneAuthenticationMethod', id: 'phone', phoneType: 'mobile' },
      ],
    },
    groups: [
      {
        group: { id: GROUP, displayName: 'Everybody', securityEnabled: true, mailEnabled: false },
        members: [{ id: idOf('user', 1), '@odata.type': '#microsoft.graph.user' }],
      },
    ],
    roleAssignments: [
      { id: 'assignment-1', roleDefinitionId: GLOBAL_ADMIN, principalId: idOf('user', 2), directoryScopeId: '/' },
    ],
    perUserMfa: { [idOf('user', 2)]: 'enforced' },
  });
  const free = buildTenant({ tenantId: OTHER_TENANT_ID, initialDomain: 'free.onmicrosoft.com', subscribedSkus: [] });
  sandbox = await startTestSandbox(buildWorld({ tenants: [tenant, free] }));
  freeToken = await sandbox.token(READER, OTHER_TENANT_ID);
});
afterAll(() => sandbox.end());
beforeEach(() => sandbox.manual.advance(61_000));

describe('users', () => {
  test('oddity 6: users come with eleven properties unless others are selected', async () => {
    const user = (await sandbox.graph('/v1.0/users')).rows()[0] ?? {};
    expect(Object.keys(user)).toHaveLength(11);
    expect(user).not.toHaveProperty('accountEnabled');
    const selected = (await sandbox.graph('/v1.0/users?$select=id,accountEnabled')).rows()[0];
    expect(selected).toEqual({ id: idOf('user', 1), accountEnabled: true });
  });

  test('oddity 7: a page of 1000 users is refused and one of 999 is not', async () => {
    expect((await sandbox.graph('/v1.0/users?$top=999')).status).toBe(200);
    const reply = await sandbox.graph('/v1.0/users?$top=1000');
    expect(reply.status).toBe(400);
    expect(reply.at('error/message')).toMatch(/between 1 and 999/);
  });

  test('oddity 8: mailboxSettings of a whole collection is 501', async () => {
    expect((await sandbox.graph('/v1.0/users?$select=id,mailboxSettings')).status).toBe(501);
  });

  test('oddity 9: a count without the header is silently ignored', async () => {
    const ignored = await sandbox.graph('/v1.0/users?$count=true');
    expect(ignored.status).toBe(200);
    expect(ignored.at()).not.toHaveProperty('@odata.count');
    const first = await sandbox.graph('/v1.0/users?$count=true&$top=4', { headers: EVENTUAL });
    expect(first.at()).toHaveProperty('@odata.count', 6);
    const second = await sandbox.graph(String(first.at('@odata.nextLink')), { headers: EVENTUAL });
    expect(second.at()).not.toHaveProperty('@odata.count');
    expect((await sandbox.graph('/v1.0/users/$count')).at('error/code')).toBe('Request_BadRequest');
    expect((await sandbox.graph('/v1.0/users/$count', { headers: EVENTUAL })).text).toBe('6');
  });

  test('oddity 10: advanced operators need header and count, and next links do not carry the header', async () => {
    const filter = "/v1.0/users?$filter=employeeId ne '1001'";
    const refused = await sandbox.graph(filter);
    expect(refused.status).toBe(400);
    expect(refused.at('error/code')).toBe('Request_UnsupportedQuery');
    expect((await sandbox.graph(`${filter}&$count=true`)).status).toBe(400);
    const page = await sandbox.graph(`${filter}&$count=true&$top=2`, { headers: EVENTUAL });
    expect(page.rows().map((user) => user.id)).toEqual([idOf('user', 2), idOf('user', 3)]);
    const next = String(page.at('@odata.nextLink'));
    expect((await sandbox.graph(next)).status).toBe(400);
    expect((await sandbox.graph(next, { headers: EVENTUAL })).status).toBe(200);
    const expanded = await sandbox.graph(`${filter}&$count=true&$expand=manager`, { headers: EVENTUAL });
    expect(expanded.status).toBe(400);
  });

  test('oddity 11: a missing manager is absent when expanded and 404 when asked for', async () => {
    const users = (await sandbox.graph('/v1.0/users?$select=id&$expand=manager($select=id,mail)')).rows();
    expect(users[0]).toHaveProperty('manager.mail', 'person.2@contoso-example.com');
    expect(users[1]).not.toHaveProperty('manager');
    expect((await sandbox.graph(`/v1.0/users/${idOf('user', 1)}/manager`)).at('id')).toBe(idOf('user', 2));
    expect((await sandbox.graph(`/v1.0/users/${idOf('user', 2)}/manager`)).status).toBe(404);
  });

  test('oddity 12: signInActivity has rights, pages, keys and a limit of its own', async () => {
    const select = '$select=id,signInActivity';
    expect((await sandbox.graph(`/v1.0/users?${select}&$top=501`)).status).toBe(400);
    expect((await sandbox.graph(`/v1.0/users/Person.1@contoso-example.com?${select}`)).status).toBe(400);
    expect((await sandbox.graph(`/v1.0/users/${idOf('user', 1)}?${select}`)).status).toBe(200);
    expect((await sandbox.graph(`/v1.0/users?${select}`, { token: freeToken })).status).toBe(403);
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await sandbox.graph(`/v1.0/users?${select}&$top=500`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429]);
  });

  test('oddity 13: perUserMfaState can be selected, until the tenant stops showing it', async () => {
    const path = '/v1.0/users?$select=id,perUserMfaState';
    expect((await sandbox.graph(path)).rows()[1]).toEqual({ id: idOf('user', 2), perUserMfaState: 'enforced' });
    setTenantOptions(sandbox, TENANT_ID, { perUserMfaStateSelectable: false });
    expect((await sandbox.graph(path)).rows()[1]).toEqual({ id: idOf('user', 2) });
  });

  test('oddity 14: per-user MFA requirements exist in beta only', async () => {
    const path = `/users/${idOf('user', 2)}/authentication/requirements`;
    expect((await sandbox.graph(`/beta${path}`)).at('perUserMfaState')).toBe('enforced');
    const refused = await sandbox.graph(`/v1.0${path}`);
    expect(refused.status).toBe(400);
    expect(refused.at('error/message')).toMatch(/Resource not found for the segment/);
  });

  test('oddity 15: next links are absolute and their token serves one question only', async () => {
    const first = await sandbox.graph('/v1.0/users?$select=id&$top=2');
    const link = String(first.at('@odata.nextLink'));
    expect(link.startsWith(`${sandbox.urls.graph}/v1.0/users?`)).toBe(true);
    const second = await sandbox.graph(link);
    expect(second.rows().map((user) => user.id)).toEqual([idOf('user', 3), idOf('user', 4)]);
    const token = new URL(link).searchParams.get('$skiptoken') ?? '';
    expect((await sandbox.graph(`/v1.0/groups?$skiptoken=${token}`)).status).toBe(400);
  });

  test('oddity 16: an unknown property is not refused, a known one without value is null', async () => {
    const reply = await sandbox.graph('/v1.0/users?$select=id,companyName,otherMails,shoeSize&$top=1');
    expect(reply.rows()).toEqual([{ id: idOf('user', 1), companyName: null, otherMails: [] }]);
  });

  test('oddity 43: a mailbox tells its purpose, and its absence is 404', async () => {
    expect((await sandbox.graph(`/v1.0/users/${idOf('user', 2)}/mailboxSettings`)).at('userPurpose')).toBe('shared');
    expect((await sandbox.graph(`/v1.0/users/${idOf('user', 3)}/mailboxSettings`)).status).toBe(404);
  });
});

describe('registration', () => {
  const path = '/v1.0/reports/authenticationMethods/userRegistrationDetails';

  test('oddity 21: a person can be registered and not capable', async () => {
    const row = (await sandbox.graph(path)).rows().find((candidate) => candidate.id === idOf('user', 3));
    expect(row).toMatchObject({ isMfaRegistered: true, isMfaCapable: false, methodsRegistered: ['mobilePhone'] });
    const capable = await sandbox.graph(`${path}?$filter=isMfaCapable eq true`);
    expect(capable.rows().map((candidate) => candidate.id)).not.toContain(idOf('user', 3));
  });

  test('oddity 22: the report lags behind what the person has', async () => {
    const userId = idOf('user', 4);
    const who = { tenantId: TENANT_ID, userId };
    enrolUser(sandbox, who, { method: 'microsoftAuthenticator', reportLagMs: 3_600_000 });
    const methods = await sandbox.graph(`/v1.0/users/${userId}/authentication/methods`);
    expect(methods.rows().map((method) => method['@odata.type'])).toEqual([
      '#microsoft.graph.passwordAuthenticationMethod',
      '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod',
    ]);
    expect((await sandbox.graph(`${path}/${userId}`)).at('isMfaCapable')).toBe(false);
    sandbox.advance(3_600_000);
    const token = await sandbox.token();
    expect((await sandbox.graph(`${path}/${userId}`, { token })).at('isMfaCapable')).toBe(true);
    sandbox.clock.setOffset(0);
  });

  test('oddity 23: a disabled account has no row', async () => {
    const ids = (await sandbox.graph(path)).rows().map((row) => row.id);
    expect(ids).toContain(idOf('user', 5));
    expect(ids).not.toContain(idOf('user', 6));
    patchUser(sandbox, { tenantId: TENANT_ID, userId: idOf('user', 6) }, { accountEnabled: true });
    expect((await sandbox.graph(path)).rows().map((row) => row.id)).toContain(idOf('user', 6));
  });

  test('oddity 24: what needs a licence says so in two ways', async () => {
    for (const premium of [path, '/v1.0/auditLogs/signIns']) {
      const reply = await sandbox.graph(premium, { token: freeToken });
      expect(reply.status).toBe(403);
      expect(reply.at('error/code')).toBe('Authentication_RequestFromNonPremiumTenantOrB2CTenant');
    }
    const eligible = await sandbox.graph('/v1.0/roleManagement/directory/roleEligibilityScheduleInstances');
    expect(eligible.status).toBe(400);
    expect(eligible.at('error/code')).toBe('AadPremiumLicenseRequired');
  });
});

describe('groups, roles, policies', () => {
  test('oddity 41: members are id and type only for a caller that may not read users', async () => {
    const app = { ...READER, clientId: '66666666-aaaa-4bbb-8ccc-000000000006', roles: ['GroupMember.Read.All'] };
    sandbox.record({ type: 'app.put', tenantId: TENANT_ID, app });
    const path = `/v1.0/groups/${GROUP}/members`;
    const narrow = await sandbox.graph(path, { token: await sandbox.token(app) });
    expect(narrow.rows()).toEqual([{ '@odata.type': '#microsoft.graph.user', id: idOf('user', 1) }]);
    expect((await sandbox.graph(path)).rows()[0]).toHaveProperty('displayName', 'Person 1');
  });

  test('oddity 42: /me and unknown paths are refused with 400', async () => {
    expect((await sandbox.graph('/v1.0/me')).at('error/message')).toMatch(/delegated/);
    const unknown = await sandbox.graph('/v1.0/shoes');
    expect(unknown.status).toBe(400);
    expect(unknown.at('error/message')).toBe("Resource not found for the segment 'shoes'.");
    expect((await sandbox.graph('/v1.0/users', { method: 'DELETE' })).status).toBe(405);
  });

  test('oddity 44: only roles in use are listed, under ids of their own', async () => {
    const roles = (await sandbox.graph('/v1.0/directoryRoles')).rows();
    expect(roles).toHaveLength(1);
    expect(roles[0]).toMatchObject({ roleTemplateId: GLOBAL_ADMIN, displayName: 'Global Administrator' });
    expect(roles[0]?.id).not.toBe(GLOBAL_ADMIN);
    const members = await sandbox.graph(`/v1.0/directoryRoles/${String(roles[0]?.id)}/members`);
    expect(members.rows().map((member) => member.id)).toEqual([idOf('user', 2)]);
  });

  test('oddity 45: ids stand in the headers and again in an error', async () => {
    const good = await sandbox.graph('/v1.0/users?$top=1');
    expect(good.headers['request-id']).toEqual(expect.any(String));
    const bad = await sandbox.graph(`/v1.0/users/${idOf('user', 99)}`, { headers: { 'client-request-id': 'mine' } });
    expect(bad.status).toBe(404);
    expect(bad.at('error/innerError/request-id')).toBe(bad.headers['request-id']);
    expect(bad.at('error/innerError/client-request-id')).toBe('mine');
  });

  test('oddity 46: Security Defaults can be read without a licence', async () => {
    const path = '/v1.0/policies/identitySecurityDefaultsEnforcementPolicy';
    expect((await sandbox.graph(path, { token: freeToken })).at('isEnabled')).toBe(true);
  });

  test('oddity 47: deleted policies are readable or refused, as the tenant is set', async () => {
    const path = '/v1.0/identity/conditionalAccess/deletedItems/policies';
    expect((await sandbox.graph(path)).status).toBe(200);
    sandbox.manual.advance(1000);
    setTenantOptions(sandbox, TENANT_ID, { deletedPoliciesReadable: false });
    expect((await sandbox.graph(path)).status).toBe(403);
  });
});
