/** Behaviours of a customer's Google Workspace that its administrator decides or that the documents leave open. */
export type GmailOptions = {
  /** Units that one mailbox may use in a minute: 6,000 for projects made since 1 May 2026, 15,000 before. */
  unitsPerMinute: number;
  /** A refused call is told with 429 `rateLimitExceeded` or with 403 `userRateLimitExceeded`: both are documented. */
  rateRefusal: 429 | 403;
  /** Mails that a mailbox may send in 24 hours. */
  mailsPerDay: number;
  /** How the day's limit is told: as one for speed, or with a reason of its own. */
  dayRefusal: 'rateLimitExceeded' | 'dailyLimitExceeded';
  /** Recipients that a mailbox may write to in 24 hours. */
  recipientsPerDay: number;
  /** Recipients of one mail that is sent over the API. */
  recipientsMax: number;
  /** Whether a mail gets a Message-ID of Google's at sending; some accounts keep the sender's. */
  replacesMessageId: boolean;
  /** Time from sending until the sender's own copy can be found and read. */
  sentCopyDelayMs: number;
  /** Time from sending until the notice about an address that does not exist arrives. */
  bounceDelayMs: number;
};

export const DEFAULT_GMAIL_OPTIONS: GmailOptions = {
  unitsPerMinute: 6000,
  rateRefusal: 429,
  mailsPerDay: 2000,
  dayRefusal: 'rateLimitExceeded',
  recipientsPerDay: 10_000,
  recipientsMax: 100,
  replacesMessageId: true,
  sentCopyDelayMs: 0,
  bounceDelayMs: 20_000,
};
