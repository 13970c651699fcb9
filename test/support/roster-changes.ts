/** What is different between two master lists, row by row. */
import type { Roster } from '../../src/rollout/roster/roster-types.core.ts';

const KEYS = {
  people: 'employeeId',
  hrWithoutAccount: 'employeeId',
  futureHires: 'employeeId',
  accountWithoutHr: 'accountId',
} as const;

type List = keyof typeof KEYS | 'suggestions' | 'conflicts';

/** A row that is not as it was; null where there was or is none. */
export type RowChange = { list: List; before: unknown; after: unknown };

/** Every row that was added, removed or is not equal to what it was; a row that only moved is no change. */
export function changesBetween(before: Roster, after: Roster): RowChange[] {
  const lists = Object.keys(KEYS) as (keyof typeof KEYS)[];
  return [
    ...lists.flatMap((list) => changesOf(list, rowsByKey(before, list), rowsByKey(after, list))),
    ...(['suggestions', 'conflicts'] as const).flatMap((list) =>
      changesOf(list, rowsByText(before[list]), rowsByText(after[list])),
    ),
  ];
}

type Rows = ReadonlyMap<string, unknown>;

function changesOf(list: List, before: Rows, after: Rows): RowChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const change = { list, before: before.get(key) ?? null, after: after.get(key) ?? null };
    return JSON.stringify(change.before) === JSON.stringify(change.after) ? [] : [change];
  });
}

function rowsByKey(roster: Roster, list: keyof typeof KEYS): Rows {
  const rows: { employeeId?: string; accountId?: string | null }[] = roster[list];
  return new Map(rows.map((row) => [row[KEYS[list]] ?? '', row]));
}

function rowsByText(rows: readonly object[]): Rows {
  return new Map(rows.map((row) => [JSON.stringify(row), row]));
}
