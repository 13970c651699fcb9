/** Which day of a running rollout may be moved where, and what moves with it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAfter } from '../../src/lib/local-time.ts';
import {
  daysNeeded,
  type MoveFacts,
  moveDeadline,
  movePhase,
  shiftedDay,
  workDaysBetween,
} from '../../src/rollout/phases/move.core.ts';
import type { Phase, Procedure, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { dayRefusal } from '../../src/rollout/phases/work-days.core.ts';
import { PLAIN_PROCEDURE } from '../support/procedure.ts';

/* 2027-01-04 is a Monday. */
const TODAY = '2027-01-04';
const FACTS: MoveFacts = { today: TODAY, told: new Set(), areDefaultsOn: false };

const PROCEDURE: Procedure = {
  ...PLAIN_PROCEDURE,
  messages: { announcement: { daysBefore: 7, at: '09:00' }, allClear: { daysBefore: -1, at: '09:00' } },
  calendar: {
    ...PLAIN_PROCEDURE.calendar,
    holidays: ['2027-01-20'],
    freezes: [{ from: '2027-02-08', to: '2027-02-12', why: 'the audit' }],
  },
};

function phase(name: string, ordinal: number, changes: Partial<Phase> = {}): Phase {
  const enforceOn = ['2027-01-15', '2027-01-19', '2027-01-25'][ordinal] ?? '2027-01-29';
  return {
    ...{ name, ordinal, everyoneElse: ordinal === 2, state: 'planned', since: '2027-01-01T08:00:00.000Z' },
    ...{ resumes: null, enforceOn, announcedAt: null, windowFrom: null, enforcedAt: null, gates: [], revision: 1 },
    ...changes,
  };
}

function rollout(changes: readonly Partial<Phase>[] = [], given: Partial<Rollout> = {}): Rollout {
  const phases = ['IT', 'Sales', 'Everyone else'].map((name, ordinal) => phase(name, ordinal, changes[ordinal]));
  const days = { startsOn: '2027-01-04', deadline: '2027-02-26' };
  return { id: 'r', procedure: PROCEDURE, ...days, state: 'running', phases, ...given };
}

const ANNOUNCED = { state: 'announced', announcedAt: '2027-01-04T08:00:00.000Z' } as const;
const ENFORCED = { state: 'enforced', announcedAt: '2026-12-01T08:00:00.000Z', enforcedAt: TODAY } as const;

describe('the deadline', () => {
  const codeOf = (to: string, one: Rollout | null = rollout()) => {
    const decided = moveDeadline(one, to, FACTS);
    return decided.kind === 'refused' ? decided.refusal.code : decided.kind;
  };

  it.each([
    ['later', '2027-03-31', 'moves'],
    ['earlier, on the day of the last phase', '2027-01-25', 'moves'],
    ['to the day it has', '2027-02-26', 'already'],
    ['before the day of the last phase', '2027-01-24', 'deadline_too_early'],
    ['into the past', '2027-01-03', 'day_past'],
    ['by thousands of years', '9999-12-31', 'day_too_far'],
  ])('moves or is refused: %s', (_how, to, code) => {
    expect(codeOf(to)).toBe(code);
  });

  it('is bound by phases that are still to be enforced, and by no other', () => {
    expect(codeOf('2027-01-19', rollout([ENFORCED, {}, ENFORCED]))).toBe('moves');
    expect(codeOf('2027-01-18', rollout([ENFORCED, {}, ENFORCED]))).toBe('deadline_too_early');
    expect(codeOf(TODAY, rollout([ENFORCED, ENFORCED, ENFORCED]))).toBe('moves');
  });

  it('belongs to a running rollout', () => {
    expect(codeOf('2027-03-31', null)).toBe('no_rollout');
    expect(codeOf('2027-03-31', rollout([], { state: 'stopped' }))).toBe('no_rollout');
  });
});

describe('the day of a phase', () => {
  const decide = (
    name: string,
    to: string,
    {
      withLater = false,
      of = rollout(),
      facts = {},
    }: { withLater?: boolean; of?: Rollout; facts?: Partial<MoveFacts> } = {},
  ) => movePhase(of, { name, to, withLater }, { ...FACTS, ...facts });
  const codeOf = (...asked: Parameters<typeof decide>) => {
    const decided = decide(...asked);
    return decided.kind === 'refused' ? decided.refusal.code : decided.kind;
  };

  it.each([
    ['to a day between its neighbours', 'Sales', '2027-01-22', 'moves'],
    ['to the day of the next one', 'Sales', '2027-01-25', 'moves'],
    ['to the day of the one before', 'Sales', '2027-01-15', 'moves'],
    ['to the day it has, whatever the case of its name', 'sales', '2027-01-19', 'already'],
    ['over the next one', 'Sales', '2027-01-26', 'phase_order'],
    ['before the one before it', 'Sales', '2027-01-14', 'phase_order'],
    ['to a Saturday', 'Sales', '2027-01-23', 'no_working_day'],
    ['to a holiday', 'Sales', '2027-01-20', 'no_working_day'],
    ['into a freeze', 'Everyone else', '2027-02-09', 'no_working_day'],
    ['into the past', 'IT', '2027-01-01', 'day_past'],
    ['by thousands of years', 'IT', '9999-12-31', 'day_too_far'],
    ['to where its announcement would be late', 'IT', '2027-01-08', 'day_too_soon'],
    ['to the first day its messages allow', 'IT', '2027-01-11', 'moves'],
    ['to the deadline', 'Everyone else', '2027-02-26', 'moves'],
    ['behind the deadline', 'Everyone else', '2027-03-01', 'phase_after_deadline'],
    ['of a phase that is not there', 'Nowhere', '2027-01-22', 'phase_unknown'],
  ])('moves or is refused: %s', (_how, name, to, code) => {
    expect(codeOf(name, to)).toBe(code);
  });

  it('stays where people were told it, and says to hold the phase instead', () => {
    const decided = decide('IT', '2027-01-18', { of: rollout([ANNOUNCED]) });
    expect(decided).toMatchObject({ kind: 'refused', refusal: { code: 'phase_announced' } });
    expect(decided.kind === 'refused' && decided.refusal.message.en).toMatch(/told 2027-01-15.*hold the phase/);
    expect(codeOf('IT', '2027-01-18', { of: rollout([ENFORCED]) })).toBe('phase_announced');
    expect(codeOf('IT', '2027-01-18', { of: rollout([{ state: 'held', resumes: 'announced' }]) })).toBe(
      'phase_announced',
    );
    expect(codeOf('IT', '2027-01-18', { facts: { told: new Set(['IT']) } })).toBe('phase_announced');
  });

  it('moves where the phase is held and nobody was told', () => {
    expect(codeOf('IT', '2027-01-18', { of: rollout([{ state: 'held', resumes: 'planned' }]) })).toBe('moves');
  });

  it('takes all later ones with it by as many working days, over holidays and freezes', () => {
    expect(decide('Sales', '2027-01-26', { withLater: true })).toEqual({
      kind: 'moves',
      moved: [
        { name: 'Sales', from: '2027-01-19', to: '2027-01-26' },
        { name: 'Everyone else', from: '2027-01-25', to: '2027-01-29' },
      ],
    });
    expect(decide('Everyone else', '2027-02-15')).toMatchObject({ kind: 'moves' });
    // 2027-01-15 to 2027-02-05 are 14 working days; 14 from the others' days jump over the freeze.
    expect(decide('IT', '2027-02-05', { withLater: true })).toMatchObject({
      moved: [{ to: '2027-02-05' }, { to: '2027-02-16' }, { to: '2027-02-19' }],
    });
  });

  it('moves nothing with it that people were told of, or that would come after the deadline', () => {
    const of = rollout([{ state: 'held', resumes: 'planned' }, ANNOUNCED]);
    expect(codeOf('IT', '2027-01-26', { withLater: true, of })).toBe('phase_announced');
    expect(codeOf('IT', '2027-02-22', { withLater: true })).toBe('phase_after_deadline');
  });

  it('has to keep no order with a phase that is enforced, or announced with its day over', () => {
    const held = { state: 'held', resumes: 'planned' } as const;
    expect(codeOf('IT', '2027-01-22', { of: rollout([held, ENFORCED]) })).toBe('moves');
    expect(codeOf('IT', '2027-01-22', { of: rollout([held, { ...ANNOUNCED, enforceOn: '2027-01-01' }]) })).toBe(
      'moves',
    );
    expect(codeOf('IT', '2027-01-22', { of: rollout([held, { enforceOn: '2027-01-01' }]) })).toBe('phase_order');
  });

  it('stays for the last phase where people were told its day because of Security Defaults', () => {
    const last = 'Everyone else';
    const of = rollout([ANNOUNCED]);
    for (const areDefaultsOn of [true, null]) {
      expect(codeOf(last, '2027-02-15', { of, facts: { areDefaultsOn } })).toBe('day_told');
      expect(codeOf('Sales', '2027-01-22', { of, withLater: true, facts: { areDefaultsOn } })).toBe('day_told');
      expect(codeOf('Sales', '2027-01-22', { of, facts: { areDefaultsOn } })).toBe('moves');
      expect(codeOf(last, '2027-02-15', { facts: { areDefaultsOn } })).toBe('moves');
    }
    expect(codeOf(last, '2027-02-15', { of })).toBe('moves');
  });
});

describe('a move, of any rollout', () => {
  const near = fc.integer({ min: -20, max: 60 }).map((days) => dayAfter(TODAY, days));

  it('leaves working days in order, not past, before the deadline, and asked again changes nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom('IT', 'Sales', 'Everyone else'), near, fc.boolean(), (name, to, withLater) => {
        const before = rollout();
        const decided = movePhase(before, { name, to, withLater }, FACTS);
        if (decided.kind !== 'moves') return;
        const days = new Map(decided.moved.map((one) => [one.name, one.to]));
        const phases = before.phases.map((one) => ({ ...one, enforceOn: days.get(one.name) ?? one.enforceOn }));
        const after = phases.map(({ enforceOn }) => enforceOn);
        expect(after).toEqual([...after].sort());
        for (const day of after) {
          expect(dayRefusal(day, PROCEDURE.calendar)).toBeNull();
          expect(day >= dayAfter(TODAY, daysNeeded(PROCEDURE)) && day <= before.deadline).toBe(true);
        }
        expect(movePhase({ ...before, phases }, { name, to, withLater }, FACTS)).toEqual({ kind: 'already' });
      }),
    );
  });

  it('counts working days there and back alike', () => {
    fc.assert(
      fc.property(near, near, (from, to) => {
        const { calendar } = PROCEDURE;
        fc.pre(dayRefusal(from, calendar) === null && dayRefusal(to, calendar) === null);
        expect(shiftedDay(from, workDaysBetween(from, to, calendar), calendar)).toBe(to);
      }),
    );
  });
});
