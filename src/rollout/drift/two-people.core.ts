/**
 * What no single person decides about a finding: a loss of cover (S13) and the end of Security Defaults need an engineer
 * of the service provider and an approver of the customer (S22). An approval is for one content and not for ever; and who
 * was let past MFA by hand is told again after a while, since an exception has an end.
 */
import { digestOf } from '../../lib/digest.ts';
import type { PhaseDecision, Side } from '../approvals/phase-approval.core.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import type { DriftFinding, DriftVerdict } from './drift-types.core.ts';

/** An approval counts for so long. */
export const APPROVAL_HOURS = 72;
/** A member who gets past MFA although nobody signed an exception for him is told again after so many days. */
export const TOLERATED_DAYS = 30;

/** What two people are asked for about a finding, and who has said yes. */
export type TwoPeople = {
  /** What it means, in counts. */
  words: Sentence;
  /** Whom it costs cover, by object id. */
  lost: readonly string[];
  /** The approvals that count now, the oldest first. */
  approvals: readonly PhaseDecision[];
  missing: readonly Side[];
  /** When the first of them lapses, ISO 8601; null without one. */
  expiresAt: string | null;
};

/** What an approval is bound to: the difference, what is to become of it, and whom that costs cover. */
export function approvalDigestOf(
  { digest, effect, object, aspect, before }: Pick<DriftFinding, 'digest' | 'effect' | 'object' | 'aspect' | 'before'>,
  verdict: DriftVerdict,
): string {
  const lost = [...(effect?.lost ?? [])].map((id) => id.toLowerCase()).sort();
  return digestOf({ digest, verdict, lost, days: isTolerated({ object, aspect, before }) ? TOLERATED_DAYS : null });
}

const GUARDS: readonly string[] = ['breakGlass', 'exceptions'];

/** Whether accepting lets somebody past MFA by a group that the policies leave out: for a time, and never as ours. */
export function isTolerated({ object, aspect, before }: Pick<DriftFinding, 'object' | 'aspect' | 'before'>): boolean {
  return aspect === 'members' && GUARDS.includes(object) && Object.values(before).includes('out');
}
