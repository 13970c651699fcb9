import type { Language, TopicId } from './faq-types.core.ts';

/** How a topic is recognised beyond its phrasings; the grammar of a sign stands in docs/faq-matching.md. */
export type Signs = {
  /** Enough on their own: they name the matter so that no other IT question reads like it. */
  strong?: readonly string[];
  /** Enough when the message is about sign-in as well. */
  fair?: readonly string[];
};

/** One topic as its editors write it. */
export type TopicData = {
  id: TopicId;
  /** True: a person has to act, so the bot hands over after its answer. */
  needsPerson: boolean;
  /** True: the topic opens a fixed route of the helpdesk. */
  opensRoute: boolean;
  /** The page of the enrolment guide that fits. */
  guide: 'authenticator' | 'passkey' | 'security-key' | 'sms' | 'hardware-token' | null;
  texts: Readonly<Record<Language, { title: string; answer: string; nextStep: string }>>;
  phrasings: Readonly<Record<Language, readonly string[]>>;
  signs: Signs;
};

/** One phrasing per line, so that editors write plain text. */
export function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
