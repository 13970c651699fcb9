/**
 * What an answer about a holdout comes to. The first of two who answer at once is taken and the other is told of it;
 * whoever has seen the present answer may replace it. An answer about somebody who has enrolled changes nothing.
 */
import type { ExceptionRequest, RequestKind } from '../exceptions/exception-types.core.ts';
import type { RequestRefusal } from '../exceptions/request-rules.core.ts';
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
  /** What speaks against ending an exception on this day, or null. */
  dayRefusal(asked: { kind: RequestKind; until: string | null }): RequestRefusal | null;
};

export type AnswerJudgement =
  | { outcome: 'record'; until: string | null }
  /** Nothing is changed: this answer stands, or today's reminder is out. */
  | { outcome: 'already'; answer: HoldoutAnswer }
  | { outcome: 'over'; why: Sentence }
  | { outcome: 'refused'; code: string; message: Sentence };

/** Judges an answer by what is known of the person. Nothing that it says exempts or enforces anybody. */
export function judgeAnswer(given: GivenAnswer, facts: AnswerFacts): AnswerJudgement {
  if (facts.standing === null) return refused('holdout_unknown', NO_HOLDOUT);
  if (facts.standing !== 'open') return { outcome: 'over', why: (facts.excuse ?? excuse('enrolled')).text };
  const reminded = given.kind === 'remindNow' ? remindedToday(facts) : undefined;
  if (reminded !== undefined) return { outcome: 'already', answer: reminded };
  const latest = facts.answers.at(-1);
  if (latest !== undefined && given.seen !== null && given.seen !== latest.seq)
    return { outcome: 'already', answer: latest };
  const asked = requestKindOf(given.kind);
  const until = asked === null ? null : given.until;
  const bad = asked === null ? null : facts.dayRefusal({ kind: asked, until: given.until });
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

/** What was asked for about him, as a list shows it; null where nothing was, or its day has come. */
export function proposalOf(request: ExceptionRequest | undefined, today: string): ProposedException | null {
  if (request === undefined || request.until <= today || request.kind === 'mfaOff') return null;
  const { accountId, kind, until: endsAt, displayName, by, reason, at } = request;
  const words = kind === 'onLeave' ? ON_LEAVE : NEEDS_TIME;
  return {
    ...{ accountId, kind, endsAt, proposedAt: at },
    owner: { accountId: by.objectId, displayName },
    reason: reason === null ? words : { en: reason, de: reason },
  };
}

function remindedToday({ answers, today, dayOf }: AnswerFacts): HoldoutAnswer | undefined {
  return answers.findLast(({ kind, at }) => kind === 'remindNow' && dayOf(at) === today);
}

/** What an answer of this kind asks the approver for; null where it asks for nothing that is signed. */
export function requestKindOf(kind: AnswerKind): 'extension' | 'onLeave' | null {
  switch (kind) {
    case 'extend':
      return 'extension';
    case 'onLeave':
      return 'onLeave';
    case 'remindNow':
    case 'needsToken':
    case 'tapRequest':
      return null;
  }
}

function refused(code: string, message: Sentence): AnswerJudgement {
  return { outcome: 'refused', code, message };
}

const NO_HOLDOUT: Sentence = {
  en: 'This person is on no list of people who still have to enrol.',
  de: 'Diese Person steht auf keiner Liste derer, die sich noch registrieren müssen.',
};
const ON_LEAVE: Sentence = {
  en: 'Absent according to the manager, and cannot register a method before the return.',
  de: 'Laut Führungskraft abwesend und kann vor der Rückkehr keine Methode registrieren.',
};
const NEEDS_TIME: Sentence = {
  en: 'The manager asks for more time to register a method.',
  de: 'Die Führungskraft bittet um mehr Zeit für die Registrierung einer Methode.',
};
