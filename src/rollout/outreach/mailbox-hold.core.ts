/**
 * How long a mailbox rests that has sent as much as its vendor lets it in a day. Vendors count the last 24 hours and do
 * not say when they take mails again: it is when the first of them is a day old, as far as they are ours.
 */
import type { Sentence } from '../phases/phase-types.core.ts';
import type { Reason } from './outreach-types.core.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The moment before which nothing more is tried; `firstSentMs`: when our first mail of the last 24 hours went out. */
export function holdUntil({ nowMs, firstSentMs }: { nowMs: number; firstSentMs: number | null }): number {
  if (firstSentMs === null) return nowMs + DAY_MS;
  // Somebody else may send from it as well: what is tried in vain is tried by the hour.
  return Math.max(nowMs + HOUR_MS, firstSentMs + DAY_MS);
}

/** Why a message waits for its mailbox; `at` in words, at the customer. */
export function mailboxFull(mailbox: string, at: string): Reason {
  const text: Sentence = {
    en: `The mailbox ${mailbox} has sent as much as its provider lets it in a day. This goes out by itself from ${at} on.`,
    de: `Das Postfach ${mailbox} hat so viel versendet, wie sein Anbieter an einem Tag zulässt. Diese Nachricht geht ab ${at} von selbst hinaus.`,
  };
  return { code: 'quota', text };
}
