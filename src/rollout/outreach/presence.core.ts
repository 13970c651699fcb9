/**
 * Who is new to a rollout. An account is new from the look at which it was first seen working, unless that was the first
 * look of all; disabled and enabled again, it is new again. What was there from the beginning is never new.
 */
import type { PhasePerson } from '../phases/phase-types.core.ts';

/** One account as it was last seen; `since` null: it worked, or was there disabled, from the beginning. */
export type Presence = { accountId: string; isEnabled: boolean; since: string | null };

type Seen = Pick<PhasePerson, 'accountId' | 'accountStatus'>;

/** What has to be kept anew after a look at the people. */
export function presenceAfter(known: readonly Presence[], people: readonly Seen[], now: string): Presence[] {
  const before = new Map(known.map((one) => [one.accountId, one]));
  return people.flatMap(({ accountId, accountStatus }) => {
    const isEnabled = accountStatus !== 'disabled';
    const own = before.get(accountId);
    if (own === undefined) return [{ accountId, isEnabled, since: known.length === 0 ? null : now }];
    if (own.isEnabled === isEnabled) return [];
    return [{ accountId, isEnabled, since: isEnabled ? now : own.since }];
  });
}

/** Since when each new account is there, for the cadence. */
export function newcomersOf(known: readonly Presence[]): ReadonlyMap<string, string> {
  return new Map(known.flatMap(({ accountId, since }) => (since === null ? [] : [[accountId, since] as const])));
}
