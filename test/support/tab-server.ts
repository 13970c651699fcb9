/**
 * The built tab and its API on a loopback port, and a Teams client in the browser around them: the real addresses of
 * Teams and of the tab, the real content policy, and nobody else to be reached.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Frame, Page, Route } from 'playwright-core';
import { API_BASE } from '../../src/contract.ts';
import type { TabApi } from './tab-api.ts';

const TEAMS = 'https://teams.microsoft.com';
const TAB = 'https://mfa.tab.example';
const HOST_LIST = 'https://res.cdn.office.net/teams-js/validDomains/json/validDomains.json';

/** The policy under which the product serves the tab; the hash is that of an empty style element, which Fluent makes. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; " +
  "img-src 'self' data:; connect-src 'self' https://res.cdn.office.net; font-src 'self' https://res.cdn.office.net; " +
  "base-uri 'none'; object-src 'none'; form-action 'self'; " +
  "frame-ancestors 'self' https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
};

/** Builds the tab for production into `folder`, in a process of its own: a test's environment would make React's slow build. */
export function buildTab(folder: string): void {
  const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const args = [
    at('node_modules/vite/bin/vite.js'),
    'build',
    '-c',
    at('tab/vite.config.ts'),
    '--configLoader',
    'native',
  ];
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status, stderr } = spawnSync(process.execPath, [...args, '--outDir', folder], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the tab could not be built: ${stderr}`);
}

export type TabServer = { url: string; close(): Promise<void> };

/** Serves the built tab and the API; the API may be changed between pages. */
export async function serveTab(folder: string, api: () => TabApi): Promise<TabServer> {
  const server = createServer((request, response) => void handle({ folder, api: api() }, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

type Site = { folder: string; api: TabApi };

async function handle({ folder, api }: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  if (path.startsWith(API_BASE)) {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = api.answer({ method: request.method ?? 'GET', path, headers, body: await text(request) });
    // Not chained: restify, which other tests load into this process, makes writeHead of every server answer nothing.
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
    return;
  }
  const name = path.split('?')[0]?.replace(/^\/tab\//, '') ?? '';
  const file = join(folder, normalize(`/${name === '' ? 'index.html' : name}`));
  if (!existsSync(file)) {
    response.writeHead(404);
    response.end();
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
  });
  createReadStream(file).pipe(response);
}

export type TeamsOptions = {
  theme?: string;
  locale?: string;
  subPageId?: string;
  token?: string;
  width?: number;
  height?: number;
};

export type TeamsPage = {
  page: Page;
  /** The tab inside the client. */
  tab: Frame;
  /** What must stay empty: console errors, and addresses of others that were asked for. */
  complaints: string[];
  setTheme(theme: string): Promise<void>;
  close(): Promise<void>;
};

/** Opens the tab as Teams does. */
export async function openInTeams(browser: Browser, server: TabServer, options: TeamsOptions = {}): Promise<TeamsPage> {
  const complaints: string[] = [];
  const { width = 1280, height = 900 } = options;
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.route('**/*', (route) => serveRoute(route, { server, options, complaints }));
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${TEAMS}/host.html`);
  return {
    page,
    tab: await tabFrame(page),
    complaints,
    setTheme: (theme) => page.evaluate(`setTheme(${JSON.stringify(theme)})`),
    close: () => closeContext(context),
  };
}

async function closeContext(context: BrowserContext): Promise<void> {
  await context.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
}

async function tabFrame(page: Page): Promise<Frame> {
  const element = await page.waitForSelector('#f', { state: 'attached' });
  const frame = await element.contentFrame();
  if (frame === null) throw new Error('the host page has no frame');
  return frame;
}

type Served = { server: TabServer; options: TeamsOptions; complaints: string[] };

async function serveRoute(route: Route, { server, options, complaints }: Served): Promise<void> {
  const url = new URL(route.request().url());
  if (url.protocol === 'data:') return route.continue();
  if (url.origin === TEAMS) return route.fulfill({ contentType: 'text/html', body: hostPage(options) });
  if (url.href === HOST_LIST) return route.fulfill({ json: { validOrigins: ['teams.microsoft.com'] } });
  if (url.origin === TAB) {
    const response = await route.fetch({ url: `${server.url}${url.pathname}${url.search}` });
    return route.fulfill({ response });
  }
  complaints.push(`asked for ${url.href}`);
  return route.abort();
}

/** The least of a Teams client: it answers the tab's questions and can change its theme. */
function hostPage({
  theme = 'default',
  locale = 'en-us',
  subPageId = '',
  token = 'token-of-a-test',
}: TeamsOptions): string {
  const context = {
    theme,
    locale,
    subEntityId: subPageId,
    entityId: 'home',
    hostName: 'Teams',
    frameContext: 'content',
  };
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Teams</title>
<link rel="icon" href="data:,"><style>html,body{margin:0;height:100%}iframe{border:0;width:100%;height:100%;display:block}</style></head>
<body><iframe id="f" title="MFA Rollout" allow="clipboard-write"></iframe><script>
const context = ${JSON.stringify(context)};
const frame = document.getElementById('f');
const runtime = JSON.stringify({ apiVersion: 4, isLegacyTeams: false, supports: {} });
const answers = {
  initialize: () => ['content', 'web', runtime, '2.0.1'],
  getContext: () => [context],
  'authentication.getAuthToken': () => ${token === '' ? "[false, 'consent_required']" : `[true, ${JSON.stringify(token)}]`},
};
window.addEventListener('message', (event) => {
  if (event.source !== frame.contentWindow) return;
  const answer = answers[event.data.func];
  if (answer !== undefined) {
    frame.contentWindow.postMessage({ id: event.data.id, uuidAsString: event.data.uuidAsString, args: answer() }, '*');
  }
});
function setTheme(name) { context.theme = name; frame.contentWindow.postMessage({ func: 'themeChange', args: [name] }, '*'); }
frame.src = '${TAB}/tab/';
</script></body></html>`;
}
