/** Random Conditional Access policies over the things of a random tenant. */
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import { randomOddity } from './random-ca-oddities.ts';
import type { Dice } from './random-dice.ts';

const GUEST_KINDS = [
  'internalGuest',
  'b2bCollaborationGuest',
  'b2bCollaborationMember',
  'b2bDirectConnectUser',
  'otherExternalUser',
  'serviceProvider',
];
const ROLE_IDS = [
  '62e90394-69f5-4237-9190-012177145e10',
  '29232cdf-9323-42fd-ade2-1d097af3e4de',
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
];
const APP_ENTRIES = [
  'Office365',
  'MicrosoftAdminPortals',
  'a0000000-0000-4000-8000-00000000000f',
  '00000002-0000-0ff1-ce00-000000000000',
  '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  'a0000000-0000-4000-8000-000000000001',
  'A0000000-0000-4000-8000-000000000002',
];
/** Ids that stand for nothing in the tenant: a deleted user, group or location. */
const GONE = '70000000-0000-4000-8000-00000000dead';

const DEVICE_RULES = [
  'device.isCompliant -eq "True"',
  'device.isCompliant -ne True',
  'device.trustType -eq "ServerAD"',
  'device.trustType -ne "ServerAD"',
  '(device.deviceOwnership -eq "Company") -and (device.operatingSystem -startsWith "Win")',
  'device.operatingSystem -in ["Windows","iOS"] -or device.manufacturer -contains "tail"',
  'device.displayName -notStartsWith "LAPTOP" -and -not (device.isCompliant -eq "False")',
  'device.physicalIds -contains "[ZTDId]:7"',
  'device.physicalIds -contains "[ZTDId]"',
  'device.systemLabels -notContains "MultiUser"',
  'device.extensionAttribute1 -eq "SAW"',
  'device.extensionAttribute1 -ne "SAW"',
  '-not (device.extensionAttribute1 -eq "SAW") -and device.isCompliant -ne "True"',
  'device.extensionAttribute1 -eq null -or device.operatingSystem -eq "iOS"',
  'device.model -eq null',
  'device.mdmAppId -notIn ["0000000a-0000-0000-c000-000000000000"]',
  'device.operatingSystemVersion -notIn ["17.4", "10.0.1"]',
  'device.deviceId -eq "90000000-0000-4000-8000-0000000000D1"',
  'device.trustType -eq "Workplace" -or device.trustType -eq "AzureAD" -and device.isCompliant -eq "True"',
];

/** One policy of the tenant; `index` makes its id. */
export function randomPolicy(dice: Dice, tenant: Tenant, index: number): GraphObject & { id: string } {
  const isForWorkloads = dice.chance(0.04);
  const grantControls = isForWorkloads ? grantOf(['block'], 'OR') : randomGrant(dice);
  const policy = {
    id: `10000000-0000-4000-8000-${index.toString().padStart(12, '0')}`,
    templateId: null,
    displayName: `Policy ${index}`,
    createdDateTime: '2026-01-05T08:00:00Z',
    modifiedDateTime: dice.chance(0.5) ? null : '2026-02-05T08:00:00Z',
    state: dice.weighted({ enabled: 6, enabledForReportingButNotEnforced: 2, disabled: 1 }),
    conditions: {
      ...randomConditions(dice, tenant),
      ...(isForWorkloads ? workloadConditions(dice, tenant) : {}),
    },
    grantControls,
    sessionControls: grantControls === null ? { signInFrequency: { value: 4, type: 'hours', isEnabled: true } } : null,
    ...(dice.chance(0.2) ? { partialEnablementStrategy: null, deletedDateTime: null } : {}),
  };
  return dice.chance(0.12) ? { ...policy, ...randomOddity(dice, policy) } : policy;
}

function randomConditions(dice: Dice, tenant: Tenant): GraphObject {
  // Some policies are plain, some have a condition of every kind.
  const share = dice.one([0.02, 0.12, 0.35]);
  const rarely = (make: () => unknown, otherwise: unknown = null): unknown => (dice.chance(share) ? make() : otherwise);
  return {
    users: randomUsers(dice, tenant),
    applications: randomApplications(dice),
    clientAppTypes: rarely(() => nonEmpty(dice, CLIENT_TYPES), ['all']),
    platforms: rarely(() => randomPlatforms(dice)),
    locations: rarely(() => randomLocations(dice, tenant)),
    devices: rarely(() => ({ deviceFilter: { mode: dice.one(['include', 'exclude']), rule: dice.one(DEVICE_RULES) } })),
    signInRiskLevels: rarely(() => nonEmpty(dice, ['low', 'medium', 'high', 'none', 'hidden']), []),
    userRiskLevels: rarely(() => nonEmpty(dice, ['low', 'medium', 'high']), dice.one([[], null])),
    servicePrincipalRiskLevels: [],
    insiderRiskLevels: dice.chance(0.1) ? nonEmpty(dice, ['minor', 'moderate', 'elevated']).join(',') : null,
    clientApplications: null,
    authenticationFlows: dice.chance(0.1)
      ? { transferMethods: nonEmpty(dice, ['deviceCodeFlow', 'authenticationTransfer']).join(',') }
      : null,
    ...unknownKeys(dice),
  };
}

const CLIENT_TYPES = ['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other'];

/** Keys that the schema does not declare, mostly empty as Graph sends them, seldom saying something. */
function unknownKeys(dice: Dice): GraphObject {
  if (dice.chance(0.7)) return {};
  if (dice.chance(0.85)) return { times: null, deviceStates: null, clients: null, 'users@odata.context': 'x' };
  return { agentRiskLevels: ['high'] };
}

function nonEmpty(dice: Dice, items: readonly string[]): string[] {
  const some = dice.some(items, 0.4);
  return some.length > 0 ? some : [dice.one(items)];
}

/** A list as Graph may give it: filled, empty, null or absent. */
function list(dice: Dice, key: string, items: readonly string[]): GraphObject {
  if (items.length > 0) return { [key]: items };
  return dice.weighted({ empty: 6, none: 2, absent: 1 }) === 'empty'
    ? { [key]: [] }
    : dice.chance(0.6)
      ? { [key]: null }
      : {};
}

function randomUsers(dice: Dice, tenant: Tenant): GraphObject {
  const userIds = [...tenant.users.map((user) => user.id), tenant.users[0]?.id.toUpperCase() ?? GONE, GONE];
  const groupIds = [...tenant.groups.map(({ group }) => group.id), GONE];
  const isForAll = dice.chance(0.5);
  const includeUsers = isForAll
    ? ['All']
    : dice.weighted({ ids: 5, guests: 1, none: 1 }) === 'ids'
      ? dice.some(userIds, 0.4)
      : [dice.one(['GuestsOrExternalUsers', 'None'])];
  const excludeUsers = [...dice.some(userIds, 0.08), ...(dice.chance(0.1) ? ['GuestsOrExternalUsers'] : [])];
  return {
    ...list(dice, 'includeUsers', includeUsers),
    ...list(dice, 'excludeUsers', excludeUsers),
    ...list(dice, 'includeGroups', isForAll ? [] : dice.some(groupIds, 0.45)),
    ...list(dice, 'excludeGroups', dice.some(groupIds, 0.15)),
    ...list(dice, 'includeRoles', isForAll ? [] : dice.some(ROLE_IDS, 0.2)),
    ...list(dice, 'excludeRoles', dice.some(ROLE_IDS, 0.08)),
    includeGuestsOrExternalUsers: isForAll || dice.chance(0.8) ? null : guests(dice, tenant),
    excludeGuestsOrExternalUsers: dice.chance(0.88) ? null : guests(dice, tenant),
  };
}

function guests(dice: Dice, tenant: Tenant): GraphObject {
  const listed = ['d0000000-0000-4000-8000-00000000000a', ...(dice.chance(0.1) ? [tenant.tenantId] : [])];
  return {
    guestOrExternalUserTypes: nonEmpty(dice, GUEST_KINDS).join(','),
    externalTenants: dice.one<GraphObject | null>([
      null,
      { '@odata.type': '#microsoft.graph.conditionalAccessAllExternalTenants', membershipKind: 'all' },
      {
        '@odata.type': '#microsoft.graph.conditionalAccessEnumeratedExternalTenants',
        membershipKind: 'enumerated',
        members: listed,
      },
    ]),
  };
}

function randomApplications(dice: Dice): GraphObject {
  const none = { includeApplications: [], excludeApplications: [] };
  switch (dice.weighted({ all: 9, some: 5, action: 1, context: 1 })) {
    case 'all':
      return {
        includeApplications: ['All'],
        ...list(dice, 'excludeApplications', dice.some(APP_ENTRIES, 0.12)),
        ...list(dice, 'includeUserActions', []),
        applicationFilter: null,
      };
    case 'some':
      return {
        includeApplications: dice.chance(0.1) ? ['None'] : nonEmpty(dice, APP_ENTRIES),
        ...list(dice, 'excludeApplications', dice.some(APP_ENTRIES, 0.15)),
        includeUserActions: [],
        includeAuthenticationContextClassReferences: [],
        ...(dice.chance(0.3) ? { networkAccess: null, globalSecureAccess: null } : {}),
      };
    case 'action':
      return {
        ...none,
        includeUserActions: [dice.one(['urn:user:registersecurityinfo', 'urn:user:registerdevice'])],
      };
    case 'context':
      return { ...none, includeAuthenticationContextClassReferences: nonEmpty(dice, ['c1', 'c2', 'c3']) };
  }
}

function randomPlatforms(dice: Dice): GraphObject {
  const platforms = ['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'];
  if (dice.chance(0.1)) return { includePlatforms: [], excludePlatforms: [] };
  return {
    includePlatforms: dice.chance(0.5) ? ['all'] : nonEmpty(dice, platforms),
    ...list(dice, 'excludePlatforms', dice.some(platforms, 0.2)),
  };
}

function randomLocations(dice: Dice, tenant: Tenant): GraphObject {
  const ids = [...tenant.namedLocations.map((location) => location.id), GONE];
  if (dice.chance(0.1)) return { includeLocations: [], excludeLocations: [] };
  return {
    includeLocations: dice.chance(0.5) ? ['All'] : nonEmpty(dice, ['AllTrusted', ...ids]),
    ...list(dice, 'excludeLocations', dice.some(['AllTrusted', ...ids], 0.3)),
  };
}

function workloadConditions(dice: Dice, tenant: Tenant): GraphObject {
  const ids = tenant.servicePrincipals.map((principal) => principal.id);
  return {
    users: { includeUsers: ['None'], excludeUsers: [], includeGroups: [], excludeGroups: [] },
    applications: { includeApplications: ['All'], excludeApplications: [] },
    devices: null,
    platforms: null,
    clientAppTypes: ['all'],
    servicePrincipalRiskLevels: dice.chance(0.3) ? ['high'] : [],
    clientApplications: {
      includeServicePrincipals: dice.chance(0.5) ? ['ServicePrincipalsInMyTenant'] : nonEmpty(dice, ids),
      excludeServicePrincipals: dice.some(ids, 0.2),
      servicePrincipalFilter: null,
    },
  };
}

/** Grant controls as Graph accepts them; null: the policy has session controls only. */
function randomGrant(dice: Dice): GraphObject | null {
  const operator = dice.one(['AND', 'OR']);
  const kind = dice.weighted({
    mfa: 6,
    block: 2,
    several: 3,
    strength: 2,
    ownStrength: 1,
    terms: 1,
    password: 1,
    thirdParty: 1,
    session: 1,
  });
  switch (kind) {
    case 'mfa':
      return grantOf(['mfa'], operator);
    case 'block':
      return grantOf(dice.chance(0.1) ? ['block', 'mfa'] : ['block'], 'OR');
    case 'several':
      return grantOf([...dice.some(['mfa'], 0.8), ...nonEmpty(dice, OTHER_CONTROLS)], operator);
    case 'ownStrength':
      return { ...grantOf(dice.some(['compliantDevice'], 0.3), operator), authenticationStrength: ownStrength(dice) };
    case 'thirdParty':
      return { ...grantOf(dice.some(['mfa', 'compliantDevice'], 0.25), operator), customAuthenticationFactors: [GONE] };
    case 'strength':
      return {
        ...grantOf(dice.chance(0.3) ? ['compliantDevice'] : [], operator),
        authenticationStrength: {
          id: dice.one(['00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000004']),
          requirementsSatisfied: 'mfa',
          policyType: 'builtIn',
        },
      };
    case 'terms':
      return { ...grantOf(dice.chance(0.5) ? ['mfa'] : [], operator), termsOfUse: [GONE] };
    case 'password':
      return dice.chance(0.5)
        ? grantOf(['mfa', 'passwordChange'], 'AND')
        : grantOf(dice.some(['passwordChange', 'riskRemediation', 'mfa', 'compliantDevice'], 0.5), operator);
    case 'session':
      return null;
  }
}

const OTHER_CONTROLS = ['compliantDevice', 'domainJoinedDevice', 'approvedApplication', 'compliantApplication'];

/** A strength that the customer made: Graph gives it whole, or as a reference. */
function ownStrength(dice: Dice): GraphObject {
  const reference = { id: GONE };
  const whole = { ...reference, policyType: 'custom', displayName: 'Own' };
  const combinations = dice.some(['fido2', 'password,sms', 'password', 'federatedSingleFactor'], 0.5);
  return dice.one<GraphObject>([
    reference,
    { ...whole, requirementsSatisfied: 'mfa', allowedCombinations: ['fido2'] },
    { ...whole, requirementsSatisfied: 'none', allowedCombinations: ['password'] },
    { ...whole, requirementsSatisfied: 'unknownFutureValue', allowedCombinations: combinations },
    { ...whole, allowedCombinations: combinations },
  ]);
}

function grantOf(builtInControls: readonly string[], operator: string): GraphObject {
  return {
    operator,
    builtInControls,
    customAuthenticationFactors: [],
    termsOfUse: [],
    authenticationStrength: null,
  };
}
