import { createHash, randomUUID } from 'node:crypto';
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTeamsSandbox, type TeamsSandbox } from '../support/teams-sandbox.ts';

const TEAMS_WEB = '5e3ce6c0-2b1f-4285-8d4b-75ee78787346';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const VERIFIER = 'a-verifier-of-the-test-that-is-long-enough-to-be-one';

let sandbox: TeamsSandbox;
beforeAll(async () => {
  sandbox = await startTeamsSandbox();
});
afterAll(() => sandbox.end());

/** The address of the sign-in page, on the listener that browsers use. */
function authorizeUrl(given: { tenant?: string; query?: Record<string, string> } = {}): string {
  const query = new URLSearchParams({
    client_id: TEAMS_WEB,
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:9/back',
    scope: 'openid',
    state: 'kept',
    nonce: 'once',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...given.query,
  });
  const tenant = given.tenant ?? sandbox.setUp.tenantId;
  return `${sandbox.urls.standIn}/login/${tenant}/oauth2/v2.0/authorize?${query.toString()}`;
}

function enter(person: { userPrincipalName: string; password: string }, url = authorizeUrl()) {
  const body = new URLSearchParams({ username: person.userPrincipalName, password: person.password }).toString();
  return request(url, { method: 'POST', headers: FORM, body });
}

function redeem(code: string, given: Record<string, string> = {}) {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: TEAMS_WEB,
    code,
    redirect_uri: 'http://127.0.0.1:9/back',
    code_verifier: VERIFIER,
    ...given,
  });
  const url = `${sandbox.urls.login}/organizations/oauth2/v2.0/token`;
  return sandbox.ask(url, { method: 'POST', headers: FORM, body: form.toString() });
}

async function codeOf(person: { userPrincipalName: string; password: string }): Promise<string> {
  const answer = await enter(person);
  const place = new URL(String(answer.headers.location));
  expect([answer.statusCode, place.searchParams.get('state')]).toEqual([302, 'kept']);
  return place.searchParams.get('code') ?? '';
}

describe('signing in', () => {
  test('shows the people of the tenant with their passwords, and the provider’s engineer in the provider’s', async () => {
    const { approver, user, engineer } = sandbox.setUp.people;
    const page = await (await request(authorizeUrl())).body.text();
    for (const { userPrincipalName, password } of [approver, user]) {
      expect(page).toContain(userPrincipalName);
      expect(page).toContain(password);
    }
    expect(page).not.toContain(engineer.userPrincipalName);
    const home = await (await request(authorizeUrl({ tenant: sandbox.app.homeTenantId }))).body.text();
    expect(home).toContain(engineer.userPrincipalName);
    expect(home).not.toContain(approver.userPrincipalName);
    expect(page).not.toContain('<script');
  });

  test('gives a code for the right password only, and the id token for the code once', async () => {
    const { approver, engineer } = sandbox.setUp.people;
    expect((await enter({ ...approver, password: 'wrong' })).statusCode).toBe(401);
    expect((await enter(engineer)).statusCode).toBe(401);
    const code = await codeOf(approver);
    const first = await redeem(code);
    const claims = decodeJwt(String(first.at('id_token')));
    expect(claims).toMatchObject({ aud: TEAMS_WEB, tid: approver.tenantId, oid: approver.objectId, nonce: 'once' });
    expect((await redeem(code)).at('error')).toBe('invalid_grant');
    expect((await redeem(await codeOf(approver), { code_verifier: 'another' })).at('error')).toBe('invalid_grant');
    expect((await redeem(await codeOf(approver), { redirect_uri: 'http://127.0.0.1:9/x' })).status).toBe(400);
  });

  test('sends nobody to an address off this machine, and wants proof of the key', async () => {
    for (const query of [
      { redirect_uri: 'https://evil.example/back' },
      { client_id: randomUUID() },
      { code_challenge: '' },
      { code_challenge_method: 'plain' },
    ]) {
      const answer = await request(authorizeUrl({ query }));
      expect(answer.statusCode).toBe(400);
      expect(await answer.body.text()).toMatch(/^AADSTS\d+/);
    }
  });

  test('goes on without asking while the browser’s session lasts, unless another person is wanted', async () => {
    const { approver } = sandbox.setUp.people;
    const cookie = String((await enter(approver)).headers['set-cookie']).split(';')[0] ?? '';
    const silent = await request(authorizeUrl({ query: { prompt: 'none' } }), { headers: { cookie } });
    expect(String(silent.headers.location)).toContain('code=');
    const select = await request(authorizeUrl({ query: { prompt: 'select_account' } }), { headers: { cookie } });
    expect(select.statusCode).toBe(200);
    const stranger = await request(authorizeUrl({ query: { prompt: 'none' } }));
    expect(String(stranger.headers.location)).toContain('login_required');
  });

  test('gives the tab a version 2 token of the person for the app, by Teams’ own client', async () => {
    const { manager } = sandbox.setUp.people;
    const token = String((await sandbox.as(manager.objectId, 'tabToken', {})).at('token'));
    const url = new URL(`${sandbox.urls.login}/common/discovery/v2.0/keys`);
    const keys = createRemoteJWKSet(url, {
      [customFetch]: async (address) => new Response((await sandbox.ask(String(address))).text),
    });
    const { payload } = await jwtVerify(token, keys, { currentDate: new Date(sandbox.manual.now()) });
    expect(payload).toMatchObject({
      aud: sandbox.app.appId,
      iss: `${sandbox.urls.login}/${manager.tenantId}/v2.0`,
      tid: manager.tenantId,
      oid: manager.objectId,
      scp: 'access_as_user',
      azp: TEAMS_WEB,
      ver: '2.0',
      name: manager.displayName,
      preferred_username: manager.userPrincipalName,
    });
  });
});
