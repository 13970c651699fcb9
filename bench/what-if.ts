import { compilePolicies, evaluateSignIn } from '../src/rollout/policy/evaluate.core.ts';
import type { SignIn } from '../src/rollout/policy/evaluator/sign-in.core.ts';
import { compileTenant } from '../src/rollout/policy/evaluator/tenant.core.ts';

/**
 * The evaluator on a whole tenant: people x 10 sign-in shapes x 30 policies, compiling included, against a plain
 * reading of the same policies that resolves groups, roles and ranges anew for each question. Answers are compared
 * before anything is timed. CPU is min/min over interleaved repetitions; growth compares 20,000 people with 2,000.
 */
export const whatIfBench = { name: 'what-if', run: runWhatIf };

export type WhatIfLine = {
  name: string;
  value: number;
  unit: string;
  limit: number | null;
  peer: number | null;
  ratio: number | null;
  target: number;
};

const SHAPES = 10;
const POLICIES = 30;
const DEPARTMENTS = 12;
const REPETITIONS = 10;

const SMALL_SECONDS = 0.3;
const LARGE_SECONDS = 10;
const RATIO_TARGET = 0.05;
/** Ten times the people may cost at most this many times the CPU. */
const GROWTH_TARGET = 14;

/** Runs the bench. Throws when the plain reading and the evaluator disagree about a single sign-in. */
export function runWhatIf(): WhatIfLine[] {
  const [small, medium, large] = [createWorld(200), createWorld(2_000), createWorld(20_000)];
  requireSameAnswers(small);
  const smallPair = minPair(small, REPETITIONS);
  const mediumPair = minPair(medium, 3);
  const largeCpu = Math.min(...Array.from({ length: 2 }, () => cpuSeconds(() => evaluateAll(large))));
  const base = { unit: 'CPU s', limit: null };
  const { fast, plain } = smallPair;
  return [
    { ...base, name: 'what-if/200 people', value: fast, peer: plain, ratio: fast / plain, target: SMALL_SECONDS },
    {
      ...base,
      name: 'what-if/2,000 people against plain loops',
      value: mediumPair.fast,
      peer: mediumPair.plain,
      ratio: mediumPair.fast / mediumPair.plain,
      target: RATIO_TARGET,
    },
    { ...base, name: 'what-if/20,000 people', value: largeCpu, peer: null, ratio: null, target: LARGE_SECONDS },
    {
      ...base,
      name: 'what-if/growth 2,000 to 20,000',
      value: largeCpu,
      peer: mediumPair.fast,
      ratio: largeCpu / mediumPair.fast,
      target: GROWTH_TARGET,
    },
  ];
}

function minPair(world: World, repetitions: number): { fast: number; plain: number } {
  const fast: number[] = [];
  const plain: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    fast.push(cpuSeconds(() => evaluateAll(world)));
    plain.push(cpuSeconds(() => readPlainly(world)));
  }
  return { fast: Math.min(...fast), plain: Math.min(...plain) };
}

type World = {
  people: number;
  users: { id: string; userType: string; userPrincipalName: string }[];
  groups: { id: string; members: { id: string; '@odata.type': string }[] }[];
  roleAssignments: { roleDefinitionId: string; principalId: string; eligible: boolean }[];
  namedLocations: { id: string; isTrusted: boolean; ipRanges: { cidrAddress: string }[] }[];
  policies: PlainPolicy[];
  shapes: Shape[];
};

type PlainPolicy = {
  id: string;
  state: string;
  conditions: {
    users: Record<'includeUsers' | 'excludeUsers' | 'includeGroups' | 'excludeGroups' | 'includeRoles', string[]>;
    applications: { includeApplications: string[]; excludeApplications: string[] };
    clientAppTypes: string[];
    platforms: { includePlatforms: string[]; excludePlatforms: string[] } | null;
    locations: { includeLocations: string[]; excludeLocations: string[] } | null;
  };
  grantControls: { operator: string; builtInControls: string[] };
};

type Shape = { appId: string; clientAppType: string; platform: string; ipAddress: string };

const USER = '#microsoft.graph.user';
const GROUP = '#microsoft.graph.group';
const uuid = (kind: string, index: number) => `${kind}000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

function createWorld(people: number): World {
  const users = Array.from({ length: people }, (_, index) => ({
    id: uuid('aa', index),
    userType: 'Member',
    userPrincipalName: `person${index}@contoso.example`,
  }));
  const departments = Array.from({ length: DEPARTMENTS }, (_, department) => ({
    id: uuid('bb', department),
    members: users
      .filter((_, index) => index % DEPARTMENTS === department)
      .map(({ id }) => ({ id, '@odata.type': USER })),
  }));
  const divisions = Array.from({ length: 4 }, (_, division) => ({
    id: uuid('cc', division),
    members: departments.filter((_, index) => index % 4 === division).map(({ id }) => ({ id, '@odata.type': GROUP })),
  }));
  const company = { id: uuid('dd', 0), members: divisions.map(({ id }) => ({ id, '@odata.type': GROUP })) };
  const exceptions = { id: uuid('dd', 1), members: users.slice(0, 14).map(({ id }) => ({ id, '@odata.type': USER })) };
  return {
    people,
    users,
    groups: [company, exceptions, ...divisions, ...departments],
    roleAssignments: users
      .slice(0, 8)
      .map(({ id }) => ({ roleDefinitionId: uuid('ee', 0), principalId: id, eligible: false })),
    namedLocations: Array.from({ length: 6 }, (_, index) => ({
      id: uuid('ff', index),
      isTrusted: index < 3,
      ipRanges: Array.from({ length: 8 }, (_, range) => ({ cidrAddress: `10.${index}.${range}.0/24` })),
    })),
    policies: Array.from({ length: POLICIES }, (_, index) => createPolicy(index)),
    shapes: Array.from({ length: SHAPES }, (_, index) => ({
      appId: uuid('99', index % 4),
      clientAppType: ['browser', 'mobileAppsAndDesktopClients', 'other'][index % 3] ?? 'browser',
      platform: ['windows', 'iOS', 'android', 'macOS'][index % 4] ?? 'windows',
      ipAddress: `10.${index}.${index % 9}.7`,
    })),
  };
}

function createPolicy(index: number): PlainPolicy {
  const groups = [uuid('dd', 0), uuid('cc', index % 4), uuid('bb', index % DEPARTMENTS)];
  return {
    id: uuid('11', index),
    state: index % 5 === 4 ? 'enabledForReportingButNotEnforced' : 'enabled',
    conditions: {
      users: {
        includeUsers: index % 6 === 0 ? ['All'] : [],
        excludeUsers: [uuid('aa', index)],
        includeGroups: [groups[index % 3] ?? ''],
        excludeGroups: [uuid('dd', 1)],
        includeRoles: index % 4 === 0 ? [uuid('ee', 0)] : [],
      },
      applications: {
        includeApplications: index % 2 === 0 ? ['All'] : [uuid('99', index % 4)],
        excludeApplications: index % 3 === 0 ? [uuid('99', 3)] : [],
      },
      clientAppTypes: index % 3 === 0 ? ['all'] : ['browser', 'mobileAppsAndDesktopClients'],
      platforms: index % 4 === 1 ? { includePlatforms: ['all'], excludePlatforms: ['macOS'] } : null,
      locations:
        index % 3 === 1 ? { includeLocations: ['All'], excludeLocations: ['AllTrusted', uuid('ff', 4)] } : null,
    },
    grantControls: { operator: 'OR', builtInControls: index % 7 === 3 ? ['block'] : ['mfa'] },
  };
}

function signInsOf(world: World): SignIn[] {
  return world.users.flatMap(({ id }) =>
    world.shapes.map(({ appId, ...rest }) => ({ userId: id, target: { kind: 'app' as const, appId }, ...rest })),
  );
}

function evaluateAll(world: World): string[] {
  const compiled = compilePolicies(compileTenant(world), world.policies);
  return signInsOf(world).map((signIn) => evaluateSignIn(compiled, signIn).mfaRequired);
}

/** The plain reading: for every person, sign-in and policy, look everything up where Graph keeps it. */
function readPlainly(world: World): string[] {
  return world.users.flatMap(({ id }) =>
    world.shapes.map((shape) => {
      const applying = world.policies.filter((policy) => appliesPlainly(policy, id, shape, world));
      return applying.some(requiresPlainly) ? 'yes' : 'no';
    }),
  );
}

function requiresPlainly({ state, grantControls }: PlainPolicy): boolean {
  return state === 'enabled' && grantControls.builtInControls.includes('mfa');
}

function appliesPlainly({ conditions }: PlainPolicy, userId: string, shape: Shape, world: World): boolean {
  const { users, applications, clientAppTypes, platforms, locations } = conditions;
  if (users.excludeUsers.includes(userId)) return false;
  if (users.excludeGroups.some((group) => isMember(userId, group, world))) return false;
  const included =
    users.includeUsers.includes('All') ||
    users.includeUsers.includes(userId) ||
    users.includeGroups.some((group) => isMember(userId, group, world)) ||
    users.includeRoles.some((role) => holdsRole(userId, role, world));
  if (!included || applications.excludeApplications.includes(shape.appId)) return false;
  if (!applications.includeApplications.includes('All') && !applications.includeApplications.includes(shape.appId))
    return false;
  if (!clientAppTypes.includes('all') && !clientAppTypes.includes(shape.clientAppType)) return false;
  if (platforms?.excludePlatforms.includes(shape.platform) === true) return false;
  return locations?.excludeLocations.some((place) => isAtPlainly(place, shape.ipAddress, world)) !== true;
}

function isMember(userId: string, groupId: string, world: World): boolean {
  const group = world.groups.find(({ id }) => id === groupId);
  if (group === undefined) return false;
  return group.members.some((member) =>
    member['@odata.type'] === GROUP ? isMember(userId, member.id, world) : member.id === userId,
  );
}

function holdsRole(userId: string, roleId: string, world: World): boolean {
  return world.roleAssignments.some(
    ({ roleDefinitionId, principalId }) => roleDefinitionId === roleId && principalId === userId,
  );
}

function isAtPlainly(place: string, ipAddress: string, world: World): boolean {
  return world.namedLocations.some(
    ({ id, isTrusted, ipRanges }) =>
      (id === place || (place === 'AllTrusted' && isTrusted)) &&
      ipRanges.some(({ cidrAddress }) => {
        const [base = '', prefix = '32'] = cidrAddress.split('/');
        const shift = 32 - Number(prefix);
        return Math.floor(numberOf(base) / 2 ** shift) === Math.floor(numberOf(ipAddress) / 2 ** shift);
      }),
  );
}

function numberOf(ipAddress: string): number {
  return ipAddress.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function requireSameAnswers(world: World): void {
  const [fast, plain] = [evaluateAll(world), readPlainly(world)];
  const different = fast.findIndex((answer, index) => answer !== plain[index]);
  if (different >= 0)
    throw new Error(`what-if: sign-in ${different} is ${fast[different]}, read plainly ${plain[different]}`);
}

function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
