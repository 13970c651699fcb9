import type { Json } from '../../lib/canonical-json.ts';
import type { Graph } from '../../services/graph/client.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Customer } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { type ManagedStanding, readManagedStanding } from '../policy/managed-standing.ts';
import { type DriftRow, lockDrift, saveFinding } from './drift.store.ts';
import type { DriftDeps } from './drift-deps.ts';
import type { Reading } from './read-tenant.ts';

/** One attempt to put a finding back. */
export type RestoreRun = {
  deps: DriftDeps;
  customer: Customer;
  row: DriftRow;
  reader: Graph;
  writer: Graph;
  reading: Reading;
  standing: ManagedStanding;
};

/** How it ended: as it was, or why nothing (more) was written. */
export type Restored = { ok: true; facts: Json } | { ok: false; why: Sentence };

/** That it was put back, with what the journal shall know of it. */
export function restored(facts: Json = null): Restored {
  return { ok: true, facts };
}

/** That it was not, and why. */
export function notRestored(why: Sentence): Restored {
  return { ok: false, why };
}

/** Notes the intent with everything that stands before the write (S24), once; an earlier attempt may have noted it. */
export async function noteIntent(run: RestoreRun, before: unknown, policyIds: readonly string[] = []): Promise<void> {
  const { deps, customer, row } = run;
  if (row.progress !== null) return;
  const at = new Date(deps.clock.now());
  row.progress = { policyIds: [...policyIds] };
  await deps.database.withCustomer(customer.id, async (tx) => {
    await lockDrift(tx);
    await saveFinding(tx, row);
    const { id, kind, object, objectId } = row;
    const facts = { id, kind, object, objectId, before: asJson(before) };
    await appendJournal(tx, { at, actor: actorOf(row), event: 'drift.restore.begun', facts });
  });
  deps.stopPoint('drift.restore.noted');
}

/** Whoever asked for it, as the journal names people. */
export function actorOf({ decidedBy }: DriftRow): Json {
  if (decidedBy === null) return { kind: 'system', name: 'drift' };
  const { tenantId, objectId, displayName } = decidedBy;
  return { kind: 'person', tenantId, objectId, displayName };
}

/** What is known of our own writing at this moment. */
export function standingNow({ deps, customer }: Pick<RestoreRun, 'deps' | 'customer'>): Promise<ManagedStanding> {
  return deps.database.withCustomer(customer.id, readManagedStanding);
}

/** A value as JSON keeps it. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
