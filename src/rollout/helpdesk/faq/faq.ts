import { decide, type Verdict } from './decision.core.ts';
import type { FaqMatch, FaqTopicText, Language, TopicId } from './faq-types.core.ts';
import { isLittleWord, languageOf } from './language.core.ts';
import { loadMatcher, type Matcher } from './matcher.ts';
import type { TopicData } from './topic-data.ts';
import { ALL_TOPICS } from './topics/all-topics.ts';
import { readable, wordsOf } from './words.core.ts';

export type Faq = {
  /** Finds what to do with a message. Never refuses: a message that is too long is read in its first part. */
  ask(text: string, options?: { language?: Language }): FaqMatch;
  /** A topic's text in one language. */
  topic(id: TopicId, language: Language): FaqTopicText;
  /** Every topic, in the order in which the FAQ is posted. */
  topics: readonly TopicId[];
};

const SILENCE: Verdict = { action: 'silent', topics: [] };

/** The FAQ of the helpdesk bot: pure and synchronous; the model is read at the first question and kept. */
export function createFaq(): Faq {
  const data = new Map(ALL_TOPICS.map((topic) => [topic.id, topic]));
  let matcher: Matcher | undefined;
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
      matcher ??= loadMatcher();
      const read = readable(text);
      const words = wordsOf(read);
      const language = options.language ?? languageOf(words, read, 'en');
      const { action, topics } = saysNothing(words) ? SILENCE : decide(matcher(text), (id) => topicOf(id).needsPerson);
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

/** A smiley, or a lone "what": the model has nothing to go by and would answer with what is asked most. */
function saysNothing(words: readonly string[]): boolean {
  const [first, second] = words;
  return first === undefined || (second === undefined && isLittleWord(first));
}
