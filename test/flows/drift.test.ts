/** What other administrators change of the rollout's own objects is found at the next look, told, put back or accepted. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { DriftView } from '../../src/rollout/drift/drift.ts';
import {
  changeMembersAs,
  editGroup,
  editPolicy,
  putPolicy,
  removeGroup,
  removePolicy,
  switchSecurityDefaults,
} from '../../src/sandbox/other-admins.ts';
import { type DriftBench, startDrift } from '../support/drift-world.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { startProduct, startWorld } from '../support/product.ts';
import {
  addWrittenCustomer,
  BY,
  decideDraft,
  graphWrites,
  ownGroups,
  ownPolicies,
  signExceptions,
  tenantOf,
  writableParts,
} from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const ROUND_MS = 120_000;
const ALEX = 'admin-alex';

let world: Awaited<ReturnType<typeof startWorld>>;
let app: Awaited<ReturnType<typeof startProduct>>;
let customer: Customer;
let bench: DriftBench;
beforeAll(async () => {
  world = await startWorld({ seed: 31, size: 100 });
  app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock });
  customer = await addWrittenCustomer(app, world);
  await signExceptions(app, customer);
  await app.push.push(customer, BY, await decideDraft(app, customer));
  bench = await startDrift(app, customer);
}, ROUND_MS);
afterAll(async () => {
  await app.close();
  await world.stop();
});

const policyId = (name: string) => String(ownPolicies(world).get(name)?.id);
const tenantId = () => customer.id;

it('tells nothing where nobody but us wrote', async () => {
  expect(await bench.look()).toEqual([]);
  expect(await bench.look()).toEqual([]);
});

it('finds an edited policy', async () => {
  const which = { tenantId: tenantId(), policyId: policyId('OBSERVE') };
  const { conditions } = ownPolicies(world).get('OBSERVE') as { conditions: object };
  editPolicy(world.sandbox, which, { set: { conditions: { ...conditions, clientAppTypes: ['browser'] } }, by: ALEX });
  const [found, ...more] = await bench.look();
  expect(more).toEqual([]);
  expect(found).toMatchObject({ kind: 'edited', object: 'OBSERVE', state: 'open' });
});
