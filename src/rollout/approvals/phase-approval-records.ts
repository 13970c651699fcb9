import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/database.ts';
import type { Access } from '../access/access.ts';
import { approvalsSince, counting, type PhaseDecision, type Standing, sidesOf } from './phase-approval.core.ts';
import { type PhaseRef, readPhaseDecisions } from './phase-approval.store.ts';

/** The approvals of a phase that nothing decided later has taken back, the oldest first, of whatever content. */
export async function approvalsOf(tx: Tx, phase: PhaseRef): Promise<PhaseDecision[]> {
  return approvalsSince(await readPhaseDecisions(tx, phase));
}

const HOUR_MS = 3_600_000;

export type Asked = {
  customerId: string;
  digest: string;
  now: number;
  expireAfterHours: number;
  /** When the phase was last taken back: an approval is for one enforcement. */
  usedUpAt: string | null;
};

/**
 * The approvals of exactly this content that count at this moment, each with the sides its author may speak for now: who
 * lost every role counts no more.
 */
export async function standingOf(
  access: Pick<Access, 'actorOf'>,
  approvals: readonly PhaseDecision[],
  asked: Asked,
): Promise<Standing[]> {
  const found: Standing[] = [];
  const lapsed = new Date(asked.now - asked.expireAfterHours * HOUR_MS).toISOString();
  const givenAfter = asked.usedUpAt !== null && asked.usedUpAt > lapsed ? asked.usedUpAt : lapsed;
  for (const decision of counting(approvals, { digest: asked.digest, givenAfter })) {
    const sides = await sidesNow(access, decision, asked.customerId);
    if (sides.length > 0) found.push({ decision, sides });
  }
  return found;
}

async function sidesNow(access: Pick<Access, 'actorOf'>, { by }: PhaseDecision, customerId: string) {
  try {
    return sidesOf((await access.actorOf(by, customerId)).roles);
  } catch (error) {
    // Somebody of another tenant whose last role was taken away.
    if (error instanceof AppError && error.code === 'not_granted') return [];
    throw error;
  }
}
