import { describe, expect, it } from 'vitest';
import { worldOfSnapshot } from '../../src/rehearsal/snapshot-world.ts';
import { parseSnapshot } from '../../src/rollout/snapshots/snapshot-file.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const idOf = (place: number) => `aaaaaaaa-0000-4000-8000-00000000000${place}`;
const DAY_MS = 86_400_000;
const given = { seed: 5, startsAt: '2027-01-08T08:00:00.000Z' };

const employee = (place: number, changed: object = {}) => ({
  employeeId: `E${place}`,
  displayName: `Person ${place}`,
  workEmail: `person${place}@contoso.example`,
  department: 'Sales',
  jobTitle: null,
  managerEmployeeId: null,
  status: 'active',
  ...changed,
});

const whole = {
  version: 1,
  takenAt: '2026-11-22T08:00:00.000Z',
  tenantId: TENANT,
  hr: {
    source: 'csv',
    employees: [employee(1), employee(2, { managerEmployeeId: 'E1', status: 'onLeave', returnDate: '2027-03-01' })],
  },
  users: [
    { id: idOf(1), displayName: 'Person 1', userPrincipalName: 'person1@contoso.onmicrosoft.com', mail: null },
    { id: idOf(2), displayName: 'Person 2', userPrincipalName: 'person2@contoso.example', manager: { id: idOf(1) } },
  ],
  registration: [
    { id: idOf(1), methodsRegistered: ['microsoftAuthenticatorPush', 'mobilePhone'] },
    { id: idOf(2), methodsRegistered: [] },
  ],
  groups: [{ id: idOf(8), displayName: 'Emergency', members: [{ id: idOf(1) }] }],
  roleAssignments: [
    { principalId: idOf(1), roleDefinitionId: idOf(9) },
    { principalId: idOf(2), roleDefinitionId: idOf(9), eligible: true },
  ],
  policies: [],
  securityDefaults: { isEnabled: true },
  signIns: [{ userId: idOf(2), createdDateTime: '2026-11-20T08:00:00Z', clientAppUsed: 'IMAP4' }],
  declared: { breakGlass: [idOf(1)], serviceAccounts: [], exceptionGroupId: idOf(8) },
};

const worldOf = (file: object) => worldOfSnapshot(parseSnapshot(JSON.stringify(file)), given);

describe('the world of a snapshot', () => {
  it('holds the accounts, managers, methods, roles and groups of the file, and no made-up person', () => {
    const { world, declared } = worldOf(whole);
    const [tenant, other] = world.tenants;
    expect(other).toBeUndefined();
    expect(tenant?.tenantId).toBe(TENANT);
    expect(tenant?.initialDomain).toBe('contoso.onmicrosoft.com');
    expect(tenant?.users.map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
    expect(tenant?.managers).toEqual({ [idOf(2)]: idOf(1) });
    const methods = (place: number) => tenant?.authenticationMethods[idOf(place)]?.map((one) => one['@odata.type']);
    expect(methods(1)).toEqual([
      '#microsoft.graph.passwordAuthenticationMethod',
      '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod',
      '#microsoft.graph.phoneAuthenticationMethod',
    ]);
    expect(methods(2)).toHaveLength(1);
    expect(tenant?.roleAssignments.map(({ principalId }) => principalId)).toEqual([idOf(1)]);
    expect(tenant?.roleEligibilities.map(({ principalId }) => principalId)).toEqual([idOf(2)]);
    expect(tenant?.groups.map(({ members }) => members.map(({ id }) => id))).toEqual([[idOf(1)]]);
    expect(tenant?.securityDefaults.isEnabled).toBe(true);
    expect(declared).toMatchObject({ breakGlass: [idOf(1)], exceptionGroupId: idOf(8) });
  });

  it('holds the people of HR with their bosses, and whoever is on leave as absent', () => {
    const [company] = worldOf(whole).world.bambooCompanies;
    expect(company?.employees.map(({ id, supervisorId }) => [id, supervisorId])).toEqual([
      ['E1', null],
      ['E2', 'E1'],
    ]);
    expect(company?.absences).toMatchObject([{ employeeId: 'E2', end: '2027-03-01' }]);
  });

  it('has the sign-ins as long before its start as they were before the file was taken', () => {
    const [signIn] = worldOf(whole).world.tenants[0]?.signIns ?? [];
    expect(Date.parse(given.startsAt) - Date.parse(signIn?.createdDateTime ?? '')).toBe(2 * DAY_MS);
  });

  it('is the same for the same seed', () => {
    expect(worldOf(whole)).toEqual(worldOf(whole));
  });

  it.each(['hr', 'users', 'policies', 'groups', 'roleAssignments', 'securityDefaults', 'registration'])(
    'is refused without %s, which it names',
    (part) => {
      expect(() => worldOf({ ...whole, [part]: null })).toThrow(
        expect.objectContaining({
          code: 'rehearsal_snapshot_incomplete',
          message: expect.stringContaining(part) as string,
        }),
      );
    },
  );
});
