/**
 * The stop line of an enforced phase (safety rule S12): when too many people fail MFA, the phase's group leaves the
 * enforcing policy. The share of ten per cent is Microsoft's own advice. A person counts only when no success follows
 * within ten minutes, and not before a late row could still show one.
 */
import type { PhasePerson, Procedure, Sentence } from '../phases/phase-types.core.ts';
import type { OutcomeFact } from './impact.core.ts';
import type { Challenge } from './tally.core.ts';

/** A prompt is answered, or tried again, within this time. */
export const ANSWER_MS = 10 * 60_000;
/** The longest delay of a row that was seen, see log-mark.core.ts. */
export const ROW_LATE_MS = 11 * 60_000;

export type StopLineInput = {
  people: readonly PhasePerson[];
  /** In ms; null: the phase is not enforced. */
  enforcedMs: number | null;
  limits: Procedure['stopLine'];
  facts: readonly OutcomeFact[];
  challenges: readonly Challenge[];
  /** Up to when both logs were read, in ms; null: not read. */
  readToMs: number | null;
  /** Why what is known is not enough; null: it is. */
  problem: Sentence | null;
};

export type StopLine = {
  /** People of the phase with a sign-in since it was enforced, answered or not. */
  seen: number;
  /** Account ids, sorted. */
  failing: string[];
  over: boolean;
  /** Whether the logs say enough: where they do not, nothing is over, and the reason stands in `why`. */
  known: boolean;
  why: Sentence;
};

/** Judges the line over everybody on the phase's list who is not carved out. */
export function stopLineOf(input: StopLineInput): StopLine {
  const { enforcedMs, readToMs, limits } = input;
  if (enforcedMs === null) return { seen: 0, failing: [], over: false, known: true, why: NOT_ENFORCED };
  const ids = new Set(
    input.people.filter(({ exempt }) => exempt === null).map(({ accountId }) => accountId.toLowerCase()),
  );
  const judged = input.challenges.filter(({ accountId, atMs }) => ids.has(accountId) && atMs >= enforcedMs);
  const failing = failingOf(judged, readToMs).sort();
  const answered = input.facts.filter(({ accountId, lastMs }) => ids.has(accountId) && lastMs >= enforcedMs);
  const seen = new Set([...answered, ...judged].map(({ accountId }) => accountId)).size;
  const isOver =
    failing.length > 0 && (failing.length * 100 > limits.percent * seen || failing.length >= limits.people);
  // What was read suffices for an alarm even where the rest is missing.
  const known = isOver || (input.problem === null && readToMs !== null);
  const why = known ? verdict({ seen, failing: failing.length, over: isOver, limits }) : notKnown(input.problem);
  return { seen, failing, over: isOver, known, why };
}

/** Accounts with a failure that nothing followed in time. Failures that could still be answered are left out. */
function failingOf(challenges: readonly Challenge[], readToMs: number | null): string[] {
  const passes = new Map<string, number[]>();
  for (const { accountId, kind, atMs } of challenges) {
    if (kind !== 'passed') continue;
    const own = passes.get(accountId);
    if (own === undefined) passes.set(accountId, [atMs]);
    else own.push(atMs);
  }
  const failing = new Set<string>();
  for (const { accountId, kind, atMs } of challenges) {
    if (kind !== 'failed' || readToMs === null || atMs + ANSWER_MS + ROW_LATE_MS > readToMs) continue;
    const isAnswered = passes.get(accountId)?.some((passedMs) => passedMs >= atMs && passedMs <= atMs + ANSWER_MS);
    if (isAnswered !== true) failing.add(accountId);
  }
  return [...failing];
}

const NOT_ENFORCED: Sentence = { en: 'The phase is not enforced.', de: 'Die Phase ist nicht durchgesetzt.' };

function notKnown(problem: Sentence | null): Sentence {
  return {
    en: `Whether people fail MFA is not known. ${problem?.en ?? ''}`.trim(),
    de: `Ob Personen an der MFA scheitern, ist nicht bekannt. ${problem?.de ?? ''}`.trim(),
  };
}

type Verdict = { seen: number; failing: number; over: boolean; limits: Procedure['stopLine'] };

function verdict({ seen, failing, over, limits }: Verdict): Sentence {
  const { percent, people } = limits;
  const english = over ? 'That is over the line' : 'The line is not reached';
  const german = over ? 'Das liegt über der Grenze' : 'Die Grenze ist nicht erreicht';
  return {
    en: `${failing} of ${seen} people seen failed MFA without a success within ten minutes. ${english} (more than ${percent} %, or ${people} people).`,
    de: `${failing} von ${seen} gesehenen Personen scheiterten an der MFA, ohne dass in zehn Minuten ein Erfolg folgte. ${german} (mehr als ${percent} % oder ${people} Personen).`,
  };
}
