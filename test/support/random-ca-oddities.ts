/**
 * What a policy seldom holds: words that came after the evaluators were written, undeclared keys, conditions that only
 * exclude, things Graph takes and no page explains.
 */
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import type { Dice } from './random-dice.ts';

/** A word of an evolvable enumeration in place of one that came later. */
const LATER = 'unknownFutureValue';
/** The role of a global administrator. */
const ROLE = '62e90394-69f5-4237-9190-012177145e10';

/** A policy as the random ones are built. */
type Policy = GraphObject & { conditions: GraphObject };

type Oddity = (dice: Dice, policy: Policy) => GraphObject;

function conditionsWith(policy: Policy, changes: GraphObject): GraphObject {
  return { conditions: { ...policy.conditions, ...changes } };
}

/** Changes members of one object of the conditions, which may be unset. */
function partWith(policy: Policy, part: string, changes: GraphObject): GraphObject {
  return conditionsWith(policy, { [part]: { ...objectOf(policy.conditions[part]), ...changes } });
}

function objectOf(value: unknown): GraphObject {
  return typeof value === 'object' && value !== null ? (value as GraphObject) : {};
}

function listIn(holder: unknown, key: string): unknown[] {
  const list = objectOf(holder)[key];
  return Array.isArray(list) ? list : [];
}

function usersAlso(policy: Policy, key: string, word: string): GraphObject {
  return partWith(policy, 'users', { [key]: [...listIn(policy.conditions.users, key), word] });
}

function appsAlso(policy: Policy, key: string, word: string): GraphObject {
  return partWith(policy, 'applications', { [key]: [...listIn(policy.conditions.applications, key), word] });
}

const ON_USERS: readonly Oddity[] = [
  (dice, policy) => usersAlso(policy, 'includeUsers', dice.one(['AllAgentIdUsers', 'AllMoonUsers'])),
  (dice, policy) => usersAlso(policy, 'excludeUsers', dice.one(['AllAgentIdUsers', 'AllMoonUsers'])),
  (dice, policy) => usersAlso(policy, dice.one(['includeUsers', 'excludeUsers']), 'EveryContractor'),
  (_dice, policy) => usersAlso(policy, 'excludeUsers', 'All'),
  (_dice, policy) => partWith(policy, 'users', { includeAgents: ['x'] }),
  (_dice, policy) => partWith(policy, 'users', { excludeAgents: ['x'] }),
  (_dice, policy) => partWith(policy, 'users', { scope: 'x' }),
  (dice, policy) => {
    const types = dice.one([LATER, `b2bCollaborationGuest,${LATER}`]);
    const side = dice.one(['includeGuestsOrExternalUsers', 'excludeGuestsOrExternalUsers']);
    return partWith(policy, 'users', { [side]: { guestOrExternalUserTypes: types, externalTenants: null } });
  },
  (_dice, policy) =>
    partWith(policy, 'users', {
      includeGuestsOrExternalUsers: {
        guestOrExternalUserTypes: 'b2bCollaborationGuest',
        externalTenants: { membershipKind: LATER },
      },
    }),
  // The role brings the policy on and takes it off.
  (_dice, policy) => partWith(policy, 'users', { includeUsers: [], includeRoles: [ROLE], excludeRoles: [ROLE] }),
];

const ON_TARGETS: readonly Oddity[] = [
  (_dice, policy) => appsAlso(policy, 'includeApplications', 'AllAgentIdResources'),
  (_dice, policy) => appsAlso(policy, 'excludeApplications', 'AllAgentIdResources'),
  (dice, policy) => appsAlso(policy, dice.one(['includeApplications', 'excludeApplications']), 'InternalResources'),
  (_dice, policy) => partWith(policy, 'applications', { globalSecureAccess: { profile: 'x' } }),
  (dice, policy) => {
    const rule = dice.one([
      'CustomSecurityAttribute.Rollout_level -eq "high"',
      'CustomSecurityAttribute.Rollout_level -ne "high"',
    ]);
    const mode = dice.weighted({ include: 4, exclude: 4, unclear: 1 });
    return partWith(policy, 'applications', { applicationFilter: { mode, rule } });
  },
];

const ON_CONDITIONS: readonly Oddity[] = [
  (_dice, policy) => conditionsWith(policy, { platforms: { includePlatforms: [], excludePlatforms: ['iOS'] } }),
  (dice, policy) => conditionsWith(policy, { platforms: laterPlatforms(dice) }),
  (_dice, policy) => partWith(policy, 'platforms', { includePlatforms: ['all'], browsers: ['x'] }),
  (_dice, policy) => conditionsWith(policy, { locations: { includeLocations: [], excludeLocations: ['AllTrusted'] } }),
  (_dice, policy) => partWith(policy, 'locations', { includeLocations: ['All'], networks: ['x'] }),
  (dice, policy) => {
    const trustedIps = '00000000-0000-0000-0000-000000000000';
    return conditionsWith(policy, {
      locations: dice.chance(0.5)
        ? { includeLocations: ['All'], excludeLocations: [trustedIps] }
        : { includeLocations: [trustedIps], excludeLocations: [] },
    });
  },
  (dice, policy) => {
    const word = 'EverythingMobile';
    return conditionsWith(policy, {
      locations: dice.chance(0.5)
        ? { includeLocations: ['All'], excludeLocations: [word, ...dice.some(['AllTrusted'], 0.5)] }
        : { includeLocations: [word, ...dice.some(['AllTrusted'], 0.5)], excludeLocations: [] },
    });
  },
  (dice, policy) => {
    const each = ['other', 'exchangeActiveSync', 'mobileAppsAndDesktopClients', 'browser'];
    return conditionsWith(policy, { clientAppTypes: [...each, ...dice.some([LATER, 'easSupported'], 0.3)] });
  },
  (dice, policy) => conditionsWith(policy, { clientAppTypes: [LATER, ...dice.some(['browser', 'easSupported'], 0.5)] }),
  (dice, policy) => conditionsWith(policy, { signInRiskLevels: [LATER, ...dice.some(['low', 'high'], 0.5)] }),
  (dice, policy) => {
    const each = ['none', 'low', 'medium', 'high', 'hidden', ...dice.some([LATER], 0.3)];
    return conditionsWith(policy, dice.chance(0.5) ? { signInRiskLevels: each } : { userRiskLevels: each });
  },
  (dice, policy) => conditionsWith(policy, { userRiskLevels: [LATER, ...dice.some(['low', 'high'], 0.5)] }),
  (_dice, policy) => conditionsWith(policy, { insiderRiskLevels: `minor,${LATER}` }),
  (_dice, policy) => conditionsWith(policy, { authenticationFlows: { transferMethods: `deviceCodeFlow,${LATER}` } }),
  (_dice, policy) => conditionsWith(policy, { authenticationFlows: { transferMethods: 'none', protocols: ['x'] } }),
  (_dice, policy) => conditionsWith(policy, { servicePrincipalRiskLevels: ['high'] }),
  (_dice, policy) =>
    conditionsWith(policy, { clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] } }),
  (_dice, policy) => conditionsWith(policy, { devices: { includeDevices: ['All'], deviceFilter: null } }),
  (dice, policy) => conditionsWith(policy, { devices: { deviceFilter: { mode: 'include', rule: oddRule(dice) } } }),
];

function laterPlatforms(dice: Dice): GraphObject {
  const others = dice.some(['windows', 'iOS'], 0.5);
  return dice.chance(0.5)
    ? { includePlatforms: [LATER, ...others], excludePlatforms: dice.some(['iOS'], 0.5) }
    : { includePlatforms: ['all'], excludePlatforms: [LATER, ...others] };
}

/** Rules that use an attribute, an operator or a form which is in no table. */
function oddRule(dice: Dice): string {
  return dice.one([
    'device.isCompliant -contains "True"',
    'device.trustType -in ["ServerAD"]',
    'device.physicalIds -eq "[ZTDId]:7"',
    'device.colour -eq "red"',
    'device.isCompliant -equals "True"',
    'device.isCompliant -eq',
    '(device.isCompliant -eq "True"',
    '',
  ]);
}

const ON_THE_POLICY: readonly Oddity[] = [
  () => ({ state: LATER }),
  () => ({ partialEnablementStrategy: { percentage: 10 } }),
  () => ({ deletedDateTime: '2026-01-09T08:00:00Z' }),
  () => ({ grantControls: null, sessionControls: null }),
  (dice) => ({ grantControls: { operator: dice.one(['AND', 'OR']), builtInControls: [] }, sessionControls: null }),
  (dice) => ({
    grantControls: {
      operator: dice.one(['AND', 'OR']),
      builtInControls: [LATER, ...dice.some(['mfa', 'compliantDevice'], 0.4)],
    },
  }),
  (dice) => ({
    grantControls: { operator: 'XOR', builtInControls: dice.some(['mfa', 'compliantDevice', LATER], 0.6) },
  }),
  (dice) => ({
    grantControls: {
      operator: dice.one(['AND', 'OR']),
      builtInControls: dice.some(['mfa', 'compliantDevice'], 0.2),
      authenticationStrength: {
        id: 'strength-later',
        allowedCombinations: ['hologram', ...dice.some(['fido2', 'password', 'password,hologram'], 0.4)],
      },
    },
  }),
  (dice) => ({
    grantControls: {
      operator: dice.one(['AND', 'OR']),
      builtInControls: dice.some(['mfa'], 0.5),
      verifiedCredential: { id: 'x' },
    },
  }),
];

const KINDS = [ON_USERS, ON_TARGETS, ON_CONDITIONS, ON_THE_POLICY];

/** The members of the policy as one oddity changes them. */
export function randomOddity(dice: Dice, policy: Policy): GraphObject {
  return dice.one(dice.one(KINDS))(dice, policy);
}
