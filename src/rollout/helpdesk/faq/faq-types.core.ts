// What a question to the helpdesk's FAQ is answered with. The topics are the ones people ask about in every rollout;
// which of them open a route of the helpdesk follows from who has to act.

export type Language = 'en' | 'de';

/** Every topic, in the order in which the FAQ is posted. */
export const TOPIC_IDS = [
  'what-is-mfa',
  'why-now',
  'when-me',
  'how-to-enrol',
  'which-methods',
  'no-phone',
  'private-phone',
  'lost-phone',
  'locked-out',
  'am-i-done',
  'prompt-too-often',
  'unexpected-prompt',
  'travel',
  'old-mail-app',
  'scanner',
  'shared-mailbox',
  'app-password',
  'code-not-arriving',
  'number-matching',
  'privacy',
  'postpone',
  'security-key',
  'talk-to-human',
  'guest',
] as const;

export type TopicId = (typeof TOPIC_IDS)[number];

/** `answer`: one clear topic. `askBack`: a few close ones. `handOver`: a person has to act. `silent`: not about MFA. */
export type FaqAction = 'answer' | 'askBack' | 'handOver' | 'silent';

/** A topic's text in one language. */
export type FaqTopicText = {
  id: TopicId;
  language: Language;
  title: string;
  answer: string;
  nextStep: string;
  /** The page of the enrolment guide that fits. */
  guide: 'authenticator' | 'passkey' | 'security-key' | 'sms' | 'hardware-token' | null;
  opensRoute: boolean;
};

/** The answer to a message. `topic` is null exactly when the action is `silent`. */
export type FaqMatch = {
  topic: TopicId | null;
  /** 0 to 1: how sure the match is; 0 when silent. */
  score: number;
  action: FaqAction;
  language: Language;
  /** The close topics of an `askBack`, best first; empty otherwise. */
  candidates: { topic: TopicId; score: number; title: string }[];
  text: FaqTopicText | null;
};
