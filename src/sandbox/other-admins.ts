/**
 * What other administrators of a tenant do with their own hands: nothing is refused to them, and the audit log names
 * the person. Each function is one thing that happens; what it names must exist.
 */
import { type Actor, type AuditFacts, auditOf, auditTarget, modified } from './graph/audit-trail.ts';
import { addition, removal } from './graph/member-writes.ts';
import { fullPolicy } from './graph/policy-form.ts';
import { policyAudit } from './graph/policy-writes.ts';
import { switchDefaults } from './graph/security-defaults-writes.ts';
import type { WorldHandle } from './people.ts';
import type { Member, TenantHappening } from './state/events.ts';
import type { TenantState } from './state/state.ts';
import type { GraphObject } from './world/world.ts';

type Where = { tenantId: string };
type WhichPolicy = Where & { policyId: string };
type WhichGroup = Where & { groupId: string };

/** Somebody else switches Security Defaults on or off. */
export function switchSecurityDefaults(
  world: WorldHandle,
  where: Where,
  change: { isEnabled: boolean; by: string },
): void {
  const { events, audit } = switchDefaults(requireTenant(world, where), change.isEnabled, world.now());
  happen(world, where, { by: change.by, events, audits: [audit] });
}

/** Somebody else makes a policy, or replaces the one of this id. */
export function putPolicy(world: WorldHandle, which: WhichPolicy, change: { policy: GraphObject; by: string }): void {
  const tenant = requireTenant(world, which);
  const before = findPolicy(tenant, which.policyId);
  const created = { createdDateTime: before?.createdDateTime ?? instant(world) };
  const after = { ...fullPolicy({ ...created, ...change.policy }, 'v1.0'), id: which.policyId };
  keepPolicy(world, which, { by: change.by, ...(before === undefined ? {} : { before }), after });
}

/** Somebody else changes properties of a policy: what is given replaces what was there. */
export function editPolicy(world: WorldHandle, which: WhichPolicy, change: { set: GraphObject; by: string }): void {
  const before = requirePolicy(requireTenant(world, which), which.policyId);
  const after = {
    ...fullPolicy({ ...before, ...change.set }, 'v1.0'),
    id: before.id,
    modifiedDateTime: instant(world),
  };
  keepPolicy(world, which, { by: change.by, before, after });
}

type Policy = GraphObject & { id: string };

function keepPolicy(world: WorldHandle, where: Where, change: { by: string; before?: Policy; after: Policy }): void {
  const { by, ...values } = change;
  const activity = `${values.before === undefined ? 'Add' : 'Update'} conditional access policy`;
  const layers = requireTenant(world, where).options.auditJsonLayers;
  happen(world, where, {
    by,
    events: [{ type: 'list.put', list: 'conditionalAccessPolicies', item: change.after }],
    audits: [policyAudit({ activity, ...values }, layers)],
  });
}

/** Somebody else deletes a policy; it stays among the deleted ones. */
export function removePolicy(world: WorldHandle, which: WhichPolicy, by: string): void {
  const tenant = requireTenant(world, which);
  const before = requirePolicy(tenant, which.policyId);
  happen(world, which, {
    by,
    events: [
      { type: 'list.remove', list: 'conditionalAccessPolicies', id: before.id },
      { type: 'list.put', list: 'deletedPolicies', item: { ...before, deletedDateTime: instant(world) } },
    ],
    audits: [policyAudit({ activity: 'Delete conditional access policy', before }, tenant.options.auditJsonLayers)],
  });
}

/** Somebody else takes members into a group and out of it. */
export function changeMembersAs(
  world: WorldHandle,
  which: WhichGroup,
  change: { add: string[]; remove: string[]; by: string },
): void {
  const tenant = requireTenant(world, which);
  const { group } = requireGroup(tenant, which.groupId);
  const added = change.add.map((id) => memberOf(tenant, id));
  happen(world, which, {
    by: change.by,
    events: [{ type: 'members.change', groupId: which.groupId, added, removed: change.remove }],
    audits: [
      ...added.map((member) => addition({ tenant }, { group, member })),
      ...change.remove.map((id) => removal({ tenant }, { group, member: memberOf(tenant, id) })),
    ],
  });
}

/** Somebody else changes a group: renames it, or makes its membership dynamic. */
export function editGroup(world: WorldHandle, which: WhichGroup, change: { set: GraphObject; by: string }): void {
  const { group } = requireGroup(requireTenant(world, which), which.groupId);
  const changed = Object.entries(change.set).map(([name, to]) => modified(name, { from: [group[name]], to: [to] }));
  happen(world, which, {
    by: change.by,
    events: [{ type: 'group.patch', groupId: which.groupId, set: change.set }],
    audits: [groupAudit('Update group', group, changed)],
  });
}

/** Somebody else deletes a group; policies go on naming it. */
export function removeGroup(world: WorldHandle, which: WhichGroup, by: string): void {
  const tenant = requireTenant(world, which);
  const { group } = requireGroup(tenant, which.groupId);
  const parents = tenant.tenant.groups.filter((other) => other.members.some((member) => member.id === group.id));
  const leaving = parents.map(
    (parent): TenantHappening => ({
      type: 'members.change',
      groupId: parent.group.id,
      added: [],
      removed: [group.id],
    }),
  );
  happen(world, which, {
    by,
    events: [...leaving, { type: 'group.delete', groupId: group.id }],
    audits: [groupAudit('Delete group', group, [])],
  });
}

/** Gives a group a team; a new Microsoft 365 group when there is none of this id. */
export function putTeam(world: WorldHandle, where: Where, team: { id: string; displayName: string }): void {
  const tenant = requireTenant(world, where);
  const known = tenant.groupsById.get(team.id);
  const group = {
    groupTypes: ['Unified'],
    mailEnabled: true,
    mailNickname: `team-${team.id.slice(0, 8)}`,
    securityEnabled: false,
    createdDateTime: instant(world),
    ...known?.group,
    ...team,
    resourceProvisioningOptions: ['Team'],
  };
  world.record({ ...where, type: 'group.put', group, members: known?.members ?? [] });
}

function groupAudit(activity: string, group: Policy, changed: GraphObject[]): AuditFacts {
  const targets = [auditTarget({ id: group.id, type: 'Group', object: group }, changed)];
  return { activity, category: 'GroupManagement', service: 'Core Directory', targets };
}

function happen(
  world: WorldHandle,
  { tenantId }: Where,
  what: { by: string; events: TenantHappening[]; audits: AuditFacts[] },
): void {
  const tenant = requireTenant(world, { tenantId });
  const actor: Actor = { userId: what.by };
  const lines = what.audits.map((facts) => auditOf(tenant, { actor, now: world.now() }, facts));
  world.record({ tenantId, type: 'together', events: [...what.events, ...lines] });
}

function instant(world: WorldHandle): string {
  return new Date(world.now()).toISOString();
}

function memberOf(tenant: TenantState, id: string): Member {
  const isGroup = tenant.groupsById.has(id);
  return { id, '@odata.type': isGroup ? '#microsoft.graph.group' : '#microsoft.graph.user' };
}

function findPolicy(tenant: TenantState, policyId: string): Policy | undefined {
  return tenant.tenant.conditionalAccessPolicies.find((policy) => policy.id === policyId);
}

function requirePolicy(tenant: TenantState, policyId: string): Policy {
  const policy = findPolicy(tenant, policyId);
  if (policy === undefined) throw new Error(`there is no policy ${policyId}`);
  return policy;
}

function requireGroup(tenant: TenantState, groupId: string): TenantState['tenant']['groups'][number] {
  const entry = tenant.groupsById.get(groupId);
  if (entry === undefined) throw new Error(`there is no group ${groupId}`);
  return entry;
}

function requireTenant(world: WorldHandle, { tenantId }: Where): TenantState {
  const tenant = world.state.tenants.get(tenantId);
  if (tenant === undefined) throw new Error(`there is no tenant ${tenantId}`);
  return tenant;
}
