import { AppError } from '../lib/errors.ts';
import type { Snapshot } from '../rollout/snapshots/snapshot-file.ts';
import { generateWorld } from '../sandbox/world/generate.ts';
import type { BambooCompany, CustomerTruth, GraphObject, Tenant, World } from '../sandbox/world/world.ts';

/* A simulated tenant with a customer's own people: what the snapshot file knows is taken over, what it cannot know is drawn. */

export type SnapshotWorld = { world: World; declared: CustomerTruth['declared'] };

const SIZE_OF_BASE = 100;
const NEEDED = ['hr', 'users', 'policies', 'groups', 'roleAssignments', 'securityDefaults'] as const;
const PASSWORD = '#microsoft.graph.passwordAuthenticationMethod';

/** Names in a registration report, with what `/authentication/methods` lists; the rest shows as one-time codes. */
const METHOD_TYPES: Readonly<Record<string, string>> = {
  microsoftAuthenticatorPush: 'microsoftAuthenticator',
  microsoftAuthenticatorPasswordless: 'microsoftAuthenticator',
  softwareOneTimePasscode: 'softwareOath',
  hardwareOneTimePasscode: 'softwareOath',
  mobilePhone: 'phone',
  alternateMobilePhone: 'phone',
  officePhone: 'phone',
  passKeyDeviceBound: 'fido2',
  passKeyDeviceBoundAuthenticator: 'fido2',
  fido2SecurityKey: 'fido2',
  windowsHelloForBusiness: 'windowsHelloForBusiness',
  email: 'email',
};

/**
 * The world of a snapshot: its accounts, departments, managers, methods, policies, groups, roles and sign-ins, in a
 * simulated tenant that begins at `startsAt`. Vendors' keys and what the file does not hold come from the seed. Refuses
 * with `rehearsal_snapshot_incomplete` a file without one of the parts that a rollout stands on.
 */
export function worldOfSnapshot(snapshot: Snapshot, given: { seed: number; startsAt: string }): SnapshotWorld {
  const missing = NEEDED.filter((part) => (snapshot[part] ?? null) === null);
  const methods = snapshot.registration ?? snapshot.authenticationMethods ?? null;
  if (missing.length > 0 || methods === null)
    throw incomplete([...missing, ...(methods === null ? ['registration'] : [])]);
  const { world } = generateWorld({ name: 'reference', size: SIZE_OF_BASE, ...given });
  const [tenant] = world.tenants;
  const [company] = world.bambooCompanies;
  if (tenant === undefined || company === undefined) throw new RangeError('a made-up world has a customer');
  const { breakGlass, serviceAccounts, exceptionGroupId = null, breakGlassGroupId = null } = snapshot.declared;
  return {
    world: {
      ...world,
      hr: 'bamboohr',
      tenants: [tenantOf(snapshot, tenant, given.startsAt)],
      bambooCompanies: [companyOf(snapshot, company)],
    },
    declared: { breakGlass, serviceAccounts, exceptionGroupId, breakGlassGroupId },
  };
}

function incomplete(parts: readonly string[]): AppError {
  const userMessage = `The snapshot cannot be rehearsed: it does not hold ${parts.join(', ')}. Take one with every part: mfa-rollout snapshot.`;
  return new AppError('rehearsal_snapshot_incomplete', userMessage, { userMessage });
}

type User = Tenant['users'][number];

function tenantOf(snapshot: Snapshot, base: Tenant, startsAt: string): Tenant {
  const users = (snapshot.users ?? []).map((user) => accountOf(user, base));
  const active = (snapshot.roleAssignments ?? []).filter(({ eligible }) => eligible !== true);
  const eligible = (snapshot.roleAssignments ?? []).filter((one) => one.eligible === true);
  const role = ({ roleDefinitionId, principalId }: (typeof active)[number], place: number) => {
    return { id: `rehearsed-${place}`, roleDefinitionId, principalId, directoryScopeId: '/' };
  };
  return {
    ...base,
    tenantId: snapshot.tenantId,
    initialDomain: initialDomainOf(users) ?? base.initialDomain,
    organization: { ...base.organization, ...snapshot.organization, id: snapshot.tenantId },
    subscribedSkus: (snapshot.subscribedSkus as GraphObject[] | null | undefined) ?? base.subscribedSkus,
    users,
    managers: Object.fromEntries(
      (snapshot.users ?? []).flatMap(({ id, manager }) => (manager == null ? [] : [[id, manager.id]])),
    ),
    authenticationMethods: methodsOf(snapshot),
    registrationReportLag: {},
    mailboxPurposes: purposesOf(snapshot, users),
    groups: (snapshot.groups ?? []).map(({ members, ...group }) => {
      const rows = (members ?? []).map(({ id }) => ({ id, '@odata.type': '#microsoft.graph.user' }));
      return { group, members: rows };
    }),
    roleAssignments: active.map(role),
    roleEligibilities: eligible.map(role),
    servicePrincipals: [...base.servicePrincipals, ...programsOf(snapshot, base)],
    conditionalAccessPolicies: snapshot.policies as Tenant['conditionalAccessPolicies'],
    deletedPolicies: [],
    namedLocations: (snapshot.namedLocations ?? []) as Tenant['namedLocations'],
    securityDefaults: { ...base.securityDefaults, ...snapshot.securityDefaults },
    perUserMfa: Object.fromEntries(
      (snapshot.perUserMfa ?? []).map((row) => [row.id, row.perUserMfaState]),
    ) as Tenant['perUserMfa'],
    signIns: movedSignIns(snapshot, startsAt),
    directoryAudits: [],
  };
}

/** Every property that a caller could select is there, so that what the file does not hold is null. */
function accountOf({ manager: _manager, ...user }: NonNullable<Snapshot['users']>[number], base: Tenant): User {
  const blank: GraphObject = Object.fromEntries(Object.keys(base.users[0] ?? {}).map((name) => [name, null]));
  return { ...blank, accountEnabled: true, userType: 'Member', proxyAddresses: [], ...user };
}

function initialDomainOf(users: readonly User[]): string | null {
  const names = users.map(({ userPrincipalName }) => (typeof userPrincipalName === 'string' ? userPrincipalName : ''));
  return names.find((name) => name.endsWith('.onmicrosoft.com'))?.split('@')[1] ?? null;
}

function methodsOf(snapshot: Snapshot): Tenant['authenticationMethods'] {
  const password = { id: 'password', '@odata.type': PASSWORD };
  const listed = (snapshot.authenticationMethods ?? []).map(({ id, methods }) => {
    return [id, methods.map((method, place) => ({ id: `${id}-${place}`, ...method }))] as const;
  });
  const reported = (snapshot.registration ?? []).map(({ id, methodsRegistered }) => {
    const made = (methodsRegistered ?? []).map((name, place) => {
      const kind = METHOD_TYPES[name] ?? 'softwareOath';
      return { id: `${id}-${place}`, '@odata.type': `#microsoft.graph.${typeName(kind)}` };
    });
    return [id, [password, ...made]] as const;
  });
  const all = [...reported, ...listed] as [string, Tenant['authenticationMethods'][string]][];
  return Object.fromEntries(all);
}

function typeName(kind: string): string {
  return kind === 'microsoftAuthenticator'
    ? 'microsoftAuthenticatorAuthenticationMethod'
    : `${kind}AuthenticationMethod`;
}

const PURPOSES = ['user', 'linked', 'shared', 'room', 'equipment', 'others'] as const;

function purposesOf({ mailboxes }: Snapshot, users: readonly User[]): Tenant['mailboxPurposes'] {
  const own = users
    .filter(({ mail }) => typeof mail === 'string' && mail !== '')
    .map(({ id }) => [id, 'user'] as const);
  const known = (mailboxes ?? []).flatMap(({ id, userPurpose }) => {
    const purpose = PURPOSES.find((one) => one === userPurpose);
    return purpose === undefined ? [] : [[id, purpose] as const];
  });
  return Object.fromEntries([...own, ...known]);
}

function programsOf({ servicePrincipals }: Snapshot, base: Tenant): Tenant['servicePrincipals'] {
  const ours = new Set(base.servicePrincipals.map(({ appId }) => appId));
  return ((servicePrincipals ?? []) as Tenant['servicePrincipals']).filter(({ appId }) => !ours.has(appId));
}

/** The log as it would stand at the start: as old at the start as it was when the snapshot was taken. */
function movedSignIns({ signIns, takenAt }: Snapshot, startsAt: string): Tenant['signIns'] {
  const shiftMs = Date.parse(startsAt) - Date.parse(takenAt);
  const rows = (signIns ?? []).map((row, place) => {
    const createdDateTime = new Date(Date.parse(row.createdDateTime) + shiftMs).toISOString();
    return { id: `rehearsed-${place}`, ...row, createdDateTime };
  });
  return (rows as Tenant['signIns']).sort((a, b) => (a.createdDateTime < b.createdDateTime ? 1 : -1));
}

const UNSET = '0000-00-00';
const LEAVE_DAYS = 30;

function companyOf({ hr, takenAt }: Snapshot, base: BambooCompany): BambooCompany {
  const [pattern] = base.employees;
  const employees = hr?.employees ?? [];
  const byId = new Map(employees.map((one) => [one.employeeId, one]));
  const blank = Object.fromEntries(Object.keys(pattern ?? {}).map((name) => [name, null]));
  return {
    ...base,
    employees: employees.map((one) => {
      const boss = one.managerEmployeeId === null ? undefined : byId.get(one.managerEmployeeId);
      return {
        ...blank,
        id: one.employeeId,
        employeeNumber: one.employeeId,
        firstName: one.firstName ?? one.displayName,
        lastName: one.lastName,
        displayName: one.displayName,
        fullName1: one.displayName,
        jobTitle: one.jobTitle,
        department: one.department,
        status: one.status === 'inactive' ? 'Inactive' : 'Active',
        employmentHistoryStatus: 'Full-Time',
        hireDate: one.hireDate ?? UNSET,
        originalHireDate: UNSET,
        terminationDate: one.terminationDate ?? UNSET,
        supervisor: boss?.displayName ?? null,
        supervisorId: boss?.employeeId ?? null,
        supervisorEId: boss?.employeeId ?? null,
        supervisorEmail: boss?.workEmail ?? null,
        workEmail: one.workEmail,
        bestEmail: one.workEmail,
        lastChanged: takenAt,
      };
    }),
    absences: employees
      .filter(({ status }) => status === 'onLeave')
      .map((one, place) => ({
        id: String(place),
        type: 'timeOff',
        employeeId: one.employeeId,
        name: one.displayName ?? one.employeeId,
        start: takenAt.slice(0, 10),
        end: one.returnDate ?? new Date(Date.parse(takenAt) + LEAVE_DAYS * 86_400_000).toISOString().slice(0, 10),
      })),
    lastChanged: {},
  };
}
