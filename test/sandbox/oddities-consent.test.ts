import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { setTenantOptions } from '../../src/sandbox/people.ts';
import { personaOf } from '../../src/sandbox/teams/personas.ts';
import { awaitConsent, consentAddress, readConsentAnswer } from '../../src/services/graph/admin-consent.ts';
import { createTokenSource } from '../../src/services/graph/token.ts';
import { createHttpClient } from '../../src/services/http.ts';
import { startTestSandbox, type TestSandbox, tokenForm } from '../support/sandbox-client.ts';
import {
  buildTenant,
  buildUser,
  buildWorld,
  GLOBAL_ADMIN,
  idOf,
  OTHER_TENANT_ID,
  READER,
} from '../support/sandbox-tenant.ts';

const REDIRECT = 'https://rollout.example/consent';
const ADMIN = personaOf({ tenantId: OTHER_TENANT_ID }, buildUser(2));
const CLERK = personaOf({ tenantId: OTHER_TENANT_ID }, buildUser(1));
const SEAL = { key: 'key of this deployment', now: 1_000 };
let sandbox: TestSandbox;

beforeAll(async () => {
  const home = buildTenant({
    apps: [{ ...READER, requested: ['User.Read.All', 'Policy.Read.All'], redirectUris: [REDIRECT] }],
  });
  const customer = buildTenant({
    ...{ tenantId: OTHER_TENANT_ID, initialDomain: 'otherexample.onmicrosoft.com', apps: [] },
    roleAssignments: [
      { id: 'r1', roleDefinitionId: GLOBAL_ADMIN, principalId: idOf('user', 2), directoryScopeId: '/' },
    ],
  });
  sandbox = await startTestSandbox(buildWorld({ tenants: [home, customer] }));
});
afterAll(() => sandbox.end());
beforeEach(() => {
  sandbox.record({ type: 'app.delete', tenantId: OTHER_TENANT_ID, clientId: READER.clientId });
});

const address = (change: Record<string, string> = {}, tenantId = OTHER_TENANT_ID) => {
  const request = { customerId: 'contoso', tenantId: OTHER_TENANT_ID, loginUrl: sandbox.urls.login };
  const url = new URL(
    consentAddress({ ...request, clientId: READER.clientId, redirectUri: REDIRECT }, { ...SEAL, nonce: 'n-1' }),
  );
  for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value);
  return url.href.replace(OTHER_TENANT_ID, tenantId);
};
const decide = (url: string, form: Record<string, string>) =>
  sandbox.ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
const accept = (who: typeof ADMIN, url = address()) =>
  decide(url, { answer: 'accept', username: who.userPrincipalName, password: who.password });
const backIn = (location: unknown) => new URL(String(location)).searchParams;
const askToken = () =>
  decide(
    `${sandbox.urls.login}/${OTHER_TENANT_ID}/oauth2/v2.0/token`,
    Object.fromEntries(new URLSearchParams(tokenForm(READER))),
  );

describe('consent of an administrator', () => {
  test('oddity 186: a refusal says admin_consent=True beside its error, and grants nothing', async () => {
    const page = await sandbox.ask(address());
    expect(page.text).toContain('Policy.Read.All');
    const back = backIn((await decide(address(), { answer: 'cancel' })).headers.location);
    expect([back.get('admin_consent'), back.get('error')]).toEqual(['True', 'access_denied']);
    expect(readConsentAnswer(back, SEAL)).toMatchObject({ outcome: 'refused', code: 'access_denied' });
    expect((await askToken()).at('error_codes/0')).toBe(700016);
    const granted = backIn((await accept(ADMIN)).headers.location);
    expect(readConsentAnswer(granted, SEAL)).toMatchObject({ outcome: 'granted', tenantId: OTHER_TENANT_ID });
    const token = String((await askToken()).at('access_token'));
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { roles: string[] };
    expect(claims.roles).toEqual(['User.Read.All', 'Policy.Read.All']);
  });

  test('oddity 187: never for common, only with .default, only back to a registered address, only by an administrator', async () => {
    expect((await sandbox.ask(address({}, 'common'))).text).toContain('AADSTS90002');
    expect((await sandbox.ask(address({ scope: 'User.Read.All' }))).text).toContain('AADSTS70011');
    expect((await sandbox.ask(address({ redirect_uri: `${REDIRECT}/` }))).text).toContain('AADSTS50011');
    expect((await sandbox.ask(address({ client_id: OTHER_TENANT_ID }))).text).toContain('AADSTS700016');
    const clerk = await accept(CLERK);
    expect([clerk.status, clerk.text.includes('AADSTS90094')]).toEqual([403, true]);
    expect((await askToken()).at('error_codes/0')).toBe(700016);
    const back = backIn((await accept(ADMIN, address({}, 'organizations'))).headers.location);
    expect(back.get('tenant')).toBe(OTHER_TENANT_ID);
  });

  test('oddity 188: a token is refused for a while after the consent, and comes to who waits', async () => {
    setTenantOptions(sandbox, OTHER_TENANT_ID, { consentVisibleAfterMs: 12_000 });
    await accept(ADMIN);
    const first = await askToken();
    expect([first.status, first.at('error_codes/0')]).toEqual([400, 650051]);
    const http = createHttpClient({ clock: sandbox.manual, log: silentLog, caFile: sandbox.caFile, random: () => 0 });
    const clock = { ...createManualClock(0), sleep: async (ms: number) => sandbox.manual.advance(ms) };
    const app = { loginUrl: sandbox.urls.login, tenantId: OTHER_TENANT_ID, clientId: READER.clientId };
    const credential = { kind: 'secret', secret: READER.clientSecret } as const;
    const tokens = createTokenSource({ http, clock }, { ...app, credential });
    expect(await awaitConsent({ tokens, clock })).toBe(true);
    await http.close();
  });
});
