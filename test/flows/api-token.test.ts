import { createSecretKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/api/route.ts';
import { type RunningServer, startServer } from '../../src/api/server.ts';
import { createSigningKeys } from '../../src/api/signing-keys.ts';
import { audiencesOf, bearerOf, createTokenCheck } from '../../src/api/token.ts';
import { errorSchema } from '../../src/contract.ts';
import { createManualClock, type ManualClock } from '../../src/lib/clock.ts';
import type { Log, LogFacts } from '../../src/lib/log.ts';
import { startTokenIssuer, TEAMS_DESKTOP, type TokenIssuer, type TokenWishes } from '../support/token-issuer.ts';

const MINUTE_MS = 60_000;
const NOW = Date.parse('2031-03-04T09:00:00Z');

describe('the check of the tab’s token', () => {
  const tenantId = randomUUID();
  const objectId = randomUUID();
  const strangerTenant = randomUUID();
  const lines: { event: string; facts: LogFacts | undefined }[] = [];
  let issuer: TokenIssuer;
  let clock: ManualClock;
  let server: RunningServer;

  beforeAll(async () => {
    issuer = await startTokenIssuer();
    clock = createManualClock(NOW);
    server = await serverWith(issuer, clock);
  });

  afterAll(async () => {
    await server.close();
    await issuer.stop();
  });

  /** One route behind the check, on a server of its own. */
  function serverWith(from: TokenIssuer, at: ManualClock): Promise<RunningServer> {
    const check = createTokenCheck({
      settings: { loginUrl: from.loginUrl, audiences: audiencesOf(from.appId, 'https://tab.example') },
      clock: at,
      keys: createSigningKeys({ url: `${from.loginUrl}/common/discovery/v2.0/keys`, clock: at }),
      isOnboarded: (id) => Promise.resolve(id === tenantId),
    });
    const who: Route = {
      method: 'GET',
      path: '/who',
      handle: async ({ headers }) => {
        const signedIn = await check.verify(bearerOf(headers.authorization));
        return { status: 200, body: JSON.stringify(signedIn) };
      },
    };
    const keep = (event: string, facts?: LogFacts) => lines.push({ event, facts });
    const log: Log = { info: keep, warn: keep, error: keep };
    return startServer(0, { readiness: () => ({ ready: true }), metrics: () => '', routes: [who], log });
  }

  async function ask(
    token: string | undefined,
    from = server,
  ): Promise<{ status: number; body: unknown; text: string }> {
    const answer = await fetch(
      `${from.url}/who`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );
    const text = await answer.text();
    return { status: answer.status, body: JSON.parse(text) as unknown, text };
  }

  const token = (wishes: Partial<TokenWishes> = {}) => issuer.token({ tenantId, objectId, at: clock.now(), ...wishes });

  it.each([
    ['version 2, by client id', { version: '2.0' }],
    ['version 1, by app id URI', { version: '1.0' }],
    ['Teams on the desktop', { claims: { azp: TEAMS_DESKTOP } }],
    ['one scope among others', { claims: { scp: 'openid access_as_user profile' } }],
    ['expired 50 s ago, within the tolerance', { at: NOW - 3_600_000 - 50_000 }],
    ['valid from in 50 s, within the tolerance', { claims: { nbf: NOW / 1_000 + 50 } }],
  ] satisfies [string, Partial<TokenWishes>][])('accepts a good token: %s', async (_name, wishes) => {
    const answer = await ask(await token(wishes));
    expect(answer.body).toEqual({ identity: { tenantId, objectId }, displayName: 'Adele Example' });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['half a surrogate pair', 'Adele \ud83d', 'Adele \ufffd'],
    ['a NUL', 'Adele\0Example', 'Adele Example'],
    ['very many letters', 'a'.repeat(5_000), 'a'.repeat(256)],
  ])('makes a name with %s fit to be journalled', async (_name, name, displayName) => {
    expect((await ask(await token({ claims: { name } }))).body).toMatchObject({ displayName });
  });

  it('knows people by ids in lower case', async () => {
    const answer = await ask(await token({ claims: { oid: objectId.toUpperCase() } }));
    expect(answer.body).toMatchObject({ identity: { objectId } });
  });

  it.each([
    ['another audience', { claims: { aud: randomUUID() } }, 401, 'token_invalid'],
    ['a token for Graph', { claims: { aud: 'https://graph.microsoft.com' } }, 401, 'token_invalid'],
    [
      'an issuer of another tenant',
      { claims: { iss: `https://sts.windows.net/${randomUUID()}/` } },
      401,
      'token_invalid',
    ],
    ['a tenant swapped in', { claims: { tid: strangerTenant } }, 401, 'token_invalid'],
    ['a tenant that is not onboarded', { tenantId: strangerTenant }, 403, 'tenant_not_onboarded'],
    [
      'version 1’s issuer in version 2',
      { claims: { iss: `https://sts.windows.net/${tenantId}/` } },
      401,
      'token_invalid',
    ],
    ['a version that does not exist', { claims: { ver: '3.0' } }, 401, 'token_invalid'],
    ['no scope', { claims: { scp: undefined } }, 403, 'token_scope'],
    ['another scope', { claims: { scp: 'User.Read' } }, 403, 'token_scope'],
    ['a scope that only begins alike', { claims: { scp: 'access_as_user_x' } }, 403, 'token_scope'],
    ['a program’s token', { claims: { idtyp: 'app' } }, 403, 'token_scope'],
    ['an unknown client', { claims: { azp: randomUUID() } }, 403, 'token_client'],
    ['no client', { claims: { azp: undefined } }, 403, 'token_client'],
    [
      'version 1’s client claim in version 2',
      { claims: { azp: undefined, appid: TEAMS_DESKTOP } },
      403,
      'token_client',
    ],
    ['expired two minutes ago', { at: NOW - 62 * MINUTE_MS }, 401, 'token_expired'],
    ['valid only in two minutes', { claims: { nbf: NOW / 1_000 + 120 } }, 401, 'token_invalid'],
    ['no person', { claims: { oid: undefined } }, 401, 'token_invalid'],
    ['a person that is no id', { claims: { oid: 'adele@contoso.example' } }, 401, 'token_invalid'],
    ['no expiry', { claims: { exp: undefined } }, 401, 'token_invalid'],
    ['an unknown key', { header: { kid: 'unknown' } }, 401, 'token_invalid'],
  ] satisfies [string, Partial<TokenWishes>, number, string][])('refuses %s', async (_name, wishes, status, code) => {
    const { body, ...answer } = await ask(await token(wishes));
    expect(answer.status).toBe(status);
    expect(errorSchema.parse(body).error).toMatchObject({
      code,
      reference: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
    });
  });

  it('refuses a signature of another key', async () => {
    const [head, payload] = (await token()).split('.');
    const [, , signature] = (await token({ objectId: randomUUID() })).split('.');
    expect(await ask(`${head}.${payload}.${signature}`)).toMatchObject({ status: 401 });
  });

  it('refuses alg none and a secret’s signature', async () => {
    const [, payload] = (await token()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    expect(await ask(`${none}.${payload}.`)).toMatchObject({ status: 401 });
    const secret = createSecretKey(Buffer.from('x'.repeat(32)));
    expect(await ask(await token({ header: { alg: 'HS256' }, key: secret }))).toMatchObject({ status: 401 });
  });

  it.each([
    ['nothing', ''],
    ['another scheme', 'Basic abc'],
    ['no token', 'Bearer'],
    ['half a token', 'Bearer a.b'],
    ['a very long text', `Bearer ${'a'.repeat(12_000)}`],
    ['letters that no token has', 'Bearer ä.b.c'],
  ])('refuses a header with %s and asks for a sign-in', async (_name, authorization) => {
    const answer = await fetch(`${server.url}/who`, { headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('judges by its own clock, also a token it accepted before', async () => {
    const ownClock = createManualClock(NOW);
    const own = await serverWith(issuer, ownClock);
    const short = await token({ at: NOW - 59 * MINUTE_MS });
    expect((await ask(short, own)).status).toBe(200);
    ownClock.advance(4 * MINUTE_MS);
    expect((await ask(short, own)).body).toMatchObject({ error: { code: 'token_expired' } });
    await own.close();
  });

  it('never writes a token into the log, and its refusals under the reference that the person sees', async () => {
    const bad = await token({ claims: { scp: 'User.Read' } });
    const { error } = errorSchema.parse((await ask(bad)).body);
    expect(lines.some(({ facts }) => facts?.reference === error.reference)).toBe(true);
    const log = JSON.stringify(lines);
    for (const part of bad.split('.')) expect(log).not.toContain(part);
  });
});

describe('the keys of the sign-in service', () => {
  const tenantId = randomUUID();
  const objectId = randomUUID();
  let issuer: TokenIssuer;

  beforeAll(async () => {
    issuer = await startTokenIssuer();
  });

  afterAll(() => issuer.stop());

  function checkAt(clock: ManualClock) {
    return createTokenCheck({
      settings: { loginUrl: issuer.loginUrl, audiences: [issuer.appId] },
      clock,
      keys: createSigningKeys({ url: `${issuer.loginUrl}/keys`, clock }),
      isOnboarded: () => Promise.resolve(true),
    });
  }

  const person = () => ({ tenantId, objectId: randomUUID(), at: NOW });

  it('gives no verdict while the service is out, and asks again a second later', async () => {
    const clock = createManualClock(NOW);
    const check = checkAt(clock);
    const token = await issuer.token({ ...person(), objectId });
    issuer.breakWith(500);
    await expect(check.verify(token)).rejects.toMatchObject({ code: 'sign_in_unavailable' });
    issuer.breakWith(undefined);
    clock.advance(1_001);
    await expect(check.verify(token)).resolves.toMatchObject({ identity: { objectId } });
  });

  it('fetches them once for any number of tokens, and a new key when one comes', async () => {
    const clock = createManualClock(NOW);
    const check = checkAt(clock);
    const before = issuer.asked();
    await Promise.all([1, 2, 3].map(async () => check.verify(await issuer.token(person()))));
    expect(issuer.asked() - before).toBe(1);
    issuer.changeKey(true);
    clock.advance(MINUTE_MS);
    await check.verify(await issuer.token(person()));
    expect(issuer.asked() - before).toBe(2);
  });

  it('asks at most twice a minute for keys that do not exist', async () => {
    const clock = createManualClock(NOW);
    const check = checkAt(clock);
    await check.verify(await issuer.token(person()));
    const before = issuer.asked();
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1_000);
      const forged = await issuer.token({ ...person(), header: { kid: `made-up-${second}` } });
      await expect(check.verify(forged)).rejects.toMatchObject({ code: 'token_invalid' });
    }
    expect(issuer.asked() - before).toBe(2);
  });

  it('keeps known keys through an outage, and says of an unknown one that it cannot tell', async () => {
    const clock = createManualClock(NOW);
    const check = checkAt(clock);
    await check.verify(await issuer.token(person()));
    issuer.breakWith(503);
    clock.advance(7 * 60 * MINUTE_MS);
    await check.verify(await issuer.token({ ...person(), at: clock.now() }));
    const unknown = await issuer.token({ ...person(), at: clock.now(), header: { kid: 'new' } });
    await expect(check.verify(unknown)).rejects.toMatchObject({ code: 'sign_in_unavailable' });
    issuer.breakWith(undefined);
  });
});
