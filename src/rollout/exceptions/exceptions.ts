import type { Database, Tx } from '../../store/database.ts';
import type { ExceptionRow, ShownRow } from './exception-types.core.ts';
import { readShown, replaceShown } from './exceptions.store.ts';

export type Exceptions = {
  /** What was shown of the customer's exceptions at the last evidence sync; dates and words to be kept. */
  shown(customerId: string): Promise<ShownRow[]>;
};

/** Creates the access to the exceptions as they were shown. */
export function createExceptions(database: Database): Exceptions {
  return { shown: (customerId) => database.withCustomer(customerId, readShown) };
}

/** Keeps the rows as shown, in the transaction of the reading that they rest on. */
export function keepShown(tx: Tx, rows: readonly ExceptionRow[]): Promise<void> {
  return replaceShown(tx, rows);
}
