import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../src/lib/local-time.ts';
import type { StopPoint } from '../../src/lib/stop-point.ts';
import type { PhasePerson } from '../../src/rollout/phases/phase-types.core.ts';
import type { Database } from '../../src/store/database.ts';
import { startChild } from '../support/child.ts';
import type { OutreachChildTask } from '../support/outreach-child.ts';
import {
  type BenchWishes,
  drainAll,
  openOutreach,
  phaseOf,
  rolloutOf,
  sentMails,
  siteOf,
  worldPeople,
} from '../support/outreach-world.ts';
import { type RunningSandbox, startWorld } from '../support/product.ts';
import { describeStore, embeddedFolder, openQuietly } from '../support/store.ts';

const FULL = process.env.MFA_GUARANTEES === 'full';
/** Every point at which the process may die, and how often it does there before it is let through. */
const POINTS = [
  'outreach.planned',
  'mail.draft.made',
  'mail.drafted',
  'mail.asked',
  'mail.sent',
  'mail.outcome',
] as const;
/** Where a whole process is killed: what was asked for may be accepted already, and nothing of that was noted. */
const KILLS = FULL ? POINTS.filter((point) => point !== 'mail.outcome') : (['mail.sent'] as const);
const PEOPLE = FULL ? 25 : 3;
/** More deaths than a job has attempts in the long run: then the job dies too, and the message is taken up again. */
const DEATHS = FULL ? 12 : 2;
const SEND = { vendor: 'graph', method: 'POST', template: '/users/{id}/messages/{message}/send' } as const;
const DRAFT = { vendor: 'graph', method: 'POST', template: '/users/{id}/messages' } as const;

let world: RunningSandbox;
let database: Database;
let rounds = 0;
beforeAll(async () => {
  world = await startWorld({ seed: 67, size: 100 });
  database = await openQuietly({ dataDir: embeddedFolder() });
});
afterAll(async () => {
  await database.close();
  await world.stop();
});
beforeEach(() => {
  world.sandbox.faults.clear();
  const kept = world.sandbox.state.tenants.get(world.setUp.tenantId)?.kept;
  kept?.sentMails.clear();
  kept?.messages.clear();
});

/** Dies at the point, as often as told; whatever ran there is run again by the queue. */
function dyingAt(wanted: string, times: number): StopPoint {
  let left = times;
  return (name) => {
    if (name !== wanted || left === 0) return;
    left -= 1;
    throw new Error(`died at ${name}`);
  };
}

function wishes(people: readonly PhasePerson[]): BenchWishes {
  const today = dayOf(new Date(world.sandbox.clock.now()), 'Europe/Berlin');
  const phase = phaseOf({ enforceOn: dayAfter(today, 7) });
  rounds += 1;
  const rollout = { ...rolloutOf([phase], { announcement: { daysBefore: 7, at: '00:00' } }), id: `r-${rounds}` };
  return { rollout: () => rollout, people: () => people };
}

type Instances = {
  given?: Partial<BenchWishes>;
  /** The store as each instance has it open. */
  databases?: readonly Database[];
};

/** Runs a phase to its end and compares with the mailbox: everybody was accepted once. */
async function expectOnceEach({ given = {}, databases = [database] }: Instances): Promise<void> {
  const people = worldPeople(world, PEOPLE);
  const wanted = { ...wishes(people), ...given };
  const benches = [];
  for (const one of databases) benches.push(await openOutreach(world, one, wanted));
  await drainAll(world, benches);
  const [bench] = benches;
  const { counts } = (await bench?.outreach.ledger(bench.customer.id)) ?? {};
  const accepted = sentMails(world).map(({ to }) => to[0]);
  expect(accepted.sort()).toEqual(people.map(({ mail }) => mail).sort());
  expect(counts).toMatchObject({ accepted: people.length, unknown: 0, skipped: 0, refused: 0 });
  for (const one of benches) await one.close();
}

describe('everybody is accepted once and nobody is skipped', () => {
  it.each(POINTS)('when the process dies at %s', async (point) => {
    // Without a lost answer nobody asks what became of a mail.
    if (point === 'mail.outcome')
      world.sandbox.faults.put({ id: 'lost', ...SEND, cut: 'before', afterEffect: true, times: 2 });
    await expectOnceEach({ given: { stopPoint: dyingAt(point, DEATHS) } });
  });

  it.each([
    ['of a send that was carried out', { ...SEND, cut: 'before', afterEffect: true, times: 3 }],
    ['of a send that was not', { ...SEND, cut: 'before', times: 3 }],
    ['of a send, with an error in its place', { ...SEND, status: 503, afterEffect: true, times: 2 }],
    ['of a draft', { ...DRAFT, cut: 'before', afterEffect: true, times: 3 }],
  ] as const)('when the answer is lost %s', async (_name, fault) => {
    world.sandbox.faults.put({ id: 'lost', ...fault });
    await expectOnceEach({});
  });

  it('through a storm of refusals for going too fast', async () => {
    world.sandbox.faults.put({ id: 'storm', ...SEND, status: 429, times: 9 });
    world.sandbox.faults.put({ id: 'storm too', ...DRAFT, status: 429, times: 9 });
    await expectOnceEach({});
  });

  it.each(KILLS)('when the process is killed at %s', async (stopAt) => {
    const folder = embeddedFolder();
    const people = worldPeople(world, PEOPLE);
    const wanted = wishes(people);
    const { clock } = world.sandbox;
    const child = startChild('outreach-child.ts', [
      JSON.stringify({
        location: { dataDir: folder },
        site: siteOf(world, undefined),
        rollout: wanted.rollout(),
        people,
        aheadMs: clock.now() - Date.now(),
        stopAt,
      } satisfies OutreachChildTask),
    ]);
    await expect(child.line((line) => line === 'done')).rejects.toThrow('the process ended without the line');
    const own = await openQuietly({ dataDir: folder });
    const bench = await openOutreach(world, own, wanted);
    const left = (await bench.outreach.ledger(bench.customer.id)).counts;
    expect(left.accepted).toBeLessThan(PEOPLE);
    // The vendor accepted what nobody has noted.
    if (stopAt === 'mail.sent') expect(sentMails(world).length).toBeGreaterThan(left.accepted);
    await bench.close();
    await expectOnceEach({ given: wanted, databases: [own] });
    await own.close();
  });

  // Two instances on a server say the same and more, below.
  if (FULL) {
    it('with two workers on one store, of which each dies once', async () => {
      world.sandbox.faults.put({ id: 'lost', ...SEND, cut: 'before', afterEffect: true, times: 2 });
      await expectOnceEach({ given: { stopPoint: dyingAt('mail.asked', 1) }, databases: [database, database] });
    });
  }
});

describeStore('two instances', ({ engine, openFresh, locationOf }) => {
  if (engine === 'embedded') {
    it('are never open on one folder', async () => {
      const first = await openFresh();
      await expect(openQuietly(locationOf(first))).rejects.toMatchObject({ code: 'store_in_use' });
    });
    return;
  }
  it('accept everybody once, whichever of them dies', async () => {
    const first = await openFresh();
    const second = await openQuietly(locationOf(first));
    world.sandbox.faults.put({ id: 'lost', ...SEND, cut: 'before', afterEffect: true, times: 2 });
    await expectOnceEach({ given: { stopPoint: dyingAt('mail.sent', 2) }, databases: [first, second] });
    await second.close();
  });
});
