import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseSnapshot } from '../../src/rollout/snapshots/snapshot-file.ts';
import {
  type Ended,
  newFolder,
  type RunningServer,
  runCommand,
  runCommandHere,
  runServer,
  startCommand,
  startServerProcess,
} from '../support/command-line.ts';
import { embeddedFolder } from '../support/store.ts';

const SANDBOX = { SANDBOX: 'on', SANDBOX_SIZE: '100', SANDBOX_SEED: '7' };
const SLOW_MS = 120_000;

const folders: string[] = [];
const removedLater = (made: string): string => {
  folders.push(made);
  return made;
};
const folder = () => removedLater(newFolder());
/** A store made by an earlier start: the first one takes seconds. */
const folderInUse = () => removedLater(embeddedFolder());
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

/** The one JSON object on standard output; fails when anything else stands there. */
function jsonOf({ stdout }: Ended): Record<string, unknown> {
  expect(stdout.endsWith('}\n')).toBe(true);
  expect(stdout.trimEnd()).not.toContain('\n');
  return JSON.parse(stdout) as Record<string, unknown>;
}

const refusalSchema = z.object({ error: z.strictObject({ code: z.string(), message: z.string().min(1) }) });

describe('the command line beside a running server', () => {
  const dataDir = folderInUse();
  const file = join(dataDir, 'taken.snapshot.json');
  let server: RunningServer;
  let first: Ended;
  const run = (...args: string[]) => runCommandHere(args, { dataDir, env: SANDBOX });
  const answer = async (...args: string[]) => {
    const ended = await run(...args, '--json');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return jsonOf(ended);
  };
  beforeAll(async () => {
    server = await startServerProcess({ dataDir, env: SANDBOX });
    first = await runCommand(['sync'], { dataDir, env: SANDBOX });
  }, SLOW_MS);
  afterAll(() => server.stop());

  it('lists the sandbox’s customer and finds nothing wrong with it', async () => {
    const { customers } = z
      .object({ customers: z.array(z.object({ id: z.guid(), name: z.string() })) })
      .parse(await answer('customers', 'list'));
    expect(customers).toHaveLength(1);
    const { checks } = z
      .object({ checks: z.array(z.object({ ok: z.boolean() })) })
      .parse(await answer('customers', 'check', customers[0]?.name ?? ''));
    expect(checks.map(({ ok }) => ok)).toEqual(checks.map(() => true));
    expect(server.welcome).toContain(customers[0]?.name);
  });

  it('tells progress on standard error and the outcome on standard output', () => {
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/^… reading HR and the tenant$/m);
    expect(first.stdout).not.toContain('…');
    expect(first.stdout).toMatch(/^read +hr +\d+$/m);
  });

  it('says where the customer stands', async () => {
    expect(await answer('status')).toMatchObject({
      ...{ phases: [], signature: 'unsigned', isPushed: false },
      next: expect.stringContaining('mfa-rollout procedure export') as unknown,
    });
  });

  it('gives the same rows from a snapshot file as live', async () => {
    expect(await answer('snapshot', '--stored', '--out', file)).toEqual({ file });
    const snapshot = parseSnapshot(readFileSync(file, 'utf8'));
    expect(snapshot.users?.length).toBeGreaterThan(100);
    const live = z
      .object({ people: z.array(z.unknown()).min(80) })
      .loose()
      .parse(await answer('roster'));
    expect(await answer('roster', '--snapshot', file)).toEqual(live);
    const exceptions = z
      .object({ exceptions: z.array(z.unknown()).min(5) })
      .loose()
      .parse(await answer('exceptions'));
    expect(await answer('exceptions', '--snapshot', file)).toEqual(exceptions);
    const { people } = z.object({ people: z.array(z.unknown()) }).parse(await answer('coverage', '--snapshot', file));
    expect(people).toHaveLength(snapshot.users?.length ?? 0);
    const app = '00000003-0000-0ff1-ce00-000000000000';
    const { results } = z
      .object({ results: z.array(z.unknown()) })
      .parse(await answer('what-if', '--snapshot', file, '--app', app));
    expect(results).toHaveLength(snapshot.users?.length ?? 0);
  });

  it.each([
    [['nonsense'], /unknown command/],
    [['customers', 'nonsense'], /unknown command/],
    [['sync', '--bogus'], /unknown option/],
    [['snapshot'], /--out/],
    [['what-if', '--snapshot', 'x', '--client', 'telnet'], /telnet/],
    [['clock', 'advance', 'soon'], /a number and a unit/],
    [['what-if', '--snapshot', '', '--country', 'Germany'], /two letters/],
    [['what-if', '--snapshot', '', '--ip', '999.1.1.1'], /an IPv4 or IPv6 address/],
    [['what-if', '--snapshot', '', '--ip', ''], /an IPv4 or IPv6 address/],
    [[], /command is missing/],
  ])('calls %j a wrong usage', async (args, says) => {
    const asJson = await run(...args, '--json');
    expect(asJson.code).toBe(2);
    const { error } = refusalSchema.parse(jsonOf(asJson));
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(says);
    const asText = await run(...args);
    expect(asText).toMatchObject({ code: 2, stdout: '' });
    expect(asText.stderr).not.toBe('');
  });

  it.each([
    [['roster', 'nobody'], 'customer_unknown'],
    [['roster', '--snapshot', 'missing.json'], 'file_unreadable'],
    [['exceptions', '--snapshot', 'package.json'], 'snapshot_version'],
    [['customers', 'add', 'package.json'], 'customer_file_invalid'],
    [['snapshot', '--stored', '--out', join('missing', 'folder', 'x.json')], 'file_unwritable'],
  ])('refuses %j with %s', async (args, code) => {
    const asJson = await run(...args, '--json');
    expect(asJson).toMatchObject({ code: 1, stderr: '' });
    expect(refusalSchema.parse(jsonOf(asJson)).error.code).toBe(code);
    const asText = await run(...args);
    expect(asText).toMatchObject({ code: 1, stdout: '' });
    expect(asText.stderr).toMatch(/^mfa-rollout: .+\n/);
    expect(asText.stderr).not.toContain('    at ');
  });

  it('ends its process with 1 where it refuses, with 2 where it was called wrongly', async () => {
    const setting = { dataDir, env: SANDBOX };
    const refused = await runCommand(['roster', 'nobody', '--json'], setting);
    expect(refused).toMatchObject({ code: 1, stderr: '' });
    expect(refusalSchema.parse(jsonOf(refused)).error.code).toBe('customer_unknown');
    const wrong = await runCommand(['nonsense'], setting);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/unknown command/);
  });

  it('helps without being refused', async () => {
    for (const args of [['--help'], ['help'], ['sync', '--help']]) {
      expect(await run(...args)).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining('Usage') as unknown,
      });
    }
  });

  it('turns the sandbox’s clock, shows it and syncs at that time', async () => {
    expect(await answer('clock', 'show')).toMatchObject({ offsetMs: 0 });
    expect(await answer('clock', 'advance', '90m')).toMatchObject({ offsetMs: 5_400_000 });
    expect(await answer('clock', 'show')).toMatchObject({ offsetMs: 5_400_000 });
    const { sources } = await answer('sync', '--people-only');
    expect(sources).toContainEqual(expect.objectContaining({ source: 'users', state: 'read', code: null }));
  });

  it.skipIf(process.platform === 'win32')('ends quietly when the reader has read enough', async () => {
    const env = { ...process.env, ...SANDBOX, DATA_DIR: dataDir };
    const said = await new Promise<string>((resolve) => {
      execFile('sh', ['-c', 'node bin/mfa-rollout.mjs roster --json | true'], { env }, (_error, _stdout, stderr) =>
        resolve(stderr),
      );
    });
    expect(said).toBe('');
  });

  it('does not start a second server on the folder, and the first goes on', async () => {
    const second = await runServer({ dataDir, env: SANDBOX });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(/^mfa-rollout: The data folder .+ is already in use by another running copy\./);
    expect(second.stderr.trimEnd()).not.toContain('\n');
    expect(await answer('customers', 'list')).toHaveProperty('customers');
  });
});

describe('a server that is told to stop', () => {
  it(
    'by Ctrl+C in the middle of a sync ends in order, and the command line then answers from the store itself',
    async () => {
      const dataDir = folderInUse();
      const setting = { dataDir, env: SANDBOX };
      const server = await startServerProcess({ ...setting, isGroup: true });
      const sandboxPort = Number(/plays Teams: +http:\/\/127\.0\.0\.1:(\d+)/.exec(server.welcome)?.[1]);
      expect(await isListening(sandboxPort)).toBe(true);
      const syncing = startCommand(['sync'], setting);
      await new Promise<void>((resolve) => syncing.process.stderr?.once('data', () => resolve()));
      expect(await server.interrupt()).toMatchObject({ code: 0, stderr: '' });
      expect(await isListening(sandboxPort)).toBe(false);
      const told = await syncing.ended;
      expect(told.code).toBe(1);
      expect(told.stderr).toMatch(/^mfa-rollout: .+ Nothing is lost/m);
      const list = await runCommand(['customers', 'list', '--json'], setting);
      expect(list).toMatchObject({ code: 0, stderr: '' });
      expect(jsonOf(list)).toMatchObject({ customers: [{ name: expect.any(String) as unknown }] });
      const clock = await runCommand(['clock', 'advance', '1h', '--json'], setting);
      expect(clock.code).toBe(1);
      expect(refusalSchema.parse(jsonOf(clock)).error.code).toBe('clock_fixed');
    },
    SLOW_MS,
  );
});

describe('a data folder', () => {
  it('that is missing is made, by the command line as well', async () => {
    const setting = { dataDir: join(folder(), 'deep', 'er') };
    const ended = await runCommand(['customers', 'list', '--json'], setting);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(jsonOf(ended)).toEqual({ customers: [] });
  });

  it('with a path too long for a socket serves the command line all the same', async () => {
    const setting = { dataDir: embeddedFolder(join(folder(), 'long'.repeat(30), 'longer'.repeat(20))) };
    const server = await startServerProcess(setting);
    const ended = await runCommand(['customers', 'list', '--json'], setting);
    // Without the socket the command would meet the server's lock.
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('is free again after a kill -9 of what started the server', async () => {
    const setting = { dataDir: folderInUse() };
    const first = await startServerProcess(setting);
    // Ends when nobody holds the output any more: neither the launcher nor the server.
    expect(await first.stop('SIGKILL')).toMatchObject({ code: null });
    const list = await runCommand(['customers', 'list', '--json'], setting);
    expect(list).toMatchObject({ code: 0, stderr: '' });
  });

  it('is free again after a kill -9, its old socket notwithstanding', async () => {
    const setting = { dataDir: folderInUse() };
    const first = await startServerProcess({ ...setting, isBare: true });
    expect(await first.stop('SIGKILL')).toMatchObject({ code: null });
    const before = await runCommand(['customers', 'list', '--json'], setting);
    expect(before.code).toBe(0);
    const second = await startServerProcess(setting);
    expect((await runCommand(['customers', 'list', '--json'], setting)).code).toBe(0);
    expect(await second.stop()).toMatchObject({ code: 0 });
  });

  it('below a file is refused by name', async () => {
    const place = folder();
    writeFileSync(join(place, 'file'), '');
    const setting = { dataDir: join(place, 'file', 'data') };
    const server = await runServer(setting);
    expect(server).toMatchObject({ code: 1, stdout: '' });
    expect(server.stderr).toMatch(/^mfa-rollout: The data folder .+ cannot be made \(ENOTDIR\)\. Set DATA_DIR/);
    const ended = await runCommand(['customers', 'list', '--json'], setting);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(refusalSchema.parse(jsonOf(ended)).error.code).toBe('data_dir_unusable');
  });

  it.skipIf(process.platform === 'win32')('that cannot be written is refused by name', async () => {
    const place = folder();
    const dataDir = join(place, 'closed');
    mkdirSync(dataDir);
    chmodSync(place, 0o755);
    chmodSync(dataDir, 0o555);
    // The superuser may write everywhere, so the test becomes nobody.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const setting = { dataDir, ...nobody };
    const server = await runServer(setting);
    expect(server).toMatchObject({ code: 1, stdout: '' });
    expect(server.stderr).toMatch(/^mfa-rollout: The data folder .+ cannot be written\./);
    const ended = await runCommand(['customers', 'list', '--json'], setting);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(refusalSchema.parse(jsonOf(ended)).error.code).toBe('store_read_only');
  });

  it('is left alone when a setting is wrong', async () => {
    const dataDir = join(folder(), 'untouched');
    const server = await runServer({ dataDir, env: { PORT: 'abc', SANDBOX_SEED: '-1' } });
    expect(server).toMatchObject({ code: 1, stdout: '' });
    expect(server.stderr).toMatch(/PORT[\s\S]+SANDBOX_SEED/);
    expect(() => readFileSync(dataDir)).toThrow('ENOENT');
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const visitor = connect(port, '127.0.0.1', () => {
      visitor.destroy();
      resolve(true);
    });
    visitor.once('error', () => resolve(false));
  });
}
