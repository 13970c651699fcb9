import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { AppError, VendorRefusedError } from '../../lib/errors.ts';
import type { TokenSource } from './token.ts';

/** Whom an administrator is asked to let in, and where he is sent back to: an address that the app has registered. */
export type ConsentRequest = {
  customerId: string;
  tenantId: string;
  loginUrl: string;
  clientId: string;
  redirectUri: string;
};

/** `key` is known to this deployment alone; `nonce` is new each time, so that a caller can let each answer count once. */
export type ConsentSeal = { key: string; now: number };

/**
 * What an administrator came back with. `granted` is his word until a token came (`awaitConsent`): everything in an address
 * can be written by anybody. `refused` carries the login service's code. `otherTenant`: he consented elsewhere than in
 * the customer's own tenant. `foreign`: not an answer to a question of ours. `expired`: too late, ask again.
 */
export type ConsentAnswer =
  | { outcome: 'granted'; customerId: string; tenantId: string; nonce: string }
  | { outcome: 'refused'; customerId: string; code: string; nonce: string }
  | { outcome: 'otherTenant'; customerId: string; nonce: string }
  | { outcome: 'incomplete'; customerId: string; nonce: string }
  | { outcome: 'expired'; customerId: string }
  | { outcome: 'foreign' };

/** Application permissions are consented all together, as the app registration lists them. */
const SCOPE = 'https://graph.microsoft.com/.default';
/** An administrator may have to be found first, but not next week. */
const VALID_MS = 24 * 60 * 60_000;
const TENANT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const sealed = z.strictObject({ customerId: z.string(), tenantId: z.string(), until: z.number(), nonce: z.string() });

/**
 * The address to send a customer's administrator to. It names his tenant, so that he cannot consent in another by mistake,
 * and carries a sealed state that binds the answer to the customer. Refuses a tenant that is not named by its id: `common`
 * and `organizations` would take anybody's.
 */
export function consentAddress(request: ConsentRequest, seal: ConsentSeal & { nonce: string }): string {
  const { customerId, tenantId, loginUrl, clientId, redirectUri } = request;
  if (!TENANT.test(tenantId)) throw new AppError('bad_tenant', 'consent is asked for in a tenant named by its id');
  const content = { customerId, tenantId: tenantId.toLowerCase(), until: seal.now + VALID_MS, nonce: seal.nonce };
  const text = Buffer.from(JSON.stringify(content), 'utf8').toString('base64url');
  const query = new URLSearchParams({
    client_id: clientId,
    scope: SCOPE,
    redirect_uri: redirectUri,
    state: `${text}.${signatureOf(text, seal.key)}`,
  });
  return `${loginUrl.replace(/\/+$/, '')}/${tenantId.toLowerCase()}/v2.0/adminconsent?${query.toString()}`;
}

/** Which question an answer says it is of. Nothing of it is believed before `readConsentAnswer`. */
export function statedConsent(query: URLSearchParams): { customerId: string; nonce: string } | null {
  const [text = ''] = (query.get('state') ?? '').split('.');
  const stated = contentIn(text);
  return stated === null ? null : { customerId: stated.customerId, nonce: stated.nonce };
}

/** Reads the address that the administrator came back to. A refusal says `admin_consent=True` too, so `error` rules. */
export function readConsentAnswer(query: URLSearchParams, seal: ConsentSeal): ConsentAnswer {
  const state = openedState(query.get('state') ?? '', seal.key);
  if (state === null) return { outcome: 'foreign' };
  const { customerId, tenantId, until, nonce } = state;
  if (until < seal.now) return { outcome: 'expired', customerId };
  const error = query.get('error');
  if (error !== null) return { outcome: 'refused', customerId, code: codeIn(error), nonce };
  if (query.get('admin_consent')?.toLowerCase() !== 'true') return { outcome: 'incomplete', customerId, nonce };
  // The service names the tenant that consented; without a name nothing is known about it.
  const tenant = query.get('tenant')?.toLowerCase();
  if (tenant === undefined) return { outcome: 'incomplete', customerId, nonce };
  if (tenant !== tenantId) return { outcome: 'otherTenant', customerId, nonce };
  return { outcome: 'granted', customerId, tenantId, nonce };
}

/** The login service's own word; the description beside it is text for people and may hold anything. */
function codeIn(error: string): string {
  return /^[A-Za-z0-9_.-]{1,100}$/.test(error) ? error : 'unknown';
}

function openedState(state: string, key: string): z.infer<typeof sealed> | null {
  const [text = '', signature = '', ...rest] = state.split('.');
  const expected = Buffer.from(signatureOf(text, key));
  const given = Buffer.from(signature);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return contentIn(text);
}

function contentIn(text: string): z.infer<typeof sealed> | null {
  try {
    const parsed = sealed.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Anybody may write anything into a state.
    return null;
  }
}

function signatureOf(text: string, key: string): string {
  // The purpose stands in what is signed: a signature of the same key made for something else proves nothing here.
  return createHmac('sha256', key).update(`admin-consent:${text}`).digest('base64url');
}

/** A tenant learns of a consent within half a minute, seldom more. */
const PAUSES_MS = [2_000, 5_000, 10_000, 20_000];

/**
 * Waits until the login service gives a token for the tenant, which alone proves the consent; false when it still refuses
 * after a while. Throws when the service cannot be reached.
 */
export async function awaitConsent(
  { tokens, clock }: { tokens: TokenSource; clock: Clock },
  signal?: AbortSignal,
): Promise<boolean> {
  for (const pauseMs of [...PAUSES_MS, null]) {
    try {
      await tokens.token(signal);
      return true;
    } catch (error) {
      if (!(error instanceof VendorRefusedError)) throw error;
      if (pauseMs !== null) await clock.sleep(pauseMs, signal);
    }
  }
  return false;
}
