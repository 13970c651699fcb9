// `node scripts/tab-size.mjs [FOLDER]`: what a first visit to the built tab loads, in KiB after gzip, page by page; fails
// above the budget. Counted is everything that the entry and the page import statically, since that is what the
// browser must have before it can show the page.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET_KIB = 230;
const ENTRY = 'index.html';

const folder = process.argv[2] ?? fileURLToPath(new URL('../tab/dist', import.meta.url));
const manifestFile = join(folder, '.vite', 'manifest.json');
if (!existsSync(manifestFile)) {
  process.stderr.write(`There is no built tab in ${folder}; build it with "vite build -c tab/vite.config.ts".\n`);
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
const entry = closure(ENTRY);
const initial = sizeOf(entry);
process.stdout.write(`initial JavaScript: ${initial.toFixed(1)} KiB gzip (budget ${BUDGET_KIB})\n`);
for (const page of manifest[ENTRY].dynamicImports ?? []) {
  const whole = sizeOf(new Set([...entry, ...closure(page)]));
  process.stdout.write(`  opened at ${page}: ${whole.toFixed(1)} KiB\n`);
}
if (initial > BUDGET_KIB) {
  process.stderr.write(`The tab's initial JavaScript is above its budget of ${BUDGET_KIB} KiB.\n`);
  process.exit(1);
}

/** A chunk and all that it imports statically. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

function sizeOf(keys) {
  const files = new Set([...keys].map((key) => manifest[key].file).filter((file) => file.endsWith('.js')));
  return (
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0) / 1024
  );
}
