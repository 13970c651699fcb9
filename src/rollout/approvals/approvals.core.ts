import type { Identity } from '../access/access.core.ts';

/** What is put before people to decide. */
export type Subject = 'exceptions' | 'policyDraft';

/** `held` is no end: who saw the hold may still decide otherwise. */
export type Verdict = 'signed' | 'approved' | 'held';

/** What somebody decided about content of this digest. */
export type Decision = {
  /** Name of this decision, for saying which one a person had before his eyes. */
  id: string;
  subject: Subject;
  digest: string;
  verdict: Verdict;
  by: Identity;
  displayName: string | null;
  /** ISO 8601 in UTC. */
  at: string;
};

/** How a press ended. Everything but `recorded` changed nothing. */
export type DecisionOutcome =
  | { outcome: 'recorded'; decision: Decision }
  | { outcome: 'already'; decision: Decision }
  | { outcome: 'stale'; currentDigest: string; message: string }
  | { outcome: 'refused'; code: string; message: string };

/** A press on a button: the digest it was shown with, and the decision that stood beside it, if one did. */
export type Press = { digest: string; verdict: Verdict; seen?: string | null | undefined };

/**
 * Judges a press against the newest decision on its subject. A decision on the same content stands unless it was a
 * hold, or the press is one: holding is the safe side and always possible. A hold is lifted only by somebody who had it
 * before his eyes, so that of two people pressing at once the one who stops wins.
 */
export function judgePress(press: Press, latest: Decision | undefined): 'record' | 'already' {
  if (latest?.digest !== press.digest) return 'record';
  if (latest.verdict === press.verdict) return 'already';
  if (press.verdict === 'held') return 'record';
  return latest.verdict === 'held' && press.seen === latest.id ? 'record' : 'already';
}
