import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { type LogFacts, silentLog } from '../../src/lib/log.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { createExceptions } from '../../src/rollout/exceptions/exceptions.ts';
import { saveReading, upsertRows } from '../../src/rollout/roster/roster.store.ts';
import { createDerivedTables } from '../../src/rollout/snapshots/derived.ts';
import { readJournal } from '../../src/store/journal.ts';
import { type RunningApi, startApi } from '../support/api-client.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const PAGES = ['/overview', '/people', '/exceptions', '/policy-draft'];

describeStore('what is derived from a reading', (store) => {
  let app: App;
  let world: RunningSandbox;
  let customer: Customer;
  let api: RunningApi;
  const made: LogFacts[string][] = [];

  beforeAll(async () => {
    const info = (event: string, facts: LogFacts = {}) => {
      if (event === 'tables.made') made.push(facts.table);
    };
    app = await startProduct(await store.location(), { log: { ...silentLog, info } });
    world = await startWorld({ seed: 47 });
    customer = await addCustomerOf(app, world);
    await sync(app, customer);
    api = await startApi(app);
  });
  afterAll(async () => {
    await api.stop();
    await app.close();
    await world.stop();
  });

  it('is read, joined and drawn once, however many people visit every page', async () => {
    const people = await Promise.all(
      (['engineer', 'approver', 'viewer'] as const).map((role) => api.signInAs(role, customer.id)),
    );
    await Promise.all(
      people.flatMap((person) =>
        PAGES.map(async (page) => {
          const answer = await person.get(`/customers/${customer.id}${page}`);
          expect([200, 403]).toContain(answer.status);
        }),
      ),
    );
    // The first reading is that of the people, from which the sync knows what else to read; the visits need the second.
    expect(made.filter((table) => table === 'snapshot')).toHaveLength(2);
    expect(made.filter((table) => table === 'roster')).toHaveLength(2);
    // In the sync's own save, whose dates are then kept, and with the kept dates.
    expect(made.filter((table) => table === 'exceptions')).toHaveLength(2);
    const journal = await app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id));
    expect(journal.filter(({ event }) => event === 'policy.draft.drawn')).toHaveLength(1);
  });

  it('is of the open transaction’s own rows inside of it, and of nobody’s once that is undone', async () => {
    const [person] = (await app.syncs.derived(customer)).roster().people;
    const account = (await app.syncs.stored(customer)).users?.find(({ id }) => id === person?.accountId);
    if (account === undefined) throw new Error('a world has people with accounts');
    const statusNow = async () => {
      const { people } = (await app.syncs.derived(customer)).roster();
      return people.find(({ accountId }) => accountId === account.id)?.accountStatus;
    };
    const before = await statusNow();
    const changing = app.database.withCustomer(customer.id, async (tx) => {
      const value = { ...account, accountEnabled: before !== 'enabled' };
      await upsertRows(tx, 'tenant_accounts', [{ key: account.id, value }]);
      const reading = { source: 'users', state: 'read', rows: 1, why: null, code: null } as const;
      await saveReading(tx, { ...reading, triedAt: new Date(app.clock.now()) });
      expect(await statusNow()).toBe(before === 'enabled' ? 'disabled' : 'enabled');
      throw new Error('undone');
    });
    await expect(changing).rejects.toThrow('undone');
    expect(await statusNow()).toBe(before);
  });

  it('follows the customer file at once', async () => {
    const changed = { ...customer, settings: { ...customer.settings, timeZone: 'Pacific/Kiritimati' } };
    expect((await app.syncs.stored(customer)).takenAt).not.toContain('+14:00');
    expect((await app.syncs.stored(changed)).takenAt).toContain('+14:00');
    expect((await app.syncs.stored(customer)).takenAt).not.toContain('+14:00');
  });

  it('is made anew by who holds the connection that another one waits for', async () => {
    const waiting = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    let reads = 0;
    const stored = async (customerId: string) => {
      reads += 1;
      if (reads === 1) {
        entered.resolve();
        await waiting.promise;
      }
      return app.rosterSources.stored(customerId);
    };
    const { database, rosterSources } = app;
    const sources = { mark: rosterSources.mark, stored };
    const exceptions = createExceptions(database);
    const tables = createDerivedTables({ database, rosterSources: sources, exceptions, log: silentLog });
    const outside = tables.of(customer);
    await entered.promise;
    const { roster } = await database.withCustomer(customer.id, () => tables.of(customer));
    waiting.resolve();
    expect((await outside).roster().counts).toEqual(roster().counts);
    expect(reads).toBe(2);
  });
});
