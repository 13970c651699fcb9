/**
 * When what a rollout left behind is old: so long after its end nobody decides on it any more, and what has to be proven
 * stands in the journal. Chosen by this product: an insurer asks about the past half year.
 */
import type { Rollout } from './phase-types.core.ts';

export const KEPT_DAYS = 180;
const DAY_MS = 24 * 3_600_000;

/**
 * Rows last touched before this moment, ms, are old; null while a rollout runs, since everything may still be asked for.
 * A rollout's end is its deadline or the last change of a phase, whichever came later.
 */
export function oldBefore(newest: Rollout | null, nowMs: number): number | null {
  const before = nowMs - KEPT_DAYS * DAY_MS;
  if (newest === null) return before;
  if (newest.state === 'running') return null;
  const ends = [`${newest.deadline}T23:59:59.999Z`, ...newest.phases.map(({ since }) => since)];
  return ends.every((end) => Date.parse(end) < before) ? before : null;
}
