/**
 * Guests, rooms and devices are no exceptions one by one: the customer decides each class as a whole, to be enforced or
 * left out with a reason and a day of review. The decision is for the class, so that a guest invited tomorrow follows
 * it; before every class with members is decided, nobody else is enforced (include-All would reach them all).
 */
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import type { Gate, Sentence } from '../phases/phase-types.core.ts';
import { addDays } from './calendar.core.ts';
import { CLASS_KINDS, type ClassDecision, type ClassKind, type ExceptionClasses } from './exception-types.core.ts';

/** A class that is left out is looked at again after at most a year. */
export const CLASS_REVIEW_DAYS_MAX = 366;

const REASON_CHARS_MAX = 300;

/** One class as it stands: its members, and the decision about it. */
export type ClassView = {
  class: ClassKind;
  count: number;
  accountIds: readonly string[];
  /** What a decision is bound to: the class and who is in it. */
  digest: string;
  /** `review`: it is decided, and the day to look again has come. */
  state: 'empty' | 'undecided' | 'enforced' | 'carvedOut' | 'review';
  decision: ClassDecision | null;
  /** Members who came or went since it was decided are covered by the decision; this says whether there are any. */
  hasChanged: boolean;
};

/** How each class stands on this day, in the order in which they are shown. */
export function classViews(classes: ExceptionClasses, decisions: readonly ClassDecision[], today: string): ClassView[] {
  return CLASS_KINDS.map((kind) => {
    const accountIds = [...classes[kind].accountIds].sort();
    const decision = decisions.find((one) => one.class === kind) ?? null;
    const digest = classDigest(kind, accountIds);
    return {
      ...{ class: kind, count: accountIds.length, accountIds, digest, decision },
      state: stateOf(accountIds.length, decision, today),
      hasChanged: decision !== null && decision.digest !== digest,
    };
  });
}

/** The digest of a class: its name, how many are in it, and who. */
export function classDigest(kind: ClassKind, accountIds: readonly string[]): string {
  const ids: Json = [...accountIds].sort();
  return digestOf({ class: kind, count: accountIds.length, ids });
}

function stateOf(count: number, decision: ClassDecision | null, today: string): ClassView['state'] {
  if (decision === null) return count === 0 ? 'empty' : 'undecided';
  if (decision.reviewAt !== null && decision.reviewAt <= today) return 'review';
  return decision.verdict === 'enforce' ? 'enforced' : 'carvedOut';
}

export type GivenDecision = {
  class: ClassKind;
  verdict: ClassDecision['verdict'];
  reason: string;
  reviewAt: string | null;
  /** Of the class as the person saw it. */
  digest: string;
};

export type ClassRefusal = { outcome: 'refused'; code: string; message: Sentence };

export type ClassJudgement =
  | { outcome: 'record'; reason: string; reviewAt: string | null }
  | { outcome: 'already'; decision: ClassDecision }
  | { outcome: 'stale'; currentDigest: string }
  | ClassRefusal;

/** Judges a decision about a class against how the class stands. */
export function judgeClass(given: GivenDecision, view: ClassView, today: string): ClassJudgement {
  if (given.digest !== view.digest) return { outcome: 'stale', currentDigest: view.digest };
  const reason = plain(given.reason);
  if (reason === '') return refused('class_reason_missing');
  const reviewAt = given.verdict === 'enforce' ? null : given.reviewAt;
  if (given.verdict === 'carveOut') {
    const code = reviewRefusal(reviewAt, today);
    if (code !== null) return refused(code);
  }
  const { decision } = view;
  const isSame =
    decision?.digest === view.digest &&
    decision.verdict === given.verdict &&
    decision.reason === reason &&
    decision.reviewAt === reviewAt;
  return decision !== null && isSame ? { outcome: 'already', decision } : { outcome: 'record', reason, reviewAt };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function reviewRefusal(reviewAt: string | null, today: string): keyof typeof REFUSALS | null {
  if (reviewAt === null || reviewAt === '') return 'class_review_missing';
  if (!DAY.test(reviewAt) || addDays(reviewAt, 0) !== reviewAt || reviewAt <= today) return 'class_review_bad';
  return reviewAt > addDays(today, CLASS_REVIEW_DAYS_MAX) ? 'class_review_far' : null;
}

/** Control and direction characters would forge what the next reader sees. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, REASON_CHARS_MAX)
    .toWellFormed();
}

/** The closed gates of the phase for everyone else: one for each class that nobody decided, or that has to be again. */
export function classGates(views: readonly ClassView[]): Gate[] {
  return views.flatMap((view): Gate[] => {
    if (view.state !== 'undecided' && view.state !== 'review') return [];
    const { en, de } = CLASS_TEXTS[view.class];
    return [
      {
        code: 'class_undecided',
        rule: 'S6',
        message:
          view.state === 'undecided'
            ? {
                en: `Nobody has decided whether the ${view.count} ${en} are to be enforced.`,
                de: `Niemand hat entschieden, ob die ${view.count} ${de} erzwungen werden.`,
              }
            : {
                en: `The day to look again at the ${view.count} ${en} has come.`,
                de: `Der Tag, die ${view.count} ${de} erneut zu prüfen, ist da.`,
              },
        clear: {
          en: 'Let the approver decide the class on the page of exceptions: enforce it, or leave it out until a review.',
          de: 'Lassen Sie die Freigabe die Klasse auf der Ausnahmenseite entscheiden: erzwingen oder bis zu einer Prüfung ausnehmen.',
        },
        accountIds: [...view.accountIds],
      },
    ];
  });
}

/** What each class is called, in the plural. */
export const CLASS_TEXTS: Readonly<Record<ClassKind, Sentence>> = {
  guest: { en: 'guests', de: 'Gäste' },
  room: { en: 'rooms', de: 'Räume' },
  equipment: { en: 'devices', de: 'Geräte' },
};

function refused(code: keyof typeof REFUSALS): ClassRefusal {
  return { outcome: 'refused', code, message: REFUSALS[code] };
}

const REFUSALS = {
  class_reason_missing: {
    en: 'Say why, in a few words: the insurer will ask.',
    de: 'Nennen Sie kurz den Grund: der Versicherer wird danach fragen.',
  },
  class_review_missing: {
    en: 'Choose the day on which this is looked at again.',
    de: 'Wählen Sie den Tag, an dem das erneut geprüft wird.',
  },
  class_review_bad: {
    en: 'The day of review has to be a day after today, written YYYY-MM-DD.',
    de: 'Der Prüftag muss nach heute liegen, geschrieben JJJJ-MM-TT.',
  },
  class_review_far: {
    en: `The day of review lies at most ${CLASS_REVIEW_DAYS_MAX} days ahead.`,
    de: `Der Prüftag liegt höchstens ${CLASS_REVIEW_DAYS_MAX} Tage voraus.`,
  },
} as const satisfies Readonly<Record<string, Sentence>>;
