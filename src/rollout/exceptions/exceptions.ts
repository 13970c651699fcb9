import type { Database, Tx } from '../../store/database.ts';
import { readClassDecisions } from './classes.store.ts';
import { isRequested } from './decided-rows.core.ts';
import { isSignable } from './exception-table.core.ts';
import type { ClassDecision, ExceptionRequest, ExceptionRow, ShownRow } from './exception-types.core.ts';
import { readShown, replaceShown } from './exceptions.store.ts';
import { readOpenRequests } from './requests.store.ts';

/** What people asked for and decided, beside the facts. */
export type AskedExceptions = { requests: ExceptionRequest[]; classDecisions: ClassDecision[] };

export type Exceptions = {
  /** What was shown of the customer's exceptions at the last evidence sync; dates and words to be kept. */
  shown(customerId: string): Promise<ShownRow[]>;
  /** What nobody withdrew, and the newest decision about each class. */
  asked(customerId: string): Promise<AskedExceptions>;
};

/** Creates the access to the exceptions as they were shown and asked for. */
export function createExceptions(database: Database): Exceptions {
  return {
    shown: (customerId) => database.withCustomer(customerId, readShown),
    asked: (customerId) =>
      database.withCustomer(customerId, async (tx) => ({
        requests: (await readOpenRequests(tx)).map(({ state: _open, ...request }) => request),
        classDecisions: await readClassDecisions(tx),
      })),
  };
}

/** Keeps the rows as shown, in the transaction of the reading that they rest on. What was asked for is kept by itself. */
export function keepShown(tx: Tx, rows: readonly ExceptionRow[]): Promise<void> {
  return replaceShown(
    tx,
    rows.filter((row) => isSignable(row) && !isRequested(row)),
  );
}
