/**
 * Who gets which message when. Each message goes to each person once in a rollout, whichever phase he is in by then, so
 * that moving to another phase never brings an announcement twice; the phase is kept as a fact. Nobody who can answer MFA
 * is reminded. A message that is more than a day late is left out unless it is the latest one due, so that a late start
 * brings one mail and no storm. Whoever comes after the enforcement of his phase gets the how-to alone. Days and times are those of the customer's clocks on the wall.
 */
import { dayAfter, dayOf, epochOf, instantOf } from '../../lib/local-time.ts';
import {
  MESSAGE_KINDS,
  type MessageKind,
  type MessageTime,
  type Phase,
  type PhasePerson,
  type Rollout,
} from '../phases/phase-types.core.ts';
import { copyOf, managerOf, type PeopleById, recipientOf, withoutAddress } from './cadence-managers.core.ts';
import { onLeaveUntil, type ReasonCode, reasonOf } from './outreach-reasons.core.ts';
import type { LedgerFact, LedgerState, PlannedMail, Reason, Recipient } from './outreach-types.core.ts';

/** Messages that ask for something which whoever has enrolled has done. */
const REMINDERS: ReadonlySet<MessageKind> = new Set(['reminder', 'lastCall', 'managerNudge']);

/** Messages that go to the manager in copy where the procedure does not say otherwise. */
const COPIED: ReadonlySet<MessageKind> = new Set(['announcement', 'reminder', 'lastCall']);

const LATE_MS = 24 * 60 * 60 * 1000;

export type CadenceInput = {
  rollout: Rollout;
  /** Everybody, since managers may be in other phases. */
  people: readonly PhasePerson[];
  /** Whom to judge; everybody where it is not given. */
  subjects?: readonly PhasePerson[];
  /** What is in the ledger of this rollout. */
  ledger: readonly LedgerFact[];
  /** Milliseconds since the epoch. */
  now: number;
  timeZone: string;
  /** Whether the customer has a mailbox to send from. */
  hasMail: boolean;
  /** Whether the bot can write to people without an address, and to everybody where there is no mailbox. */
  hasTeams: boolean;
  /** Since when accounts are there that came, or came back, during the rollout: ISO 8601 by account. */
  newcomers?: ReadonlyMap<string, string>;
  /** Whether lateness counts; false for a message that was due in time and had to wait. */
  isLateKept?: boolean;
};

type Outcome =
  /** It is due now. */
  | { verdict: 'send' }
  /** Its time has not come; null: it waits for the enforcement. */
  | { verdict: 'later'; reason: Reason | null }
  | { verdict: 'sent'; state: LedgerState }
  | { verdict: 'not'; reason: Reason };

/** What becomes of one message about one person of a phase that was announced. */
export type Verdict = Outcome & {
  message: MessageKind;
  accountId: string;
  displayName: string;
  phase: string;
  /** Who gets it: the person, or the manager whom a nudge goes to; null where that is nobody. */
  recipientId: string | null;
  dueAt: string | null;
  /** Worth knowing beside the verdict. */
  note: Reason | null;
};

export type Cadence = {
  /** One for each person and message of the procedure, in the order of people and messages. */
  verdicts: Verdict[];
  /** What goes out now, each mail once; a manager's mail stands for all his holdouts. */
  mails: PlannedMail[];
};

/**
 * Judges every person and message of the announced phases. Refuses with the codes of `instantOf` when the procedure holds
 * no days and times.
 */
export function cadenceOf(input: CadenceInput): Cadence {
  const people: PeopleById = new Map(input.people.map((person) => [person.accountId, person]));
  const facts = new Map(input.ledger.map((fact) => [factKey(fact), fact]));
  const told = input.rollout.phases.filter(wasAnnounced);
  const phases = new Map(told.map((phase) => [phase.name, { phase, messages: messagesOf(input, phase) }]));
  const judged = (input.subjects ?? input.people).flatMap((person) => {
    const found = phases.get(person.phase);
    return found === undefined ? [] : messagesTo({ input, ...found, person, people, facts });
  });
  return { verdicts: judged.map(({ verdict }) => verdict), mails: mailsOf(judged) };
}

/** Whether a message of this kind goes to the manager in copy. */
export function copiesManager(
  message: MessageKind,
  time: MessageTime & { copyManager?: boolean | undefined },
): boolean {
  return message !== 'managerNudge' && (time.copyManager ?? COPIED.has(message));
}

/** Whether a message asks for what an enrolled person has done, so that methods are read afresh before it goes out. */
export function isReminder(message: MessageKind): boolean {
  return REMINDERS.has(message);
}

type Case = {
  input: CadenceInput;
  phase: Phase;
  messages: readonly Message[];
  person: PhasePerson;
  people: PeopleById;
  facts: ReadonlyMap<string, LedgerFact>;
};

type Message = { kind: MessageKind; time: MessageTime; dueAt: string | null };

type Judged = { verdict: Verdict; to: Recipient | null; cc: Recipient | null };

function wasAnnounced({ state, announcedAt }: Phase): boolean {
  return announcedAt !== null || !(state === 'planned' || state === 'held');
}

function factKey({ message, personId, scope }: Pick<LedgerFact, 'message' | 'personId' | 'scope'>): string {
  return `${message} ${personId} ${scope}`;
}

function messagesOf(input: CadenceInput, phase: Phase): Message[] {
  return MESSAGE_KINDS.flatMap((kind) => {
    const time = input.rollout.procedure.messages[kind];
    return time === undefined ? [] : [{ kind, time, dueAt: dueOf(input, phase, { kind, time }) }];
  });
}

function messagesTo(one: Case): Judged[] {
  const since = newSince(one);
  const drafts = one.messages.map((message) => {
    const own = since !== null && message.kind === WELCOME ? { ...message, dueAt: since } : message;
    return { message: own, ...first(one, own) };
  });
  const latest = latestDue(
    one,
    drafts.filter(({ message }) => !isAfter(message)),
  );
  const wasTold = drafts.some(({ outcome }) => outcome.verdict === 'sent');
  return drafts.map(({ message, outcome, ...ways }) => {
    const { dueAt } = message;
    const isOnly = isAfter(message)
      ? wasTold && since === null
      : message.kind === 'managerNudge' || dueAt === latest || (since !== null && message.kind === WELCOME);
    const judged = outcome.verdict === 'send' ? lateOr(one, { dueAt, isOnly }) : outcome;
    return { to: ways.to, cc: ways.cc, verdict: verdictOf(one, message, { ...ways, outcome: judged }) };
  });
}

/** The one message before the enforcement that whoever comes after it needs as well. */
const WELCOME: MessageKind = 'howTo';

/** Since when the person is there, where that is after the enforcement of his phase; else null. */
function newSince({ input, phase, person }: Pick<Case, 'input' | 'phase' | 'person'>): string | null {
  const since = input.newcomers?.get(person.accountId);
  if (since === undefined || phase.state !== 'enforced' || phase.enforcedAt === null) return null;
  return epochOf(since) > epochOf(phase.enforcedAt) ? since : null;
}

type First = {
  outcome: Outcome;
  to: Recipient | null;
  cc: Recipient | null;
  recipientId: string | null;
  note: Reason | null;
};

function verdictOf(
  one: Case,
  { kind, dueAt }: Message,
  { outcome, recipientId, note }: Omit<First, 'managerGap'>,
): Verdict {
  const { accountId, displayName } = one.person;
  return { message: kind, accountId, displayName, phase: one.phase.name, recipientId, dueAt, note, ...outcome };
}

/** After the enforcement: the all-clear, and whatever the procedure puts on a day behind it. */
function isAfter({ kind, time }: Pick<Message, 'kind' | 'time'>): boolean {
  return kind === 'allClear' || time.daysBefore < 0;
}

/** What is to be said without asking whether it is late. */
function first(one: Case, message: Message): First {
  const ways = waysOf(one, message);
  return { ...ways, outcome: outcomeOf(one, message, ways) };
}

type Ways = Omit<First, 'outcome'> & { managerGap: Reason | null };

/** Whom the message goes to, and who gets a copy. */
function waysOf({ input, person, people }: Case, { kind, time }: Message): Ways {
  const nobody = { to: null, cc: null, recipientId: null, note: null, managerGap: null };
  if (kind !== 'managerNudge') {
    const cc = copiesManager(kind, time) ? copyOf(person, people) : null;
    const to = recipientOf(person) ?? (input.hasTeams ? withoutAddress(person) : null);
    return { ...nobody, to, cc, recipientId: person.accountId };
  }
  const found = managerOf(person, people, input.hasTeams);
  if (!found.ok) return { ...nobody, managerGap: found.reason };
  const note = found.manager.enrolment === 'capable' ? null : reasonOf('managerIsHoldout');
  return { ...nobody, to: found.to, recipientId: found.to.accountId, note };
}

/** The ladder, the most final reason first. */
function outcomeOf(one: Case, message: Message, { to, recipientId, managerGap }: Ways): Outcome {
  const { dueAt } = message;
  const fact = factOf(one, message.kind, recipientId);
  const isNudge = message.kind === 'managerNudge';
  if (fact !== undefined && (!isNudge || fact.about.includes(one.person.accountId))) return told(fact);
  const why = phaseReason(one, message) ?? personReason(one, message) ?? managerGap;
  if (why !== null) return { verdict: 'not', reason: why };
  if (fact !== undefined) return { verdict: 'not', reason: reasonOf('nudgedBefore') };
  if (to === null) return { verdict: 'not', reason: reasonOf('noAddress') };
  if (dueAt === null) return { verdict: 'later', reason: reasonOf('notEnforcedYet') };
  return epochOf(dueAt) <= one.input.now ? { verdict: 'send' } : { verdict: 'later', reason: null };
}

function factOf({ facts, phase }: Case, message: MessageKind, personId: string | null): LedgerFact | undefined {
  const scope = message === 'managerNudge' ? phase.name : '';
  return personId === null ? undefined : facts.get(factKey({ message, personId, scope }));
}

function told({ state, reason }: LedgerFact): Outcome {
  if (state !== 'skipped') return { verdict: 'sent', state };
  return { verdict: 'not', reason: reason ?? reasonOf('longPast') };
}

function phaseReason(one: Case, message: Message): Reason | null {
  const { input, phase } = one;
  const isWelcome = message.kind === WELCOME && newSince(one) !== null;
  const code = ((): ReasonCode | null => {
    if (input.rollout.state === 'stopped') return 'rolloutStopped';
    if (phase.state === 'held') return 'phaseHeld';
    if (phase.state === 'rolledBack') return 'phaseRolledBack';
    if (phase.state === 'enforced' && !isAfter(message) && !isWelcome) return 'phaseEnforced';
    return input.hasMail || input.hasTeams ? null : 'noMailSystem';
  })();
  return code === null ? null : reasonOf(code);
}

function personReason({ person }: Case, { kind }: Message): Reason | null {
  if (person.accountStatus === 'disabled') return reasonOf('accountDisabled');
  if (person.exempt !== null) return reasonOf('exempt');
  if (REMINDERS.has(kind) && person.enrolment === 'capable') return reasonOf('enrolled');
  return person.hrStatus === 'onLeave' ? onLeaveUntil(person.returnDate) : null;
}

/** Null while it waits for the enforcement, which a message behind it counts its days from. */
function dueOf({ timeZone }: CadenceInput, phase: Phase, message: Pick<Message, 'kind' | 'time'>): string | null {
  const { daysBefore, at } = message.time;
  if (!isAfter(message)) return instantOf(dayAfter(phase.enforceOn, -daysBefore), at, timeZone).toISOString();
  if (phase.state !== 'enforced' || phase.enforcedAt === null) return null;
  const enforced = epochOf(phase.enforcedAt);
  const day = dayOf(phase.enforcedAt, timeZone);
  const planned = instantOf(dayAfter(day, Math.max(0, -daysBefore)), at, timeZone);
  return planned.getTime() < enforced ? phase.enforcedAt : planned.toISOString();
}

/** The due time of the latest message before the enforcement whose time has come and that is this person's or was. */
function latestDue(one: Case, drafts: readonly (First & { message: Message })[]): string | null {
  const now = one.input.now;
  return drafts
    .filter(({ message }) => message.kind !== 'managerNudge')
    .filter(({ outcome }) => outcome.verdict === 'send' || outcome.verdict === 'sent')
    .flatMap(({ message: { dueAt } }) => (dueAt !== null && epochOf(dueAt) <= now ? [dueAt] : []))
    .reduce<string | null>((latest, dueAt) => (latest === null || dueAt > latest ? dueAt : latest), null);
}

function lateOr({ input }: Case, { dueAt, isOnly }: { dueAt: string | null; isOnly: boolean }): Outcome {
  const lateMs = dueAt === null ? 0 : input.now - epochOf(dueAt);
  if (lateMs <= LATE_MS || isOnly || input.isLateKept === true) return { verdict: 'send' };
  return { verdict: 'not', reason: reasonOf('longPast') };
}

function mailsOf(judged: readonly Judged[]): PlannedMail[] {
  const mails = new Map<string, PlannedMail>();
  for (const { verdict, to, cc } of judged) {
    if (verdict.verdict !== 'send' || to === null || verdict.dueAt === null) continue;
    const { message, phase, dueAt, accountId } = verdict;
    const isNudge = message === 'managerNudge';
    const mail = { message, personId: to.accountId, scope: isNudge ? phase : '', phase, to, cc, dueAt };
    const key = factKey(mail);
    const about = isNudge ? [...(mails.get(key)?.about ?? []), accountId].sort() : [];
    mails.set(key, { ...mail, about });
  }
  return [...mails.values()];
}
