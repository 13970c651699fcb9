import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasContracts } from '../support/graph-schema.ts';
import { startWriter, type Writer } from '../support/graph-writer.ts';

const FILE = '../shared/contracts/graph/resource-filter-operators.json';
if (!hasContracts)
  process.stdout.write(`SKIPPED: ${FILE} is absent, the sandbox's filters are not checked against it\n`);

const tableSchema = z.object({ resources: z.record(z.string(), z.array(z.string())) });

/** Collections whose filters the sandbox has, with the resource of the published table. */
const COLLECTIONS: [string, string][] = [
  ['user', '/users'],
  ['group', '/groups'],
  ['unifiedRoleAssignment', '/roleManagement/directory/roleAssignments'],
  ['signIn', '/auditLogs/signIns'],
  ['directoryAudit', '/auditLogs/directoryAudits'],
  ['userRegistrationDetails', '/reports/authenticationMethods/userRegistrationDetails'],
];

/** In beta's table only, or not in what this sandbox keeps of a resource. */
const NOT_HERE = new Set([
  ...['appOwnerTenantId', 'authenticationRequirement', 'conditionalAccessAudiences', 'originalRequestId'],
  ...['resourceOwnerTenantId', 'servicePrincipalId', 'servicePrincipalName', 'tokenIssuerName', 'userAgent'],
  ...['isLicenseReconciliationNeeded', 'appScopeId'],
]);

const VALUES: Record<string, string> = {
  String: "'x'",
  Boolean: 'true',
  DateTimeOffset: '2026-01-01T00:00:00Z',
};

/** The clause that tries an operator; null for one that is judged by what it negates. */
function clauseOf(name: string, type: string, operator: string): string | null {
  const value = VALUES[type];
  if (value === undefined || operator === 'not') return null;
  if (operator === 'startsWith' || operator === 'startswith') return `startswith(${name},'x')`;
  if (operator === 'endsWith' || operator === 'endswith') return `endswith(${name},'x')`;
  return operator === 'in' ? `${name} in (${value})` : `${name} ${operator} ${value}`;
}

function clauses(resource: string): string[] {
  const rows = tableSchema.parse(JSON.parse(readFileSync(FILE, 'utf8'))).resources[resource] ?? [];
  return rows.flatMap((row) => {
    const [, name = '', type = '', operators = ''] = /^(\S+) (\S+) filter:([A-Za-z,]+)/.exec(row) ?? [];
    if (NOT_HERE.has(name)) return [];
    return operators.split(',').flatMap((operator) => clauseOf(name, type, operator) ?? []);
  });
}

let writer: Writer;
beforeAll(async () => {
  writer = await startWriter();
});
afterAll(() => writer.end());

describe.skipIf(!hasContracts)('filters of the simulated Graph', () => {
  test.each(COLLECTIONS)('of %s are those of the published table', async (resource, path) => {
    const refused: string[] = [];
    const asked = clauses(resource);
    for (const clause of asked) {
      const query = `$count=true&$filter=${encodeURIComponent(clause)}`;
      const reply = await writer.send(`GET ${path}?${query}`, undefined, { ConsistencyLevel: 'eventual' });
      if (reply.status !== 200) refused.push(`${clause}: ${reply.status}`);
    }
    expect(asked.length).toBeGreaterThan(2);
    expect(refused).toEqual([]);
  });
});
