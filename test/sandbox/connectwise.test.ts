import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { setUpsOf } from '../../src/sandbox/set-up.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import { psaCaller } from '../support/connectwise-client.ts';
import { startTestSandbox } from '../support/sandbox-client.ts';

describe('the site of the provider', () => {
  test('keeps tickets, notes, projects, callbacks and options over a restart, under new ids afterwards', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const first = await startTestSandbox(undefined, { dataDir });
    const early = psaCaller(first);
    const send = (caller: typeof early, path: string, body: unknown) => caller(path, { method: 'POST', body });
    const made = await send(early, '/service/tickets', { summary: 'Kept', initialDescription: 'note' });
    await send(early, '/system/callbacks', { url: 'https://hook.example/?id=', type: 'ticket', level: 'owner' });
    await first.control('/connectwise/options', { method: 'POST', body: { codebase: 'v2026_2' } });
    await first.end();
    const second = await startTestSandbox(undefined, { dataDir });
    const late = psaCaller(second);
    const path = `/service/tickets/${String(made.at('id'))}`;
    expect((await late(path)).at()).toEqual(made.at());
    expect((await late(`${path}/notes`)).rows('')).toMatchObject([{ text: 'note' }]);
    expect((await late('/system/callbacks')).rows('')).toHaveLength(1);
    expect((await late('/system/info', { codebase: 'v2026_2' })).status).toBe(200);
    const next = await send(late, '/service/tickets', { summary: 'Next' });
    expect(Number(next.at('id'))).toBeGreaterThan(Number(made.at('id')) + 1);
    await second.end();
    rmSync(dataDir, { recursive: true });
  });

  test('has every customer of a world as a company with its active people, as the set-up values say', async () => {
    const { world, truth } = generateWorld({ seed: 5, name: 'portfolio', size: 100 });
    const declared = truth.customers[0]?.declared;
    const setUps = setUpsOf(world, () => declared as NonNullable<typeof declared>);
    const sandbox = await startTestSandbox(world, { startAt: 'world' });
    const psa = psaCaller(sandbox);
    const companies = (await psa('/company/companies')).rows('');
    expect(companies.map((company) => company.identifier)).toEqual(setUps.map((setUp) => setUp.connectwise.customer));
    expect(new Set(companies.map((company) => company.identifier)).size).toBe(setUps.length);
    for (const setUp of setUps) {
      const where = encodeURIComponent(`company/identifier="${setUp.connectwise.customer}"`);
      const { count } = (await psa(`/company/contacts/count?conditions=${where}`)).at() as { count: number };
      expect(count).toBeGreaterThan(80);
      const boards = encodeURIComponent(
        `name in ("${setUp.connectwise.serviceBoard}","${setUp.connectwise.projectBoard}")`,
      );
      expect((await psa(`/service/boards/count?conditions=${boards}`)).at('count')).toBe(2);
    }
    await sandbox.end();
  });
});
