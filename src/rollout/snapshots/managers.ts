import type { Customer } from '../customers/customers.ts';
import type { SourceReading, StoredSources } from '../roster/roster.ts';
import { rosterOf } from './answers.ts';
import { snapshotOf } from './snapshots.ts';

export type ManagersDeps = {
  readings(customerId: string): Promise<SourceReading[]>;
  stored(customerId: string): Promise<StoredSources>;
};

/**
 * Who has people under him in the master list, where HR's manager wins over the directory's. Joined anew only after a
 * reading, since this is asked for with every press on a card. Before people and accounts were read nobody is a manager.
 */
export function createManagers(deps: ManagersDeps): (customer: Customer) => Promise<ReadonlySet<string>> {
  const known = new Map<string, { revision: string; managers: ReadonlySet<string> }>();
  return async (customer) => {
    const readings = await deps.readings(customer.id);
    const revision = readings.map(({ source, readAt }) => `${source} ${readAt?.getTime() ?? ''}`).join('\n');
    const cached = known.get(customer.id);
    if (cached?.revision === revision) return cached.managers;
    const managers = await readManagers(deps, customer);
    known.set(customer.id, { revision, managers });
    return managers;
  };
}

async function readManagers(deps: ManagersDeps, customer: Customer): Promise<ReadonlySet<string>> {
  const snapshot = snapshotOf(customer, await deps.stored(customer.id));
  if ((snapshot.hr ?? null) === null || (snapshot.users ?? null) === null) return new Set();
  return new Set(rosterOf(snapshot).people.flatMap((person) => person.managerAccountId ?? []));
}
