/** The managed service provider behind a world's customers: its own tenant with its own people, and its Teams app. */
import { createHash } from 'node:crypto';
import { FIRST_NAMES, LAST_NAMES } from '../world/name-tables.ts';
import { createRandom } from '../world/random.ts';
import type { GraphObject, Tenant, World } from '../world/world.ts';

/** The provider's Entra application: the bot, the tab's sign-in and the app in Teams are this one. */
export type TeamsAppIdentity = {
  appId: string;
  appSecret: string;
  /** Name under which Teams shows app and bot. */
  displayName: string;
  /** Id in the app's manifest, by which every tenant's catalogue knows it. */
  manifestId: string;
};

export type Provider = { tenantId: string; domain: string; name: string; app: TeamsAppIdentity };

type Seed = Pick<World, 'seed' | 'name'>;

const NAME = 'Northlight Managed Services';
const DOMAIN = 'northlight-example.com';
const INITIAL_DOMAIN = 'northlightexample.onmicrosoft.com';
const ENGINEERS = 3;

/**
 * Application permissions that the customers' administrators consented to for the provider's app: what the product
 * does in Teams. Those ending in `.Group` come with the app's installation in a team.
 */
const CONSENTED_ROLES: readonly string[] = [
  'Channel.Create',
  'Channel.ReadBasic.All',
  'ChannelMessage.Read.Group',
  'Team.ReadBasic.All',
  'TeamMember.Read.All',
  'TeamsTab.Create',
  'TeamsTab.ReadWriteSelfForTeam.All',
  'TeamsTab.ReadWrite.All',
  'TeamsAppInstallation.ReadForUser.All',
  'TeamsAppInstallation.ReadForTeam.All',
  'TeamsAppInstallation.ReadWriteSelfForUser.All',
  'TeamsAppInstallation.ReadWriteSelfForTeam.All',
  'TeamsActivity.Send',
  'AppCatalog.Read.All',
];

/** Derives the provider of a world: the same for the same world, so that a journal of any age has one. */
export function providerOf(world: Seed): Provider {
  return {
    tenantId: guid(secret(world, 'tenant')),
    domain: DOMAIN,
    name: NAME,
    app: {
      appId: guid(secret(world, 'app')),
      appSecret: `sandbox-${secret(world, 'app secret').slice(0, 32)}`,
      displayName: 'MFA Rollout',
      manifestId: guid(secret(world, 'manifest')),
    },
  };
}

/** The app's registration as a tenant holds it. */
export function registrationOf({ app }: Provider): Tenant['apps'][number] {
  return {
    clientId: app.appId,
    clientSecret: app.appSecret,
    displayName: app.displayName,
    roles: [...CONSENTED_ROLES],
  };
}

/** The app's entry in a tenant's catalogue, where it has an id of its own. */
export function catalogueEntryOf({ app }: Provider, tenantId: string): NonNullable<Tenant['teamsApps']>[number] {
  return {
    id: guid(hash(`catalogue ${tenantId} ${app.manifestId}`)),
    externalId: app.manifestId,
    displayName: app.displayName,
    distributionMethod: 'organization',
    version: '1.0.0',
    azureAdAppId: app.appId,
  };
}

/** The provider's tenant: a few engineers, one team, no customer of anybody. */
export function homeTenantOf(world: Pick<World, 'seed' | 'name' | 'startsAt'>): Tenant {
  const provider = providerOf(world);
  const users = engineersOf(world, provider);
  return {
    tenantId: provider.tenantId,
    initialDomain: INITIAL_DOMAIN,
    organization: {
      id: provider.tenantId,
      displayName: provider.name,
      verifiedDomains: [
        { name: INITIAL_DOMAIN, isDefault: false, isInitial: true, type: 'Managed' },
        { name: provider.domain, isDefault: true, isInitial: false, type: 'Managed' },
      ],
      assignedPlans: [],
    },
    subscribedSkus: [],
    apps: [registrationOf(provider)],
    users,
    managers: {},
    authenticationMethods: {},
    registrationReportLag: {},
    allowedMethods: ['microsoftAuthenticatorPush', 'passKeyDeviceBound'],
    mailboxPurposes: Object.fromEntries(users.map(({ id }) => [id, 'user' as const])),
    groups: [
      {
        group: teamGroup({
          id: guid(secret(world, 'team')),
          displayName: 'Rollout desk',
          mail: `rollout-desk@${DOMAIN}`,
        }),
        members: users.map(({ id }) => ({ id, '@odata.type': '#microsoft.graph.user' })),
      },
    ],
    roleAssignments: [],
    roleEligibilities: [],
    servicePrincipals: [],
    conditionalAccessPolicies: [],
    deletedPolicies: [],
    namedLocations: [],
    securityDefaults: { isEnabled: true },
    perUserMfa: {},
    signIns: [],
    directoryAudits: [],
    teamsApps: [catalogueEntryOf(provider, provider.tenantId)],
  };
}

function engineersOf(world: Seed & { startsAt: string }, provider: Provider): Tenant['users'] {
  const random = createRandom(`provider ${world.seed} ${world.name}`);
  const firsts = random.shuffle(FIRST_NAMES).slice(0, ENGINEERS);
  const lasts = random.shuffle(LAST_NAMES).slice(0, ENGINEERS);
  return firsts.map((first, index) => {
    const last = lasts[index] ?? 'Example';
    const address = `${plain(first)}.${plain(last)}@${provider.domain}`;
    return {
      ...NO_VALUES,
      id: guid(secret(world, `engineer ${index}`)),
      displayName: `${first} ${last}`,
      givenName: first,
      surname: last,
      userPrincipalName: address,
      mail: address,
      proxyAddresses: [`SMTP:${address}`],
      jobTitle: 'Engineer',
      department: 'Services',
      companyName: provider.name,
      accountEnabled: true,
      userType: 'Member',
      preferredLanguage: 'en',
      createdDateTime: world.startsAt,
    };
  });
}

const NO_VALUES: GraphObject = {
  deletedDateTime: null,
  businessPhones: [],
  mobilePhone: null,
  officeLocation: null,
  employeeId: null,
  externalUserState: null,
  onPremisesSyncEnabled: null,
  assignedLicenses: [],
  assignedPlans: [],
};

/** The id of the team of a customer whose world has none. */
export function madeTeamId(tenantId: string): string {
  return guid(hash(`team ${tenantId}`));
}

/** A Microsoft 365 group with a team. */
export function teamGroup(given: { id: string; displayName: string; mail: string }): GraphObject & { id: string } {
  return {
    ...given,
    description: null,
    createdDateTime: '2024-01-01T00:00:00Z',
    groupTypes: ['Unified'],
    mailEnabled: true,
    mailNickname: given.mail.split('@')[0],
    securityEnabled: false,
    visibility: 'Private',
    resourceProvisioningOptions: ['Team'],
  };
}

/** Latin letters only, so that the name can stand in an address. */
function plain(name: string): string {
  const bare = name
    .normalize('NFD')
    .replaceAll(/[øł]/gi, (letter) => (letter.toLowerCase() === 'ø' ? 'o' : 'l'))
    .replaceAll(/[^A-Za-z]/g, '');
  return bare.toLowerCase();
}

function secret(world: Seed, label: string): string {
  return hash(`provider ${label} ${world.seed} ${world.name}`);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function guid(hex: string): string {
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}
