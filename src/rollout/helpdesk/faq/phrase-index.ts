import MiniSearch from 'minisearch';
import type { Language, TopicId } from './faq-types.core.ts';
import { isLittleWord } from './language.core.ts';
import { type Lexicon, notionsOf } from './notions.core.ts';
import type { TopicData } from './topic-data.ts';
import { wordsOf } from './words.core.ts';

/** How alike a message and the best phrasing of each topic are, 0 to 1; `unrelated` stands for everything else. */
export type Likeness = { topics: ReadonlyMap<TopicId, number>; unrelated: number };

export type PhraseIndex = {
  /** Finds phrasings that share words, stems or notions with the message. */
  likenessOf(words: readonly string[]): Likeness;
  /** True for a word that stands in our own texts. */
  isKnown(word: string): boolean;
};

type Phrase = { id: number; topic: TopicId | null; stems: string; notions: string };

const FIELD_WEIGHTS = { stems: 1, notions: 1.6 };
const NEAREST_PHRASES = 40;
const SEARCHED_TERMS_MAX = 60;
/** A word that none of our texts has says that the message has matters of its own, but less than a shared word says. */
const UNKNOWN_WORD_SHARE = 0.6;
const LITTLE_WORD_SHARE = 0.12;
const SLIP_SHARE = 0.2;
const SLIPS_MAX = 2;
const SLIP_LETTERS_MIN = 5;

/** Builds the index of every phrasing once; searching it afterwards changes nothing. */
export function createPhraseIndex(source: {
  topics: readonly TopicData[];
  unrelated: Readonly<Record<Language, readonly string[]>>;
  lexicon: Lexicon;
}): PhraseIndex {
  const { topics, unrelated, lexicon } = source;
  const texts = topics.flatMap(({ id, phrasings }) =>
    [...phrasings.en, ...phrasings.de].map((text) => ({ topic: id as TopicId | null, text })),
  );
  texts.push(...[...unrelated.en, ...unrelated.de].map((text) => ({ topic: null, text })));
  const known = new Set(texts.flatMap(({ text }) => wordsOf(text)));
  const isKnown = (word: string) => known.has(word) || isLittleWord(word);
  const termsOf = (words: readonly string[]) => readTerms(words, lexicon, isKnown);

  const phrases = texts.map(({ topic, text }, id): Phrase & { terms: Terms } => {
    const terms = termsOf(wordsOf(text));
    return { id, topic, stems: terms.stems.join(' '), notions: terms.notions.join(' '), terms };
  });
  const weigh = weigher(phrases.map(({ terms }) => terms));
  const index = new MiniSearch<Phrase>({
    fields: ['stems', 'notions'],
    tokenize: (text) => text.split(' ').filter((term) => term !== ''),
    processTerm: (term) => term,
  });
  index.addAll(phrases);
  const sizes = phrases.map(({ terms }) => weigh.sum(terms));

  return {
    isKnown,
    likenessOf: (words) => {
      const terms = termsOf(words);
      const query = [...terms.stems, ...terms.notions].slice(0, SEARCHED_TERMS_MAX);
      const results = index.search(query.join(' '), {
        boost: FIELD_WEIGHTS,
        fuzzy: (term) => (weigh.has(term) || term.length < SLIP_LETTERS_MIN ? false : SLIP_SHARE),
        maxFuzzy: SLIPS_MAX,
      });
      const own = weigh.sum(terms);
      const best = new Map<TopicId | null, number>();
      for (const { id, queryTerms, terms: matched } of results.slice(0, NEAREST_PHRASES)) {
        const phrase = phrases[id as number];
        const size = sizes[id as number];
        if (phrase === undefined || size === undefined || own === 0 || size === 0) continue;
        const likeness = Math.sqrt(
          (Math.min(own, weigh.of(queryTerms)) / own) * (Math.min(size, weigh.of(matched)) / size),
        );
        best.set(phrase.topic, Math.max(best.get(phrase.topic) ?? 0, likeness));
      }
      const unrelatedBest = best.get(null) ?? 0;
      best.delete(null);
      return { topics: best as Map<TopicId, number>, unrelated: unrelatedBest };
    },
  };
}

type Terms = { stems: readonly string[]; notions: readonly string[] };

/** Stems carry the word itself, notions what it stands for in either language. */
function readTerms(words: readonly string[], lexicon: Lexicon, isKnown: (word: string) => boolean): Terms {
  const stems = [...new Set(words.map((word) => (isLittleWord(word) ? `~${word}` : lexicon.stem(word).en)))];
  const notions = [...notionsOf(words, lexicon, isKnown).keys()].map((notion) => `#${notion}`);
  return { stems, notions };
}

/** Rare terms say more than frequent ones (inverse document frequency). */
function weigher(phrases: readonly Terms[]) {
  const counts = new Map<string, number>();
  for (const { stems, notions } of phrases) {
    for (const term of [...stems, ...notions]) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const heaviest = Math.log(phrases.length);
  const weight = (term: string) => {
    const count = counts.get(term);
    const rarity = count === undefined ? heaviest * UNKNOWN_WORD_SHARE : Math.log(1 + phrases.length / (1 + count));
    if (term.startsWith('~')) return rarity * LITTLE_WORD_SHARE;
    return term.startsWith('#') ? rarity * FIELD_WEIGHTS.notions : rarity;
  };
  const of = (terms: Iterable<string>) => [...new Set(terms)].reduce((sum, term) => sum + weight(term), 0);
  return {
    has: (term: string) => counts.has(term),
    of,
    sum: ({ stems, notions }: Terms) => of([...stems, ...notions]),
  };
}
