import { describe, expect, it } from 'vitest';
import { mayAnnounce } from '../../src/rollout/phases/phase-life.core.ts';
import { PHASE_STATES } from '../../src/rollout/phases/phase-types.core.ts';
import { type PhaseReplay, replayGates } from '../../src/rollout/sign-ins/replay-gate.core.ts';

const ASKED = '2027-01-18T06:00:00.000Z';
const NOW = Date.parse(ASKED) + 60 * 60_000;
const SENTENCE = {
  en: '2 people would have been blocked 14 times.',
  de: '2 Personen wären 14-mal ausgesperrt worden.',
};
const MADE: PhaseReplay = {
  ...{ askedAt: ASKED, madeAt: ASKED, problem: null, accepted: [] },
  answer: { sentence: SENTENCE, blocked: ['b', 'a'] },
};
const PLANNED = { state: 'planned' } as const;

describe('the replay of a phase that is to be announced', () => {
  it('keeps it from being announced while somebody would have been blocked, with the sentence and the accounts', () => {
    const gates = replayGates(PLANNED, MADE, NOW);
    expect(gates).toMatchObject([{ code: 'replay_blocks', message: SENTENCE, accountIds: ['a', 'b'] }]);
    expect(gates[0]?.clear.en).toContain('hold it, then resume it');
    expect(mayAnnounce(gates)).toBe(false);
  });

  it.each([
    ['nobody would have been', { answer: { sentence: SENTENCE, blocked: [] } }, []],
    ['somebody knows of them all', { accepted: ['a', 'b', 'c'] }, []],
    ['somebody knows of one', { accepted: ['a'] }, ['replay_blocks']],
  ])('is open when %s', (_what, change, codes) => {
    const gates = replayGates(PLANNED, { ...MADE, ...change }, NOW);
    expect(gates.map(({ code }) => code)).toEqual(codes);
    expect(mayAnnounce(gates)).toBe(codes.length === 0);
  });

  it('waits until it is made; one that was lost or cannot be made says why and holds nothing up', () => {
    const open = { ...MADE, madeAt: null, answer: null };
    const problem = { en: 'No licence.', de: 'Keine Lizenz.' };
    for (const [replay, code, may] of [
      [null, 'replay_running', false],
      [open, 'replay_running', false],
      [{ ...open, askedAt: '2027-01-17T17:00:00.000Z' }, 'replay_unknown', true],
      [{ ...open, madeAt: ASKED, problem }, 'replay_unknown', true],
    ] as const) {
      const gates = replayGates(PLANNED, replay, NOW);
      expect(gates.map((gate) => gate.code)).toEqual([code]);
      expect(mayAnnounce(gates)).toBe(may);
      if (replay !== null && replay.problem !== null) expect(gates[0]?.message.en).toContain('No licence.');
    }
  });

  it('says nothing of a phase that is announced', () => {
    for (const state of PHASE_STATES.filter((one) => one !== 'planned')) {
      expect(replayGates({ state }, MADE, NOW)).toEqual([]);
    }
  });
});
