/** Whom a visitor can be: people of the world picked by what the facts say about them, never by an id. */
import { createHash } from 'node:crypto';
import type { BambooCompany, GraphObject, Tenant, World } from '../world/world.ts';
import { homeTenantOf } from './provider.ts';

export type PersonaRole = 'engineer' | 'approver' | 'helpdesk' | 'manager' | 'user';

/** A made-up person with everything that a sign-in as them takes. */
export type Persona = {
  tenantId: string;
  objectId: string;
  displayName: string;
  userPrincipalName: string;
  password: string;
};

export type Personas = Record<PersonaRole, Persona>;

type User = Tenant['users'][number];

/** A person who works for the customer today: the account, and the accounts of those who report to them by HR. */
type Worker = { user: User; department: string; supervisor: Worker | null; reports: Worker[] };

const IT = /^(it|information technology|ict)$/i;

/** The password of a made-up person: no secret, since the sign-in page shows it. */
export function passwordOf(userId: string): string {
  return `Try-${createHash('sha256').update(`password ${userId}`).digest('hex').slice(0, 10)}`;
}

/** A person of a tenant with the password. */
export function personaOf(tenant: Pick<Tenant, 'tenantId'>, user: User): Persona {
  return {
    tenantId: tenant.tenantId,
    objectId: user.id,
    displayName: textOf(user, 'displayName'),
    userPrincipalName: textOf(user, 'userPrincipalName'),
    password: passwordOf(user.id),
  };
}

/**
 * The personas of a customer: approver = the head of IT, helpdesk = somebody else of IT who leads nobody, manager =
 * the head of the other department with the most direct reports, user = one of the manager's people, rather one
 * without a second factor. Null when fewer than four people work there.
 */
export function personasOf(world: World, tenant: Tenant, company: BambooCompany): Personas | null {
  const workers = workersOf(tenant, company, world.startsAt.slice(0, 10));
  if (workers.length < 4) return null;
  const weights = new Map(workers.map((one) => [one, weight(one)]));
  const byWeight = [...workers].sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0));
  const approver = take(byWeight.filter(isIt), byWeight, []);
  const manager = take(byHead(workers.filter((one) => !isIt(one))), byWeight, [approver]);
  const leads = (one: Worker) => one.reports.length > 0;
  const helpdesk = take(
    workers.filter((one) => isIt(one) && !leads(one)),
    workers,
    [approver, manager],
  );
  const own = manager.reports.filter((one) => !leads(one));
  const bare = own.filter((one) => !hasSecondFactor(tenant, one.user.id));
  const user = take([...bare, ...own], workers, [approver, manager, helpdesk]);
  const engineer = engineerOf(world);
  const show = (one: Worker) => personaOf(tenant, one.user);
  return {
    engineer,
    approver: show(approver),
    helpdesk: show(helpdesk),
    manager: show(manager),
    user: show(user),
  };
}

/** The provider's engineer, the same for all customers. */
export function engineerOf(world: World): Persona {
  const home = homeTenantOf(world);
  const [first] = home.users;
  if (first === undefined) throw new RangeError('the provider has people');
  return personaOf(home, first);
}

/** The first of the wanted that is not taken yet, else of anybody. */
function take(wanted: readonly Worker[], anybody: readonly Worker[], taken: readonly Worker[]): Worker {
  const found = [...wanted, ...anybody].find((one) => !taken.includes(one));
  if (found === undefined) throw new RangeError('there are as many people as personas');
  return found;
}

function isIt(one: Worker): boolean {
  return IT.test(one.department);
}

/** Everybody below somebody, and how far up they stand: the head of a department outweighs its team leads. */
function weight(one: Worker, seen: ReadonlySet<Worker> = new Set()): number {
  if (seen.has(one)) return 0;
  const below = new Set([...seen, one]);
  return one.reports.reduce((sum, report) => sum + 1 + weight(report, below), 0);
}

/** Heads first: those whose own head is of another department or nobody, by the number of their own people. */
function byHead(workers: readonly Worker[]): Worker[] {
  const isHead = (one: Worker) => one.supervisor === null || one.supervisor.department !== one.department;
  const own = (one: Worker) => one.reports.filter((report) => report.department === one.department).length;
  return [...workers].sort((a, b) => Number(isHead(b)) - Number(isHead(a)) || own(b) - own(a));
}

function hasSecondFactor(tenant: Tenant, userId: string): boolean {
  return (tenant.authenticationMethods[userId] ?? []).some((method) => !/#.*\.password/.test(method['@odata.type']));
}

/** Active and present people whose account can sign in, joined by employee number or by mail. */
function workersOf(tenant: Tenant, company: BambooCompany, today: string): Worker[] {
  const away = new Set(
    company.absences.filter(({ start, end }) => start <= today && end >= today).map(({ employeeId }) => employeeId),
  );
  const active = company.employees.filter((employee) => employee.status === 'Active');
  const numbered = new Map(active.map((employee) => [employee.employeeNumber ?? employee.id, employee]));
  const mailed = new Map(active.map((employee) => [employee.workEmail?.toLowerCase() ?? '', employee]));
  const workers = new Map<string, Worker>();
  for (const user of tenant.users) {
    if (!canWork(tenant, user)) continue;
    const employee = numbered.get(textOf(user, 'employeeId')) ?? mailed.get(textOf(user, 'mail').toLowerCase() || '-');
    if (employee === undefined || away.has(employee.id) || workers.has(employee.id)) continue;
    workers.set(employee.id, { user, department: employee.department ?? '', supervisor: null, reports: [] });
  }
  for (const { id, supervisorEId } of active) link(workers.get(id), workers.get(supervisorEId ?? ''));
  return [...workers.values()];
}

function link(worker: Worker | undefined, supervisor: Worker | undefined): void {
  if (worker === undefined || supervisor === undefined || supervisor === worker) return;
  worker.supervisor = supervisor;
  supervisor.reports.push(worker);
}

function canWork(tenant: Tenant, user: User): boolean {
  const isOpen = user.accountEnabled === true && user.userType !== 'Guest';
  return isOpen && tenant.mailboxPurposes[user.id] === 'user' && textOf(user, 'displayName') !== '';
}

/** The team in which a customer's rollout channel will stand: the first of its groups that has a team. */
export function teamOf(tenant: Pick<Tenant, 'groups'>): Tenant['groups'][number] | undefined {
  return tenant.groups.find(({ group }) => {
    const options: unknown = group.resourceProvisioningOptions;
    return Array.isArray(options) && options.includes('Team');
  });
}

function textOf(object: GraphObject, property: string): string {
  const value = object[property];
  return typeof value === 'string' ? value : '';
}
