export type MailAddress = { address: string; name?: string };

export type MailAttachment = { name: string; contentType: string; bytes: Uint8Array };

export type MailDraft = {
  /** Ours: the same key never becomes two mails. Letters, digits and `. _ : @ + -`. */
  key: string;
  from: MailAddress;
  to: readonly MailAddress[];
  cc: readonly MailAddress[];
  subject: string;
  html: string;
  /** The same in plain text, for readers without HTML; Outlook makes its own. */
  text: string;
  attachments?: readonly MailAttachment[] | undefined;
  /** The draft that was made for this key before, where that is known: a search may not show it yet. */
  draftId?: string | null | undefined;
};

/** Why the mail system will not take a mail; asking again changes nothing until a person has mended it. */
export type MailRefusal = 'invalidRecipient' | 'mailboxMissing' | 'quota';

export type MailFound = { state: 'draft'; draftId: string } | { state: 'sent' } | { state: 'none' };

export type DraftMade =
  | { ok: true; draftId: string }
  | { ok: false; reason: 'alreadySent' }
  /** More than this way takes in one request; nothing was asked of the vendor. */
  | { ok: false; reason: 'attachmentTooLarge' }
  | { ok: false; reason: MailRefusal };

/** `lost`: the mail may have been accepted or not; only `outcome` can tell. */
export type SendAnswer = { kind: 'accepted' } | { kind: 'lost' } | { kind: 'refused'; reason: MailRefusal };

export type OutcomeAsk = {
  key: string;
  /** Null where it was never learnt. */
  draftId: string | null;
  /** When sending was asked for, on the sender's clock. */
  sendAskedAt: number;
  /** How long the vendor is given before a draft that still stands counts as not sent. */
  settleMs: number;
};

export type MailOutcome = 'sent' | 'notSent' | 'unknown';

/** A notice that a mail of this mailbox reached nobody. Notices of delay are none. */
export type MailBounce = {
  /** When the notice came, in milliseconds since the epoch. */
  at: number;
  /** Every address that the notice names, in lower case. */
  addresses: readonly string[];
  /** The notice's subject, in which Outlook repeats the mail's. */
  subject: string;
  /** The status of RFC 3463, such as 5.1.1; null where the notice names none. */
  code: string | null;
  /** What the id of the mail’s draft ends with, where the notice stands in its thread; null where only the subject tells. */
  draftIdEnd: string | null;
};

/**
 * A mailbox that mails are sent from, so that each is accepted once: draft, store the draft's id, send the draft; after
 * a lost answer or a crash ask `outcome` before anything is sent again. Vendor errors are thrown where nothing can have
 * been accepted.
 */
export type MailSender = {
  way: 'outlook' | 'gmail';
  /**
   * Looks for the mail of a key among drafts and sent mails. `none` proves nothing about sending at Gmail, which may give
   * a sent mail another Message-ID: where a draft's id is known, ask `outcome` with it.
   */
  findByKey(key: string, signal?: AbortSignal): Promise<MailFound>;
  /**
   * The draft of this key as it is given: the one that is there is brought up to date, else there is a new one. One with
   * files stays as it was made. Nothing is sent.
   */
  createDraft(draft: MailDraft, signal?: AbortSignal): Promise<DraftMade>;
  /** Removes a draft that shall not go out; `sent`: it had gone out before. One that is gone counts as removed. */
  discardDraft(ask: { key: string; draftId: string }, signal?: AbortSignal): Promise<'discarded' | 'sent'>;
  /** The notices of undeliverable mails that came into the mailbox since that moment, the oldest first. */
  bounces(since: Date, signal?: AbortSignal): Promise<MailBounce[]>;
  /** Sends a draft, in one try. When aborted, or when the process dies meanwhile, take it for `lost`. */
  send(draftId: string, signal?: AbortSignal): Promise<SendAnswer>;
  /**
   * What became of a mail whose sending was asked for. `notSent` only once the settle time has passed, since a mail
   * that was accepted may stand as a draft for a while; `unknown` means ask later, and in the end a person.
   */
  outcome(ask: OutcomeAsk, signal?: AbortSignal): Promise<MailOutcome>;
};
