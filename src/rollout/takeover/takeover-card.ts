import { enqueue } from '../../store/outbox.ts';
import type { Phases } from '../phases/phases.ts';

/**
 * The same phases; when a rollout is finished, what asks for the old MFA to be taken out is put into the channel and
 * before everybody who decides, once for each rollout, in the transaction that finishes it. It follows from then on.
 */
export function withTakeoverCard(phases: Phases): Phases {
  return {
    ...phases,
    finish: async (tx, rolloutId, at) => {
      await phases.finish(tx, rolloutId, at);
      const payload = { subject: 'takeover', occasion: rolloutId, toDeciders: true };
      await enqueue(tx, { kind: 'cards.post', key: `cards.post:takeover:${rolloutId}`, payload, dueAt: at });
    },
  };
}
