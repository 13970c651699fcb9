import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateWorld, WORLD_NAMES } from './generate.ts';

const USAGE = `main.ts --seed N --name ${WORLD_NAMES.join('|')} [--size N] [--starts-at INSTANT] --out DIR\n`;

/** Writes the files and ends; a wrong option is answered with what is wrong and how it is used. */
function run(args: string[]): number {
  try {
    return main(args);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n${USAGE}`);
    return 2;
  }
}

/** Writes `world.json` and `truth.json` into the directory; returns the process's exit code. */
function main(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      name: { type: 'string', default: 'reference' },
      size: { type: 'string' },
      'starts-at': { type: 'string' },
      out: { type: 'string' },
    },
  });
  const name = WORLD_NAMES.find((known) => known === values.name);
  if (name === undefined || values.out === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { world, truth } = generateWorld({ seed: Number(values.seed), name, ...chosen(values) });
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'world.json'), pretty(world));
  writeFileSync(join(values.out, 'truth.json'), pretty(truth));
  return 0;
}

function chosen(values: { size?: string; 'starts-at'?: string }): {
  size?: number;
  startsAt?: string;
} {
  return {
    ...(values.size === undefined ? {} : { size: Number(values.size) }),
    ...(values['starts-at'] === undefined ? {} : { startsAt: values['starts-at'] }),
  };
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

process.exitCode = run(process.argv.slice(2));
