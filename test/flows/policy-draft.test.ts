import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import { answerOffline } from '../../src/cli/offline.ts';
import { createOperations } from '../../src/cli/operations.ts';
import type { App } from '../../src/compose.ts';
import type { Identity } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { DraftReview } from '../../src/rollout/policy/draft/drafts.ts';
import { patchUser } from '../../src/sandbox/people.ts';
import type { WorldName } from '../../src/sandbox/world/generate.ts';
import { readJournal } from '../../src/store/journal.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const MSP = '99999999-0000-4000-8000-000000000000';
const ENGINEER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000001' };
const APPROVER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000002' };
const VIEWER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000003' };

type Bench = { app: App; world: RunningSandbox; customer: Customer };

describeStore('the policy draft', (store) => {
  let app: App | undefined;
  const worlds: RunningSandbox[] = [];
  afterAll(async () => {
    await app?.close();
    for (const world of worlds) await world.stop();
  });

  async function bench(name: WorldName, seed: number): Promise<Bench> {
    app ??= await startProduct(await store.location());
    const world = await startWorld({ name, seed, size: 100 });
    worlds.push(world);
    const customer = await addCustomerOf(app, world);
    await sync(app, customer);
    await app.access.grant(customer.id, { identity: ENGINEER, role: 'engineer', displayName: 'Eva Engineer' }, 'test');
    await app.access.grant(customer.id, { identity: APPROVER, role: 'approver', displayName: 'Ada Approver' }, 'test');
    await app.access.grant(customer.id, { identity: VIEWER, role: 'viewer', displayName: null }, 'test');
    return { app, world, customer };
  }

  it('is drawn once, approved once, and outdated by a signature', async () => {
    const { app: product, customer } = await bench('reference', 1);
    const [engineer, approver, viewer] = await actors(product, customer);
    const { drafts } = product;
    const review = await drafts.review(customer, engineer);
    expect(review).toMatchObject({ state: { state: 'open' }, mayDecide: { yes: true } });
    expect((await drafts.review(customer, approver)).mayDecide.yes).toBe(false);
    await expect(drafts.review(customer, viewer)).rejects.toMatchObject({ code: 'not_yours_to_see' });
    expect(await events(product, customer, 'policy.draft.drawn')).toBe(1);

    const press = { digest: review.digest, verdict: 'approved' } as const;
    expect(await drafts.decide(customer, approver, press)).toMatchObject({
      outcome: 'refused',
      code: 'not_your_decision',
    });
    expect(await drafts.decide(customer, engineer, { ...press, digest: 'sha256:other' })).toMatchObject({
      outcome: 'stale',
      currentDigest: review.digest,
    });
    const presses = await Promise.all(Array.from({ length: 20 }, () => drafts.decide(customer, engineer, press)));
    expect(presses.filter(({ outcome }) => outcome === 'recorded')).toHaveLength(1);
    expect(presses.filter(({ outcome }) => outcome === 'already')).toHaveLength(19);
    expect(await events(product, customer, 'policyDraft.approved')).toBe(1);
    // No break-glass account was drilled: the card that starts drills goes out by itself, once.
    expect(await drillCards(product, customer)).toBe(1);
    expect((await drafts.review(customer, engineer)).state).toMatchObject({
      state: 'approved',
      decision: { displayName: 'Eva Engineer' },
    });

    const table = await product.signOff.review(customer, approver);
    await product.signOff.sign(customer, approver, table.digest);
    const later = await drafts.review(customer, engineer);
    expect(later.digest).not.toBe(review.digest);
    expect(later.state).toMatchObject({ state: 'outdated', decision: { digest: review.digest } });
    expect(await drafts.decide(customer, engineer, press)).toMatchObject({ outcome: 'stale' });
    const carved = (table.rows ?? []).filter((row) => row.kind !== 'breakGlass' && !row.signInBlocked);
    const group = later.groups.find(({ purpose }) => purpose === 'exceptions');
    expect(group?.members).toEqual(carved.map((row) => row.accountId).toSorted());
    // The signature alone changed the draft: what is new since the decision is who is carved out.
    expect(review.changes).toBeNull();
    expect(later.changes?.policies).toEqual([]);
    const since = later.changes?.groups.find(({ name }) => name === group?.name);
    expect(since).toMatchObject({ added: group?.members, removed: [] });
    expect(later.changes?.counts).toContainEqual({
      what: 'leftOut',
      before: review.counts.leftOut,
      after: later.counts.leftOut,
    });
    expect(later.findings.map(({ code }) => code)).not.toContain('exceptions_unsigned');

    await product.access.revoke(customer.id, { identity: ENGINEER, role: 'engineer' }, 'test');
    await expect(
      drafts.decide(customer, engineer, { digest: later.digest, verdict: 'approved' }),
    ).rejects.toMatchObject({ code: 'not_granted' });
  });

  it('can be held, and the hold lifted by who saw it; an account that leaves makes it another one', async () => {
    const { app: product, world, customer } = await bench('reference', 2);
    const [engineer] = await actors(product, customer);
    const { digest, groups } = await product.drafts.review(customer, engineer);
    const held = await product.drafts.decide(customer, engineer, { digest, verdict: 'held' });
    expect(held).toMatchObject({ outcome: 'recorded' });
    expect(await product.drafts.decide(customer, engineer, { digest, verdict: 'approved' })).toMatchObject({
      outcome: 'already',
    });
    const seen = held.outcome === 'recorded' ? held.decision.id : '';
    expect(await product.drafts.decide(customer, engineer, { digest, verdict: 'approved', seen })).toMatchObject({
      outcome: 'recorded',
    });

    await sync(product, customer, { peopleOnly: true });
    expect(await product.drafts.review(customer, engineer)).toMatchObject({ digest, state: { state: 'approved' } });
    const phase = groups.find(({ purpose, members }) => purpose === 'phase' && members.length > 0);
    const enabled = (await product.drafts.effect(customer, engineer)).find(
      (row) => row.isEnabled && phase?.members.includes(row.accountId) === true,
    );
    patchUser(world.sandbox, { tenantId: customer.id, userId: enabled?.accountId ?? '' }, { accountEnabled: false });
    await sync(product, customer, { peopleOnly: true });
    const after = await product.drafts.review(customer, engineer);
    expect(after.state.state).toBe('outdated');
    expect(after.counts.asked).toBe(
      asked(
        groups,
        (await product.drafts.effect(customer, engineer)).filter((row) => row.isEnabled),
      ),
    );
  });

  it.each([
    ['reference', 3],
    ['securityDefaults', 4],
    ['oldPolicies', 5],
  ] as const)('tells the truth of a world: %s, seed %i', async (name, seed) => {
    const { app: product, world, customer } = await bench(name, seed);
    const [engineer] = await actors(product, customer);
    const review = await product.drafts.review(customer, engineer);
    const people = world.truth.people.filter((person) => person.accountStatus === 'enabled');
    expect(review.counts.asked + review.counts.kept).toBe(people.length);
    expect(review.counts.leftOut).toBe(world.truth.declared.breakGlass.length);
    expect(review.findings.filter(({ blocks }) => blocks === 'push')).toEqual([]);
    const cannot = people.filter((person) => person.enrolment !== 'capable').map((person) => person.accountId);
    expect(review.stuck.map(({ accountId }) => accountId).toSorted()).toEqual(cannot.toSorted());
    expectSentence(name, review);
    expect(
      await product.drafts.decide(customer, engineer, { digest: review.digest, verdict: 'approved' }),
    ).toMatchObject({ outcome: 'recorded' });
  });

  it('is the same on the command line, where somebody of the grants table decides', async () => {
    const { app: product, customer } = await bench('reference', 7);
    const operations = createOperations(product, undefined);
    const run = (name: string, more: object = {}) =>
      operations.run(name, { customer: customer.id, ...more }, () => undefined);
    const live = await run('policy draft');
    const [engineer] = await actors(product, customer);
    const { digest, sentence } = await product.drafts.review(customer, engineer);
    expect(live.json).toMatchObject({ digest, sentence, whatIf: await whatIf(product, customer) });
    expect(live.text).toContain(digest);
    const stored = JSON.stringify(await product.syncs.stored(customer));
    expect(answerOffline('policy draft', stored, {}).json).toEqual(live.json);

    const press = { digest, verdict: 'approved' };
    await expect(run('policy decide', { ...press, as: randomUUID() })).rejects.toMatchObject({ code: 'not_granted' });
    expect(await run('policy decide', { ...press, as: APPROVER.objectId })).toMatchObject({
      refusal: { code: 'not_your_decision' },
    });
    expect(await run('policy decide', { ...press, digest: 'sha256:0', as: ENGINEER.objectId })).toMatchObject({
      refusal: { code: 'draft_changed' },
    });
    const done = await run('policy decide', { ...press, as: ENGINEER.objectId, tenant: MSP });
    expect(done.text).toMatch(/^Eva Engineer approved it on /);
    expect((await run('policy decide', { ...press, as: ENGINEER.objectId })).text).toMatch(/^Nothing changed\. Eva/);
    expect((await run('policy show')).json).toMatchObject({ state: { state: 'approved' } });
  });

  it('cannot be approved without a licence for Conditional Access, and can be held', async () => {
    const { app: product, customer } = await bench('noPremium', 6);
    const [engineer] = await actors(product, customer);
    const { digest } = await product.drafts.review(customer, engineer);
    expect(await product.drafts.decide(customer, engineer, { digest, verdict: 'approved' })).toMatchObject({
      outcome: 'refused',
      code: 'licence_missing',
    });
    expect(await product.drafts.decide(customer, engineer, { digest, verdict: 'held' })).toMatchObject({
      outcome: 'recorded',
    });
  });
});

function expectSentence(name: WorldName, { sentence, sentences, counts, groups }: DraftReview): void {
  expect(sentence).toContain(`these ${counts.asked} people would have to use MFA everywhere`);
  const mentionsDefaults = name === 'securityDefaults';
  expect(sentence.includes('Security Defaults stay on')).toBe(mentionsDefaults);
  expect(sentences.de.includes('Sicherheitsstandards bleiben eingeschaltet')).toBe(mentionsDefaults);
  if (mentionsDefaults)
    expect(sentence).toContain(`today cover ${counts.accounts - counts.blockedInDirectory - 1} accounts`);
  const direct = groups.find(({ purpose }) => purpose === 'direct');
  if (name === 'oldPolicies') expect(direct?.members.length).toBeGreaterThan(0);
  else expect(direct?.members).toEqual([]);
}

function asked(groups: DraftReview['groups'], enabled: readonly { accountId: string }[]): number {
  const inScope = new Set(groups.filter(({ purpose }) => purpose === 'phase').flatMap(({ members }) => members));
  return enabled.filter(({ accountId }) => inScope.has(accountId)).length;
}

async function whatIf(product: App, customer: Customer) {
  const [engineer] = await actors(product, customer);
  return (await product.drafts.effect(customer, engineer)).map(({ accountId, ...row }) => ({
    userId: accountId,
    ...row,
  }));
}

async function actors({ access }: App, { id }: Customer) {
  return [
    await access.actorOf(ENGINEER, id),
    await access.actorOf(APPROVER, id),
    await access.actorOf(VIEWER, id),
  ] as const;
}

async function drillCards({ database }: App, { id }: Customer): Promise<number> {
  const { rows } = await database.withCustomer(id, (tx) =>
    tx.execute(sql`SELECT key FROM outbox WHERE kind = 'cards.post' AND key LIKE 'cards.post:emergency:%'`),
  );
  return rows.length;
}

async function events({ database }: App, { id }: Customer, event: string): Promise<number> {
  const rows = await database.withCustomer(id, (tx) => readJournal(tx, id));
  return rows.filter((row) => row.event === event).length;
}
