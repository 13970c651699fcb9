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
      dataDir: resolve('data'),
      databaseUrl: undefined,
      logLevel: 'warn',
      stopAt: undefined,
      sandbox: { port: 0, world: 'reference', hr: 'bamboohr', seed: 1, size: 200 },
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

  it('switch the sandbox off', () => {
    expect(readConfig({ SANDBOX: 'off' }).sandbox).toBeUndefined();
  });
});
