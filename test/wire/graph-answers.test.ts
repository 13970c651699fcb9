import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_USER_PROPERTIES } from '../../src/sandbox/graph/user-properties.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { Tenant } from '../../src/sandbox/world/world.ts';
import { findDeviations, findMissing, hasContracts, readExample, readSchema } from '../support/graph-schema.ts';
import { type Reply, startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { READ_ROLES, READER } from '../support/sandbox-tenant.ts';

const WHERE = '../shared/contracts/graph';
const MINUTE_MS = 60_000;
const PREFER = { Prefer: 'include-unknown-enum-members' };
if (!hasContracts)
  process.stdout.write(`SKIPPED: ${WHERE} is absent, the sandbox's answers are not checked against it\n`);

let sandbox: TestSandbox;
let tenant: Tenant;
let token: string;

/** Every call of the sandbox with the metadata type of its rows, or of its whole body. */
const COLLECTIONS: [string, string][] = [
  ['/organization', 'organization'],
  ['/subscribedSkus', 'subscribedSku'],
  ['/users', 'user'],
  [
    `/users?$select=${[...DEFAULT_USER_PROPERTIES, 'accountEnabled', 'userType', 'department', 'assignedLicenses'].join(',')}`,
    'user',
  ],
  ['/users?$select=id,signInActivity,onPremisesSyncEnabled,proxyAddresses,createdDateTime&$top=500', 'user'],
  ['/users?$select=id&$expand=manager($select=id,mail)', 'user'],
  ['/users/delta?$select=displayName,manager', 'user'],
  ['/groups', 'group'],
  ['/groups/delta', 'group'],
  ['/servicePrincipals', 'servicePrincipal'],
  ['/directoryRoles', 'directoryRole'],
  ['/roleManagement/directory/roleAssignments', 'unifiedRoleAssignment'],
  ['/roleManagement/directory/roleEligibilityScheduleInstances', 'unifiedRoleEligibilityScheduleInstance'],
  ['/identity/conditionalAccess/policies', 'conditionalAccessPolicy'],
  ['/identity/conditionalAccess/deletedItems/policies', 'conditionalAccessPolicy'],
  ['/identity/conditionalAccess/namedLocations', 'namedLocation'],
  ['/policies/authenticationStrengthPolicies', 'authenticationStrengthPolicy'],
  ['/reports/authenticationMethods/userRegistrationDetails', 'userRegistrationDetails'],
  ['/auditLogs/signIns', 'signIn'],
  ['/auditLogs/directoryAudits', 'directoryAudit'],
];

const EXAMPLES: [string, string][] = [
  ['/organization', 'organization.response'],
  ['/subscribedSkus', 'subscribed-skus.response'],
  ['/users/delta', 'users-delta-initial.response'],
  ['/directoryRoles', 'directoryroles-list.response'],
  ['/identity/conditionalAccess/policies', 'ca-policy-list.response'],
  ['/identity/conditionalAccess/namedLocations', 'named-locations-list.response'],
  ['/policies/identitySecurityDefaultsEnforcementPolicy', 'security-defaults-get.response'],
  ['/reports/authenticationMethods/userRegistrationDetails', 'userregistrationdetails-list.response'],
];

/** Keys of examples that the answer need not have: other versions of the page, or no data in this world. */
const NOT_IN_V1 = /nextLink|deltaLink|directorySizeQuota|isMultipleDataLocationsForServicesEnabled/;

async function ask(path: string, version = 'v1.0'): Promise<Reply> {
  // Each call in a window of its own, so that no limit speaks here.
  sandbox.manual.advance(11_000);
  const reply = await sandbox.graph(`/${version}${path}`, { token, headers: PREFER });
  expect(reply.status, reply.text).toBe(200);
  return reply;
}

beforeAll(async () => {
  const { world } = generateWorld({ seed: 11, name: 'reference', size: 100, startsAt: '2026-03-02T07:30:00Z' });
  sandbox = await startTestSandbox(world);
  const [first] = world.tenants;
  if (first === undefined) throw new Error('the world has no tenant');
  tenant = first;
  const app = { ...READER, roles: READ_ROLES };
  sandbox.record({ type: 'app.put', tenantId: tenant.tenantId, app });
  const deleted = tenant.conditionalAccessPolicies.slice(0, 1);
  sandbox.record({ type: 'part.set', tenantId: tenant.tenantId, part: 'deletedPolicies', value: deleted });
  sandbox.manual.advance(11 * MINUTE_MS);
  token = await sandbox.token(app, tenant.tenantId);
});
afterAll(() => sandbox.end());

describe.skipIf(!hasContracts)(`answers of the simulated Graph against ${WHERE} (skipped when absent)`, () => {
  test.each(COLLECTIONS)('%s holds only declared properties and members of %s', async (path, type) => {
    const schema = readSchema();
    const rows = (await ask(path)).rows();
    expect(rows.length).toBeGreaterThan(0);
    const deviations = rows.flatMap((row) => findDeviations(schema, row, type));
    expect([...new Set(deviations)]).toEqual([]);
  });

  test('single objects hold only declared properties', async () => {
    const schema = readSchema();
    const userId = Object.keys(tenant.mailboxPurposes)[0] ?? '';
    const singles: [string, string][] = [
      [`/users/${userId}`, 'user'],
      [`/users/${userId}/mailboxSettings`, 'mailboxSettings'],
      ['/policies/identitySecurityDefaultsEnforcementPolicy', 'identitySecurityDefaultsEnforcementPolicy'],
      ['/policies/authenticationMethodsPolicy', 'authenticationMethodsPolicy'],
    ];
    for (const [path, type] of singles) expect(findDeviations(schema, (await ask(path)).at(), type)).toEqual([]);
    const methods = (await ask(`/users/${userId}/authentication/methods`)).rows();
    expect(methods.flatMap((method) => findDeviations(schema, method, 'authenticationMethod'))).toEqual([]);
  });

  test.each(EXAMPLES)('%s has every property of the example %s', async (path, name) => {
    const missing = findMissing(readExample(name), (await ask(path)).at());
    expect(missing.filter((line) => !NOT_IN_V1.test(line))).toEqual([]);
  });

  test('errors have the shape of the examples', async () => {
    const reply = await sandbox.graph('/v1.0/users/$count', { token });
    expect(findMissing(readExample('error-advanced-query-1'), reply.at())).toEqual([]);
    const search = await sandbox.graph('/v1.0/users?$search="displayName:a"', { token });
    expect(findMissing(readExample('error-advanced-query-2'), search.at())).toEqual([]);
  });

  test('the comparison itself finds what is wrong', () => {
    const schema = readSchema();
    expect(findDeviations(schema, { id: 'a', shoeSize: 3 }, 'user')).toEqual(['user.shoeSize: not declared']);
    expect(findDeviations(schema, { state: 'on' }, 'conditionalAccessPolicy')).toHaveLength(1);
    expect(findDeviations(schema, { isMfaCapable: null }, 'userRegistrationDetails')).toHaveLength(1);
    expect(findMissing({ value: [{ a: 1 }] }, { value: [{ b: 1 }] })).toEqual(['/value[]/a']);
  });
});
