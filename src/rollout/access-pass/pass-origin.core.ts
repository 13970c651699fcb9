/**
 * Whether a method that was registered after a Temporary Access Pass came from where the person usually is (safety rule
 * S28). Whoever talked the helpdesk into a pass sits elsewhere; where the place is not known, it is not called usual.
 */
import { msOf } from '../../lib/instant.ts';
import type { PassRegistration } from './access-pass-types.core.ts';

export type SeenSignIn = { at: string; ipAddress: string | null; country: string | null; succeeded: boolean };

export type OriginFacts = {
  /** From the pass's start until some time after its end. */
  from: string;
  to: string;
  registrations: readonly { at: string; ipAddress: string | null }[];
  /** The person's interactive sign-ins, those of the weeks before included. */
  signIns: readonly SeenSignIn[];
  /** The country in which the directory says that the account is used; null: it does not say. */
  usageLocation: string | null;
};

/** A sign-in so long before a registration still tells where it came from. */
const NEAR_MS = 60 * 60_000;

/** The first registration within the span, and whether it is from where the person usually is; null: there is none. */
export function originOf(facts: OriginFacts): PassRegistration | null {
  const [first] = facts.registrations
    .filter(({ at }) => isBetween(at, facts.from, facts.to))
    .sort((a, b) => msOf(a.at) - msOf(b.at));
  if (first === undefined) return null;
  const from = countryOf(first, facts);
  const usual = usualCountries(facts);
  const verdict = from === null || usual.length === 0 ? 'unknown' : usual.includes(from) ? 'usual' : 'foreign';
  return { at: first.at, from, usual, verdict };
}

function isBetween(at: string, from: string, to: string): boolean {
  const time = msOf(at);
  return time >= msOf(from) && time <= msOf(to);
}

/** By the address, else by the sign-in with which the pass was used: the audit log itself names no country. */
function countryOf({ at, ipAddress }: { at: string; ipAddress: string | null }, facts: OriginFacts): string | null {
  const time = msOf(at);
  const near = facts.signIns.filter((one) => Math.abs(msOf(one.at) - time) <= NEAR_MS && one.country !== null);
  const sameAddress = near.filter((one) => ipAddress !== null && one.ipAddress === ipAddress);
  const before = near.filter((one) => msOf(one.at) <= time && isBetween(one.at, facts.from, facts.to));
  const [best] = (sameAddress.length > 0 ? sameAddress : before).sort(
    (a, b) => Math.abs(msOf(a.at) - time) - Math.abs(msOf(b.at) - time),
  );
  return best?.country?.toUpperCase() ?? null;
}

/** Where he signed in before the pass, and where the directory puts him when he did not. */
function usualCountries({ signIns, from, usageLocation }: OriginFacts): string[] {
  const before = signIns.filter(({ at, succeeded }) => succeeded && msOf(at) < msOf(from));
  const seen = new Set(before.flatMap(({ country }) => (country === null ? [] : [country.toUpperCase()])));
  if (seen.size === 0 && usageLocation !== null) seen.add(usageLocation.toUpperCase());
  return [...seen].sort();
}
