/**
 * Three-valued answers. A condition can hold, not hold, or be open: the sign-in does not tell the fact it asks for,
 * or the policy uses something that this evaluator does not know. An open answer is never rounded to yes or no.
 */
import type { AnalysisReason } from './sign-in.ts';

export type OpenPoint = { because: 'notGiven' | 'notUnderstood'; what: string };
export type Answer = 'yes' | 'no' | OpenPoint;

/**
 * Yes when one says yes; else open when one is open; else no. Of several open points one that is not understood is
 * told first: no further fact about the sign-in would settle it.
 */
export function anyOf(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  const open = answers.filter((answer) => answer !== 'no').filter((answer) => answer !== 'yes');
  return open.find((point) => point.because === 'notUnderstood') ?? open[0] ?? 'no';
}

/** The opposite; what is open stays open. */
export function not(answer: Answer): Answer {
  if (answer === 'yes') return 'no';
  return answer === 'no' ? 'yes' : answer;
}

/** No when one says no; else open when one is open; else yes. */
function allOf(answers: readonly Answer[]): Answer {
  return not(anyOf(answers.map(not)));
}

/** The plain answer to a known fact. */
export function yesIf(holds: boolean): Answer {
  return holds ? 'yes' : 'no';
}

/** The sign-in does not say this. */
export function notGiven(what: string): OpenPoint {
  return { because: 'notGiven', what };
}

/** The policy says something that this evaluator does not know. */
export function notUnderstood(what: string): OpenPoint {
  return { because: 'notUnderstood', what };
}

/** What one condition of a policy comes to, with Graph's word for it in case it does not hold. */
export type Finding = { answer: Answer; reason: AnalysisReason };

/**
 * Included and not excluded: "the exclude action overrides the include action in policy".
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups#exclude-users
 */
export function inScope(included: Answer, excluded: Answer): Answer {
  return allOf([included, not(excluded)]);
}
