import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import { awaitConsent, consentAddress, readConsentAnswer } from '../../src/services/graph/admin-consent.ts';
import { createTokenSource } from '../../src/services/graph/token.ts';
import { CLIENT, startGraphBench, TENANT, tokenReply } from '../support/graph-bench.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const seal = { key: 'a-key-of-this-deployment', now: 1_000 };
const request = {
  customerId: 'contoso',
  tenantId: TENANT,
  loginUrl: 'https://login.example/',
  clientId: CLIENT,
  redirectUri: 'https://rollout.example/consent',
};
const asked = (set: Partial<typeof request> = {}) =>
  new URL(consentAddress({ ...request, ...set }, { ...seal, nonce: 'n-1' }));
const stateOf = (url: URL) => url.searchParams.get('state') ?? '';
const answered = (values: Record<string, string>, at = seal) =>
  readConsentAnswer(new URLSearchParams({ state: stateOf(asked()), ...values }), at);
const GRANTED = { admin_consent: 'True', tenant: TENANT };

describe('the address for an administrator', () => {
  it('names his tenant, the app, every permission of it and the way back', () => {
    const url = asked();
    expect(url.origin + url.pathname).toBe(`https://login.example/${TENANT}/v2.0/adminconsent`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT,
      scope: 'https://graph.microsoft.com/.default',
      redirect_uri: request.redirectUri,
    });
  });

  it.each(['common', 'organizations', 'contoso.example', '../evil'])('is not made for the tenant %s', (tenantId) => {
    expect(() => asked({ tenantId })).toThrow(expect.objectContaining({ code: 'bad_tenant' }));
  });
});

describe('the answer of an administrator', () => {
  it('is a consent for the customer whom the state names', () => {
    expect(answered(GRANTED)).toEqual({ outcome: 'granted', customerId: 'contoso', tenantId: TENANT, nonce: 'n-1' });
    expect(answered({ ...GRANTED, tenant: TENANT.toUpperCase() })).toMatchObject({ outcome: 'granted' });
  });

  it('is a refusal although it says admin_consent=True', () => {
    const refused = { ...GRANTED, error: 'access_denied', error_description: 'AADSTS65004: …' };
    expect(answered(refused)).toEqual({
      outcome: 'refused',
      customerId: 'contoso',
      code: 'access_denied',
      nonce: 'n-1',
    });
    expect(answered({ ...GRANTED, error: '<script>' })).toMatchObject({ outcome: 'refused', code: 'unknown' });
    expect(answered({ ...GRANTED, error: '' })).toMatchObject({ outcome: 'refused' });
  });

  it('is no consent when another tenant gave it, or none is named', () => {
    expect(answered({ ...GRANTED, tenant: CLIENT })).toMatchObject({ outcome: 'otherTenant' });
    expect(answered({ admin_consent: 'True' })).toMatchObject({ outcome: 'incomplete' });
    expect(answered({ tenant: TENANT })).toMatchObject({ outcome: 'incomplete' });
  });

  it('counts for a day', () => {
    const later = { ...seal, now: seal.now + 24 * 3_600_000 };
    expect(answered(GRANTED, later)).toMatchObject({ outcome: 'granted' });
    expect(answered(GRANTED, { ...later, now: later.now + 1 })).toEqual({ outcome: 'expired', customerId: 'contoso' });
  });

  it.each([
    ['nothing', ''],
    ['a text', 'contoso'],
    ['no signature', `${stateOf(asked()).split('.')[0] ?? ''}.`],
    [
      'another customer’s content',
      `${stateOf(asked({ customerId: 'fabrikam' })).split('.')[0] ?? ''}.${stateOf(asked()).split('.')[1] ?? ''}`,
    ],
    ['more than one dot', `${stateOf(asked())}.x`],
  ])('is foreign with %s for its state', (_what, state) => {
    expect(answered({ ...GRANTED, state })).toEqual({ outcome: 'foreign' });
  });

  it('is foreign to a deployment with another key', () => {
    expect(answered(GRANTED, { ...seal, key: 'another-key' })).toEqual({ outcome: 'foreign' });
  });
});

describe('awaitConsent', () => {
  async function waited(
    login: (count: number) => ReturnType<typeof tokenReply>,
  ): Promise<{ given: boolean; asked: number }> {
    const bench = await startGraphBench(() => 'cut', { login: (_request, count) => login(count) });
    closing.push(() => bench.close());
    const clock = createManualClock(0);
    const patient = { now: () => clock.now(), sleep: () => Promise.resolve() };
    const credential = { kind: 'secret', secret: 'a-secret' } as const;
    const settings = { loginUrl: bench.double.url, tenantId: TENANT, clientId: CLIENT, credential };
    const tokens = createTokenSource({ http: bench.connections.http, clock }, settings);
    return { given: await awaitConsent({ tokens, clock: patient }), asked: bench.tokenRequests().length };
  }
  const REFUSED = { status: 400, json: { error: 'unauthorized_client', error_codes: [650051] } };

  it('believes a token alone, which may come a while after the consent', async () => {
    expect(await waited((count) => (count < 3 ? REFUSED : tokenReply(count)))).toEqual({ given: true, asked: 3 });
  });

  it('ends when the login goes on refusing', async () => {
    expect(await waited(() => REFUSED)).toEqual({ given: false, asked: 5 });
  });
});
