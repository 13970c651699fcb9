/**
 * Reads the policies of a tenant one after another and says of each whether it applies to a sign-in: "All assignments
 * are logically ANDed" and "all policies that apply must be satisfied".
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { type Finding, notUnderstood, type OpenPoint } from './answers.ts';
import { devicesFinding } from './device-filter.ts';
import {
  type Certainty,
  controlName,
  demandsNothing,
  isMfaControl,
  mayBlock,
  readGrant,
  requiresMfa,
} from './grant.ts';
import { readSubject, type Subject } from './identity.ts';
import { locationFinding } from './location-condition.ts';
import {
  clientAppFinding,
  flowFinding,
  insiderRiskFinding,
  platformFinding,
  riskFindings,
  servicePrincipalRiskFinding,
  unknownConditionFindings,
  workloadConditionFindings,
} from './other-conditions.ts';
import { judgePerUserMfa, type PerUserMfaVerdict } from './per-user-mfa.ts';
import { judgeSecurityDefaults, type SecurityDefaultsVerdict } from './security-defaults.ts';
import type { AnalysisReason, Circumstances, SignIn } from './sign-in.ts';
import { targetFinding } from './target-condition.ts';
import { servicePrincipalFinding, usersFinding } from './users-condition.ts';
import { objectAt, saysNothing, textAt } from './wire.ts';

type PolicyVerdict = {
  policyId: string;
  state: string;
  applies: Certainty;
  /**
   * Why it does not apply, in Graph's words: "the reason represents the first condition that wasn't satisfied"
   * (https://learn.microsoft.com/entra/identity/conditional-access/what-if-tool#evaluation). Else `notSet`.
   */
  reasons: AnalysisReason[];
  /** Facts that the sign-in does not give and on which it hangs whether the policy applies. */
  dependsOn: string[];
  /** What the policy says that this evaluator does not know. */
  notUnderstood: string[];
};

type Outcome = {
  blocked: Certainty;
  mfaRequired: Certainty;
  /** MFA is one of several ways to meet some policy that applies. */
  isMfaOneAlternative: boolean;
  /** Controls other than MFA that must be met in any case. */
  otherControls: string[];
  blockedBy: string[];
  mfaRequiredBy: string[];
};

export type Judgement = {
  policies: PolicyVerdict[];
  /** What the enforced policies come to; report-only ones are evaluated, not enforced. */
  outcome: Outcome;
  securityDefaults: SecurityDefaultsVerdict;
  perUserMfa: PerUserMfaVerdict;
};

export type JudgeOptions = {
  /** Policies to judge in place of the tenant's own. */
  policies?: readonly (GraphObject & { id: string })[];
  /** Count report-only policies in the outcome as if they were enabled. */
  countReportOnly?: boolean;
};

/**
 * Judges one sign-in against all policies, Security Defaults and per-user MFA of a tenant. A condition whose fact the
 * sign-in does not give is not evaluated: unless another condition fails, the policy's answer is `depends`.
 */
export function judgeSignIn(tenant: Tenant, signIn: SignIn, options: JudgeOptions = {}): Judgement {
  return judgeSubject({ tenant, subject: readSubject(tenant, signIn.identity), options }, signIn);
}

/** As `judgeSignIn`, with the subject read beforehand. */
export function judgeSubject(
  asked: { tenant: Tenant; subject: Subject; options?: JudgeOptions },
  signIn: Circumstances,
): Judgement {
  const { tenant, subject, options = {} } = asked;
  const policies = options.policies ?? tenant.conditionalAccessPolicies;
  const verdicts = policies.map((policy) => judgePolicy(policy, { tenant, subject, signIn }));
  const enforced = policies.filter((policy, index) => {
    const verdict = verdicts[index];
    return verdict !== undefined && verdict.applies !== false && isEnforced(policy, options);
  });
  const certain = new Set(verdicts.filter((verdict) => verdict.applies === true).map((verdict) => verdict.policyId));
  return {
    policies: verdicts,
    outcome: outcomeOf(enforced, certain),
    securityDefaults: judgeSecurityDefaults(tenant, subject, signIn),
    perUserMfa: judgePerUserMfa(tenant, subject, signIn),
  };
}

/** Whether a policy is enforced, or counted as if it were; one in a state not known here may be. */
export function isEnforced(policy: GraphObject, options: JudgeOptions): boolean {
  switch (textAt(policy, 'state')?.toLowerCase() ?? '') {
    case 'disabled':
      return false;
    case 'enabledforreportingbutnotenforced':
      return options.countReportOnly === true;
    default:
      return true;
  }
}

/** Judges one policy; the conditions are asked in Graph's order of reasons and the first that fails is the reason. */
function judgePolicy(
  policy: GraphObject & { id: string },
  asked: { tenant: Tenant; subject: Subject; signIn: Circumstances },
): PolicyVerdict {
  const verdict = { policyId: policy.id, state: textAt(policy, 'state') ?? '' };
  const open: OpenPoint[] = [];
  for (const find of findersOf(policy, asked)) {
    for (const { answer, reason } of find()) {
      if (answer === 'no') return { ...verdict, applies: false, reasons: [reason], dependsOn: [], notUnderstood: [] };
      if (answer !== 'yes') open.push(answer);
    }
  }
  const pointsOf = (because: OpenPoint['because']): string[] => [
    ...new Set(open.filter((point) => point.because === because).map((point) => point.what)),
  ];
  return {
    ...verdict,
    applies: open.length === 0 ? true : 'depends',
    reasons: ['notSet'],
    dependsOn: pointsOf('notGiven'),
    notUnderstood: pointsOf('notUnderstood'),
  };
}

/** The policies that are on and about this subject: no other can have a say in any sign-in of his. */
export function policiesAbout(tenant: Tenant, subject: Subject): (GraphObject & { id: string })[] {
  return tenant.conditionalAccessPolicies.filter((policy) => {
    const isOn = stateFinding(policy).answer !== 'no';
    return isOn && subjectFinding(objectAt(policy, 'conditions'), subject, tenant).answer !== 'no';
  });
}

/** Whether the conditions of a policy are about this subject. */
export function subjectFinding(conditions: GraphObject, subject: Subject, tenant: Tenant): Finding {
  return subject.kind === 'user'
    ? usersFinding(conditions, subject.person)
    : servicePrincipalFinding(conditions, subject.id, tenant);
}

function findersOf(
  policy: GraphObject,
  asked: { tenant: Tenant; subject: Subject; signIn: Circumstances },
): (() => Finding[])[] {
  const { tenant, subject, signIn } = asked;
  const conditions = objectAt(policy, 'conditions');
  const isUser = subject.kind === 'user';
  return [
    () => [stateFinding(policy)],
    () => [{ answer: demandsNothing(policy) ? 'no' : 'yes', reason: 'emptyPolicy' }],
    () => [subjectFinding(conditions, subject, tenant)],
    () => [targetFinding(conditions, signIn.target, tenant)],
    () => [platformFinding(conditions, signIn)],
    () => [devicesFinding(conditions, signIn.device)],
    () => [clientAppFinding(conditions, signIn)],
    () => [locationFinding(conditions, signIn, tenant)],
    () => (isUser ? riskFindings(conditions, signIn) : [servicePrincipalRiskFinding(conditions, signIn)]),
    () => [insiderRiskFinding(conditions, signIn)],
    () => [flowFinding(conditions, signIn)],
    () => (isUser ? workloadConditionFindings(conditions) : []),
    () => unknownConditionFindings(conditions),
    () => [partFinding(policy)],
  ];
}

/** A policy that is on for a part of the people, by a key that the schema does not declare. */
function partFinding(policy: GraphObject): Finding {
  const isWhole = saysNothing(policy.partialEnablementStrategy);
  return { answer: isWhole ? 'yes' : notUnderstood('partialEnablementStrategy'), reason: 'policyNotEnabled' };
}

/** "Only policies that are enabled or in report-only mode are included in an evaluation run"; deleted ones are gone. */
function stateFinding(policy: GraphObject): Finding {
  if (!saysNothing(policy.deletedDateTime)) return { answer: 'no', reason: 'policyNotEnabled' };
  const state = textAt(policy, 'state') ?? '';
  switch (state.toLowerCase()) {
    case 'enabled':
    case 'enabledforreportingbutnotenforced':
      return { answer: 'yes', reason: 'policyNotEnabled' };
    case 'disabled':
      return { answer: 'no', reason: 'policyNotEnabled' };
    default:
      return { answer: notUnderstood(`state ${state}`), reason: 'policyNotEnabled' };
  }
}

function outcomeOf(policies: readonly (GraphObject & { id: string })[], certain: ReadonlySet<string>): Outcome {
  const grants = policies.map((policy) => ({ id: policy.id, grant: readGrant(policy) }));
  const blocking = grants.filter(({ grant }) => mayBlock(grant) !== false);
  const asking = grants.filter(({ grant }) => requiresMfa(grant) !== false);
  const sure = asking.filter(({ id, grant }) => certain.has(id) && requiresMfa(grant) === true);
  const named = grants
    .filter(({ id, grant }) => certain.has(id) && (grant.operator === 'and' || grant.controls.length === 1))
    .flatMap(({ grant }) => grant.controls.filter((control) => isMfaControl(control) === false).map(controlName));
  return {
    blocked: blocking.some(({ id, grant }) => certain.has(id) && mayBlock(grant) === true)
      ? true
      : blocking.length > 0 && 'depends',
    mfaRequired: sure.length > 0 ? true : asking.length > 0 && 'depends',
    isMfaOneAlternative: grants.some(
      ({ grant }) => requiresMfa(grant) === false && grant.controls.some((control) => isMfaControl(control) === true),
    ),
    otherControls: [...new Set(named)].sort(),
    blockedBy: blocking.map(({ id }) => id),
    mfaRequiredBy: asking.map(({ id }) => id),
  };
}
