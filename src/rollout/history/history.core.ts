/**
 * What happened to a rollout that somebody asks about later: who approved, enforced, held or rolled back, when the stop
 * line took a phase out, and why. It is read from the journal, which is written with every change and never changed.
 */
import type { Sentence } from '../phases/phase-types.core.ts';
import { dayInEnglish, dayInGerman } from '../policy/day-words.core.ts';

type HistoryKind =
  | ('rolloutBegun' | 'rolloutStopped' | 'rolloutFinished' | 'exceptionsSigned')
  | ('deadlineMoved' | 'phaseMoved')
  | ('draftApproved' | 'draftHeld' | 'pushed' | 'pushUndone')
  | ('approve' | 'hold' | 'resume' | 'rollBack' | 'askAgain')
  | ('enforced' | 'refused' | 'takenOut' | 'stopLine' | 'kept' | 'defaultsOff' | 'defaultsOn');

export type HistoryRow = {
  /** The journal's number of the entry. */
  seq: number;
  at: string;
  kind: HistoryKind;
  phase: string | null;
  /** Null: the product itself. */
  by: string | null;
  why: Sentence | null;
};

/** The events that are told, by their name in the journal. */
const KINDS: Readonly<Record<string, HistoryKind>> = {
  ...{ 'rollout.begun': 'rolloutBegun', 'rollout.stopped': 'rolloutStopped', 'rollout.finished': 'rolloutFinished' },
  ...{ 'rollout.deadlineMoved': 'deadlineMoved', 'phase.moved': 'phaseMoved' },
  ...{ 'exceptions.signed': 'exceptionsSigned', 'policyDraft.approved': 'draftApproved' },
  ...{ 'policyDraft.held': 'draftHeld', 'policy.push.live': 'pushed', 'policy.undo.undone': 'pushUndone' },
  ...{ 'phase.decided.approve': 'approve', 'phase.decided.hold': 'hold', 'phase.decided.resume': 'resume' },
  ...{ 'phase.decided.rollBack': 'rollBack', 'phase.decided.askAgain': 'askAgain' },
  ...{ 'phase.enforced': 'enforced', 'phase.enforce.refused': 'refused', 'phase.withdrawn': 'takenOut' },
  ...{ 'phase.withdraw.kept': 'kept', 'security_defaults.switched_off': 'defaultsOff' },
  ...{ 'security_defaults.switched_on': 'defaultsOn' },
};

/** What may be looked for alone: what people decided, what was enforced or taken out, and what was set up. */
export const HISTORY_GROUPS = ['decisions', 'enforcement', 'setUp'] as const;
export type HistoryGroup = (typeof HISTORY_GROUPS)[number];

const GROUPS: Readonly<Record<HistoryGroup, RegExp>> = {
  decisions: /^(phase\.decided\.|policyDraft\.|exceptions\.)/,
  enforcement: /^(phase\.(?!decided|moved)|security_defaults\.)/,
  setUp: /^(rollout\.|policy\.|phase\.moved)/,
};

/** The names in the journal that `historyRow` tells, of one group or of all. */
export function historyEvents(group: HistoryGroup | undefined): string[] {
  return Object.keys(KINDS).filter((event) => group === undefined || GROUPS[group].test(event));
}

/** An entry of the journal, as far as it matters here. */
export type HistoryEntry = {
  seq: number;
  at: string;
  event: string;
  phase: string | null;
  /** Of an entry about the phase's own state, since the write into the tenant has one of its own; of a move, its day. */
  from: string | null;
  /** The day to which something was moved. */
  to: string | null;
  why: Sentence | null;
  /** The person's name, or else id; null for the product itself. */
  by: string | null;
};

/** An entry of the journal as it is told; null for one that says nothing of its own. */
export function historyRow(entry: HistoryEntry): HistoryRow | null {
  const { seq, at, event, phase, from, why, by } = entry;
  const kind = KINDS[event];
  if (kind === undefined || (kind === 'enforced' && from !== null)) return null;
  if (kind === 'phaseMoved' || kind === 'deadlineMoved') return { seq, at, phase, by, kind, why: daysOf(entry) };
  // A group that is taken out without a reason mends a write that came too late; nobody was enforced by it.
  if (kind === 'takenOut' && why === null) return null;
  return { seq, at, phase, by, kind: kind === 'takenOut' && by === null ? 'stopLine' : kind, why };
}

function daysOf({ from, to }: HistoryEntry): Sentence | null {
  if (from === null || to === null) return null;
  return {
    en: `From ${dayInEnglish(from)} to ${dayInEnglish(to)}.`,
    de: `Vom ${dayInGerman(from)} auf den ${dayInGerman(to)}.`,
  };
}
