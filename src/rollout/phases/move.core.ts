/**
 * Moving the days of a running rollout: its deadline, and the day of a phase that nobody was told of. People who were
 * told a day keep it; a phase keeps its place in the order, lies on a working day of the procedure's calendar, and has
 * the days that its messages and its report-only window need.
 */
import { dayAfter } from '../../lib/local-time.ts';
import * as says from './move-texts.core.ts';
import type { Phase, Procedure, ProcedureCalendar, Rollout, Sentence } from './phase-types.core.ts';
import { dayRefusal } from './work-days.core.ts';

export type MoveCode =
  | 'no_rollout'
  | 'phase_unknown'
  | 'day_past'
  | 'day_too_far'
  | 'deadline_too_early'
  | 'phase_announced'
  | 'day_told'
  | 'no_working_day'
  | 'day_too_soon'
  | 'phase_order'
  | 'phase_after_deadline';

export type MoveRefusal = { code: MoveCode; message: Sentence };

/** One phase, or the deadline, on another day than before. */
export type MovedDay = { name: string; from: string; to: string };

export type DeadlineMove =
  | { kind: 'moves'; from: string; to: string }
  | { kind: 'already' }
  | { kind: 'refused'; refusal: MoveRefusal };

export type PhaseMove =
  | { kind: 'moves'; moved: readonly MovedDay[] }
  | { kind: 'already' }
  | { kind: 'refused'; refusal: MoveRefusal };

/** What is known when a day is moved. */
export type MoveFacts = {
  /** Today at the customer. */
  today: string;
  /** Names of phases about which a message stands in the outreach ledger, sent or under way. */
  told: ReadonlySet<string>;
  /** Whether Security Defaults are on by what is stored; null: not known. */
  areDefaultsOn: boolean | null;
};

/** Moves the deadline to a day that is neither past nor before a phase that is still to be enforced. */
export function moveDeadline(rollout: Rollout | null, to: string, { today }: Pick<MoveFacts, 'today'>): DeadlineMove {
  if (rollout?.state !== 'running') return refused('no_rollout', says.NO_ROLLOUT);
  if (to === rollout.deadline) return { kind: 'already' };
  const outside = outsideDays(to, today);
  if (outside !== null) return { kind: 'refused', refusal: outside };
  const open = rollout.phases.filter(isOpen);
  const last = open.reduce<Phase | null>((a, b) => (a === null || b.enforceOn >= a.enforceOn ? b : a), null);
  if (last !== null && last.enforceOn > to) return refused('deadline_too_early', says.deadlineBefore(last, to));
  return { kind: 'moves', from: rollout.deadline, to };
}

export type PhaseMoveAsk = { name: string; to: string; withLater: boolean };

/**
 * Moves a phase that nobody was told of, alone or with all later ones by the same number of working days. The ladder names
 * the most final reason first; a day that the phase has already changes nothing.
 */
export function movePhase(rollout: Rollout | null, ask: PhaseMoveAsk, facts: MoveFacts): PhaseMove {
  if (rollout?.state !== 'running') return refused('no_rollout', says.NO_ROLLOUT);
  const phase = rollout.phases.find(({ name }) => name.toLowerCase() === ask.name.trim().toLowerCase());
  if (phase === undefined) return refused('phase_unknown', says.unknown(ask.name, rollout.phases));
  if (phase.enforceOn === ask.to) return { kind: 'already' };
  const later = ask.withLater ? rollout.phases.filter((one) => one.ordinal > phase.ordinal && isOpen(one)) : [];
  const kept = keptDay(rollout, [phase, ...later], facts);
  if (kept !== null) return { kind: 'refused', refusal: kept };
  const off = outsideDays(ask.to, facts.today) ?? dayOff(ask.to, rollout.procedure.calendar);
  if (off !== null) return { kind: 'refused', refusal: off };
  const moved = shifted(phase, { later, to: ask.to, calendar: rollout.procedure.calendar });
  if (moved === null) return refused('no_working_day', says.NO_DAY_LEFT);
  const against = misplaced(rollout, moved, facts);
  return against === null ? { kind: 'moves', moved } : { kind: 'refused', refusal: against };
}

function refused(code: MoveCode, message: Sentence): { kind: 'refused'; refusal: MoveRefusal } {
  return { kind: 'refused', refusal: { code, message } };
}

function isOpen({ state }: Pick<Phase, 'state'>): boolean {
  return state !== 'enforced';
}

/** Whether nobody was told a day of this phase: it is planned, or held while it was, and no message about it stands. */
export function isUntold(phase: Phase, told: MoveFacts['told']): boolean {
  const isPlanned = phase.state === 'planned' || (phase.state === 'held' && phase.resumes === 'planned');
  return isPlanned && phase.announcedAt === null && !told.has(phase.name);
}

/** Why one of these phases keeps its day; null when all may be moved. */
function keptDay({ phases, procedure }: Rollout, wanted: readonly Phase[], facts: MoveFacts): MoveRefusal | null {
  const told = wanted.find((phase) => !isUntold(phase, facts.told));
  if (told !== undefined) return { code: 'phase_announced', message: says.announced(told) };
  // Under Security Defaults people are told the day of the last step, since nothing is demanded of them before it.
  const isTogether = procedure.sdSwitch === 'last' && facts.areDefaultsOn !== false;
  const last = isTogether ? wanted.find(({ everyoneElse }) => everyoneElse) : undefined;
  const other = phases.find((phase) => !phase.everyoneElse && isOpen(phase) && !isUntold(phase, facts.told));
  if (last === undefined || other === undefined) return null;
  return { code: 'day_told', message: says.toldOfLast(last, other) };
}

/** Days ahead that a calendar is looked at, and no move goes beyond. */
const DAYS_MAX = 3 * 366;

/** Why a day is none that anything is moved to, whatever the calendar says. */
function outsideDays(day: string, today: string): MoveRefusal | null {
  if (day < today) return { code: 'day_past', message: says.past(day) };
  const last = dayAfter(today, DAYS_MAX);
  return day <= last ? null : { code: 'day_too_far', message: says.tooFar(day, last) };
}

function dayOff(day: string, calendar: ProcedureCalendar): MoveRefusal | null {
  const why = dayRefusal(day, calendar);
  return why === null ? null : { code: 'no_working_day', message: says.notOn(why) };
}

type Shift = { later: readonly Phase[]; to: string; calendar: ProcedureCalendar };

/** The phase on its new day and each later one as many working days further; null where the calendar has no such day. */
function shifted(phase: Phase, { later, to, calendar }: Shift): MovedDay[] | null {
  const count = workDaysBetween(phase.enforceOn, to, calendar);
  const moved: MovedDay[] = [{ name: phase.name, from: phase.enforceOn, to }];
  for (const one of later) {
    const day = shiftedDay(one.enforceOn, count, calendar);
    if (day === null) return null;
    if (day !== one.enforceOn) moved.push({ name: one.name, from: one.enforceOn, to: day });
  }
  return moved;
}

/** Working days that lie after the earlier of two days, up to the later one; negative where `to` is the earlier. */
export function workDaysBetween(from: string, to: string, calendar: ProcedureCalendar): number {
  const [first, last] = from <= to ? [from, to] : [to, from];
  let count = 0;
  for (let day = dayAfter(first, 1); day <= last; day = dayAfter(day, 1)) {
    if (dayRefusal(day, calendar) === null) count += 1;
  }
  return from <= to ? count : -count;
}

/** The working day that lies `count` working days after this one, before it where negative; null within three years. */
export function shiftedDay(from: string, count: number, calendar: ProcedureCalendar): string | null {
  let left = Math.abs(count);
  let day = from;
  for (let looked = 0; looked < DAYS_MAX && left > 0; looked += 1) {
    day = dayAfter(day, count < 0 ? -1 : 1);
    if (dayRefusal(day, calendar) === null) left -= 1;
  }
  return left === 0 ? day : null;
}

const HOURS_PER_DAY = 24;

/** Days before its enforcement that a phase needs: for the first of its messages, and for its report-only window. */
export function daysNeeded({ messages, window }: Pick<Procedure, 'messages' | 'window'>): number {
  const before = Object.values(messages).map(({ daysBefore }) => daysBefore);
  return Math.max(0, Math.ceil(window.hours / HOURS_PER_DAY), ...before);
}

function misplaced(rollout: Rollout, moved: readonly MovedDay[], { today, told }: MoveFacts): MoveRefusal | null {
  const needed = daysNeeded(rollout.procedure);
  const earliest = dayAfter(today, needed);
  const soon = moved.find(({ to }) => to < earliest);
  if (soon !== undefined) return { code: 'day_too_soon', message: says.tooSoon(soon, { needed, earliest }) };
  const order = outOfOrder(rollout.phases, moved, { today, told });
  if (order !== null) return order;
  const late = moved.find(({ to }) => to > rollout.deadline);
  if (late === undefined) return null;
  return { code: 'phase_after_deadline', message: says.afterDeadline(late, rollout.deadline) };
}

/** The first moved phase that would overtake another one, or be overtaken. Enforced phases have no turn to keep. */
function outOfOrder(
  phases: readonly Phase[],
  moved: readonly MovedDay[],
  { today, told }: Pick<MoveFacts, 'today' | 'told'>,
): MoveRefusal | null {
  const days = new Map(moved.map(({ name, to }) => [name, to]));
  // An announced phase whose day is over waits for something else than its day.
  const binding = phases.filter(
    (phase) => days.has(phase.name) || (isOpen(phase) && (isUntold(phase, told) || phase.enforceOn >= today)),
  );
  for (const [index, phase] of binding.entries()) {
    const next = binding[index + 1];
    if (next === undefined) break;
    const [day, after] = [days.get(phase.name) ?? phase.enforceOn, days.get(next.name) ?? next.enforceOn];
    if (day <= after) continue;
    if (days.has(phase.name)) return { code: 'phase_order', message: says.overtakes(phase.name, { next, day: after }) };
    if (days.has(next.name)) return { code: 'phase_order', message: says.isBefore(next.name, { previous: phase }) };
  }
  return null;
}
