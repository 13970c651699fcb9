import type { Procedure } from '../../src/rollout/phases/phase-types.core.ts';

/** A procedure without phases and messages, for rollouts that a test puts together by hand. */
export const PLAIN_PROCEDURE: Procedure = {
  version: 1,
  name: 'Reference',
  phases: [],
  messages: {},
  window: { hours: 24, seenPercent: 80 },
  stopLine: { percent: 10, people: 5 },
  approvals: { expireAfterHours: 72 },
  calendar: {
    workdays: [1, 2, 3, 4, 5],
    enforceFrom: '08:00',
    enforceUntil: '16:00',
    fridayUntil: '12:00',
    holidays: [],
    freezes: [],
  },
  heldBlocksNext: false,
  sdSwitch: 'last',
  chaseDaysBefore: 3,
};
