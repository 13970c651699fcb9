import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the list of oddities and the tests name the same numbers, each once', () => {
  const listed = [...readFileSync('docs/sandbox-oddities.md', 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, n]) =>
    Number(n),
  );
  const tested = readdirSync('test/sandbox')
    .filter((name) => name.startsWith('oddities-') && name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(`test/sandbox/${name}`, 'utf8').matchAll(/test\('oddity (\d+): /g)])
    .map(([, n]) => Number(n));
  expect(listed).toEqual(listed.map((_, index) => index + 1));
  expect([...tested].sort((a, b) => a - b)).toEqual(listed);
});
