/** A generated world in the form of a snapshot, without the wire: for sizes at which the wire would take too long. */
import { type Snapshot, snapshotSchema } from '../../src/rollout/snapshots/snapshot-file.ts';
import { reportNames } from '../../src/sandbox/graph/registration.ts';
import type { BambooCompany, CustomerTruth, Tenant, World } from '../../src/sandbox/world/world.ts';
import { rulesOf } from '../../src/services/hr/bamboohr/settings.ts';
import { employeesOf } from '../../src/services/hr/bamboohr/transform.ts';

/** Methods that are no lasting registration for MFA. */
const WEAK = new Set(['email', 'temporaryAccessPass']);

/** What a complete reading of this customer would store at the instant at which the world begins. */
export function worldSnapshot(world: World, truth: CustomerTruth): Snapshot {
  const tenant = found(world.tenants.find(({ tenantId }) => tenantId === truth.tenantId));
  const company = found(world.bambooCompanies.find(({ domain }) => domain === truth.companyDomain));
  const today = world.startsAt.slice(0, 10);
  return snapshotSchema.parse({
    version: 1,
    takenAt: world.startsAt,
    tenantId: tenant.tenantId,
    organization: { ...tenant.organization, id: tenant.tenantId },
    hr: { source: 'bamboohr', employees: employees(company, today) },
    users: tenant.users.map((user) => ({ ...user, manager: managerOf(tenant, user.id) })),
    registration: registrationOf(tenant, Date.parse(world.startsAt)),
    groups: tenant.groups.map(({ group, members }) => ({ ...group, members })),
    roleAssignments: [
      ...tenant.roleAssignments.map((row) => ({ ...row, eligible: false })),
      ...tenant.roleEligibilities.map((row) => ({ ...row, eligible: true })),
    ],
    servicePrincipals: tenant.servicePrincipals,
    policies: tenant.conditionalAccessPolicies,
    securityDefaults: tenant.securityDefaults,
    perUserMfa: tenant.users.map(({ id }) => ({ id, perUserMfaState: tenant.perUserMfa[id] ?? 'disabled' })),
    namedLocations: tenant.namedLocations,
    mailboxes: tenant.users.map(({ id }) => ({ id, userPurpose: tenant.mailboxPurposes[id] ?? null })),
    signIns: tenant.signIns,
    subscribedSkus: tenant.subscribedSkus,
    declared: truth.declared,
  });
}

function employees(company: BambooCompany, today: string) {
  const absences = company.absences.flatMap(({ type, employeeId, start, end }) =>
    type === 'timeOff' && employeeId !== undefined ? [{ employeeId, start, end }] : [],
  );
  const rules = rulesOf({
    baseUrl: 'https://bamboohr.example',
    company: company.domain,
    access: { kind: 'apiKey', apiKey: '' },
  });
  return employeesOf({ rows: company.employees, absences }, rules, today);
}

function managerOf(tenant: Tenant, userId: string): { id: string } | null {
  const id = tenant.managers[userId];
  return id === undefined ? null : { id };
}

/** The report leaves disabled accounts out and knows of a change only after its lag. */
function registrationOf(tenant: Tenant, nowMs: number): object[] {
  return tenant.users
    .filter((user) => user.accountEnabled !== false)
    .map(({ id }) => {
      const lag = tenant.registrationReportLag[id];
      const isLate = lag !== undefined && nowMs < Date.parse(lag.knownFrom);
      const names = isLate ? lag.reportedBefore : reportNames(tenant.authenticationMethods[id] ?? []);
      const strong = names.filter((name) => !WEAK.has(name));
      return {
        id,
        methodsRegistered: names,
        isMfaRegistered: strong.length > 0,
        isMfaCapable: strong.some((name) => tenant.allowedMethods.includes(name)),
      };
    });
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the truth names a tenant and a company of the world');
  return value;
}
