import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../../store/database.ts';
import { forgetDone } from '../../store/outbox.ts';
import type { Forgetting } from '../../work/upkeep.ts';
import type { Rollout } from '../phases/phase-types.core.ts';
import { oldBefore } from '../phases/rollout-end.ts';
import { deleteHandOvers, deletePosts, readOldHandOvers, readOldPosts } from './conversations.store.ts';
import { postEffectKey } from './conversations.ts';

export type OldMessagesDeps = {
  database: Database;
  clock: Clock;
  phases: { current(customerId: string): Promise<Rollout | null> };
};

/** In one transaction, for which everybody else waits on the embedded store. */
const BATCH = 200;

/**
 * Creates what removes old messages of the bot and answered questions, long after the newest rollout's end. Kept are all
 * copies of a card that can still be brought up to date, questions that nobody took, and messages whose job is not done.
 * The name of the effect goes with its message: whoever presses an old button afterwards is heard as for the first time.
 */
export function createForgetMessages({ database, clock, phases }: OldMessagesDeps): Forgetting {
  return async (customerId) => {
    const beforeMs = oldBefore(await phases.current(customerId), clock.now());
    if (beforeMs === null) return 0;
    const before = new Date(beforeMs);
    return database.withCustomer(customerId, async (tx) => {
      const posts = await readOldPosts(tx, before, BATCH);
      await forgetDone(tx, posts.map(postEffectKey));
      await deletePosts(tx, posts);
      const questions = await readOldHandOvers(tx, before, BATCH);
      await deleteHandOvers(tx, questions);
      return posts.length + questions.length;
    });
  };
}
