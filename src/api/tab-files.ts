import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { refused } from './api-error.ts';
import { isHeld } from './etag.ts';
import type { Route, RouteAnswer, RouteRequest } from './route.ts';

/** Who may show the tab in a frame: Teams in a browser, on the desktop and on phones, and Microsoft 365. */
export const TEAMS_ANCESTORS: readonly string[] = [
  "'self'",
  'https://*.cloud.microsoft',
  'https://teams.microsoft.com',
  'https://*.teams.microsoft.com',
  'https://*.microsoft365.com',
  'https://*.office.com',
  'https://outlook.office.com',
  'https://outlook.office365.com',
  'https://outlook-sdf.office.com',
  'https://outlook-sdf.office365.com',
];

export type TabSettings = {
  /** The folder that the build wrote. */
  folder: string;
  /** The sandbox's page that plays Teams. Nobody else's origin is ever added. */
  standInOrigin?: string | undefined;
};

type TabFile = {
  body: Buffer;
  type: string;
  isHashed: boolean;
  isPackable: boolean;
  etag: string;
  packed: Map<Packing, Promise<Buffer>>;
};

type Packing = 'br' | 'gzip';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ico': 'image/x-icon',
};
const PACKED_TYPES = new Set(['.html', '.js', '.css', '.json', '.map', '.svg']);

/** SHA-256 of the empty text: Fluent's styles come in through empty `<style>` elements and the object model. */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
/** Where teams-js asks for the list of hosts it may talk to, and Fluent for its fonts. */
const MICROSOFT_CDN = 'https://res.cdn.office.net';

export type TabSite = {
  routes: Route[];
  /** Compresses every file now, for the first visitor who would wait for it. */
  pack(): Promise<void>;
};

/**
 * The built tab under `/tab/`, read once and served from memory, compressed once. Before it is
 * built every address there refuses with `tab_not_built`.
 */
export function createTabSite(settings: TabSettings): TabSite {
  const files = readFiles(settings);
  const policy = contentPolicy(settings.standInOrigin);
  const serve = (request: RouteRequest): Promise<RouteAnswer> | RouteAnswer => {
    if (files.size === 0)
      throw refused('tab_not_built', 'The tab is not built yet. Start the server with "npm start".');
    const name = request.params['*'] ?? '';
    const file = files.get(name === '' ? 'index.html' : name);
    if (file === undefined) throw refused('not_found', 'There is nothing at this address.');
    return answer(request, file, policy);
  };
  const routes: Route[] = [
    // The router takes `/tab/` for the same address.
    { method: 'GET', path: '/tab', handle: serve },
    { method: 'GET', path: '/tab/*', handle: serve },
  ];
  return {
    routes,
    pack: async () => {
      for (const file of files.values()) if (file.isPackable) await packed(file, 'br');
    },
  };
}

/** What the pages of the tab may load and who may frame them. No X-Frame-Options: it knows one origin at most. */
export function contentPolicy(standInOrigin?: string): string {
  const ancestors = [...TEAMS_ANCESTORS, ...(standInOrigin === undefined ? [] : [originOf(standInOrigin)])];
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' ${EMPTY_STYLE}`,
    "img-src 'self' data:",
    `connect-src 'self' ${MICROSOFT_CDN}`,
    `font-src 'self' ${MICROSOFT_CDN}`,
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    `frame-ancestors ${ancestors.join(' ')}`,
  ].join('; ');
}

async function answer(request: RouteRequest, file: TabFile, policy: string): Promise<RouteAnswer> {
  const headers = {
    ETag: file.etag,
    Vary: 'Accept-Encoding',
    'Cache-Control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Content-Security-Policy': policy,
  };
  if (isHeld(request.headers, file.etag)) return { status: 304, headers };
  const packing = packingFor(request, file);
  const body = packing === undefined ? file.body : await packed(file, packing);
  const encoding: Record<string, string> = packing === undefined ? {} : { 'Content-Encoding': packing };
  return { status: 200, headers: { ...headers, ...encoding, 'Content-Type': file.type }, body };
}

function packingFor(request: RouteRequest, file: TabFile): Packing | undefined {
  if (!file.isPackable) return undefined;
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => !/;\s*q=0(?:\.0*)?$/.test(one))
    .map((one) => one.split(';')[0]);
  return (['br', 'gzip'] as const).find((packing) => accepted.includes(packing));
}

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
/** Nearly as small as the best, in a tenth of the time. */
const BROTLI_QUALITY = 9;

function packed(file: TabFile, packing: Packing): Promise<Buffer> {
  const made =
    file.packed.get(packing) ??
    (packing === 'br'
      ? brotli(file.body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
      : zip(file.body, { level: 9 }));
  file.packed.set(packing, made);
  return made;
}

function readFiles({ folder, standInOrigin }: TabSettings): Map<string, TabFile> {
  const files = new Map<string, TabFile>();
  if (!existsSync(join(folder, 'index.html'))) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    // The build's own notes (`.vite/manifest.json`) are nobody's business.
    if (!entry.isFile() || name.startsWith('.')) continue;
    const body = name === 'index.html' ? withOrigin(readFileSync(path), standInOrigin) : readFileSync(path);
    files.set(name, tabFile(name, body));
  }
  return files;
}

function tabFile(name: string, body: Buffer): TabFile {
  const extension = extname(name);
  return {
    body,
    type: TYPES[extension] ?? 'application/octet-stream',
    isHashed: name.startsWith('assets/'),
    etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    isPackable: PACKED_TYPES.has(extension),
    packed: new Map(),
  };
}

/** teams-js takes messages from its host's origin only, and does not know the sandbox's; the page tells it. */
function withOrigin(html: Buffer, standInOrigin: string | undefined): Buffer {
  if (standInOrigin === undefined) return html;
  const tag = `<meta name="teams-valid-origins" content="${originOf(standInOrigin)}">`;
  return Buffer.from(
    html.toString('utf8').replace(/<head[^>]*>/i, (head) => `${head}${tag}`),
    'utf8',
  );
}

/** The origin alone, as the address parser writes it: nothing in it can end a directive or an attribute. */
function originOf(address: string): string {
  return new URL(address).origin;
}
