/** The order of the answer: by employee id, whatever the order of the input. */
import { compareEmployees, type HrRows } from './hr-rows.core.ts';
import type { Employee } from './roster-types.core.ts';

/** Ids up to this length are sorted by their letters, column by column, which is cheaper than comparing them in pairs. */
const COLUMNS_MAX = 16;

/** The rows in the order of their employee ids (by code unit), and of everything else where ids are equal. */
export function rowOrder({ employees, hasSharedIds }: HrRows): Uint32Array {
  return (hasSharedIds ? null : byColumns(employees)) ?? byComparison(employees);
}

function byComparison(employees: readonly Employee[]): Uint32Array {
  const order = Uint32Array.from(employees.keys());
  return order.sort((a, b) => compareEmployees(employees[a] as Employee, employees[b] as Employee));
}

/** Radix sort from the last column to the first; null when an id is too long or not ASCII. */
function byColumns(employees: readonly Employee[]): Uint32Array | null {
  const columns = lettersOf(employees);
  if (columns === null) return null;
  let order = Uint32Array.from(employees.keys());
  let spare = new Uint32Array(employees.length);
  for (const column of columns.reverse()) {
    const starts = new Uint32Array(129);
    for (const letter of column) starts[letter + 1] = (starts[letter + 1] as number) + 1;
    if (starts.includes(employees.length, 1)) continue;
    for (let letter = 1; letter < starts.length; letter += 1)
      starts[letter] = at(starts, letter) + at(starts, letter - 1);
    for (const row of order) {
      const letter = at(column, row);
      spare[at(starts, letter)] = row;
      starts[letter] = at(starts, letter) + 1;
    }
    [order, spare] = [spare, order];
  }
  return order;
}

function at(list: Uint8Array | Uint32Array, index: number): number {
  return list[index] as number;
}

/** The first letters of all ids, the second ones and so on; 0 behind the end of an id. */
function lettersOf(employees: readonly Employee[]): Uint8Array[] | null {
  const columns: Uint8Array[] = [];
  for (let row = 0; row < employees.length; row += 1) {
    const id = (employees[row] as Employee).employeeId;
    if (id.length > COLUMNS_MAX) return null;
    while (columns.length < id.length) columns.push(new Uint8Array(employees.length));
    for (let i = 0; i < id.length; i += 1) {
      const code = id.charCodeAt(i);
      if (code > 127) return null;
      (columns[i] as Uint8Array)[row] = code;
    }
  }
  return columns;
}
