/**
 * What may be asked for about one person. Every request ends on a day within bounds, so that nobody is left out for
 * ever, and an extension ends soon after the insurer's day. Break-glass and directory-sync accounts are never asked
 * for: they have rules of their own (S1, S13).
 */
import type { Sentence } from '../phases/phase-types.core.ts';
import { addDays } from './calendar.core.ts';
import type { ExceptionRequest, ExceptionRow, RequestKind } from './exception-types.core.ts';

/** Whoever needs longer asks again, and the approver signs again. */
export const REQUEST_DAYS_MAX = 90;

/** Days after the insurer's day on which an extension may still end, where the procedure does not say another number. */
export const EXTENSION_PAST_DEADLINE_DAYS = 14;

const REASON_CHARS_MAX = 300;

export type GivenRequest = { kind: RequestKind; until: string | null; reason: string | null };

export type RequestFacts = {
  /** Today at the customer, `YYYY-MM-DD`. */
  today: string;
  /** The last day on which an extension may end; null where no rollout is under way. */
  extensionUntil: string | null;
  isKnown: boolean;
  /** The account is declared break-glass, or synchronises the directory. */
  isNever: boolean;
  /** The row that the account has without any request. */
  row: ExceptionRow | null;
  /** What is asked for already. */
  open: ExceptionRequest | null;
};

export type RequestRefusal = { outcome: 'refused'; code: string; message: Sentence };

export type RequestJudgement =
  | { outcome: 'record'; until: string; reason: string | null }
  | { outcome: 'already'; request: ExceptionRequest }
  | RequestRefusal;

/** Judges what somebody asks for. Nothing that it says carves anybody out. */
export function judgeRequest(given: GivenRequest, facts: RequestFacts): RequestJudgement {
  if (!facts.isKnown) return refused('account_unknown');
  if (facts.isNever) return refused('account_never');
  if (facts.row !== null) return refused('already_exception');
  const day = dayRefusal(given, facts);
  if (day !== null) return day;
  const until = given.until ?? '';
  const reason = plainReason(given.reason);
  if (reason === null && given.kind === 'mfaOff') return refused('request_reason_missing');
  const { open } = facts;
  const isSame = open?.kind === given.kind && open.until === until && open.reason === reason;
  return open !== null && isSame ? { outcome: 'already', request: open } : { outcome: 'record', until, reason };
}

/** The last day on which an extension may end. */
export function extensionEnd(deadline: string, pastDeadlineDays = EXTENSION_PAST_DEADLINE_DAYS): string {
  return addDays(deadline, pastDeadlineDays);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What speaks against the day, or null. */
export function dayRefusal(
  { kind, until }: Pick<GivenRequest, 'kind' | 'until'>,
  { today, extensionUntil }: Pick<RequestFacts, 'today' | 'extensionUntil'>,
): RequestRefusal | null {
  if (until === null || until === '') return refused('request_day_missing');
  // A day that the calendar does not have comes back as another one.
  if (!DAY.test(until) || addDays(until, 0) !== until) return refused('request_day_bad');
  if (until <= today) return refused('request_day_past');
  if (until > addDays(today, REQUEST_DAYS_MAX)) return refused('request_day_far');
  const isLate = kind === 'extension' && extensionUntil !== null && until > extensionUntil;
  return isLate ? { outcome: 'refused', code: 'request_past_deadline', message: late(extensionUntil) } : null;
}

function plainReason(reason: string | null): string | null {
  // Control and direction characters would forge what the signer reads.
  const plain = (reason ?? '')
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return plain === '' ? null : plain.slice(0, REASON_CHARS_MAX).toWellFormed();
}

function refused(code: keyof typeof REFUSALS): RequestRefusal {
  return { outcome: 'refused', code, message: REFUSALS[code] };
}

function late(day: string): Sentence {
  return {
    en: `An extension ends on ${day} at the latest, soon after the insurer's day. Ask for MFA off where that is not enough.`,
    de: `Eine Verlängerung endet spätestens am ${day}, kurz nach dem Stichtag des Versicherers. Wo das nicht reicht, beantragen Sie „MFA aus“.`,
  };
}

const REFUSALS = {
  account_unknown: {
    en: 'There is no such account in this tenant.',
    de: 'Ein solches Konto gibt es in diesem Mandanten nicht.',
  },
  account_never: {
    en: 'Break-glass and directory-sync accounts are left out by rules of their own; nothing is asked for about them.',
    de: 'Notfall- und Synchronisierungskonten sind nach eigenen Regeln ausgenommen; für sie wird nichts beantragt.',
  },
  already_exception: {
    en: 'This account stands in the exception table already, for a reason of its own.',
    de: 'Dieses Konto steht aus eigenem Grund bereits auf der Ausnahmenliste.',
  },
  request_reason_missing: {
    en: 'Say why MFA is to be off for this person: the approver signs the reason.',
    de: 'Nennen Sie den Grund, aus dem MFA für diese Person aus sein soll: die Freigabe unterschreibt ihn.',
  },
  request_day_missing: {
    en: 'Choose the day on which it ends first, then press again.',
    de: 'Wählen Sie zuerst den Tag, an dem es endet, und drücken Sie dann erneut.',
  },
  request_day_bad: {
    en: 'That is no day of the calendar. Write it as YYYY-MM-DD.',
    de: 'Das ist kein Tag des Kalenders. Schreiben Sie ihn als JJJJ-MM-TT.',
  },
  request_day_past: { en: 'The day has to be after today.', de: 'Der Tag muss nach dem heutigen liegen.' },
  request_day_far: {
    en: `No more than ${REQUEST_DAYS_MAX} days from today: whoever needs longer asks again.`,
    de: `Höchstens ${REQUEST_DAYS_MAX} Tage ab heute: Wer länger braucht, fragt erneut.`,
  },
} as const satisfies Readonly<Record<string, Sentence>>;
