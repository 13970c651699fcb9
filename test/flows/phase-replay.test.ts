/** The past is replayed by itself before a phase is announced, and nobody is written to past it unseen. */
import { afterAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { createManualClock, DAY_MS } from '../../src/lib/clock.ts';
import { dayAfter, dayOf } from '../../src/lib/local-time.ts';
import type { Identity } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { suggestPhases } from '../../src/rollout/phases/procedure.core.ts';
import { procedureSchema } from '../../src/rollout/phases/procedure-file.ts';
import { readJournal } from '../../src/store/journal.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { outbox } from '../../src/store/schema.ts';
import { addCustomerOf, composeProduct, startWorld, sync } from '../support/product.ts';
import { tenantOf } from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const SLOW_MS = 120_000;
const ENGINEER: Identity = {
  tenantId: '99999999-0000-4000-8000-000000000000',
  objectId: '99999999-0000-4000-8000-000000000001',
};
const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

async function start() {
  const world = await startWorld({ name: 'reference', seed: 5, size: 100, frozen: true });
  stops.push(() => world.stop());
  const clock = createManualClock(world.sandbox.now());
  const app = await composeProduct({ dataDir: embeddedFolder() }, { clock });
  stops.push(() => app.close());
  const customer = await addCustomerOf(app, world);
  await app.access.grant(customer.id, { identity: ENGINEER, role: 'engineer', displayName: 'Eva' }, 'test');
  const syncing = sync(app, customer, { full: true });
  await app.worker.drain();
  await syncing;
  const phases = suggestPhases(await app.phases.people(customer));
  const procedure = procedureSchema.parse({ version: 1, name: 'By department', phases, messages: {} });
  const startsOn = dayOf(new Date(clock.now()), customer.settings.timeZone);
  await app.phases.begin(customer, { procedure, startsOn, deadline: dayAfter(startsOn, 200) }, { kind: 'test' });
  const look = async () => {
    const effect = { kind: 'rollout.tick', key: `rollout.tick:${crypto.randomUUID()}`, payload: {} };
    await app.database.withCustomer(customer.id, (tx) => enqueue(tx, { ...effect, dueAt: new Date(clock.now()) }));
    await app.worker.drain();
  };
  return { world, clock, app, customer, look };
}

async function phaseOf(app: App, customer: Customer, wanted: string) {
  const phase = (await app.phases.current(customer.id))?.phases.find(({ name }) => name === wanted);
  if (phase === undefined) throw new Error(`there is a phase ${wanted}`);
  return { ...phase, codes: phase.gates.map(({ code }) => code).filter((code) => code.startsWith('replay')) };
}

async function holdAndResume(app: App, customer: Customer, phase: string): Promise<void> {
  const engineer = await app.access.actorOf(ENGINEER, customer.id);
  for (const verdict of ['hold', 'resume'] as const) {
    const { digest, latest } = await app.approvals.review(customer, engineer, { phase });
    const press = { phase, verdict, digest: digest ?? '', seen: latest?.id ?? null };
    expect(await app.approvals.decide(customer, engineer, press)).toMatchObject({ outcome: 'recorded' });
    await app.worker.drain();
  }
}

it(
  'announces a phase of which the past says that somebody would be blocked only when somebody saw that',
  async () => {
    const { clock, app, customer, look } = await start();
    await look();
    expect(await phaseOf(app, customer, 'IT')).toMatchObject({ state: 'planned', codes: [] });
    // Good news is told as well, wherever somebody looks at the phase.
    expect((await app.signIns.past(customer, 'IT'))?.en).toContain('nobody would have been blocked');
    expect(await app.signIns.past(customer, 'Sales')).toBeNull();
    clock.advance(16 * DAY_MS);
    await look();
    // Nobody of IT would have been blocked: it goes on by itself.
    expect(await phaseOf(app, customer, 'IT')).toMatchObject({ state: 'announced' });
    const operations = await phaseOf(app, customer, 'Operations');
    const gate = operations.gates.find(({ code }) => code === 'replay_blocks');
    expect(operations.state).toBe('planned');
    expect(gate?.message.en).toMatch(
      /^Had this draft been enforced since .+, 1 person would have been blocked 6 times/,
    );
    expect(gate?.accountIds).toHaveLength(1);

    clock.advance(5 * DAY_MS);
    await look();
    expect(await phaseOf(app, customer, 'Operations')).toMatchObject({ state: 'planned', codes: ['replay_blocks'] });
    await holdAndResume(app, customer, 'Operations');
    await look();
    expect(await phaseOf(app, customer, 'Operations')).toMatchObject({ state: 'announced' });

    const { rows, effects } = await app.database.withCustomer(customer.id, async (tx) => ({
      rows: await readJournal(tx, customer.id),
      effects: await tx.select({ key: outbox.key }).from(outbox),
    }));
    const told = rows.filter(
      ({ event, facts }) => event === 'phase.replayed' && JSON.stringify(facts).includes('Oper'),
    );
    expect(JSON.stringify(told[0]?.facts)).toContain('1 Person wäre 6-mal ausgesperrt worden');
    // Those who decide had it before their eyes.
    const posts = effects.filter(({ key }) => /^cards\.post:phase:Operations:.+:replay-/.test(key));
    expect(posts).toHaveLength(1);
  },
  SLOW_MS,
);

it(
  'says why there was nothing to replay, and announces all the same',
  async () => {
    const { world, clock, app, customer, look } = await start();
    tenantOf(world).subscribedSkus.splice(0);
    clock.advance(4 * DAY_MS);
    await look();
    const it_ = await phaseOf(app, customer, 'IT');
    expect(it_).toMatchObject({ state: 'planned', codes: ['replay_unknown'] });
    expect(it_.gates.find(({ code }) => code === 'replay_unknown')?.message.en).toContain(
      'The sign-in log was not read',
    );
    clock.advance(6 * DAY_MS);
    await look();
    expect(await phaseOf(app, customer, 'IT')).toMatchObject({ state: 'announced' });
  },
  SLOW_MS,
);
