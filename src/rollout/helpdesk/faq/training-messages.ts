import { readFileSync } from 'node:fs';
import { type Language, TOPIC_IDS, type TopicId } from './faq-types.core.ts';

/** A message that somebody labelled; `topic` is null where it is not about MFA. */
export type LabelledMessage = { text: string; topic: TopicId | null; language: Language };

/**
 * Each list was written by other hands; cross-validation leaves out one at a time. Only the authors of `channel` and of
 * `strangers` knew the matching: `channel` holds what was mistaken before, very short messages, and others that only sound
 * like ours; `strangers` says the matters of every topic without its words, beside the same sentences about other things.
 */
export const SOURCES = ['house', 'english', 'german', 'channel', 'strangers'] as const;
export type Source = (typeof SOURCES)[number];

const isTopic = (value: unknown): value is TopicId => (TOPIC_IDS as readonly unknown[]).includes(value);

/** The messages of one list; refuses (throws) a line that is not a labelled message. */
export function readMessages(source: Source): LabelledMessage[] {
  const file = readFileSync(new URL(`training/${source}.ndjson`, import.meta.url), 'utf8');
  return file
    .split('\n')
    .filter((line) => line !== '')
    .map(parseMessage);
}

/** Reads one line of a list of labelled messages; refuses (throws) anything else. */
export function parseMessage(line: string): LabelledMessage {
  const { text, topic, language } = JSON.parse(line) as Record<string, unknown>;
  const isLabel = topic === null || isTopic(topic);
  if (typeof text === 'string' && isLabel && (language === 'en' || language === 'de')) return { text, topic, language };
  throw new Error(`not a labelled message: ${line}`);
}
