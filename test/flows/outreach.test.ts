import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../src/lib/local-time.ts';
import type { PhasePerson } from '../../src/rollout/phases/phase-types.core.ts';
import {
  drainAll,
  type OutreachBench,
  openOutreach,
  phaseOf,
  rolloutOf,
  sentMails,
  worldPeople,
} from '../support/outreach-world.ts';
import { type RunningSandbox, startWorld } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

let world: RunningSandbox;
beforeAll(async () => {
  world = await startWorld({ seed: 66, size: 100 });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.sandbox.faults.clear();
  const kept = world.sandbox.state.tenants.get(world.setUp.tenantId)?.kept;
  kept?.sentMails.clear();
  kept?.messages.clear();
});

/** A phase whose message of this kind is due right now. */
function dueNow(messages: Parameters<typeof rolloutOf>[1]) {
  const today = dayOf(new Date(world.sandbox.clock.now()), 'Europe/Berlin');
  return rolloutOf([phaseOf({ enforceOn: dayAfter(today, 7) })], messages);
}

describeStore('sending', ({ openFresh }) => {
  it('writes to everybody once, with the manager in copy, and tells it in ledger and plan', async () => {
    const [first, ...others] = worldPeople(world, 6);
    const people = [
      first,
      ...others.map((person) => ({ ...person, managerAccountId: first?.accountId ?? null, managerWhy: null })),
    ] as PhasePerson[];
    const rollout = dueNow({ announcement: { daysBefore: 7, at: '00:00' }, lastCall: { daysBefore: 1, at: '09:00' } });
    const bench = await opened(await openFresh(), { rollout: () => rollout, people: () => people });
    const before = await bench.outreach.plan(bench.customer);
    expect(before?.counts).toEqual({ send: 6, later: 6, sent: 0, not: 0 });
    await drainAll(world, [bench]);
    const mails = sentMails(world);
    expect(mails.map(({ to }) => to[0]).sort()).toEqual(people.map(({ mail }) => mail).sort());
    expect(mails.filter(({ cc }) => cc[0] === first?.mail)).toHaveLength(5);
    const { rows, counts } = await bench.outreach.ledger(bench.customer.id, { message: 'announcement' });
    expect(counts.accepted).toBe(6);
    expect(new Set(rows.map(({ way }) => way))).toEqual(new Set(['outlook']));
    expect((await bench.outreach.plan(bench.customer))?.counts).toMatchObject({ send: 0, sent: 6 });
    await bench.close();
  });
});

async function opened(
  ...[database, wishes]: [Parameters<typeof openOutreach>[1], Parameters<typeof openOutreach>[2]]
): Promise<OutreachBench> {
  return openOutreach(world, database, wishes);
}
