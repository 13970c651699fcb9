import { readFileSync } from 'node:fs';
import { featuresOf } from './features.core.ts';
import { LABELS } from './labels.core.ts';
import { chancesOf, type Model, readModel } from './model.core.ts';
import { createNearest } from './nearest.ts';
import { createReader, type Reader } from './reader.ts';
import { type LabelledMessage, readMessages, SOURCES } from './training-messages.ts';
import { readable, wordsOf } from './words.core.ts';

/** The chance of every label of LABELS for a message. */
export type Matcher = (text: string) => Float64Array;

/** How much the nearest known messages say beside the model; chosen by cross-validation. */
const NEAREST_SHARE = 0.2;
/** A word that only one message has may be its author's slip. */
const KNOWN_WORD_MESSAGES_MIN = 2;

/** The matcher of the committed model. */
export function loadMatcher(): Matcher {
  const messages = SOURCES.flatMap(readMessages);
  const model = readModel(readFileSync(new URL('model.bin', import.meta.url)));
  return createMatcher({ model, messages, read: createReader(knownWords(messages)) });
}

/** Weighs the model's opinion with the labels of the nearest messages. */
export function createMatcher(source: { model: Model; messages: readonly LabelledMessage[]; read: Reader }): Matcher {
  const { model, messages, read } = source;
  const nearest = createNearest(
    messages.map(({ text, topic }) => ({ stems: read.stemsOf(text), label: LABELS.indexOf(topic) })),
  );
  return (text) => {
    const message = read(text);
    const near = nearest(message.words.map(({ en }) => en));
    return chancesOf(model, featuresOf(message)).map(
      (chance, label) => (1 - NEAREST_SHARE) * chance + NEAREST_SHARE * (near[label] ?? 0),
    );
  };
}

/** The words that stand in more than one of the messages. */
export function knownWords(messages: readonly { text: string }[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { text } of messages) {
    for (const word of new Set(wordsOf(readable(text)))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count >= KNOWN_WORD_MESSAGES_MIN).map(([word]) => word));
}
