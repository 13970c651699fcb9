import { AppError } from '../../lib/errors.ts';
import type { Connections } from '../../services/connections.ts';
import { findInstallation, findTeamsApp } from '../../services/graph/app-installation.ts';
import type { Graph } from '../../services/graph/client.ts';
import { listPolicies } from '../../services/graph/conditional-access.ts';
import { listGroups } from '../../services/graph/groups.ts';
import { listSkus } from '../../services/graph/licences.ts';
import { getOrganization } from '../../services/graph/organization.ts';
import { listRegistrations } from '../../services/graph/registration.ts';
import { listRoleAssignments } from '../../services/graph/roles.ts';
import { listUsers } from '../../services/graph/users.ts';
import type { ConnectWise } from '../../services/psa/connectwise/api.ts';
import { findBoard, findCompany } from '../../services/psa/connectwise/directory.ts';
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
    ...otherTries(connections, customer, signal),
  ];
  // All at once: each of them waits long for a vendor that does not answer.
  const tried = await Promise.all(tries.map(([what, attempt]) => tryOut(what, attempt)));
  return [opened.check, ...tried.map(({ check }) => check)];
}

/** A key that no mail has: looking for it tells whether the mailbox may be read, and changes nothing. */
const NO_MAIL = 'check';

function otherTries(
  { teams: teamsGraph, mail, psa }: Connections,
  { settings }: Customer,
  signal: AbortSignal,
): [string, () => Promise<unknown>][] {
  const tries: [string, () => Promise<unknown>][] = [];
  const at = settings.psa;
  if (mail !== null) tries.push([`${mail.way}: the mailbox to send from`, () => mail.findByKey(NO_MAIL, signal)]);
  if (psa !== null && at !== undefined) {
    tries.push([`${at.source}: the customer’s company`, () => companyThere(psa, at.customer, signal)]);
    const boards = [
      { name: at.serviceBoard, of: 'service' as const },
      { name: at.projectBoard, of: 'project' as const },
    ];
    for (const { name, of } of boards)
      if (name !== undefined)
        tries.push([`${at.source}: the ${of} board`, () => boardThere(psa, { name, of, signal })]);
  }
  const { teams } = settings;
  if (teams !== undefined) {
    const appId = teams.teamsAppId;
    tries.push(['Teams: the app catalogue (AppCatalog.Read.All)', () => appThere(teamsGraph, appId, signal)]);
    const holder = { in: 'team', id: teams.teamId } as const;
    tries.push([
      'Teams: the team, and the right to install the app there',
      () => findInstallation(teamsGraph, { holder, teamsAppId: appId ?? NO_APP }, { signal }),
    ]);
  }
  return tries;
}

/** Asked for where the customer file names no app: that it is not there is an answer as well. */
const NO_APP = '00000000-0000-0000-0000-000000000000';

async function appThere(graph: Graph, appId: string | undefined, signal: AbortSignal): Promise<void> {
  const app = await findTeamsApp(graph, appId ?? NO_APP, { signal });
  if (appId !== undefined && app === null)
    throw refused('teams_app_missing', 'No app of the customer file’s teams.teamsAppId is in the tenant’s catalogue.');
}

async function companyThere(psa: ConnectWise, identifier: string, signal: AbortSignal): Promise<void> {
  if ((await findCompany(psa, { identifier, signal })) === null)
    throw refused('company_missing', 'ConnectWise has no company of the customer file’s psa.customer.');
}

async function boardThere(psa: ConnectWise, ask: Parameters<typeof findBoard>[1]): Promise<void> {
  if ((await findBoard(psa, ask)) === null)
    throw refused('board_missing', `ConnectWise has no ${ask.of} board of the name in the customer file.`);
}

function refused(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}

async function sameTenant({ graph }: Connections, customer: Customer, signal: AbortSignal): Promise<void> {
  const organization = await getOrganization(graph, { signal });
  if (organization.id.toLowerCase() === customer.id) return;
  throw refused('tenant_wrong', 'The tenant that answers is another one than the customer file’s tenantId.');
}

async function tryOut<T>(what: string, attempt: () => Promise<T>): Promise<{ check: Check; value?: T }> {
  try {
    return { check: { what, ok: true }, value: await attempt() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { check: { what, ok: false, code: error.code, why: error.sentence } };
  }
}
