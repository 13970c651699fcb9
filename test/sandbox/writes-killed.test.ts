import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { tokenForm } from '../support/sandbox-client.ts';

const APP = { clientId: '99999999-0000-4000-8000-000000000001', clientSecret: 'secret-of-the-killed' };
const ROLES = ['Group.ReadWrite.All', 'AuditLog.Read.All'];
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Ready = { urls: Record<string, string>; caFile: string; controlTokenFile: string; customersFile: string };

async function run(dataDir: string): Promise<{ ready: Ready; kill(): Promise<void> }> {
  const args = ['src/sandbox/main.ts', '--data-dir', dataDir, '--size', '100', '--world', 'reference'];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  endings.push(kill);
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve) => lines.once('line', resolve));
  return { ready: JSON.parse(line) as Ready, kill };
}

/** Ways to ask a sandbox in another process, by control and as an application. */
async function connect(ready: Ready) {
  const agent = new Agent({ connect: { ca: readFileSync(ready.caFile, 'utf8') } });
  endings.push(() => agent.destroy());
  const tenantId = (JSON.parse(readFileSync(ready.customersFile, 'utf8')) as { tenantId: string }[])[0]?.tenantId ?? '';
  const ask = async (url: string, given: { headers: Record<string, string>; body?: string }): Promise<unknown> => {
    const method = given.body === undefined ? 'GET' : 'POST';
    const answer = await request(url, { dispatcher: agent, method, headers: given.headers, body: given.body ?? null });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} ${text}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  };
  const control = async (path: string, body: unknown) => {
    const authorization = `Bearer ${readFileSync(ready.controlTokenFile, 'utf8')}`;
    return ask(`${ready.urls.control ?? ''}/_sandbox${path}`, {
      headers: { authorization },
      body: JSON.stringify(body),
    });
  };
  await control(`/tenants/${tenantId}/apps/${APP.clientId}`, { clientSecret: APP.clientSecret, roles: ROLES });
  const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: tokenForm(APP) };
  const token = await ask(`${ready.urls.login ?? ''}/${tenantId}/oauth2/v2.0/token`, form);
  const authorization = `Bearer ${(token as { access_token: string }).access_token}`;
  const graph = async (path: string, body?: unknown) =>
    ask(`${ready.urls.graph ?? ''}/v1.0${path}`, {
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { graph, control };
}

type Rows = { value: { id: string; activityDisplayName?: string; targetResources?: { id: string }[] }[] };

test('what was answered before a kill is there afterwards, each write with its line in the audit log', {
  timeout: 60_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
  endings.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const first = await run(dataDir);
  const before = await connect(first.ready);
  const answered: string[] = [];
  const killed = new Promise<void>((resolve) => {
    const group = { displayName: 'Killed', mailEnabled: false, mailNickname: 'killed', securityEnabled: true };
    for (let n = 0; n < 40; n += 1) {
      before
        .graph('/groups', group)
        .then((made) => answered.push((made as { id: string }).id))
        .then((count) => (count === 10 ? first.kill().then(resolve) : undefined))
        // Calls under way when the process dies have no answer: nothing is promised about them.
        .catch(() => undefined);
    }
  });
  await killed;
  expect(answered.length).toBeGreaterThanOrEqual(10);
  const second = await run(dataDir);
  const after = await connect(second.ready);
  await after.control('/clock', { advanceMs: 600_000 });
  const filter = encodeURIComponent("displayName eq 'Killed'");
  const groups = ((await after.graph(`/groups?$filter=${filter}&$top=999`)) as Rows).value.map((group) => group.id);
  expect(groups).toEqual(expect.arrayContaining(answered));
  const lines = ((await after.graph('/auditLogs/directoryAudits')) as Rows).value;
  const audited = lines.filter((line) => line.activityDisplayName === 'Add group');
  expect(audited.map((line) => line.targetResources?.[0]?.id).sort()).toEqual([...groups].sort());
});
