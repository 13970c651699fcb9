/**
 * Four answers instead of two. A policy applies, does not apply, applies depending on something the question left
 * open (`conditional`), or cannot be judged because something was not read or not understood (`unknown`). A missing
 * fact must never turn into "protected" or into "not protected".
 */
export type Outcome = 'yes' | 'no' | 'conditional' | 'unknown';

/** An outcome and, in plain words, the fact that decided it. */
export type Verdict = { readonly outcome: Outcome; readonly reason: string };

/** All must hold: a single no decides; otherwise what is unknown weighs more than what was left open. */
export function allOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('no')) return 'no';
  if (outcomes.includes('unknown')) return 'unknown';
  return outcomes.includes('conditional') ? 'conditional' : 'yes';
}

/** One is enough: a single yes decides. */
export function anyOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('yes')) return 'yes';
  if (outcomes.includes('unknown')) return 'unknown';
  return outcomes.includes('conditional') ? 'conditional' : 'no';
}

/** The opposite; what is open or unknown stays so. */
export function notOf(outcome: Outcome): Outcome {
  if (outcome === 'yes') return 'no';
  return outcome === 'no' ? 'yes' : outcome;
}
