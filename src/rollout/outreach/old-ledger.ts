import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../../store/database.ts';
import type { Forgetting } from '../../work/upkeep.ts';
import type { Rollout } from '../phases/phase-types.core.ts';
import { oldBefore } from '../phases/rollout-end.ts';
import { deleteOldRows } from './outreach.store.ts';

export type OldLedgerDeps = {
  database: Database;
  clock: Clock;
  phases: { current(customerId: string): Promise<Rollout | null> };
};

const BATCH = 500;

/**
 * Creates what removes settled messages of earlier rollouts. The newest rollout's ledger stays, however long ago it ended:
 * cadence, gates and report read it, and no other one.
 */
export function createForgetLedger({ database, clock, phases }: OldLedgerDeps): Forgetting {
  return async (customerId) => {
    const newest = await phases.current(customerId);
    const before = oldBefore(null, clock.now());
    if (newest === null || before === null) return 0;
    return database.withCustomer(customerId, (tx) =>
      deleteOldRows(tx, { newest: newest.id, before: new Date(before), max: BATCH }),
    );
  };
}
