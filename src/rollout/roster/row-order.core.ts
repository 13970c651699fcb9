/** The order of the answer: by employee id, whatever the order of the input. */
import { compareEmployees, type HrRows } from './hr-rows.core.ts';
import type { Employee } from './roster-types.core.ts';

/** Ids up to this length are sorted by their letters, column by column, which is cheaper than comparing them in pairs. */
const COLUMNS_MAX = 16;

/** The rows in the order of their employee ids (by code unit), and of everything else where ids are equal. */
export function rowOrder({ employees, hasSharedIds }: Pick<HrRows, 'employees' | 'hasSharedIds'>): Uint32Array {
  return (hasSharedIds ? null : byColumns(employees)) ?? byComparison(employees);
}

function byComparison(employees: readonly Employee[]): Uint32Array {
  const order = inputOrder(employees.length);
  return order.sort((a, b) => compareEmployees(employees[a] as Employee, employees[b] as Employee));
}

function inputOrder(length: number): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(length);
  for (let row = 0; row < length; row += 1) order[row] = row;
  return order;
}

/** Values of a pair of letters, and one more so that the counts of a pair become its start. */
const PAIRS = 2 ** 14 + 1;

/** Radix sort by pairs of letters, from the last pair to the first; null when an id is too long or not ASCII. */
function byColumns(employees: readonly Employee[]): Uint32Array | null {
  const columns = letterPairsOf(employees);
  if (columns === null) return null;
  let order = inputOrder(employees.length);
  let spare = new Uint32Array(employees.length);
  for (const column of columns.reverse()) {
    const starts = new Uint32Array(PAIRS);
    for (let row = 0; row < column.length; row += 1) starts[at(column, row) + 1] = at(starts, at(column, row) + 1) + 1;
    if (starts.includes(employees.length, 1)) continue;
    for (let pair = 1; pair < PAIRS; pair += 1) starts[pair] = at(starts, pair) + at(starts, pair - 1);
    for (let place = 0; place < order.length; place += 1) {
      const row = at(order, place);
      const pair = at(column, row);
      spare[at(starts, pair)] = row;
      starts[pair] = at(starts, pair) + 1;
    }
    [order, spare] = [spare, order];
  }
  return order;
}

function at(list: Uint16Array | Uint32Array, index: number): number {
  return list[index] as number;
}

/** The first two letters of all ids, the next two and so on; 0 behind the end of an id. */
function letterPairsOf(employees: readonly Employee[]): Uint16Array[] | null {
  const columns: Uint16Array[] = [];
  for (let row = 0; row < employees.length; row += 1) {
    const id = (employees[row] as Employee).employeeId;
    if (id.length > COLUMNS_MAX) return null;
    while (columns.length * 2 < id.length) columns.push(new Uint16Array(employees.length));
    for (let i = 0; i < id.length; i += 2) {
      const code = id.charCodeAt(i);
      const next = i + 1 < id.length ? id.charCodeAt(i + 1) : 0;
      if ((code | next) > 127) return null;
      (columns[i >> 1] as Uint16Array)[row] = code * 128 + next;
    }
  }
  return columns;
}
