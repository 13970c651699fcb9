import { expect, it } from 'vitest';
import { rehearsalAnswer } from '../../src/cli/rehearse-command.ts';

const REHEARSAL = {
  customer: 'Contoso',
  from: '2026-01-05',
  to: '2026-02-05',
  timeline: [],
  phases: [],
  log: [],
  cost: { jobs: 1, cpuSeconds: 1 },
};
const row = (agrees: boolean) => ({
  what: 'enforced',
  by: 'report' as const,
  reported: '10',
  truth: agrees ? '10' : '9',
  agrees,
});

it('is refused, with its facts, where one reported figure is not the true one', () => {
  const answer = rehearsalAnswer({ ...REHEARSAL, truth: [row(true), row(false)] });
  expect(answer.refusal?.code).toBe('rehearsal_differs');
  expect(answer.json).toMatchObject({ customer: 'Contoso', truth: [{ agrees: true }, { agrees: false }] });
});

it('is an answer where every figure is true', () => {
  expect(rehearsalAnswer({ ...REHEARSAL, truth: [row(true)] })).not.toHaveProperty('refusal');
});
