import type { Database } from '../../store/database.ts';
import type { Tx } from '../../store/transaction.ts';
import type { EnforcedPhase } from './enforce.core.ts';
import { readEnforced } from './enforce.store.ts';
import type { ManagedObject } from './managed-objects.core.ts';
import { forgetManaged, readManaged, readStandingPushes, saveManaged } from './push.store.ts';

/** Everything that this product owns in the tenant, seen from inside a transaction. */
export function managedObjects(tx: Tx): Promise<ManagedObject[]> {
  return readManaged(tx);
}

/** Remembers an object as ours again, under the id that it has now. */
export function keepManaged(tx: Tx, object: ManagedObject): Promise<void> {
  return saveManaged(tx, object);
}

/** Forgets an object of ours that was taken out of the tenant. */
export function dropManaged(tx: Tx, key: string): Promise<void> {
  return forgetManaged(tx, key);
}

/** How many pushes stand. */
export async function standingPushes(tx: Tx): Promise<number> {
  return (await readStandingPushes(tx)).length;
}

/** The phases that the enforcing policy reaches, by what this product wrote. */
export function enforcedPhases(database: Database, customerId: string): Promise<EnforcedPhase[]> {
  return database.withCustomer(customerId, readEnforced);
}
