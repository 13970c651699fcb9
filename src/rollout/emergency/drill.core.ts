/**
 * A drill proves that an emergency account gets in: somebody starts it, signs in with the account, and the product sees
 * that sign-in in the tenant's own log (S2). It counts for so many days as the customer's file says.
 */
import { DAY_MS } from '../../lib/clock.ts';
import { isoOf, msOf } from '../../lib/instant.ts';
import type { Answer } from '../exceptions/exception-types.core.ts';
import type { Drill, DrillStanding, SeenSignIn } from './emergency-types.core.ts';

/** Long enough to fetch a key out of a safe. */
export const DRILL_HOURS = 4;

type At = { nowMs: number; drillDays: number };

/** How one account stands, by all of its drills. */
export function standingOf(drills: readonly Drill[], { nowMs, drillDays }: At): DrillStanding {
  const seen = latest(drills.flatMap(({ signedInAt }) => signedInAt ?? []));
  const open = drills.filter(({ signedInAt }) => signedInAt === null);
  const running = open.find(({ expiresAt }) => msOf(expiresAt) > nowMs);
  const missed = latest(open.map(({ expiresAt }) => expiresAt).filter((at) => msOf(at) <= nowMs));
  const dueMs = seen === null ? null : msOf(seen) + drillDays * DAY_MS;
  return {
    state: stateOf({ isRunning: running !== undefined, dueMs, nowMs }),
    drilledAt: seen,
    dueAt: dueMs === null ? null : isoOf(dueMs),
    runningUntil: running?.expiresAt ?? null,
    missedAt: missed !== null && (seen === null || missed > seen) ? missed : null,
  };
}

function stateOf(at: { isRunning: boolean; dueMs: number | null; nowMs: number }): DrillStanding['state'] {
  if (at.isRunning) return 'running';
  if (at.dueMs === null) return 'never';
  return at.nowMs <= at.dueMs ? 'drilled' : 'overdue';
}

/** Whether a drill counts at this moment; while a new one runs, the one before still does. */
export function isDrilled(drills: readonly Drill[], at: At): Answer {
  const { dueAt } = standingOf(drills, at);
  return dueAt !== null && at.nowMs <= msOf(dueAt) ? 'yes' : 'no';
}

/**
 * The drill that a sign-in belongs to: one of the same account that waited at that moment. The log tells of a sign-in
 * minutes later, so the moment of the sign-in counts and not when it was seen; background and refused ones prove nothing.
 */
export function drillOf(signIn: SeenSignIn, drills: readonly Drill[]): Drill | undefined {
  if (!signIn.interactive || !signIn.succeeded) return undefined;
  const atMs = msOf(signIn.at);
  return drills.find(
    (drill) =>
      drill.accountId === signIn.accountId &&
      atMs >= msOf(drill.startedAt) &&
      atMs <= msOf(drill.expiresAt) &&
      (drill.signInId === null || drill.signInId === signIn.id),
  );
}

function latest(instants: readonly string[]): string | null {
  return [...instants].sort().at(-1) ?? null;
}
