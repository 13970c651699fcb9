import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import type { Access } from '../access/access.ts';
import type { Customers } from '../customers/customers.ts';
import type { Syncs } from '../snapshots/syncs.ts';

/** What the drift watch stands on. */
export type DriftDeps = {
  database: Database;
  customers: Pick<Customers, 'find' | 'connections'>;
  access: Pick<Access, 'actorOf'>;
  syncs: Pick<Syncs, 'stored' | 'exceptions'>;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  /** Aborted when the process stops. */
  signal: AbortSignal;
};
