/**
 * The bench suite: `npm run bench -- [NAME ...]`, `--list` for the names, `--full` for sizes beyond the suite's minutes. One JSON line per figure on standard output;
 * ends with 1 when a gated figure misses its target or a bench could not be run. Benches that measure CPU have a
 * process of their own, so that no heap or compiled code of one is charged to the next.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { BenchOptions } from './support/bench.ts';
import type { BenchLine } from './support/line.ts';
import { type BenchTenants, createBenchTenants } from './support/tenant.ts';

type Bench = (tenants: BenchTenants, options: BenchOptions) => Promise<BenchLine[]>;

const BENCHES: Record<string, () => Promise<Bench>> = {
  'sync-requests': async () => (await import('./sync-requests.ts')).runSyncRequests,
  'sync-makespan': async () => (await import('./sync-makespan.ts')).runSyncMakespan,
  delta: async () => (await import('./delta.ts')).runDelta,
  'ca-pace': async () => (await import('./ca-pace.ts')).runCaPace,
  click: async () => (await import('./click.ts')).runClick,
  'mail-phase': async () => (await import('./mail-phase.ts')).runMailPhase,
  'card-phase': async () => (await import('./card-phase.ts')).runCardPhase,
  fleet: async () => (await import('./fleet.ts')).runFleet,
  'window-scan': async () => (await import('./window-scan.ts')).runWindowScan,
  'what-if': async () => (await import('./judged.ts')).runWhatIfJudged,
  reconcile: async () => (await import('./judged.ts')).runReconcileJudged,
  'tab-api': async () => (await import('./tab-api.ts')).runTabApi,
  'tab-page': async () => (await import('./tab-page.ts')).runTabPage,
  start: async () => (await import('./start.ts')).runStart,
};
/** Benches of one process: they count, which no heap can disturb, and share the large tenant. */
const TOGETHER: readonly (readonly string[])[] = [['sync-requests', 'sync-makespan', 'delta', 'ca-pace']];

/** Wall seconds in a browser, which are printed and gate nothing: by name or with `--full`. */
const ASKED_FOR: readonly string[] = ['tab-page'];

const EXIT_MISSED = 1;
const EXIT_USAGE = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    here: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const names = Object.keys(BENCHES);
  if (values.list) {
    process.stdout.write(`${names.join('\n')}\n`);
    return 0;
  }
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`bench: there is no ${unknown.join(', ')}; the names are ${names.join(', ')}\n`);
    return EXIT_USAGE;
  }
  const wanted = names.filter((name) =>
    positionals.length === 0 ? values.full || !ASKED_FOR.includes(name) : positionals.includes(name),
  );
  return values.here ? runHere(wanted) : runApart(wanted);
}

async function runApart(names: readonly string[]): Promise<number> {
  const missed: string[] = [];
  for (const group of groupsOf(names)) {
    const startedAt = performance.now();
    const args = [...process.execArgv, import.meta.filename, '--here', ...(values.full ? ['--full'] : []), ...group];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) missed.push(...group);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`bench: ${group.join(', ')} took ${seconds} s\n`);
  }
  if (missed.length === 0) return 0;
  process.stderr.write(`bench: missed or failed among: ${missed.join(', ')}\n`);
  return EXIT_MISSED;
}

function groupsOf(names: readonly string[]): string[][] {
  const shared = TOGETHER.map((group) => group.filter((name) => names.includes(name)));
  const alone = names.filter((name) => !shared.flat().includes(name)).map((name) => [name]);
  return [...shared.filter((group) => group.length > 0), ...alone];
}

async function runHere(names: readonly string[]): Promise<number> {
  const tenants = createBenchTenants();
  let isMissed = false;
  try {
    for (const name of names) {
      const bench = await BENCHES[name]?.();
      for (const line of (await bench?.(tenants, { full: values.full })) ?? []) {
        process.stdout.write(`${JSON.stringify(line)}\n`);
        isMissed ||= line.ok === false;
      }
    }
  } finally {
    await tenants.stop();
  }
  return isMissed ? EXIT_MISSED : 0;
}
