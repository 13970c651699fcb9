/**
 * Which sign-ins of an emergency account are one event: whoever works with the account for an hour leaves dozens of rows
 * in the logs, and an engineer is told once (S3). Another address is another event; guessing at the password is one.
 */
import { msOf } from '../../lib/instant.ts';
import type { KeptSignIn, SeenSignIn } from './emergency-types.core.ts';

const HOUR_MS = 3_600_000;
/** Somebody who signs in again after this long may be somebody else. */
const INTERACTIVE_GAP_MS = HOUR_MS;
/** Clients renew what they were given for about so long. */
const RENEWAL_GAP_MS = 24 * HOUR_MS;
/** However many attempts fail within this, one card says so. */
const ATTEMPTS_GAP_MS = 24 * HOUR_MS;

/** The session that a sign-in belongs to: a known one, or its own id where it begins one. */
export function sessionOf(signIn: SeenSignIn, known: readonly KeptSignIn[]): string {
  const gapMs = gapOf(signIn);
  const atMs = msOf(signIn.at);
  const near = known
    .filter((one) => isAlike(one, signIn))
    .map((one) => ({ session: one.session, awayMs: Math.abs(atMs - msOf(one.at)) }))
    .filter(({ awayMs }) => awayMs <= gapMs)
    .sort((a, b) => a.awayMs - b.awayMs);
  return near[0]?.session ?? signIn.id;
}

/** So far around a sign-in the known ones have to be looked at. */
export const SESSION_REACH_MS = Math.max(INTERACTIVE_GAP_MS, RENEWAL_GAP_MS, ATTEMPTS_GAP_MS);

function gapOf({ succeeded, interactive }: SeenSignIn): number {
  if (!succeeded) return ATTEMPTS_GAP_MS;
  return interactive ? INTERACTIVE_GAP_MS : RENEWAL_GAP_MS;
}

function isAlike(one: SeenSignIn, other: SeenSignIn): boolean {
  if (one.accountId !== other.accountId || one.succeeded !== other.succeeded) return false;
  // Whoever guesses at a password comes from many addresses.
  return !one.succeeded || one.ipAddress === other.ipAddress;
}
