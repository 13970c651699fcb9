import { createHmac, timingSafeEqual } from 'node:crypto';
import { BAMBOO_SCOPES } from './calls.ts';
import type { BambooOAuth } from './settings.ts';

/** Whose consent is asked for, and where BambooHR sends the person back to: an https address that the app registered. */
type BambooConsent = { customerId: string; redirectUri: string; now: number };

/** What came back: a code to be exchanged; the person's no; or an address that answers no question of ours. */
type BambooConsentAnswer =
  | { outcome: 'granted'; code: string }
  | { outcome: 'refused' }
  | { outcome: 'expired' }
  | { outcome: 'foreign' };

/** Somebody with the rights may have to be found first, but not next week. */
const VALID_MS = 24 * 60 * 60_000;

/** The address at which somebody at the company lets the application in; its state binds the answer to the customer. */
export function bambooConsentAddress(oauth: BambooOAuth, consent: BambooConsent): string {
  const query = new URLSearchParams({
    client_id: oauth.clientId,
    response_type: 'code',
    redirect_uri: consent.redirectUri,
    scope: BAMBOO_SCOPES.join(' '),
    state: stateOf(oauth, consent, consent.now + VALID_MS),
  });
  return `${oauth.loginUrl}/authorize.php?${query.toString()}`;
}

/** Reads the address to which the person was sent back. */
export function readBambooConsent(
  oauth: BambooOAuth,
  consent: BambooConsent,
  answer: URLSearchParams,
): BambooConsentAnswer {
  const state = answer.get('state') ?? '';
  const until = Number(state.split('.')[0]);
  if (!isSame(state, stateOf(oauth, consent, until))) return { outcome: 'foreign' };
  if (until < consent.now) return { outcome: 'expired' };
  const code = answer.get('code') ?? '';
  return answer.get('error') !== null || code === '' ? { outcome: 'refused' } : { outcome: 'granted', code };
}

function stateOf(oauth: BambooOAuth, { customerId, redirectUri }: BambooConsent, until: number): string {
  const text = JSON.stringify(['bamboohr-consent', customerId, redirectUri, until]);
  return `${until}.${createHmac('sha256', oauth.clientSecret).update(text).digest('base64url')}`;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
