/**
 * How simulated people and their employers change: each function is one thing that happens in the world. Tests call
 * them directly, the control interface over HTTP.
 */
import { randomUUID } from 'node:crypto';
import { applicationOf, newGrant, refreshTokenOf } from './bamboohr/connections.ts';
import { reportNames } from './graph/registration.ts';
import { beginLife } from './life/begin.ts';
import type { AuthenticationMethod, Employee, MailboxPurpose, PerUserMfaState, SandboxEvent } from './state/events.ts';
import type { CompanyOptions, TenantOptions } from './state/options.ts';
import type { SandboxState, TenantState } from './state/state.ts';
import type { WorkdayOptions } from './workday/options.ts';
import type { BambooCompany, GraphObject } from './world/world.ts';

/** The running sandbox as these functions need it: its state, its time, and the one way to change it. */
export type WorldHandle = { state: SandboxState; now(): number; record(event: SandboxEvent): void };

export type MethodKind =
  | 'microsoftAuthenticator'
  | 'phone'
  | 'fido2'
  | 'softwareOath'
  | 'windowsHelloForBusiness'
  | 'email';

const DEFAULT_REPORT_LAG_MS = 4 * 3_600_000;

/**
 * A person registers a method: `authentication/methods` shows it at once, the registration report only after
 * `reportLagMs` (a few hours unless told otherwise).
 */
export function enrolUser(
  world: WorldHandle,
  who: { tenantId: string; userId: string },
  given: { method: MethodKind; reportLagMs?: number; id?: string },
): void {
  const tenant = requireTenant(world.state, who.tenantId);
  const now = world.now();
  const before = tenant.tenant.authenticationMethods[who.userId] ?? [];
  const made = newMethod(given.method, new Date(now).toISOString());
  const methods = [...before, given.id === undefined ? made : { ...made, id: given.id }];
  setMethods(world, who, { methods, reportLagMs: given.reportLagMs ?? DEFAULT_REPORT_LAG_MS });
}

/** Replaces everything a person has registered; the report follows after `reportLagMs`, at once when it is 0. */
export function setMethods(
  world: WorldHandle,
  who: { tenantId: string; userId: string },
  given: { methods: AuthenticationMethod[]; reportLagMs: number },
): void {
  const tenant = requireTenant(world.state, who.tenantId);
  requireKnownUser(tenant, who.userId);
  const now = world.now();
  const pending = tenant.tenant.registrationReportLag[who.userId];
  const isPending = pending !== undefined && now < Date.parse(pending.knownFrom);
  const reportedBefore = isPending
    ? pending.reportedBefore
    : reportNames(tenant.tenant.authenticationMethods[who.userId] ?? []);
  const lag = { knownFrom: new Date(now + given.reportLagMs).toISOString(), reportedBefore };
  world.record({ type: 'methods.set', ...who, methods: given.methods, lag: given.reportLagMs === 0 ? null : lag });
}

/** All keys are of one make: the number names the model, not the key. */
const KEY_MODEL = '5a0d7e55-0000-4000-8000-0000000f1d02';

function newMethod(kind: MethodKind, at: string): AuthenticationMethod {
  const type = `#microsoft.graph.${kind}AuthenticationMethod`;
  const base = { '@odata.type': type, id: randomUUID(), createdDateTime: at };
  switch (kind) {
    case 'phone':
      return { ...base, phoneNumber: '+1 5555550100', phoneType: 'mobile', smsSignInState: 'notAllowedByPolicy' };
    case 'microsoftAuthenticator':
      return { ...base, displayName: 'Phone', deviceTag: 'SoftwareTokenActivated', phoneAppVersion: '6.2401.0000' };
    case 'fido2':
      return { ...base, displayName: 'Security key', aaGuid: KEY_MODEL, model: 'Key', attestationLevel: 'attested' };
    case 'windowsHelloForBusiness':
      return { ...base, displayName: 'Laptop', keyStrength: 'normal' };
    case 'softwareOath':
      return { ...base, secretKey: null };
    case 'email':
      return { ...base, emailAddress: 'person@example.org' };
  }
}

/** Changes properties of a user: renames, disables, moves to another department. */
export function patchUser(world: WorldHandle, who: { tenantId: string; userId: string }, set: GraphObject): void {
  requireKnownUser(requireTenant(world.state, who.tenantId), who.userId);
  world.record({ type: 'user.patch', ...who, set });
}

/** Adds a user, or replaces the one with the same id. */
export function putUser(world: WorldHandle, tenantId: string, user: GraphObject & { id: string }): void {
  requireTenant(world.state, tenantId);
  world.record({ type: 'user.put', tenantId, user });
}

/** Deletes a user: softly, so that it could be restored, unless `permanently`. */
export function deleteUser(world: WorldHandle, who: { tenantId: string; userId: string }, permanently = false): void {
  requireKnownUser(requireTenant(world.state, who.tenantId), who.userId);
  world.record({ type: 'user.delete', ...who, permanently });
}

/** Gives a user another manager, or none. */
export function changeManager(
  world: WorldHandle,
  who: { tenantId: string; userId: string },
  managerId: string | null,
): void {
  const tenant = requireTenant(world.state, who.tenantId);
  requireKnownUser(tenant, who.userId);
  if (managerId !== null) requireKnownUser(tenant, managerId);
  world.record({ type: 'manager.set', ...who, managerId });
}

/** Sets the state of per-user MFA. */
export function setPerUserMfa(
  world: WorldHandle,
  who: { tenantId: string; userId: string },
  state: PerUserMfaState,
): void {
  requireKnownUser(requireTenant(world.state, who.tenantId), who.userId);
  world.record({ type: 'perUserMfa.set', ...who, state });
}

/** Gives a user a mailbox of a kind, or takes it away. */
export function setMailbox(
  world: WorldHandle,
  who: { tenantId: string; userId: string },
  purpose: MailboxPurpose | null,
): void {
  requireKnownUser(requireTenant(world.state, who.tenantId), who.userId);
  world.record({ type: 'mailbox.set', ...who, purpose });
}

/** Adds and removes direct members of a group; the type of each follows from what it is. */
export function changeMembers(
  world: WorldHandle,
  which: { tenantId: string; groupId: string },
  change: { add?: string[]; remove?: string[] },
): void {
  const tenant = requireTenant(world.state, which.tenantId);
  if (!tenant.groupsById.has(which.groupId)) throw new Error(`there is no group ${which.groupId}`);
  const added = (change.add ?? []).map((id) => ({
    id,
    '@odata.type': tenant.groupsById.has(id) ? '#microsoft.graph.group' : '#microsoft.graph.user',
  }));
  world.record({ type: 'members.change', ...which, added, removed: change.remove ?? [] });
}

/** Writes sign-ins into the log, in beta form; they show up after the log's delay. */
export function addSignIns(
  world: WorldHandle,
  tenantId: string,
  signIns: (GraphObject & { id: string; createdDateTime: string; userId: string })[],
): void {
  requireTenant(world.state, tenantId);
  world.record({ type: 'signIns.add', tenantId, signIns });
}

/** Sets how a tenant behaves where the documents leave it open. */
export function setTenantOptions(world: WorldHandle, tenantId: string, options: Partial<TenantOptions>): void {
  const tenant = requireTenant(world.state, tenantId);
  const wasAlive = tenant.options.life !== null;
  world.record({ type: 'options.set', tenantId, options });
  if (!wasAlive && tenant.options.life !== null) {
    world.record({ type: 'life.began', tenantId, life: beginLife(world, tenant) });
  }
}

/** Changes fields of a person in HR. A supervisor is named by id; the other three fields about him follow. */
export function patchEmployee(
  world: WorldHandle,
  who: { domain: string; employeeId: string },
  set: Record<string, string | null>,
): void {
  const company = requireCompany(world.state, who.domain);
  const before = company.company.employees.find((employee) => employee.id === who.employeeId);
  if (before === undefined) throw new Error(`there is no employee ${who.employeeId} at ${who.domain}`);
  const supervisor = company.company.employees.find((employee) => employee.id === set.supervisorEId);
  const about: Record<string, string | null> =
    supervisor === undefined
      ? {}
      : {
          supervisor: `${supervisor.lastName ?? ''}, ${supervisor.firstName ?? ''}`,
          supervisorId: supervisor.employeeNumber ?? null,
          supervisorEmail: supervisor.workEmail ?? null,
        };
  const employee: Employee = { ...before, ...set, ...about, id: before.id };
  world.record({ type: 'employee.put', domain: who.domain, employee, action: 'Updated' });
}

/** Takes somebody on in HR. */
export function hireEmployee(world: WorldHandle, domain: string, employee: Employee): void {
  requireCompany(world.state, domain);
  world.record({ type: 'employee.put', domain, employee, action: 'Inserted' });
}

/** Removes a person from HR altogether; somebody who leaves becomes inactive instead. */
export function removeEmployee(world: WorldHandle, domain: string, employeeId: string): void {
  requireCompany(world.state, domain);
  world.record({ type: 'employee.delete', domain, employeeId });
}

/** Replaces who is out and when. */
export function setAbsences(world: WorldHandle, domain: string, absences: BambooCompany['absences']): void {
  requireCompany(world.state, domain);
  world.record({ type: 'absences.set', domain, absences });
}

/** Sets how a company's account behaves: limits, hidden fields, an unshared directory. */
export function setCompanyOptions(world: WorldHandle, domain: string, options: Partial<CompanyOptions>): void {
  requireCompany(world.state, domain);
  world.record({ type: 'company.options.set', domain, options });
}

/** Somebody at the company consents to its application, without the page: what the application needs to go on. */
export function connectApplication(
  world: WorldHandle,
  domain: string,
  scopes: readonly string[],
): { clientId: string; clientSecret: string; refreshToken: string } {
  const company = requireCompany(world.state, domain);
  const grant = newGrant(scopes);
  world.record({ type: 'oauth.grant.set', domain, grant });
  return { ...applicationOf(company), refreshToken: refreshTokenOf(company, grant) };
}

/** The company takes every consent back: neither refresh nor access tokens are good any more. */
export function revokeConnections(world: WorldHandle, domain: string): void {
  const company = requireCompany(world.state, domain);
  for (const grant of company.grants.values())
    world.record({ type: 'oauth.grant.set', domain, grant: { ...grant, revoked: true } });
}

/** Sets how a company's Workday tenant behaves: the form of its report, who may run it. */
export function setWorkdayOptions(world: WorldHandle, domain: string, options: Partial<WorkdayOptions>): void {
  requireCompany(world.state, domain);
  world.record({ type: 'workday.options.set', domain, options });
}

function requireTenant(state: SandboxState, tenantId: string): TenantState {
  const tenant = state.tenants.get(tenantId);
  if (tenant === undefined) throw new Error(`there is no tenant ${tenantId}`);
  return tenant;
}

function requireKnownUser(tenant: TenantState, userId: string): void {
  if (!tenant.usersById.has(userId)) throw new Error(`there is no user ${userId} in tenant ${tenant.tenant.tenantId}`);
}

function requireCompany(state: SandboxState, domain: string) {
  const company = state.companies.get(domain);
  if (company === undefined) throw new Error(`there is no company ${domain}`);
  return company;
}
