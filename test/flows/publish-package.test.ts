import { strToU8, zipSync } from 'fflate';
import { afterEach, expect, it } from 'vitest';
import { AppError } from '../../src/lib/errors.ts';
import { createPackagePublisher } from '../../src/rollout/app-package/publish-package.ts';
import type { Customer, Customers } from '../../src/rollout/customers/customers.ts';
import { readJournal } from '../../src/store/journal.ts';
import { addCustomer, describeStore } from '../support/store.ts';
import { startVendorBench, type VendorBench } from '../support/vendor-bench.ts';

const APP = '66666666-2222-4333-8444-555555555555';
const PERSON = 'aaaaaaaa-2222-4333-8444-555555555555';
const MANIFEST = { id: '77777777-2222-4333-8444-555555555555', version: '1.2.0', webApplicationInfo: { id: APP } };

const opened: VendorBench[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bench) => bench.close()));
});

function zipOf(manifest: object | string): Uint8Array {
  return zipSync({ 'manifest.json': strToU8(typeof manifest === 'string' ? manifest : JSON.stringify(manifest)) });
}

describeStore('the app package', (store) => {
  async function publisher() {
    const database = await store.open();
    const customerId = await addCustomer(database);
    let published = false;
    const bench = await startVendorBench(({ method }) => {
      if (method === 'POST') published = true;
      const app = { id: 'cat-1', externalId: MANIFEST.id, distributionMethod: 'organization' };
      const appDefinitions = [{ version: MANIFEST.version, publishingState: 'published' }];
      return { json: { value: published ? [{ ...app, appDefinitions }] : [] } };
    });
    opened.push(bench);
    const customer = {
      id: customerId,
      name: 'Contoso',
      settings: { graph: { baseUrl: bench.double.origin, loginUrl: 'https://login.microsoftonline.com' } },
    } as Customer;
    const exchanged: object[] = [];
    const made = createPackagePublisher({
      database,
      customers: { connections: () => Promise.resolve({ http: bench.http }) } as unknown as Pick<
        Customers,
        'connections'
      >,
      clock: { ...bench.clock, sleep: () => Promise.resolve() },
      teams: {
        ...{ appId: APP, appSecret: 'not a real secret' },
        ...{ loginUrl: 'https://login.microsoftonline.com', publicUrl: 'https://mfa.example' },
      },
      verify: (token) => {
        if (token !== 'good') throw new AppError('token_invalid', 'not verified');
        return Promise.resolve({ tenantId: customerId, objectId: PERSON });
      },
      exchange: ({ settings }) => {
        exchanged.push(settings);
        return Promise.resolve('user-token');
      },
    });
    const journal = () => database.withCustomer(customerId, (tx) => readJournal(tx, customerId));
    return { made, customer, exchanged, journal, arrived: bench.double.arrived };
  }

  it('goes to the catalogue in the person’s name, and the journal tells who brought what', async () => {
    const { made, customer, exchanged, journal } = await publisher();
    const outcome = await made.publish(customer, { token: 'good', zip: zipOf(MANIFEST) });
    expect(outcome).toEqual({
      version: '1.2.0',
      outcome: { outcome: 'published', change: 'added', appId: 'cat-1' },
    });
    expect(exchanged).toMatchObject([{ tenantId: customer.id, clientId: APP }]);
    expect(await journal()).toMatchObject([
      {
        event: 'app.published',
        actor: { kind: 'person', tenantId: customer.id, objectId: PERSON },
        facts: { externalId: MANIFEST.id, version: '1.2.0', outcome: { outcome: 'published', change: 'added' } },
      },
    ]);
  });

  it.each([
    ['a package of another application', zipOf({ ...MANIFEST, webApplicationInfo: { id: PERSON } }), 'package_foreign'],
    ['a file that is no package', strToU8('hello'), 'package_unreadable'],
    ['a package without manifest', zipSync({ 'color.png': strToU8('x') }), 'package_unreadable'],
    ['a manifest that is no JSON', zipOf('{'), 'package_unreadable'],
    ['a manifest that unpacks to a mountain', zipOf(`"${'x'.repeat(300_000)}"`), 'package_unreadable'],
    ['a mountain', new Uint8Array(1024 * 1024 + 1), 'package_unreadable'],
  ])('is not sent anywhere when it is %s', async (_name, zip, code) => {
    const { made, customer, exchanged, arrived, journal } = await publisher();
    await expect(made.publish(customer, { token: 'good', zip })).rejects.toMatchObject({ code });
    expect([exchanged, arrived, await journal()]).toEqual([[], [], []]);
  });

  it('is not sent with a token that does not hold', async () => {
    const { made, customer, exchanged, arrived } = await publisher();
    const asked = made.publish(customer, { token: 'forged', zip: zipOf(MANIFEST) });
    await expect(asked).rejects.toMatchObject({ code: 'token_invalid' });
    expect([exchanged, arrived]).toEqual([[], []]);
  });
});
