/**
 * HR's rows in order, each with its tier: people at work or on leave, people who have not started, people who left.
 * The tiers are matched one after the other, so that a leaver's reused address or a rehire's old row takes nothing
 * from somebody who works here.
 */
import { addressKey, idKey } from './match-keys.core.ts';
import type { Employee } from './roster-types.core.ts';

/** The tiers, in the order in which they are matched. */
export const TIER = { current: 0, future: 1, inactive: 2 } as const;

export type HrRows = { employees: readonly Employee[]; tiers: Uint8Array };

/**
 * Sorts the rows by employee id (and what else makes the order the same for every order of the input), drops
 * repetitions of one row, and gives every row its tier as of `today` (`YYYY-MM-DD`).
 */
export function hrRows(input: readonly Employee[], today: string): HrRows {
  const sorted = isSorted(input) ? input : [...input].sort(compareEmployees);
  const employees = sorted.filter((row, at) => at === 0 || !isRepetition(sorted[at - 1] as Employee, row));
  const tiers = new Uint8Array(employees.length);
  employees.forEach((row, at) => {
    tiers[at] = tierOf(row, today);
  });
  return { employees, tiers };
}

function isSorted(rows: readonly Employee[]): boolean {
  for (let at = 1; at < rows.length; at += 1) {
    if (compareEmployees(rows[at - 1] as Employee, rows[at] as Employee) > 0) return false;
  }
  return true;
}

const TIE_BREAKS = ['status', 'workEmail', 'displayName', 'department', 'managerEmployeeId', 'hireDate'] as const;

function compareEmployees(a: Employee, b: Employee): number {
  if (a.employeeId !== b.employeeId) return a.employeeId < b.employeeId ? -1 : 1;
  for (const field of TIE_BREAKS) {
    const [left, right] = [a[field] ?? '', b[field] ?? ''];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** A paged HR list can give a row twice when it changes while it is read: that is one person, not two. */
function isRepetition(a: Employee, b: Employee): boolean {
  return (
    idKey(a.employeeId) === idKey(b.employeeId) &&
    a.status === b.status &&
    addressKey(a.workEmail) === addressKey(b.workEmail) &&
    a.displayName === b.displayName &&
    a.firstName === b.firstName &&
    a.lastName === b.lastName
  );
}

/**
 * A first day after today makes a future hire, whatever the status says (BambooHR calls them inactive); an inactive
 * row that ends on or after its own first day is an offer withdrawn.
 */
function tierOf(row: Employee, today: string): number {
  const hired = row.hireDate?.slice(0, 10) ?? '';
  if (hired > today) {
    const ended = row.terminationDate?.slice(0, 10) ?? '';
    return row.status === 'inactive' && ended >= hired ? TIER.inactive : TIER.future;
  }
  return row.status === 'inactive' ? TIER.inactive : TIER.current;
}
