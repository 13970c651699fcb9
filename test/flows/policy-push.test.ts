import { afterAll, expect, it } from 'vitest';
import { createOperations } from '../../src/cli/operations.ts';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { editPolicy } from '../../src/sandbox/other-admins.ts';
import { setTenantOptions } from '../../src/sandbox/people.ts';
import type { WorldName } from '../../src/sandbox/world/generate.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
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
import { describeStore } from '../support/store.ts';

const ROUND_MS = 120_000;
const SOMEBODY = 'admin@contoso.example';

describeStore('pushing the approved draft', (store) => {
  let app: App | undefined;
  const worlds: RunningSandbox[] = [];
  afterAll(async () => {
    await app?.close();
    for (const world of worlds) await world.stop();
  });

  async function bench(name: WorldName, seed: number) {
    app ??= await startProduct(await store.location(), { clock: hurriedClock });
    const world = await startWorld({ name, seed, size: 100 });
    worlds.push(world);
    return { product: app, world, customer: await addWrittenCustomer(app, world) };
  }

  it(
    'makes groups and both policies report-only, writes nothing when run again, and takes everything back',
    async () => {
      const { product, world, customer } = await bench('reference', 21);
      await signExceptions(product, customer);
      const digest = await decideDraft(product, customer);
      const before = writableParts(world);
      const preview = await product.push.plan(customer, BY);
      world.sandbox.requests.clear();
      const pushed = await product.push.push(customer, BY, digest);
      expect(pushed).toMatchObject({ state: 'live', failure: null, digest });
      expect(preview).toMatchObject({ digest, refusal: null });
      expect(pushed.did).toEqual(preview.steps.map(({ step }) => step));
      expectAsDrawn(world);
      // S25: whatever the policies leave out stands before they do.
      const writes = graphWrites(world).map((call) => call.includes('conditionalAccess'));
      expect(writes.slice(writes.indexOf(true))).toEqual([true, true]);
      expect(pushed.findings.map(({ code }) => code)).toEqual(['graph_not_asked']);
      expect(await product.drafts.state(customer, { digest })).toMatchObject({ state: 'approved' });

      world.sandbox.requests.clear();
      const again = await product.push.push(customer, BY, digest);
      expect([again.id, again.state, again.did, graphWrites(world)]).toEqual([pushed.id, 'live', [], []]);
      const undone = await product.push.undo(customer, BY);
      expect(undone).toMatchObject({ state: 'undone', failure: null, objects: [] });
      expect(writableParts(world)).toEqual(before);
      await expect(product.push.undo(customer, BY)).rejects.toMatchObject({ code: 'nothing_to_undo' });
    },
    ROUND_MS,
  );

  if (!store.showsAll) return;
  it(
    'adds what a later approval adds, and goes back one push at a time',
    async () => {
      const { product, world, customer } = await bench('securityDefaults', 24);
      const before = writableParts(world);
      await product.push.push(customer, BY, await decideDraft(product, customer));
      const between = writableParts(world);
      await signExceptions(product, customer);
      const later = await decideDraft(product, customer);
      const second = await product.push.push(customer, BY, later);
      expect(second.did).toEqual(['members.exceptions']);
      expect(await product.push.undo(customer, BY)).toMatchObject({ id: second.id, state: 'undone' });
      expect(writableParts(world)).toEqual(between);
      expect(await product.push.undo(customer, BY)).toMatchObject({ state: 'undone', objects: [] });
      expect(writableParts(world)).toEqual(before);
    },
    ROUND_MS,
  );

  it(
    'makes nothing twice when answers are lost and Graph is slow to know what was made',
    async () => {
      const { product, world, customer } = await bench('reference', 25);
      const digest = await decideDraft(product, customer);
      const before = writableParts(world);
      setTenantOptions(world.sandbox, customer.id, { groupVisibleAfterMs: 20, referenceVisibleAfterMs: 60 });
      const lost = { vendor: 'graph', status: 503, afterEffect: true, times: 2 } as const;
      const policies = '/identity/conditionalAccess/policies';
      const templates = ['/groups', '/groups/{id}', policies, `${policies}/{id}`, '/groups/{id}/members/{member}/$ref'];
      for (const template of templates) {
        for (const method of ['POST', 'PATCH', 'DELETE']) {
          world.sandbox.faults.put({ id: `${method} ${template}`, template, method, ...lost });
        }
      }
      world.sandbox.requests.clear();
      expect(await product.push.push(customer, BY, digest)).toMatchObject({ state: 'live', failure: null });
      expectAsDrawn(world);
      expect(graphWrites(world).filter((call) => call === 'POST /groups')).toHaveLength(ownGroups(world).size);
      expect(await product.push.undo(customer, BY)).toMatchObject({ state: 'undone', objects: [] });
      world.sandbox.faults.clear();
      expect(writableParts(world)).toEqual(before);
    },
    ROUND_MS,
  );

  it(
    'takes everything back when Graph refuses the last policy, and says why',
    async () => {
      const { product, world, customer } = await bench('reference', 26);
      const digest = await decideDraft(product, customer);
      const before = writableParts(world);
      const template = '/identity/conditionalAccess/policies';
      world.sandbox.faults.put({ id: 'no', vendor: 'graph', template, method: 'POST', status: 403, skip: 1 });
      await expect(product.push.push(customer, BY, digest)).rejects.toMatchObject({ code: 'permission_missing' });
      world.sandbox.faults.clear();
      expect(writableParts(world)).toEqual(before);
      expect(await product.push.show(customer)).toMatchObject({ state: 'compensated', objects: [] });
      const told = (await journalled(product, customer, 'policy.')).map(({ event }) => event);
      expect(told).toContain('policy.push.compensated');
      expect(await product.push.push(customer, BY, digest)).toMatchObject({ state: 'live' });
    },
    ROUND_MS,
  );

  it(
    'tells and leaves what somebody else changed, and is the same on the command line',
    async () => {
      const { product, world, customer } = await bench('reference', 27);
      const run = commands(product, customer);
      expect((await run('policy push', { plan: true })).text).toContain('It is refused now (S22)');
      const digest = await decideDraft(product, customer);
      expect((await run('policy push', { digest })).text).toMatch(/^Pushed: groups and both policies/);
      expect((await run('policy show')).json).toMatchObject({ push: { state: 'live', digest } });
      const own = ownPolicies(world).get('OBSERVE');
      const where = { tenantId: customer.id, policyId: String(own?.id) };
      editPolicy(world.sandbox, where, { set: { displayName: 'Mine now' }, by: SOMEBODY });
      await expect(run('policy push', { digest })).rejects.toMatchObject({ code: 'managed_object_changed' });
      const left = await run('policy undo');
      expect(left.refusal).toMatchObject({ code: 'undo_incomplete' });
      expect(left.text).toContain('somebody else changed it');
      // The groups that the changed policy names stand with it.
      expect([...ownPolicies(world).keys()]).toEqual([]);
      editPolicy(world.sandbox, where, { set: { displayName: String(own?.displayName) }, by: SOMEBODY });
      expect((await run('policy undo')).text).toMatch(/^The push was taken back\./);
      expect([ownPolicies(world).size, ownGroups(world).size]).toEqual([0, 0]);
    },
    ROUND_MS,
  );
});

function commands(product: App, customer: Customer) {
  const operations = createOperations(product, undefined);
  return (name: string, more: object = {}) => operations.run(name, { customer: customer.id, ...more }, () => undefined);
}

/** Both policies are there once, report-only, and name groups that are there. */
function expectAsDrawn(world: RunningSandbox): void {
  const policies = ownPolicies(world);
  expect([...policies.keys()].sort()).toEqual(['ENFORCE', 'OBSERVE']);
  for (const { state } of policies.values()) expect(state).toBe('enabledForReportingButNotEnforced');
  const conditions = policies.get('ENFORCE')?.conditions as { users: { includeGroups: string[] } };
  const made = [...ownGroups(world)].filter(([name]) => name === 'direct' || name.startsWith('phase - '));
  expect([...conditions.users.includeGroups].sort()).toEqual(made.map(([, { id }]) => id).sort());
}
