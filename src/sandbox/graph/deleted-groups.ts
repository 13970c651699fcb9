import type { Answer } from '../http/exchange.ts';
import { isObject } from '../state/state.ts';
import { auditTarget } from './audit-trail.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { notFound } from './errors.ts';
import { commit, refuseParameters } from './write.ts';

/** How long a deleted Microsoft 365 group waits. */
const KEPT_MS = 30 * 86_400_000;

/**
 * POST /directory/deletedItems/{id}/restore: 200 with a Microsoft 365 group, its members and owners, for 30 days. Security
 * groups are deleted for good: 404. Source: "Restore deleted item (directory object)".
 */
export function restoreDirectoryObject(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const deleted = context.tenant.deletedGroups.get(id);
  const isThere = deleted !== undefined && (deleted.at === null || Date.parse(deleted.at) + KEPT_MS > context.now);
  if (!isThere) return notFound(id);
  const refusal = refuseParameters(context);
  if (refusal !== null) return refusal;
  const { group, members, owners } = deleted.entry;
  const { tenant } = context.tenant;
  const known = (member: { id: string }) =>
    context.tenant.usersById.has(member.id) ||
    context.tenant.groupsById.has(member.id) ||
    tenant.servicePrincipals.some((principal) => isObject(principal) && principal.id === member.id);
  commit(
    context,
    [
      {
        type: 'group.put',
        group: { ...group, id, deletedDateTime: null },
        // Who was deleted meanwhile is no member any more.
        members: members.filter(known),
        ...(owners === undefined ? {} : { owners: owners.filter(known) }),
      },
    ],
    [
      {
        activity: 'Restore Group',
        category: 'GroupManagement',
        service: 'Core Directory',
        targets: [auditTarget({ id, type: 'Group', object: group })],
      },
    ],
  );
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(context, 'directoryObjects/$entity'),
      '@odata.type': '#microsoft.graph.group',
      ...group,
    },
  };
}
