import https, { type RequestOptions } from 'node:https';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTokenCheck } from '../../src/api/token.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type CatalogueDeps, publishApp } from '../../src/services/graph/app-catalogue.ts';
import { tokenOnBehalfOf } from '../../src/services/graph/on-behalf-of.ts';
import { testAuthority } from '../support/graph-bench.ts';
import { startVendorBench, type VendorBench } from '../support/vendor-bench.ts';
import { type Arrived, type Reply, startVendorDouble } from '../support/vendor-double.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const MANIFEST_ID = '77777777-2222-4333-8444-555555555555';
const PACKAGE = {
  externalId: MANIFEST_ID,
  version: '1.2.0',
  zip: new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0xff, 0x00, 0xfe]),
};

type Definition = { version: string; publishingState: string };
type Catalogue = {
  definitions: Definition[];
  store?: boolean;
  answerPost?: (index: number) => Reply | null;
  state?: string;
  blind?: boolean;
};

const opened: VendorBench[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((bench) => bench.close()));
});

/** A catalogue as Graph keeps one; `answerPost` may lose or refuse an answer after or before the write. */
async function bench(catalogue: Catalogue): Promise<{ deps: CatalogueDeps; arrived: Arrived[]; seen: string[] }> {
  let posts = 0;
  const made = await startVendorBench((request) => {
    if (request.method === 'GET') return { json: { value: catalogue.blind === true ? [] : shown(catalogue) } };
    const reply = catalogue.answerPost?.(posts++);
    if (reply !== undefined && reply !== null && typeof reply === 'object' && (reply.status ?? 200) >= 400)
      return reply;
    catalogue.definitions.push({ version: PACKAGE.version, publishingState: catalogue.state ?? 'published' });
    return reply ?? { status: 201, json: { id: 'cat-1', externalId: MANIFEST_ID } };
  });
  opened.push(made);
  const seen: string[] = [];
  const deps: CatalogueDeps = {
    http: made.http,
    clock: { ...made.clock, sleep: () => Promise.resolve() },
    graphUrl: made.double.origin,
    tenantId: TENANT,
    verify: (token) => {
      seen.push(`verified ${token}`);
      return Promise.resolve({ tenantId: TENANT });
    },
    onBehalfOf: (token, scopes) => {
      seen.push(`exchanged ${token} for ${scopes.join(' ')}`);
      return Promise.resolve('user-token');
    },
  };
  return { deps, arrived: made.double.arrived, seen };
}

function shown({ definitions, store }: Catalogue) {
  const app = (id: string, distributionMethod: string) => ({
    id,
    externalId: MANIFEST_ID,
    displayName: 'MFA Rollout',
    distributionMethod,
    appDefinitions: definitions,
  });
  return [
    ...(store === true ? [app('store-1', 'store')] : []),
    ...(definitions.length === 0 ? [] : [app('cat-1', 'organization')]),
  ];
}

function posts(arrived: readonly Arrived[]): string[] {
  return arrived.filter(({ method }) => method === 'POST').map(({ path }) => path);
}

describe('publishing to a customer’s catalogue', () => {
  it('adds an app that is not there, as the person who is signed in', async () => {
    const { deps, arrived, seen } = await bench({ definitions: [] });
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toEqual({
      outcome: 'published',
      change: 'added',
      appId: 'cat-1',
    });
    expect(seen).toEqual(['verified t', 'exchanged t for https://graph.microsoft.com/AppCatalog.Submit']);
    expect(arrived.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    expect(arrived[0]?.query.get('$filter')).toBe(
      `externalId eq '${MANIFEST_ID}' and distributionMethod eq 'organization'`,
    );
    expect(arrived[1]).toMatchObject({
      path: '/v1.0/appCatalogs/teamsApps',
      headers: { authorization: 'Bearer user-token', 'content-type': 'application/zip', 'content-length': '7' },
    });
  });

  it('adds a version to an app that is there', async () => {
    const { deps, arrived } = await bench({ definitions: [{ version: '1.1.0', publishingState: 'published' }] });
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toMatchObject({
      outcome: 'published',
      change: 'updated',
    });
    expect(posts(arrived)).toEqual(['/v1.0/appCatalogs/teamsApps/cat-1/appDefinitions']);
  });

  it.each([
    ['published', { outcome: 'published', change: 'none' }],
    ['submitted', { outcome: 'inReview', change: 'none' }],
    ['rejected', { outcome: 'refused', code: 'catalogue_rejected' }],
    ['unknownFutureValue', { outcome: 'unknown' }],
  ])('sends nothing where this version is %s already', async (publishingState, expected) => {
    const { deps, arrived } = await bench({ definitions: [{ version: '1.2.0', publishingState }] });
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toMatchObject(expected);
    expect(posts(arrived)).toEqual([]);
  });

  it('says that an administrator has yet to approve it', async () => {
    const { deps } = await bench({ definitions: [], state: 'submitted' });
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toMatchObject({
      outcome: 'inReview',
      change: 'added',
    });
  });

  it('takes a store’s app of the same id for another one', async () => {
    const { deps, arrived } = await bench({ definitions: [], store: true });
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toMatchObject({
      outcome: 'published',
      change: 'added',
      appId: 'cat-1',
    });
    expect(posts(arrived)).toEqual(['/v1.0/appCatalogs/teamsApps']);
  });

  const lost: [string, Reply, object][] = [
    ['lost on its way back', 'cut', { outcome: 'published', change: 'added', appId: 'cat-1' }],
    ['a failure before anything was done', { status: 503, json: {} }, { outcome: 'unknown' }],
    [
      'a conflict that nothing comes of',
      { status: 409, json: { error: { code: 'Conflict' } } },
      { outcome: 'unknown' },
    ],
  ];
  it.each(lost)('sends once and reads again when the answer is %s', async (_name, reply, expected) => {
    const { deps, arrived } = await bench({ definitions: [], answerPost: () => reply });
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toMatchObject(expected);
    expect(posts(arrived)).toHaveLength(1);
  });

  it('finds what somebody else published a moment before', async () => {
    const catalogue: Catalogue = { definitions: [] };
    catalogue.answerPost = () => {
      catalogue.definitions.push({ version: PACKAGE.version, publishingState: 'published' });
      return { status: 409, json: { error: { code: 'Conflict' } } };
    };
    const { deps, arrived } = await bench(catalogue);
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toMatchObject({
      outcome: 'published',
      appId: 'cat-1',
    });
    expect(posts(arrived)).toHaveLength(1);
  });

  it('does not claim what the catalogue does not show', async () => {
    const { deps, arrived } = await bench({ definitions: [], blind: true });
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toMatchObject({ outcome: 'unknown' });
    expect(posts(arrived)).toHaveLength(1);
  });

  it.each([
    [403, 'catalogue_not_allowed'],
    [400, 'catalogue_package'],
  ])('tells a person what a refusal with %d means', async (status, code) => {
    const { deps } = await bench({
      definitions: [],
      answerPost: () => ({ status, json: { error: { code: 'Refused' } } }),
    });
    expect(await publishApp(deps, { token: 't', app: PACKAGE })).toMatchObject({ outcome: 'refused', code });
  });

  it('refuses a person of another tenant before anything is exchanged', async () => {
    const { deps, arrived, seen } = await bench({ definitions: [] });
    const elsewhere = { ...deps, verify: () => Promise.resolve({ tenantId: MANIFEST_ID }) };
    await expect(publishApp(elsewhere, { token: 't', app: PACKAGE })).rejects.toMatchObject({
      code: 'catalogue_tenant',
    });
    expect([seen, arrived]).toEqual([[], []]);
  });
});

describe('the token in a person’s name', () => {
  const CLIENT = '66666666-2222-4333-8444-555555555555';
  const LOGIN = 'https://login.microsoftonline.com';
  const settings = { loginUrl: LOGIN, tenantId: TENANT, clientId: CLIENT, clientSecret: 'not a real secret' };
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  beforeAll(async () => {
    keys = await generateKeyPair('RS256', { extractable: true });
  });

  function tokenOf(
    privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'],
    issuer = `${LOGIN}/${TENANT}/v2.0`,
  ): Promise<string> {
    const claims = {
      tid: TENANT,
      oid: MANIFEST_ID,
      ver: '2.0',
      scp: 'access_as_user',
      azp: '5e3ce6c0-2b1f-4285-8d4b-75ee78787346',
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer(issuer)
      .setAudience(CLIENT)
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('1h')
      .sign(privateKey);
  }

  async function verifier(): Promise<CatalogueDeps['verify']> {
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'RS256' };
    const check = createTokenCheck({
      settings: { loginUrl: LOGIN, audiences: [CLIENT] },
      clock: systemClock,
      keys: createLocalJWKSet({ keys: [jwk] }) as never,
      isOnboarded: () => Promise.resolve(true),
    });
    return async (token) => (await check.verify(token)).identity;
  }

  /** The library speaks to Microsoft's host only; its connections are led to a server on this machine. */
  async function microsoftHere(answer: Reply) {
    const login = await startVendorDouble(() => answer, testAuthority());
    const real = https.request.bind(https);
    const hosts: string[] = [];
    vi.spyOn(https, 'request').mockImplementation(((options: RequestOptions, done: () => void) => {
      hosts.push(String(options.hostname));
      const { port, hostname } = new URL(login.origin);
      return real({ ...options, hostname, host: hostname, port, ca: testAuthority().caPem }, done);
    }) as never);
    return { login, hosts };
  }

  it('is asked for with the person’s own token, at Microsoft’s host alone', async () => {
    const { login, hosts } = await microsoftHere({
      json: {
        token_type: 'Bearer',
        access_token: 'graph-token',
        expires_in: 3600,
        ext_expires_in: 3600,
        scope: 'https://graph.microsoft.com/AppCatalog.Submit',
      },
    });
    const token = await tokenOf(keys.privateKey);
    const given = await tokenOnBehalfOf({ clock: systemClock, settings }, token, [
      'https://graph.microsoft.com/AppCatalog.Submit',
    ]);
    await login.close();
    expect(given).toBe('graph-token');
    expect(new Set(hosts)).toEqual(new Set(['login.microsoftonline.com']));
    const asked = login.arrived.filter(({ method }) => method === 'POST');
    expect(asked.map(({ path }) => path)).toEqual([`/${TENANT}/oauth2/v2.0/token`]);
    const form = new URLSearchParams(asked[0]?.body);
    expect(form.get('assertion')).toBe(token);
    expect(form.get('requested_token_use')).toBe('on_behalf_of');
    expect(form.get('scope')).toContain('AppCatalog.Submit');
  });

  it.each([
    [
      'nobody consented',
      { error: 'interaction_required', error_description: 'AADSTS65001: consent', suberror: 'consent_required' },
      'on_behalf_consent',
    ],
    [
      'the sign-in has run out',
      { error: 'invalid_grant', error_description: 'AADSTS50013: Assertion failed', error_codes: [50013] },
      'on_behalf_expired',
    ],
    [
      'the secret is wrong',
      { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret for person@contoso.example' },
      'on_behalf_refused',
    ],
  ])('is refused with a sentence where %s', async (_name, json, code) => {
    const { login } = await microsoftHere({ status: 400, json });
    const asked = tokenOnBehalfOf({ clock: systemClock, settings }, await tokenOf(keys.privateKey), ['x']);
    const error = await asked.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    await login.close();
    expect(error).toMatchObject({ code });
    expect(JSON.stringify([(error as Error).message, (error as { userMessage: string }).userMessage])).not.toContain(
      'contoso.example',
    );
  });

  it.each([
    ['the sandbox', 'https://127.0.0.1:4443'],
    ['a look-alike', 'https://login.microsoftonline.com.evil.example'],
    ['an address without TLS', 'http://login.microsoftonline.com'],
  ])('is never asked of %s', async (_name, loginUrl) => {
    const request = vi.spyOn(https, 'request');
    const asked = tokenOnBehalfOf(
      { clock: systemClock, settings: { ...settings, loginUrl } },
      await tokenOf(keys.privateKey),
      ['x'],
    );
    await expect(asked).rejects.toMatchObject({ code: 'on_behalf_login' });
    expect(request).not.toHaveBeenCalled();
  });

  it('is not asked for with a token that somebody else signed or issued', async () => {
    const { deps } = await bench({ definitions: [] });
    const forger = await generateKeyPair('RS256');
    const exchange = vi.fn(deps.onBehalfOf);
    const checked: CatalogueDeps = { ...deps, verify: await verifier(), onBehalfOf: exchange };
    const bad = [
      await tokenOf(forger.privateKey),
      await tokenOf(keys.privateKey, `${LOGIN}/${MANIFEST_ID}/v2.0`),
      'not.a.token',
    ];
    for (const token of bad)
      await expect(publishApp(checked, { token, app: PACKAGE })).rejects.toMatchObject({ code: 'token_invalid' });
    expect(exchange).not.toHaveBeenCalled();
    await publishApp(checked, { token: await tokenOf(keys.privateKey), app: PACKAGE });
    expect(exchange).toHaveBeenCalledOnce();
  });
});
