/**
 * The two policies this product owns. ENFORCE reaches people through groups alone: the direct group and one group per
 * phase. OBSERVE reaches everybody and only reports. Both leave out the break-glass group and the exception group, and
 * both are born report-only (S4, S5). Neither names a user id (S6), leaves out an application (S18), or speaks of
 * service principals, which a policy for users never reaches.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';

/** Begins the name of everything this product makes in a tenant. For people's eyes: objects are known by their id. */
export const MANAGED_PREFIX = 'MFA Rollout';

/** The state in which every managed policy is born (S4): evaluated and logged, and nobody is asked. */
export const REPORT_ONLY = 'enabledForReportingButNotEnforced';

export const MANAGED_POLICIES = ['ENFORCE', 'OBSERVE'] as const;

export type ManagedName = (typeof MANAGED_POLICIES)[number];

type GroupPurpose = 'direct' | 'phase' | 'breakGlass' | 'exceptions';

/** A group that the managed policies speak of. */
export type ManagedGroup = {
  /** How the policies name it: its id, or `$group:<name>` while it is still to be made; the push puts the id there. */
  reference: string;
  name: string;
  purpose: GroupPurpose;
  /** The department whose turn it is; null for the groups that belong to no phase. */
  phase: string | null;
  /** Null while the group is to be made. */
  id: string | null;
  /** Who is to be in it, by object id, those who are in it already included; sorted. */
  members: string[];
  /** Those of them who are to be added; sorted. */
  add: string[];
};

/** One policy as Graph takes it, with the digest of its canonical JSON. */
export type ManagedPolicy = { name: ManagedName; json: Json; digest: string };

/** The reference to a group that does not exist yet. */
export function groupReference(name: string): string {
  return `$group:${name}`;
}

/** Draws both policies over these groups. The same groups in any order give the same JSON. */
export function drawPolicies(groups: readonly ManagedGroup[]): ManagedPolicy[] {
  const included = referencesOf(groups, ['direct', 'phase']);
  const excludeGroups = referencesOf(groups, ['breakGlass', 'exceptions']);
  return [
    policy('ENFORCE', { includeGroups: included, excludeGroups }),
    policy('OBSERVE', { includeUsers: ['All'], excludeGroups }),
  ];
}

function referencesOf(groups: readonly ManagedGroup[], purposes: readonly GroupPurpose[]): string[] {
  const found = groups.filter((group) => purposes.includes(group.purpose)).map((group) => group.reference);
  return [...new Set(found)].sort();
}

function policy(name: ManagedName, users: Json): ManagedPolicy {
  const json = {
    displayName: `${MANAGED_PREFIX} - ${name}`,
    state: REPORT_ONLY,
    conditions: { users, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  };
  return { name, json, digest: digestOf(json) };
}
