import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { createDerivedTables } from '../../src/rollout/snapshots/derived.ts';

const TENANT = '00000000-0000-4000-8000-00000000000';
const AT = new Date('2026-11-22T10:00:00Z');

function customerOf(last: number, change: Record<string, unknown> = {}): Customer {
  const settings = {
    hr: { source: 'bamboohr' },
    timeZone: 'Europe/Berlin',
    declared: { breakGlass: [], serviceAccounts: [] },
  };
  return {
    id: `${TENANT}${last}`,
    name: `Contoso ${last}`,
    settings: { ...settings, ...change },
  } as unknown as Customer;
}

/** A store of one account per customer whose name is the mark, with readings that fail or wait at will. */
function storeOf() {
  const marks = new Map<string, string>();
  let reads = 0;
  let next: (() => Promise<void>) | undefined;
  const mark = (id: string) => marks.get(id) ?? 'first';
  const sources = {
    mark: (id: string) => Promise.resolve(mark(id)),
    stored: async (id: string) => {
      reads += 1;
      const once = next;
      next = undefined;
      await once?.();
      const reading = { state: 'read' as const, rows: 1, why: null, code: null, readAt: AT, triedAt: AT };
      return {
        mark: mark(id),
        employees: [],
        accounts: [{ id: 'a1', displayName: `${id} ${mark(id)}` }],
        registrations: [],
        parts: new Map(),
        readings: ['hr', 'users'].map((source) => ({ ...reading, source })),
      };
    },
  };
  return {
    sources,
    reads: () => reads,
    change: (id: string, to: string) => marks.set(id, to),
    beforeNext: (work: () => Promise<void>) => {
      next = work;
    },
  };
}

function tablesOn(store: ReturnType<typeof storeOf>, keptRowsMax?: number) {
  const database = { withCustomer: () => Promise.reject(new Error('not asked here')) };
  return createDerivedTables({
    database: database as never,
    rosterSources: store.sources,
    exceptions: {
      shown: () => Promise.resolve([]),
      asked: () => Promise.resolve({ requests: [], classDecisions: [] }),
    },
    log: silentLog,
    ...(keptRowsMax === undefined ? {} : { keptRowsMax }),
  });
}

describe('the tables derived from what is stored', () => {
  it('are read once for all who ask at once, and joined once', async () => {
    const store = storeOf();
    const tables = tablesOn(store);
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => tables.of(customerOf(1))));
    expect(others).toEqual([first, first]);
    expect(store.reads()).toBe(1);
    expect((await tables.of(customerOf(1))).roster()).toBe(first?.roster());
  });

  it.each([
    ['what is stored', {}, true],
    ['the time zone', { timeZone: 'America/New_York' }, false],
    ['what is declared', { declared: { breakGlass: ['b1'], serviceAccounts: [] } }, false],
    ['the HR system', { hr: { source: 'workday' } }, false],
  ])('are made anew when %s changes', async (_what, change, isStored) => {
    const store = storeOf();
    const tables = tablesOn(store);
    const before = await tables.of(customerOf(1));
    if (isStored) store.change(customerOf(1).id, 'second');
    const after = await tables.of(customerOf(1, change));
    expect(after).not.toBe(before);
    expect(store.reads()).toBe(2);
  });

  it('never give one customer’s rows to another', async () => {
    const tables = tablesOn(storeOf());
    const [one, two] = await Promise.all([tables.of(customerOf(1)), tables.of(customerOf(2))]);
    expect(one.snapshot.users?.[0]?.displayName).toBe(`${TENANT}1 first`);
    expect(two.snapshot.users?.[0]?.displayName).toBe(`${TENANT}2 first`);
  });

  it('come from the store again for who waited for somebody else’s attempt that failed', async () => {
    const store = storeOf();
    const tables = tablesOn(store);
    store.beforeNext(() => Promise.reject(new Error('the transaction was undone')));
    const [failed, other] = await Promise.allSettled([tables.of(customerOf(1)), tables.of(customerOf(1))]);
    expect(failed).toMatchObject({ status: 'rejected' });
    expect(other).toMatchObject({ status: 'fulfilled' });
    expect(store.reads()).toBe(2);
  });

  it('are not taken for the state they were asked in when a save ended while they were read', async () => {
    const store = storeOf();
    const tables = tablesOn(store);
    const { id } = customerOf(1);
    store.beforeNext(() => Promise.resolve(void store.change(id, 'second')));
    expect((await tables.of(customerOf(1))).snapshot.users?.[0]?.displayName).toBe(`${id} second`);
    await tables.of(customerOf(1));
    expect(store.reads()).toBe(1);
    // A transaction that was undone: the rows are those of before, and what was made of the others is not shown.
    store.change(id, 'first');
    expect((await tables.of(customerOf(1))).snapshot.users?.[0]?.displayName).toBe(`${id} first`);
  });

  it('of the customers not asked about for longest go when there are too many rows', async () => {
    const store = storeOf();
    const tables = tablesOn(store, 4);
    for (const last of [1, 2, 1, 3]) await tables.of(customerOf(last));
    expect(store.reads()).toBe(3);
    await tables.of(customerOf(1));
    expect(store.reads()).toBe(3);
    await tables.of(customerOf(2));
    expect(store.reads()).toBe(4);
  });
});
