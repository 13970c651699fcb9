import type { Graph } from './client.ts';
import { type LogRead, type LogReading, readNewEntries } from './log-reading.ts';
import { directoryAuditSchema, type GraphDirectoryAudit } from './wire.ts';

/** Who did it: an application, a person, or nobody that the log names. Ids are in lower case. */
export type AuditActor =
  | { kind: 'app'; appId: string | null; servicePrincipalId: string | null; displayName: string | null }
  | { kind: 'user'; id: string; userPrincipalName: string | null; displayName: string | null }
  | { kind: 'unknown'; displayName: string | null };

/** A value that changed, out of its layers of JSON; null for one that was not there. */
export type AuditChange = { property: string; before: unknown; after: unknown };

export type AuditTarget = {
  id: string | null;
  type: string | null;
  displayName: string | null;
  changes: AuditChange[];
};

/** A line of the audit log as this product reads it. Activities and services are Microsoft's texts and change in spelling. */
export type AuditEntry = {
  id: string;
  at: string;
  activity: string;
  service: string | null;
  result: string | null;
  correlationId: string | null;
  actor: AuditActor;
  targets: AuditTarget[];
};

/** Graph's own default and maximum. */
const PAGE_SIZE = 1_000;

/**
 * What is new in the directory's audit log, of these services (`Conditional Access`, `Core Directory` …) or of all. A
 * tenant without a premium licence keeps 7 days: say so in the rules. Needs AuditLog.Read.All.
 */
export function readNewAudits(
  graph: Graph,
  { services = [], onRows, ...read }: LogRead<AuditEntry> & { services?: readonly string[] },
): Promise<LogReading> {
  const chosen = services.map((name) => `loggedByService eq '${name.replaceAll("'", "''")}'`).join(' or ');
  return readNewEntries<GraphDirectoryAudit>(
    graph,
    { ...read, onRows: (rows) => onRows(rows.map(auditEntryOf)) },
    {
      listing: ({ from, to }, options) => {
        const span = `activityDateTime ge ${from} and activityDateTime le ${to}`;
        const $filter = chosen === '' ? span : `${span} and (${chosen})`;
        const query = { $filter, $top: PAGE_SIZE };
        return { call: 'directoryAudits.list', row: directoryAuditSchema, options: { ...options, query } };
      },
      entryOf: ({ id, activityDateTime }) => ({ id, at: activityDateTime }),
    },
  );
}

/** Whether one of these applications did it. The log often names the service principal alone, so both ids are asked. */
export function isDoneBy(
  { actor }: Pick<AuditEntry, 'actor'>,
  own: { appIds: readonly string[]; servicePrincipalIds: readonly string[] },
): boolean {
  if (actor.kind !== 'app') return false;
  const among = (ids: readonly string[], id: string | null) =>
    id !== null && ids.some((own) => own.toLowerCase() === id);
  return among(own.appIds, actor.appId) || among(own.servicePrincipalIds, actor.servicePrincipalId);
}

/** Turns Graph's line into ours. */
export function auditEntryOf(row: GraphDirectoryAudit): AuditEntry {
  return {
    id: row.id,
    at: row.activityDateTime,
    activity: row.activityDisplayName,
    service: row.loggedByService ?? null,
    result: row.result ?? null,
    correlationId: row.correlationId ?? null,
    actor: actorOf(row.initiatedBy),
    targets: (row.targetResources ?? []).map((target) => ({
      id: target.id ?? null,
      type: target.type ?? null,
      displayName: target.displayName ?? null,
      changes: (target.modifiedProperties ?? []).map(({ displayName, oldValue, newValue }) => ({
        property: displayName ?? '',
        before: unwrapped(oldValue),
        after: unwrapped(newValue),
      })),
    })),
  };
}

function actorOf(initiatedBy: GraphDirectoryAudit['initiatedBy']): AuditActor {
  const { user, app } = initiatedBy ?? {};
  const displayName = app?.displayName ?? user?.displayName ?? null;
  const appId = idOf(app?.appId);
  const servicePrincipalId = idOf(app?.servicePrincipalId);
  if (appId !== null || servicePrincipalId !== null) return { kind: 'app', appId, servicePrincipalId, displayName };
  const id = idOf(user?.id);
  return id === null
    ? { kind: 'unknown', displayName }
    : { kind: 'user', id, userPrincipalName: user?.userPrincipalName ?? null, displayName };
}

function idOf(id: string | null | undefined): string | null {
  return id === null || id === undefined || id === '' ? null : id.toLowerCase();
}

/** One layer is usual, two occur; a value that is a text of its own must not be parsed into something else. */
const LAYERS_MAX = 4;

function unwrapped(text: string | null | undefined): unknown {
  if (text === null || text === undefined) return null;
  let value: unknown = text;
  for (let layer = 0; layer < LAYERS_MAX && isWrapped(value, layer); layer += 1) {
    const inner = parsedOrNothing(value);
    if (inner === undefined) return value;
    value = inner;
  }
  return value;
}

function isWrapped(value: unknown, layer: number): value is string {
  return typeof value === 'string' && (layer === 0 || /^\s*[{["]/.test(value));
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A value that is no JSON stands for itself.
    return undefined;
  }
}
