import { stemmer as stemEnglish } from '@orama/stemmers/english';
import { stemmer as stemGerman } from '@orama/stemmers/german';
import { learn } from './classifier.core.ts';
import { decide, type Evidence } from './decision.core.ts';
import type { FaqMatch, FaqTopicText, Language, TopicId } from './faq-types.core.ts';
import { languageOf } from './language.core.ts';
import { LEXICON } from './lexicon.ts';
import { type Lexicon, notionsOf, OTHER_MATTERS, readLexicon, type Sightings } from './notions.core.ts';
import { createPhraseIndex, type Likeness } from './phrase-index.ts';
import { readSign, type Sign, showsSign } from './signs.core.ts';
import type { TopicData } from './topic-data.ts';
import { ALL_TOPICS } from './topics/all-topics.ts';
import { UNRELATED } from './unrelated.ts';
import { readable, sentencesOf, wordsOf } from './words.core.ts';

export type Faq = {
  /** Finds what to do with a message. Never refuses: a message that is too long is read in its first part. */
  ask(text: string, options?: { language?: Language }): FaqMatch;
  /** A topic's text in one language. */
  topic(id: TopicId, language: Language): FaqTopicText;
  /** Every topic, in the order in which the FAQ is posted. */
  topics: readonly TopicId[];
};

/** The FAQ of the helpdesk bot: pure and synchronous; its index is built at the first question and kept. */
export function createFaq(): Faq {
  const data = new Map(ALL_TOPICS.map((topic) => [topic.id, topic]));
  let matcher: ((text: string) => Evidence) | undefined;
  const topicOf = (id: TopicId): TopicData => {
    const found = data.get(id);
    if (found === undefined) throw new Error(`the topic ${id} has no text`);
    return found;
  };
  const textOf = (id: TopicId, language: Language): FaqTopicText => {
    const { guide, opensRoute, texts } = topicOf(id);
    return { id, language, ...texts[language], guide, opensRoute };
  };
  return {
    topics: ALL_TOPICS.map(({ id }) => id),
    topic: textOf,
    ask: (text, options = {}) => {
      matcher ??= createMatcher();
      const read = readable(text);
      const language = options.language ?? languageOf(wordsOf(read), read, 'en');
      const { action, topics } = decide(matcher(read), (id) => topicOf(id).needsPerson);
      const [first] = topics;
      return {
        topic: first?.topic ?? null,
        score: first === undefined ? 0 : Math.round(first.score * 1000) / 1000,
        action,
        language,
        candidates:
          action === 'askBack'
            ? topics.map(({ topic, score }) => ({ topic, score, title: topicOf(topic).texts[language].title }))
            : [],
        text: first === undefined ? null : textOf(first.topic, language),
      };
    },
  };
}

const NAMED = ['mfa', 'authapp', 'apppw', 'matching'];
const NEAR = [
  ...['signin', 'auth', 'code', 'approve', 'prompt', 'lockout', 'cantget', 'account'],
  ...['sms', 'push', 'key', 'human', 'phone', 'intruder', 'enrol'],
];
const ASKING =
  /\b(help|how|why|what|when|where|who|can|need|stuck|problem|error|issue|please|trouble|hilfe|wie|warum|wieso|wann|wo|was|wer|kann|muss|brauche|fehler|bitte|geht nicht|not work\w*)\b/;
/** Longer messages are looked at sentence by sentence as well. */
const LONG_WORDS = 18;
const SENTENCES_MAX = 6;

function createMatcher(): (text: string) => Evidence {
  const lexicon = readLexicon(LEXICON, { en: remembered(stemEnglish), de: remembered(stemGerman) });
  const index = createPhraseIndex({ topics: ALL_TOPICS, unrelated: UNRELATED, lexicon });
  const topics = ALL_TOPICS.map(({ id, signs: { strong = [], fair = [] } }) => ({
    id,
    strong: strong.map(readSign),
    fair: fair.map(readSign),
  }));
  const read = (words: readonly string[]) => {
    const sightings = notionsOf(words, lexicon, index.isKnown);
    const signs = shownSigns(topics, sightings);
    return { sightings, signs, features: featuresOf({ words, sightings, signs, lexicon }) };
  };
  const examples = labelledPhrasings().map(({ label, text }) => ({ label, features: read(wordsOf(text)).features }));
  const classify = learn(examples, [...ALL_TOPICS.map(({ id }) => id), UNRELATED_LABEL]);
  return (text) => {
    const words = wordsOf(text);
    const { sightings, signs, features } = read(words);
    const parts = words.length > LONG_WORDS ? sentencesOf(text).slice(0, SENTENCES_MAX).map(wordsOf) : [];
    const chances = classify(features);
    return {
      signs,
      chances: new Map(ALL_TOPICS.map(({ id }) => [id, chances.get(id) ?? 0])),
      ...bestLikeness([words, ...parts].filter((part) => part.length > 0).map(index.likenessOf)),
      domain: domainOf(sightings),
      isOther: sightings.has(OTHER_MATTERS),
      isAsking: ASKING.test(words.join(' ')) || text.includes('?'),
    };
  };
}

const UNRELATED_LABEL = 'unrelated';

function labelledPhrasings(): { label: string; text: string }[] {
  const ours = ALL_TOPICS.flatMap(({ id, phrasings: { en, de } }) =>
    [...en, ...de].map((text) => ({ label: id as string, text })),
  );
  return [...ours, ...[...UNRELATED.en, ...UNRELATED.de].map((text) => ({ label: UNRELATED_LABEL, text }))];
}

type ReadMessage = { words: readonly string[]; sightings: Sightings; signs: Evidence['signs']; lexicon: Lexicon };

/** What is learned from: stems, neighbouring stems, notions, and the signs that are shown. */
function featuresOf({ words, sightings, signs, lexicon }: ReadMessage): string[] {
  const stems = words.map((word) => lexicon.stem(word).en);
  return [
    ...new Set([
      ...stems,
      ...stems.slice(1).map((stem, at) => `${stems[at]} ${stem}`),
      ...[...sightings.keys()].map((notion) => `#${notion}`),
      ...[...signs].map(([topic, { kind }]) => `!${kind} ${topic}`),
    ]),
  ];
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

/** The three letters also name a degree in fine arts. */
function domainOf(sightings: Sightings): Evidence['domain'] {
  const named = NAMED.filter((notion) => sightings.has(notion) && !(notion === 'mfa' && sightings.has('degree')));
  if (named.length > 0) return 'named';
  return NEAR.some((notion) => sightings.has(notion)) ? 'near' : 'none';
}

function bestLikeness(found: readonly Likeness[]): Pick<Evidence, 'likeness' | 'unrelated'> {
  const likeness = new Map<TopicId, number>();
  for (const { topics } of found) {
    for (const [topic, value] of topics) likeness.set(topic, Math.max(value, likeness.get(topic) ?? 0));
  }
  return { likeness, unrelated: Math.max(0, ...found.map(({ unrelated }) => unrelated)) };
}

type ReadTopic = { id: TopicId; strong: readonly Sign[]; fair: readonly Sign[] };

function shownSigns(topics: readonly ReadTopic[], sightings: Sightings): Evidence['signs'] {
  const shown = new Map<TopicId, { kind: 'strong' | 'fair'; items: number }>();
  for (const { id, strong, fair } of topics) {
    for (const [kind, list] of [
      ['strong', strong],
      ['fair', fair],
    ] as const) {
      const hits = list.filter((sign) => showsSign(sign, sightings));
      if (hits.length === 0 || shown.has(id)) continue;
      shown.set(id, { kind, items: Math.max(...hits.map(({ needed }) => needed)) });
    }
  }
  return shown;
}
