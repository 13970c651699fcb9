import type { Clock } from '../../lib/clock.ts';
import type { Graph } from '../../services/graph/client.ts';
import { evaluateInGraph } from '../../services/graph/evaluate.ts';
import { untilShown } from '../../services/graph/eventually.ts';
import type { ReadOptions } from '../../services/graph/pages.ts';

/** Exchange Online: any application would do, since the policies are for all. */
const APP_ID = '00000002-0000-0ff1-ce00-000000000000';

/** Whom our policies, by their ids, have to apply to and whom not; report-only ones are listed as applying too. */
export type Question = { userId: string; wanted: ReadonlyMap<string, boolean> };

/** What a comparison came to. */
export type Comparison = {
  /** How many accounts Graph answered for. */
  asked: number;
  /** False where the reading application may not ask. */
  permitted: boolean;
  /** The first account of which Graph says something else; null when there is none. */
  differing: string | null;
};

type Asking = { reader: Graph; clock: Clock; options: ReadOptions };

/**
 * Asks Graph's own evaluation about each account, one after the other at Graph's pace, and stops at the first that
 * differs (S8). What was written a moment ago is given time to reach the evaluation.
 */
export async function compareWithGraph(asking: Asking, questions: readonly Question[]): Promise<Comparison> {
  let asked = 0;
  for (const { userId, wanted } of questions) {
    const verdict = await agrees(asking, { userId, wanted });
    if (verdict === 'notPermitted') return { asked, permitted: false, differing: null };
    asked += 1;
    if (verdict === false) return { asked, permitted: true, differing: userId };
  }
  return { asked, permitted: true, differing: null };
}

async function agrees({ reader, clock, options }: Asking, { userId, wanted }: Question) {
  const shown = await untilShown(
    clock,
    async () => {
      const question = { userId, appId: APP_ID, clientAppType: 'browser' };
      const verdict = await evaluateInGraph(reader, question, options);
      if (verdict === 'notPermitted') return verdict;
      return [...wanted].every(([id, applies]) => verdict.applies.has(id) === applies) ? true : null;
    },
    options.signal,
  );
  return shown ?? false;
}

/** So many of each group or phase beside those who are always asked about: Graph answers once a second at most. */
const SAMPLE_EACH = 2;
/** A comparison takes no longer than somebody waits; those who are always asked about are not counted. */
const SAMPLE_MAX = 20;

/** Those who are always asked about, and some of each group. */
export function sampleOf(always: readonly string[], groups: readonly (readonly string[])[]): string[] {
  const first = [...new Set(always.map((id) => id.toLowerCase()))];
  const rounds = Array.from({ length: SAMPLE_EACH }, (_, round) => groups.flatMap((members) => members[round] ?? []));
  const others = rounds.flat().map((id) => id.toLowerCase());
  return [...first, ...[...new Set(others)].filter((id) => !first.includes(id)).slice(0, SAMPLE_MAX)];
}
