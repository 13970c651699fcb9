import { createHash } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, needsPremiumP2, notFound } from './errors.ts';
import { memberIds } from './group-members.ts';
import { hasP2 } from './licence.ts';
import { listAnswer } from './listing.ts';
import { ROLE_NAMES } from './role-names.ts';
import { showUser, USER_TYPE } from './users.ts';

type Assignment = TenantState['tenant']['roleAssignments'][number];

const FILTERS = { roleDefinitionId: 'eq in', principalId: 'eq in', directoryScopeId: 'eq in' };
const PAGE = { default: 100, max: 999 };

/** GET /roleManagement/directory/roleAssignments: active assignments, groups among the principals. */
export function listRoleAssignments(context: GraphContext): Answer {
  const { options, tenant } = context;
  if (options.filter === null && tenant.options.roleAssignmentsNeedFilter) {
    return badRequest('A filter on roleDefinitionId or principalId is required.', 'Request_UnsupportedQuery');
  }
  return listRoles(context, tenant.tenant.roleAssignments, 'roleAssignments');
}

/** GET /roleManagement/directory/roleEligibilityScheduleInstances: needs Entra ID P2. */
export function listRoleEligibilities(context: GraphContext): Answer {
  if (!hasP2(context.tenant)) return needsPremiumP2();
  return listRoles(context, context.tenant.tenant.roleEligibilities, 'roleEligibilityScheduleInstances');
}

function listRoles(context: GraphContext, items: readonly Assignment[], collection: string): Answer {
  const expand = context.options.expand[0];
  const unknown = context.options.expand.find((item) => item.property !== 'principal');
  if (unknown !== undefined) {
    const message = `Could not find a property named '${unknown.property}' on type 'microsoft.graph.unifiedRoleAssignment'.`;
    return badRequest(message, 'BadRequest');
  }
  const isEligibility = collection === 'roleEligibilityScheduleInstances';
  return listAnswer<GraphObject>(context, {
    fragment: `roleManagement/directory/${collection}${expand === undefined ? '' : '(principal())'}`,
    resource: 'unifiedRoleAssignment',
    items,
    view: (item) => ({
      ...item,
      ...(isEligibility ? ELIGIBILITY_DEFAULTS : { condition: null }),
      ...(expand === undefined ? {} : { principal: showPrincipal(context, String(item.principalId)) }),
    }),
    filters: FILTERS,
    page: PAGE,
    allows: ['expand', 'count'],
  });
}

const ELIGIBILITY_DEFAULTS = { appScopeId: null, memberType: 'Direct', endDateTime: null };

function showPrincipal(context: GraphContext, id: string): GraphObject | null {
  const { tenant } = context;
  const user = tenant.usersById.get(id);
  if (user !== undefined) {
    const bare = { ...context, options: { ...context.options, expand: [] } };
    const shown = showUser(bare, user, [
      'id',
      'displayName',
      'userPrincipalName',
      'mail',
      'accountEnabled',
      'userType',
    ]);
    return { '@odata.type': USER_TYPE, ...shown };
  }
  const group = tenant.groupsById.get(id);
  if (group !== undefined) return { '@odata.type': '#microsoft.graph.group', ...group.group };
  const principal = tenant.tenant.servicePrincipals.find((candidate) => candidate.id === id);
  return principal === undefined ? null : { '@odata.type': '#microsoft.graph.servicePrincipal', ...principal };
}

/** GET /directoryRoles: only roles that are in use, without paging and without query options. */
export function listDirectoryRoles(context: GraphContext): Answer {
  const value = activeRoles(context.tenant);
  return { status: 200, body: { '@odata.context': contextUrl(context, 'directoryRoles'), value } };
}

/** GET /directoryRoles/{id}/members. */
export function listDirectoryRoleMembers(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const role = activeRoles(context.tenant).find((candidate) => candidate.id === id);
  if (role === undefined) return notFound(id);
  const bare = { ...context, options: { ...context.options, expand: [] } };
  const value = context.tenant.tenant.roleAssignments
    .filter((item) => item.roleDefinitionId === role.roleTemplateId && item.directoryScopeId === '/')
    .flatMap((item) => {
      const user = context.tenant.usersById.get(item.principalId);
      const other = user === undefined ? showPrincipal(context, item.principalId) : null;
      if (user !== undefined) return [{ '@odata.type': USER_TYPE, ...showUser(bare, user, context.options.select) }];
      return other === null ? [] : [other];
    });
  return { status: 200, body: { '@odata.context': contextUrl(context, 'directoryObjects'), value } };
}

function activeRoles(tenant: TenantState): { id: string; roleTemplateId: string; displayName: string }[] {
  const templates = new Set(tenant.tenant.roleAssignments.map((item) => item.roleDefinitionId));
  return [...templates].map((roleTemplateId) => ({
    // An activated role has an id of its own in each tenant, which differs from the template's.
    id: directoryRoleId(tenant.tenant.tenantId, roleTemplateId),
    deletedDateTime: null,
    description: ROLE_NAMES[roleTemplateId] ?? 'Custom role',
    displayName: ROLE_NAMES[roleTemplateId] ?? 'Custom role',
    roleTemplateId,
  }));
}

function directoryRoleId(tenantId: string, templateId: string): string {
  const hex = createHash('sha256').update(`${tenantId} ${templateId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Users with an active directory role, directly or through a group. */
export function adminIds(tenant: TenantState): ReadonlySet<string> {
  const admins = new Set<string>();
  for (const assignment of tenant.tenant.roleAssignments) {
    if (tenant.groupsById.has(assignment.principalId)) {
      for (const id of memberIds(tenant, assignment.principalId)) admins.add(id);
    } else admins.add(assignment.principalId);
  }
  return admins;
}
