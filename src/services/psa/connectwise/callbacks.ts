import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { AppError, VendorBrokenError, VendorRefusedError } from '../../../lib/errors.ts';
import { callOf } from '../../http-failures.ts';
import type { HttpRequest } from '../../http-types.ts';
import type { ConnectWise } from './api.ts';
import { callbackKeyCall } from './calls.ts';
import { listOf } from './pages.ts';
import { addressesOf, type ConnectWiseAddresses } from './settings.ts';
import { callbackKeySchema, callbackSchema } from './wire.ts';

export type NewCallback = {
  /** Where deliveries go, over https and without a query: ConnectWise glues the record's id to the end. */
  url: string;
  type: 'ticket' | 'project' | 'company' | 'contact';
  level: string;
  objectId: number;
  description: string;
  signal?: AbortSignal | undefined;
};

/**
 * Asks for deliveries, once: the callback that is there, else a new one. Our own writes are not delivered back. Refuses,
 * by VendorRefusedError, where somebody has switched ours off: ConnectWise then takes no second one.
 */
export async function ensureCallback(connectWise: ConnectWise, callback: NewCallback): Promise<{ created: boolean }> {
  const { type, level, objectId, signal } = callback;
  const url = deliveryUrl(callback.url);
  const callbacks = await listOf(connectWise, { call: 'callbacks', row: callbackSchema, signal });
  const same = callbacks.filter((one) => one.url === url && one.type === type && one.level === level);
  if (same.some(({ inactiveFlag }) => inactiveFlag !== true)) return { created: false };
  const body = {
    url,
    type,
    level,
    objectId,
    description: callback.description.slice(0, 100),
    payloadVersion: '3.0.0',
    inactiveFlag: false,
    isSelfSuppressedFlag: true,
  };
  try {
    await connectWise.call({ call: 'addCallback', body, signal }, callbackSchema);
    return { created: true };
  } catch (error) {
    const isKnown = error instanceof VendorRefusedError && (error.call.vendorCode ?? '').startsWith('ObjectExists');
    if (!isKnown) throw error;
    if (same.length === 0) return { created: false };
    throw new VendorRefusedError(error.call, 'the callback is switched off', {
      userMessage: 'Somebody has switched our callback off in ConnectWise: delete it there, or switch it on again.',
    });
  }
}

function deliveryUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.search !== '' || url.hash !== '') {
    throw new AppError('bad_callback_url', 'a callback needs an address without a query', {
      userMessage: 'The address for ConnectWise’s callbacks is not an address without a query.',
    });
  }
  return `${url.href}?recordId=`;
}

/** A delivery whose signature held. */
export type Delivery = {
  action: 'added' | 'updated' | 'deleted';
  type: string;
  recordId: number;
  messageId: string | null;
  /** The record as it was sent; null for a deletion. For the truth read the record anew. */
  entity: Record<string, unknown> | null;
};

export type Verified =
  | { ok: true; delivery: Delivery }
  | { ok: false; reason: 'unsigned' | 'malformed' | 'foreignKey' | 'otherCompany' | 'badSignature' | 'tooManyKeys' };

const deliverySchema = z.looseObject({
  Action: z.enum(['added', 'updated', 'deleted']),
  CompanyId: z.string(),
  Entity: z.string().nullish(),
  ID: z.number().int(),
  MessageId: z.string().nullish(),
  Metadata: z.looseObject({ key_url: z.string() }),
  Type: z.string(),
});
type Body = z.infer<typeof deliverySchema>;

const entitySchema = z.record(z.string(), z.unknown());
/** Whoever can reach the callback's address could have keys fetched without end: no more than this in the span. */
const KEY_FETCHES_MAX = 5;
const KEY_FETCHES_SPAN_MS = 60_000;
const KEYS_HELD_MAX = 8;
const KEY_DEADLINE_MS = 10_000;
const KEY_BYTES_MAX = 16 * 1024;

export type CallbackVerifier = {
  /**
   * Tells whether a delivery is this company's own, from its bytes as they arrived and its `x-content-signature`. Throws
   * a vendor error where the key cannot be had: answer so that the delivery is not taken for accepted.
   */
  verify(received: { rawBody: Buffer; signature: string | undefined }, signal?: AbortSignal): Promise<Verified>;
};

/**
 * Creates the verifier of one company's callbacks. The key's address stands in the delivery itself, unproven: it is
 * followed only to this server and, where companies share one, only for this company, since anybody can sign with his
 * own key.
 */
export function createCallbackVerifier(connectWise: ConnectWise, deps: { clock: Clock }): CallbackVerifier {
  const addresses = addressesOf(connectWise.settings);
  const { companyId } = connectWise.settings;
  const keys = createKeys(deps.clock, (url, signal) => fetchKey(connectWise, url, signal));
  return {
    async verify(received, signal) {
      const { rawBody, signature } = received;
      if (signature === undefined || signature === '') return { ok: false, reason: 'unsigned' };
      const body = bodyOf(rawBody);
      if (body === null) return { ok: false, reason: 'malformed' };
      if (body.CompanyId.toLowerCase() !== companyId.toLowerCase()) return { ok: false, reason: 'otherCompany' };
      const keyUrl = pinnedKeyUrl(body.Metadata.key_url, addresses, companyId);
      if (keyUrl === null) return { ok: false, reason: 'foreignKey' };
      const isOurs = (key: string) => isSigned({ rawBody, signature }, key);
      const proof = await keys.proves({ url: keyUrl, isOurs, signal });
      if (proof !== 'proven') return { ok: false, reason: proof };
      const entity = entityOf(body);
      return entity === undefined
        ? { ok: false, reason: 'malformed' }
        : { ok: true, delivery: deliveryOf(body, entity) };
    },
  };
}

function deliveryOf(body: Body, entity: Delivery['entity']): Delivery {
  return { action: body.Action, type: body.Type, recordId: body.ID, messageId: body.MessageId ?? null, entity };
}

function bodyOf(rawBody: Buffer): Body | null {
  const parsed = deliverySchema.safeParse(jsonOf(rawBody.toString('utf8')));
  return parsed.success ? parsed.data : null;
}

/** The record travels as JSON inside a JSON string. Undefined: it cannot be read. */
function entityOf({ Entity }: Body): Delivery['entity'] | undefined {
  if (Entity === null || Entity === undefined || Entity === '') return null;
  const parsed = entitySchema.safeParse(jsonOf(Entity));
  return parsed.success ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // What is no JSON fits no schema; the parser's message would quote the text.
    return undefined;
  }
}

function pinnedKeyUrl(text: string, addresses: ConnectWiseAddresses, companyId: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return null;
  if (!addresses.keyOrigins.includes(url.origin) || !url.pathname.includes('/system/callbackkey/')) return null;
  const [company, ...others] = [...url.searchParams]
    .filter(([name]) => name.toLowerCase() === 'companyname')
    .map(([, value]) => value.toLowerCase());
  if (others.length > 0 || (company === undefined && addresses.isShared)) return null;
  return company === undefined || company === companyId.toLowerCase() ? url.href : null;
}

type Proof = { url: string; isOurs: (key: string) => boolean; signal: AbortSignal | undefined };

/** Only keys that have proven a delivery are held, so that addresses made up by a stranger push none of them out. */
function createKeys(clock: Clock, fetch: (url: string, signal: AbortSignal | undefined) => Promise<string>) {
  const held = new Map<string, string>();
  let fetched: number[] = [];
  const mayFetch = (): boolean => {
    const now = clock.now();
    fetched = fetched.filter((at) => at > now - KEY_FETCHES_SPAN_MS);
    if (fetched.length >= KEY_FETCHES_MAX) return false;
    fetched.push(now);
    return true;
  };
  return {
    /** A held key that does not fit is fetched anew: it may have been changed. */
    async proves({ url, isOurs, signal }: Proof): Promise<'proven' | 'badSignature' | 'tooManyKeys'> {
      const known = held.get(url);
      if (known !== undefined && isOurs(known)) return 'proven';
      if (!mayFetch()) return 'tooManyKeys';
      const key = await fetch(url, signal);
      if (!isOurs(key)) return 'badSignature';
      const [oldest] = held.size >= KEYS_HELD_MAX ? held.keys() : [];
      if (oldest !== undefined) held.delete(oldest);
      held.set(url, key);
      return 'proven';
    },
  };
}

async function fetchKey(connectWise: ConnectWise, url: string, signal: AbortSignal | undefined): Promise<string> {
  const request: HttpRequest = {
    vendor: 'connectwise',
    method: callbackKeyCall.method,
    url,
    pathTemplate: callbackKeyCall.path,
    headers: { accept: 'application/json', clientid: connectWise.settings.clientId },
    expect: 'json',
    deadlineMs: KEY_DEADLINE_MS,
    bytesMax: KEY_BYTES_MAX,
    signal,
  };
  const answer = await connectWise.fetch(request);
  const parsed = callbackKeySchema.safeParse(answer.body);
  if (!parsed.success) throw new VendorBrokenError(callOf(request, answer), 'the answer is not a signing key');
  return parsed.data.signing_key;
}

/** The signing key is hashed before it serves as the HMAC's key. */
function isSigned({ rawBody, signature }: { rawBody: Buffer; signature: string }, signingKey: string): boolean {
  const key = createHash('sha256').update(signingKey, 'utf8').digest();
  const wanted = createHmac('sha256', key).update(rawBody).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
