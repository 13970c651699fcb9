/** People who cannot answer MFA shortly before it is required of them, who is asked to help, and what was answered. */
import type { Sentence } from '../phases/phase-types.core.ts';
import type { Enrolment } from '../roster/roster-types.core.ts';

export const HOLDOUT_STEPS = ['before', 'lastDay', 'enforced'] as const;

/**
 * `before` from the procedure's days ahead of the day on; `lastDay` from the eve of it until it is enforced; `enforced`
 * afterwards.
 */
export type HoldoutStep = (typeof HOLDOUT_STEPS)[number];

/** Why somebody is on no list, or on the engineer's. */
export type Reason<C extends string = string> = { code: C; text: Sentence };

/** One reading of a person's own methods; `problem` is the code of what kept a later one from coming about. */
export type MethodReading = { enrolment: Enrolment; readAt: string | null; problem: string | null };

/** Whose list a person stands on. */
export type ListOwner = { to: 'manager'; accountId: string } | { to: 'engineer'; why: Reason };

export type FoundHoldout = { accountId: string; phase: string; step: HoldoutStep; owner: ListOwner };

export type Excused = { accountId: string; phase: string; why: Reason<ExcuseCode> };

export type ExcuseCode = 'enrolled' | 'exempt' | 'onLeave' | 'disabled' | 'notDue' | 'left';

export const HOLDOUT_STANDINGS = ['open', 'enrolled', 'excused'] as const;

export type HoldoutStanding = (typeof HOLDOUT_STANDINGS)[number];

export const ANSWER_KINDS = ['remindNow', 'onLeave', 'needsToken', 'extend', 'tapRequest'] as const;

/**
 * What a manager may answer about one of his people. None of them carves anybody out or enforces anything: `onLeave` and
 * `extend` propose an exception with an end date that the approver has to sign; `needsToken` and `tapRequest` ask the
 * helpdesk, which alone issues either (safety rule S28).
 */
export type AnswerKind = (typeof ANSWER_KINDS)[number];

export type HoldoutAnswer = {
  /** Counts up over all answers of the customer. */
  seq: number;
  accountId: string;
  kind: AnswerKind;
  /** The last day of an absence or extension; null for the others. */
  until: string | null;
  by: { tenantId: string; objectId: string };
  displayName: string | null;
  at: string;
};

/** An absence or extension that a manager proposed: to be signed by the approver, and without effect until it is. */
export type ProposedException = {
  accountId: string;
  kind: 'onLeave' | 'extension';
  endsAt: string;
  owner: { accountId: string; displayName: string | null };
  reason: Sentence;
  proposedAt: string;
};
