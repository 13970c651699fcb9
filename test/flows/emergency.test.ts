/** Break-glass accounts drilled and watched through the sandbox's sign-in log; the store is the embedded one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { createManualClock, type ManualClock } from '../../src/lib/clock.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { attemptSignIns } from '../../src/sandbox/sign-in-attempts.ts';
import { outbox } from '../../src/store/schema.ts';
import { addCustomerOf, composeProduct, type RunningSandbox, startWorld, sync } from '../support/product.ts';
import { BY, journalled } from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Longer than the sandbox's log takes. */
const SHOWN_MS = 12 * MINUTE_MS;
const PORTAL = { appId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', appName: 'Azure Portal', client: 'Browser' };

let world: RunningSandbox;
let app: App;
let clock: ManualClock;
let customer: Customer;
let first: string;
let second: string;
beforeAll(async () => {
  world = await startWorld({ seed: 41, size: 100, frozen: true });
  clock = createManualClock(world.sandbox.now());
  app = await composeProduct({ dataDir: embeddedFolder() }, { clock });
  customer = await addCustomerOf(app, world);
  await drained(sync(app, customer));
  [first = '', second = ''] = customer.settings.declared.breakGlass;
});
afterAll(async () => {
  await app.close();
  await world.stop();
});

/** Works the queue until a promise that waits for it is settled. */
async function drained<T>(wanted: Promise<T>): Promise<T> {
  const wait = { isOver: false };
  const settled = wanted.finally(() => {
    wait.isOver = true;
  });
  while (!wait.isOver) await app.worker.drain();
  return settled;
}

function pass(ms: number): void {
  world.sandbox.advance(ms);
  clock.advance(ms);
}

type Given = { answers?: boolean; ipAddress?: string; isInteractive?: boolean };

function signIn(userId: string, { answers = true, ipAddress = '192.0.2.1', isInteractive = true }: Given = {}): void {
  attemptSignIns(world.sandbox, customer.id, [
    { userId, ...PORTAL, isRopc: false, isInteractive, hasMfa: false, answers, ipAddress, country: 'DE' },
  ]);
}

const poll = () => drained(app.emergency.pollNow(customer));
const stateOf = async (accountId: string) =>
  (await app.emergency.status(customer)).accounts.find((one) => one.accountId === accountId);

/** Subjects of the cards that were put into the outbox for the channel. */
async function posted(): Promise<string[]> {
  const rows = await app.database.withCustomer(customer.id, (tx) =>
    tx.select({ key: outbox.key, kind: outbox.kind }).from(outbox),
  );
  return rows.filter(({ kind }) => kind === 'cards.post').map(({ key }) => key);
}

describe('a drill', () => {
  it('is started, waits for the sign-in in the log, and counts from then on', async () => {
    expect(await stateOf(first)).toMatchObject({ state: 'never', drilledAt: null });
    expect(await app.emergency.startDrill(customer, BY, first)).toMatchObject({ outcome: 'started' });
    expect(await app.emergency.startDrill(customer, BY, first)).toMatchObject({ outcome: 'already' });
    signIn(first);
    const at = new Date(clock.now()).toISOString();
    await poll();
    expect(await stateOf(first)).toMatchObject({ state: 'running' });
    pass(SHOWN_MS);
    await poll();
    expect(await stateOf(first)).toMatchObject({ state: 'drilled', drilledAt: at });
    expect(await stateOf(second)).toMatchObject({ state: 'never' });
    const told = (await journalled(app, customer, 'breakGlass.')).map(({ event }) => event);
    expect(told).toEqual(['breakGlass.drillStarted', 'breakGlass.drilled', 'breakGlass.signedIn']);
  });

  it('ends without a sign-in after some hours, and a sign-in after that is none of it', async () => {
    await app.emergency.startDrill(customer, BY, second);
    pass(5 * HOUR_MS);
    signIn(second);
    pass(SHOWN_MS);
    await poll();
    const standing = await stateOf(second);
    expect(standing).toMatchObject({ state: 'never', drilledAt: null });
    expect(standing?.missedAt).not.toBeNull();
  });

  it('refuses an account that is not declared', async () => {
    const drill = app.emergency.startDrill(customer, BY, '99999999-0000-4000-8000-00000000000f');
    await expect(drill).rejects.toMatchObject({ code: 'not_break_glass' });
  });

  it('is started by an engineer alone', async () => {
    const identity = { tenantId: customer.id, objectId: '99999999-0000-4000-8000-0000000000aa' };
    await app.access.grant(customer.id, { identity, role: 'approver', displayName: 'Ada Approver' }, 'test');
    const actor = await app.access.actorOf(identity, customer.id);
    await expect(app.emergency.startDrillAs(customer, actor, first)).rejects.toMatchObject({ code: 'not_allowed' });
  });
});

describe('a sign-in by a break-glass account (S3)', () => {
  it('is told once for a session, whichever log it shows in and however often they are read', async () => {
    const before = (await posted()).length;
    signIn(first, { ipAddress: '192.0.2.2' });
    pass(20 * MINUTE_MS);
    signIn(first, { ipAddress: '192.0.2.2' });
    signIn(first, { ipAddress: '192.0.2.2', isInteractive: false });
    pass(SHOWN_MS);
    await poll();
    await poll();
    expect((await posted()).length - before).toBe(1);
    signIn(first, { ipAddress: '203.0.113.7' });
    pass(SHOWN_MS);
    await poll();
    expect((await posted()).length - before).toBe(2);
  });

  it('shows in the background log alone', async () => {
    const before = (await posted()).length;
    pass(2 * DAY_MS);
    signIn(second, { isInteractive: false });
    pass(SHOWN_MS);
    await poll();
    expect((await posted()).length - before).toBe(1);
  });

  it('tells nothing of anybody else', async () => {
    const before = (await posted()).length;
    const other = world.sandbox.state.tenants
      .get(customer.id)
      ?.tenant.users.find(({ userType }) => userType !== 'Guest');
    signIn(other?.id ?? '');
    pass(SHOWN_MS);
    await poll();
    expect((await posted()).length).toBe(before);
  });

  it('says so where the log cannot be read, and keeps the drill that is on record', async () => {
    world.sandbox.faults.put({ id: 'log', vendor: 'graph', template: '/auditLogs/signIns', status: 403 });
    const { readings } = await poll();
    expect(readings.every(({ problem }) => problem !== null)).toBe(true);
    world.sandbox.faults.clear();
    expect(await stateOf(first)).toMatchObject({ state: 'drilled' });
    const mended = await poll();
    expect(mended.readings.map(({ problem }) => problem)).toEqual([null, null]);
  });
});

it('a drill grows old by the days of the customer file', async () => {
  pass(89 * DAY_MS);
  expect(await stateOf(first)).toMatchObject({ state: 'overdue' });
  const longer = { ...customer.settings, declared: { ...customer.settings.declared, drillDays: 180 } };
  const changed = await app.customers.add(longer, BY);
  const { accounts } = await app.emergency.status(changed.customer);
  expect(accounts.find(({ accountId }) => accountId === first)).toMatchObject({ state: 'drilled' });
});
