import { afterEach, describe, expect, it } from 'vitest';
import { VendorRefusedError } from '../../src/lib/errors.ts';
import { listRegistrations } from '../../src/services/graph/registration.ts';
import { type GraphBench, startGraphBench } from '../support/graph-bench.ts';
import { readPeople } from '../support/read-people.ts';

let bench: GraphBench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const user = (number: number) => ({
  id: id(number),
  userPrincipalName: `person${number}@contoso.example`,
  displayName: `Person ${number}`,
  accountEnabled: true,
  manager: { '@odata.type': '#microsoft.graph.user', id: id(1), userPrincipalName: 'person1@contoso.example' },
});
const registration = (number: number) => ({
  id: id(number),
  isMfaRegistered: true,
  isMfaCapable: false,
  methodsRegistered: ['email'],
});
const policy = {
  id: id(9_001),
  displayName: 'Require MFA',
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] } },
};
const signIn = {
  id: id(9_002),
  createdDateTime: '2026-11-20T08:00:00Z',
  userId: id(2),
  clientAppUsed: 'IMAP4',
  status: { errorCode: 0 },
};

describe('readPeople', () => {
  it('reads a tenant of 999 people with four requests', async () => {
    const rows: Record<string, unknown[]> = {
      '/v1.0/users': Array.from({ length: 999 }, (_, index) => user(index + 1)),
      '/v1.0/reports/authenticationMethods/userRegistrationDetails': Array.from({ length: 999 }, (_, index) =>
        registration(index + 1),
      ),
      '/v1.0/identity/conditionalAccess/policies': [policy],
      '/v1.0/auditLogs/signIns': [signIn],
    };
    bench = await startGraphBench(({ path }) => ({ json: { value: rows[path] } }));
    const people = await readPeople(bench.graph, { signIns: { from: '2026-11-19T00:00:00Z' } });

    expect(
      bench
        .arrived()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(Object.keys(rows).sort());
    expect(people.users).toHaveLength(999);
    expect(people.users[1]?.manager?.id).toBe(id(1));
    expect(people.registrations).toMatchObject({ kind: 'rows' });
    expect(people.policies).toEqual([policy]);
    expect(people.legacySignIns).toEqual({ kind: 'rows', rows: [signIn] });
  });

  it('asks for the properties, the page size and the filter that keep it to one page each', async () => {
    bench = await startGraphBench(() => ({ json: { value: [] } }));
    await readPeople(bench.graph, { signIns: { from: '2026-11-19T00:00:00Z', to: '2026-11-20T00:00:00Z' } });
    const queryOf = (end: string) => bench?.arrived().find(({ path }) => path.endsWith(end))?.query;

    expect(queryOf('/users')?.get('$top')).toBe('999');
    expect(queryOf('/users')?.get('$expand')).toBe('manager($select=id)');
    expect(queryOf('/users')?.get('$select')).not.toContain('signInActivity');
    expect(queryOf('/userRegistrationDetails')?.get('$top')).toBe('1000');
    expect(queryOf('/userRegistrationDetails')?.get('$select')).toBe(
      'id,isMfaRegistered,isMfaCapable,methodsRegistered,lastUpdatedDateTime',
    );
    expect(queryOf('/signIns')?.get('$filter')).toMatch(
      /^createdDateTime ge 2026-11-19T00:00:00Z and createdDateTime le 2026-11-20T00:00:00Z and \(clientAppUsed eq '.*'\)$/,
    );
    expect(bench.arrived().every(({ headers }) => headers.prefer === 'include-unknown-enum-members')).toBe(true);
    expect(bench.tokenRequests()).toHaveLength(1);
  });

  it('says which licence is missing and still gives users and policies', async () => {
    const nonPremium = {
      error: { code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', message: 'no premium' },
    };
    bench = await startGraphBench(({ path }) =>
      path.includes('reports') || path.includes('signIns')
        ? { status: 403, json: nonPremium }
        : { json: { value: [] } },
    );
    const people = await readPeople(bench.graph, { signIns: { from: '2026-11-19T00:00:00Z' } });

    expect(people).toEqual({
      users: [],
      policies: [],
      registrations: { kind: 'notLicensed', needs: 'P1' },
      legacySignIns: { kind: 'notLicensed', needs: 'P1' },
    });
  });
});

describe('listRegistrations', () => {
  it('asks for smaller pages where a page of a thousand is refused', async () => {
    const refusal = { status: 400, json: { error: { code: 'BadRequest', message: 'Invalid page size specified' } } };
    bench = await startGraphBench(({ query }) =>
      query.get('$top') === '1000' ? refusal : { json: { value: [registration(1)] } },
    );

    expect(await listRegistrations(bench.graph)).toMatchObject({ kind: 'rows', rows: [{ id: id(1) }] });
    expect(bench.arrived().map(({ query }) => query.get('$top'))).toEqual(['1000', '999']);
  });

  it('does not ask again where the app is refused', async () => {
    bench = await startGraphBench(() => ({ status: 403, json: { error: { code: 'Authorization_RequestDenied' } } }));

    await expect(listRegistrations(bench.graph)).rejects.toThrow(VendorRefusedError);
    expect(bench.arrived()).toHaveLength(1);
  });
});
