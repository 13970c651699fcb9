import { AppError } from '../../lib/errors.ts';
import type { Connections } from '../../services/connections.ts';
import { listPolicies } from '../../services/graph/conditional-access.ts';
import { listGroups } from '../../services/graph/groups.ts';
import { listSkus } from '../../services/graph/licences.ts';
import { getOrganization } from '../../services/graph/organization.ts';
import { listRegistrations } from '../../services/graph/registration.ts';
import { listRoleAssignments } from '../../services/graph/roles.ts';
import { listUsers } from '../../services/graph/users.ts';
import type { Customer, Customers } from './customers.ts';

/** One thing tried, and what to mend when it failed. */
export type Check = { what: string } & ({ ok: true } | { ok: false; code: string; why: string });

/**
 * Tries every endpoint, secret and permission that reading needs, all at once, and changes nothing. The first
 * of them proves that the tenant behind the settings is the one of the customer file.
 */
export async function checkCustomer(customers: Customers, customer: Customer, signal: AbortSignal): Promise<Check[]> {
  const opened = await tryOut('settings and secrets', () => customers.connections(customer));
  const connections = opened.value;
  if (connections === undefined) return [opened.check];
  const { graph, hr } = connections;
  const tries: [string, () => Promise<unknown>][] = [
    ['sign-in to the tenant, and that it is this tenant', () => sameTenant(connections, customer, signal)],
    ['licences (Organization.Read.All)', () => listSkus(graph, { signal })],
    ['accounts (User.Read.All)', () => listUsers(graph, { signal })],
    ['registration report (AuditLog.Read.All)', () => listRegistrations(graph, { signal })],
    ['policies (Policy.Read.All)', () => listPolicies(graph, { signal })],
    ['groups (GroupMember.Read.All)', () => listGroups(graph, { signal })],
    ['roles (RoleManagement.Read.Directory)', () => listRoleAssignments(graph, { signal })],
    [`${customer.settings.hr.source}: employees`, () => hr?.read(signal) ?? Promise.resolve()],
  ];
  // All at once: each of them waits long for a vendor that does not answer.
  const tried = await Promise.all(tries.map(([what, attempt]) => tryOut(what, attempt)));
  return [opened.check, ...tried.map(({ check }) => check)];
}

async function sameTenant({ graph }: Connections, customer: Customer, signal: AbortSignal): Promise<void> {
  const organization = await getOrganization(graph, { signal });
  if (organization.id.toLowerCase() === customer.id) return;
  const userMessage = 'The tenant that answers is another one than the customer file’s tenantId.';
  throw new AppError('tenant_wrong', userMessage, { userMessage });
}

async function tryOut<T>(what: string, attempt: () => Promise<T>): Promise<{ check: Check; value?: T }> {
  try {
    return { check: { what, ok: true }, value: await attempt() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { check: { what, ok: false, code: error.code, why: error.sentence } };
  }
}
