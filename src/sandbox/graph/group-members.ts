import type { TenantState } from '../state/state.ts';
import type { GraphContext } from './context.ts';

export type MemberRef = { id: string; '@odata.type': string };

/** Direct members of a group, then the members of the groups among them, each once; circles end. */
export function transitiveMembers(tenant: TenantState, groupId: string): MemberRef[] {
  const seen = new Set<string>([groupId]);
  const found: MemberRef[] = [];
  const queue = [groupId];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const member of tenant.groupsById.get(id)?.members ?? []) {
      if (seen.has(member.id)) continue;
      seen.add(member.id);
      found.push(member);
      if (tenant.groupsById.has(member.id)) queue.push(member.id);
    }
  }
  return found;
}

/** The ids of everybody in a group, nested groups looked through. */
export function memberIds(tenant: TenantState, groupId: string): string[] {
  return transitiveMembers(tenant, groupId).map((member) => member.id);
}

/** Groups that hold an object directly, and through other groups when `transitive`. */
export function groupsOf(tenant: TenantState, objectId: string, transitive: boolean): string[] {
  const found = new Set<string>();
  const queue = [objectId];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const entry of tenant.tenant.groups) {
      if (found.has(entry.group.id) || entry.members.every((member) => member.id !== id)) continue;
      found.add(entry.group.id);
      if (transitive) queue.push(entry.group.id);
    }
  }
  return [...found];
}

/** A group by id; one that was created a moment ago is not there yet, where the tenant's options say so. */
export function findGroup(
  context: Pick<GraphContext, 'tenant' | 'now'>,
  groupId: string,
): TenantState['tenant']['groups'][number] | undefined {
  const entry = context.tenant.groupsById.get(groupId);
  const age = context.now - Date.parse(String(entry?.group.createdDateTime ?? ''));
  return age < context.tenant.options.groupVisibleAfterMs ? undefined : entry;
}
