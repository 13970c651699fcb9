import { VendorRefusedError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { type NotLicensed, orNotLicensed } from './licence-refusal.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { activatedRoleSchema, type GraphRoleAssignment, roleAssignmentSchema } from './wire.ts';

/**
 * Active assignments of every directory role; a principal may be a group. Where Graph insists on a filter, the
 * activated roles are asked one by one. Needs RoleManagement.Read.Directory.
 */
export async function listRoleAssignments(graph: Graph, options: ReadOptions = {}): Promise<GraphRoleAssignment[]> {
  try {
    return await rowsOf(graph, { call: 'roles.assignments', row: roleAssignmentSchema, options });
  } catch (error) {
    // Older documentation demands a filter; current services answer without one.
    if (error instanceof VendorRefusedError && error.call.status === 400) return assignmentsByRole(graph, options);
    throw error;
  }
}

async function assignmentsByRole(graph: Graph, options: ReadOptions): Promise<GraphRoleAssignment[]> {
  const roles = await rowsOf(graph, { call: 'roles.activated', row: activatedRoleSchema, options });
  const assignments: GraphRoleAssignment[] = [];
  for (const { roleTemplateId } of roles) {
    const query = { $filter: `roleDefinitionId eq '${roleTemplateId.replaceAll("'", "''")}'` };
    assignments.push(
      ...(await rowsOf(graph, {
        call: 'roles.assignments',
        row: roleAssignmentSchema,
        options: { ...options, query },
      })),
    );
  }
  return assignments;
}

/** Assignments that a person may activate (PIM). Needs P2 and RoleManagement.Read.Directory. */
export function listEligibleRoles(
  graph: Graph,
  options: ReadOptions = {},
): Promise<{ kind: 'rows'; rows: GraphRoleAssignment[] } | NotLicensed> {
  return orNotLicensed('P2', async () => ({
    kind: 'rows' as const,
    rows: await rowsOf(graph, { call: 'roles.eligible', row: roleAssignmentSchema, options }),
  }));
}
