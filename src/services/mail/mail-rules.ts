import {
  AppError,
  VendorBrokenError,
  type VendorCall,
  VendorError,
  VendorRefusedError,
  VendorUnreachableError,
} from '../../lib/errors.ts';
import type {
  MailAddress,
  MailBounce,
  MailDraft,
  MailFound,
  MailOutcome,
  MailRefusal,
  OutcomeAsk,
  SendAnswer,
} from './mail.ts';

/** The header that carries our key; vendors take headers of this kind only. */
export const KEY_HEADER = 'X-Mfa-Rollout-Key';

const KEY = /^[A-Za-z0-9._:@+-]{1,200}$/;
const ADDRESS = /^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@<>"(),:;\\[\]]{1,190}$/;

/** Refuses, by AppError, a key that could mean something to a query or a header. */
export function refuseBadKey(key: string): void {
  if (!KEY.test(key)) throw new AppError('bad_mail_key', 'a mail key holds other characters than it may');
}

/** Whether every address of a draft is one that a mail system can be asked to deliver to. */
export function hasUsableAddresses({ from, to, cc }: Pick<MailDraft, 'from' | 'to' | 'cc'>): boolean {
  return to.length > 0 && [from, ...to, ...cc].every(({ address }) => ADDRESS.test(address));
}

/** Whether the attachments of a draft together hold no more than a way of sending takes. */
export function hasRoomFor({ attachments }: Pick<MailDraft, 'attachments'>, bytesMax: number): boolean {
  return (attachments ?? []).reduce((sum, { bytes }) => sum + bytes.byteLength, 0) <= bytesMax;
}

/** A text for one header line: whatever breaks lines becomes a space, since names come from other systems. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** The name of an address for one header line; undefined where there is none to show. */
export function nameOf({ name }: MailAddress): string | undefined {
  const line = oneLine(name ?? '');
  return line === '' ? undefined : line;
}

/** What to make of what was found: a draft proves nothing before the settle time has passed. */
export function outcomeOf(found: MailFound['state'], ask: OutcomeAsk, now: number): MailOutcome {
  switch (found) {
    case 'sent':
      return 'sent';
    case 'draft':
      return now - ask.sendAskedAt >= ask.settleMs ? 'notSent' : 'unknown';
    case 'none':
      return 'unknown';
  }
}

type RefusalOf = (call: VendorCall) => MailRefusal | undefined;

export type SendRules = {
  vendor: string;
  refusalOf: RefusalOf;
  /** Whether a refusal says that there is no such draft (any more). */
  isNoDraft: (call: VendorCall) => boolean;
};

/**
 * Makes one sending and tells how it went. An error of another vendor – the token's – or one that shows that nothing
 * arrived is thrown on: then the draft is as it was.
 */
export async function sendingOf(rules: SendRules, send: () => Promise<unknown>): Promise<SendAnswer> {
  try {
    await send();
    return { kind: 'accepted' };
  } catch (error) {
    const reason = refusalIn(error, rules.refusalOf);
    if (reason !== undefined) return { kind: 'refused', reason };
    if (mayBeAccepted(error, rules)) return { kind: 'lost' };
    throw error;
  }
}

/** The typed reason in a vendor's error, where it has one. */
export function refusalIn(error: unknown, refusalOf: RefusalOf): MailRefusal | undefined {
  const isAnswer = error instanceof VendorRefusedError || error instanceof VendorUnreachableError;
  return isAnswer ? refusalOf(error.call) : undefined;
}

function mayBeAccepted(error: unknown, { vendor, isNoDraft }: SendRules): boolean {
  if (!(error instanceof VendorError) || error.call.vendor !== vendor) return false;
  if (error instanceof VendorBrokenError) return true;
  // A draft that is gone has been sent, or somebody has deleted it.
  if (error instanceof VendorRefusedError) return isNoDraft(error.call);
  return error.call.status === undefined ? error.facts.stage === 'sent' : error.call.status !== 429;
}

const NAMED_ADDRESS = /[^\s@<>"'(),:;&[\]]{1,64}@[^\s@<>"'(),:;&[\]]{1,190}/g;
/** RFC 3463: class 5 is for good, class 4 may still succeed. */
const STATUS = /\b([45])\.\d{1,3}\.\d{1,3}\b/g;

/** The bounce that a notice's text tells of; null where it only speaks of a delay. */
export function bounceIn(text: string, notice: { at: number; subject: string }): MailBounce | null {
  const codes = [...text.matchAll(STATUS)];
  const lasting = codes.find(([, kind]) => kind === '5');
  if (codes.length > 0 && lasting === undefined) return null;
  const addresses = [...text.matchAll(NAMED_ADDRESS)].map(([address]) => address.replace(/\.+$/, '').toLowerCase());
  return { ...notice, addresses: [...new Set(addresses)], code: lasting?.[0] ?? null, draftIdEnd: null };
}
