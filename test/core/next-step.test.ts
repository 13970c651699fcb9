import { expect, it } from 'vitest';
import { nextStep } from '../../src/cli/next-step.ts';
import type { Phase, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { PLAIN_PROCEDURE } from '../support/procedure.ts';

const DONE = { signature: 'signed', isPushed: true } as const;

function rolloutWith(change: Partial<Phase>, state: Rollout['state'] = 'running'): Rollout {
  const phase: Phase = {
    ...{ name: 'Sales', ordinal: 0, everyoneElse: false, state: 'planned', since: '2027-01-11T08:00:00Z' },
    ...{ resumes: null, enforceOn: '2027-01-20', announcedAt: null, windowFrom: null, enforcedAt: null },
    ...{ gates: [], revision: 0, ...change },
  };
  return {
    ...{ id: 'r1', procedure: PLAIN_PROCEDURE, startsOn: '2027-01-11', deadline: '2027-02-01', state },
    phases: [phase],
  };
}

const GATE = {
  code: 'window_open',
  message: { en: 'Too few were seen.', de: 'Zu wenige wurden gesehen.' },
  clear: { en: 'Wait.', de: 'Warten.' },
} as Phase['gates'][number];

it.each([
  ['nothing was read', { ...DONE, signature: null }, null, 'mfa-rollout sync'],
  ['there is no rollout', DONE, null, 'mfa-rollout procedure export'],
  ['the exceptions are not signed', { ...DONE, signature: 'unsigned' }, rolloutWith({}), 'mfa-rollout exceptions sign'],
  [
    'the exceptions changed since they were signed',
    { ...DONE, signature: 'outdated' },
    rolloutWith({}),
    'mfa-rollout exceptions sign',
  ],
  ['the draft was not written', { ...DONE, isPushed: false }, rolloutWith({}), 'mfa-rollout policy push'],
  ['all is prepared', DONE, rolloutWith({}), 'goes on by itself'],
  [
    'a gate is closed',
    { signature: 'unsigned', isPushed: false },
    rolloutWith({ gates: [GATE] }),
    'Too few were seen. Wait.',
  ],
  ['a phase is ready', DONE, rolloutWith({ state: 'ready' }), 'mfa-rollout phase show "Sales"'],
  ['every phase is enforced', DONE, rolloutWith({ state: 'enforced' }), 'mfa-rollout report'],
  ['the rollout was stopped', DONE, rolloutWith({}, 'stopped'), 'mfa-rollout procedure apply'],
] as const)('when %s, the next step says so', (_when, preparation, rollout, expected) => {
  expect(nextStep(preparation, rollout)).toContain(expected);
});
