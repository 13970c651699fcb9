import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/api/route.ts';
import { type RunningServer, type ServerDeps, startServer } from '../../src/api/server.ts';
import { ensureTabBuilt } from '../../src/api/tab-build.ts';
import { createTabSite } from '../../src/api/tab-files.ts';
import { errorSchema } from '../../src/contract.ts';
import { AppError } from '../../src/lib/errors.ts';

const PROBES: ServerDeps = { readiness: () => ({ ready: true }), metrics: () => 'up 1\n' };

describe('the server', () => {
  const bodies: unknown[] = [];
  let server: RunningServer;

  beforeAll(async () => {
    const routes: Route[] = [
      { method: 'GET', path: '/hello/:name', handle: ({ params }) => ({ status: 200, body: `hello ${params.name}` }) },
      {
        method: 'POST',
        path: '/echo',
        handle: ({ body }) => ({ status: 200, body: JSON.stringify(body ?? 'nothing') }),
      },
      {
        method: 'GET',
        path: '/fault',
        handle: () => {
          throw new TypeError('secret inside');
        },
      },
      {
        method: 'GET',
        path: '/refusal',
        handle: () => {
          throw new AppError('no_role', 'for the log', { userMessage: 'Ask somebody.' });
        },
      },
    ];
    const messages: ServerDeps['messages'] = (request, response) => {
      bodies.push(request.body);
      response.json(201, {});
      return Promise.resolve();
    };
    const timeouts = { headersMs: 40, requestMs: 60, lookMs: 10 };
    server = await startServer(0, { ...PROBES, routes, messages, timeouts });
  });
  afterAll(() => server.close());

  const errorOf = async (answer: Response) => errorSchema.parse(await answer.json()).error;
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
    fetch(`${server.url}${path}`, { method: 'POST', body, headers: { 'content-type': type } });

  it('answers HEAD with the headers of GET and no body', async () => {
    const [head, get] = [
      await fetch(`${server.url}/hello/x`, { method: 'HEAD' }),
      await fetch(`${server.url}/hello/x`),
    ];
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
    expect(await get.text()).toBe('hello x');
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await fetch(`${server.url}${path}`, { method: 'HEAD' })).status).toBe(200);
  });

  it.each(['/nothing', '/hello', '/api/v1/other', '/tab/../../package.json', '/hello/%ff'])(
    'answers what is not there as JSON: %s',
    async (path) => {
      const answer = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } });
      expect([400, 404]).toContain(answer.status);
      const { reference } = await errorOf(answer);
      expect(answer.headers.get('x-request-reference')).toBe(reference);
    },
  );

  it('answers another method as JSON', async () => {
    const answer = await fetch(`${server.url}/hello/x`, { method: 'DELETE' });
    expect(answer.status).toBe(405);
    expect((await errorOf(answer)).code).toBe('method_not_allowed');
  });

  it('tells a refusal with its sentence, and nothing of a fault but the reference', async () => {
    const refusal = await fetch(`${server.url}/refusal`);
    expect([refusal.status, await errorOf(refusal)]).toMatchObject([
      403,
      { code: 'no_role', message: 'Ask somebody.' },
    ]);
    const fault = await fetch(`${server.url}/fault`);
    const text = await fault.text();
    expect(fault.status).toBe(500);
    expect(text).not.toContain('secret');
    expect(fault.headers.get('x-content-type-options')).toBe('nosniff');
    expect(fault.headers.get('cache-control')).toBe('no-store');
  });

  it('takes 64 KB for the API and 256 KB for a message, and no more', async () => {
    const text = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));
    expect((await post('/echo', text(65_536))).status).toBe(200);
    const tooLarge = await post('/echo', text(65_537));
    expect([tooLarge.status, (await errorOf(tooLarge)).code]).toEqual([413, 'body_too_large']);
    expect((await post('/api/messages', text(262_144))).status).toBe(201);
    expect((await post('/api/messages', text(262_145))).status).toBe(413);
    expect(bodies).toHaveLength(1);
  });

  it('calls it no fault when somebody goes away in the middle of a request', async () => {
    const events: string[] = [];
    const keep = (event: string) => {
      events.push(event);
    };
    const log = { info: keep, warn: keep, error: keep };
    const routes: Route[] = [{ method: 'POST', path: '/echo', handle: () => ({ status: 200 }) }];
    const watched = await startServer(0, { ...PROBES, routes, log });
    const { port } = new URL(watched.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{');
    socket.destroySoon();
    await expect.poll(() => events).toEqual(['api.broken_off']);
    await watched.close();
  });

  it('stops reading a body without a stated length at the limit', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(16_384));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        if (sent > 10_000) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    };
    const answer = await fetch(`${server.url}/echo`, init).catch(() => undefined);
    // The connection is closed under the sender's hands, before or after it could read the answer.
    if (answer !== undefined) expect(answer.status).toBe(413);
    expect(sent).toBeLessThan(1_000);
  });

  it.each([
    ['text that is no JSON', '{"a":', 'application/json', 400],
    ['bytes that are no UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), 'application/json', 400],
    ['another type', '{}', 'text/plain', 415],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415],
  ])('refuses %s', async (_name, body, type, status) => {
    expect((await post('/echo', body, type)).status).toBe(status);
  });

  it.each([
    ['its headers', 'GET /hello/x HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['its body', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{'],
  ])('hangs up on a peer that never ends %s', async (_name, start) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.write(start);
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('the tab’s files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-tab-'));
  const script = `console.log(${JSON.stringify('x'.repeat(5_000))})`;
  let production: RunningServer;
  let sandbox: RunningServer;
  let empty: RunningServer;

  beforeAll(async () => {
    mkdirSync(join(folder, 'assets'));
    mkdirSync(join(folder, '.vite'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><html><head lang="en"><title>x</title></head></html>');
    writeFileSync(join(folder, 'assets', 'main-abc123.js'), script);
    writeFileSync(join(folder, '.vite', 'manifest.json'), '{}');
    const start = (settings: Parameters<typeof createTabSite>[0]) =>
      startServer(0, { ...PROBES, routes: createTabSite(settings).routes });
    production = await start({ folder });
    sandbox = await start({ folder, standInOrigin: 'http://127.0.0.1:5201/channel?"><script>' });
    empty = await start({ folder: join(folder, 'nowhere') });
  });
  afterAll(async () => {
    for (const server of [production, sandbox, empty]) await server.close();
    rmSync(folder, { recursive: true });
  });

  const policyOf = (answer: Response) => answer.headers.get('content-security-policy') ?? '';

  it('answer at the folder’s name as well', async () => {
    expect(await (await fetch(`${production.url}/tab`)).text()).toBe(
      await (await fetch(`${production.url}/tab/`)).text(),
    );
  });

  it('stand under a strict policy that lets Teams frame the page, and nobody else', async () => {
    const answer = await fetch(`${production.url}/tab/`);
    const policy = policyOf(answer);
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|127\.0\.0\.1|localhost|\*;/);
    expect(policy).toMatch(/frame-ancestors 'self' https:\/\/\*\.cloud\.microsoft https:\/\/teams\.microsoft\.com /);
    expect(answer.headers.get('x-frame-options')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.text()).not.toContain('teams-valid-origins');
  });

  it('name the stand-in’s origin in the sandbox, as an origin and nothing more', async () => {
    const answer = await fetch(`${sandbox.url}/tab/`);
    expect(policyOf(answer)).toMatch(/ http:\/\/127\.0\.0\.1:5201$/);
    expect(await answer.text()).toContain(
      '<head lang="en"><meta name="teams-valid-origins" content="http://127.0.0.1:5201">',
    );
  });

  it('are kept for ever when hashed, compressed, and answered 304', async () => {
    const path = `${production.url}/tab/assets/main-abc123.js`;
    const answer = await fetch(path, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect([answer.headers.get('content-encoding'), (await answer.text()) === script]).toEqual(['br', true]);
    expect(Number(answer.headers.get('content-length'))).toBeLessThan(script.length / 10);
    const plain = await fetch(path, { headers: { 'accept-encoding': 'br;q=0, identity' } });
    expect([plain.headers.get('content-encoding'), (await plain.text()) === script]).toEqual([null, true]);
    const zipped = await fetch(path, { headers: { 'accept-encoding': 'gzip' } });
    expect([zipped.headers.get('content-encoding'), (await zipped.text()) === script]).toEqual(['gzip', true]);
    const held = await fetch(path, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
    expect([held.status, await held.text()]).toEqual([304, '']);
  });

  it.each([
    '/tab/.vite/manifest.json',
    '/tab/assets/',
    '/tab/assets',
    '/tab/%2e%2e/package.json',
    '/tab/..%2f..%2fpackage.json',
  ])('hold nothing else: %s', async (path) => {
    expect((await fetch(`${production.url}${path}`)).status).toBe(404);
  });

  it('say what to do before they are built', async () => {
    const answer = await fetch(`${empty.url}/tab/`);
    expect([answer.status, errorSchema.parse(await answer.json()).error.code]).toEqual([503, 'tab_not_built']);
  });
});

describe('building the tab', () => {
  const root = mkdtempSync(join(tmpdir(), 'mfa-tab-build-'));
  const lines: string[] = [];
  let runs = 0;

  beforeAll(() => {
    for (const name of ['tab/pages', 'src']) mkdirSync(join(root, name), { recursive: true });
    for (const name of ['tab/index.html', 'tab/pages/a.tsx', 'src/contract.ts', 'src/other.ts'])
      writeFileSync(join(root, name), 'one');
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  const build = (run: () => void = () => undefined) =>
    ensureTabBuilt((line) => lines.push(line), {
      root,
      run: () => {
        runs += 1;
        run();
        mkdirSync(join(root, 'tab', 'dist'), { recursive: true });
        writeFileSync(join(root, 'tab', 'dist', 'index.html'), randomUUID());
        return Promise.resolve();
      },
    });

  it('happens once for the same sources, with one line', async () => {
    expect([await build(), await build(), runs, lines.length]).toEqual(['built', 'fresh', 1, 1]);
  });

  it.each(['tab/pages/a.tsx', 'src/contract.ts'])('happens again when the content of %s changes', async (name) => {
    writeFileSync(join(root, name), 'one');
    expect(await build()).toBe('fresh');
    writeFileSync(join(root, name), 'two');
    expect(await build()).toBe('built');
    writeFileSync(join(root, 'src/other.ts'), randomUUID());
    expect(await build()).toBe('fresh');
  });

  it('is made again after one that failed', async () => {
    writeFileSync(join(root, 'tab/pages/b.tsx'), 'new');
    const failing = build(() => {
      throw new AppError('tab_build_failed', 'no');
    });
    await expect(failing).rejects.toMatchObject({ code: 'tab_build_failed' });
    expect(await build()).toBe('built');
  });
});
