import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayRefusal } from '../../src/rollout/exceptions/request-rules.core.ts';
import { judgeAnswer, proposalOf } from '../../src/rollout/holdouts/answers.core.ts';
import { wishTickets } from '../../src/rollout/holdouts/holdout-tickets.core.ts';
import type { AnswerKind, HoldoutAnswer, MethodReading } from '../../src/rollout/holdouts/holdout-types.core.ts';
import { type HoldoutFacts, holdoutsOf, stepOf } from '../../src/rollout/holdouts/holdouts.core.ts';
import type { Phase, PhasePerson } from '../../src/rollout/phases/phase-types.core.ts';
import { phaseOf, phasePerson, rolloutOf } from '../support/outreach-world.ts';

/** Enforced on 29 March 2027, chased from three days before. */
const DUE = '2027-03-26';
const rollout = rolloutOf([phaseOf()], {});

function under(accountId: string, managerAccountId: string | null, given: Partial<PhasePerson> = {}): PhasePerson {
  return phasePerson({
    ...{ accountId, managerAccountId, managerWhy: managerAccountId === null ? 'noManager' : null },
    ...given,
  });
}

const enrolled = { enrolment: 'capable' } as const;

function judge(people: readonly PhasePerson[], given: Partial<HoldoutFacts> = {}) {
  return holdoutsOf({ rollout, people, fresh: new Map(), today: DUE, ...given });
}

/** The list of one person: the manager’s id, `engineer <why>` or `excused <why>`. */
function placeOf(accountId: string, people: readonly PhasePerson[], given: Partial<HoldoutFacts> = {}): string {
  const { found, excused } = judge(people, given);
  const holdout = found.find((one) => one.accountId === accountId);
  if (holdout !== undefined) {
    const { owner } = holdout;
    return owner.to === 'manager' ? owner.accountId : `engineer ${owner.why.code}`;
  }
  return `excused ${excused.find((one) => one.accountId === accountId)?.why.code ?? 'nowhere'}`;
}

const read = (enrolment: MethodReading['enrolment']): MethodReading => ({ enrolment, readAt: DUE, problem: null });

describe('the list that a holdout stands on', () => {
  const boss = under('boss', null, enrolled);
  it.each<[string, PhasePerson[], string]>([
    ['his manager’s', [under('p', 'boss'), boss], 'boss'],
    ['the engineer’s without a manager', [under('p', null)], 'engineer managerMissing'],
    [
      'the engineer’s when HR names one who left',
      [under('p', null, { managerWhy: 'managerLeft' })],
      'engineer managerLeft',
    ],
    ['the engineer’s when the manager is gone from the list', [under('p', 'gone')], 'engineer managerLeft'],
    [
      'the engineer’s when the manager’s account is disabled',
      [under('p', 'boss'), { ...boss, accountStatus: 'disabled' }],
      'engineer managerLeft',
    ],
    ['the next manager’s when the manager is a holdout', [under('p', 'm'), under('m', 'boss'), boss], 'boss'],
    [
      'the next manager’s when the manager is on leave',
      [under('p', 'm'), under('m', 'boss', { ...enrolled, hrStatus: 'onLeave' }), boss],
      'boss',
    ],
    [
      'the engineer’s when everybody above is a holdout',
      [under('p', 'm'), under('m', null)],
      'engineer managerIsHoldout',
    ],
    ['the manager’s who is carved out', [under('p', 'm'), under('m', null, { exempt: 'extension' })], 'm'],
    ['the engineer’s when he is his own manager', [under('p', 'p')], 'engineer managerIsSelf'],
    ['the engineer’s in a circle', [under('p', 'm'), under('m', 'p', enrolled)], 'engineer managerLoop'],
    [
      'the engineer’s when a circle of holdouts is above',
      [under('p', 'a'), under('a', 'b'), under('b', 'a')],
      'engineer managerLoop',
    ],
    [
      'the engineer’s when the methods cannot be told',
      [under('p', 'boss', { enrolment: 'unknown' }), boss],
      'engineer methodsUnknown',
    ],
    ['nobody’s when carved out', [under('p', 'boss', { exempt: 'onLeave' }), boss], 'excused exempt'],
    ['nobody’s when on leave', [under('p', 'boss', { hrStatus: 'onLeave' }), boss], 'excused onLeave'],
    [
      'nobody’s when the account is disabled',
      [under('p', 'boss', { accountStatus: 'disabled' }), boss],
      'excused disabled',
    ],
    ['nobody’s when enrolled', [under('p', 'boss', enrolled), boss], 'excused enrolled'],
  ])('is %s', (_name, people, place) => {
    expect(placeOf('p', people)).toBe(place);
  });

  it('follows the fresh reading against a list that lags', () => {
    const people = [under('p', 'boss'), boss];
    expect(placeOf('p', people, { fresh: new Map([['p', read('capable')]]) })).toBe('excused enrolled');
    const failed: MethodReading = { enrolment: 'unknown', readAt: null, problem: 'vendor_down' };
    expect(placeOf('p', people, { fresh: new Map([['p', failed]]) })).toBe('boss');
  });

  it('is empty where everybody has enrolled, is excused, or nobody is there', () => {
    const people = [under('p', 'boss', enrolled), boss, under('q', 'boss', { exempt: 'onLeave' })];
    expect(judge(people).found).toEqual([]);
    expect(judge([])).toEqual({ found: [], excused: [] });
  });

  it('is one alone for everybody, whoever manages whom', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const person = fc.record({
      managerAccountId: fc.option(fc.constantFrom(...ids, 'gone')),
      enrolment: fc.constantFrom('capable', 'not', 'unknown'),
      accountStatus: fc.constantFrom('enabled', 'disabled'),
      hrStatus: fc.constantFrom('active', 'onLeave'),
      exempt: fc.constantFrom(null, 'onLeave'),
    });
    fc.assert(
      fc.property(fc.array(person, { minLength: 6, maxLength: 6 }), (given) => {
        const people = given.map((one, index) => phasePerson({ accountId: ids[index] ?? '', ...one } as PhasePerson));
        const { found, excused } = judge(people);
        expect([...found, ...excused].map(({ accountId }) => accountId).sort()).toEqual(ids);
        for (const { accountId, owner } of found) {
          if (owner.to === 'engineer') continue;
          const manager = people.find((one) => one.accountId === owner.accountId);
          expect(owner.accountId).not.toBe(accountId);
          expect(manager).toMatchObject({ accountStatus: 'enabled', hrStatus: 'active' });
          expect(manager?.exempt === null && manager.enrolment === 'not').toBe(false);
        }
      }),
    );
  });
});

describe('the step of a phase', () => {
  it.each<[string, string, Partial<Phase>, string | null]>([
    ['nothing four days before', '2027-03-25', {}, null],
    ['`before` three days before', '2027-03-26', {}, 'before'],
    ['`lastDay` on the eve', '2027-03-28', {}, 'lastDay'],
    ['`lastDay` while it waits for approval', '2027-04-20', { state: 'ready' }, 'lastDay'],
    ['`enforced` once it is', '2027-03-01', { state: 'enforced' }, 'enforced'],
    ['nothing for a planned phase', '2027-03-28', { state: 'planned' }, null],
    ['`before` for a planned phase near the insurer’s day', '2027-06-27', { state: 'planned' }, 'before'],
    ['`before` for a phase put behind the insurer’s day', '2027-06-28', { enforceOn: '2027-09-01' }, 'before'],
  ])('is %s', (_name, today, given, step) => {
    expect(stepOf({ rollout, today }, phaseOf(given))).toBe(step);
  });

  it('follows a day that is moved while the chase runs: back to nothing, and on again before the new one', () => {
    const today = '2027-03-28';
    const on = (enforceOn: string, day = today) => stepOf({ rollout, today: day }, phaseOf({ enforceOn }));
    expect([on('2027-03-29'), on('2027-04-12'), on('2027-04-12', '2027-04-09')]).toEqual(['lastDay', null, 'before']);
    const moved = { ...rollout, deadline: '2027-03-30' };
    expect(stepOf({ rollout: moved, today }, phaseOf({ enforceOn: '2027-06-01' }))).toBe('before');
  });

  it('is none in a rollout that was stopped, and the enforced one in a finished', () => {
    const stopped = { ...rollout, state: 'stopped' } as const;
    const finished = { ...rollout, state: 'finished' } as const;
    expect(stepOf({ rollout: stopped, today: DUE }, phaseOf({ state: 'enforced' }))).toBeNull();
    expect(stepOf({ rollout: finished, today: DUE }, phaseOf({ state: 'enforced' }))).toBe('enforced');
    expect(stepOf({ rollout: finished, today: DUE }, phaseOf())).toBeNull();
  });
});

function answer(seq: number, kind: AnswerKind, given: Partial<HoldoutAnswer> = {}): HoldoutAnswer {
  const by = { tenantId: 't', objectId: 'm' };
  return { seq, kind, until: null, accountId: 'p', by, displayName: 'Kim Example', at: `${DUE}T08:00:00Z`, ...given };
}

describe('an answer', () => {
  const facts = {
    ...({ standing: 'open', excuse: null, answers: [], today: DUE } as const),
    dayOf: (at: string) => at.slice(0, 10),
    dayRefusal: (asked: Parameters<typeof dayRefusal>[0]) => dayRefusal(asked, { today: DUE, extensionUntil: null }),
  };
  const give = (kind: AnswerKind, until: string | null = null, seen: number | null = null) => ({ kind, until, seen });
  it.each<[string, ReturnType<typeof give>, object, object]>([
    ['is taken', give('needsToken'), {}, { outcome: 'record', until: null }],
    [
      'without a day where it needs none drops the day',
      give('tapRequest', '2027-04-01'),
      {},
      { outcome: 'record', until: null },
    ],
    ['with a day is taken with it', give('extend', '2027-04-01'), {}, { outcome: 'record', until: '2027-04-01' }],
    ['without the day that it needs is refused', give('onLeave'), {}, { code: 'request_day_missing' }],
    ['with a day that no calendar has is refused', give('onLeave', '2027-02-30'), {}, { code: 'request_day_bad' }],
    ['with today is refused', give('extend', DUE), {}, { code: 'request_day_past' }],
    ['with a day months away is refused', give('extend', '2027-09-01'), {}, { code: 'request_day_far' }],
    ['about somebody who enrolled changes nothing', give('remindNow'), { standing: 'enrolled' }, { outcome: 'over' }],
    ['about somebody on no list is refused', give('remindNow'), { standing: null }, { code: 'holdout_unknown' }],
    [
      'that stands already changes nothing',
      give('needsToken', null, 1),
      { answers: [answer(1, 'needsToken')] },
      { outcome: 'already' },
    ],
    [
      'of another kind replaces what was seen',
      give('tapRequest', null, 1),
      { answers: [answer(1, 'needsToken')] },
      { outcome: 'record' },
    ],
    [
      'on a stale card is told who was faster',
      give('tapRequest', null, 0),
      { answers: [answer(1, 'needsToken')] },
      { outcome: 'already', answer: { seq: 1 } },
    ],
    [
      'to remind is taken once a day',
      give('remindNow', null, 1),
      { answers: [answer(1, 'remindNow')] },
      { outcome: 'already' },
    ],
    [
      'to remind is taken again the next day',
      give('remindNow', null, 1),
      { answers: [answer(1, 'remindNow', { at: '2027-03-25T08:00:00Z' })] },
      { outcome: 'record' },
    ],
  ])('%s', (_name, given, change, outcome) => {
    expect(judgeAnswer(given, { ...facts, ...change })).toMatchObject(outcome);
  });

  it('that asks for time is shown as asked for until its day', () => {
    const by = { tenantId: 't', objectId: 'm' };
    const asked = { seq: 1, accountId: 'p', kind: 'extension', until: '2027-04-02', reason: null, by } as const;
    const request = { ...asked, displayName: 'Kim Example', at: `${DUE}T08:00:00Z` };
    expect(proposalOf(request, DUE)).toMatchObject({
      kind: 'extension',
      endsAt: '2027-04-02',
      owner: { accountId: 'm' },
    });
    expect(proposalOf(request, '2027-04-02')).toBeNull();
    expect(proposalOf(undefined, DUE)).toBeNull();
    expect(proposalOf({ ...request, kind: 'mfaOff' }, DUE)).toBeNull();
  });

  it('that asks the helpdesk becomes a ticket that hands out nothing, and is closed when it is over', () => {
    const answers = [answer(1, 'tapRequest'), answer(2, 'tapRequest'), answer(3, 'needsToken')];
    const ticket = { accountId: 'p', person: null, answers, language: 'en' } as const;
    const open = wishTickets({ ...ticket, over: null });
    expect(open.map(({ key, state }) => `${key} ${state.is}`)).toEqual(['tap:p open', 'token:p open']);
    expect(open[0]?.text).toContain('never to whoever asked');
    const closed = wishTickets({ ...ticket, over: { en: 'Done.', de: 'Fertig.' } });
    expect(closed.map(({ state }) => state.is)).toEqual(['closed', 'closed']);
  });
});
