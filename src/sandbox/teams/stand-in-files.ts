import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Answer } from '../http/exchange.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Files of installed packages that the page draws cards with. */
const PACKAGE_FILES: readonly { path: string; from: string; file: string }[] = [
  { path: '/vendor/adaptivecards.js', from: 'adaptivecards', file: 'dist/adaptivecards.min.js' },
  { path: '/vendor/markdown-it.js', from: 'markdown-it', file: 'dist/browser/markdown-it.umd.min.js' },
];

/** The page's files by their paths, read once. */
export function loadPageFiles(): (path: string) => Answer | null {
  const files = new Map<string, { type: string; text: string }>();
  const folder = join(import.meta.dirname, 'page');
  for (const name of readdirSync(folder)) {
    const type = TYPES[name.split('.').at(-1) ?? ''];
    if (type !== undefined) files.set(`/page/${name}`, { type, text: readFileSync(join(folder, name), 'utf8') });
  }
  const index = files.get('/page/index.html');
  if (index !== undefined) files.set('/', index);
  const icon = files.get('/page/icon.svg');
  if (icon !== undefined) files.set('/favicon.ico', icon);
  for (const { path, from, file } of PACKAGE_FILES) {
    files.set(path, { type: TYPES.js ?? '', text: readFileSync(join(packageFolder(from), file), 'utf8') });
  }
  return (path) => {
    const found = files.get(path);
    if (found === undefined) return null;
    return { status: 200, headers: { 'Content-Type': found.type, 'Cache-Control': 'no-cache' }, text: found.text };
  };
}

function packageFolder(name: string): string {
  const require = createRequire(import.meta.url);
  const roots = require.resolve.paths(name) ?? [];
  const root = roots.find((one) => readsPackage(join(one, name)));
  if (root === undefined) throw new Error(`the package ${name} is not installed: run npm install`);
  return dirname(join(root, name, 'package.json'));
}

function readsPackage(folder: string): boolean {
  try {
    return readFileSync(join(folder, 'package.json'), 'utf8') !== '';
  } catch {
    // Not in this folder: the next one up may have it.
    return false;
  }
}
