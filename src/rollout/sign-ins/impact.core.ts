/**
 * What enforcing would mean for each person of a phase: the report-only results of the window joined with registration.
 * Report-only says "user action required" of registered and unregistered people alike, so it decides nothing alone
 * (safety rule S10), and a person of whom nothing can be said is `unknown`, never fine (S31).
 */
import { isoOf } from '../../lib/instant.ts';
import type { PhasePerson } from '../phases/phase-types.core.ts';
import type { ReportOnlyOutcome } from './log-entry.core.ts';

export const IMPACTS = [
  'wouldBePromptedCanAnswer',
  'wouldBePromptedNotRegistered',
  'wouldFail',
  'neverSeen',
  'notAsked',
  'unknown',
] as const;

/**
 * `wouldFail`: some client of his cannot answer; `neverSeen`: no sign-in in the window; `notAsked`: seen, and asked for
 * nothing that he had not done already, or carved out.
 */
export type Impact = (typeof IMPACTS)[number];

/** Reasons are codes, so that a card, a table and a program each say them in their own words. */
export type ImpactWhy =
  | 'client_cannot_answer'
  | 'prompted_capable'
  | 'prompted_not_registered'
  | 'registration_unknown'
  | 'mfa_done_already'
  | 'policy_not_applied'
  | 'carved_out'
  | 'account_disabled'
  | 'no_sign_in'
  | 'no_policy_result'
  | 'logs_not_read';

/** When an account was last seen with an outcome, and under which policy. */
export type OutcomeFact = { accountId: string; policyId: string; outcome: ReportOnlyOutcome; lastMs: number };

export type PersonImpact = { accountId: string; impact: Impact; why: ImpactWhy; lastSeen: string | null };

export type ImpactInput = {
  people: readonly PhasePerson[];
  facts: readonly OutcomeFact[];
  /** The report-only policy; null: there is none. */
  observeId: string | null;
  /** The window's begin in ms, itself included; null: it has not begun. */
  fromMs: number | null;
  /** Whether both logs were read from the window's begin until now. */
  isRead: boolean;
};

/** The impact on each person, in the order of the list. */
export function impactsOf(input: ImpactInput): PersonImpact[] {
  const facts = new Map<string, OutcomeFact[]>();
  for (const fact of input.facts) {
    if (input.fromMs === null || fact.lastMs < input.fromMs) continue;
    const own = facts.get(fact.accountId);
    if (own === undefined) facts.set(fact.accountId, [fact]);
    else own.push(fact);
  }
  return input.people.map((person) => {
    const own = facts.get(person.accountId.toLowerCase()) ?? [];
    const lastMs = own.reduce((last, fact) => Math.max(last, fact.lastMs), Number.NEGATIVE_INFINITY);
    return {
      accountId: person.accountId,
      ...impactOf(person, own, input),
      lastSeen: own.length === 0 ? null : isoOf(lastMs),
    };
  });
}

/** How many people meet which fate. */
export function countImpacts(rows: readonly PersonImpact[]): Record<Impact, number> {
  const counts = Object.fromEntries(IMPACTS.map((impact) => [impact, 0])) as Record<Impact, number>;
  for (const { impact } of rows) counts[impact] += 1;
  return counts;
}

type Judged = { impact: Impact; why: ImpactWhy };

function impactOf(person: PhasePerson, facts: readonly OutcomeFact[], input: ImpactInput): Judged {
  if (person.exempt !== null) return { impact: 'notAsked', why: 'carved_out' };
  const told = new Set(
    facts.filter((fact) => input.observeId !== null && fact.policyId === input.observeId).map(({ outcome }) => outcome),
  );
  if (told.has('fails')) return { impact: 'wouldFail', why: 'client_cannot_answer' };
  if (told.has('prompted') || told.has('promptedInBackground')) return promptedOf(person, input.isRead);
  if (person.accountStatus === 'disabled') return { impact: 'notAsked', why: 'account_disabled' };
  if (!input.isRead) return { impact: 'unknown', why: 'logs_not_read' };
  if (facts.length === 0) return { impact: 'neverSeen', why: 'no_sign_in' };
  if (told.has('satisfied')) return { impact: 'notAsked', why: 'mfa_done_already' };
  if (told.has('notApplied')) return { impact: 'notAsked', why: 'policy_not_applied' };
  return { impact: 'unknown', why: 'no_policy_result' };
}

/** "Can answer" also says that no client of his fails, which what was not read could show. */
function promptedOf({ enrolment }: PhasePerson, isRead: boolean): Judged {
  switch (enrolment) {
    case 'capable':
      if (!isRead) return { impact: 'unknown', why: 'logs_not_read' };
      return { impact: 'wouldBePromptedCanAnswer', why: 'prompted_capable' };
    case 'not':
      return { impact: 'wouldBePromptedNotRegistered', why: 'prompted_not_registered' };
    case 'unknown':
      return { impact: 'unknown', why: 'registration_unknown' };
  }
}
