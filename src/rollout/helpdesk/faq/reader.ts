import { stemmer as stemEnglish } from '@orama/stemmers/english';
import { stemmer as stemGerman } from '@orama/stemmers/german';
import type { ReadMessage } from './features.core.ts';
import { isLittleWord } from './language.core.ts';
import { LEXICON } from './lexicon.ts';
import { notionsOf, readLexicon, type Sightings } from './notions.core.ts';
import { readSign, type Sign, showsSign } from './signs.core.ts';
import { ALL_TOPICS } from './topics/all-topics.ts';
import { readable, wordsOf } from './words.core.ts';

/** Reads a message into words, notions and signs; `stemsOf` stops at the words' stems. */
export type Reader = ((text: string) => ReadMessage) & { stemsOf(text: string): string[] };

/** A reader that takes the words of `known` as they stand and all others for possible slips of the finger. */
export function createReader(known: ReadonlySet<string>): Reader {
  const stem = { en: remembered(stemEnglish), de: remembered(stemGerman) };
  const lexicon = readLexicon(LEXICON, stem);
  const isKnown = (word: string) => known.has(word) || isLittleWord(word);
  const topics = ALL_TOPICS.map(({ id, signs: { strong = [], fair = [] } }) => ({
    id,
    strong: strong.map(readSign),
    fair: fair.map(readSign),
  }));
  const read = (text: string): ReadMessage => {
    const words = wordsOf(readable(text));
    const sightings = notionsOf(words, lexicon, isKnown);
    const signs = topics.flatMap(({ id, strong, fair }) => {
      const kind = shownKind({ strong, fair }, sightings);
      return kind === null ? [] : [{ topic: id, kind }];
    });
    return { text, words: words.map((word) => ({ text: word, ...lexicon.stem(word) })), sightings, signs };
  };
  return Object.assign(read, { stemsOf: (text: string) => wordsOf(readable(text)).map(stem.en) });
}

function shownKind(
  { strong, fair }: { strong: readonly Sign[]; fair: readonly Sign[] },
  sightings: Sightings,
): 'strong' | 'fair' | null {
  if (strong.some((sign) => showsSign(sign, sightings))) return 'strong';
  return fair.some((sign) => showsSign(sign, sightings)) ? 'fair' : null;
}

/** Messages repeat the same few thousand words; the memory is emptied when strange ones have filled it. */
const REMEMBERED_WORDS_MAX = 20_000;

function remembered(stem: (word: string) => string): (word: string) => string {
  const memory = new Map<string, string>();
  return (word) => {
    const known = memory.get(word);
    if (known !== undefined) return known;
    if (memory.size >= REMEMBERED_WORDS_MAX) memory.clear();
    const stemmed = stem(word);
    memory.set(word, stemmed);
    return stemmed;
  };
}
