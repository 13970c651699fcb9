import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../src/lib/local-time.ts';
import { queueExtraReminder } from '../../src/rollout/outreach/extra-reminder.ts';
import type { PhasePerson } from '../../src/rollout/phases/phase-types.core.ts';
import { enrolUser } from '../../src/sandbox/people.ts';
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
import { embeddedFolder, openQuietly } from '../support/store.ts';

describe('a reminder that somebody asked for', () => {
  let world: RunningSandbox;
  let bench: OutreachBench;
  let people: PhasePerson[];
  beforeAll(async () => {
    world = await startWorld({ seed: 68, size: 100 });
    people = worldPeople(world, 3);
    const phase = phaseOf({ enforceOn: dayAfter(today(), 3) });
    const rollout = rolloutOf([phase], { reminder: { daysBefore: 1, at: '09:00' } });
    const database = await openQuietly({ dataDir: embeddedFolder() });
    bench = await openOutreach(world, database, { rollout: () => rollout, people: () => people });
  });
  afterAll(async () => {
    await bench.close();
    await bench.database.close();
    await world.stop();
  });

  const today = () => dayOf(new Date(world.sandbox.clock.now()), 'Europe/Berlin');
  const ask = (person: PhasePerson) =>
    bench.database.withCustomer(bench.customer.id, (tx) =>
      queueExtraReminder(tx, { rolloutId: 'r-2027', person, day: today(), at: new Date(world.sandbox.clock.now()) }),
    );
  const [first, second, third] = [() => people[0] ?? never(), () => people[1] ?? never(), () => people[2] ?? never()];

  it('goes out once, however often it is asked for that day, and not to who enrolled or has no address', async () => {
    expect([await ask(first()), await ask(first()), await ask(second())]).toEqual([true, false, true]);
    expect(await ask({ ...third(), mail: null })).toBe('noAddress');
    const who = { tenantId: bench.customer.id, userId: second().accountId };
    enrolUser(world.sandbox, who, { method: 'microsoftAuthenticator' });
    await drainAll(world, [bench]);
    expect(sentMails(world).map(({ to }) => to[0])).toEqual([first().mail]);
    const { rows } = await bench.outreach.ledger(bench.customer.id);
    const ends = new Map(rows.map(({ personId, state, reason }) => [personId, `${state} ${reason?.code ?? ''}`]));
    expect(rows).toHaveLength(2);
    expect([ends.get(first().accountId), ends.get(second().accountId)]).toEqual(['accepted ', 'skipped enrolled']);
  });

  it('takes nothing from the reminder that the procedure plans', async () => {
    const plan = await bench.outreach.plan(bench.customer);
    const planned = plan?.verdicts.filter(({ message }) => message === 'reminder') ?? [];
    expect(planned.map(({ verdict }) => verdict)).toEqual(['later', 'later', 'later']);
  });
});

function never(): never {
  throw new Error('the world has people with an address');
}
