import { createHash } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { TenantHappening } from '../state/events.ts';
import type { TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type AuditFacts, auditTarget, modified } from './audit-trail.ts';
import type { GraphContext } from './context.ts';
import { badRequest } from './errors.ts';
import { hasP1 } from './licence.ts';
import { fullPolicy } from './policy-form.ts';
import { commit, readBody } from './write.ts';

const DEFAULTS_ID = '00000000-0000-0000-0000-000000000005';
/** What the audit log calls a switch of Security Defaults. */
export const DEFAULTS_ACTIVITY = 'Update security defaults';
const POLICIES_ARE_ON =
  'Security defaults cannot be enabled while Conditional Access policies are enabled in the tenant.';

/** PATCH /policies/identitySecurityDefaultsEnforcementPolicy: 204; Microsoft's own policies may appear with it. */
export function updateSecurityDefaults(context: GraphContext): Answer {
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const { isEnabled } = read.body;
  if (typeof isEnabled !== 'boolean') {
    return badRequest("A value is required for property 'isEnabled'.", 'BadRequest');
  }
  if (isEnabled && blockers(context.tenant).length > 0) return badRequest(POLICIES_ARE_ON, 'BadRequest');
  const { events, audit } = switchDefaults(context.tenant, isEnabled, context.now);
  commit(context, events, [audit]);
  return { status: 204 };
}

/** Policies that keep Security Defaults from being switched on, as the tenant's options say. */
function blockers(tenant: TenantState): GraphObject[] {
  const { conditionalAccessPolicies } = tenant.tenant;
  switch (tenant.options.securityDefaultsBlockedBy) {
    case 'nothing':
      return [];
    case 'enabledPolicies':
      return conditionalAccessPolicies.filter((policy) => policy.state === 'enabled');
    case 'enabledOrReportOnly':
      return conditionalAccessPolicies.filter((policy) => policy.state !== 'disabled');
  }
}

/** What switching does, whoever switches: the flag, perhaps Microsoft's policies, and the line in the audit log. */
export function switchDefaults(
  tenant: TenantState,
  isEnabled: boolean,
  now: number,
): { events: TenantHappening[]; audit: AuditFacts } {
  const before = tenant.tenant.securityDefaults;
  const events: TenantHappening[] = [{ type: 'part.set', part: 'securityDefaults', value: { ...before, isEnabled } }];
  if (before.isEnabled && !isEnabled) events.push(...managedPolicies(tenant, now));
  const change = modified('IsEnabled', { from: before.isEnabled, to: isEnabled });
  const target = auditTarget({ id: DEFAULTS_ID, type: 'Policy', object: { displayName: 'Security Defaults' } }, [
    change,
  ]);
  const audit: AuditFacts = {
    activity: DEFAULTS_ACTIVITY,
    category: 'Policy',
    service: 'Conditional Access',
    targets: [target],
  };
  return { events, audit };
}

const GLOBAL_ADMIN = '62e90394-69f5-4237-9190-012177145e10';
const PORTALS = 'MicrosoftAdminPortals';

/** What appeared in a tenant of 2026 in the minute in which Security Defaults was switched off. */
const MANAGED: readonly { name: string; users: GraphObject; apps: string[]; clients: string[]; control: string }[] = [
  {
    name: 'Microsoft-managed: Multifactor authentication for all users',
    users: { includeUsers: ['All'] },
    apps: ['All'],
    clients: ['all'],
    control: 'mfa',
  },
  {
    name: 'Microsoft-managed: Multifactor authentication for admins accessing Microsoft Admin Portals',
    users: { includeRoles: [GLOBAL_ADMIN] },
    apps: [PORTALS],
    clients: ['all'],
    control: 'mfa',
  },
  {
    name: 'Microsoft-managed: Multifactor authentication for Azure management',
    users: { includeUsers: ['All'] },
    apps: ['797f4846-ba00-4fd7-ba43-dac1f8f63013'],
    clients: ['all'],
    control: 'mfa',
  },
  {
    name: 'Microsoft-managed: Block legacy authentication',
    users: { includeUsers: ['All'] },
    apps: ['All'],
    clients: ['exchangeActiveSync', 'other'],
    control: 'block',
  },
];

function managedPolicies(tenant: TenantState, now: number): TenantHappening[] {
  const { managedPoliciesAppear } = tenant.options;
  if (managedPoliciesAppear === 'no' || !hasP1(tenant)) return [];
  const state = managedPoliciesAppear === 'enabled' ? 'enabled' : 'enabledForReportingButNotEnforced';
  const present = new Set(tenant.tenant.conditionalAccessPolicies.map((policy) => policy.displayName));
  return MANAGED.filter(({ name }) => !present.has(name)).map(({ name, users, apps, clients, control }) => ({
    type: 'list.put',
    list: 'conditionalAccessPolicies',
    item: {
      ...fullPolicy(
        {
          displayName: name,
          state,
          createdDateTime: new Date(now).toISOString(),
          conditions: { users, applications: { includeApplications: apps }, clientAppTypes: clients },
          grantControls: { operator: 'OR', builtInControls: [control] },
        },
        'v1.0',
      ),
      id: idFor(tenant.tenant.tenantId, name),
    },
  }));
}

/** Derived, so that the same tenant gets the same policies again. */
function idFor(tenantId: string, name: string): string {
  const hex = createHash('sha256').update(`${tenantId} ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
