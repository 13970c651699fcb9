/**
 * Why Graph refuses a Conditional Access policy. The numbered texts 1007, 1032, 1040, 1054 and 1064 are seen in the
 * field; refusals without a number say what the pages of Microsoft Learn forbid, with words of this sandbox.
 */
import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { BUILT_IN_STRENGTHS } from './authentication-strengths.ts';
import type { GraphContext } from './context.ts';
import { hasP2, hasWorkloadPremium } from './licence.ts';

/** `policy`: as it would be stored, filled in; `before`: as it is now, null for a new one. */
export type Proposal = { policy: GraphObject; before: GraphObject | null };

/** The text of the refusal, or null. */
type Rule = (context: GraphContext, proposal: Proposal) => string | null;

const RULES: readonly Rule[] = [
  refuseName,
  refuseClients,
  refuseTargets,
  refuseGrant,
  refuseWorkload,
  refuseRisk,
  refusePrincipals,
  refuseLocations,
];

/** The first reason to refuse a policy; null when Graph would take it. */
export function refusalOf(context: GraphContext, proposal: Proposal): string | null {
  for (const rule of RULES) {
    const text = rule(context, proposal);
    if (text !== null) return text;
  }
  return null;
}

function refuseName(_context: GraphContext, { policy }: Proposal): string | null {
  return policy.displayName === '' ? "The property 'displayName' must not be empty." : null;
}

function refuseClients(_context: GraphContext, { policy }: Proposal): string | null {
  const clients = listAt(policy, 'clientAppTypes');
  if (clients.length > 0) return null;
  return (
    "1064: 'clientAppTypes' condition does not support []. If you want to target all client apps, use ['All']. If you " +
    "want to target modern authentication clients, use ['browser', 'mobileAppsAndDesktopClients']."
  );
}

function refuseTargets(_context: GraphContext, { policy }: Proposal): string | null {
  const users = ['includeUsers', 'includeGroups', 'includeRoles'].some(
    (name) => listAt(policy, 'users', name).length > 0,
  );
  const guests = at(policy, 'users', 'includeGuestsOrExternalUsers') !== null;
  const workloads = isObject(at(policy, 'clientApplications'));
  if (!users && !guests && !workloads) return "Either 'users' or 'clientApplications' must be specified.";
  const targets = ['includeApplications', 'includeUserActions', 'includeAuthenticationContextClassReferences'];
  if (targets.some((name) => listAt(policy, 'applications', name).length > 0)) return null;
  return "The 'applications' condition must name applications, user actions or authentication contexts.";
}

function refuseGrant(_context: GraphContext, { policy }: Proposal): string | null {
  const grant = policy.grantControls;
  if (!isObject(grant)) {
    return isObject(policy.sessionControls) ? null : "Either 'grantControls' or 'sessionControls' must be specified.";
  }
  const controls = builtInControls(policy);
  const strength = isObject(grant.authenticationStrength) ? grant.authenticationStrength : null;
  const others = [...asList(grant.termsOfUse), ...asList(grant.customAuthenticationFactors)];
  if (controls.length + others.length === 0 && strength === null) return "'grantControls' must name a control.";
  if (controls.includes('block') && (controls.length > 1 || strength !== null)) {
    return "The control 'block' cannot be combined with others.";
  }
  if (controls.includes('mfa') && strength !== null) {
    return "The control 'mfa' cannot be combined with an authentication strength.";
  }
  if (strength !== null && !BUILT_IN_STRENGTHS.some((known) => known.id === strength.id)) {
    return `The authentication strength '${String(strength.id)}' does not exist.`;
  }
  const isReset = controls.includes('passwordChange') && listAt(policy, 'userRiskLevels').length === 0;
  return isReset ? "1032: The control 'passwordChange' needs a user risk condition. InvalidPasswordResetControl" : null;
}

/** Policies on service principals can only block, and need a licence of their own. */
function refuseWorkload(context: GraphContext, { policy }: Proposal): string | null {
  if (!isObject(at(policy, 'clientApplications'))) return null;
  const controls = builtInControls(policy);
  if (controls.length !== 1 || controls[0] !== 'block') return "Policies on workload identities only support 'block'.";
  return hasWorkloadPremium(context.tenant) ? null : 'The tenant needs Workload Identities Premium licences.';
}

function refuseRisk(context: GraphContext, { policy }: Proposal): string | null {
  const isRisky = ['signInRiskLevels', 'userRiskLevels'].some((name) => listAt(policy, name).length > 0);
  return isRisky && !hasP2(context.tenant) ? 'Risk conditions need Microsoft Entra ID P2.' : null;
}

const WORDS = new Set(['all', 'none', 'guestsorexternalusers']);

/** Only names that this write brings in are looked up: an old policy may go on naming what was deleted since. */
function refusePrincipals(context: GraphContext, proposal: Proposal): string | null {
  const { usersById } = context.tenant;
  const users = newIn(proposal, ['includeUsers', 'excludeUsers'], 'users').filter((id) => !WORDS.has(id.toLowerCase()));
  const groups = newIn(proposal, ['includeGroups', 'excludeGroups'], 'users');
  const unknown = [
    ...users.filter((id) => !usersById.has(id)),
    ...groups.filter((id) => !isKnown(context, context.tenant.groupsById.get(id)?.group)),
  ];
  if (unknown.length === 0) return null;
  return `1054: The users or groups '${unknown.join("', '")}' do not exist in the directory.`;
}

/** Ids that need no named location: all, the trusted ones, and the trusted addresses of the old MFA settings. */
const PLACES = new Set(['all', 'alltrusted', '00000000-0000-0000-0000-000000000000']);

function refuseLocations(context: GraphContext, proposal: Proposal): string | null {
  const { namedLocations } = context.tenant.tenant;
  const unknown = newIn(proposal, ['includeLocations', 'excludeLocations'], 'locations')
    .filter((id) => !PLACES.has(id.toLowerCase()))
    .find(
      (id) =>
        !isKnown(
          context,
          namedLocations.find((location) => location.id === id),
        ),
    );
  return unknown === undefined ? null : `1040: NamedLocation with id ${unknown} does not exist in the directory.`;
}

/** What was created a moment ago has not reached Conditional Access yet, where the tenant's options say so. */
function isKnown(context: GraphContext, object: GraphObject | undefined): boolean {
  if (object === undefined) return false;
  const age = context.now - Date.parse(String(object.createdDateTime ?? ''));
  return !(age < context.tenant.options.referenceVisibleAfterMs);
}

function newIn(proposal: Proposal, names: string[], condition: string): string[] {
  const before = new Set(names.flatMap((name) => listAt(proposal.before ?? {}, condition, name)));
  return names.flatMap((name) => listAt(proposal.policy, condition, name)).filter((id) => !before.has(id));
}

function builtInControls(policy: GraphObject): string[] {
  return isObject(policy.grantControls) ? asList(policy.grantControls.builtInControls) : [];
}

/** A value below `conditions`; null when something on the way is missing. */
function at(policy: GraphObject, ...path: string[]): unknown {
  let value: unknown = policy.conditions;
  for (const step of path) value = isObject(value) ? value[step] : null;
  return value ?? null;
}

function listAt(policy: GraphObject, ...path: string[]): string[] {
  return asList(at(policy, ...path));
}

function asList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
