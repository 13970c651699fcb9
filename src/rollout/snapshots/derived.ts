import type { Json } from '../../lib/canonical-json.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../../store/database.ts';
import { isInTransaction } from '../../store/transaction.ts';
import { signedRowsIn } from '../approvals/sign-off.ts';
import type { Customer } from '../customers/customers.ts';
import type { Exceptions } from '../exceptions/exceptions.ts';
import type { RosterSources, SourceReading } from '../roster/roster.ts';
import type { Roster } from '../roster/roster-types.core.ts';
import { rosterOf } from './answers.ts';
import { type ExceptionsAnswer, exceptionsOf } from './exception-answer.ts';
import type { Snapshot } from './snapshot-file.ts';
import { snapshotOf } from './snapshots.ts';

/** What is stored of one customer and what follows from it alone; shared by everybody who asks, so nobody changes it. */
export type Derived = {
  readonly readings: readonly SourceReading[];
  readonly snapshot: Snapshot;
  /** The master list, joined at the first question. Refuses with `snapshot_part_missing` before HR and tenant were read. */
  roster(): Roster;
};

export type DerivedTables = {
  /**
   * What is stored now, read and joined once per reading of the sources and customer file, however many ask. Inside an
   * open transaction of the customer it rests on the rows that the transaction sees, its own among them.
   */
  of(customer: Customer): Promise<Derived>;
  /** The exception table of it, with the dates and words shown before and the rows that were signed last. */
  exceptions(customer: Customer): Promise<ExceptionsAnswer>;
};

export type DerivedDeps = {
  database: Database;
  rosterSources: Pick<RosterSources, 'stored' | 'mark'>;
  exceptions: Pick<Exceptions, 'shown' | 'asked'>;
  /** Hears `tables.made` whenever something is worked out that is then shared: what a visit costs can be counted. */
  log: Pick<Log, 'info'>;
  /** Stored rows of all kept customers together, about 2 KB of memory each. */
  keptRowsMax?: number;
};

/** Some 80,000 people with their sign-ins. The customer who was asked about last stays, however large. */
const KEPT_ROWS_MAX = 250_000;

type Kept = {
  key: string;
  derived: Promise<Derived>;
  /** Whether everything was read: only then may somebody who holds a connection wait for it. */
  isMade: boolean;
  rows: number;
  table: { key: string; answer: ExceptionsAnswer } | undefined;
};

/**
 * Creates the tables that follow from what is stored. Nothing has to tell them of a change: the store names the state
 * its rows are in, by the transaction that wrote them. A transaction that is undone leaves at most a table that nobody
 * asks for any more.
 */
export function createDerivedTables(deps: DerivedDeps): DerivedTables {
  const kept = new Map<string, Kept>();
  const entryOf = async (customer: Customer): Promise<Kept> => {
    const key = keyOf(customer, await deps.rosterSources.mark(customer.id));
    const known = kept.get(customer.id);
    if (known?.key === key && (await isUsable(known))) {
      if (kept.get(customer.id) === known) touched(kept, customer.id, known);
      return known;
    }
    return make(deps, kept, { customer, key });
  };
  return {
    of: async (customer) => (await entryOf(customer)).derived,
    exceptions: async (customer) => {
      const { entry, shown, asked, signedRows } = await deps.database.withCustomer(customer.id, async (tx) => ({
        entry: await entryOf(customer),
        shown: await deps.exceptions.shown(customer.id),
        asked: await deps.exceptions.asked(customer.id),
        signedRows: await signedRowsIn(tx),
      }));
      const key = JSON.stringify([shown, asked, signedRows]);
      const { snapshot, roster } = await entry.derived;
      // Nothing is awaited from here on, so that of several who ask at once only one works it out.
      if (entry.table?.key === key) return entry.table.answer;
      deps.log.info('tables.made', { customerId: customer.id, table: 'exceptions' });
      const answer = exceptionsOf(snapshot, { shown, ...asked, signedRows, roster });
      entry.table = { key, answer };
      return answer;
    },
  };
}

/** Everything of the customer file that a table rests on, beside the mark of the rows. */
function keyOf({ settings: { declared, hr, timeZone } }: Customer, mark: string): string {
  return JSON.stringify([mark, timeZone, hr.source, declared as unknown as Json]);
}

/**
 * Somebody else's attempt that fails is his: his transaction may have ended, and this one tries for itself. One that is
 * under way may be waiting for the connection that an open transaction holds, so from inside one nobody waits for it.
 */
async function isUsable(entry: Kept): Promise<boolean> {
  if (entry.isMade || isInTransaction()) return entry.isMade;
  return entry.derived.then(
    () => true,
    () => false,
  );
}

async function make(
  deps: DerivedDeps,
  kept: Map<string, Kept>,
  { customer, key }: { customer: Customer; key: string },
): Promise<Kept> {
  const stored = deps.rosterSources.stored(customer.id);
  const derived = stored.then((sources) => derive(deps, customer, sources));
  const entry: Kept = { key, derived, isMade: false, rows: 0, table: undefined };
  touched(kept, customer.id, entry);
  try {
    await derived;
    const { mark, readings } = await stored;
    // A reading may have been saved meanwhile: this is what was found then.
    entry.key = keyOf(customer, mark);
    entry.isMade = true;
    entry.rows = readings.reduce((sum, reading) => sum + reading.rows, 0);
    shed(kept, deps.keptRowsMax ?? KEPT_ROWS_MAX);
    return entry;
  } catch (error) {
    if (kept.get(customer.id) === entry) kept.delete(customer.id);
    throw error;
  }
}

function derive(
  { log }: DerivedDeps,
  customer: Customer,
  stored: Awaited<ReturnType<RosterSources['stored']>>,
): Derived {
  log.info('tables.made', { customerId: customer.id, table: 'snapshot' });
  const snapshot = snapshotOf(customer, stored);
  let roster: Roster | undefined;
  return {
    readings: stored.readings,
    snapshot,
    roster: () => {
      if (roster !== undefined) return roster;
      log.info('tables.made', { customerId: customer.id, table: 'roster' });
      roster = rosterOf(snapshot);
      return roster;
    },
  };
}

/** Moves an entry to the end, where what was asked for last stands. */
function touched(kept: Map<string, Kept>, customerId: string, entry: Kept): void {
  kept.delete(customerId);
  kept.set(customerId, entry);
}

function shed(kept: Map<string, Kept>, rowsMax: number): void {
  let rows = [...kept.values()].reduce((sum, entry) => sum + entry.rows, 0);
  for (const [customerId, entry] of kept) {
    if (rows <= rowsMax || kept.size === 1) return;
    kept.delete(customerId);
    rows -= entry.rows;
  }
}
