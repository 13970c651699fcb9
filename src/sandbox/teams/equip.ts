import type { KeptMaps } from '../state/kept.ts';
import type { Tenant, World } from '../world/world.ts';
import { type Personas, personasOf, teamOf } from './personas.ts';
import {
  catalogueEntryOf,
  homeTenantOf,
  madeTeamId,
  type Provider,
  providerOf,
  registrationOf,
  teamGroup,
} from './provider.ts';

/** A customer's place in Teams: the team of the rollout channel, and whom a visitor can be there. */
export type CustomerTeams = { tenantId: string; teamId: string | null; personas: Personas | null };

/** Everything about Teams that follows from how a world began. */
export type Cast = { provider: Provider; customers: CustomerTeams[] };

/** Reads the cast from a world as it began: later changes of people change nobody's part. */
export function castOf(world: World): Cast {
  return {
    provider: providerOf(world),
    customers: world.tenants.map((tenant, position) => {
      const company = world.bambooCompanies[position];
      const personas = company === undefined ? null : personasOf(world, tenant, company);
      // Worlds of the first version have no team: theirs is made here.
      const made = personas === null ? null : madeTeamId(tenant.tenantId);
      return { tenantId: tenant.tenantId, teamId: teamOf(tenant)?.group.id ?? made, personas };
    }),
  };
}

type Equipped = {
  tenant: Tenant;
  groupsById: Map<string, Tenant['groups'][number]>;
  kept: Pick<KeptMaps, 'teamsApps'>;
};

/**
 * Puts the provider into a fresh state, before anything of the journal is applied: its tenant, its app consented and
 * in the catalogue of every customer, and the personas as members of the customer's team. Worlds are stored without
 * all this, so that those of earlier versions have it too.
 */
export function equipWithTeams<T extends Equipped>(
  state: { world: World; tenants: Map<string, T> },
  build: (tenant: Tenant) => T,
): Cast {
  const cast = castOf(state.world);
  for (const customer of cast.customers) {
    const tenant = state.tenants.get(customer.tenantId);
    if (tenant !== undefined) equipCustomer(tenant, cast.provider, customer);
  }
  state.tenants.set(cast.provider.tenantId, build(homeTenantOf(state.world)));
  return cast;
}

function equipCustomer(state: Equipped, provider: Provider, customer: CustomerTeams): void {
  const { tenant } = state;
  const registration = registrationOf(provider);
  if (tenant.apps.every(({ clientId }) => clientId !== registration.clientId)) {
    tenant.apps = [...tenant.apps, registration];
  }
  const entry = catalogueEntryOf(provider, customer.tenantId);
  state.kept.teamsApps.set(entry.id, entry);
  if (customer.teamId === null || customer.personas === null) return;
  const team = state.groupsById.get(customer.teamId) ?? addTeam(state, customer.teamId);
  const { approver, helpdesk, manager, user } = customer.personas;
  const known = new Set(team.members.map(({ id }) => id));
  const missing = [approver, helpdesk, manager, user].filter(({ objectId }) => !known.has(objectId));
  team.members = [
    ...team.members,
    ...missing.map(({ objectId }) => ({ id: objectId, '@odata.type': '#microsoft.graph.user' })),
  ];
}

function addTeam(state: Equipped, id: string): Tenant['groups'][number] {
  const group = teamGroup({ id, displayName: 'IT', mail: `it-team@${state.tenant.initialDomain}` });
  const entry: Tenant['groups'][number] = { group, members: [] };
  state.tenant.groups = [...state.tenant.groups, entry];
  state.groupsById.set(id, entry);
  return entry;
}
