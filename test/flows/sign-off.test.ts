import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Actor, GrantedRole, Identity } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { patchUser } from '../../src/sandbox/people.ts';
import { readJournal, verifyJournal } from '../../src/store/journal.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const ENGINEER = { kind: 'cli', user: 'engineer' };

describeStore('the signature on the exception table', (store) => {
  let app: App;
  let world: RunningSandbox;
  let customer: Customer;

  beforeAll(async () => {
    app = await startProduct(await store.location());
    world = await startWorld({ seed: 41, frozen: true });
    customer = await addCustomerOf(app, world);
    await sync(app, customer);
  });
  afterAll(async () => {
    await app.close();
    await world.stop();
  });

  async function person(role?: GrantedRole, tenantId = customer.id): Promise<Actor> {
    const identity: Identity = { tenantId, objectId: randomUUID() };
    if (role !== undefined) await app.access.grant(customer.id, { identity, role, displayName: role }, ENGINEER);
    return app.access.actorOf(identity, customer.id);
  }

  it('is given by an approver only, and names are for approver and engineer', async () => {
    const review = await app.signOff.review(customer, await person('approver'));
    expect(review.counts).toEqual({
      total: 14,
      byKind: { breakGlass: 2, serviceAccount: 5, sharedMailbox: 4, onLeave: 3 },
    });
    expect(review.rows).toHaveLength(14);
    expect(review.signature).toEqual({ state: 'unsigned' });
    for (const role of ['helpdesk', 'viewer', undefined] as const) {
      const actor = await person(role);
      const seen = await app.signOff.review(customer, actor);
      expect(seen).toMatchObject({ rows: null, markdown: null, open: null, digest: review.digest });
      expect(await app.signOff.sign(customer, actor, review.digest)).toMatchObject({ code: 'not_your_decision' });
    }
    const engineer = await person('engineer');
    expect((await app.signOff.review(customer, engineer)).rows).toHaveLength(14);
    expect(await app.signOff.sign(customer, engineer, review.digest)).toMatchObject({ outcome: 'refused' });
    expect((await app.signOff.review(customer, engineer)).signature).toEqual({ state: 'unsigned' });
  });

  it('counts once, whoever presses how often, and says who signed and when', async () => {
    const [first, second] = [await person('approver'), await person('approver')];
    const { digest } = await app.signOff.review(customer, first);
    const presses = Array.from({ length: 50 }, (_, index) =>
      app.signOff.sign(customer, index % 2 === 0 ? first : second, digest),
    );
    const outcomes = await Promise.all(presses);
    expect(outcomes.filter(({ outcome }) => outcome === 'recorded')).toHaveLength(1);
    const decisions = outcomes.flatMap((answer) => ('decision' in answer ? [answer.decision] : []));
    expect(decisions).toHaveLength(50);
    expect(new Set(decisions.map(({ id, at, by }) => `${id} ${at} ${by.objectId}`)).size).toBe(1);
    const entries = await app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id));
    expect(entries.filter(({ event }) => event === 'exceptions.signed')).toHaveLength(1);
    const check = await app.database.withCustomer(customer.id, (tx) => verifyJournal(tx, customer.id));
    expect(check.ok).toBe(true);
  });

  it('marks every row as signed, and the table with it', async () => {
    const answer = await app.syncs.exceptions(customer);
    expect(answer.exceptions.every(({ signed }) => signed)).toBe(true);
    expect(answer.markdown).toContain('| yes |');
    expect(answer.markdown).not.toContain('| no |');
  });

  it('holds for the rows that did not change when another one does, and asks to sign again', async () => {
    const approver = await person('approver');
    const before = await app.signOff.review(customer, approver);
    const renamed = before.rows?.find(({ kind }) => kind === 'sharedMailbox');
    patchUser(
      world.sandbox,
      { tenantId: customer.id, userId: renamed?.accountId ?? '' },
      { displayName: 'Renamed mailbox' },
    );
    await sync(app, customer);
    const after = await app.signOff.review(customer, approver);
    expect(after.digest).not.toBe(before.digest);
    const name = { accountId: renamed?.accountId, kind: 'sharedMailbox', displayName: 'Renamed mailbox' };
    expect(after.signature).toMatchObject({ state: 'outdated', changes: { added: [], removed: [], changed: [name] } });
    expect(after.rows?.filter(({ signed }) => !signed).map(({ accountId }) => accountId)).toEqual([renamed?.accountId]);
    expect(await app.signOff.sign(customer, approver, before.digest)).toMatchObject({
      outcome: 'stale',
      currentDigest: after.digest,
    });
    expect(await app.signOff.sign(customer, approver, after.digest)).toMatchObject({ outcome: 'recorded' });
    expect((await app.signOff.review(customer, approver)).signature).toMatchObject({ state: 'signed' });
  });

  it('is refused to somebody whose role was taken away while the page was open', async () => {
    const approver = await person('approver');
    const { digest } = await app.signOff.review(customer, approver);
    const { identity } = approver;
    expect(await app.access.revoke(customer.id, { identity, role: 'approver' }, ENGINEER)).toBe('revoked');
    expect(await app.signOff.sign(customer, approver, digest)).toMatchObject({ outcome: 'refused' });
  });

  it('is unknown to people of other tenants without a grant, in the same words as a customer that does not exist', async () => {
    const identity = { tenantId: randomUUID(), objectId: randomUUID() };
    const messages = await Promise.all(
      [customer.id, randomUUID()].map((id) =>
        app.access.actorOf(identity, id).then(
          () => 'let in',
          (error: unknown) => String(error),
        ),
      ),
    );
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).not.toBe('let in');
    expect(await app.access.customersOf(identity)).toEqual([]);
  });

  it('knows a manager by the master list, and never by an object id of another tenant', async () => {
    const { managerAccountId } = world.truth.people.find((one) => one.managerAccountId !== null) ?? {};
    const objectId = managerAccountId ?? '';
    const manager = await app.access.actorOf({ tenantId: customer.id, objectId }, customer.id);
    expect(manager.roles).toEqual(['manager']);
    const stranger = { tenantId: randomUUID(), objectId };
    await app.access.grant(customer.id, { identity: stranger, role: 'viewer', displayName: null }, ENGINEER);
    expect((await app.access.actorOf(stranger, customer.id)).roles).toEqual(['viewer']);
  });
});
