import type { CompiledPolicies, UserClass } from '../evaluate.core.ts';
import { AXIS } from './cover-axes.core.ts';
import type { Box } from './cover-space.core.ts';

/**
 * Why a person is covered by what covers him, policy by policy: how the policy reaches him and what limits it. A policy
 * that only reports covers nobody and is told apart, since reports that count it as protection are a known mistake.
 */
export type CoverReason = {
  /** Id of a policy, `securityDefaults` or `perUserMfa`. */
  readonly id: string;
  readonly name: string;
  readonly effect: 'mfa' | 'block';
  readonly why: string;
};

const LIMITS: readonly (readonly [string, string])[] = [
  [AXIS.app, 'app'],
  [AXIS.client, 'client'],
  [AXIS.platform, 'platform'],
  [AXIS.ip, 'place'],
  [AXIS.country, 'place'],
  [AXIS.gpsCountry, 'place'],
  [AXIS.place, 'place'],
  [AXIS.device, 'device'],
  [AXIS.flow, 'flow'],
  [AXIS.signInRisk, 'risk'],
  [AXIS.userRisk, 'risk'],
  [AXIS.insiderRisk, 'risk'],
  [AXIS.role, 'role'],
];

/** What limits these boxes: `app`, `client`, `platform`, `place`, `device`, `flow`, `risk`, `role`. */
export function limitsOf(boxes: readonly Box[]): readonly string[] {
  const axes = boxes.flatMap((box) => [...box.axes.keys()]);
  const isLimit = (axis: string) => axes.some((name) => (axis.endsWith(':') ? name.startsWith(axis) : name === axis));
  return [...new Set(LIMITS.filter(([axis]) => isLimit(axis)).map(([, limit]) => limit))];
}

type Reasoned = {
  readonly policies: CompiledPolicies;
  readonly userClass: UserClass;
  /** Where the covering policies surely act on the person. */
  readonly certain: readonly Box[];
};

/** The reasons behind `by`, one for each id and in its order. */
export function reasonsOf(by: readonly string[], { policies, userClass, certain }: Reasoned): readonly CoverReason[] {
  return by.map((id): CoverReason => {
    if (id === 'perUserMfa') return PER_USER_MFA;
    const index = policies.policies.findIndex((policy) => policy.id === id);
    const policy = policies.policies[index];
    if (policy === undefined) return SECURITY_DEFAULTS;
    const limits = limitsOf(certain.filter((box) => box.policyId === id));
    const limited = limits.length > 0 ? `, limited by ${limits.join(', ')}` : '';
    const how = userClass.verdicts[index]?.reason ?? '';
    const effect = policy.grant.requirement === 'block' ? 'block' : 'mfa';
    return { id, name: policy.name, effect, why: `${how}${limited}` };
  });
}

export const PER_USER_MFA: CoverReason = {
  id: 'perUserMfa',
  name: 'Per-user MFA',
  effect: 'mfa',
  why: 'switched on for this account; app passwords in older clients pass it by',
};

const SECURITY_DEFAULTS: CoverReason = {
  id: 'securityDefaults',
  name: 'Security Defaults',
  effect: 'mfa',
  why: 'on for the tenant; outside of administration Microsoft decides when to ask',
};

/** Ids of the policies that are for the person, surely or perhaps, would ask for MFA, and only report. */
export function reportOnlyIn({ policies }: CompiledPolicies, { verdicts }: UserClass): readonly string[] {
  return policies
    .filter((policy, index) => {
      const reports = policy.state === 'reportOnly' && !policy.isEnforced && policy.standing.outcome !== 'no';
      return reports && policy.grant.requirement === 'mfa' && verdicts[index]?.outcome !== 'no';
    })
    .map((policy) => policy.id);
}
