/**
 * Asks both Conditional Access evaluators about the same random case: the product's (src/rollout/policy) and the
 * sandbox's (src/sandbox/evaluator), and puts their answers into one form. The two share no code and no types; what
 * each calls a fact is translated here and nowhere else.
 */

import { type CompiledPolicies, compilePolicies, evaluateSignIn } from '../../src/rollout/policy/evaluate.core.ts';
import { coverage } from '../../src/rollout/policy/evaluator/coverage.core.ts';
import type { DeviceFacts, SignIn as ProductSignIn } from '../../src/rollout/policy/evaluator/sign-in.core.ts';
import { compileTenant } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import { whatIf } from '../../src/rollout/policy/evaluator/what-if.core.ts';
import { signInFromWire } from '../../src/sandbox/evaluator/endpoint.ts';
import { type Judgement, judgeSignIn } from '../../src/sandbox/evaluator/judge.ts';
import type { SignIn as SandboxSignIn } from '../../src/sandbox/evaluator/sign-in.ts';
import { isObject, objectAt, textAt, wordsAt } from '../../src/sandbox/evaluator/wire.ts';
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import type { RandomCase } from './random-ca-cases.ts';

/** What is said about one policy and one sign-in. */
export type Verdict = 'applies' | 'notApplies' | 'conditional' | 'unknown';
/** What is said about the sign-in; `open` is "in some cases" and "cannot be told", which the sandbox keeps as one. */
export type Demand = 'yes' | 'no' | 'open';

export type Answers = {
  /** Policy id to verdict. */
  policies: Record<string, Verdict>;
  mfaRequired: Demand;
  blocked: Demand;
};

/** The product's view of the tenant that cases share: what it reads from Graph, compiled once for many sign-ins. */
export function compileForProduct([first]: readonly RandomCase[]): CompiledPolicies {
  if (first === undefined) throw new RangeError('no case to compile');
  const { tenant, policies } = first;
  const compiled = compileTenant({
    users: tenant.users,
    groups: tenant.groups.map(({ group, members }) => ({ ...group, members })),
    roleAssignments: [
      ...tenant.roleAssignments,
      ...tenant.roleEligibilities.map((eligibility) => ({ ...eligibility, eligible: true })),
    ],
    servicePrincipals: tenant.servicePrincipals,
    namedLocations: tenant.namedLocations,
    securityDefaults: tenant.securityDefaults,
  });
  return compilePolicies(compiled, policies);
}

/** What the product says, by the rows of `whatIf`; throws when `evaluateSignIn` says something else. */
export function askProduct(compiled: CompiledPolicies, signIn: ProductSignIn): Answers {
  const { applies, mfaRequired, blocked } = evaluateSignIn(compiled, signIn);
  const [row] = whatIf(compiled, [signIn]);
  const listed = { applies: row?.applies, conditional: row?.conditional, unknown: row?.unknown };
  for (const [result, ids] of Object.entries(listed)) {
    const expected = applies.filter((entry) => entry.result === result).map((entry) => entry.policyId);
    if (ids?.join() !== expected.join()) throw new Error(`whatIf and evaluateSignIn differ about ${result}`);
  }
  return {
    policies: Object.fromEntries(applies.map(({ policyId, result }) => [policyId, result])),
    mfaRequired: demandOf(mfaRequired, row?.mfaRequired),
    blocked: demandOf(blocked, row?.blocked),
  };
}

function demandOf(answer: string, listed: string | undefined): Demand {
  if (answer !== listed) throw new Error('whatIf and evaluateSignIn differ');
  return answer === 'yes' || answer === 'no' ? answer : 'open';
}

/** How far the product says that each person is covered by policies, by id in lower case. */
export function coverByProduct(
  compiled: CompiledPolicies,
  [first]: readonly RandomCase[],
): ReadonlyMap<string, string> {
  const users = first?.tenant.users ?? [];
  const rows = coverage({ users, tenant: compiled.tenant, policies: compiled, perUserMfa: [] });
  return new Map(rows.map(({ userId, covered }) => [userId.toLowerCase(), covered]));
}

/**
 * What the sandbox says, over everything the person may have done before: it is asked with every choice of the roles
 * that somebody in the tenant is eligible for activated, where the product answers once for all of them.
 */
export function askSandbox(given: RandomCase): Answers {
  const signIn = sandboxSignIn(given);
  const judgements = activationsIn(given.tenant).map((roles) => {
    const identity = signIn.identity.kind === 'user' ? { ...signIn.identity, activatedRoles: roles } : signIn.identity;
    return judgeSignIn(given.tenant, { ...signIn, identity }, { policies: given.policies });
  });
  return {
    policies: Object.fromEntries(
      given.policies.map(({ id }, index) => [id, sameOr(judgements.map((judgement) => verdictAt(judgement, index)))]),
    ),
    mfaRequired: sameDemand(judgements.map(({ outcome }) => outcome.mfaRequired)),
    blocked: sameDemand(judgements.map(({ outcome }) => outcome.blocked)),
  };
}

/** Every choice among the eligible roles; none of them first. */
function activationsIn(tenant: Tenant): string[][] {
  const roles = [...new Set(tenant.roleEligibilities.map((eligibility) => eligibility.roleDefinitionId))];
  return Array.from({ length: 2 ** roles.length }, (_, choice) =>
    roles.filter((_role, index) => Math.floor(choice / 2 ** index) % 2 === 1),
  );
}

/** Facts about the person that no user object tells; to the product they are not read rather than not asked. */
const NOT_IN_THE_DIRECTORY = ['externalTenantId'];

function verdictAt({ policies }: Judgement, index: number): Verdict {
  const verdict = policies[index];
  if (verdict === undefined) throw new RangeError('a policy without a verdict');
  if (verdict.applies === true) return 'applies';
  if (verdict.applies === false) return 'notApplies';
  const isUnread = verdict.dependsOn.some((fact) => NOT_IN_THE_DIRECTORY.includes(fact));
  return isUnread || verdict.notUnderstood.length > 0 ? 'unknown' : 'conditional';
}

function sameOr(verdicts: readonly Verdict[]): Verdict {
  const [first = 'unknown'] = verdicts;
  if (verdicts.every((verdict) => verdict === first)) return first;
  return verdicts.includes('unknown') ? 'unknown' : 'conditional';
}

function sameDemand(certainties: readonly (boolean | 'depends')[]): Demand {
  const [first] = certainties;
  if (first === undefined || first === 'depends' || certainties.some((certainty) => certainty !== first)) return 'open';
  return first ? 'yes' : 'no';
}

function sandboxSignIn({ signIn, absent, gpsCountry }: RandomCase): SandboxSignIn {
  const read = signInFromWire(signIn, 'notGiven');
  if (read === null) throw new TypeError('the case holds no sign-in');
  return {
    ...read,
    ...(absent.includes('deviceInfo') ? { device: null } : {}),
    ...(absent.includes('devicePlatform') ? { platform: null } : {}),
    ...(absent.includes('country') ? { country: null, gpsCountry: null } : {}),
    ...(gpsCountry === undefined ? {} : { gpsCountry }),
  };
}

const DEVICE_PROPERTIES = [
  'deviceId',
  'displayName',
  'enrollmentProfileName',
  'isCompliant',
  'manufacturer',
  'mdmAppId',
  'model',
  'operatingSystem',
  'operatingSystemVersion',
  'ownership',
  'physicalIds',
  'profileType',
  'systemLabels',
  'trustType',
  ...Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`),
];

/** The sign-in in the product's terms: the evaluate request's one country stands for both ways to find it. */
export function productSignIn({ signIn, absent, gpsCountry }: RandomCase): ProductSignIn {
  const identity = objectAt(signIn, 'signInIdentity');
  const given = objectAt(signIn, 'signInConditions');
  const country = absent.includes('country') ? '' : textAt(given, 'country');
  const tenantId = textAt(identity, 'externalTenantId');
  return {
    userId: textAt(identity, 'userId'),
    externalUser:
      tenantId === null && identity.externalUserType === undefined
        ? null
        : { type: textAt(identity, 'externalUserType') ?? '', tenantId },
    target: productTarget(objectAt(signIn, 'signInContext')),
    clientAppType: textAt(given, 'clientAppType'),
    platform: absent.includes('devicePlatform') ? 'unsupported' : textAt(given, 'devicePlatform'),
    ipAddress: textAt(given, 'ipAddress'),
    country,
    gpsCountry: gpsCountry ?? country,
    device: absent.includes('deviceInfo') ? 'unregistered' : deviceFacts(given.deviceInfo),
    authenticationFlow: textAt(objectAt(given, 'authenticationFlow'), 'transferMethod'),
    signInRisk: textAt(given, 'signInRiskLevel'),
    userRisk: textAt(given, 'userRiskLevel'),
    insiderRisk: textAt(given, 'insiderRiskLevel'),
  };
}

/** A device in Graph's form tells everything about itself: what it leaves out it does not have. */
function deviceFacts(device: unknown): DeviceFacts | null {
  if (!isObject(device)) return null;
  return Object.fromEntries(DEVICE_PROPERTIES.map((name) => [name, factOf(device[name])]));
}

function factOf(value: unknown): DeviceFacts[string] {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return null;
  return (value as readonly unknown[]).filter((entry) => typeof entry === 'string');
}

const ACTIONS = new Map([
  ['registersecurityinformation', 'urn:user:registersecurityinfo'],
  ['registerorjoindevices', 'urn:user:registerdevice'],
]);

function productTarget(context: GraphObject): ProductSignIn['target'] {
  switch (textAt(context, '@odata.type') ?? '') {
    case '#microsoft.graph.applicationContext': {
      const [appId = ''] = wordsAt(context, 'includeApplications');
      return { kind: 'app', appId };
    }
    case '#microsoft.graph.userActionContext':
      return { kind: 'userAction', action: ACTIONS.get(textAt(context, 'userAction')?.toLowerCase() ?? '') ?? '' };
    case '#microsoft.graph.authContext':
      return { kind: 'authenticationContext', id: textAt(context, 'authenticationContextValue') ?? '' };
    default:
      throw new TypeError('a context of no known kind');
  }
}

/**
 * The same sign-in with some facts not told. Of a target only an application is left out, for a sign-in without one
 * goes to some application; whoever has no object in the directory is either told of or not.
 */
export function withoutSomeFacts(signIn: ProductSignIn, random: () => number): ProductSignIn {
  const isKept = (): boolean => random() < 0.75;
  const { userId, externalUser, device, target, ...others } = signIn;
  const told: Record<string, unknown> = Object.fromEntries(Object.entries(others).filter(isKept));
  return {
    ...told,
    ...(isKept() ? { userId, externalUser } : {}),
    ...(target?.kind === 'app' && !isKept() ? {} : { target }),
    ...(isKept() ? { device: typeof device === 'object' && device !== null ? someOf(device, isKept) : device } : {}),
  };
}

function someOf(device: DeviceFacts, isKept: () => boolean): DeviceFacts {
  const kept: [string, DeviceFacts[string]][] = Object.entries(device).filter(isKept);
  return Object.fromEntries(kept);
}
