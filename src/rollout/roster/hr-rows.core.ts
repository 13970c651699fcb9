/**
 * HR's rows, each with its tier: people at work or on leave, people who have not started, people who left. The tiers
 * are matched one after the other, so that a leaver's reused address or a rehire's old row takes nothing from somebody
 * who works here. Rows stay where they lie in the input; the order of the answer is made at the end.
 */
import { addressHash, NO_ADDRESS } from './address-table.core.ts';
import { createIdTable, type IdTable } from './id-table.core.ts';
import { addressKey, idKey } from './match-keys.core.ts';
import type { Employee } from './roster-types.core.ts';

/** The tiers, in the order in which they are matched; `dropped` is a row that repeats another. */
export const TIER = { current: 0, future: 1, inactive: 2, dropped: 3 } as const;

export type HrRows = {
  employees: readonly Employee[];
  tiers: Uint8Array;
  /** The work e-mail of each row as a number. */
  workHash: Float64Array;
  byId: IdTable;
  /** Rows that share their employee id with another row of their tier. */
  idIsShared: Uint8Array;
  hasSharedIds: boolean;
};

/** Gives every row its tier as of `today` (`YYYY-MM-DD`) and finds the rows by employee id. */
export function hrRows(employees: readonly Employee[], today: string): HrRows {
  const tiers = new Uint8Array(employees.length);
  const workHash = new Float64Array(employees.length);
  for (let row = 0; row < employees.length; row += 1) {
    const employee = employees[row] as Employee;
    tiers[row] = tierOf(employee, today);
    workHash[row] = employee.workEmail === null ? NO_ADDRESS : addressHash(employee.workEmail, 0);
  }
  return { employees, tiers, workHash, ...indexById(employees, tiers) };
}

/**
 * A first day after today makes a future hire, whatever the status says (BambooHR calls them inactive); an inactive
 * row that ends on or after its own first day is an offer withdrawn.
 */
function tierOf(row: Employee, today: string): number {
  const isLater = row.hireDate !== null && row.hireDate > today && dayOf(row.hireDate) > today;
  if (!isLater) return row.status === 'inactive' ? TIER.inactive : TIER.current;
  const isWithdrawn = row.status === 'inactive' && dayOf(row.terminationDate) >= dayOf(row.hireDate);
  return isWithdrawn ? TIER.inactive : TIER.future;
}

function dayOf(date: string | null): string {
  return date === null ? '' : date.slice(0, 10);
}

/** Employee id -> row: the better tier wins, and two rows of one tier are marked as sharing it. */
function indexById(
  employees: readonly Employee[],
  tiers: Uint8Array,
): Pick<HrRows, 'byId' | 'idIsShared' | 'hasSharedIds'> {
  const byId = createIdTable(employees.length);
  const collided = new Set<string>();
  for (let row = 0; row < employees.length; row += 1) {
    const { employeeId } = employees[row] as Employee;
    if (byId.put(employeeId, row) !== -1) collided.add(idKey(employeeId));
  }
  const idIsShared = new Uint8Array(employees.length);
  const hasSharedIds = collided.size > 0 && settleCollisions({ employees, tiers, idIsShared }, byId, collided);
  return { byId, idIsShared, hasSharedIds };
}

/** Looks again at the ids that several rows have; true when two people of one tier share one. */
function settleCollisions(
  rows: Pick<HrRows, 'employees' | 'tiers' | 'idIsShared'>,
  byId: IdTable,
  collided: ReadonlySet<string>,
): boolean {
  const groups = new Map<string, number[]>();
  rows.employees.forEach((employee, row) => {
    const key = idKey(employee.employeeId);
    if (collided.has(key)) groups.set(key, [...(groups.get(key) ?? []), row]);
  });
  let hasShared = false;
  for (const group of groups.values()) {
    const ordered = dropRepetitions(
      rows,
      group.sort((a, b) => compareRows(rows, a, b)),
    );
    const best = ordered.filter((row) => rows.tiers[row] === rows.tiers[ordered[0] as number]);
    const first = best[0] as number;
    byId.put((rows.employees[first] as Employee).employeeId, first);
    for (const tier of [TIER.current, TIER.future]) {
      const sharing = ordered.filter((row) => rows.tiers[row] === tier);
      if (sharing.length < 2) continue;
      hasShared = true;
      for (const row of sharing) rows.idIsShared[row] = 1;
    }
  }
  return hasShared;
}

function compareRows({ employees, tiers }: Pick<HrRows, 'employees' | 'tiers'>, a: number, b: number): number {
  const byTier = (tiers[a] as number) - (tiers[b] as number);
  return byTier === 0 ? compareEmployees(employees[a] as Employee, employees[b] as Employee) : byTier;
}

const TIE_BREAKS = [
  'employeeId',
  'status',
  'workEmail',
  'displayName',
  'department',
  'managerEmployeeId',
  'hireDate',
] as const;

/** An order of rows that does not depend on where they came from. */
export function compareEmployees(a: Employee, b: Employee): number {
  for (const field of TIE_BREAKS) {
    const [left, right] = [a[field] ?? '', b[field] ?? ''];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** A paged HR list can give a row twice when it changes while it is read: that is one person, not two. */
function dropRepetitions(
  { employees, tiers }: Pick<HrRows, 'employees' | 'tiers'>,
  group: readonly number[],
): number[] {
  const kept: number[] = [];
  for (const row of group) {
    const own = employees[row] as Employee;
    const isRepeated = kept.some(
      (other) => tiers[other] === tiers[row] && isOnePerson(employees[other] as Employee, own),
    );
    if (isRepeated) tiers[row] = TIER.dropped;
    else kept.push(row);
  }
  return kept;
}

function isOnePerson(a: Employee, b: Employee): boolean {
  return (
    a.status === b.status &&
    addressKey(a.workEmail) === addressKey(b.workEmail) &&
    a.displayName === b.displayName &&
    a.firstName === b.firstName &&
    a.lastName === b.lastName
  );
}
