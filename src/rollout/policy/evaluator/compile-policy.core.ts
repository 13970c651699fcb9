import { type GraphObject, isEmpty, objectOf, strangeMembers, textOf } from '../graph-json.core.ts';
import {
  compileClientApps,
  compileFlows,
  compileInsiderRisk,
  compilePlatforms,
  compileRisk,
  type ValueCondition,
} from './client-conditions.core.ts';
import { compileDeviceCondition, type DeviceCondition } from './device-filter.core.ts';
import { type Grant, readGrant } from './grant-controls.core.ts';
import { compileLocationCondition, type LocationCondition } from './location-condition.core.ts';
import type { Verdict } from './outcome.core.ts';
import { compileTargetCondition, type TargetCondition } from './target-condition.core.ts';
import type { CompiledTenant } from './tenant.core.ts';
import { compileUserCondition, type UserCondition } from './user-condition.core.ts';

/**
 * A Conditional Access policy read once, so that each sign-in is cheap. All conditions must hold for the policy to
 * apply. A kind of condition this code does not know makes the policy unknown; it is never passed over.
 */
export type PolicyState = 'enabled' | 'reportOnly' | 'disabled' | 'unknown';

export type CompiledPolicy = {
  readonly id: string;
  readonly name: string;
  readonly state: PolicyState;
  /** Whether it decides sign-ins: enabled, or a draft to be treated as enabled. */
  readonly isEnforced: boolean;
  readonly grant: Grant;
  readonly users: UserCondition;
  readonly target: TargetCondition;
  readonly clientApps: ValueCondition;
  readonly platforms: ValueCondition;
  readonly flows: ValueCondition;
  readonly signInRisk: ValueCondition;
  readonly userRisk: ValueCondition;
  readonly insiderRisk: ValueCondition;
  readonly locations: LocationCondition;
  readonly devices: DeviceCondition;
  /** What holds whoever signs in: disabled, for workload identities, empty, or with a condition not understood. */
  readonly standing: Verdict;
};

const UNDERSTOOD: ReadonlySet<string> = new Set([
  'users',
  'applications',
  'clientApplications',
  'clientAppTypes',
  'platforms',
  'locations',
  'devices',
  'authenticationFlows',
  'signInRiskLevels',
  'userRiskLevels',
  'insiderRiskLevels',
]);

/** Reads one policy; `treatAsEnabled` judges a draft as it would act once it is enforced. */
export function compilePolicy(policy: GraphObject, tenant: CompiledTenant, treatAsEnabled: boolean): CompiledPolicy {
  const conditions = objectOf(policy.conditions) ?? {};
  const state = stateOf(policy.state);
  const users = compileUserCondition(conditions.users, tenant);
  const target = compileTargetCondition(conditions.applications, tenant);
  const grant = readGrant(policy.grantControls, tenant);
  return {
    id: policy.id,
    name: textOf(policy.displayName) ?? policy.id,
    state,
    isEnforced: treatAsEnabled || state === 'enabled' || state === 'unknown',
    grant,
    users,
    target,
    clientApps: compileClientApps(conditions.clientAppTypes),
    platforms: compilePlatforms(conditions.platforms),
    flows: compileFlows(conditions.authenticationFlows),
    signInRisk: compileRisk(conditions.signInRiskLevels, 'signInRisk'),
    userRisk: compileRisk(conditions.userRiskLevels, 'userRisk'),
    insiderRisk: compileInsiderRisk(conditions.insiderRiskLevels),
    locations: compileLocationCondition(conditions.locations, tenant),
    devices: compileDeviceCondition(conditions.devices),
    standing: standingOf(policy, {
      state,
      treatAsEnabled,
      usersSet: users.isSet,
      targetSet: target.isSet,
      demandsNothing: grant.isEmpty && isEmpty(policy.sessionControls),
    }),
  };
}

function stateOf(value: unknown): PolicyState {
  switch (value) {
    case 'enabled':
    case 'disabled':
      return value;
    case 'enabledForReportingButNotEnforced':
      return 'reportOnly';
    default:
      return 'unknown';
  }
}

type Standing = {
  readonly state: PolicyState;
  readonly treatAsEnabled: boolean;
  readonly usersSet: boolean;
  readonly targetSet: boolean;
  /** Neither a grant nor a session control: such a policy "must contain at minimum" one "to be enforced". */
  readonly demandsNothing: boolean;
};

function standingOf(policy: GraphObject, about: Standing): Verdict {
  const idle = whyIdle(policy, about);
  if (idle !== null) return { outcome: 'no', reason: idle };
  const conditions = objectOf(policy.conditions);
  if (conditions === null) return unknown('the conditions are not understood');
  const strange = strangeMembers(conditions, UNDERSTOOD);
  if (strange.length > 0) return unknown(`the condition "${strange.join('", "')}" is not understood`);
  if (!isEmpty(conditions.clientApplications)) return unknown('users and workload identities stand in one policy');
  if (!isEmpty(policy.partialEnablementStrategy)) return unknown('the policy is enabled in part');
  if (about.state === 'unknown' && !about.treatAsEnabled) return unknown('the state of the policy is not understood');
  return { outcome: 'yes', reason: '' };
}

/** Why the policy applies to nobody anywhere; null when it may. */
function whyIdle(policy: GraphObject, about: Standing): string | null {
  const conditions = objectOf(policy.conditions);
  if (about.state === 'disabled' && !about.treatAsEnabled) return 'the policy is disabled';
  if (!isEmpty(policy.deletedDateTime)) return 'the policy is deleted';
  if (about.demandsNothing) return 'the policy has no access control';
  // Conditions of an unexpected form are no proof that nobody is included.
  if (conditions === null && !isEmpty(policy.conditions)) return null;
  if (!about.usersSet && !isEmpty(conditions?.clientApplications))
    return 'the policy is for workload identities, not for users';
  if (!about.usersSet) return 'the policy includes nobody';
  return about.targetSet ? null : 'the policy includes no application, user action or authentication context';
}

function unknown(reason: string): Verdict {
  return { outcome: 'unknown', reason };
}
