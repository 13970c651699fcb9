import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { AppError } from '../../src/lib/errors.ts';

function refusal(env: Record<string, string>): AppError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('settings', () => {
  it('come from defaults where the environment says nothing, and an empty value counts as nothing', () => {
    expect(readConfig({ PORT: '' })).toEqual({
      port: 3978,
      host: '127.0.0.1',
      dataDir: resolve('data'),
      databaseUrl: undefined,
      logLevel: 'warn',
      teams: undefined,
      stopAt: undefined,
      sandbox: { port: 0, world: 'reference', hr: 'bamboohr', seed: 1, size: 200, life: false },
    });
  });

  it('list every mistake at once by name', () => {
    const error = refusal({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
      SANDBOX_SEED: 'one',
      SANDBOKS: 'on',
    });
    expect(error.code).toBe('settings_invalid');
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'SANDBOX_SEED'])
      expect(error.userMessage).toContain(`${name}:`);
  });

  it('refuse a misspelt setting of ours instead of ignoring it', () => {
    expect(refusal({ SANDBOX_SEDE: '3' }).userMessage).toContain('SANDBOX_SEDE: no such setting');
  });

  it('never repeat a value, which may be a password', () => {
    const error = refusal({ DATABASE_URL: 'postgers://app:hunter2@db/app' });
    expect(`${error.message}${error.userMessage}`).not.toContain('hunter2');
  });

  it('of the bot belong together, and a real bot does not stand beside the sandbox', () => {
    const bot = {
      BOT_APP_ID: '6C9E2F60-0000-4000-8000-000000000001',
      BOT_APP_SECRET: 'hunter2',
      BOT_TENANT_ID: '6c9e2f60-0000-4000-8000-000000000002',
      PUBLIC_URL: 'https://mfa.contoso.example',
    };
    expect(readConfig({ ...bot, SANDBOX: 'off', BOT_CONNECTOR_HOSTS: 'a.example, b.example:8443,' }).teams).toEqual({
      appId: '6c9e2f60-0000-4000-8000-000000000001',
      appSecret: 'hunter2',
      homeTenantId: '6c9e2f60-0000-4000-8000-000000000002',
      loginUrl: 'https://login.microsoftonline.com',
      openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
      connectorHosts: ['a.example', 'b.example:8443'],
      publicUrl: 'https://mfa.contoso.example',
    });
    expect(refusal(bot).userMessage).toContain('SANDBOX: must be off');
    const { BOT_APP_SECRET: _secret, PUBLIC_URL: _url, ...half } = bot;
    const { userMessage } = refusal({ ...half, SANDBOX: 'off' });
    for (const name of ['BOT_APP_SECRET', 'PUBLIC_URL']) expect(userMessage).toContain(`${name}: is missing`);
    const plain = refusal({
      ...bot,
      SANDBOX: 'off',
      PUBLIC_URL: 'http://mfa.contoso.example',
      BOT_LOGIN_URL: 'http://x',
    });
    for (const name of ['PUBLIC_URL', 'BOT_LOGIN_URL']) expect(plain.userMessage).toContain(`${name}:`);
    expect(`${plain.message}${plain.userMessage}`).not.toContain('hunter2');
  });

  it('let nobody else reach the sandbox', () => {
    expect(refusal({ HOST: '0.0.0.0' }).userMessage).toContain('HOST:');
    expect(refusal({ HOST: 'everywhere', SANDBOX: 'off' }).userMessage).toContain('HOST:');
    expect(readConfig({ HOST: '0.0.0.0', SANDBOX: 'off' }).host).toBe('0.0.0.0');
  });

  it('switch the sandbox off', () => {
    expect(readConfig({ SANDBOX: 'off' }).sandbox).toBeUndefined();
  });
});
