// Writes what documentation can be generated from code: the JSON Schemas of docs/schemas and the drawing of the house
// in ARCHITECTURE.md. With --check it writes nothing and fails when a page differs from the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { z } from 'zod';
import { customerFileSchema } from '../src/rollout/customers/customer-file.ts';
import { guidePatchSchema } from '../src/rollout/guide/guide-file.ts';
import { procedureSchema } from '../src/rollout/phases/procedure-file.ts';
import { snapshotSchema } from '../src/rollout/snapshots/snapshot-file.ts';

const SCHEMAS = {
  'customer-file': { schema: customerFileSchema, title: 'Customer file, version 1' },
  'guide-file': { schema: guidePatchSchema, title: 'Guide file, version 1' },
  procedure: { schema: procedureSchema, title: 'Procedure file, version 1' },
  snapshot: { schema: snapshotSchema, title: 'Snapshot file, version 1' },
};
const START = '<!-- drawing: written by "npm run docs" -->';
const END = '<!-- end of drawing -->';

const pages: { path: string; text: string }[] = [];
for (const [name, { schema, title }] of Object.entries(SCHEMAS)) {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  pages.push({ path: `docs/schemas/${name}.schema.json`, text: `${JSON.stringify({ title, ...json }, null, 2)}\n` });
}
pages.push({ path: 'ARCHITECTURE.md', text: await withDrawing(readFileSync('ARCHITECTURE.md', 'utf8')) });

const check = process.argv.includes('--check');
const stale = pages.filter(({ path, text }) => read(path) !== text);
if (!check) for (const { path, text } of stale) writeFileSync(path, text);
process.stdout.write(stale.map(({ path }) => `${check ? 'differs from the code' : 'written'}: ${path}\n`).join(''));
if (check && stale.length > 0) {
  process.stderr.write('run "npm run docs" and commit the pages\n');
  process.exit(1);
}

/** Replaces the drawing between the two marks by one made from the imports of today. */
async function withDrawing(page: string): Promise<string> {
  const result = (await cruise(['src'], {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^node:|node_modules' },
  })) as { output: ICruiseResult };
  const arrows = new Set<string>();
  for (const module of result.output.modules) {
    for (const dependency of module.dependencies) {
      const [from, to] = [room(module.source), room(dependency.resolved)];
      const isOurs = dependency.resolved.startsWith('src/');
      if (isOurs && from !== to && to !== 'lib') arrows.add(`  ${from} --> ${to}`);
    }
  }
  const drawing = ['```mermaid', 'flowchart TD', ...[...arrows].sort(), '```'].join('\n');
  const before = page.slice(0, page.indexOf(START) + START.length);
  return `${before}\n${drawing}\n${page.slice(page.indexOf(END))}`;
}

/** The room a file stands in: its folder under src, and inside rollout the noun; the files beside the folders are rooms. */
function room(path: string): string {
  const parts = path
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .split('/');
  if (parts.length === 1) return parts[0] ?? path;
  return ['rollout', 'services'].includes(parts[0] ?? '') && parts.length > 2
    ? `${parts[0]}/${parts[1]}`
    : (parts[0] ?? path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A page that is not there yet differs from every text; the caller writes it.
    return undefined;
  }
}
