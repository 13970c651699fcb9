import { beforeAll, expect, it } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import type { Actor } from '../../src/rollout/access/access.core.ts';
import { createConversations, handOverIdOf, handOverSubject } from '../../src/rollout/conversations/conversations.ts';
import { createForgetMessages } from '../../src/rollout/conversations/old-messages.ts';
import { createForgetLedger } from '../../src/rollout/outreach/old-ledger.ts';
import { changeRow, insertMail, readLedger } from '../../src/rollout/outreach/outreach.store.ts';
import type { Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { KEPT_DAYS, oldBefore } from '../../src/rollout/phases/rollout-end.ts';
import type { Database, Tx } from '../../src/store/database.ts';
import { outbox } from '../../src/store/schema.ts';
import { phaseOf, rolloutOf } from '../support/outreach-world.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const DAY_MS = 24 * 3_600_000;
const START_MS = Date.parse('2027-06-01T08:00:00Z');
const TENANT = '99999999-0000-4000-8000-000000000000';
const identity = { tenantId: TENANT, objectId: '99999999-0000-4000-8000-000000000001' };
const ACTOR: Actor = { identity, displayName: 'Eva', grants: [] } as unknown as Actor;

function rollout(id: string, state: Rollout['state']): Rollout {
  const phase = phaseOf({ since: '2027-06-02T08:00:00.000Z' });
  return { ...rolloutOf([phase], {}), id, state, deadline: '2027-06-10' };
}

it.each([
  ['none began', null, 181 * DAY_MS, true],
  ['one runs', rollout('r', 'running'), 400 * DAY_MS, false],
  ['one ended and its deadline is not half a year ago', rollout('r', 'finished'), 185 * DAY_MS, false],
  ['one ended half a year ago', rollout('r', 'finished'), 200 * DAY_MS, true],
  ['one was stopped half a year ago', rollout('r', 'stopped'), 200 * DAY_MS, true],
] as const)('rows are old where %s: %#', (_name, newest, laterMs, isOld) => {
  const nowMs = START_MS + laterMs;
  expect(oldBefore(newest, nowMs)).toBe(isOld ? nowMs - KEPT_DAYS * DAY_MS : null);
});

describeStore('old rows', (store) => {
  let database: Database;
  beforeAll(async () => {
    database = await store.open();
  });

  const messageKeys = (customerId: string) =>
    database.withCustomer(customerId, async (tx) => {
      const { rows } = await tx.execute<{ key: string }>('SELECT key FROM posts ORDER BY key COLLATE "C"');
      return rows.map(({ key }) => key);
    });

  async function stage() {
    const customerId = await addCustomer(database);
    const clock = createManualClock(START_MS);
    const conversations = createConversations({ database, clock });
    const newest: { value: Rollout | null } = { value: rollout('r-1', 'finished') };
    const forget = createForgetMessages({ database, clock, phases: { current: async () => newest.value } });
    const plan = (key: string, subject: string | null) => ({
      ...{ key, content: subject === null ? { text: key } : null, subject },
      target: { to: 'person', ...identity } as const,
    });
    const landed = { serviceUrl: 'https://smba.example', conversationId: 'a', activityId: '1' };
    const posted = async (key: string) => conversations.note(customerId, key, { state: 'posted', landed });
    const done = () => database.withCustomer(customerId, (tx) => tx.update(outbox).set({ state: 'done' }));
    return { customerId, clock, conversations, newest, forget, plan, posted, done };
  }

  it('forgets plain messages and taken questions half a year after the rollout, and no card that is still out', async () => {
    const { customerId, clock, conversations, forget, plan, posted, done } = await stage();
    const [taken, open] = [handOverIdOf('taken'), handOverIdOf('open')];
    for (const [key, subject] of [
      ['plain', null],
      ['phase card', 'phase:IT'],
    ] as const) {
      await conversations.plan(customerId, plan(key, subject));
      await posted(key);
    }
    for (const id of [taken, open]) {
      const key = `question ${id === taken ? 'taken' : 'open'}`;
      await conversations.handOver(customerId, { by: ACTOR, facts: {}, id, posts: [plan(key, handOverSubject(id))] });
      await posted(key);
    }
    await conversations.take(customerId, taken, ACTOR);
    await conversations.plan(customerId, plan('refused', 'drift:1'));
    await conversations.note(customerId, 'refused', { state: 'refused', failure: 'not_installed' });
    await conversations.plan(customerId, plan('planned', null));
    await done();
    await conversations.plan(customerId, plan('job not done', null));
    await posted('job not done');
    expect(await forget(customerId)).toBe(0);
    clock.advance(200 * DAY_MS);
    expect(await forget(customerId)).toBe(4);
    expect(await messageKeys(customerId)).toEqual(['job not done', 'phase card', 'planned', 'question open']);
    expect(await forget(customerId)).toBe(0);
    expect(await conversations.findHandOver(customerId, taken)).toBeUndefined();
    expect(await conversations.findHandOver(customerId, open)).toMatchObject({ taken: null });
    // Whoever presses the old button again is heard: the message of the same name goes out anew.
    expect(await conversations.plan(customerId, plan('question taken', handOverSubject(taken)))).toBe(true);
  });

  it('forgets nothing while a rollout runs', async () => {
    const { customerId, clock, conversations, newest, forget, plan, posted, done } = await stage();
    await conversations.plan(customerId, plan('plain', null));
    await posted('plain');
    await done();
    newest.value = rollout('r-2', 'running');
    clock.advance(900 * DAY_MS);
    expect(await forget(customerId)).toBe(0);
  });

  it('forgets settled messages of earlier rollouts alone, and leaves what nobody could decide', async () => {
    const customerId = await addCustomer(database);
    const clock = createManualClock(START_MS);
    const at = new Date(START_MS);
    const mail = (personId: string) => ({
      ...{ message: 'announcement' as const, personId, scope: '', phase: 'IT', about: [], cc: null },
      ...{
        dueAt: at.toISOString(),
        to: { accountId: personId, address: `${personId}@contoso.example`, displayName: personId },
      },
    });
    const states = { ada: 'accepted', ben: 'queued', eva: 'unknown' } as const;
    const fill = async (tx: Tx, id: string) => {
      for (const person of Object.keys(states)) await insertMail(tx, id, { mail: mail(person), at });
      for (const row of await readLedger(tx, id)) {
        const state = states[row.personId as keyof typeof states];
        await changeRow(tx, row, { state, settledAt: state === 'queued' ? null : at });
      }
    };
    for (const id of ['r-1', 'r-2']) await database.withCustomer(customerId, (tx) => fill(tx, id));
    const newest = rollout('r-2', 'finished');
    const forget = createForgetLedger({ database, clock, phases: { current: async () => newest } });
    expect(await forget(customerId)).toBe(0);
    clock.advance(200 * DAY_MS);
    expect(await forget(customerId)).toBe(1);
    const left = await database.withCustomer(customerId, async (tx) => [
      (await readLedger(tx, 'r-1')).map(({ personId }) => personId).sort(),
      (await readLedger(tx, 'r-2')).map(({ personId }) => personId).sort(),
    ]);
    expect(left).toEqual([
      ['ben', 'eva'],
      ['ada', 'ben', 'eva'],
    ]);
  });
});
