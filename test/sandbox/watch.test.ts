import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { WatchReport } from '../../src/sandbox/watch.ts';
import { buildSentPolicy, startWriter, type Writer } from '../support/graph-writer.ts';
import { idOf, TENANT_ID } from '../support/sandbox-tenant.ts';

const POLICIES = '/identity/conditionalAccess/policies';
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function start(...given: Parameters<typeof startWriter>): Promise<Writer> {
  const writer = await startWriter(...given);
  endings.push(() => writer.end());
  return writer;
}

async function look(writer: Writer, query = ''): Promise<WatchReport> {
  return (await writer.control(`/tenants/${TENANT_ID}/watch${query}`)).at() as WatchReport;
}

const EVERYBODY = [1, 2, 3].map((n) => idOf('user', n));

function enforced(set: Record<string, unknown> = {}): Record<string, unknown> {
  const conditions = { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } };
  return buildSentPolicy({ state: 'enabled', conditions, ...set });
}

describe('watch', () => {
  test('tells who is locked out by a write, and nothing for report-only', async () => {
    const writer = await start();
    const block = { operator: 'OR', builtInControls: ['block'] };
    const made = await writer.send(
      `POST ${POLICIES}`,
      enforced({ grantControls: block, state: 'enabledForReportingButNotEnforced' }),
    );
    expect(await look(writer)).toMatchObject({ lockedOut: [], newlyLockedOut: [], lostCover: [] });
    await writer.send(`PATCH ${POLICIES}/${String(made.at('id'))}`, { state: 'enabled' });
    expect((await look(writer)).newlyLockedOut).toEqual(EVERYBODY);
    expect(writer.watch.look(TENANT_ID).lockedOut).toEqual(EVERYBODY);
  });

  test('compares with the world as it began, with a baseline, and with any place of the journal', async () => {
    const policy = { ...enforced(), id: idOf('policy', 1) };
    const writer = await start({ conditionalAccessPolicies: [policy] });
    expect((await look(writer)).since).toBe(0);
    const excluded = { conditions: { users: { excludeUsers: [idOf('user', 2)] } } };
    await writer.send(`PATCH ${POLICIES}/${policy.id}`, excluded);
    const first = await look(writer);
    expect(first.lostCover.map((loss) => loss.userId)).toEqual([idOf('user', 2)]);
    await writer.control(`/tenants/${TENANT_ID}/watch/baseline`, { method: 'POST' });
    expect((await look(writer)).lostCover).toEqual([]);
    await writer.send(`DELETE ${POLICIES}/${policy.id}`);
    expect((await look(writer)).lostCover.map((loss) => loss.userId)).toEqual([idOf('user', 1), idOf('user', 3)]);
    expect((await look(writer, '?since=0')).lostCover).toHaveLength(3);
    expect((await look(writer, `?since=${first.seq}`)).lostCover).toHaveLength(2);
    expect((await writer.control(`/tenants/${TENANT_ID}/watch?since=now`)).status).toBe(400);
  });

  test('sees what other administrators and group members do', async () => {
    const group = { id: idOf('group', 1), displayName: 'Exceptions', groupTypes: [], securityEnabled: true };
    const conditions = {
      users: { includeUsers: ['All'], excludeGroups: [group.id] },
      applications: { includeApplications: ['All'] },
    };
    const policy = { ...enforced({ conditions }), id: idOf('policy', 1) };
    const writer = await start({ groups: [{ group, members: [] }], conditionalAccessPolicies: [policy] });
    const by = idOf('user', 3);
    const tenant = `/tenants/${TENANT_ID}`;
    const post = async (path: string, body: unknown) =>
      (await writer.control(`${tenant}${path}`, { method: 'POST', body })).status;
    expect(await post(`/groups/${group.id}/membership`, { add: [idOf('user', 2)], by })).toBe(204);
    expect((await look(writer)).lostCover.map((loss) => loss.userId)).toEqual([idOf('user', 2)]);
    expect(await post(`/groups/${group.id}/changes`, { set: { displayName: 'Friends' }, by })).toBe(204);
    expect(await post(`/policies/${policy.id}`, { set: { displayName: 'Renamed' }, by })).toBe(204);
    expect(await post(`/policies/${policy.id}`, { delete: true, by })).toBe(204);
    expect(await post(`/policies/${idOf('policy', 2)}`, { put: enforced(), by })).toBe(204);
    expect(await post(`/groups/${group.id}/changes`, { delete: true, by })).toBe(204);
    expect((await look(writer)).lostCover).toEqual([]);
    const lines = await writer.audits();
    expect(lines.map((line) => line.activityDisplayName)).toEqual([
      'Delete group',
      'Add conditional access policy',
      'Delete conditional access policy',
      'Update conditional access policy',
      'Update group',
      'Add member to group',
    ]);
    expect(lines.every((line) => JSON.stringify(line.initiatedBy).includes(by))).toBe(true);
  });
});

describe('what writes leave behind', () => {
  test('is all there after a start from the same folder', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    endings.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const first = await startWriter({}, { dataDir });
    const box = `/users/${idOf('user', 1)}`;
    const toRecipients = [{ emailAddress: { address: 'person.2@contoso-example.com' } }];
    const policyId = String((await first.send(`POST ${POLICIES}`, enforced())).at('id'));
    const draft = await first.send(
      `POST ${box}/messages`,
      { subject: 'Kept', toRecipients },
      { Prefer: 'IdType="ImmutableId"' },
    );
    const message = `${box}/messages/${String(draft.at('id'))}`;
    await first.send(`POST ${message}/send`);
    await first.control(`/tenants/${TENANT_ID}/teams/${idOf('group', 1)}`, {
      method: 'POST',
      body: { displayName: 'IT' },
    });
    await first.send(`POST /teams/${idOf('group', 1)}/channels`, { displayName: 'it-support' });
    await first.send(`PATCH ${POLICIES}/${policyId}`, { state: 'disabled' });
    const before = [await look(first), (await first.control(`/tenants/${TENANT_ID}/mail`)).at()];
    await first.end();
    const second = await start({}, { dataDir });
    expect((await second.send(`GET ${POLICIES}/${policyId}`)).at('state')).toBe('disabled');
    expect((await second.send(`GET ${message}`)).at('subject')).toBe('Kept');
    expect((await second.send(`GET /teams/${idOf('group', 1)}/channels`)).at('value/1/displayName')).toBe('it-support');
    expect([await look(second), (await second.control(`/tenants/${TENANT_ID}/mail`)).at()]).toEqual(before);
    expect((await second.audits()).map((line) => line.activityDisplayName)).toEqual([
      'Update conditional access policy',
      'Add conditional access policy',
    ]);
  });

  test('is nothing where the body is no JSON or the right is missing', async () => {
    const writer = await start({}, { roles: ['Policy.Read.All'] });
    const seq = writer.state.seq;
    for (const call of [`POST ${POLICIES}`, 'POST /groups', `POST /users/${idOf('user', 1)}/sendMail`]) {
      expect((await writer.send(call, { a: 1 })).status).toBe(403);
    }
    const allowed = await start();
    for (const body of ['', 'no json', '[]', 'null']) {
      const reply = await allowed.send('POST /groups', body, { 'content-type': 'application/json' });
      expect([reply.status, reply.at('error/code')]).toEqual([400, 'BadRequest']);
    }
    expect((await allowed.send('POST /groups', '{"a":1}', { 'content-type': 'text/plain' })).status).toBe(400);
    expect(writer.state.seq).toBe(seq);
  });
});
