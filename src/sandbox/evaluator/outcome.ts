/**
 * What would happen to a person at a sign-in. Enforcement stops at a block; then every policy that applies, Security
 * Defaults and per-user MFA must each be satisfied.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { type Control, controlName, type Grant, MFA_COMBINATIONS, readGrant, type Strength } from './grant.ts';
import { findUser, readSubject, type Subject } from './identity.ts';
import { isEnforced, type Judgement, type JudgeOptions, judgeSubject } from './judge.ts';
import { canAnswerMfa, usableCombinations } from './methods.ts';
import { isLegacy } from './security-defaults.ts';
import type { Circumstances, UserIdentity } from './sign-in.ts';
import { textAt } from './wire.ts';

/** From good to bad; the worst demand decides. */
const RESULTS = ['allowedWithoutMfa', 'promptedCanAnswer', 'promptedNotRegistered', 'blocked'] as const;
export type SignInResult = (typeof RESULTS)[number];

export type SignInOutcome = {
  result: SignInResult;
  /** What made it so: `policyId: control`, `securityDefaults: …`, `perUserMfa: …`, `account: …`. */
  because: string[];
};

export type Visitor = Omit<UserIdentity, 'kind'> & {
  /** What the person has registered; unset: what the tenant knows. */
  methods?: readonly GraphObject[] | undefined;
};

type Demand = { result: SignInResult; because: string };

/** What a person can do at this sign-in: the combinations in hand, and whether the client can show a prompt at all. */
type Means = { combinations: ReadonlySet<string>; canBePrompted: boolean; signIn: Circumstances };

/**
 * What would happen to the person. Policies that hang on a fact not given count as applying. A person who is asked
 * for MFA and has no usable method is `promptedNotRegistered`: a modern client then offers to register.
 */
export function signInOutcome(tenant: Tenant, visitor: Visitor, signIn: Circumstances): SignInOutcome {
  const subject = readSubject(tenant, { ...visitor, kind: 'user' });
  return outcomeOfSubject({ tenant, subject, methods: visitor.methods }, signIn);
}

export type OutcomeQuestion = {
  tenant: Tenant;
  subject: Subject;
  methods?: readonly GraphObject[] | undefined;
  options?: JudgeOptions;
};

/** As `signInOutcome`, with the person read beforehand. */
export function outcomeOfSubject(asked: OutcomeQuestion, signIn: Circumstances): SignInOutcome {
  const { tenant, subject, options = {} } = asked;
  if (subject.kind !== 'user') throw new TypeError('only people answer prompts');
  const user = findUser(tenant, subject.person.userId);
  if (user?.accountEnabled === false) return { result: 'blocked', because: ['account: disabled'] };
  const combinations = usableCombinations(tenant, asked.methods ?? methodsOf(tenant, subject.person.userId));
  const judgement = judgeSubject({ tenant, subject, options }, signIn);
  return worst(demandsOn(asked, judgement, { combinations, isOpenCounted: true, signIn }));
}

/**
 * What the sign-in demands of somebody who could answer any prompt, by what certainly applies: `promptedCanAnswer`
 * means that it does not get in without MFA.
 */
export function demandOfSubject(asked: OutcomeQuestion, signIn: Circumstances, judgement: Judgement): SignInResult {
  const combinations = new Set(MFA_COMBINATIONS);
  return worst(demandsOn(asked, judgement, { combinations, isOpenCounted: false, signIn })).result;
}

function demandsOn(
  asked: OutcomeQuestion,
  judgement: Judgement,
  how: { combinations: ReadonlySet<string>; isOpenCounted: boolean; signIn: Circumstances },
): Demand[] {
  const { tenant, options = {} } = asked;
  const { combinations, signIn } = how;
  const means: Means = { combinations, canBePrompted: !isLegacy(signIn) && signIn.isRopc !== true, signIn };
  const policies = options.policies ?? tenant.conditionalAccessPolicies;
  const applying = policies.filter((policy, index) => {
    const applies = judgement.policies[index]?.applies;
    return isEnforced(policy, options) && (applies === true || (applies === 'depends' && how.isOpenCounted));
  });
  return [
    ...applying.map((policy) => grantDemand(policy.id, readGrant(policy), means)),
    ...securityDefaultsDemands(judgement, means),
    ...perUserDemands(judgement, means),
  ];
}

function methodsOf(tenant: Tenant, userId: string): readonly GraphObject[] {
  return Object.entries(tenant.authenticationMethods).find(([id]) => id.toLowerCase() === userId)?.[1] ?? [];
}

function worst(demands: readonly Demand[]): SignInOutcome {
  const result = RESULTS.findLast((candidate) => demands.some((demand) => demand.result === candidate));
  const because = demands.filter((demand) => demand.result === result).map((demand) => demand.because);
  return { result: result ?? 'allowedWithoutMfa', because };
}

/** "Require all the selected controls" is as bad as the worst of them, "require one" as good as the best. */
function grantDemand(policyId: string, grant: Grant, means: Means): Demand {
  if (grant.blocks) return { result: 'blocked', because: `${policyId}: block` };
  const results = grant.controls.map((control) => ({
    because: `${policyId}: ${controlName(control)}`,
    rank: RESULTS.indexOf(controlResult(control, means)),
  }));
  const ranked = results.toSorted((a, b) => (grant.operator === 'or' ? a.rank - b.rank : b.rank - a.rank));
  const decisive = ranked[0];
  if (decisive === undefined) return { result: 'allowedWithoutMfa', because: `${policyId}: no grant control` };
  return { result: RESULTS[decisive.rank] ?? 'blocked', because: decisive.because };
}

function controlResult(control: Control, means: Means): SignInResult {
  switch (control.kind) {
    case 'builtIn':
      return builtInResult(control.name, means);
    case 'strength':
      return strengthResult(control.strength, means);
    case 'termsOfUse':
    case 'custom':
      // People accept terms and answer another provider's factor; basic authentication supports neither.
      return means.canBePrompted ? 'allowedWithoutMfa' : 'blocked';
    case 'unknown':
      return 'blocked';
  }
}

function builtInResult(name: string, means: Means): SignInResult {
  switch (name) {
    case 'mfa':
    case 'riskremediation':
      return mfaResult(means);
    case 'passwordchange':
      // "Users must have previously registered for multifactor authentication."
      return mfaResult(means) === 'promptedCanAnswer' ? 'promptedCanAnswer' : 'blocked';
    case 'compliantdevice':
      return deviceResult(means, (device) => device.isCompliant === true);
    case 'domainjoineddevice':
      return deviceResult(means, (device) => textAt(device, 'trustType')?.toLowerCase() === 'serverad');
    default:
      return (means.signIn.fulfilledControls ?? []).some((control) => control.toLowerCase() === name)
        ? 'allowedWithoutMfa'
        : 'blocked';
  }
}

/** "Sign-ins from legacy authentication clients don't support MFA", and nobody sees the prompt of a ROPC sign-in. */
function mfaResult(means: Means): SignInResult {
  if (!means.canBePrompted) return 'blocked';
  return canAnswerMfa(means.combinations) ? 'promptedCanAnswer' : 'promptedNotRegistered';
}

/** A custom strength may be met by a single factor: then it asks for no MFA, and its factor is not looked into. */
function strengthResult(strength: Strength, means: Means): SignInResult {
  const { allowedCombinations, isMfa } = strength;
  if (!means.canBePrompted) return 'blocked';
  if (isMfa === false) return 'allowedWithoutMfa';
  if (allowedCombinations === null) return mfaResult(means);
  const canMeet = allowedCombinations.some((combination) => means.combinations.has(combination));
  return canMeet ? 'promptedCanAnswer' : 'promptedNotRegistered';
}

/** Legacy clients "don't pass device state information", and the device code flow does not support device controls. */
function deviceResult(means: Means, isFit: (device: GraphObject) => boolean): SignInResult {
  const { device, transferMethod } = means.signIn;
  const hasState = !isLegacy(means.signIn) && transferMethod !== 'deviceCodeFlow';
  const isFitting = device !== undefined && device !== null && isFit(device);
  return hasState && isFitting ? 'allowedWithoutMfa' : 'blocked';
}

function securityDefaultsDemands({ securityDefaults }: Judgement, means: Means): Demand[] {
  if (securityDefaults.blocked) return [{ result: 'blocked', because: 'securityDefaults: legacy authentication' }];
  if (securityDefaults.mfa === 'always') return [{ result: mfaResult(means), because: 'securityDefaults: mfa' }];
  if (!securityDefaults.mustRegister || canAnswerMfa(means.combinations)) return [];
  return [
    {
      result: means.canBePrompted ? 'promptedNotRegistered' : 'blocked',
      because: 'securityDefaults: registration',
    },
  ];
}

function perUserDemands({ perUserMfa }: Judgement, means: Means): Demand[] {
  if (perUserMfa.needsAppPassword) return [{ result: 'blocked', because: 'perUserMfa: app password needed' }];
  if (!perUserMfa.mfaRequired) return [];
  return [{ result: mfaResult(means), because: `perUserMfa: ${perUserMfa.state}` }];
}
