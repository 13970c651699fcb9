import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeManager, changeMembers, deleteUser, patchUser, setTenantOptions } from '../../src/sandbox/people.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildTenant, buildUser, buildWorld, idOf, TENANT_ID } from '../support/sandbox-tenant.ts';

const GROUP = idOf('group', 1);
const USER_TYPE = '#microsoft.graph.user';
const who = (n: number) => ({ tenantId: TENANT_ID, userId: idOf('user', n) });
let sandbox: TestSandbox;

beforeAll(async () => {
  const policy = {
    id: idOf('policy', 1),
    displayName: 'Require MFA',
    state: 'enabled',
    conditions: { users: { includeUsers: ['All'] }, platforms: { includePlatforms: ['linux'], excludePlatforms: [] } },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  };
  const tenant = buildTenant({
    users: Array.from({ length: 8 }, (_, n) => buildUser(n + 1)),
    groups: [
      { group: { id: GROUP, displayName: 'Exceptions' }, members: [{ id: idOf('user', 1), '@odata.type': USER_TYPE }] },
    ],
    conditionalAccessPolicies: [policy],
  });
  sandbox = await startTestSandbox(buildWorld({ tenants: [tenant] }));
});
afterAll(() => sandbox.end());
beforeEach(() => sandbox.manual.advance(20_000));

/** Follows a round to its end; gives every item and the link for the next round. */
async function round(path: string) {
  const items: Record<string, unknown>[] = [];
  let reply = await sandbox.graph(path, { token: await sandbox.token() });
  while (reply.at('@odata.deltaLink') === undefined) {
    items.push(...reply.rows());
    reply = await sandbox.graph(String(reply.at('@odata.nextLink')));
  }
  items.push(...reply.rows());
  return { items, link: String(reply.at('@odata.deltaLink')) };
}

describe('delta', () => {
  test('oddity 17: items repeat across pages', async () => {
    setTenantOptions(sandbox, TENANT_ID, { deltaPageSize: 3 });
    const ids = (await round('/v1.0/users/delta?$select=displayName')).items.map((item) => item.id);
    expect(new Set(ids).size).toBe(8);
    expect(ids.length).toBeGreaterThan(8);
  });

  test('oddity 18: removals and managers have forms of their own, and only tracked changes come', async () => {
    const first = await round('/v1.0/users/delta?$select=displayName,manager');
    expect(first.items[0]).toMatchObject({ 'manager@delta': [{ '@odata.type': USER_TYPE, id: idOf('user', 2) }] });
    patchUser(sandbox, who(3), { displayName: 'New name' });
    patchUser(sandbox, who(4), { jobTitle: 'Untracked' });
    changeManager(sandbox, who(1), idOf('user', 5));
    deleteUser(sandbox, who(8));
    const second = await round(first.link);
    expect(second.items).toEqual([
      { id: idOf('user', 3), displayName: 'New name' },
      {
        id: idOf('user', 1),
        displayName: 'Person 1',
        'manager@delta': [
          { '@odata.type': USER_TYPE, id: idOf('user', 2), '@removed': { reason: 'deleted' } },
          { '@odata.type': USER_TYPE, id: idOf('user', 5) },
        ],
      },
      { id: idOf('user', 8), '@removed': { reason: 'changed' } },
    ]);
    expect((await round(second.link)).items).toEqual([]);
    const latest = await sandbox.graph('/v1.0/users/delta?$deltaToken=latest');
    expect(latest.rows()).toEqual([]);
    expect((await sandbox.graph('/v1.0/users/delta?$top=5')).status).toBe(400);
  });

  test('oddity 19: group delta tells who joined and who left', async () => {
    const first = await round('/v1.0/groups/delta?$select=displayName,members');
    expect(first.items[0]).toMatchObject({ 'members@delta': [{ id: idOf('user', 1) }] });
    changeMembers(
      sandbox,
      { tenantId: TENANT_ID, groupId: GROUP },
      { add: [idOf('user', 2)], remove: [idOf('user', 1)] },
    );
    const members = (await round(first.link)).items[0]?.['members@delta'];
    expect(members).toContainEqual({ '@odata.type': USER_TYPE, id: idOf('user', 2) });
    expect(members).toContainEqual({
      '@odata.type': USER_TYPE,
      id: idOf('user', 1),
      '@removed': { reason: 'deleted' },
    });
  });

  test('oddity 20: an old token is refused and a gone one says where to begin again', async () => {
    const { link } = await round('/v1.0/users/delta?$select=displayName');
    sandbox.manual.advance(7 * 86_400_000 + 1);
    const token = await sandbox.token();
    const expired = await sandbox.graph(link, { token });
    expect([expired.status, expired.at('error/code')]).toEqual([400, 'syncStateNotFound']);
    sandbox.faults.put({ id: 'gone', vendor: 'graph', template: '/users/delta', gone: true, times: 1 });
    const gone = await sandbox.graph('/v1.0/users/delta?$select=displayName', { token });
    expect(gone.status).toBe(410);
    expect((await sandbox.graph(String(gone.headers.location), { token })).status).toBe(200);
  });
});

describe('policies and pages', () => {
  test('oddity 40: policies are filled in, and beta adds undeclared keys', async () => {
    const path = '/identity/conditionalAccess/policies';
    const token = await sandbox.token();
    const [policy] = (await sandbox.graph(`/v1.0${path}`, { token })).rows();
    expect(policy).toMatchObject({
      modifiedDateTime: null,
      sessionControls: null,
      conditions: {
        signInRiskLevels: [],
        locations: null,
        clientAppTypes: ['all'],
        users: { includeUsers: ['All'], excludeGroups: [], excludeGuestsOrExternalUsers: null },
        platforms: { includePlatforms: ['unknownFutureValue'] },
      },
      grantControls: { termsOfUse: [], authenticationStrength: null },
    });
    expect(policy).not.toHaveProperty('partialEnablementStrategy');
    sandbox.manual.advance(1000);
    expect((await sandbox.graph(`/beta${path}`, { token })).at('value/0')).toHaveProperty('partialEnablementStrategy');
  });

  test('oddity 48: a page can be empty and still have a next link', async () => {
    const token = await sandbox.token();
    sandbox.faults.put({ id: 'empty', vendor: 'graph', template: '/users', emptyPage: true, times: 1 });
    const empty = await sandbox.graph('/v1.0/users?$select=id', { token });
    expect(empty.rows()).toEqual([]);
    const next = await sandbox.graph(String(empty.at('@odata.nextLink')), { token });
    expect(next.rows().length).toBeGreaterThan(0);
  });
});
