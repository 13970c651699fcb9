import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** A delivery as it came: the bytes before anything parsed them, and header names in lower case. */
export type BambooDelivery = { rawBody: Uint8Array; headers: Readonly<Record<string, string | undefined>> };

/** What is believed of a delivery: that something about an employee changed. The person is read afresh. */
export type BambooEvent = { type: string; employeeId: string; changedFields: string[] };

export type BambooVerdict =
  | {
      ok: true;
      event: BambooEvent;
      /** The same for a delivery that comes again: who keeps it for `REPLAY_WINDOW_MS` acts on each once. */
      deliveryKey: string;
    }
  | { ok: false; reason: 'unsigned' | 'forged' | 'stale' | 'unreadable' };

/**
 * BambooHR repeats a delivery after 5, 10, 20, 40 and 80 minutes and does not say whether with the first time or a new one:
 * the window covers them all, and the delivery's key keeps each from counting twice within it.
 */
export const REPLAY_WINDOW_MS = 3 * 60 * 60_000;
/** Clocks differ. */
const AHEAD_MS = 5 * 60_000;
/** Seconds since the epoch are below this for three thousand years, milliseconds have been above it since 1973. */
const MS_FROM = 100_000_000_000;

const eventSchema = z.looseObject({
  type: z.string().min(1),
  data: z.looseObject({
    employeeId: z.union([z.string().min(1), z.number()]),
    changedFields: z.array(z.string()).nullish(),
  }),
});

/**
 * Judges a delivery of BambooHR by the key that was shown once when the webhook was made; during a change of keys both
 * count. The signature covers the raw body followed by the timestamp header, so that an old delivery cannot be given a
 * new time. Refuses as a value; nothing of a refused body is used.
 */
export function judgeBambooDelivery(
  { rawBody, headers }: BambooDelivery,
  { privateKeys, now }: { privateKeys: readonly string[]; now: number },
): BambooVerdict {
  const signature = headers['x-bamboohr-signature']?.trim() ?? '';
  const timestamp = headers['x-bamboohr-timestamp'] ?? '';
  if (signature === '' || timestamp === '') return { ok: false, reason: 'unsigned' };
  if (!privateKeys.some((key) => isSignedBy(key, { rawBody, timestamp, signature })))
    return { ok: false, reason: 'forged' };
  const ageMs = now - instantOf(timestamp);
  // Asked this way round it also holds for a time that is none.
  if (!(ageMs <= REPLAY_WINDOW_MS && ageMs >= -AHEAD_MS)) return { ok: false, reason: 'stale' };
  const event = eventIn(rawBody);
  return event === null
    ? { ok: false, reason: 'unreadable' }
    : { ok: true, event, deliveryKey: signature.toLowerCase() };
}

function isSignedBy(
  privateKey: string,
  { rawBody, timestamp, signature }: { rawBody: Uint8Array; timestamp: string; signature: string },
): boolean {
  if (privateKey === '') return false;
  const expected = createHmac('sha256', privateKey).update(rawBody).update(timestamp).digest();
  const given = Buffer.from(signature, 'hex');
  return (
    signature.length === expected.length * 2 && given.length === expected.length && timingSafeEqual(given, expected)
  );
}

/** Seconds since the epoch as recorded, milliseconds or a date: the documents do not say. */
function instantOf(timestamp: string): number {
  if (!/^\d+(\.\d+)?$/.test(timestamp)) return Date.parse(timestamp);
  const number = Number(timestamp);
  return number < MS_FROM ? number * 1_000 : number;
}

function eventIn(rawBody: Uint8Array): BambooEvent | null {
  const parsed = eventSchema.safeParse(jsonOrNull(rawBody));
  if (!parsed.success) return null;
  const { type, data } = parsed.data;
  return { type, employeeId: String(data.employeeId), changedFields: data.changedFields ?? [] };
}

function jsonOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    // Signed and no JSON (the other format is a form): told as unreadable.
    return null;
  }
}
