import type { FaqAction, TopicId } from './faq-types.core.ts';

// What the bot does with a message. A helpdesk channel is mostly about other things, and a bot that answers chatter is
// switched off within a day; so silence is the default, and a topic must be earned: by a sign that names it, or by
// likeness to its phrasings in a message that is about signing in at all.

export type Evidence = {
  /** What each topic's signs say. */
  signs: ReadonlyMap<TopicId, { kind: 'strong' | 'fair'; items: number }>;
  /** What was learned from the phrasings: each topic's chance; what is missing to 1 is the chance that it is none. */
  chances: ReadonlyMap<TopicId, number>;
  /** Likeness to the phrasings of each topic, and to messages that are not ours. */
  likeness: ReadonlyMap<TopicId, number>;
  unrelated: number;
  /** Is the message about MFA by its words (`named`), about signing in in a wide sense (`near`), or neither? */
  domain: 'named' | 'near' | 'none';
  /** Does it mention other matters of an office? */
  isOther: boolean;
  /** Does it ask for something? */
  isAsking: boolean;
};

export type Verdict = { action: FaqAction; topics: { topic: TopicId; score: number }[] };

export const THRESHOLDS = {
  /** What a sign says by itself, and how much each further notion it needs adds. */
  strong: 0.72,
  fair: 0.5,
  perItem: 0.03,
  /** Likeness counts less than a sign, since it hangs on the words chosen. */
  likenessWeight: 0.75,
  /** How much of a topic's score was learned; the rest are its signs and likeness. */
  learnedWeight: 0.65,
  /** How likely a message must be ours, by how plain its words are. */
  oursNamed: 0.35,
  oursNear: 0.6,
  oursNone: 0.75,
  /** Other matters of an office in the message ask for more. */
  otherMatters: 0.15,
  /** A message this much closer to what is not ours is left alone unless it names MFA. */
  unrelatedLead: 0.2,
  /** Two topics closer than this are both offered. */
  closeBy: 0.04,
  candidatesMax: 3,
  /** Below this nothing fits, and a message about MFA goes to a person. */
  fits: 0.2,
} as const;

/** Ranks the topics and decides between answering, asking back, handing over and silence. */
export function decide(evidence: Evidence, needsPerson: (topic: TopicId) => boolean): Verdict {
  const [first, ...others] = rank(evidence);
  if (first === undefined || !isOurs(evidence)) return { action: 'silent', topics: [] };
  if (needsPerson(first.topic) || first.score < THRESHOLDS.fits) return { action: 'handOver', topics: [first] };
  const close = others.filter(({ score }) => first.score - score < THRESHOLDS.closeBy);
  if (close.length === 0) return { action: 'answer', topics: [first] };
  return { action: 'askBack', topics: [first, ...close].slice(0, THRESHOLDS.candidatesMax) };
}

function isOurs({ chances, likeness, unrelated, domain, isOther }: Evidence): boolean {
  const ours = [...chances.values()].reduce((sum, chance) => sum + chance, 0);
  const needed = { named: THRESHOLDS.oursNamed, near: THRESHOLDS.oursNear, none: THRESHOLDS.oursNone }[domain];
  if (domain === 'named') return ours >= needed;
  if (unrelated - Math.max(0, ...likeness.values()) > THRESHOLDS.unrelatedLead) return false;
  return ours >= needed + (isOther ? THRESHOLDS.otherMatters : 0);
}

function rank({ chances, signs, likeness }: Evidence): Verdict['topics'] {
  const ours = [...chances.values()].reduce((sum, chance) => sum + chance, 0);
  return [...chances]
    .map(([topic, chance]) => {
      const seen = scoreOf(signs.get(topic), likeness.get(topic) ?? 0);
      const learned = ours > 0 ? chance / ours : 0;
      return { topic, score: THRESHOLDS.learnedWeight * learned + (1 - THRESHOLDS.learnedWeight) * seen };
    })
    .sort((left, right) => right.score - left.score);
}

function scoreOf(sign: { kind: 'strong' | 'fair'; items: number } | undefined, likeness: number): number {
  const shown = sign === undefined ? 0 : THRESHOLDS[sign.kind] + THRESHOLDS.perItem * (sign.items - 1);
  return 1 - (1 - shown) * (1 - THRESHOLDS.likenessWeight * likeness);
}
