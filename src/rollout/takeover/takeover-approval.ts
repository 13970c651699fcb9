import type { Tx } from '../../store/transaction.ts';
import {
  approvalsSince,
  missingSides,
  type PhaseDecision,
  type Side,
  type Standing,
} from '../approvals/phase-approval.core.ts';
import { standingOf } from '../approvals/phase-approval-records.ts';
import { lastTakenBack, readTakeoverDecisions } from './takeover.store.ts';
import type { TakeoverDeps } from './takeover-facts.ts';

/** An approval is for one plan and not for ever. */
const EXPIRE_HOURS = 72;
const HOUR_MS = 3_600_000;

export type TakeoverApprovals = {
  approvals: PhaseDecision[];
  /** The sides that have not approved exactly this. */
  missing: Side[];
  /** When the first of the approvals lapses; null without one. */
  expiresAt: string | null;
};

/** What was decided so far, and since when it may count. */
export type DecidedSoFar = { decisions: readonly PhaseDecision[]; usedUpAt: string | null };

/** Reads what was decided about takeovers. */
export async function decidedSoFar(tx: Tx): Promise<DecidedSoFar> {
  return { decisions: await readTakeoverDecisions(tx), usedUpAt: await lastTakenBack(tx) };
}

/**
 * The approvals that count at this moment: of exactly this plan, not lapsed, of people who still have their role, and
 * after the newest hold and the newest undo.
 */
export async function takeoverStanding(
  { access, clock }: Pick<TakeoverDeps, 'access' | 'clock'>,
  customerId: string,
  { decisions, usedUpAt, digest }: DecidedSoFar & { digest: string },
): Promise<TakeoverApprovals & { standing: Standing[] }> {
  const asked = { customerId, digest, now: clock.now(), expireAfterHours: EXPIRE_HOURS, usedUpAt };
  const standing = await standingOf(access, approvalsSince(decisions), asked);
  const approvals = standing.map(({ decision }) => decision);
  const first = approvals.map(({ at }) => Date.parse(at)).sort((a, b) => a - b)[0];
  const expiresAt = first === undefined ? null : new Date(first + EXPIRE_HOURS * HOUR_MS).toISOString();
  return { approvals, missing: missingSides(standing), expiresAt, standing };
}
