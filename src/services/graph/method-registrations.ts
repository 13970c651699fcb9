import type { Graph } from './client.ts';
import { type AuditEntry, auditEntryOf } from './directory-audits.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { directoryAuditSchema } from './wire.ts';

const SERVICE = 'Authentication Methods';
/** Activities by which a person registers a method himself; Microsoft writes them as display texts and adds to them. */
const REGISTERED = /^user (registered|changed default|updated) .*security info|^user registered all required/i;
const PAGE_SIZE = 1_000;

/** Somebody registered a method himself. */
export type MethodRegistration = { id: string; userId: string; at: string; ipAddress: string | null };

/**
 * Registrations of methods by people themselves in a span of the audit log, newest first as the log gives them. It lags
 * by minutes. Needs AuditLog.Read.All.
 */
export async function readMethodRegistrations(
  graph: Graph,
  { from, to }: { from: string; to: string },
  options: ReadOptions = {},
): Promise<MethodRegistration[]> {
  const $filter = `activityDateTime ge ${from} and activityDateTime le ${to} and loggedByService eq '${SERVICE}'`;
  const rows = await rowsOf(graph, {
    call: 'directoryAudits.list',
    row: directoryAuditSchema,
    options: { ...options, query: { $filter, $top: PAGE_SIZE } },
  });
  return rows.flatMap((row) => {
    const entry = auditEntryOf(row);
    const userId = personOf(entry);
    if (userId === null || !REGISTERED.test(entry.activity)) return [];
    const ip = row.initiatedBy?.user?.ipAddress;
    return [{ id: entry.id, userId, at: entry.at, ipAddress: typeof ip === 'string' && ip !== '' ? ip : null }];
  });
}

/** Whoever did it to himself; what an administrator does stands under another activity and actor. */
function personOf({ actor, targets }: AuditEntry): string | null {
  if (actor.kind !== 'user') return null;
  return targets.some(({ id }) => id?.toLowerCase() === actor.id) ? actor.id : null;
}
