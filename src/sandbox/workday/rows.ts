import type { Employee } from '../state/events.ts';
import type { CompanyState } from '../state/state.ts';

/** A row of the report: every value a text, an empty column missing, a group a list of rows. */
export type WorkerRow = { [column: string]: string | Record<string, string>[] };

type Absence = CompanyState['company']['absences'][number];

const UNSET_DATE = '0000-00-00';
const DAY_MS = 86_400_000;
/** Workday keeps leaves apart from time off: a short absence is no leave. */
const LEAVE_DAYS_MIN = 28;
/** Words with which the company's other HR system says that somebody is on leave. */
const LEAVE_WORDS = /leave/i;
const CONTINGENT_WORDS = /contract|contingent|freelance/i;

/**
 * Gives the workers of a company one by one, as of the day `today`: the people of its BambooHR account in Workday's
 * form. Reading is lazy, so that a report of any length never stands in memory as a whole.
 */
export function* workersOf(company: CompanyState, given: { today: string; shrinkTo?: number }): Generator<WorkerRow> {
  const options = company.workday;
  const employees = company.company.employees.slice(0, given.shrinkTo ?? company.company.employees.length);
  const byId = new Map(employees.map((employee) => [employee.id, employee]));
  const leaves = leavesOn(company.company.absences, given.today);
  const hidden = new Set(options.missingColumns);
  for (const employee of employees) {
    const begins = employee.hireDate ?? UNSET_DATE;
    const isFuture = begins > given.today && !hasDate(employee.terminationDate);
    if (isFuture && !options.showsFutureHires) continue;
    const columns = {
      ...personColumns(employee),
      ...statusColumns(employee, { isFuture, isAway: isAway(employee, leaves) }),
      ...placeColumns(employee, byId.get(employee.supervisorEId ?? '')),
      ...dateColumns(employee),
      ...leaveColumns(leaves.get(employee.id), options.shape),
    };
    yield filled(columns, hidden);
  }
}

/** A row without its empty columns and without those that the report does not have. */
function filled(columns: { [column: string]: WorkerRow[string] | null | undefined }, hidden: Set<string>): WorkerRow {
  const row: WorkerRow = {};
  for (const [name, value] of Object.entries(columns)) {
    if (value === null || value === undefined || value === '' || hidden.has(name)) continue;
    row[name] = value;
  }
  return row;
}

function personColumns(employee: Employee) {
  return {
    Employee_ID: keyOf(employee),
    Display_Name: employee.displayName ?? `${employee.firstName ?? ''} ${employee.lastName ?? ''}`.trim(),
    First_Name: employee.firstName,
    Last_Name: employee.lastName,
    Work_Email: employee.workEmail,
    Business_Title: employee.jobTitle,
  };
}

/** What the directory carries as employee id: the number, or the record's id in a company without numbers. */
function keyOf(employee: Employee): string {
  return employee.employeeNumber ?? employee.id;
}

function statusColumns(employee: Employee, is: { isFuture: boolean; isAway: boolean }) {
  const hasLeft = employee.status !== 'Active' && !is.isFuture;
  const onLeave = !hasLeft && is.isAway;
  return {
    Worker_Type: CONTINGENT_WORDS.test(employment(employee)) ? 'Contingent Worker' : 'Employee',
    Worker_Status: hasLeft ? 'Terminated' : onLeave ? 'On Leave' : 'Active',
    On_Leave: onLeave ? '1' : '0',
  };
}

function employment(employee: Employee): string {
  return employee.employmentHistoryStatus ?? employee.employmentStatusName ?? '';
}

function placeColumns(employee: Employee, manager: Employee | undefined) {
  const unit = employee.department;
  const head = manager === undefined ? null : `${manager.firstName ?? ''} ${manager.lastName ?? ''}`.trim();
  return {
    Department: unit,
    Supervisory_Organization: typeof unit === 'string' && head !== null ? `${unit} (${head})` : unit,
    Manager_Employee_ID: manager === undefined ? null : keyOf(manager),
    Manager_Work_Email: manager?.workEmail,
    Location: employee.location,
  };
}

function dateColumns(employee: Employee) {
  return {
    Hire_Date: hasDate(employee.hireDate) ? employee.hireDate : null,
    Termination_Date: hasDate(employee.terminationDate) ? employee.terminationDate : null,
  };
}

function hasDate(date: string | null | undefined): boolean {
  return typeof date === 'string' && date !== '' && date !== UNSET_DATE;
}

function isAway(employee: Employee, leaves: ReadonlyMap<string, Absence>): boolean {
  return leaves.has(employee.id) || LEAVE_WORDS.test(employment(employee));
}

/** The long absences that lie over `today`, by record id. */
function leavesOn(absences: readonly Absence[], today: string): Map<string, Absence> {
  const found = new Map<string, Absence>();
  for (const absence of absences) {
    const covers = absence.start <= today && absence.end >= today;
    const days = (Date.parse(absence.end) - Date.parse(absence.start)) / DAY_MS;
    if (covers && days >= LEAVE_DAYS_MIN && absence.employeeId !== undefined) found.set(absence.employeeId, absence);
  }
  return found;
}

function leaveColumns(leave: Absence | undefined, shape: 'nested' | 'flat') {
  if (leave === undefined) return {};
  const facts = {
    Leave_Type: 'Leave of Absence',
    First_Day_of_Leave: leave.start,
    Estimated_Last_Day_of_Leave: leave.end,
  };
  return shape === 'flat' ? facts : { Leave_groups: [facts] };
}
