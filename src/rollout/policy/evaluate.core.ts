import type { Answer, Finding, SignInResult } from './evaluator/answer.core.ts';
import { type CompiledPolicy, compilePolicy } from './evaluator/compile-policy.core.ts';
import { explain } from './evaluator/explain.core.ts';
import { allOf, type Outcome, type Verdict } from './evaluator/outcome.core.ts';
import type { SignIn } from './evaluator/sign-in.core.ts';
import { type CompiledTenant, externalSubject, type GuestType, type Subject } from './evaluator/tenant.core.ts';
import type { UserVerdict } from './evaluator/user-condition.core.ts';
import type { GraphObject } from './graph-json.core.ts';

/**
 * Which policies apply to a sign-in, and do they require MFA? Every applying enabled policy must be satisfied, so MFA
 * is required as soon as one of them requires it. Report-only policies are listed as applying and decide nothing.
 * Source: "Building a Conditional Access policy", conditionalAccessRoot: evaluate.
 */
export type CompiledPolicies = {
  readonly tenant: CompiledTenant;
  /** Sorted by id, so that no answer depends on the order in which Graph listed them. */
  readonly policies: readonly CompiledPolicy[];
  /** References in policies that exist nowhere in what was read. */
  readonly unresolved: readonly { readonly policyId: string; readonly reference: string }[];
  classOf(subject: Subject): UserClass;
  shapeOf(signIn: SignIn): Shape;
};

/** People about whom every policy says the same. */
export type UserClass = { readonly verdicts: readonly UserVerdict[] };

/** Sign-ins that differ only in who signs in, and the answers already given for them. */
type Shape = {
  readonly verdicts: readonly Combined[];
  readonly facts: SignIn;
  readonly answers: Map<UserClass, SignInResult>;
};

type Combined = { readonly outcome: Outcome; readonly reasons: readonly string[] };

export type CompileOptions = {
  /** Ids of drafts to be judged as if they were enabled already; each stands instead of the live policy of its id. */
  readonly treatAsEnabled?: readonly string[];
};

/**
 * Prepares policies for many sign-ins. Promises: people alike are judged once, and sign-ins alike are judged once, so
 * that the cost of a whole tenant grows with people plus sign-ins and not with their product times the policies.
 */
export function compilePolicies(
  tenant: CompiledTenant,
  policies: readonly GraphObject[],
  options: CompileOptions = {},
): CompiledPolicies {
  const drafts = new Set(options.treatAsEnabled ?? []);
  // An id is the same in capitals: the draft may write it otherwise than Graph does.
  const drafted = new Set([...drafts].map((id) => id.toLowerCase()));
  const compiled = policies
    .filter((policy) => drafts.has(policy.id) || !drafted.has(policy.id.toLowerCase()))
    .map((policy) => compilePolicy(policy, tenant, drafts.has(policy.id)))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    tenant,
    policies: compiled,
    unresolved: compiled.flatMap((policy) =>
      [...policy.users.unresolved, ...policy.locations.unresolved].map((reference) => ({
        policyId: policy.id,
        reference,
      })),
    ),
    classOf: createClasses(compiled),
    shapeOf: createShapes(compiled),
  };
}

/** Judges one sign-in. Whoever is not in the directory that was read gets `unknown`, never a guess. */
export function evaluateSignIn(compiled: CompiledPolicies, signIn: SignIn): SignInResult {
  const subject = subjectFor(compiled.tenant, signIn);
  const shape = compiled.shapeOf(signIn);
  if (typeof subject === 'string') return judge(compiled, shape, everybody(compiled, subject));
  const userClass = compiled.classOf(subject);
  const known = shape.answers.get(userClass);
  if (known !== undefined) return known;
  const answer = judge(compiled, shape, userClass);
  shape.answers.set(userClass, answer);
  return answer;
}

const ANY_GUEST_TYPE: readonly GuestType[] = [
  'none',
  'internalguest',
  'b2bcollaborationguest',
  'b2bcollaborationmember',
  'otherexternaluser',
];

/** Who signs in, or the reason why that is open. */
function subjectFor(tenant: CompiledTenant, signIn: SignIn): Subject | 'notGiven' | 'notFound' {
  const external = signIn.externalUser;
  if (typeof signIn.userId !== 'string') {
    return external ? externalSubject(external.type, external.tenantId ?? null) : 'notGiven';
  }
  const id = signIn.userId.toLowerCase();
  const homeTenantId = external?.tenantId?.toLowerCase() ?? null;
  if (tenant.subjects === null) return { id, guestTypes: ANY_GUEST_TYPE, homeTenantId, isAgent: null };
  const subject = tenant.subjects.get(id);
  if (subject === undefined) return 'notFound';
  return homeTenantId === null ? subject : { ...subject, homeTenantId };
}

function everybody(compiled: CompiledPolicies, why: 'notGiven' | 'notFound'): UserClass {
  const verdict: UserVerdict = {
    outcome: why === 'notGiven' ? 'conditional' : 'unknown',
    reason: why === 'notGiven' ? 'depends on the user, who was not given' : 'no user with this id was read',
    whenActive: [],
    unlessActive: [],
  };
  return { verdicts: compiled.policies.map(() => verdict) };
}

function createClasses(policies: readonly CompiledPolicy[]): (subject: Subject) => UserClass {
  const bySubject = new WeakMap<Subject, UserClass>();
  const byKey = new Map<string, UserClass>();
  let memberships: ReadonlyMap<string, string> | null = null;
  return (subject) => {
    const known = bySubject.get(subject);
    if (known !== undefined) return known;
    memberships ??= membershipsOf(policies);
    const sets = subject.id === null ? '' : (memberships.get(subject.id) ?? '');
    const key = `${sets}|${subject.guestTypes.join()}|${subject.homeTenantId ?? ''}|${subject.isAgent}`;
    const userClass = byKey.get(key) ?? { verdicts: policies.map((policy) => policy.users.match(subject)) };
    byKey.set(key, userClass);
    bySubject.set(subject, userClass);
    return userClass;
  };
}

/** For each person the sets, among those any policy looks at, that hold him: the only way in which people differ. */
function membershipsOf(policies: readonly CompiledPolicy[]): ReadonlyMap<string, string> {
  const memberships = new Map<string, string>();
  const sets = new Set(policies.flatMap((policy) => policy.users.sets));
  let index = 0;
  for (const set of sets) {
    index += 1;
    for (const id of set) memberships.set(id, `${memberships.get(id) ?? ''}${index} `);
  }
  return memberships;
}

/** So many kinds of sign-in are remembered at once; a replay of a month has more, and forgets. */
const SHAPES_KEPT = 4096;

function createShapes(policies: readonly CompiledPolicy[]): (signIn: SignIn) => Shape {
  const byKey = new Map<string, Shape>();
  return (signIn) => {
    const key = shapeKey(signIn);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const shape = { verdicts: policies.map((policy) => matchShape(policy, signIn)), facts: signIn, answers: new Map() };
    if (byKey.size >= SHAPES_KEPT) byKey.clear();
    byKey.set(key, shape);
    return shape;
  };
}

/** Everything about a sign-in but who signs in, as one text; a missing fact differs from an empty one. */
function shapeKey(signIn: SignIn): string {
  const { device, namedLocationIds, target } = signIn;
  const plain = `${text(signIn.clientAppType)}${text(signIn.platform)}${text(signIn.ipAddress)}${text(signIn.country)}${text(signIn.gpsCountry)}`;
  const risks = `${text(signIn.authenticationFlow)}${text(signIn.signInRisk)}${text(signIn.userRisk)}${text(signIn.insiderRisk)}`;
  const trusted = typeof signIn.trusted === 'boolean' ? `${signIn.trusted}` : '';
  const rest = isMissing(device) && isMissing(namedLocationIds) ? '' : JSON.stringify([device, namedLocationIds]);
  return `${targetKey(target)}${plain}${risks}${trusted}${rest}`;
}

function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function text(value: string | null | undefined): string {
  return isMissing(value) ? '\u0001' : `${value}\u0000`;
}

function targetKey(target: SignIn['target']): string {
  if (isMissing(target)) return '\u0001';
  switch (target.kind) {
    case 'app':
      return `app ${text(target.appId)}`;
    case 'userAction':
      return `action ${text(target.action)}`;
    case 'authenticationContext':
      return `context ${text(target.id)}${text(target.appId)}`;
  }
}

function matchShape(policy: CompiledPolicy, signIn: SignIn): Combined {
  if (policy.standing.outcome === 'no') return { outcome: 'no', reasons: [policy.standing.reason] };
  return combine([
    policy.standing,
    policy.target.match(signIn),
    policy.clientApps.match(signIn),
    policy.platforms.match(signIn),
    policy.locations.match(signIn),
    policy.devices.match(signIn),
    policy.flows.match(signIn),
    policy.signInRisk.match(signIn),
    policy.userRisk.match(signIn),
    policy.insiderRisk.match(signIn),
  ]);
}

function combine(verdicts: readonly Verdict[]): Combined {
  const outcome = allOf(verdicts.map((verdict) => verdict.outcome));
  const deciding = verdicts.filter((verdict) => verdict.outcome === outcome && verdict.reason !== '');
  return { outcome, reasons: deciding.map((verdict) => verdict.reason) };
}

const RESULTS = { yes: 'applies', no: 'notApplies', conditional: 'conditional', unknown: 'unknown' } as const;

function judge(compiled: CompiledPolicies, shape: Shape, userClass: UserClass): SignInResult {
  const findings = compiled.policies.map((policy, index): Finding => {
    const user = userClass.verdicts[index] ?? { outcome: 'unknown', reason: '' };
    const rest = shape.verdicts[index] ?? { outcome: 'unknown', reasons: [] };
    const outcome = allOf([user.outcome, rest.outcome]);
    const reasons = [
      ...(user.outcome === outcome ? [user.reason] : []),
      ...(rest.outcome === outcome ? rest.reasons : []),
    ];
    return { policy, outcome, reasons };
  });
  const enforced = findings.filter(({ policy }) => policy.isEnforced);
  const mfaRequired = answerFor(enforced, 'mfa');
  const blocked = answerFor(enforced, 'block');
  return {
    applies: findings.map(({ policy, outcome, reasons }) => ({
      policyId: policy.id,
      state: policy.state,
      result: RESULTS[outcome],
      reasons,
    })),
    mfaRequired,
    blocked,
    why: explain({ findings, mfaRequired, blocked, facts: shape.facts, tenant: compiled.tenant }),
  };
}

function answerFor(enforced: readonly Finding[], requirement: 'mfa' | 'block'): Answer {
  const asking = enforced.filter(({ policy }) => policy.grant.requirement === requirement);
  if (asking.some(({ outcome }) => outcome === 'yes')) return 'yes';
  const unreadable = enforced.some((finding) => isUnreadable(finding, requirement));
  if (unreadable || asking.some(({ outcome }) => outcome === 'unknown')) return 'unknown';
  return asking.some(({ outcome }) => outcome === 'conditional') ? 'partial' : 'no';
}

/** A policy that may apply and whose controls cannot be judged for the question asked. */
function isUnreadable({ policy, outcome }: Finding, requirement: 'mfa' | 'block'): boolean {
  if (outcome === 'no') return false;
  if (requirement === 'block') return policy.grant.mayBlock;
  return policy.grant.requirement === 'unknown' || policy.grant.requirement === 'thirdParty';
}
