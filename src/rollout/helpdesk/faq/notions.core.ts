import { distance, folded } from './words.core.ts';

// Which notions of the lexicon a message names, and where. A word is recognised as written, by its stem in either
// language, by its beginning, as the last part of a German compound (Diensthandy is a Handy), or with a slip of the
// finger. What is a word of its own in our texts is never taken for a slip of another one.

export type Stemmers = Readonly<Record<'en' | 'de', (word: string) => string>>;

/** A notion at a place of the message, from the first word to the last. */
type Sighting = { from: number; to: number };
export type Sightings = ReadonlyMap<string, readonly Sighting[]>;

type Step = { text: string; isBeginning: boolean; isExact: boolean; en: string; de: string };
type Term = { notion: string; steps: readonly Step[] };
export type Lexicon = {
  terms: ReadonlyMap<string, readonly Term[]>;
  singles: readonly Term[];
  stem(word: string): { en: string; de: string };
};

/** The notion that gathers what is not ours. */
export const OTHER_MATTERS = 'other';

const STEM_LETTERS_MIN = 5;
const BEGINNING_KEY_LETTERS = 3;
const ENDING_LETTERS_MAX = 4;
const COMPOUND_HEAD_LETTERS_MIN = 4;
const COMPOUND_REST_LETTERS_MIN = 3;
const SLIP_LETTERS_MIN = 5;
const TWO_SLIPS_LETTERS_MIN = 9;

/** Reads the lexicon once. Terms are found by the first three letters of their first word, which stemming keeps. */
export function readLexicon(source: Readonly<Record<string, string>>, stemmers: Stemmers): Lexicon {
  const stem = (word: string) => ({ en: stemmers.en(word), de: stemmers.de(word) });
  const terms = new Map<string, Term[]>();
  const singles: Term[] = [];
  for (const [notion, list] of Object.entries(source)) {
    for (const text of new Set(list.split(',').map((part) => folded(part.trim())))) {
      const steps = text
        .split(/[\s.]+/)
        .filter((part) => part !== '')
        .map((part) => readStep(part, stem));
      const [first] = steps;
      if (first === undefined) continue;
      const term = { notion, steps };
      const key = first.text.slice(0, BEGINNING_KEY_LETTERS);
      terms.set(key, [...(terms.get(key) ?? []), term]);
      if (steps.length === 1) singles.push(term);
    }
  }
  return { terms, singles, stem };
}

function readStep(part: string, stem: Lexicon['stem']): Step {
  const isBeginning = part.endsWith('*');
  const isExact = part.startsWith('=');
  const text = part.slice(isExact ? 1 : 0, isBeginning ? -1 : part.length);
  return { text, isBeginning, isExact, ...stem(text) };
}

type Word = { text: string; en: string; de: string };

/** The notions of a message by name. `isKnown` tells words of our own texts, which are taken as they stand. */
export function notionsOf(words: readonly string[], lexicon: Lexicon, isKnown: (word: string) => boolean): Sightings {
  const found = new Map<string, Sighting[]>();
  const add = (notion: string, from: number, to: number) => {
    found.set(notion, [...(found.get(notion) ?? []), { from, to }]);
  };
  const read = words.map((text): Word => ({ text, ...lexicon.stem(text) }));
  for (const [at, { text }] of read.entries()) {
    const direct = (lexicon.terms.get(text.slice(0, BEGINNING_KEY_LETTERS)) ?? []).filter((term) =>
      fits(term, read, at),
    );
    for (const term of direct) add(term.notion, at, at + term.steps.length - 1);
    const singles = direct.filter((term) => term.steps.length === 1);
    if (singles.some(({ steps }) => isWhole(text, steps[0]))) continue;
    const heads = compoundHeads(text, lexicon);
    for (const notion of heads) add(notion, at, at);
    if (singles.length > 0 || heads.length > 0 || isKnown(text)) continue;
    for (const notion of slips(text, lexicon)) add(notion, at, at);
  }
  return withoutParts(found);
}

/** Dienst* says little about a Diensthandy, Handy* nearly all about the plural. */
function isWhole(word: string, step: Step | undefined): boolean {
  return step !== undefined && (!step.isBeginning || word.length - step.text.length <= ENDING_LETTERS_MAX);
}

/** A word that belongs to a longer term of the field is no other matter: the shop of a shop floor, the key of a USB key. */
function withoutParts(found: Map<string, Sighting[]>): Sightings {
  const others = found.get(OTHER_MATTERS) ?? [];
  const longer = [...found].filter(([notion]) => notion !== OTHER_MATTERS).flatMap(([, sightings]) => sightings);
  const left = others.filter(
    ({ from, to }) => !longer.some((span) => span.from <= from && span.to >= to && span.to - span.from > to - from),
  );
  if (left.length > 0) return found.set(OTHER_MATTERS, left);
  found.delete(OTHER_MATTERS);
  return found;
}

function fits(term: Term, words: readonly Word[], at: number): boolean {
  return term.steps.every((step, offset) => {
    const word = words[at + offset];
    if (word === undefined) return false;
    if (word.text === step.text) return true;
    if (step.isExact) return false;
    if (step.isBeginning) return word.text.startsWith(step.text);
    if (word.text === `${step.text}s`) return true;
    if (Math.min(word.text.length, step.text.length) < STEM_LETTERS_MIN) return false;
    return word.en === step.en || word.de === step.de;
  });
}

function compoundHeads(word: string, lexicon: Lexicon): string[] {
  let best: { length: number; notions: Set<string> } = { length: 0, notions: new Set() };
  for (const { notion, steps } of lexicon.singles) {
    const [head] = steps;
    if (head === undefined || head.text.length < COMPOUND_HEAD_LETTERS_MIN || head.text.length < best.length) continue;
    if (word.length - head.text.length < COMPOUND_REST_LETTERS_MIN || !word.endsWith(head.text)) continue;
    if (head.text.length > best.length) best = { length: head.text.length, notions: new Set() };
    best.notions.add(notion);
  }
  return [...best.notions];
}

function slips(word: string, lexicon: Lexicon): string[] {
  if (word.length < SLIP_LETTERS_MIN) return [];
  const max = word.length >= TWO_SLIPS_LETTERS_MIN ? 2 : 1;
  let best: { distance: number; notions: Set<string> } = { distance: max, notions: new Set() };
  for (const { notion, steps } of lexicon.singles) {
    const text = steps[0]?.text ?? '';
    if (text.length < SLIP_LETTERS_MIN || text[0] !== word[0]) continue;
    const part = steps[0]?.isBeginning === true ? word.slice(0, Math.max(text.length, SLIP_LETTERS_MIN)) : word;
    const apart = distance(part, text, best.distance);
    if (apart > best.distance) continue;
    if (apart < best.distance) best = { distance: apart, notions: new Set() };
    best.notions.add(notion);
  }
  return [...best.notions];
}
