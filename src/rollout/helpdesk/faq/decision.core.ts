import type { FaqAction, TopicId } from './faq-types.core.ts';

// What the bot does with a message. A helpdesk channel is mostly about other things, and a bot that answers chatter is
// switched off within a day; so silence is the default, and a topic must be earned: by a sign that names it, or by
// likeness to its phrasings in a message that is about signing in at all.

export type Evidence = {
  /** What each topic's signs say. */
  signs: ReadonlyMap<TopicId, { kind: 'strong' | 'fair'; items: number }>;
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
  strong: 0.72,
  fair: 0.5,
  /** Each further notion a sign needs makes it more special. */
  perItem: 0.03,
  /** Likeness counts less than a sign, since it hangs on the words chosen. */
  likenessWeight: 0.75,
  answer: 0.55,
  /** Two topics closer than this are both offered. */
  closeBy: 0.02,
  candidatesMax: 3,
  /** Likeness that is enough without a sign, by how plain it is that the message is ours. */
  alikeNamed: 0.3,
  alikeNear: 0.66,
  alikeAlone: 0.86,
  /** Likeness that makes a statement about MFA worth a person's look. */
  resembles: 0.25,
  /** A message this much closer to what is not ours is left alone. */
  unrelatedLead: 0.12,
} as const;

/** Ranks the topics and decides between answering, asking back, handing over and silence. */
export function decide(evidence: Evidence, needsPerson: (topic: TopicId) => boolean): Verdict {
  const ranked = rank(evidence).filter(({ topic }) => isEarned(topic, evidence));
  const [first, ...others] = ranked;
  if (first === undefined || first.score < THRESHOLDS.answer) return undecided(ranked, evidence);
  if (needsPerson(first.topic)) return { action: 'handOver', topics: [first] };
  const close = others.filter(({ score }) => first.score - score < THRESHOLDS.closeBy);
  if (close.length === 0) return { action: 'answer', topics: [first] };
  return { action: 'askBack', topics: [first, ...close].slice(0, THRESHOLDS.candidatesMax) };
}

/** About MFA, and nothing fits well: a person shall see it when it asks for something or resembles a topic at all. */
function undecided(ranked: Verdict['topics'], evidence: Evidence): Verdict {
  const [best] = ranked.length > 0 ? ranked : rank(evidence);
  const resembles = (best?.score ?? 0) >= THRESHOLDS.resembles;
  if (evidence.domain !== 'named' || evidence.isOther || !(evidence.isAsking || resembles)) {
    return { action: 'silent', topics: [] };
  }
  return { action: 'handOver', topics: [best ?? { topic: 'talk-to-human', score: 0 }] };
}

function rank({ signs, likeness }: Evidence): Verdict['topics'] {
  const topics = new Set([...signs.keys(), ...likeness.keys()]);
  return [...topics]
    .map((topic) => ({ topic, score: scoreOf(signs.get(topic), likeness.get(topic) ?? 0) }))
    .sort((left, right) => right.score - left.score);
}

function scoreOf(sign: { kind: 'strong' | 'fair'; items: number } | undefined, likeness: number): number {
  const shown = sign === undefined ? 0 : THRESHOLDS[sign.kind] + THRESHOLDS.perItem * (sign.items - 1);
  return 1 - (1 - shown) * (1 - THRESHOLDS.likenessWeight * likeness);
}

function isEarned(topic: TopicId, evidence: Evidence): boolean {
  const { signs, likeness, unrelated, domain, isOther } = evidence;
  const alike = likeness.get(topic) ?? 0;
  const isLead = unrelated - alike > THRESHOLDS.unrelatedLead && domain !== 'named';
  const sign = signs.get(topic);
  if (sign?.kind === 'strong') return domain === 'named' || unrelated - alike <= THRESHOLDS.unrelatedLead * 2;
  if (isLead || (isOther && domain !== 'named')) return alike >= THRESHOLDS.alikeAlone && alike > unrelated;
  if (sign !== undefined)
    return domain !== 'none' && (domain === 'named' || alike >= unrelated - THRESHOLDS.unrelatedLead / 2);
  if (alike <= unrelated) return false;
  const needed = { named: THRESHOLDS.alikeNamed, near: THRESHOLDS.alikeNear, none: THRESHOLDS.alikeAlone }[domain];
  return alike >= needed;
}
