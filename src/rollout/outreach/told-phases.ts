import type { Tx } from '../../store/transaction.ts';
import { readToldPhases } from './outreach.store.ts';

/** The phases of a rollout of which a message tells somebody, or may have told somebody, a day; for this transaction's customer. */
export function toldPhasesIn(tx: Tx, rolloutId: string): Promise<ReadonlySet<string>> {
  return readToldPhases(tx, rolloutId);
}
