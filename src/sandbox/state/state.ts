import type { BambooWebhook, OAuthGrant, WebhookParcel } from '../bamboohr/state.ts';
import { buildConnectWise, type ConnectWiseState } from '../connectwise/state.ts';
import { buildGmail, type GmailState } from '../gmail/state.ts';
import type { LifeState } from '../life/life-state.ts';
import { type Cast, equipWithTeams } from '../teams/equip.ts';
import { DEFAULT_WORKDAY_OPTIONS, type WorkdayOptions } from '../workday/options.ts';
import type { BambooCompany, GraphObject, Tenant, World } from '../world/world.ts';
import { createKept, type KeptMaps } from './kept.ts';
import { type CompanyOptions, DEFAULT_COMPANY_OPTIONS, DEFAULT_TENANT_OPTIONS, type TenantOptions } from './options.ts';

export type GraphUser = Tenant['users'][number];
type GraphGroup = Tenant['groups'][number];

/** One change that a delta query can tell: which object, which of its properties, at which place in the journal. */
export type Change = {
  seq: number;
  kind: 'user' | 'group';
  id: string;
  properties: string[];
  /** Set when the object left the collection: `changed` = can be restored, `deleted` = gone. */
  removed?: 'changed' | 'deleted';
  /** Manager before the change, or members that left: what `@removed` names. */
  removedIds?: string[];
};

/** A tenant with what the servers need to answer quickly; `tenant` holds the truth, the maps point into it. */
export type TenantState = {
  tenant: Tenant;
  usersById: Map<string, GraphUser>;
  usersByName: Map<string, GraphUser>;
  groupsById: Map<string, GraphGroup>;
  /** Microsoft 365 groups that can be brought back; other groups are deleted for good. */
  deletedGroups: Map<string, { entry: GraphGroup; at: string | null }>;
  changes: Change[];
  options: TenantOptions;
  kept: KeptMaps;
  /** Place in the journal of the last event that could change somebody's sign-ins, and where the watch compares from. */
  coverSeq: number;
  baselineSeq: number;
  /** The same as `coverSeq`, apart from what people register: that changes only their own sign-ins. */
  rulesSeq: number;
  /** Null until the people have been let live. */
  life: LifeState | null;
};

/** A company's HR data with how its account at BambooHR and its Workday tenant behave. */
export type CompanyState = {
  company: BambooCompany;
  options: CompanyOptions;
  workday: WorkdayOptions;
  /** Consents to the company's application at BambooHR, by their ids. */
  grants: Map<string, OAuthGrant>;
  /** Webhooks at BambooHR, by their ids. */
  webhooks: Map<string, BambooWebhook>;
  /** What webhooks are still to be told. */
  parcels: Map<string, WebhookParcel>;
};

export type SandboxState = {
  world: World;
  tenants: Map<string, TenantState>;
  companies: Map<string, CompanyState>;
  gmail: GmailState;
  connectwise: ConnectWiseState;
  /** The provider's tenant and app, and the customers' people whom a visitor can be. */
  cast: Cast;
  /** Where the product's bot answers; null until it is told. */
  botEndpoint: string | null;
  /** Place of the last event in the journal. */
  seq: number;
};

/** Makes the working state of a world; the world's own objects are used and changed. */
export function buildState(world: World): SandboxState {
  const state: Omit<SandboxState, 'cast'> = {
    world,
    tenants: new Map(world.tenants.map((tenant) => [tenant.tenantId, buildTenant(tenant)])),
    companies: new Map(world.bambooCompanies.map((company) => [company.domain, buildCompany(company)])),
    gmail: buildGmail(world),
    connectwise: buildConnectWise(world),
    botEndpoint: null,
    seq: 0,
  };
  return Object.assign(state, { cast: equipWithTeams(state, buildTenant) });
}

function buildCompany(company: BambooCompany): CompanyState {
  return {
    company,
    options: { ...DEFAULT_COMPANY_OPTIONS },
    workday: { ...DEFAULT_WORKDAY_OPTIONS },
    grants: new Map(),
    webhooks: new Map(),
    parcels: new Map(),
  };
}

function buildTenant(tenant: Tenant): TenantState {
  return {
    tenant,
    usersById: new Map(tenant.users.map((user) => [user.id, user])),
    usersByName: new Map(tenant.users.map((user) => [userName(user), user])),
    groupsById: new Map(tenant.groups.map((entry) => [entry.group.id, entry])),
    deletedGroups: new Map(),
    changes: [],
    options: { ...DEFAULT_TENANT_OPTIONS },
    kept: createKept(tenant.teamsApps ?? []),
    coverSeq: 0,
    baselineSeq: 0,
    rulesSeq: 0,
    life: null,
  };
}

/** The user principal name in lower case, the key under which Graph finds a user besides the object id. */
export function userName(user: GraphObject): string {
  return textOf(user, 'userPrincipalName').toLowerCase();
}

/** A property as text; empty when it is absent or no string. */
export function textOf(object: GraphObject, property: string): string {
  const value = object[property];
  return typeof value === 'string' ? value : '';
}

/** Narrows an unknown value to an object with properties. */
export function isObject(value: unknown): value is GraphObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The tenant named by its id or by one of its verified domains. */
export function findTenant(state: SandboxState, name: string): TenantState | undefined {
  const wanted = name.toLowerCase();
  const byId = state.tenants.get(wanted);
  if (byId !== undefined) return byId;
  for (const candidate of state.tenants.values()) {
    if (candidate.tenant.initialDomain.toLowerCase() === wanted) return candidate;
    const domains = candidate.tenant.organization.verifiedDomains;
    if (Array.isArray(domains) && domains.some((domain) => isObject(domain) && domain.name === name)) return candidate;
  }
  return undefined;
}
