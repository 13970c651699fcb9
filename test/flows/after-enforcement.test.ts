/** What a phase's card says once the phase is enforced: the stop line, and sessions that did not end. */
import { expect, it } from 'vitest';
import type { Frame } from '../../bot/cards/exceptions.card.ts';
import { shownOfPhase } from '../../bot/phase-views.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { createAfterEnforcement, refreshLine } from '../../src/rollout/phases/after-enforcement.ts';
import { appendJournal } from '../../src/store/journal.ts';
import { phaseOf, rolloutOf } from '../support/outreach-world.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const ENFORCED = '2027-03-29T07:05:00.000Z';
const DAY_MS = 86_400_000;
const why = { en: 'The logs were last read long ago.', de: 'Die Protokolle wurden zuletzt vor langer Zeit gelesen.' };
const blind = { seen: 20, failing: ['a'], over: false, known: false, why };

describeStore('a phase after its enforcement', (store) => {
  const phase = phaseOf({ state: 'enforced', enforcedAt: ENFORCED });
  const rollout = rolloutOf([phase], {});
  const lookAt = async (now: number) => {
    const database = await store.open();
    const id = await addCustomer(database);
    const customer = { id } as Customer;
    const look = createAfterEnforcement({
      ...{ database, clock: { now: () => now } as never, judgeStopLine: () => Promise.resolve(blind) },
    });
    return { database, customer, look: () => look({ customer, rollout, phase, people: [] }) };
  };

  it('stands under a line that may see nothing, for as long as the line is watched', async () => {
    const at = Date.parse(ENFORCED);
    const { look } = await lookAt(at + 3 * DAY_MS);
    expect(await look()).toEqual({
      line: { ...blind, failing: 1, limit: 3, until: '2027-04-01T07:05:00.000Z', days: 3 },
      heldSessions: null,
    });
    const { look: later } = await lookAt(at + 3 * DAY_MS + 1);
    expect(await later()).toEqual({ line: null, heldSessions: null });
  });

  it('tells sessions that were held at its own enforcement and at no other', async () => {
    const { database, customer, look } = await lookAt(Date.parse(ENFORCED));
    const hold = (at: string, phases: string[]) =>
      database.withCustomer(customer.id, (tx) => {
        const facts = { flip: 1, phases, people: 57, accountsMax: 50 };
        return appendJournal(tx, { at: new Date(at), actor: { kind: 'product' }, event: 'sessions.held', facts });
      });
    await hold('2027-03-01T07:05:00.000Z', [phase.name]);
    await hold(ENFORCED, ['Another']);
    expect((await look()).heldSessions).toBeNull();
    await hold(ENFORCED, [phase.name]);
    expect((await look()).heldSessions).toEqual({ people: 57, accountsMax: 50 });
  });

  it('has its cards brought up to date once a day, and once more when nothing can be seen', async () => {
    const { database, customer } = await lookAt(0);
    const asked = async (isWatched: boolean, now: string) => {
      await database.withCustomer(customer.id, (tx) =>
        refreshLine(tx, { name: phase.name, isWatched, now: new Date(now) }),
      );
      const { rows } = await database.withPortfolio((tx) =>
        tx.execute(`SELECT key FROM outbox WHERE customer_id = '${customer.id}' AND kind = 'cards.refresh'`),
      );
      return rows.length;
    };
    expect(await asked(true, '2027-03-29T08:00:00Z')).toBe(1);
    expect(await asked(true, '2027-03-29T09:00:00Z')).toBe(1);
    expect(await asked(false, '2027-03-29T10:00:00Z')).toBe(2);
    expect(await asked(false, '2027-03-29T11:00:00Z')).toBe(2);
    expect(await asked(true, '2027-03-30T08:00:00Z')).toBe(3);
  });
});

it('a card in the channel is written anew when its line goes blind or somebody fails, not when somebody is seen', () => {
  const line = { ...blind, failing: 1, known: true, limit: 3, until: ENFORCED, days: 3 };
  const shown = (changes: object) =>
    shownOfPhase(
      { line: { ...line, ...changes }, heldSessions: null, approvals: [] } as never,
      { viewers: [] } as unknown as Frame,
    );
  expect(shown({ seen: 400 })).toBe(shown({}));
  expect(shown({ known: false })).not.toBe(shown({}));
  expect(shown({ failing: 2 })).not.toBe(shown({}));
});
