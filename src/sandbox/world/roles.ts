import type { Account } from './draft.ts';
import type { Random } from './random.ts';
import type { Tenant } from './world.ts';

/** Role template ids, the same in every tenant. */
export const ROLES = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  exchangeAdministrator: '29232cdf-9323-42fd-ade2-1d097af3e4de',
  helpdeskAdministrator: '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  directorySynchronization: 'd29b2b05-8046-44ba-8758-1e26182fcf32',
} as const;

/** Who holds what. */
export type RoleHolders = {
  breakGlass: readonly Account[];
  /** People of IT who administer with their ordinary account. */
  administrators: readonly Account[];
  secondAccounts: readonly Account[];
  directorySync: Account;
  eligible: Account;
  /** A group that holds the helpdesk's role. */
  roleGroupId: string;
  premium: boolean;
};

type Assignment = Tenant['roleAssignments'][number];

/** Active assignments, one of them to a group, and one eligible one where the plan allows it. */
export function createRoles(
  random: Random,
  holders: RoleHolders,
): Pick<Tenant, 'roleAssignments' | 'roleEligibilities'> {
  const assign = (roleDefinitionId: string, principalId: string): Assignment => ({
    id: `${random.hex(36)}-1`,
    roleDefinitionId,
    principalId,
    directoryScopeId: '/',
  });
  const global = [...holders.breakGlass, ...holders.administrators, ...holders.secondAccounts];
  const roleAssignments = [
    ...random.shuffle(global).map(({ id }) => assign(ROLES.globalAdministrator, id)),
    assign(ROLES.directorySynchronization, holders.directorySync.id),
    ...holders.administrators.slice(0, 1).map(({ id }) => assign(ROLES.exchangeAdministrator, id)),
    assign(ROLES.userAdministrator, holders.eligible.id),
  ];
  if (holders.premium) roleAssignments.push(assign(ROLES.helpdeskAdministrator, holders.roleGroupId));
  return {
    roleAssignments,
    roleEligibilities: holders.premium ? [assign(ROLES.globalAdministrator, holders.eligible.id)] : [],
  };
}
