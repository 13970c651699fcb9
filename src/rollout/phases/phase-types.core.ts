/**
 * What a rollout is made of: phases, each one department's turn, with the facts that gates judge. Days are calendar days
 * of the customer's time zone (`YYYY-MM-DD`), instants are ISO 8601 in UTC.
 */
import type { Person } from '../roster/roster-types.core.ts';

/** A sentence in each language of the product; the reader's own is shown. */
export type Sentence = Readonly<Record<'en' | 'de', string>>;

export const PHASE_STATES = [
  'planned',
  'announced',
  'observing',
  'blocked',
  'ready',
  'approved',
  'enforced',
  'held',
  'rolledBack',
] as const;

/**
 * `planned` nobody was told; `announced` mails go out; `observing` the report-only window runs; `blocked` a gate is
 * closed; `ready` every gate is open and people may approve; `approved` enough people have, and the flip is under way;
 * `enforced` the phase's group is in the enforcing policy; `held` somebody stopped it; `rolledBack` it was enforced and
 * its group was taken out again.
 */
export type PhaseState = (typeof PHASE_STATES)[number];

/** What has to be mended or waited for before a phase may be enforced: a fact, and the way to clear it. */
export type Gate = {
  /** Names the gate for programs, such as `window_open`. */
  code: string;
  /** The safety rule behind it, where there is one. */
  rule: string | null;
  message: Sentence;
  clear: Sentence;
  /** Whom it is about, sorted; empty where it is about nobody in particular. */
  accountIds: readonly string[];
};

/** Whom a phase is for. Within one list any entry suffices; every list that is given has to match. Case does not count. */
export type PhaseFilter = {
  departments?: readonly string[] | undefined;
  jobTitles?: readonly string[] | undefined;
  /** Domains of the sign-in name. */
  domains?: readonly string[] | undefined;
};

/** A person on the list of a phase. */
export type PhasePerson = Pick<
  Person,
  | 'accountId'
  | 'displayName'
  | 'department'
  | 'jobTitle'
  | 'managerAccountId'
  | 'managerWhy'
  | 'accountStatus'
  | 'enrolment'
  | 'enrolmentWhy'
  | 'methods'
  | 'userPrincipalName'
  | 'mail'
  | 'hrStatus'
  | 'returnDate'
> & {
  /** As HR has it; absent or null: not known. */
  firstName?: string | null | undefined;
  phase: string;
  /** The signed exception that carves this account out today; null: none. */
  exempt: string | null;
};

/** One phase of one customer's rollout as it stands. */
export type Phase = {
  name: string;
  ordinal: number;
  /** The last one: everybody whom no other phase names, and whoever comes later. It has no group: it is include-All. */
  everyoneElse: boolean;
  state: PhaseState;
  since: string;
  /** Where a held phase goes on; null in every other state. */
  resumes: PhaseState | null;
  /** The day on which it is meant to be enforced. */
  enforceOn: string;
  announcedAt: string | null;
  /** When the report-only window began; it is over when its time and its share of people are both reached. */
  windowFrom: string | null;
  enforcedAt: string | null;
  /** Closed gates as they were last judged; empty when all are open or none was judged yet. */
  gates: readonly Gate[];
  /** Counts up with every change, so that a card can tell what it showed. */
  revision: number;
};

/** One customer's rollout: the procedure it follows, bound to days. */
export type Rollout = {
  id: string;
  procedure: Procedure;
  startsOn: string;
  /** The insurer's day. */
  deadline: string;
  state: 'running' | 'finished' | 'stopped';
  phases: readonly Phase[];
};

export const MESSAGE_KINDS = ['announcement', 'howTo', 'reminder', 'lastCall', 'managerNudge', 'allClear'] as const;

/** The messages of a phase. `managerNudge` goes to a manager about his people; `allClear` after the enforcement. */
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** When a message goes out: days before (negative: after) the day of enforcement, at a time of day at the customer. */
export type MessageTime = { daysBefore: number; at: string };

/** A rollout described so that the next customer can use it again: it names no account and no day of its own but holidays. */
export type Procedure = {
  version: 1;
  name: string;
  phases: readonly ProcedurePhase[];
  messages: Readonly<Partial<Record<MessageKind, MessageTime>>>;
  window: { hours: number; seenPercent: number };
  /** Share and number of people failing MFA at which a phase is taken out of enforcement (safety rule S12). */
  stopLine: { percent: number; people: number };
  approvals: { expireAfterHours: number };
  calendar: ProcedureCalendar;
  /** Whether a held phase keeps the next ones from being announced. */
  heldBlocksNext: boolean;
  /**
   * When Security Defaults give way, where they are on: `last`, with the last phase, after phases of outreach and
   * observation; `first`, in one step for everybody, without phases before it.
   */
  sdSwitch: 'first' | 'last';
  /** Whether enforcing a phase ends its people's sessions. */
  revokeSessions?: boolean | undefined;
  /** Days before the deadline on which holdouts are chased. */
  chaseDaysBefore: number;
  /** Days after the deadline on which an extension may still end. */
  extensionDays?: number | undefined;
};

export type ProcedurePhase = {
  name: string;
  /** Null: everybody whom no other phase names; the last phase, and the only one of its kind. */
  people: PhaseFilter | null;
  /** Working days from the start of the rollout to this phase's enforcement. */
  enforceAfterDays: number;
};

export type ProcedureCalendar = {
  /** ISO weekdays, 1 Monday to 7 Sunday, on which people work. */
  workdays: readonly number[];
  /** Times of day between which a phase may be enforced. */
  enforceFrom: string;
  enforceUntil: string;
  /** On Friday no later than this. */
  fridayUntil: string;
  holidays: readonly string[];
  /** Spans of days, both ends included, in which nothing is changed. */
  freezes: readonly { from: string; to: string; why: string }[];
};
