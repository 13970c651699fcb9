import type { FaqAction, TopicId } from './faq-types.core.ts';
import { LABELS, UNRELATED_LABEL } from './labels.core.ts';

// What the bot does with a message, from the chance of every topic. A helpdesk channel is mostly about other things,
// and a bot that answers chatter is switched off within a day; so silence is the default and a topic must be earned.

export type Verdict = { action: FaqAction; topics: { topic: TopicId; score: number }[] };

export const THRESHOLDS = {
  /** How likely a message must be ours; set by hand. Figures stand in docs/faq-evaluation.md. */
  ours: 0.7,
  /** A runner-up with this share of the leader's chance is offered beside it. */
  closeBy: 0.8,
  /** A neighbour of the leader is offered earlier: the wrong one of the two would send somebody the wrong way. */
  closeNeighbour: 0.5,
  candidatesMax: 3,
  /** No topic with this chance among those that are ours: nothing fits, and a person has to look. */
  fits: 0.2,
} as const;

/** Topics that read alike and are answered differently; a message between two of them is asked back. */
const NEIGHBOURS: readonly (readonly TopicId[])[] = [
  ['lost-phone', 'no-phone', 'locked-out'],
  ['no-phone', 'private-phone'],
  ['code-not-arriving', 'unexpected-prompt', 'locked-out'],
  ['app-password', 'old-mail-app', 'scanner'],
];

/** Ranks the topics and decides between answering, asking back, handing over and silence. */
export function decide(chances: Float64Array, needsPerson: (topic: TopicId) => boolean): Verdict {
  const ours = 1 - (chances[UNRELATED_LABEL] ?? 0);
  const ranked = LABELS.flatMap((topic, label) => (topic === null ? [] : [{ topic, score: chances[label] ?? 0 }])).sort(
    (left, right) => right.score - left.score,
  );
  const [first, ...others] = ranked;
  if (first === undefined || ours < THRESHOLDS.ours) return { action: 'silent', topics: [] };
  if (needsPerson(first.topic) || first.score < THRESHOLDS.fits) return { action: 'handOver', topics: [first] };
  const close = others.filter(({ topic, score }) => score > first.score * shareToBeClose(first.topic, topic));
  if (close.length === 0) return { action: 'answer', topics: [first] };
  return { action: 'askBack', topics: [first, ...close].slice(0, THRESHOLDS.candidatesMax) };
}

function shareToBeClose(leader: TopicId, other: TopicId): number {
  const areNeighbours = NEIGHBOURS.some((topics) => topics.includes(leader) && topics.includes(other));
  return areNeighbours ? THRESHOLDS.closeNeighbour : THRESHOLDS.closeBy;
}
