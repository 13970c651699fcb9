import { afterEach, describe, expect, test } from 'vitest';
import { setOptions, startWriter, WRITE_ROLES, type Writer } from '../support/graph-writer.ts';
import { buildUser, GLOBAL_ADMIN, idOf, READ_ROLES, READER, TENANT_ID } from '../support/sandbox-tenant.ts';

const GROUP = { displayName: 'Phase 1', mailEnabled: false, mailNickname: 'phase-1', securityEnabled: true };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function start(...given: Parameters<typeof startWriter>): Promise<Writer> {
  const writer = await startWriter(...given);
  endings.push(() => writer.end());
  return writer;
}

function link(id: string): string {
  return `https://graph.microsoft.com/v1.0/directoryObjects/${id}`;
}

function reference(id: string): Record<string, string> {
  return { '@odata.id': link(id) };
}

async function makeGroup(writer: Writer, set: Record<string, unknown> = {}): Promise<string> {
  const reply = await writer.send('POST /groups', { ...GROUP, ...set });
  expect(reply.status, reply.text).toBe(201);
  return String(reply.at('id'));
}

async function membersOf(writer: Writer, groupId: string): Promise<unknown[]> {
  return (await writer.send(`GET /groups/${groupId}/members`)).rows().map((member) => member.id);
}

describe('groups', () => {
  test('oddity 136: a group made with Group.Create alone can be changed only where the application owns it', async () => {
    const principal = { id: idOf('principal', 1), appId: READER.clientId, displayName: 'Rollout' };
    const writer = await start({ servicePrincipals: [principal] }, { roles: [...READ_ROLES, 'Group.Create'] });
    const ownerless = await makeGroup(writer);
    const join = await writer.send(`POST /groups/${ownerless}/members/$ref`, reference(idOf('user', 1)));
    expect([join.status, join.at('error/code')]).toEqual([403, 'Authorization_RequestDenied']);
    expect((await writer.send(`DELETE /groups/${ownerless}`)).status).toBe(403);
    const owned = await makeGroup(writer, { 'owners@odata.bind': [link(principal.id)] });
    expect((await writer.send(`GET /groups/${owned}/owners`)).at('value/0/id')).toBe(principal.id);
    expect((await writer.send(`POST /groups/${owned}/members/$ref`, reference(idOf('user', 1)))).status).toBe(204);
    expect(await membersOf(writer, owned)).toEqual([idOf('user', 1)]);
  });

  test('oddity 137: a new group needs four properties, and at most twenty relations', async () => {
    const writer = await start({ users: Array.from({ length: 21 }, (_, n) => buildUser(n)) });
    for (const name of Object.keys(GROUP)) {
      const reply = await writer.send('POST /groups', { ...GROUP, [name]: undefined });
      expect([reply.status, reply.at('error/code')]).toEqual([400, 'Request_BadRequest']);
    }
    expect((await writer.send('POST /groups', { ...GROUP, mailNickname: 'phase 1' })).status).toBe(400);
    expect((await writer.send('POST /groups', { ...GROUP, mailEnabled: true })).status).toBe(400);
    const links = Array.from({ length: 21 }, (_, n) => link(idOf('user', n)));
    expect((await writer.send('POST /groups', { ...GROUP, 'members@odata.bind': links })).status).toBe(400);
    const full = await makeGroup(writer, { 'members@odata.bind': links.slice(1) });
    expect(await membersOf(writer, full)).toHaveLength(20);
  });

  test('oddity 138: adding a member is 204, adding it again 400, adding nobody 404', async () => {
    const writer = await start();
    const id = await makeGroup(writer);
    const join = async (userId: string) => writer.send(`POST /groups/${id}/members/$ref`, reference(userId));
    expect((await join(idOf('user', 1))).status).toBe(204);
    const again = await join(idOf('user', 1));
    expect([again.status, again.at('error/message')]).toEqual([
      400,
      "One or more added object references already exist for the following modified properties: 'members'.",
    ]);
    expect((await join(idOf('user', 99))).status).toBe(404);
    expect((await writer.send(`POST /groups/${id}/members/$ref`, { '@odata.id': 'nothing' })).status).toBe(400);
    const [line] = await writer.audits();
    expect(line).toMatchObject({
      activityDisplayName: 'Add member to group',
      loggedByService: 'Core Directory',
      initiatedBy: { app: { appId: READER.clientId } },
      targetResources: [
        { id: idOf('user', 1), type: 'User' },
        { id, type: 'Group' },
      ],
    });
  });

  test('oddity 139: twenty members at once are taken all or none', async () => {
    const writer = await start({ users: Array.from({ length: 22 }, (_, n) => buildUser(n)) });
    const id = await makeGroup(writer, { 'members@odata.bind': [link(idOf('user', 3))] });
    const bind = async (numbers: number[]) =>
      writer.send(`PATCH /groups/${id}`, { 'members@odata.bind': numbers.map((n) => link(idOf('user', n))) });
    expect((await bind([1, 2, 3])).status).toBe(400);
    expect(await membersOf(writer, id)).toEqual([idOf('user', 3)]);
    expect((await bind([1, 99])).status).toBe(404);
    expect((await bind(Array.from({ length: 21 }, (_, n) => (n < 3 ? n : n + 1)))).status).toBe(400);
    expect((await bind([1, 2])).status).toBe(204);
    expect(await membersOf(writer, id)).toHaveLength(3);
  });

  test('oddity 140: DELETE with $ref takes a member out; without it the user is deleted, or 403', async () => {
    const members = [1, 2].map((n) => link(idOf('user', n)));
    const writer = await start();
    const id = await makeGroup(writer, { 'members@odata.bind': members });
    expect((await writer.send(`DELETE /groups/${id}/members/${idOf('user', 1)}/$ref`)).status).toBe(204);
    expect((await writer.send(`DELETE /groups/${id}/members/${idOf('user', 1)}/$ref`)).status).toBe(404);
    expect((await writer.send(`GET /users/${idOf('user', 1)}`)).status).toBe(200);
    expect((await writer.send(`DELETE /groups/${id}/members/${idOf('user', 2)}`)).status).toBe(204);
    expect((await writer.send(`GET /users/${idOf('user', 2)}`)).status).toBe(404);
    const weak = await start({}, { roles: WRITE_ROLES.filter((role) => role !== 'User.ReadWrite.All') });
    const other = await makeGroup(weak, { 'members@odata.bind': members });
    expect((await weak.send(`DELETE /groups/${other}/members/${idOf('user', 2)}`)).status).toBe(403);
    expect((await weak.send(`GET /users/${idOf('user', 2)}`)).status).toBe(200);
  });

  test('oddity 141: a role-assignable group refuses whoever may not manage roles', async () => {
    const guarded = { ...GROUP, isAssignableToRole: true };
    const weak = await start();
    expect((await weak.send('POST /groups', guarded)).status).toBe(403);
    const group = { ...guarded, id: idOf('group', 1), groupTypes: [], createdDateTime: '2024-01-01T00:00:00Z' };
    const members = [{ id: idOf('user', 2), '@odata.type': '#microsoft.graph.user' }];
    const strong = await start(
      { groups: [{ group, members }] },
      { roles: [...WRITE_ROLES, 'RoleManagement.ReadWrite.Directory'] },
    );
    const other = await start({ groups: [{ group, members }] });
    for (const [writer, status] of [
      [other, 403],
      [strong, 204],
    ] as const) {
      const path = `/groups/${group.id}`;
      expect((await writer.send(`POST ${path}/members/$ref`, reference(idOf('user', 1)))).status).toBe(status);
      expect((await writer.send(`DELETE ${path}/members/${idOf('user', 2)}/$ref`)).status).toBe(status);
      expect((await writer.send(`DELETE ${path}`)).status).toBe(status);
    }
  });

  test('oddity 142: members of a dynamic, a synchronised or a distribution group cannot be changed', async () => {
    const kinds = [
      { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Sales"' },
      { groupTypes: [], onPremisesSyncEnabled: true },
      { groupTypes: [], mailEnabled: true },
    ];
    const groups = kinds.map((kind, n) => ({ group: { ...GROUP, ...kind, id: idOf('group', n) }, members: [] }));
    const writer = await start({ groups });
    for (const { group } of groups) {
      expect((await writer.send(`POST /groups/${group.id}/members/$ref`, reference(idOf('user', 1)))).status).toBe(400);
      expect(await membersOf(writer, group.id)).toEqual([]);
    }
  });

  test('oddity 143: by option a group is answered with 404 for a while after it was created', async () => {
    const writer = await start();
    await setOptions(writer, { groupVisibleAfterMs: 20_000 });
    const id = await makeGroup(writer);
    expect((await writer.send(`GET /groups/${id}`)).status).toBe(404);
    expect((await writer.send(`POST /groups/${id}/members/$ref`, reference(idOf('user', 1)))).status).toBe(404);
    writer.manual.advance(20_000);
    expect((await writer.send(`GET /groups/${id}`)).status).toBe(200);
  });

  test('a deleted group leaves the groups that held it and is gone', async () => {
    const writer = await start();
    const inner = await makeGroup(writer);
    const outer = await makeGroup(writer, { 'members@odata.bind': [link(inner)] });
    expect((await writer.send(`POST /groups/${outer}/members/$ref`, reference(outer))).status).toBe(400);
    expect((await writer.send(`DELETE /groups/${inner}`)).status).toBe(204);
    expect(await membersOf(writer, outer)).toEqual([]);
    expect((await writer.send(`GET /groups/${inner}`)).status).toBe(404);
  });
});

describe('users', () => {
  const REQUIREMENTS = `/beta/users/${idOf('user', 1)}/authentication/requirements`;
  const PASSES = `/users/${idOf('user', 1)}/authentication/temporaryAccessPassMethods`;
  const METHODS = `/users/${idOf('user', 1)}/authentication/methods`;

  test('oddity 144: per-user MFA enabled on a registered person turns enforced by itself', async () => {
    const writer = await start();
    const enable = async () => writer.send(`PATCH ${REQUIREMENTS}`, { perUserMfaState: 'enabled' });
    const state = async () => (await writer.send(`GET ${REQUIREMENTS}`)).at('perUserMfaState');
    expect([(await enable()).status, await state()]).toEqual([204, 'enabled']);
    const enrol = { enrol: { method: 'microsoftAuthenticator', reportLagMs: 0 } };
    await writer.control(`/tenants/${TENANT_ID}/users/${idOf('user', 1)}`, { method: 'POST', body: enrol });
    await enable();
    expect(await state()).toBe('enforced');
    expect((await writer.send(`PATCH ${REQUIREMENTS}`, { perUserMfaState: 'on' })).status).toBe(400);
    expect((await writer.send(`PATCH ${REQUIREMENTS}`, { perUserMfaState: 'disabled' })).text).toBe('');
    expect((await writer.audits()).map((line) => line.activityDisplayName)).toEqual([
      'Disable Strong Authentication',
      'Enable Strong Authentication',
      'Enable Strong Authentication',
    ]);
    const onV1 = REQUIREMENTS.replace('beta', 'v1.0');
    expect((await writer.send(`PATCH ${onV1}`, { perUserMfaState: 'disabled' })).status).toBe(400);
  });

  test('oddity 145: a Temporary Access Pass stands in clear in the answer to its making only', async () => {
    const writer = await start();
    const made = await writer.send(`POST ${PASSES}`, { lifetimeInMinutes: 60, isUsableOnce: true });
    expect(made.status).toBe(201);
    const secret = String(made.at('temporaryAccessPass'));
    expect(secret).toHaveLength(8);
    const listed = await writer.send(`GET ${METHODS}`);
    expect(listed.text).not.toContain(secret);
    expect(listed.rows().find((method) => method.id === made.at('id'))).toMatchObject({
      temporaryAccessPass: null,
      isUsable: true,
      methodUsabilityReason: 'EnabledByPolicy',
    });
    writer.manual.advance(60 * 60_000);
    const late = await writer.graph(`/v1.0${METHODS}`, { token: await writer.token() });
    expect(late.rows().find((method) => method.id === made.at('id'))).toMatchObject({ isUsable: false });
  });

  test('oddity 146: a Temporary Access Pass keeps to the bounds of the tenant, and a person has one', async () => {
    const writer = await start();
    for (const wish of [{ lifetimeInMinutes: 59 }, { lifetimeInMinutes: 481 }, { isUsableOnce: 'yes' }]) {
      expect((await writer.send(`POST ${PASSES}`, wish)).status).toBe(400);
    }
    const pass = { isEnabled: true, minimumMinutes: 10, maximumMinutes: 20, defaultMinutes: 15, onceOnly: true };
    await setOptions(writer, { temporaryAccessPass: pass });
    expect((await writer.send(`POST ${PASSES}`, { isUsableOnce: false })).status).toBe(400);
    expect((await writer.send(`POST ${PASSES}`)).at('lifetimeInMinutes')).toBe(15);
    const second = await writer.send(`POST ${PASSES}`, { lifetimeInMinutes: 10 });
    const passes = (await writer.send(`GET ${METHODS}`)).rows().filter((one) => one.lifetimeInMinutes !== undefined);
    expect(passes.map((one) => one.id)).toEqual([second.at('id')]);
    expect((await writer.send(`DELETE ${PASSES}/${String(second.at('id'))}`)).status).toBe(204);
    expect((await writer.send(`DELETE ${PASSES}/${String(second.at('id'))}`)).status).toBe(404);
    await setOptions(writer, { temporaryAccessPass: { ...pass, isEnabled: false } });
    expect((await writer.send(`POST ${PASSES}`)).status).toBe(400);
  });

  test('oddity 147: an administrator or a synchronised account cannot be switched off by an application', async () => {
    const assignment = {
      id: 'a',
      roleDefinitionId: GLOBAL_ADMIN,
      principalId: idOf('user', 2),
      directoryScopeId: '/',
    };
    const users = [buildUser(1), buildUser(2), buildUser(3, { onPremisesSyncEnabled: true })];
    const writer = await start({ users, roleAssignments: [assignment] });
    const off = async (n: number) =>
      (await writer.send(`PATCH /users/${idOf('user', n)}`, { accountEnabled: false })).status;
    expect([await off(1), await off(2), await off(3)]).toEqual([204, 403, 400]);
    const after = await writer.send('GET /users?$select=accountEnabled');
    expect(after.rows().map((user) => user.accountEnabled)).toEqual([false, true, true]);
    const activities = (await writer.audits()).map((line) => line.activityDisplayName);
    expect(activities).toEqual(['Update user', 'Disable account']);
    const narrow = await start({}, { roles: [...READ_ROLES, 'User.EnableDisableAccount.All'] });
    const path = `PATCH /users/${idOf('user', 1)}`;
    expect((await narrow.send(path, { jobTitle: 'Chief' })).status).toBe(403);
    expect((await narrow.send(path, { accountEnabled: false })).status).toBe(204);
  });

  test('revoking sessions answers true and moves the instant from which they hold', async () => {
    const writer = await start();
    const reply = await writer.send(`POST /users/${idOf('user', 1)}/revokeSignInSessions`);
    expect([reply.status, reply.at('value')]).toEqual([200, true]);
    const user = await writer.send(`GET /users/${idOf('user', 1)}?$select=signInSessionsValidFromDateTime`);
    expect(user.at('signInSessionsValidFromDateTime')).toBe(new Date(writer.now() - 3000).toISOString());
  });

  test('oddity 192: a Microsoft 365 group comes back for 30 days with its members, a security group never', async () => {
    const writer = await start({ users: [1, 2].map((n) => buildUser(n)) });
    const unified = { groupTypes: ['Unified'], mailEnabled: true, mailNickname: 'project' };
    const links = [1, 2].map((n) => link(idOf('user', n)));
    const ids: string[] = [];
    for (const set of [unified, {}]) ids.push(await makeGroup(writer, { ...set, 'members@odata.bind': links }));
    const [project = '', security = ''] = ids;
    const restore = (id: string) => writer.send(`POST /directory/deletedItems/${id}/restore`);
    expect((await restore(project)).status).toBe(404);
    for (const id of ids) expect((await writer.send(`DELETE /groups/${id}`)).status).toBe(204);
    expect((await writer.send(`GET /groups/${project}/members`)).status).toBe(404);
    expect((await restore(security)).status).toBe(404);
    const back = await restore(project);
    expect([back.status, back.at('id'), back.at('displayName')]).toEqual([200, project, GROUP.displayName]);
    expect(await membersOf(writer, project)).toEqual([idOf('user', 1), idOf('user', 2)]);
    expect((await restore(project)).status).toBe(404);
    await writer.send(`DELETE /groups/${project}`);
    writer.manual.advance(30 * 86_400_000);
    const token = await writer.token();
    const path = `/v1.0/directory/deletedItems/${project}/restore`;
    expect((await writer.graph(path, { method: 'POST', token })).status).toBe(404);
  });
});
