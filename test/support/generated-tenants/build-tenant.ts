/** Builds the tenant and the company of a recipe, in the forms in which the vendors give them. */
import { createRandom, type Random } from '../../../src/sandbox/world/random.ts';
import { ROLES } from '../../../src/sandbox/world/roles.ts';
import { createApps, createServicePrincipals } from '../../../src/sandbox/world/tenant.ts';
import type { AppRegistration, BambooCompany, GraphObject, Tenant } from '../../../src/sandbox/world/world.ts';
import { drawGroups, drawPolicies, type Ground } from './old-policies.ts';
import { BORN, type Cast, drawCast } from './people.ts';
import type { Recipe } from './recipe.ts';

export type GeneratedTenant = {
  recipe: Recipe;
  tenant: Tenant;
  company: BambooCompany;
  cast: Cast;
  reader: AppRegistration;
  writer: AppRegistration;
  declared: { breakGlass: string[]; serviceAccounts: string[]; breakGlassGroupId: string | null };
};

const P1_PLAN = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';
const EXCHANGE_PLAN = '9aaf7827-d63c-4b61-89c3-182f06f82e5c';

/** Builds it. */
export function buildGenerated(recipe: Recipe): GeneratedTenant {
  const random = createRandom(`tenant of recipe ${recipe.seed}`);
  const domains = { domain: `t${recipe.seed}.example`, initial: `t${recipe.seed}example.onmicrosoft.com` };
  const cast = drawCast(random.fork('people'), recipe, domains);
  const ground = drawGroups(random.fork('groups'), recipe, cast);
  const apps = createApps(random.fork('apps'));
  const [reader, writer] = apps;
  if (reader === undefined || writer === undefined) throw new Error('a tenant has a reading and a writing application');
  const tenant = tenantOf(random, { recipe, domains, cast, ground, apps });
  const company: BambooCompany = {
    ...{ domain: `t${recipe.seed}example`, apiKey: random.hex(40), employees: cast.employees, absences: cast.absences },
    lastChanged: {},
  };
  const { emergency: breakGlass, services: serviceAccounts } = cast;
  const declared = { breakGlass, serviceAccounts, breakGlassGroupId: ground.emergencyGroupId };
  return { recipe, tenant, company, cast, reader, writer, declared };
}

type Parts = {
  recipe: Recipe;
  domains: { domain: string; initial: string };
  cast: Cast;
  ground: Ground;
  apps: AppRegistration[];
};

function tenantOf(random: Random, { recipe, domains, cast, ground, apps }: Parts): Tenant {
  const tenantId = random.uuid();
  const office = namedLocation(random.uuid(), 'Office', {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    isTrusted: true,
    ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '198.51.100.0/24' }],
  });
  const countries = namedLocation(random.uuid(), 'Home', {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    ...{
      countriesAndRegions: ['DE'],
      countryLookupMethod: 'clientIpAddress',
      includeUnknownCountriesAndRegions: false,
    },
  });
  const locations = { office: office.id, countries: countries.id };
  const own = apps.map(({ clientId, displayName }) => ({ appId: clientId, displayName }));
  return {
    ...{ tenantId, initialDomain: domains.initial, apps, users: cast.users, managers: {} },
    organization: organization(tenantId, recipe, domains),
    subscribedSkus: [sku(tenantId, recipe, cast.users.length)],
    ...{ authenticationMethods: cast.methods, registrationReportLag: {}, mailboxPurposes: cast.mailboxes },
    allowedMethods: ['microsoftAuthenticatorPush', 'passKeyDeviceBound'],
    ...{ groups: ground.groups, ...drawRoles(random.fork('roles'), recipe, cast) },
    servicePrincipals: createServicePrincipals(tenantId, random.fork('principals'), own),
    conditionalAccessPolicies: drawPolicies(random.fork('policies'), recipe, { cast, ground, locations }),
    ...{ deletedPolicies: [], namedLocations: [office, countries], signIns: [], directoryAudits: [] },
    securityDefaults: { id: '00000000-0000-0000-0000-000000000005', isEnabled: recipe.securityDefaults },
    perUserMfa: drawPerUser(random.fork('per user'), recipe, cast),
  };
}

function namedLocation(id: string, displayName: string, more: GraphObject): GraphObject & { id: string } {
  return { id, displayName, createdDateTime: BORN, modifiedDateTime: BORN, deletedDateTime: null, ...more };
}

function organization(tenantId: string, { seed, premium }: Recipe, { domain, initial }: Parts['domains']): GraphObject {
  const plan = (servicePlanId: string, service: string) => ({
    ...{ assignedDateTime: BORN, capabilityStatus: 'Enabled', service, servicePlanId },
  });
  const named = (name: string, isInitial: boolean) => ({ name, isInitial, isDefault: !isInitial, type: 'Managed' });
  return {
    ...{ id: tenantId, displayName: `Tailspin ${seed} (example)`, countryLetterCode: 'DE', createdDateTime: BORN },
    verifiedDomains: [named(initial, true), named(domain, false)],
    assignedPlans: [plan(EXCHANGE_PLAN, 'exchange'), ...(premium === 'no' ? [] : [plan(P1_PLAN, 'AADPremiumService')])],
  };
}

function sku(tenantId: string, { premium }: Recipe, accounts: number): GraphObject {
  const enabled = premium === 'tooFewSeats' ? 1 : accounts + 10;
  const plan = (servicePlanId: string, servicePlanName: string) => ({
    ...{ servicePlanId, servicePlanName, provisioningStatus: 'Success', appliesTo: 'User' },
  });
  return {
    ...{ id: `${tenantId}_sku`, skuId: 'cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46', skuPartNumber: 'SPB' },
    ...{ appliesTo: 'User', capabilityStatus: 'Enabled', consumedUnits: 1 },
    prepaidUnits: { enabled, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: [
      plan(EXCHANGE_PLAN, 'EXCHANGE_S_STANDARD'),
      ...(premium === 'no' ? [] : [plan(P1_PLAN, 'AAD_PREMIUM')]),
    ],
  };
}

function drawRoles(
  random: Random,
  recipe: Recipe,
  { workers, emergency, sync }: Cast,
): Pick<Tenant, 'roleAssignments' | 'roleEligibilities'> {
  const assign = (roleDefinitionId: string, principalId: string) => ({
    ...{ id: random.hex(36), roleDefinitionId, principalId, directoryScopeId: '/' },
  });
  const global = ROLES.globalAdministrator;
  const admins = random.shuffle(workers).slice(0, recipe.administrators);
  const held = recipe.emergency === 'halfNotAdmin' ? emergency.slice(1) : emergency;
  const eligible = recipe.eligibleAdmin ? workers.slice(0, 1) : [];
  return {
    roleAssignments: [
      ...[...held, ...admins.map(({ id }) => id)].map((id) => assign(global, id)),
      ...(sync === null ? [] : [assign(ROLES.directorySynchronization, sync)]),
    ],
    roleEligibilities: eligible.map(({ id }) => assign(global, id)),
  };
}

function drawPerUser(random: Random, { perUserMfa }: Recipe, { workers }: Cast): Tenant['perUserMfa'] {
  if (!perUserMfa) return {};
  const some = workers.filter(() => random.chance(0.4));
  return Object.fromEntries(
    some.map(({ id }) => [id, random.chance(0.5) ? ('enforced' as const) : ('enabled' as const)]),
  );
}
