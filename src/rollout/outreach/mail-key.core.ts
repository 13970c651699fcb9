/**
 * Deterministic names, so that whoever works on a message, whenever and however often, means the same mail: the outbox
 * takes an effect of one name once, and the mail system finds a draft by the mail's name.
 */
import { digestOf } from '../../lib/digest.ts';
import type { MailRef } from './outreach-types.core.ts';

/** What a mail system takes in a header and in a search. */
const PLAIN = /^[A-Za-z0-9._@+-]{1,60}$/;
const DIGEST_CHARS = 24;

/** The name of a mail: `mail:{rollout}:{message}:{person}`, and the phase for a manager's nudge. */
export function mailKey({ rolloutId, message, personId, scope }: MailRef): string {
  const parts = scope === '' ? [rolloutId, message, personId] : [rolloutId, message, personId, scope];
  return ['mail', ...parts.map(plain)].join(':');
}

/** The name of the effect that works on a mail; each later one of the same mail counts on. */
export function effectKey(ref: MailRef, round: number): string {
  return round === 0 ? mailKey(ref) : `${mailKey(ref)}#${round}`;
}

/** Ids stand as they are; names of phases are people's and may hold anything. */
function plain(part: string): string {
  return PLAIN.test(part) ? part : digestOf(part).replace('sha256:', '').slice(0, DIGEST_CHARS);
}
