import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VendorBrokenError, VendorRefusedError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { keptSecret } from '../../src/rollout/customers/kept-secret.ts';
import { connectApplication, revokeConnections, setCompanyOptions } from '../../src/sandbox/people.ts';
import { bambooConsentAddress, readBambooConsent } from '../../src/services/hr/bamboohr/consent.ts';
import { createBambooSource } from '../../src/services/hr/bamboohr/provider.ts';
import type { BambooOAuth } from '../../src/services/hr/bamboohr/settings.ts';
import { connectBamboo } from '../../src/services/hr/bamboohr/token.ts';
import { createHttpClient, type HttpClient } from '../../src/services/http.ts';
import { createPacers } from '../../src/services/limits.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';

const DOMAIN = 'contosoexample';
const SCOPES = ['report', 'time_off', 'offline_access'];
const REDIRECT = 'https://rollout.example/connected';
const HOUR_MS = 3_600_000;

let sandbox: TestSandbox;
let http: HttpClient;
let folder: string;
let tokenFile: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  http = createHttpClient({ clock: sandbox.manual, log: silentLog, caFile: sandbox.caFile, random: () => 0 });
});
afterAll(async () => {
  await http.close();
  await sandbox.end();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bamboo-oauth-'));
  tokenFile = join(folder, 'refresh-token');
  sandbox.requests.clear();
});
afterEach(() => {
  setCompanyOptions(sandbox, DOMAIN, { refreshTokenRotates: true });
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

function connected(scopes: readonly string[] = SCOPES, change: Partial<BambooOAuth> = {}) {
  const { refreshToken, ...app } = connectApplication(sandbox, DOMAIN, scopes);
  writeFileSync(tokenFile, `${refreshToken}\n`);
  const oauth: BambooOAuth = {
    kind: 'oauth',
    ...app,
    refreshToken: keptSecret(`file:${tokenFile}`, {}),
    loginUrl: `${sandbox.urls.bamboohr}/${DOMAIN}`,
    ...change,
  };
  return { oauth, refreshToken, source: () => sourceOf(oauth) };
}

/** A process of its own: nothing but the file is shared. */
function sourceOf(oauth: BambooOAuth) {
  const deps = { http, clock: sandbox.manual, pacer: createPacers(sandbox.manual).bamboohr };
  return createBambooSource(deps, { baseUrl: sandbox.urls.bamboohr, company: DOMAIN, route: 'gateway', access: oauth });
}

const kept = () => readFileSync(tokenFile, 'utf8').trim();
const tokenCalls = () => sandbox.requests.list().filter(({ template }) => template === '/token.php').length;
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => error as VendorRefusedError,
  );

describe('BambooHR by OAuth', () => {
  it('reads people with one token for all calls of its hour, and keeps each successor of the refresh token', async () => {
    const { source, refreshToken } = connected();
    const hr = source();
    expect(await hr.readEmployees()).toHaveLength(3);
    const second = kept();
    expect(second).not.toBe(refreshToken);
    await hr.readEmployees();
    expect(tokenCalls()).toBe(1);
    sandbox.manual.advance(HOUR_MS);
    await hr.readEmployees();
    expect(tokenCalls()).toBe(2);
    expect(kept()).not.toBe(second);
    expect(await source().readEmployees()).toHaveLength(3);
    expect(readdirSync(folder)).toEqual(['refresh-token']);
  });

  it('writes nothing where the refresh token stays the same', async () => {
    setCompanyOptions(sandbox, DOMAIN, { refreshTokenRotates: false });
    const { source, refreshToken } = connected();
    await source().readEmployees();
    expect(kept()).toBe(refreshToken);
  });

  it('goes on where another process has used the refresh token meanwhile', async () => {
    const { source, oauth } = connected();
    const one = source();
    const values = [kept()];
    const late = sourceOf({
      ...oauth,
      // What this process read just before the other one replaced it.
      refreshToken: { ...oauth.refreshToken, read: () => values.shift() ?? oauth.refreshToken.read() },
    });
    await one.readEmployees();
    expect(await late.readEmployees()).toHaveLength(3);
  });

  it('asks once for another token when one is refused before its time, then says what is refused', async () => {
    const { source, oauth } = connected();
    const hr = source();
    await hr.readEmployees();
    const before = kept();
    sandbox.faults.put({ id: 'gone', vendor: 'bamboohr', template: '/v1/reports/custom', status: 401, times: 1 });
    expect(await hr.readEmployees()).toHaveLength(3);
    expect(kept()).not.toBe(before);
    sandbox.faults.put({ id: 'gone', vendor: 'bamboohr', template: '/v1/reports/custom', status: 401, times: 9 });
    const error = await refusal(sourceOf(oauth).readEmployees());
    sandbox.faults.clear();
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect(error?.call).toMatchObject({ vendor: 'bamboohr', path: '/v1/reports/custom', status: 401 });
    expect(error?.userMessage).toContain('just issued');
  });

  it('tells the layer: the application, the connection, a scope', async () => {
    const wrong = connected(SCOPES, { clientSecret: 'wrong' });
    const byApp = await refusal(wrong.source().readEmployees());
    expect(byApp?.call).toEqual(
      expect.objectContaining({ path: '/token.php', status: 401, vendorCode: 'invalid_client' }),
    );
    expect(byApp?.userMessage).toContain('clientSecret');
    expect(JSON.stringify(byApp)).not.toContain(wrong.refreshToken);

    const narrow = await refusal(connected(['time_off', 'offline_access']).source().readEmployees());
    expect(narrow?.call).toMatchObject({ path: '/v1/reports/custom', status: 403 });
    expect(narrow?.userMessage).toContain('scope report');

    const { source } = connected();
    const hr = source();
    await hr.readEmployees();
    revokeConnections(sandbox, DOMAIN);
    const ended = await refusal(hr.readEmployees());
    expect(ended?.call).toMatchObject({ path: '/token.php', status: 400, vendorCode: 'invalid_grant' });
    expect(ended?.userMessage).toContain('connect-hr');
  });

  it('asks for no successor that could not be kept', async () => {
    const { oauth } = connected();
    const full = { read: oauth.refreshToken.read, makeRoom: keptSecret(`file:${folder}/none/x`, {}).makeRoom };
    const before = kept();
    const error = await refusal(sourceOf({ ...oauth, refreshToken: full }).readEmployees());
    expect(error).toMatchObject({ code: 'secret_unwritable' });
    expect(tokenCalls()).toBe(0);
    expect(kept()).toBe(before);
  });

  it('goes on in this process with a successor that the disk would not take', async () => {
    const { oauth } = connected();
    let isFull = true;
    const makeRoom = () => {
      const room = oauth.refreshToken.makeRoom();
      const keep = (value: string) => {
        if (isFull) throw new Error('ENOSPC');
        room.keep(value);
      };
      return { ...room, keep };
    };
    const hr = sourceOf({ ...oauth, refreshToken: { ...oauth.refreshToken, makeRoom } });
    await expect(hr.readEmployees()).rejects.toThrow('ENOSPC');
    isFull = false;
    expect(await hr.readEmployees()).toHaveLength(3);
    expect(await sourceOf(oauth).readEmployees()).toHaveLength(3);
  });
});

describe('connecting BambooHR', () => {
  const consent = () => ({ customerId: 'c-1', redirectUri: REDIRECT, now: sandbox.manual.now() });
  const decide = async (address: string, answer: 'allow' | 'deny') => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await sandbox.ask(address, { method: 'POST', headers, body: `answer=${answer}` });
    return new URL(String(reply.headers.location)).searchParams;
  };

  it('turns a consent given in the browser into a refresh token that works', async () => {
    const { oauth } = connected();
    rmSync(tokenFile);
    const address = bambooConsentAddress(oauth, consent());
    const answer = readBambooConsent(oauth, consent(), await decide(address, 'allow'));
    if (answer.outcome !== 'granted') throw new Error(answer.outcome);
    await connectBamboo({ http }, oauth, { code: answer.code, redirectUri: REDIRECT });
    expect(await sourceOf(oauth).readEmployees()).toHaveLength(3);
    const again = await refusal(connectBamboo({ http }, oauth, { code: answer.code, redirectUri: REDIRECT }));
    expect(again?.call.vendorCode).toBe('invalid_grant');
  });

  it('takes no for an answer, and no answer that was meant for another customer or is a day old', async () => {
    const { oauth } = connected();
    const address = bambooConsentAddress(oauth, consent());
    const denied = await decide(address, 'deny');
    const allowed = await decide(address, 'allow');
    const read = (given: URLSearchParams, change: object = {}) =>
      readBambooConsent(oauth, { ...consent(), ...change }, given).outcome;
    expect(read(denied)).toBe('refused');
    expect(read(allowed, { customerId: 'c-2' })).toBe('foreign');
    expect(read(allowed, { redirectUri: 'https://elsewhere.example/' })).toBe('foreign');
    expect(read(new URLSearchParams({ code: 'x', state: '1.x' }))).toBe('foreign');
    expect(read(allowed, { now: sandbox.manual.now() + 25 * HOUR_MS })).toBe('expired');
  });

  it('says so where no refresh token comes', async () => {
    const { oauth } = connected();
    const address = new URL(bambooConsentAddress(oauth, consent()));
    address.searchParams.set('scope', 'report');
    const code = (await decide(address.href, 'allow')).get('code') ?? '';
    const error = await refusal(connectBamboo({ http }, oauth, { code, redirectUri: REDIRECT }));
    expect(error).toBeInstanceOf(VendorBrokenError);
    expect(error?.userMessage).toContain('offline_access');
  });
});
