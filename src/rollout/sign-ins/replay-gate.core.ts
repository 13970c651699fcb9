/**
 * What the last weeks of sign-ins say about a phase before anybody is written to. A phase whose people would have been
 * blocked is announced only by somebody who was shown that. What cannot be read is said and holds nothing up: mails lock
 * nobody out, and the window and its findings are gates of their own before enforcement.
 */
import { msOf } from '../../lib/instant.ts';
import { REPLAY_BLOCKS, REPLAY_RUNNING } from '../phases/phase-life.core.ts';
import type { Gate, Phase, Sentence } from '../phases/phase-types.core.ts';

/** The replay of one phase as it stands. */
export type PhaseReplay = {
  askedAt: string;
  /** When the last one ended; null before the first. */
  madeAt: string | null;
  answer: { sentence: Sentence; blocked: readonly string[] } | null;
  /** Why the last one could not be made. */
  problem: Sentence | null;
  /** Accounts that stood before whoever let the phase go on all the same. */
  accepted: readonly string[];
};

/** A log of millions of rows takes hours at Microsoft's pace; a replay of which nobody heard for longer is lost. */
const LOST_MS = 12 * 60 * 60_000;

/** The gate that a replay keeps closed for a phase; none once the phase is announced or nobody would have been blocked. */
export function replayGates(phase: Pick<Phase, 'state'>, replay: PhaseReplay | null, nowMs: number): Gate[] {
  if (phase.state !== 'planned') return [];
  if (replay === null) return [gate(REPLAY_RUNNING, IS_RUNNING)];
  const { madeAt, askedAt, answer, problem, accepted } = replay;
  if (madeAt === null && problem === null) {
    return nowMs - msOf(askedAt) > LOST_MS ? [unknown(NOT_HEARD_OF)] : [gate(REPLAY_RUNNING, IS_RUNNING)];
  }
  if (problem !== null || answer === null) return [unknown(problem ?? NOT_HEARD_OF)];
  const seen = new Set(accepted);
  const accountIds = answer.blocked.filter((id) => !seen.has(id)).sort();
  return accountIds.length === 0
    ? []
    : [{ ...gate(REPLAY_BLOCKS, { message: answer.sentence, clear: LOOK_AT_THEM }), accountIds }];
}

/** What the past says of a phase in one sentence, or why it says nothing; null while no replay has ended. */
export function pastOf({ madeAt, answer, problem }: PhaseReplay): Sentence | null {
  if (madeAt === null) return null;
  return answer?.sentence ?? unknownBecause(problem ?? NOT_HEARD_OF);
}

type Words = Pick<Gate, 'message' | 'clear'>;

function gate(code: string, words: Words): Gate {
  return { code, rule: null, ...words, accountIds: [] };
}

function unknown(why: Sentence): Gate {
  return gate('replay_unknown', { message: unknownBecause(why), clear: ASK_AGAIN });
}

function unknownBecause(why: Sentence): Sentence {
  return {
    en: `What the last weeks of sign-ins would have come to is not known. ${why.en}`,
    de: `Was die Anmeldungen der letzten Wochen ergeben hätten, ist nicht bekannt. ${why.de}`,
  };
}

const IS_RUNNING: Words = {
  message: {
    en: 'The sign-ins of the last 30 days are being replayed against the draft, before anybody is written to.',
    de: 'Die Anmeldungen der letzten 30 Tage werden mit dem Entwurf nachgespielt, bevor jemand angeschrieben wird.',
  },
  clear: {
    en: 'Wait; it began by itself and takes as long as Microsoft lets the log be read.',
    de: 'Warten; es begann von selbst und dauert so lange, wie Microsoft das Protokoll lesen lässt.',
  },
};

const NOT_HEARD_OF: Sentence = {
  en: 'The replay was begun and nothing was heard of it.',
  de: 'Das Nachspielen wurde begonnen, und man hörte nichts mehr davon.',
};

const ASK_AGAIN: Sentence = {
  en: 'It is tried again by itself; mfa-rollout policy replay tries it now. The phase is announced all the same: its window shows the sign-ins to come.',
  de: 'Es wird von selbst erneut versucht; mfa-rollout policy replay versucht es jetzt. Die Phase wird trotzdem angekündigt: Ihr Fenster zeigt die kommenden Anmeldungen.',
};

const LOOK_AT_THEM: Sentence = {
  en: 'Move them to a client that can answer MFA, or carve them out by signature; mfa-rollout policy replay names them. To announce the phase all the same: hold it, then resume it.',
  de: 'Stellen Sie sie auf ein Programm um, das MFA beantworten kann, oder nehmen Sie sie mit Unterschrift aus; mfa-rollout policy replay nennt sie. Um die Phase trotzdem anzukündigen: anhalten, dann fortsetzen.',
};
