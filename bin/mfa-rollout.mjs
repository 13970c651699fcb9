#!/usr/bin/env node
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOnNode24 } from '../scripts/node24.mjs';

try {
  runOnNode24([join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'cli', 'main.ts'), ...process.argv.slice(2)]);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
