/**
 * Who has to say yes before a phase is enforced, and which presses count (S22): two different people, an engineer of the
 * service provider and an approver of the customer, about exactly the same content, not too long ago, and still with
 * that role. Anything decided in between, such as a hold, begins the counting anew.
 */
import type { Identity, Role } from '../access/access.core.ts';

export const PHASE_VERDICTS = ['approve', 'hold', 'resume', 'rollBack', 'askAgain'] as const;

export type PhaseVerdict = (typeof PHASE_VERDICTS)[number];

/** What somebody decided about a phase. */
export type PhaseDecision = {
  /** Name of this decision, for saying which one a person had before his eyes. */
  id: string;
  phase: string;
  verdict: PhaseVerdict;
  digest: string;
  by: Identity;
  displayName: string | null;
  /** Accounts that are enforced although they cannot answer. */
  anyway: readonly string[];
  /** ISO 8601 in UTC. */
  at: string;
};

export type Side = 'msp' | 'customer';

/** The sides for which somebody with these roles may approve. */
export function sidesOf(roles: readonly Role[]): Side[] {
  return [
    ...(roles.includes('engineer') ? (['msp'] as const) : []),
    ...(roles.includes('approver') ? (['customer'] as const) : []),
  ];
}

/** Whether two identities are one person. */
export function isSamePerson(one: Identity, other: Identity): boolean {
  return one.tenantId === other.tenantId && one.objectId === other.objectId;
}

/** The approvals that came after the newest decision of another kind, the oldest first. */
export function approvalsSince(decisions: readonly PhaseDecision[]): PhaseDecision[] {
  const last = decisions.findLastIndex(({ verdict }) => verdict !== 'approve');
  return decisions.slice(last + 1);
}

/** The approvals of this digest that were given after an instant, ISO 8601 in UTC; of one person the newest. */
export function counting(
  approvals: readonly PhaseDecision[],
  { digest, givenAfter }: { digest: string; givenAfter: string },
): PhaseDecision[] {
  const valid = approvals.filter((one) => one.digest === digest && one.at > givenAfter);
  return valid.filter((one, index) => !valid.slice(index + 1).some((later) => isSamePerson(later.by, one.by)));
}

/** An approval with the sides its author may speak for at this moment. */
export type Standing = { decision: PhaseDecision; sides: readonly Side[] };

/** The sides for which nobody stands yet; two people with both roles stand for both. */
export function missingSides(standing: readonly Standing[]): Side[] {
  const pairs = standing.flatMap((one) =>
    standing.filter((other) => !isSamePerson(one.decision.by, other.decision.by)).map((other) => [one, other] as const),
  );
  if (pairs.some(([one, other]) => one.sides.includes('msp') && other.sides.includes('customer'))) return [];
  const present = new Set(standing.flatMap(({ sides }) => sides));
  const missing = (['msp', 'customer'] as const).filter((side) => !present.has(side));
  // One person with both roles, alone, leaves the side open on which another one has to speak.
  if (missing.length > 0 || standing.length === 0) return missing;
  return ['customer'];
}
