/**
 * Which mail a notice of failure is about. A mailbox also sends what is not ours, so a notice counts only for a mail to
 * an address that it names, sent before it, whose subject it repeats or in whose thread it stands.
 */
import type { LedgerState } from './outreach-types.core.ts';

/** Who has not heard of a failure in this time will not: mail systems give up within two days. */
export const BOUNCE_WINDOW_MS = 3 * 24 * 60 * 60 * 1000;
/** Clocks of two systems differ. */
const SKEW_MS = 5 * 60_000;
/** Notices are read again this far back: they show up a little after the time they bear. */
const OVERLAP_MS = 60 * 60_000;

export type SentFact = {
  state: LedgerState;
  address: string;
  subject: string | null;
  draftId: string | null;
  /** Milliseconds since the epoch; null for what was never sent. */
  sentAt: number | null;
};

export type Notice = {
  at: number;
  addresses: readonly string[];
  subject: string;
  code: string | null;
  draftIdEnd: string | null;
};

/** Whether a notice may still come for this mail. */
export function mayBounce({ state, sentAt }: SentFact, now: number): boolean {
  return state === 'accepted' && sentAt !== null && now - sentAt <= BOUNCE_WINDOW_MS;
}

/** From when on the mailbox is read, in milliseconds since the epoch: what was read before with an overlap, never from before the first mail. */
export function readFrom(rows: readonly SentFact[], readUntil: number | null): number {
  const first = Math.min(...rows.flatMap(({ sentAt }) => sentAt ?? []));
  const known = readUntil === null ? Number.NEGATIVE_INFINITY : readUntil - OVERLAP_MS;
  return Math.max(first - SKEW_MS, known);
}

/** The notice about this mail; undefined where there is none. */
export function noticeFor<N extends Notice>(row: SentFact, notices: readonly N[]): N | undefined {
  const { sentAt } = row;
  return notices.find(
    (notice) =>
      sentAt !== null &&
      notice.at >= sentAt - SKEW_MS &&
      notice.addresses.includes(row.address.toLowerCase()) &&
      isOfMail(row, notice),
  );
}

function isOfMail({ draftId, subject }: SentFact, notice: Notice): boolean {
  if (notice.draftIdEnd !== null) return draftId?.endsWith(notice.draftIdEnd) === true;
  return subject !== null && notice.subject.includes(subject);
}
