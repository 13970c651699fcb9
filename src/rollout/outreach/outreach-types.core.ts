/**
 * What outreach is made of: messages of a rollout's phases, each to one person. A message stands in the ledger once for
 * each person of a rollout, whatever phase the person is in later; a manager's nudge once for each phase as well.
 */
import type { MessageKind, Sentence } from '../phases/phase-types.core.ts';

/**
 * `queued` a worker shall send it; `drafted` its draft stands in the mailbox; `asked` sending was asked for and the
 * answer is not known yet; `accepted` the mail system took it; `refused` it will not, and there is no other way;
 * `bounced` it took it and gave it back; `fellOver` it went by Teams; `unknown` nobody can tell, so a person decides;
 * `skipped` it became needless before it went out.
 */
export const LEDGER_STATES = [
  'queued',
  'drafted',
  'asked',
  'accepted',
  'refused',
  'bounced',
  'fellOver',
  'unknown',
  'skipped',
] as const;

export type LedgerState = (typeof LEDGER_STATES)[number];

/** Why somebody was not written to, or what a message waits for. */
export type Reason = { code: string; text: Sentence };

/** Which message to whom: the identity of a row of the ledger. `scope` is the phase for a manager's nudge, else empty. */
export type MailRef = { rolloutId: string; message: MessageKind; personId: string; scope: string };

/** What the cadence has to know of a message that is in the ledger already. */
export type LedgerFact = Omit<MailRef, 'rolloutId'> & {
  phase: string;
  state: LedgerState;
  reason: Reason | null;
  /** Whom a manager's nudge is about, sorted; empty for every other message. */
  about: readonly string[];
};

/** A person's name and address on a mail. */
export type Recipient = {
  accountId: string;
  displayName: string;
  /** Empty for somebody whom only Teams reaches. */
  address: string;
};

/** A mail that is due now. */
export type PlannedMail = Omit<MailRef, 'rolloutId'> & {
  phase: string;
  to: Recipient;
  /** The manager, where the message goes to him in copy. */
  cc: Recipient | null;
  /** As in the ledger. */
  about: readonly string[];
  dueAt: string;
};
