import { describe, expect, it } from 'vitest';
import {
  HISTORY_GROUPS,
  type HistoryEntry,
  historyEvents,
  historyRow,
} from '../../src/rollout/history/history.core.ts';

const WHY = { en: 'Too many fail.', de: 'Zu viele scheitern.' };

function entry(changes: Partial<HistoryEntry>): HistoryEntry {
  return {
    ...{ seq: 1, at: '2026-11-20T09:00:00.000Z', event: 'phase.enforced', phase: 'Sales', from: null, why: null },
    to: null,
    by: null,
    ...changes,
  };
}

describe('an entry of the journal in the history', () => {
  it.each([
    ['a phase taken out by the product is the stop line', { event: 'phase.withdrawn', why: WHY }, 'stopLine'],
    ['one taken out by a person is not', { event: 'phase.withdrawn', why: WHY, by: 'Mara Example' }, 'takenOut'],
    ['one taken out to mend a late write is not told', { event: 'phase.withdrawn' }, undefined],
    ['the write of an enforcement is told', { event: 'phase.enforced' }, 'enforced'],
    ['the phase’s own change of state is not told twice', { event: 'phase.enforced', from: 'approved' }, undefined],
    ['an approval is told', { event: 'phase.decided.approve', by: 'Mara Example' }, 'approve'],
    ['what nobody asks about is not told', { event: 'roster.synced' }, undefined],
  ])('%s', (_claim, changes, kind) => {
    expect(historyRow(entry(changes))?.kind).toBe(kind);
  });

  it('keeps who, when and why', () => {
    const row = historyRow(entry({ event: 'phase.withdrawn', why: WHY }));
    expect(row).toEqual({
      seq: 1,
      at: '2026-11-20T09:00:00.000Z',
      kind: 'stopLine',
      phase: 'Sales',
      by: null,
      why: WHY,
    });
  });

  it('says from which day to which something was moved', () => {
    const days = { from: '2026-11-30', to: '2026-12-14' };
    expect(historyRow(entry({ event: 'phase.moved', ...days }))).toMatchObject({
      ...{ kind: 'phaseMoved', phase: 'Sales' },
      why: { en: 'From 30 November 2026 to 14 December 2026.', de: 'Vom 30. November 2026 auf den 14. Dezember 2026.' },
    });
    expect(historyRow(entry({ event: 'rollout.deadlineMoved', phase: null, ...days }))?.kind).toBe('deadlineMoved');
    expect(historyEvents('setUp')).toEqual(expect.arrayContaining(['phase.moved', 'rollout.deadlineMoved']));
  });

  it('is told for every event that is asked for', () => {
    for (const event of historyEvents(undefined)) expect(historyRow(entry({ event, why: WHY })), event).not.toBeNull();
  });

  it('stands in one group', () => {
    const grouped = HISTORY_GROUPS.flatMap((group) => historyEvents(group));
    expect(grouped.sort()).toEqual(historyEvents(undefined).sort());
  });
});
