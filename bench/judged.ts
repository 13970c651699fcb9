/** The benches of the cores, which measure and leave the verdict open, in the suite's form. */
import { benchReconcile } from './reconcile.ts';
import { atMostLine, type BenchLine, countLine, noneLine, printedLine, ratioLine } from './support/line.ts';
import { runWhatIf } from './what-if.ts';

/** The evaluator: absolute CPU at both sizes, the share of a plain reading, and growth, each within its target. */
export function runWhatIfJudged(): Promise<BenchLine[]> {
  const lines = runWhatIf().map(({ name, value, peer, ratio, target }) =>
    ratio === null || peer === null || isBudget(name)
      ? atMostLine({ name: `${name}: CPU s`, value, target, isCpu: true })
      : ratioLine({ name: `${name}: CPU s`, value, limit: peer, target, isCpu: true }),
  );
  return Promise.resolve(lines);
}

/** The tenant of 200 is held against seconds; the others against a reference. */
function isBudget(name: string): boolean {
  return name.endsWith('/200 people');
}

/**
 * The join: right or wrong is gated by equality. Its CPU and growth are printed with their targets; they become gates
 * with the work on speed.
 */
export function runReconcileJudged(): Promise<BenchLine[]> {
  const lines = benchReconcile().map(({ name, value, limit, peer, ratio, target }) => {
    if (name.endsWith('-recall')) return countLine({ name, value, limit });
    if (name.endsWith('-false-pairs')) return noneLine(name, value);
    return printedLine(name, { value, limit, peer, ratio, target: Number.isFinite(target) ? target : null });
  });
  process.stderr.write('bench: reconcile against DuckDB is left out: DuckDB is no dependency of this project\n');
  return Promise.resolve(lines);
}
