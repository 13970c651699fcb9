import { VendorBrokenError, type VendorCall } from '../../../lib/errors.ts';
import type { HrEmployee, HrReading } from '../hr.ts';
import { type ReportCheck, type ReportReading, type ReportRow, returnDayOf } from './report.ts';

/** Another number wherever the same report becomes another list: what is known of older readings then counts for nothing. */
export const WORKDAY_READING = 'workday/2';

/**
 * Turns a report into employees as of `today` (YYYY-MM-DD). Refuses, by VendorBrokenError naming the columns, a
 * report that does not keep the contract: no part of it is used then.
 */
export function readingOf(
  { check, rows }: ReportReading,
  read: { today: string; call: VendorCall },
): Omit<HrReading, 'digest'> {
  refuseBreach(check, read.call);
  const workers = [...new Map(rows.map((row) => [row.employeeId, row])).values()];
  const managerOf = createManagerLookup(workers);
  const employees = workers.map((row) => employeeOf(row, managerOf(row), read.today));
  const absencesKnown = workers.some((row) => row.onLeave !== null || row.status === 'onLeave');
  return { employees, absencesKnown };
}

function refuseBreach({ missing, unusable }: ReportCheck, call: VendorCall): void {
  const names = [...new Set([...missing, ...unusable.map(({ column }) => column)])];
  if (names.length === 0) return;
  const faults = unusable.map(({ column, fault, rows }) => `${column} (${fault} in ${rows} rows)`);
  const parts = [
    ...(missing.length === 0 ? [] : [`lacks ${missing.join(', ')}`]),
    ...(faults.length === 0 ? [] : [`cannot be read at ${faults.join(', ')}`]),
  ];
  throw new VendorBrokenError(call, `the report ${parts.join(' and ')}`, {
    facts: { property: names.join(',') },
    userMessage: `The Workday report ${parts.join(' and ')}. Correct these columns in the report, or their aliases in the customer file.`,
  });
}

/** The id wins; the mail address helps where a report shows the manager by mail alone. */
function createManagerLookup(rows: readonly ReportRow[]): (row: ReportRow) => string | null {
  const byMail = Map.groupBy(
    rows.filter(({ workEmail }) => workEmail !== null),
    ({ workEmail }) => (workEmail ?? '').toLowerCase(),
  );
  return ({ managerEmployeeId, managerWorkEmail }) => {
    if (managerEmployeeId !== null) return managerEmployeeId;
    const [only, ...others] = byMail.get((managerWorkEmail ?? '').toLowerCase()) ?? [];
    return only === undefined || others.length > 0 ? null : only.employeeId;
  };
}

function employeeOf(row: ReportRow, managerEmployeeId: string | null, today: string): HrEmployee {
  const status = statusOf(row, today);
  return {
    employeeId: row.employeeId,
    displayName: row.displayName ?? nameOf(row),
    firstName: row.firstName,
    lastName: row.lastName,
    workEmail: row.workEmail,
    department: row.department,
    jobTitle: row.jobTitle,
    managerEmployeeId,
    status,
    hireDate: row.hireDate,
    terminationDate: ofThisEmployment(row),
    returnDate: status === 'onLeave' ? (row.returnDate ?? returnDayOf(row.leaves, today)) : null,
  };
}

/** Workday calls a future hire active as soon as the hire is complete; a leaver is never on leave. */
function statusOf({ status, onLeave, hireDate }: ReportRow, today: string): HrEmployee['status'] {
  if (status === 'inactive' || (hireDate !== null && hireDate > today)) return 'inactive';
  return status === 'onLeave' || onLeave === true ? 'onLeave' : 'active';
}

/** A rehired worker may still carry the end of the employment before. */
function ofThisEmployment({ terminationDate, hireDate }: ReportRow): string | null {
  return terminationDate !== null && hireDate !== null && terminationDate < hireDate ? null : terminationDate;
}

function nameOf({ firstName, lastName }: ReportRow): string | null {
  const name = [firstName, lastName].filter((part) => part !== null).join(' ');
  return name === '' ? null : name;
}
