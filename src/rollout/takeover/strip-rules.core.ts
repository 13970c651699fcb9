/**
 * Why an old policy is never touched, whoever it covers (S16, S19): each reason is one line of a table, read from the
 * policy alone. Two policies that differ in one line only differ in what may be done.
 */
import { compilePolicy } from '../policy/evaluator/compile-policy.core.ts';
import { grantsForMfa } from '../policy/evaluator/grant-controls.core.ts';
import type { CompiledTenant } from '../policy/evaluator/tenant.core.ts';
import {
  type GraphObject,
  isEmpty,
  type JsonObject,
  objectOf,
  strangeMembers,
  textOf,
  textsOf,
} from '../policy/graph-json.core.ts';
import { isMicrosoftManaged } from '../policy/push/push-gates.core.ts';

/** Why a policy is left as it is. A stored word: a change needs a migration. */
export type LeaveCode =
  | 'microsoft_managed'
  | 'reports_only'
  | 'disabled_already'
  | 'risk'
  | 'strength'
  | 'user_action'
  | 'auth_context'
  | 'role_target'
  | 'guest_target'
  | 'or_grant'
  | 'session_left'
  | 'not_understood'
  | 'break_glass'
  | 'not_covered'
  | 'not_covered_tomorrow';

/** Whether a policy asks for MFA, by the control or by a strength; one whose controls cannot be read may. */
export function asksForMfa(policy: GraphObject): boolean {
  return grantsForMfa(policy.grantControls, true);
}

type Parts = {
  policy: GraphObject;
  conditions: JsonObject;
  users: JsonObject;
  applications: JsonObject;
  grant: JsonObject;
  /** In lower case; null when they have an unexpected form. */
  builtIn: readonly string[] | null;
};

function partsOf(policy: GraphObject): Parts {
  const conditions = objectOf(policy.conditions) ?? {};
  const grant = objectOf(policy.grantControls) ?? {};
  return {
    ...{ policy, conditions, grant, builtIn: textsOf(grant.builtInControls) },
    users: objectOf(conditions.users) ?? {},
    applications: objectOf(conditions.applications) ?? {},
  };
}

const RISKS = [
  'signInRiskLevels',
  'userRiskLevels',
  'servicePrincipalRiskLevels',
  'insiderRiskLevels',
  'agentIdRiskLevels',
];

const RULES: readonly (readonly [LeaveCode, (parts: Parts, tenant: CompiledTenant) => boolean])[] = [
  ['microsoft_managed', ({ policy }) => isMicrosoftManaged(policy)],
  ['reports_only', ({ policy }) => policy.state === 'enabledForReportingButNotEnforced'],
  ['disabled_already', ({ policy }) => policy.state === 'disabled'],
  ['risk', ({ conditions }) => RISKS.some((name) => !isEmpty(conditions[name]))],
  ['strength', ({ grant }) => !isEmpty(grant.authenticationStrength)],
  ['user_action', ({ applications }) => !isEmpty(applications.includeUserActions)],
  ['auth_context', ({ applications }) => !isEmpty(applications.includeAuthenticationContextClassReferences)],
  ['role_target', ({ users }) => !isEmpty(users.includeRoles)],
  ['guest_target', isForGuests],
  ['or_grant', ({ grant }) => textOf(grant.operator)?.toLowerCase() === 'or' && controlsOf(grant) > 1],
  ['session_left', ({ grant, policy }) => controlsOf(grant) === 1 && !isEmpty(policy.sessionControls)],
  ['not_understood', isNotUnderstood],
];

/** The reasons that stand in the policy itself, in the order of the table; none when it may be touched. */
export function structuralReasons(policy: GraphObject, tenant: CompiledTenant): LeaveCode[] {
  const parts = partsOf(policy);
  return RULES.filter(([, holds]) => holds(parts, tenant)).map(([code]) => code);
}

function isForGuests({ users }: Parts): boolean {
  return (
    !isEmpty(users.includeGuestsOrExternalUsers) ||
    textsOf(users.includeUsers)?.includes('guestsorexternalusers') === true
  );
}

function controlsOf(grant: JsonObject): number {
  const lists = [grant.builtInControls, grant.termsOfUse, grant.customAuthenticationFactors];
  const listed = lists.reduce<number>((sum, list) => sum + (textsOf(list)?.length ?? 0), 0);
  return listed + (isEmpty(grant.authenticationStrength) ? 0 : 1);
}

const USERS: ReadonlySet<string> = new Set(
  ['Users', 'Groups', 'Roles', 'GuestsOrExternalUsers'].flatMap((kind) => [`include${kind}`, `exclude${kind}`]),
);
const APPLICATIONS: ReadonlySet<string> = new Set([
  'includeApplications',
  'excludeApplications',
  'includeUserActions',
  'includeAuthenticationContextClassReferences',
  'applicationFilter',
]);
const GRANT: ReadonlySet<string> = new Set([
  'operator',
  'builtInControls',
  'termsOfUse',
  'customAuthenticationFactors',
  'authenticationStrength',
]);
/** What may stay in a grant without MFA beside it; a password change may not, and others are not known. */
const MAY_STAY: ReadonlySet<string> = new Set([
  'mfa',
  'compliantdevice',
  'domainjoineddevice',
  'approvedapplication',
  'compliantapplication',
]);
const STATES: ReadonlySet<unknown> = new Set(['enabled', 'disabled', 'enabledForReportingButNotEnforced']);
const USER_LISTS = ['includeUsers', 'excludeUsers', 'includeGroups', 'excludeGroups', 'excludeRoles'];

function isNotUnderstood({ policy, users, applications, grant, builtIn }: Parts, tenant: CompiledTenant): boolean {
  const isStrange = [
    strangeMembers(users, USERS),
    strangeMembers(applications, APPLICATIONS),
    strangeMembers(grant, GRANT),
  ].some((members) => members.length > 0);
  if (isStrange || builtIn === null || builtIn.some((control) => !MAY_STAY.has(control))) return true;
  if (!STATES.has(policy.state) || USER_LISTS.some((name) => textsOf(users[name]) === null)) return true;
  // Words for sets of users that came later than this code.
  if (textsOf(users.includeUsers)?.some((word) => /^all[a-z]+$/.test(word)) === true) return true;
  const isOperatorMissing =
    controlsOf(grant) > 1 && !['and', 'or'].includes(textOf(grant.operator)?.toLowerCase() ?? '');
  const { standing, target } = compilePolicy(policy, tenant, true);
  return isOperatorMissing || standing.outcome === 'unknown' || !target.isSet;
}
