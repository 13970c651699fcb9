import { describe, expect, it } from 'vitest';
import { changesSinceDecision } from '../../src/rollout/policy/draft/draft-changes.core.ts';

const GROUP = { purpose: 'phase' as const, phase: null, id: null, add: [] };
const NO_COUNTS = { asked: 0, stuck: 0, kept: 0, more: 0, less: 0, blocked: 0, leftOut: 0, unknown: 0 };
const OTHER_COUNTS = { accounts: 3, blockedInDirectory: 0, same: 0 };

function draft(includeGroups: string[], groups: Record<string, string[]>, counts: Partial<typeof NO_COUNTS> = {}) {
  const users = { includeGroups };
  return {
    policies: [{ name: 'ENFORCE' as const, json: { state: 'x', conditions: { users } }, digest: 'd' }],
    groups: Object.entries(groups).map(([name, members]) => ({ ...GROUP, reference: `$group:${name}`, name, members })),
    counts: { ...NO_COUNTS, ...OTHER_COUNTS, ...counts },
  };
}

describe('changes since the decision', () => {
  it('are none when nothing changed', () => {
    const same = draft(['$group:Sales'], { Sales: ['a', 'b'] }, { asked: 2 });
    expect(changesSinceDecision(same, same)).toEqual({ policies: [], groups: [], counts: [] });
  });

  it('name who came and left in which group, and the numbers that are others', () => {
    const before = draft(['$group:Sales'], { Sales: ['a', 'b'] }, { asked: 2, leftOut: 1 });
    const now = draft(['$group:Sales'], { Sales: ['b', 'c'], IT: ['d'] }, { asked: 3, leftOut: 1 });
    expect(changesSinceDecision(before, now)).toEqual({
      policies: [],
      groups: [
        { reference: '$group:sales', name: 'Sales', added: ['c'], removed: ['a'] },
        { reference: '$group:it', name: 'IT', added: ['d'], removed: [] },
      ],
      counts: [{ what: 'asked', before: 2, after: 3 }],
    });
  });

  it('say in words what a policy includes now, with the names of groups that are gone', () => {
    const before = draft(['$group:Sales', '$group:IT'], { Sales: [], IT: ['d'] });
    const now = draft(['$group:Sales', '$group:HR'], { Sales: [], HR: [] });
    const { policies, groups } = changesSinceDecision(before, now);
    expect(policies).toMatchObject([
      {
        policy: 'ENFORCE',
        path: 'conditions.users.includeGroups',
        words: 'for these groups: adds HR; takes out IT',
      },
    ]);
    expect(groups).toEqual([{ reference: '$group:it', name: 'IT', added: [], removed: ['d'] }]);
  });

  it('take a count that the decision did not keep as none', () => {
    const now = draft([], {}, { blocked: 1 });
    expect(changesSinceDecision({ ...now, counts: {} }, now).counts).toEqual([
      { what: 'blocked', before: 0, after: 1 },
    ]);
  });
});
