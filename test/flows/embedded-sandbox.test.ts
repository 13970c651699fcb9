import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { firstServiceUrl, isKnownServiceUrl } from '../../bot/settings.ts';
import { readConfig } from '../../src/config.ts';
import { type EmbeddedSandbox, SANDBOX_FOLDER, startEmbeddedSandbox } from '../../src/embedded-sandbox.ts';
import { createLog } from '../../src/lib/log.ts';

const HOUR_MS = 3_600_000;

const lifeAnswer = z.looseObject({ isOn: z.boolean(), signIns: z.looseObject({ interactive: z.number() }) });

describe('the sandbox’s clock', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-embedded-'));
  let sandbox: EmbeddedSandbox;

  beforeAll(async () => {
    const { sandbox: settings } = readConfig({ SANDBOX_SIZE: '100', SANDBOX_LIFE: 'on' });
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

  it('lets its people act by themselves while it is turned, where life is on', async () => {
    await sandbox.advance(24 * HOUR_MS);
    const tenantId = sandbox.customers[0]?.tenantId ?? '';
    const token = readFileSync(join(dataDir, SANDBOX_FOLDER, 'control-token'), 'utf8').trim();
    const answer = await request(`${sandbox.urls.control}/_sandbox/tenants/${tenantId}/life`, {
      dispatcher: new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') } }),
      headers: { authorization: `Bearer ${token}` },
    });
    const { isOn, signIns } = lifeAnswer.parse(await answer.body.json());
    expect(isOn).toBe(true);
    expect(signIns.interactive).toBeGreaterThan(0);
  });

  it('is where the bot begins with whoever it never heard from, and no address of Microsoft', () => {
    const settings = sandbox.teams('http://127.0.0.1:3978');
    const url = firstServiceUrl(settings, sandbox.customers[0]?.tenantId ?? '');
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(isKnownServiceUrl(url, settings)).toBe(true);
  });

  it('says that the sandbox does not answer once it is gone', async () => {
    await sandbox.advance(HOUR_MS);
    await sandbox.stop();
    await expect(sandbox.advance(HOUR_MS)).rejects.toMatchObject({ code: 'sandbox_gone' });
    expect(sandbox.offsetMs()).toBe(25 * HOUR_MS);
  });
});
