import { afterEach, describe, expect, test } from 'vitest';
import { buildSentPolicy, setOptions, startWriter, WRITE_ROLES, type Writer } from '../support/graph-writer.ts';
import { buildSku, idOf, TENANT_ID } from '../support/sandbox-tenant.ts';

const POLICIES = '/identity/conditionalAccess/policies';
const DELETED = '/identity/conditionalAccess/deletedItems/policies';
const LOCATIONS = '/identity/conditionalAccess/namedLocations';
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function start(...given: Parameters<typeof startWriter>): Promise<Writer> {
  const writer = await startWriter(...given);
  endings.push(() => writer.end());
  return writer;
}

function conditions(users: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { conditions: { users, applications: { includeApplications: ['All'] }, ...more } };
}

describe('Conditional Access policies', () => {
  test('oddity 91: a created policy comes back filled in and was never modified', async () => {
    const writer = await start();
    const made = await writer.send(`POST ${POLICIES}`, buildSentPolicy());
    expect(made.status).toBe(201);
    expect(made.at()).toMatchObject({
      modifiedDateTime: null,
      deletedDateTime: null,
      sessionControls: null,
      conditions: { clientAppTypes: ['all'], locations: null, users: { includeGroups: [], excludeRoles: [] } },
      grantControls: { termsOfUse: [], authenticationStrength: null },
    });
    expect((await writer.send(`GET ${POLICIES}/${String(made.at('id'))}`)).at('conditions')).toEqual(
      made.at('conditions'),
    );
  });

  test('oddity 92: creating and changing need three permissions together', async () => {
    const three = ['Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess', 'Application.Read.All'];
    for (const missing of three) {
      const writer = await start({}, { roles: WRITE_ROLES.filter((role) => role !== missing) });
      expect((await writer.send(`POST ${POLICIES}`, buildSentPolicy())).status).toBe(403);
      expect(writer.state.tenants.get(TENANT_ID)?.tenant.conditionalAccessPolicies).toEqual([]);
    }
  });

  test('oddity 93: refusals are BadRequest with a numbered text, in message or in innerError', async () => {
    const writer = await start();
    const refusals: [Record<string, unknown>, RegExp][] = [
      [conditions({ includeUsers: ['All'] }, { clientAppTypes: [] }), /^1064: /],
      [conditions({ includeUsers: [idOf('user', 99)] }), /^1054: /],
      [conditions({ includeUsers: ['All'], excludeGroups: [idOf('group', 99)] }), /^1054: /],
      [conditions({ includeUsers: ['All'] }, { locations: { includeLocations: [idOf('audit', 1)] } }), /^1040: /],
      [{ grantControls: { operator: 'OR', builtInControls: ['passwordChange'] } }, /^1032: /],
      [conditions({ includeUsers: 'All' }), /^1007: /],
      [{ shoeSize: 3 }, /^1007: /],
    ];
    for (const [change, text] of refusals) {
      const reply = await writer.send(`POST ${POLICIES}`, buildSentPolicy(change));
      expect([reply.status, reply.at('error/code')]).toEqual([400, 'BadRequest']);
      expect(reply.at('error/message')).toMatch(text);
    }
    await setOptions(writer, { policyErrorInside: true });
    const inside = await writer.send(`POST ${POLICIES}`, buildSentPolicy(refusals[0]?.[0]));
    expect(inside.at('error/innerError/message')).toMatch(/^1064: /);
    expect(inside.at('error/message')).toMatch(/malformed/);
  });

  test('oddity 94: without users, targets or controls there is no policy', async () => {
    const writer = await start();
    const bad = [
      conditions({ excludeUsers: [idOf('user', 1)] }),
      { conditions: { users: { includeUsers: ['All'] } } },
      { grantControls: { operator: 'OR', builtInControls: [] } },
      { grantControls: null },
      { grantControls: { operator: 'OR', builtInControls: ['block', 'mfa'] } },
      { grantControls: { operator: 'OR', builtInControls: ['mfa'], authenticationStrength: { id: 'x' } } },
      { displayName: '' },
    ];
    for (const change of bad) expect((await writer.send(`POST ${POLICIES}`, buildSentPolicy(change))).status).toBe(400);
    const { displayName: _name, ...nameless } = buildSentPolicy();
    expect((await writer.send(`POST ${POLICIES}`, nameless)).status).toBe(400);
  });

  test('oddity 95: a policy on service principals can only block and needs a licence of its own', async () => {
    const clientApplications = { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] };
    const policy = {
      conditions: { applications: { includeApplications: ['All'] }, clientApplications },
      grantControls: { operator: 'OR', builtInControls: ['block'] },
    };
    const P1 = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';
    const bare = await start();
    expect((await bare.send(`POST ${POLICIES}`, buildSentPolicy(policy))).status).toBe(400);
    const licensed = await start({ subscribedSkus: [buildSku(P1, '84c289f0-efcb-486f-8581-07f44fc9efad')] });
    expect((await licensed.send(`POST ${POLICIES}`, buildSentPolicy(policy))).status).toBe(201);
    const mfa = { ...policy, grantControls: { operator: 'OR', builtInControls: ['mfa'] } };
    expect((await licensed.send(`POST ${POLICIES}`, buildSentPolicy(mfa))).status).toBe(400);
  });

  test('oddity 96: PATCH is 204 without a body; what is not sent stays and a sent list replaces the old one', async () => {
    const writer = await start();
    const id = String((await writer.send(`POST ${POLICIES}`, buildSentPolicy())).at('id'));
    const excluded = { conditions: { users: { excludeUsers: [idOf('user', 2)] } } };
    const patched = await writer.send(`PATCH ${POLICIES}/${id}`, excluded);
    expect([patched.status, patched.text]).toEqual([204, '']);
    const now = await writer.send(`GET ${POLICIES}/${id}`);
    expect(now.at('conditions/users')).toMatchObject({ includeUsers: ['All'], excludeUsers: [idOf('user', 2)] });
    expect(now.at('grantControls/builtInControls')).toEqual(['mfa']);
    expect(typeof now.at('modifiedDateTime')).toBe('string');
    await setOptions(writer, { policyPatch: 'replace' });
    expect((await writer.send(`PATCH ${POLICIES}/${id}`, excluded)).status).toBe(400);
    const whole = { conditions: now.at('conditions'), state: 'enabled' };
    expect((await writer.send(`PATCH ${POLICIES}/${id}`, whole)).status).toBe(204);
    await setOptions(writer, { policyNullsRefused: true });
    expect((await writer.send(`PATCH ${POLICIES}/${id}`, whole)).at('error/message')).toMatch(/^1007: /);
  });

  test('oddity 97: a deleted policy can be restored for 30 days, or removed for good', async () => {
    const writer = await start();
    const ids = [];
    for (const displayName of ['a', 'b', 'c']) {
      ids.push(String((await writer.send(`POST ${POLICIES}`, buildSentPolicy({ displayName }))).at('id')));
    }
    for (const id of ids) expect((await writer.send(`DELETE ${POLICIES}/${id}`)).status).toBe(204);
    expect((await writer.send(`GET ${POLICIES}/${ids[0] ?? ''}`)).status).toBe(404);
    expect((await writer.send(`GET ${DELETED}`)).rows()).toHaveLength(3);
    const restored = await writer.send(`POST ${DELETED}/${ids[0] ?? ''}/restore`);
    expect([restored.status, restored.at('id'), restored.at('deletedDateTime')]).toEqual([200, ids[0], null]);
    expect((await writer.send(`DELETE ${DELETED}/${ids[1] ?? ''}`)).status).toBe(204);
    expect((await writer.send(`POST ${DELETED}/${ids[1] ?? ''}/restore`)).status).toBe(404);
    writer.manual.advance(31 * 86_400_000);
    const token = await writer.token();
    const late = await writer.graph(`/v1.0${DELETED}/${ids[2] ?? ''}/restore`, { method: 'POST', token });
    expect(late.status).toBe(404);
  });

  test('oddity 98: of a policy that Microsoft manages only state and excluded identities change', async () => {
    const managed = {
      ...buildSentPolicy({ displayName: 'Microsoft-managed: Block legacy authentication' }),
      id: idOf('policy', 1),
    };
    const writer = await start({ conditionalAccessPolicies: [managed] });
    const path = `${POLICIES}/${managed.id}`;
    expect((await writer.send(`DELETE ${path}`)).status).toBe(403);
    for (const change of [
      { displayName: 'Mine' },
      { grantControls: { operator: 'OR', builtInControls: ['block'] } },
      { conditions: { users: { includeUsers: ['None'] } } },
    ]) {
      expect((await writer.send(`PATCH ${path}`, change)).status).toBe(403);
    }
    const allowed = { state: 'disabled', conditions: { users: { excludeUsers: [idOf('user', 2), idOf('user', 3)] } } };
    expect((await writer.send(`PATCH ${path}`, allowed)).status).toBe(204);
    const now = await writer.send(`GET ${path}`);
    expect([now.at('state'), now.at('conditions/users/excludeUsers/1')]).toEqual(['disabled', idOf('user', 3)]);
  });

  test('oddity 99: while Security Defaults is on, enabling is 400 and report-only is taken', async () => {
    const writer = await start({ securityDefaults: { isEnabled: true } });
    const refused = await writer.send(`POST ${POLICIES}`, buildSentPolicy({ state: 'enabled' }));
    expect([refused.status, refused.at('error/code')]).toEqual([400, 'BadRequest']);
    expect(refused.at('error/message')).toBe(
      'Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.',
    );
    const id = String((await writer.send(`POST ${POLICIES}`, buildSentPolicy())).at('id'));
    expect((await writer.send(`PATCH ${POLICIES}/${id}`, { state: 'enabled' })).status).toBe(400);
    expect((await writer.send(`PATCH ${POLICIES}/${id}`, { state: 'disabled' })).status).toBe(204);
  });

  test('oddity 100: a tenant holds at most 195 policies', async () => {
    const policies = Array.from({ length: 194 }, (_, n) => ({ ...buildSentPolicy(), id: idOf('policy', n) }));
    const writer = await start({ conditionalAccessPolicies: policies });
    expect((await writer.send(`POST ${POLICIES}`, buildSentPolicy())).status).toBe(201);
    expect((await writer.send(`POST ${POLICIES}`, buildSentPolicy())).status).toBe(400);
  });

  test('oddity 101: a group or location created a moment ago can still be unknown to policies', async () => {
    const writer = await start();
    await setOptions(writer, { referenceVisibleAfterMs: 30_000 });
    const group = { displayName: 'P', mailEnabled: false, mailNickname: 'p', securityEnabled: true };
    const groupId = String((await writer.send('POST /groups', group)).at('id'));
    const byGroup = buildSentPolicy(conditions({ includeGroups: [groupId] }));
    expect((await writer.send(`POST ${POLICIES}`, byGroup)).at('error/message')).toMatch(/^1054: /);
    const place = {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      displayName: 'Office',
      isTrusted: true,
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '198.51.100.0/24' }],
    };
    const locationId = String((await writer.send(`POST ${LOCATIONS}`, place)).at('id'));
    const locations = { includeLocations: ['All'], excludeLocations: [locationId] };
    const byPlace = buildSentPolicy(conditions({ includeUsers: ['All'] }, { locations }));
    expect((await writer.send(`POST ${POLICIES}`, byPlace)).at('error/message')).toMatch(/^1040: /);
    writer.manual.advance(30_000);
    expect((await writer.send(`POST ${POLICIES}`, byGroup)).status).toBe(201);
    expect((await writer.send(`POST ${POLICIES}`, byPlace)).status).toBe(201);
  });

  test('oddity 102: the audit log holds the whole policy before and after as JSON in a string', async () => {
    const writer = await start();
    const id = String((await writer.send(`POST ${POLICIES}`, buildSentPolicy())).at('id'));
    await writer.send(`PATCH ${POLICIES}/${id}`, { state: 'disabled' });
    await setOptions(writer, { auditJsonLayers: 2 });
    await writer.send(`DELETE ${POLICIES}/${id}`);
    const lines = await writer.audits();
    expect(lines.map((line) => line.activityDisplayName)).toEqual([
      'Delete conditional access policy',
      'Update conditional access policy',
      'Add conditional access policy',
    ]);
    const values = lines.map((line) => JSON.parse(JSON.stringify(line.targetResources)) as Target[]);
    const [deleted, updated] = values.map((targets) => targets[0]?.modifiedProperties[0]);
    expect(JSON.parse(updated?.oldValue ?? '')).toMatchObject({ id, state: 'enabledForReportingButNotEnforced' });
    expect(JSON.parse(updated?.newValue ?? '')).toMatchObject({ id, state: 'disabled' });
    expect(JSON.parse(JSON.parse(deleted?.oldValue ?? '') as string)).toMatchObject({ id, state: 'disabled' });
    expect(lines[0]).toMatchObject({ loggedByService: 'Conditional Access', initiatedBy: { user: null } });
  });

  test('oddity 103: a named location in use cannot be deleted and its type cannot change', async () => {
    const writer = await start();
    const place = {
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      displayName: 'Home',
      countriesAndRegions: ['NL'],
      includeUnknownCountriesAndRegions: false,
    };
    const id = String((await writer.send(`POST ${LOCATIONS}`, place)).at('id'));
    expect((await writer.send(`POST ${LOCATIONS}`, { ...place, countriesAndRegions: [] })).status).toBe(400);
    const locations = { includeLocations: [id] };
    const policy = await writer.send(
      `POST ${POLICIES}`,
      buildSentPolicy(conditions({ includeUsers: ['All'] }, { locations })),
    );
    const change = { '@odata.type': place['@odata.type'], countriesAndRegions: ['NL', 'BE'] };
    expect((await writer.send(`PATCH ${LOCATIONS}/${id}`, change)).status).toBe(204);
    expect((await writer.send(`GET ${LOCATIONS}/${id}`)).at('countriesAndRegions')).toEqual(['NL', 'BE']);
    const other = { '@odata.type': '#microsoft.graph.ipNamedLocation' };
    expect((await writer.send(`PATCH ${LOCATIONS}/${id}`, other)).status).toBe(400);
    expect((await writer.send(`DELETE ${LOCATIONS}/${id}`)).status).toBe(400);
    await writer.send(`DELETE ${POLICIES}/${String(policy.at('id'))}`);
    expect((await writer.send(`DELETE ${LOCATIONS}/${id}`)).status).toBe(204);
  });
});

type Target = { modifiedProperties: { oldValue: string | null; newValue: string | null }[] };

describe('Security Defaults', () => {
  const DEFAULTS = '/policies/identitySecurityDefaultsEnforcementPolicy';

  test('oddity 104: switching is 204; enabled policies keep it from going on, or do not', async () => {
    const writer = await start();
    const id = String((await writer.send(`POST ${POLICIES}`, buildSentPolicy())).at('id'));
    expect((await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: true })).status).toBe(204);
    expect((await writer.send(`GET ${DEFAULTS}`)).at('isEnabled')).toBe(true);
    expect((await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: false })).text).toBe('');
    await setOptions(writer, { securityDefaultsBlockedBy: 'enabledOrReportOnly' });
    expect((await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: true })).status).toBe(400);
    await writer.send(`PATCH ${POLICIES}/${id}`, { state: 'enabled' });
    await setOptions(writer, { securityDefaultsBlockedBy: 'enabledPolicies' });
    expect((await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: true })).status).toBe(400);
    await setOptions(writer, { securityDefaultsBlockedBy: 'nothing' });
    expect((await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: true })).status).toBe(204);
    expect((await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: 'yes' })).status).toBe(400);
    expect((await writer.audits())[0]).toMatchObject({ activityDisplayName: 'Update security defaults' });
  });

  test('oddity 105: Microsoft-managed policies can appear in the moment in which it goes off', async () => {
    const writer = await start({ securityDefaults: { isEnabled: true } });
    await setOptions(writer, { managedPoliciesAppear: 'reportOnly' });
    await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: false });
    const listed = (await writer.send(`GET ${POLICIES}`)).rows();
    expect(listed.map((policy) => policy.state)).toEqual(Array(4).fill('enabledForReportingButNotEnforced'));
    expect(listed.every((policy) => String(policy.displayName).startsWith('Microsoft-managed'))).toBe(true);
    await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: true });
    await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: false });
    expect((await writer.send(`GET ${POLICIES}`)).rows()).toHaveLength(4);
  });

  test('oddity 205: by option a policy cannot be enabled for a while after they went off', async () => {
    const writer = await start({ securityDefaults: { isEnabled: true } });
    await setOptions(writer, { securityDefaultsOffAfterMs: 4_000 });
    const id = String((await writer.send(`POST ${POLICIES}`, buildSentPolicy())).at('id'));
    await writer.send(`PATCH ${DEFAULTS}`, { isEnabled: false });
    const refused = await writer.send(`PATCH ${POLICIES}/${id}`, { state: 'enabled' });
    expect([refused.status, refused.at('error/code')]).toEqual([400, 'BadRequest']);
    expect((await writer.send(`PATCH ${POLICIES}/${id}`, { state: 'enabled' })).status).toBe(204);
  });

  test('oddity 106: somebody else can switch it on, whatever policies there are, and the log names the person', async () => {
    const writer = await start();
    await writer.send(`POST ${POLICIES}`, buildSentPolicy({ state: 'enabled' }));
    const body = { isEnabled: true, by: idOf('user', 2) };
    expect((await writer.control(`/tenants/${TENANT_ID}/securityDefaults`, { method: 'POST', body })).status).toBe(204);
    expect((await writer.send(`GET ${DEFAULTS}`)).at('isEnabled')).toBe(true);
    expect((await writer.audits())[0]).toMatchObject({
      activityDisplayName: 'Update security defaults',
      initiatedBy: { app: null, user: { id: idOf('user', 2) } },
    });
  });
});
