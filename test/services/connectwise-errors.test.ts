import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { VendorBrokenError, VendorRefusedError } from '../../src/lib/errors.ts';
import { findTicket } from '../../src/services/psa/connectwise/tickets.ts';
import { startConnectWise } from '../support/connectwise-bench.ts';
import { createConnectWiseDouble, refusal } from '../support/connectwise-double.ts';
import { UNBELIEVABLE } from '../support/vendor-bench.ts';
import type { Reply } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: Parameters<typeof startConnectWise>[0] = {}) {
  const bench = await startConnectWise(options);
  closing.push(() => bench.close());
  return bench;
}

const caughtFrom = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
const holdout = { kind: 'service', externalXRef: 'holdout:u-1' } as const;

describe('errors of ConnectWise', () => {
  const failing = (reply: Reply) =>
    start({ answer: ({ path }) => (path.startsWith('/login') ? { json: { Codebase: 'v2025_1/' } } : reply) });

  it.each<{ what: string; status: number; body: object; code: string; says?: string }>([
    {
      what: 'a field that is missing',
      status: 400,
      body: {
        code: 'InvalidObject',
        message: 'ticket object is invalid',
        errors: [
          { code: 'MissingRequiredField', message: 'private@contoso.example', resource: 'ticket', field: 'summary' },
        ],
      },
      code: 'MissingRequiredField.summary',
    },
    {
      what: 'a refused login',
      status: 401,
      body: { code: 'Unauthorized', message: 'x' },
      code: 'Unauthorized',
      says: 'keys',
    },
    {
      what: 'a role that may not',
      status: 403,
      body: { code: 'Forbidden', message: 'x' },
      code: 'Forbidden',
      says: 'Service Tickets',
    },
    {
      what: 'a record that is gone',
      status: 404,
      body: { code: 'NotFound', message: 'Contact 1 not found' },
      code: 'NotFound',
    },
  ])('tell $what by its code, and hold neither body nor key', async ({ status, body, code, says }) => {
    const { connectWise } = await failing(refusal(status, body));
    const error = await caughtFrom(findTicket(connectWise, holdout));
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect(error).toMatchObject({ call: { status, vendorCode: code, path: '/service/tickets' } });
    expect((error as VendorRefusedError).userMessage ?? '').toContain(says ?? '');
    expect(JSON.stringify([error, String(error)])).not.toMatch(/private@|pub:|Basic/);
  });

  const recorded = (name: string) =>
    new URL(`../../../shared/contracts/vendors/connectwise.error.${name}.json`, import.meta.url);
  it.skipIf(!existsSync(recorded('404-record'))).each([
    { name: '400-missing-field', status: 400, code: 'MissingRequiredField.firstName' },
    { name: '404-endpoint', status: 404, code: 'ConnectWiseApi' },
    { name: '404-record', status: 404, code: 'NotFound' },
  ])('are read as recorded: $name (skipped without the contracts)', async ({ name, status, code }) => {
    const { connectWise } = await failing({
      status,
      json: JSON.parse(readFileSync(recorded(name), 'utf8')) as unknown,
    });
    await expect(findTicket(connectWise, holdout)).rejects.toMatchObject({ call: { status, vendorCode: code } });
  });

  it.each(UNBELIEVABLE)('stop at $what', async ({ reply }) => {
    const { connectWise } = await failing(reply);
    await expect(findTicket(connectWise, holdout)).rejects.toBeInstanceOf(VendorBrokenError);
  });

  it.each([{ json: { id: 1 } }, { json: [{ id: 'one' }] }, { json: [null] }])(
    'stop at another shape: %j',
    async (reply) => {
      const { connectWise } = await failing(reply);
      await expect(findTicket(connectWise, holdout)).rejects.toBeInstanceOf(VendorBrokenError);
    },
  );

  it('ask a read again after a fault', async () => {
    const vendor = createConnectWiseDouble();
    vendor.next(/^GET .*tickets/, { status: 500, json: { message: 'timeout' } });
    const { connectWise } = await start({ vendor });
    expect(await findTicket(connectWise, holdout)).toBeNull();
  });
});
