import type { Clock } from '../../lib/clock.ts';
import { createPacer } from '../../services/pacer.ts';
import type { WindowLimit } from '../../services/sliding-window.ts';
import { rootOf } from './conversations.core.ts';

/** Runs a call to the Teams connector when its limits allow. */
export type TeamsPace = <T>(
  lane: { tenantId: string; conversationId: string; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
) => Promise<T>;

/** The connector's limits: windows of one thread, and of one tenant. */
export type TeamsLimits = { thread: readonly WindowLimit[]; tenant: WindowLimit };

/**
 * What Microsoft allows one bot in one thread and in one tenant ("Rate limiting for bots"). Each process keeps the whole
 * of it: over all of them only a few jobs of one customer run at once.
 */
const TEAMS_LIMITS: TeamsLimits = {
  thread: [
    { limit: 1_800, windowMs: 3_600_000 },
    { limit: 60, windowMs: 30_000 },
    { limit: 8, windowMs: 2_000 },
    { limit: 7, windowMs: 1_000 },
  ],
  tenant: { limit: 50, windowMs: 1_000 },
};

/** Creates the pace of one process: the wide windows are asked first, so that a call waits where it waits longest. */
export function createTeamsPace(clock: Clock, limits = TEAMS_LIMITS): TeamsPace {
  const threads = limits.thread.map((perLane) => createPacer({ clock, perLane }));
  const tenants = createPacer({ clock, perLane: limits.tenant });
  return ({ tenantId, conversationId, signal }, work) => {
    // The threads of a channel are counted together.
    const thread = `${tenantId}/${rootOf(conversationId)}`;
    const inTenant = () => tenants.run({ lane: tenantId, signal }, work);
    return threads.reduceRight<() => ReturnType<typeof work>>(
      (next, pacer) => () => pacer.run({ lane: thread, signal }, next),
      inTenant,
    )();
  };
}
