import MiniSearch from 'minisearch';
import { LABELS } from './labels.core.ts';

/** Which labels the known messages nearest to this one have: shares that add up to 1. */
export type Nearest = (stems: readonly string[]) => Float64Array;

type Known = { id: number; stems: readonly string[] };

const NEAREST_MESSAGES = 12;
/** The nearest message has one vote, one that scores half of it 1/16. */
const VOTE_POWER = 4;
/** A start for every label, so that no label is ruled out by a search. */
const FIRST_VOTE = 0.02;
/** Stems of more messages than this tell little and cost most of the search. */
const TELLING_SHARE_MAX = 0.04;
const SEARCHED_STEMS_MAX = 40;
const SLIP_SHARE = 0.2;
const SLIP_LETTERS_MIN = 5;

/** Indexes the labelled messages once; searching changes nothing. A stem that stands in none is looked up with slips. */
export function createNearest(messages: readonly { stems: readonly string[]; label: number }[]): Nearest {
  const counts = countStems(messages.map(({ stems }) => stems));
  const isTelling = (stem: string) => (counts.get(stem) ?? 0) <= messages.length * TELLING_SHARE_MAX;
  const index = new MiniSearch<Known>({
    fields: ['stems'],
    extractField: (message, field) => (field === 'id' ? String(message.id) : message.stems.join(' ')),
    tokenize: (text) => text.split(' ').filter((stem) => stem !== ''),
    processTerm: (term) => term,
  });
  index.addAll(messages.map(({ stems }, id) => ({ id, stems: stems.filter(isTelling) })));
  return (stems) => {
    const query = [...new Set(stems)].filter(isTelling).slice(0, SEARCHED_STEMS_MAX).join(' ');
    const found = index
      .search(query, { fuzzy: (stem) => (counts.has(stem) || stem.length < SLIP_LETTERS_MIN ? false : SLIP_SHARE) })
      .slice(0, NEAREST_MESSAGES);
    const votes = new Float64Array(LABELS.length).fill(FIRST_VOTE);
    const best = found[0]?.score ?? 1;
    for (const { id, score } of found) {
      const label = messages[Number(id)]?.label;
      if (label !== undefined) votes[label] = (votes[label] ?? 0) + (score / best) ** VOTE_POWER;
    }
    const total = votes.reduce((sum, vote) => sum + vote, 0);
    return votes.map((vote) => vote / total);
  };
}

function countStems(messages: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const stem of messages.flatMap((stems) => [...new Set(stems)])) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return counts;
}
