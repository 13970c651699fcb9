import type { Database } from '../../store/database.ts';
import { readManaged } from './push/push.store.ts';

/** The ids of the groups that this product made in a customer's tenant, whichever policy names them at the moment. */
export async function managedGroupIds(database: Database, customerId: string): Promise<string[]> {
  const owned = await database.withCustomer(customerId, readManaged);
  return owned.filter(({ kind }) => kind === 'group').map(({ objectId }) => objectId);
}
