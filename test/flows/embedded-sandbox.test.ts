import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type EmbeddedSandbox, startEmbeddedSandbox } from '../../src/embedded-sandbox.ts';
import { createLog } from '../../src/lib/log.ts';

const HOUR_MS = 3_600_000;

describe('the sandbox’s clock', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-embedded-'));
  let sandbox: EmbeddedSandbox;

  beforeAll(async () => {
    const { sandbox: settings } = readConfig({ SANDBOX_SIZE: '100' });
    if (settings === undefined) throw new Error('the sandbox is on by default');
    sandbox = await startEmbeddedSandbox({ dataDir, sandbox: settings }, createLog('silent'));
  }, 60_000);

  afterAll(async () => {
    await sandbox.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('refuses a time beyond what a date can hold and stays where it is', async () => {
    await expect(sandbox.advance(Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({ code: 'clock_refused' });
    expect(sandbox.offsetMs()).toBe(0);
  });

  it('says that the sandbox does not answer once it is gone', async () => {
    await sandbox.advance(HOUR_MS);
    await sandbox.stop();
    await expect(sandbox.advance(HOUR_MS)).rejects.toMatchObject({ code: 'sandbox_gone' });
    expect(sandbox.offsetMs()).toBe(HOUR_MS);
  });
});
