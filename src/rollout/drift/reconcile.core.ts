/**
 * What a look makes of the findings that stand: a difference that is new becomes one, one that is there as before stays,
 * one that looks otherwise is told again, and one that is not there any more is gone; should it come back, it is new.
 */

import type { DriftFinding, DriftSeen } from './drift-types.core.ts';
import { driftDigest } from './find-policies.core.ts';

export type Reconciled = {
  news: DriftSeen[];
  changed: { finding: DriftFinding; seen: DriftSeen }[];
  gone: DriftFinding[];
};

type Judging = {
  /** Whether this look could see a difference of that key at all: what was not read proves nothing. */
  isJudged(finding: DriftFinding): boolean;
  /** By key, the digest of what is let stand at this moment. */
  tolerated?: ReadonlyMap<string, string>;
};

/**
 * Compares what was seen with the findings that stand. A finding that is just being put back is left to whoever does it,
 * and what two people let stand for a time is no news as long as it looks as it did then.
 */
export function reconcile(
  standing: readonly DriftFinding[],
  seenAtAll: readonly DriftSeen[],
  { isJudged, tolerated = new Map() }: Judging,
): Reconciled {
  const seen = seenAtAll.filter((one) => tolerated.get(one.key) !== driftDigest(one));
  const bySeen = new Map(seen.map((one) => [one.key, one]));
  const byKey = new Map(standing.map((one) => [one.key, one]));
  const open = standing.filter(({ state }) => state === 'open');
  return {
    news: seen.filter(({ key }) => !byKey.has(key)),
    changed: open.flatMap((finding) => {
      const now = bySeen.get(finding.key);
      return now === undefined || driftDigest(now) === finding.digest ? [] : [{ finding, seen: now }];
    }),
    gone: open.filter((finding) => !bySeen.has(finding.key) && isJudged(finding)),
  };
}

/** The keys that a first look would tell anew or take away: those are looked at once more before anybody hears of them. */
export function keysInDoubt({ news, changed, gone }: Reconciled): Set<string> {
  return new Set([...news, ...changed.map(({ seen }) => seen), ...gone].map(({ key }) => key));
}
