import { describe, expect, it } from 'vitest';
import { holdUntil, mailboxFull } from '../../src/rollout/outreach/mailbox-hold.core.ts';
import { heldGates } from '../../src/rollout/outreach/outreach-gate.core.ts';
import { decide, mayEnforce } from '../../src/rollout/phases/phase-life.core.ts';
import type { Phase } from '../../src/rollout/phases/phase-types.core.ts';

const HOUR_MS = 3_600_000;
const NOW = '2027-01-20T12:00:00.000Z';
const NOW_MS = Date.parse(NOW);
const OBSERVING: Phase = {
  ...{ name: 'Sales', ordinal: 1, everyoneElse: false, state: 'observing', since: NOW, resumes: null },
  ...{ enforceOn: '2027-01-22', announcedAt: NOW, windowFrom: NOW, enforcedAt: null, gates: [], revision: 1 },
};

describe('a mailbox that has sent as much as it may', () => {
  it.each([
    ['a day where nothing of ours went out before', null, 24],
    ['until our first mail is a day old', NOW_MS - 3 * HOUR_MS, 21],
    ['an hour at least, since others may send from it too', NOW_MS - 23.5 * HOUR_MS, 1],
  ])('rests for %s', (_what, firstSentMs, hours) => {
    expect(holdUntil({ nowMs: NOW_MS, firstSentMs })).toBe(NOW_MS + hours * HOUR_MS);
  });

  it('is a gate that names whoever waits and from when on they are written to, and passes by itself', () => {
    const reason = mailboxFull('it@contoso.example', '2027-01-21 09:00');
    const waiting = ['b', 'a', 'a'].map((personId) => ({ personId, reason }));
    const gates = heldGates([...waiting, { personId: 'c', reason: null }]);
    expect(gates).toMatchObject([{ code: 'mailbox_full', accountIds: ['a', 'b'] }]);
    expect(gates[0]?.message.en).toContain('3 messages of this phase wait.');
    expect(gates[0]?.message.de).toContain('ab 2027-01-21 09:00');
    expect(decide(OBSERVING, { kind: 'judged', gates }, NOW)).toMatchObject({ phase: { state: 'observing' } });
    expect(mayEnforce(gates)).toBe(false);
    expect(heldGates([{ personId: 'c', reason: null }])).toEqual([]);
  });
});
