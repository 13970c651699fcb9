/** The card of a takeover in its states. */
import type { Card } from '../../bot/cards/card.ts';
import type { Frame } from '../../bot/cards/exceptions.card.ts';
import { type TakeoverView, takeoverCard } from '../../bot/cards/takeover.card.ts';
import { wordsOf } from '../../src/rollout/takeover/takeover-texts.core.ts';

/** Every state of it; `name` stands wherever a person or a policy is named. */
export function takeoverCards(frame: Frame, name: string): Record<string, Card> {
  const step = { do: 'policy' as const, name: 'policy.1', policyId: '1', displayName: name, before: null };
  const words = wordsOf({ ...step, change: { state: 'disabled' }, signedAway: [] });
  const preview = { takeoverSteps: 4, phases: Array.from({ length: 8 }, () => name), policies: 2, groups: 9 };
  const left = Array.from({ length: 9 }, () => ({ step: name, why: name }));
  const view: TakeoverView = {
    ...{ state: null, digest: `sha256:${'ab12'.repeat(16)}`, shortDigest: 'ab12ab12ab12', first: [] },
    steps: Array.from({ length: 20 }, () => ({ ...words, state: 'planned', why: null })),
    ...{ left: 3, kept: 2, approvedBy: [name], missing: ['customer'], failure: null, mayDecide: false, notice: null },
    everything: { preview, last: null, isAsked: false },
  };
  const text = { en: 'The rollout is not finished.', de: 'Der Rollout ist nicht abgeschlossen.' };
  return {
    'takeover-planned': takeoverCard(view, frame),
    'takeover-to-approve': takeoverCard({ ...view, mayDecide: true, notice: text }, frame),
    'takeover-not-yet': takeoverCard({ ...view, digest: null, first: [{ message: text, clear: text }] }, frame),
    'takeover-done': takeoverCard({ ...view, state: 'done', mayDecide: true }, frame),
    'takeover-left': takeoverCard({ ...view, state: 'standing', failure: name, mayDecide: true }, frame),
    'takeover-undo-all': takeoverCard(
      { ...view, state: 'done', mayDecide: true, everything: { preview, last: null, isAsked: true } },
      frame,
    ),
    'takeover-all-undone': takeoverCard(
      { ...view, mayDecide: true, everything: { preview, last: { state: 'standing', left }, isAsked: false } },
      frame,
    ),
  };
}
