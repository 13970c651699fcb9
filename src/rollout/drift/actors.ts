import { type AuditActor, type AuditEntry, isDoneBy, readNewAudits } from '../../services/graph/directory-audits.ts';
import type { Customer } from '../customers/customers.ts';
import { ACTOR_WAIT_MS, actorOf, type Happened, type LogEntry } from './actor.core.ts';
import { storedOrNull } from './cover-world.ts';
import { type DriftRow, lockDrift, readFinding, readUnnamedDrift, saveFinding } from './drift.store.ts';
import { refreshDrift } from './drift-cards.ts';
import type { DriftDeps } from './drift-deps.ts';
import type { DriftActor } from './drift-types.core.ts';
import type { Reading } from './read-tenant.ts';

const BEFORE_MS = 5 * 60_000;

/**
 * Asks the audit log who made the findings of which nobody is named yet, in one reading, and edits their cards. After an
 * hour without an answer the finding says that nobody is named. Asks nothing where every finding has its answer.
 */
export async function nameActors(deps: DriftDeps, customer: Customer, { graph, options }: Reading): Promise<void> {
  const unnamed = await deps.database.withCustomer(customer.id, readUnnamedDrift);
  if (unnamed.length === 0) return;
  const now = deps.clock.now();
  const own = {
    appIds: [customer.settings.graph.clientId, customer.settings.writer?.clientId].filter((id) => id !== undefined),
    servicePrincipalIds: await principalsOf(deps, customer),
  };
  const entries: LogEntry[] = [];
  const from = Math.min(...unnamed.map(({ since }) => Date.parse(since))) - BEFORE_MS;
  await readNewAudits(graph, {
    ...options,
    ...{ from: new Date(from).toISOString(), now },
    onRows: (rows) => {
      for (const row of rows) entries.push(entryOf(row, isDoneBy(row, own)));
    },
  });
  for (const finding of unnamed) {
    const named =
      actorOf(happened(finding), entries) ?? (isTooLate(finding, now) ? ({ kind: 'unnamed' } as const) : null);
    if (named !== null) await keepActor(deps, customer, { finding, named });
  }
}

function happened({ since, changedAt, ...finding }: DriftRow): Happened {
  return { ...finding, fromMs: Date.parse(since), toMs: Date.parse(changedAt) };
}

function isTooLate({ changedAt }: DriftRow, now: number): boolean {
  return now - Date.parse(changedAt) > ACTOR_WAIT_MS;
}

async function keepActor(
  deps: DriftDeps,
  customer: Customer,
  { finding, named }: { finding: DriftRow; named: DriftActor },
): Promise<void> {
  await deps.database.withCustomer(customer.id, async (tx) => {
    await lockDrift(tx);
    const row = await readFinding(tx, finding.id);
    // It may have changed meanwhile, by somebody else's hand.
    if (row === null || row.actor !== null || row.digest !== finding.digest) return;
    await saveFinding(tx, { ...row, actor: named });
    const now = new Date(deps.clock.now());
    await refreshDrift(tx, row.id, { why: `actor:${row.digest}`, now });
  });
}

function entryOf(entry: AuditEntry, isOwn: boolean): LogEntry {
  const { at, result, activity, targets } = entry;
  return {
    ...{ at: Date.parse(at), isOwn, actor: actorNamed(entry.actor, at) },
    result: result?.toLowerCase() ?? null,
    activity: activity.toLowerCase(),
    text: JSON.stringify(targets).toLowerCase(),
  };
}

function actorNamed(actor: AuditActor, at: string): LogEntry['actor'] {
  switch (actor.kind) {
    case 'user':
      return { kind: 'user', id: actor.id, name: actor.displayName ?? actor.userPrincipalName, at };
    case 'app':
      return { kind: 'app', id: actor.appId ?? actor.servicePrincipalId ?? '', name: actor.displayName, at };
    case 'unknown':
      return actor.displayName === null ? null : { kind: 'app', id: '', name: actor.displayName, at };
  }
}

/** The log often names a service principal alone. */
async function principalsOf(deps: DriftDeps, customer: Customer): Promise<string[]> {
  const { settings } = customer;
  const appIds = [settings.graph.clientId, settings.writer?.clientId].flatMap((id) => id?.toLowerCase() ?? []);
  const stored = await storedOrNull(deps, customer);
  return (stored?.servicePrincipals ?? []).flatMap(({ id, appId }) =>
    typeof appId === 'string' && appIds.includes(appId.toLowerCase()) ? [id] : [],
  );
}
