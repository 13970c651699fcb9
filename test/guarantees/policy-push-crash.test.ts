import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyJournal } from '../../src/store/journal.ts';
import { startChild } from '../support/child.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import type { PushChildTask } from '../support/push-child.ts';
import {
  addWrittenCustomer,
  BY,
  decideDraft,
  graphWrites,
  journalled,
  ownGroups,
  ownPolicies,
  signExceptions,
  writableParts,
} from '../support/push-world.ts';

/** Where a push is killed, and then its undoing: after each kind of write, before it is noted; one pair where time is short. */
const EVERY = [
  ['push.policy.made', 'undo.group.made'],
  ['push.group.made', 'undo.policy.made'],
  ['push.members.made', 'undo.members.made'],
] as const;
const STOP_POINTS = process.env.MFA_GUARANTEES === 'full' ? EVERY : EVERY.slice(0, 1);
const ROUND_MS = 120_000;
const POLICIES = 'POST /identity/conditionalAccess/policies';

let world: RunningSandbox;
const folder = mkdtempSync(join(tmpdir(), 'mfa-push-'));
const prepared = join(folder, 'prepared');
let customerId: string;
let digest: string;
let before: unknown;
beforeAll(async () => {
  world = await startWorld({ seed: 64, size: 100 });
  const app = await startProduct({ dataDir: prepared });
  const customer = await addWrittenCustomer(app, world);
  await signExceptions(app, customer);
  digest = await decideDraft(app, customer);
  customerId = customer.id;
  before = writableParts(world);
  await app.close();
}, ROUND_MS);
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.each(STOP_POINTS)(
  'a push killed at %s and an undo killed at %s are finished by the next start, and nothing is made twice',
  async (pushPoint, undoPoint) => {
    const location = { dataDir: join(folder, pushPoint) };
    cpSync(prepared, location.dataDir, { recursive: true });
    world.sandbox.requests.clear();
    await killed({ location, customerId, digest, undo: false, stopAt: pushPoint });

    const app = await startProduct(location, { clock: hurriedClock });
    const customer = await app.customers.find(customerId);
    // Joins the job that the dead process had begun.
    const pushed = await app.push.push(customer, BY, digest);
    expect(pushed).toMatchObject({ state: 'live', failure: null });
    const groups = [...ownGroups(world).values()];
    expect(
      pushed.objects
        .filter(({ kind }) => kind === 'group')
        .map(({ objectId }) => objectId)
        .sort(),
    ).toEqual(groups.map(({ id }) => id).sort());
    const writes = graphWrites(world);
    expect(writes.filter((call) => call === 'POST /groups')).toHaveLength(groups.length);
    expect(writes.filter((call) => call === POLICIES)).toHaveLength(2);
    expect([...ownPolicies(world).values()].map(({ state }) => state)).toEqual([
      'enabledForReportingButNotEnforced',
      'enabledForReportingButNotEnforced',
    ]);
    const told = await journalled(app, customer, 'policy.push.');
    expect(told.filter(({ event }) => event === 'policy.push.done')).toHaveLength(pushed.steps.length);
    expect(told.filter(({ event }) => event === 'policy.push.begun')).toHaveLength(pushed.steps.length);
    await app.close();

    await killed({ location, customerId, digest, undo: true, stopAt: undoPoint });
    const later = await startProduct(location, { clock: hurriedClock });
    const undone = await later.push.undo(customer, BY);
    expect(undone).toMatchObject({ state: 'undone', failure: null, objects: [] });
    expect(writableParts(world)).toEqual(before);
    const check = await later.database.withCustomer(customerId, (tx) => verifyJournal(tx, customerId));
    expect(check).toMatchObject({ ok: true });
    await later.close();
  },
  ROUND_MS,
);

async function killed(task: PushChildTask): Promise<void> {
  const child = startChild('push-child.ts', [JSON.stringify(task)]);
  await expect(child.line((line) => line === 'done')).rejects.toThrow('the process ended without the line');
}
