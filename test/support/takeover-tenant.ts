/** A small tenant whose everyone is enforced, for tables about old policies: a test names only what matters to it. */
import type { GraphObject } from '../../src/rollout/policy/graph-json.core.ts';
import { judgeOldPolicies, type OldPolicy, type StripInput } from '../../src/rollout/takeover/strip.core.ts';
import type { TakeoverInput } from '../../src/rollout/takeover/takeover.core.ts';

const USER = '#microsoft.graph.user';

export const ALL_APPS = { includeApplications: ['All'] };

/** An old policy for the group Finance that asks for MFA and nothing else. */
export function oldPolicy(change: Record<string, unknown> = {}, conditions: Record<string, unknown> = {}): GraphObject {
  return {
    id: 'old',
    displayName: 'MFA Finance',
    state: 'enabled',
    conditions: {
      users: { includeGroups: ['finance'] },
      applications: ALL_APPS,
      clientAppTypes: ['all'],
      ...conditions,
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    ...change,
  };
}

/** The enforcing policy, for everybody unless told otherwise. */
export function enforcing(users: Record<string, unknown> = {}): GraphObject {
  return {
    id: 'enforce',
    displayName: 'MFA Rollout - ENFORCE',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'], excludeGroups: ['emergency', 'exceptions'], ...users },
      applications: ALL_APPS,
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  };
}

/** Ann and Ben work in Finance, Cat elsewhere; Exa has an exception; two emergency accounts. */
export function takeoverInput(
  change: Partial<TakeoverInput> = {},
  members: Record<string, string[]> = {},
): TakeoverInput {
  const groups = { finance: ['ann', 'ben'], emergency: ['bg-1', 'bg-2'], exceptions: [], ...members };
  const enforce = change.enforce ?? enforcing();
  return {
    tenantId: 'contoso',
    tenant: {
      users: ['ann', 'ben', 'cat', 'exa', 'bg-1', 'bg-2'].map((id) => ({
        id,
        userType: 'Member',
        userPrincipalName: `${id}@contoso.example`,
        accountEnabled: true,
      })),
      groups: Object.entries(groups).map(([id, ids]) => ({
        id,
        displayName: id,
        members: ids.map((member) => ({ id: member, '@odata.type': USER })),
      })),
      roleAssignments: [],
      namedLocations: [],
      securityDefaults: { isEnabled: false },
    },
    policies: [enforce, oldPolicy()],
    enforce,
    ownIds: new Set(['enforce', 'observe']),
    exceptions: [],
    breakGlass: ['bg-1', 'bg-2'],
    today: '2026-03-01',
    observeId: null,
    perUserMfa: [],
    ...change,
  };
}

/** What may be done with one old policy in that tenant. */
export function judged(
  policy: GraphObject,
  change: Partial<TakeoverInput> = {},
  members: Record<string, string[]> = {},
): OldPolicy {
  const input: StripInput = takeoverInput(change, members);
  const [found] = judgeOldPolicies({ ...input, policies: [input.enforce, policy] });
  if (found === undefined) throw new Error('the policy asks for MFA');
  return found;
}
