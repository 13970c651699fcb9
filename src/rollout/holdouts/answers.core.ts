/**
 * What an answer about a holdout comes to. The first of two who answer at once is taken and the other is told of it;
 * whoever has seen the present answer may replace it. An answer about somebody who has enrolled changes nothing.
 */
import { addDays } from '../exceptions/calendar.core.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import type { AnswerKind, HoldoutAnswer, HoldoutStanding, ProposedException, Reason } from './holdout-types.core.ts';
import { excuse } from './holdouts.core.ts';

export type GivenAnswer = {
  kind: AnswerKind;
  until: string | null;
  /** `seq` of the answer that stood when the person looked, 0 for none; null: whatever stands. */
  seen: number | null;
};

export type AnswerFacts = {
  /** How it is with the person; null: he is and was none. */
  standing: HoldoutStanding | null;
  excuse: Reason | null;
  /** Every answer about him, the earliest first. */
  answers: readonly HoldoutAnswer[];
  /** Those among them that were given today at the customer. */
  today: string;
  dayOf(instant: string): string;
};

export type AnswerJudgement =
  | { outcome: 'record'; until: string | null }
  /** Nothing is changed: this answer stands, or today's reminder is out. */
  | { outcome: 'already'; answer: HoldoutAnswer }
  | { outcome: 'over'; why: Sentence }
  | { outcome: 'refused'; code: string; message: Sentence };

/** An extension is for days or weeks; whoever needs longer needs an exception of his own. */
export const EXTENSION_DAYS_MAX = 90;

/** Judges an answer by what is known of the person. Nothing that it says exempts or enforces anybody. */
export function judgeAnswer(given: GivenAnswer, facts: AnswerFacts): AnswerJudgement {
  if (facts.standing === null) return refused('holdout_unknown', NO_HOLDOUT);
  if (facts.standing !== 'open') return { outcome: 'over', why: (facts.excuse ?? excuse('enrolled')).text };
  const reminded = given.kind === 'remindNow' ? remindedToday(facts) : undefined;
  if (reminded !== undefined) return { outcome: 'already', answer: reminded };
  const latest = facts.answers.at(-1);
  if (latest !== undefined && given.seen !== null && given.seen !== latest.seq)
    return { outcome: 'already', answer: latest };
  const until = needsDay(given.kind) ? given.until : null;
  const bad = needsDay(given.kind) ? dayRefusal(given.until, facts.today) : null;
  if (bad !== null) return bad;
  const standing = standingAnswer(facts.answers);
  if (standing !== null && standing.kind === given.kind && standing.until === until)
    return { outcome: 'already', answer: standing };
  return { outcome: 'record', until };
}

/** The answer that stands beside any reminders: the latest that is none. */
export function standingAnswer(answers: readonly HoldoutAnswer[]): HoldoutAnswer | null {
  return answers.findLast(({ kind }) => kind !== 'remindNow') ?? null;
}

/** What the standing answer proposes to the approver; null where it proposes nothing, or its day has passed. */
export function proposalOf(answers: readonly HoldoutAnswer[], today: string): ProposedException | null {
  const answer = standingAnswer(answers);
  if (answer === null || answer.until === null || answer.until <= today) return null;
  const { accountId, until, displayName, at } = answer;
  const isLeave = answer.kind === 'onLeave';
  return {
    accountId,
    kind: isLeave ? 'onLeave' : 'extension',
    endsAt: until,
    owner: { accountId: answer.by.objectId, displayName },
    reason: isLeave ? ON_LEAVE : NEEDS_TIME,
    proposedAt: at,
  };
}

function remindedToday({ answers, today, dayOf }: AnswerFacts): HoldoutAnswer | undefined {
  return answers.findLast(({ kind, at }) => kind === 'remindNow' && dayOf(at) === today);
}

/** Whether an answer of this kind names a day. */
export function needsDay(kind: AnswerKind): boolean {
  return kind === 'onLeave' || kind === 'extend';
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function dayRefusal(until: string | null, today: string): AnswerJudgement | null {
  if (until === null || until === '') return refused('holdout_day_missing', NO_DAY);
  // A day that the calendar does not have comes back as another one.
  if (!DAY.test(until) || addDays(until, 0) !== until) return refused('holdout_day_bad', BAD_DAY);
  if (until <= today) return refused('holdout_day_past', PAST_DAY);
  return until > addDays(today, EXTENSION_DAYS_MAX) ? refused('holdout_day_far', FAR_DAY) : null;
}

function refused(code: string, message: Sentence): AnswerJudgement {
  return { outcome: 'refused', code, message };
}

const NO_HOLDOUT: Sentence = {
  en: 'This person is on no list of people who still have to enrol.',
  de: 'Diese Person steht auf keiner Liste derer, die sich noch registrieren müssen.',
};
const NO_DAY: Sentence = {
  en: 'Choose the last day first, then press again.',
  de: 'Wählen Sie zuerst den letzten Tag und drücken Sie dann erneut.',
};
const BAD_DAY: Sentence = {
  en: 'That is no day of the calendar. Write it as YYYY-MM-DD.',
  de: 'Das ist kein Tag des Kalenders. Schreiben Sie ihn als JJJJ-MM-TT.',
};
const PAST_DAY: Sentence = {
  en: 'The day has to be after today.',
  de: 'Der Tag muss nach dem heutigen liegen.',
};
const FAR_DAY: Sentence = {
  en: `No more than ${EXTENSION_DAYS_MAX} days from today: whoever needs longer needs an exception of his own.`,
  de: `Höchstens ${EXTENSION_DAYS_MAX} Tage ab heute: Wer länger braucht, braucht eine eigene Ausnahme.`,
};
const ON_LEAVE: Sentence = {
  en: 'Absent according to the manager, and cannot register a method before the return.',
  de: 'Laut Führungskraft abwesend und kann vor der Rückkehr keine Methode registrieren.',
};
const NEEDS_TIME: Sentence = {
  en: 'The manager asks for more time to register a method.',
  de: 'Die Führungskraft bittet um mehr Zeit für die Registrierung einer Methode.',
};
