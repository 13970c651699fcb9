import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import { startProduct, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const FIRST = '11111111-2222-4333-8444-555555555555';
const SECOND = '21111111-2222-4333-8444-555555555555';

const fileOf = (tenantId: string) => `version: 1
name: Twin
tenantId: ${tenantId}
graph:
  baseUrl: https://127.0.0.1:1
  loginUrl: https://127.0.0.1:1
  clientId: 99999999-2222-4333-8444-555555555555
  clientSecret: env:NOT_SET_ANYWHERE
hr:
  source: bamboohr
  baseUrl: https://127.0.0.1:1
  company: contoso
  apiKey: env:NOT_SET_ANYWHERE
`;

describeStore('two customers of one name without their secrets', (store) => {
  let app: App;
  beforeAll(async () => {
    app = await startProduct(await store.location());
    for (const id of [FIRST, SECOND]) await app.customers.add(parseCustomerFile(fileOf(id), '/twin.yaml'), 'test');
  });
  afterAll(() => app.close());

  it('are told apart by their ids in the refusal', async () => {
    const refusal = await app.customers.find('twin').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'customer_ambiguous' });
    expect((refusal as Error).message).toContain(FIRST);
    expect((refusal as Error).message).toContain(SECOND);
  });

  it('are refused at once, before a job tries it again and again', async () => {
    const customer = await app.customers.find(FIRST);
    await expect(sync(app, customer)).rejects.toMatchObject({ code: 'secret_missing' });
    expect(await app.syncs.readings(customer)).toEqual([]);
  });
});
