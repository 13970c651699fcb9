import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decide,
  LOGS_BEHIND,
  mayEnforce,
  type PhaseEvent,
  UNREGISTERED,
  WINDOW_OPEN,
} from '../../src/rollout/phases/phase-life.core.ts';
import { type Gate, PHASE_STATES, type Phase, type PhaseState } from '../../src/rollout/phases/phase-types.core.ts';

const NOW = '2027-01-11T09:00:00.000Z';
const words = { en: 'because', de: 'weil' };
const gate = (code: string): Gate => ({ code, rule: null, message: words, clear: words, accountIds: [] });
const PHASE: Phase = {
  name: 'Sales',
  ordinal: 1,
  everyoneElse: false,
  state: 'planned',
  since: '2027-01-01T00:00:00.000Z',
  resumes: null,
  enforceOn: '2027-01-12',
  announcedAt: null,
  windowFrom: null,
  enforcedAt: null,
  gates: [],
  revision: 1,
};
const at = (state: PhaseState, more: Partial<Phase> = {}): Phase => ({ ...PHASE, state, ...more });

const LATE: PhaseEvent = { kind: 'judged', gates: [gate(LOGS_BEHIND)] };

const NO_MANAGER: PhaseEvent = { kind: 'judged', gates: [gate('manager_missing')] };

const EVENTS: readonly PhaseEvent[] = [
  { kind: 'announce' },
  { kind: 'observe' },
  { kind: 'judged', gates: [] },
  { kind: 'judged', gates: [gate(WINDOW_OPEN)] },
  { kind: 'judged', gates: [gate('open_findings')] },
  { kind: 'judged', gates: [gate(UNREGISTERED)] },
  LATE,
  { kind: 'approved' },
  { kind: 'enforced' },
  { kind: 'refused', gate: gate('policy_edited') },
  { kind: 'withdrawn' },
  { kind: 'hold' },
  { kind: 'resume' },
  { kind: 'rollBack', why: words },
];

const became = (phase: Phase, events: readonly PhaseEvent[]): Phase =>
  events.reduce((now, event) => {
    const decided = decide(now, event, NOW);
    return decided.changed ? decided.phase : now;
  }, phase);

const hindering = ({ gates }: Phase) =>
  gates.map(({ code }) => code).filter((code) => ![UNREGISTERED, LOGS_BEHIND, WINDOW_OPEN].includes(code));

/** Every change that the events bring about, with what was before it. */
const stepsOf = (events: readonly PhaseEvent[]): [Phase, Phase][] => {
  const steps: [Phase, Phase][] = [];
  let phase = PHASE;
  for (const event of events) {
    const decided = decide(phase, event, NOW);
    if (!decided.changed) continue;
    steps.push([phase, decided.phase]);
    phase = decided.phase;
  }
  return steps;
};

describe('the life of a phase', () => {
  it('goes from planned to enforced over window, gates and approval', () => {
    const events: PhaseEvent[] = [
      { kind: 'announce' },
      { kind: 'observe' },
      { kind: 'judged', gates: [] },
      { kind: 'approved' },
      { kind: 'enforced' },
    ];
    const states = events.map((_event, count) => became(PHASE, events.slice(0, count + 1)).state);
    expect(states).toEqual(['announced', 'observing', 'ready', 'approved', 'enforced']);
    expect(became(PHASE, events)).toMatchObject({ announcedAt: NOW, windowFrom: NOW, enforcedAt: NOW, revision: 6 });
  });

  it.each<[string, Phase, PhaseEvent, PhaseState]>([
    ['goes on observing while the window runs', at('observing'), EVENTS[3] as PhaseEvent, 'observing'],
    ['is blocked by any other gate', at('observing'), EVENTS[4] as PhaseEvent, 'blocked'],
    ['is ready with people whom the approval may name', at('observing'), EVENTS[5] as PhaseEvent, 'ready'],
    ['is ready although somebody has no manager', at('observing'), NO_MANAGER, 'ready'],
    ['stays approved while the logs are late', at('approved'), LATE, 'approved'],
    ['goes on observing while the logs are late', at('observing'), LATE, 'observing'],
    ['loses its approval when a gate closes', at('approved'), EVENTS[4] as PhaseEvent, 'blocked'],
    ['is blocked by what refused the flip', at('approved'), EVENTS[9] as PhaseEvent, 'blocked'],
    ['is rolled back once its group was read back out', at('enforced'), { kind: 'withdrawn' }, 'rolledBack'],
    ['is held from a flip under way', at('approved'), { kind: 'hold' }, 'held'],
    [
      'shows as enforced what was enforced while it was held',
      at('held', { resumes: 'ready' }),
      { kind: 'enforced' },
      'enforced',
    ],
    ['is watched anew after a roll-back', at('rolledBack'), { kind: 'resume' }, 'observing'],
  ])('%s', (_claim, phase, event, state) => {
    expect(became({ ...phase, windowFrom: NOW }, [event]).state).toBe(state);
  });

  it('goes on after a hold where it was, but not past a new look at the gates', () => {
    expect(became(PHASE, [{ kind: 'hold' }, { kind: 'resume' }]).state).toBe('planned');
    expect(became(at('ready', { windowFrom: NOW }), [{ kind: 'hold' }, { kind: 'resume' }]).state).toBe('observing');
    expect(became(at('announced'), [{ kind: 'hold' }, { kind: 'resume' }]).state).toBe('announced');
  });

  it('takes the group out when a flip under way is rolled back', () => {
    expect(decide(at('approved'), { kind: 'rollBack', why: words }, NOW)).toMatchObject({
      withdraw: words,
      phase: { state: 'rolledBack' },
    });
    expect(decide(at('enforced'), { kind: 'rollBack', why: words }, NOW)).toMatchObject({
      withdraw: words,
      phase: { state: 'enforced' },
    });
  });

  it('says why an event that does not fit changed nothing', () => {
    const decided = decide(at('enforced'), { kind: 'approved' }, NOW);
    expect(decided).toMatchObject({
      changed: false,
      why: { en: expect.stringContaining('is enforced since') as string },
    });
  });

  it('changes nothing when the same gates are judged again', () => {
    const once = became(at('blocked'), [{ kind: 'judged', gates: [gate('open_findings')] }]);
    expect(decide(once, { kind: 'judged', gates: [gate('open_findings')] }, NOW).changed).toBe(false);
  });

  it('is never enforced but by an approval while no gate was closed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 }), (events) => {
        const steps = stepsOf(events);
        for (const [before, next] of steps) {
          if (next.state === 'approved') expect(hindering(before)).toEqual([]);
        }
        // Back from each enforcement there is nothing but a hold between it and its approval.
        const states = steps.map(([, next]) => next.state).filter((state) => state !== 'held');
        states.forEach((state, index) => {
          if (state === 'enforced') expect(['approved', 'enforced']).toContain(states[index - 1]);
        });
      }),
    );
  });

  it('is enforced with what its approval named at most, and not while the logs are late', () => {
    expect([[], [UNREGISTERED], [LOGS_BEHIND], ['findings_open']].map((codes) => mayEnforce(codes.map(gate)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('leads on from every state', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PHASE_STATES), (state) => {
        const phase = at(state, { resumes: state === 'held' ? 'observing' : null });
        const leaving = EVENTS.filter((event) => {
          const decided = decide(phase, event, NOW);
          return decided.changed && (decided.phase.state !== state || decided.withdraw !== null);
        });
        expect(leaving.length).toBeGreaterThan(0);
      }),
    );
  });

  it('counts every change', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PHASE_STATES), fc.constantFrom(...EVENTS), (state, event) => {
        const decided = decide(at(state), event, NOW);
        if (decided.changed) expect(decided.phase.revision).toBe(PHASE.revision + 1);
      }),
    );
  });
});
