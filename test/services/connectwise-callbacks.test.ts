import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VendorBrokenError } from '../../src/lib/errors.ts';
import { createCallbackVerifier, ensureCallback } from '../../src/services/psa/connectwise/callbacks.ts';
import type { ConnectWiseSettings } from '../../src/services/psa/connectwise/settings.ts';
import { startConnectWise } from '../support/connectwise-bench.ts';
import { refusal, signatureOf } from '../support/connectwise-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: Parameters<typeof startConnectWise>[0] = {}) {
  const bench = await startConnectWise(options);
  closing.push(() => bench.close());
  return bench;
}

describe('a callback', () => {
  const wanted = {
    url: 'https://bot.contoso.example/callbacks/connectwise',
    type: 'ticket',
    level: 'board',
    objectId: 1,
    description: 'MFA rollout',
  } as const;

  it('is asked for once, with the place for the record’s id at the end and without our own writes', async () => {
    const { connectWise, vendor } = await start();
    expect(await ensureCallback(connectWise, wanted)).toEqual({ created: true });
    expect(await ensureCallback(connectWise, wanted)).toEqual({ created: false });
    expect(vendor.collection('/system/callbacks')).toMatchObject([
      { url: `${wanted.url}?recordId=`, payloadVersion: '3.0.0', isSelfSuppressedFlag: true, objectId: 1 },
    ]);
  });

  it('that ConnectWise already has is no failure', async () => {
    const { connectWise, vendor } = await start();
    const exists = { code: 'InvalidObject', message: 'x', errors: [{ code: 'ObjectExists', field: 'objectId' }] };
    vendor.next(/^POST/, refusal(400, exists));
    expect(await ensureCallback(connectWise, wanted)).toEqual({ created: false });
  });

  it.each(['nowhere', 'https://x.example/?a=b', 'https://x.example/#a'])('is not asked for at %s', async (url) => {
    const { connectWise } = await start();
    await expect(ensureCallback(connectWise, { ...wanted, url })).rejects.toMatchObject({ code: 'bad_callback_url' });
  });
});

describe('a delivery', () => {
  type Change = { keyUrl?: string; entity?: string | null; company?: string; action?: string };
  async function startVerifier(settings: Partial<ConnectWiseSettings> = {}) {
    const bench = await start({ settings });
    const verifier = createCallbackVerifier(bench.connectWise, { clock: bench.clock });
    const keyUrl = `${bench.double.url}/v2025_1//system/callbackkey/index.rails?companyName=contoso&id=k1`;
    const body = (change: Change = {}) =>
      JSON.stringify({
        Action: change.action ?? 'updated',
        CompanyId: change.company ?? 'Contoso',
        Entity: change.entity === undefined ? JSON.stringify({ id: 57, recordType: 'ServiceTicket' }) : change.entity,
        ID: 57,
        MessageId: 'm-1',
        Metadata: { key_url: change.keyUrl ?? keyUrl },
        Type: 'ticket',
      });
    const verify = (text: string, signature: string | undefined = signatureOf(text, 'test-signing-key')) =>
      verifier.verify({ rawBody: Buffer.from(text), signature });
    const keyRequests = () => bench.double.arrived.filter(({ path }) => path.includes('callbackkey'));
    return { ...bench, body, verify, keyUrl, keyRequests };
  }

  it('that is signed over its raw bytes is believed, and its key is fetched once', async () => {
    const { body, verify, keyRequests } = await startVerifier();
    // Other spacing is another body: what counts are the bytes.
    const spaced = body().replace('{', '{ ');
    expect(await verify(spaced)).toEqual({
      ok: true,
      delivery: {
        action: 'updated',
        type: 'ticket',
        recordId: 57,
        messageId: 'm-1',
        entity: { id: 57, recordType: 'ServiceTicket' },
      },
    });
    expect(await verify(body({ action: 'deleted', entity: null }))).toMatchObject({
      ok: true,
      delivery: { entity: null },
    });
    expect(keyRequests()).toHaveLength(1);
    expect(keyRequests()[0]?.headers).toMatchObject({ clientid: 'client-guid' });
    expect(keyRequests()[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    { what: 'a changed byte', sign: (text: string) => signatureOf(`${text} `, 'test-signing-key') },
    { what: 'another key', sign: (text: string) => signatureOf(text, 'wrong') },
    { what: 'no signature at all', sign: () => 'AAAA' },
  ])('with $what is refused', async ({ sign }) => {
    const { body, verify } = await startVerifier();
    expect(await verify(body(), sign(body()))).toEqual({ ok: false, reason: 'badSignature' });
  });

  it('without a signature is refused before anything is asked', async () => {
    const { body, verify, double } = await startVerifier();
    expect(await verify(body(), '')).toEqual({ ok: false, reason: 'unsigned' });
    expect(double.arrived).toEqual([]);
  });

  it.each([
    'https://attacker.example/system/callbackkey/index.rails?companyName=contoso&id=k1',
    'SELF/elsewhere?companyName=contoso&id=k1',
    'SELF/system/callbackkey/index.rails?companyName=other&id=k1',
    'SELF/system/callbackkey/index.rails?companyName=contoso&CompanyName=other&id=k1',
    'SELF/system/callbackkey/../../elsewhere?companyName=contoso',
    'not an address',
  ])('whose key comes from %s is refused without asking there', async (text) => {
    const { body, verify, double } = await startVerifier();
    const keyUrl = text.replace('SELF', double.url);
    expect(await verify(body({ keyUrl }))).toEqual({ ok: false, reason: 'foreignKey' });
    expect(double.arrived).toEqual([]);
  });

  it.each(['https://127.0.0.1:1@attacker.example', 'http://USER@SELF'])(
    'whose key address hides its host is refused: %s',
    async (text) => {
      const { body, verify, double } = await startVerifier();
      const keyUrl = `${text.replace('SELF', double.url.slice(8))}/system/callbackkey/index.rails?companyName=contoso`;
      expect(await verify(body({ keyUrl }))).toEqual({ ok: false, reason: 'foreignKey' });
      expect(double.arrived).toEqual([]);
    },
  );

  it('of another company is refused, even from the same server', async () => {
    const { body, verify, double } = await startVerifier();
    expect(await verify(body({ company: 'Fabrikam' }))).toEqual({ ok: false, reason: 'otherCompany' });
    expect(double.arrived).toEqual([]);
  });

  it.each(['', 'no json', '[]', '{"Action":"updated"}'])('that is no delivery is refused: %j', async (text) => {
    const { verify } = await startVerifier();
    expect(await verify(text)).toEqual({ ok: false, reason: 'malformed' });
  });

  it('whose record cannot be read is refused, signed or not', async () => {
    const { body, verify } = await startVerifier();
    expect(await verify(body({ entity: '{"id":' }))).toEqual({ ok: false, reason: 'malformed' });
  });

  it('is believed after the key was changed', async () => {
    const { body, verify, vendor } = await startVerifier();
    expect((await verify(body())).ok).toBe(true);
    vendor.keys.set('k1', 'second-key');
    expect((await verify(body(), signatureOf(body(), 'second-key'))).ok).toBe(true);
    expect((await verify(body())).ok).toBe(false);
  });

  it('that is forged has no keys fetched without end, and holds up no delivery whose key is known', async () => {
    const { body, verify, keyUrl, keyRequests, clock } = await startVerifier();
    expect((await verify(body())).ok).toBe(true);
    const forged = Array.from({ length: 20 }, (_, index) => body({ keyUrl: keyUrl.replace('id=k1', `id=f${index}`) }));
    const answers = [];
    for (const text of forged) answers.push(await verify(text));
    expect(answers.at(-1)).toEqual({ ok: false, reason: 'tooManyKeys' });
    expect(keyRequests().length).toBeLessThanOrEqual(5);
    expect((await verify(body())).ok).toBe(true);
    clock.advance(60_000);
    expect(await verify(forged[0] ?? '')).toEqual({ ok: false, reason: 'badSignature' });
  });

  it('throws where the key cannot be had, so that it is not taken for accepted', async () => {
    const { body, verify, vendor } = await startVerifier();
    vendor.next(/callbackkey/, { headers: { 'content-type': 'text/html' }, raw: '<html>' });
    await expect(verify(body())).rejects.toBeInstanceOf(VendorBrokenError);
  });

  const vectors = new URL('../../../shared/contracts/vendors/signature.vectors.json', import.meta.url);
  it.skipIf(!existsSync(vectors))('is signed as the contracts say (skipped without them)', () => {
    const vector = z.object({ connectwise: z.object({ body: z.string(), signature: z.string() }) });
    const { connectwise } = vector.parse(JSON.parse(readFileSync(vectors, 'utf8')));
    expect(signatureOf(connectwise.body, 'test-signing-key')).toBe(connectwise.signature);
  });
});
