import type { Language, TopicId } from './faq-types.core.ts';

/** Combinations of notions that speak for a topic whatever the words; the grammar of a sign stands in docs/faq-matching.md. */
export type Signs = {
  /** They name the matter so that no other IT question reads like it. */
  strong?: readonly string[];
  /** They hint at it. */
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
  signs: Signs;
};
