import type { HrEmployee } from '../hr.ts';

/** How the product knows the report's columns; the report's author names them by aliases. */
export type ReportColumn =
  | 'employeeId'
  | 'workerStatus'
  | 'onLeave'
  | 'displayName'
  | 'firstName'
  | 'lastName'
  | 'workEmail'
  | 'department'
  | 'jobTitle'
  | 'managerEmployeeId'
  | 'managerWorkEmail'
  | 'hireDate'
  | 'terminationDate'
  | 'returnDate'
  | 'leaves'
  | 'leaveFirstDay'
  | 'leaveLastDay';

export type WorkdaySettings = {
  /**
   * The report's web service address as Workday shows it (Actions > Web Service > View URLs), of any format:
   * `https://{host}/ccx/service/customreport2/{tenant}/{owner}/{report}`. Prompts may stand in its query.
   */
  reportUrl: string;
  /** The integration system user, by its plain name, without the tenant. */
  username: string;
  password: string;
  /** Aliases that differ from the contract's. Null: the report has no such column, and that is meant so. */
  columns?: Partial<Record<ReportColumn, string | null>>;
  /** Status words of this company beside the contract's, compared without regard to case. */
  statusWords?: Partial<Record<HrEmployee['status'], readonly string[]>>;
  /** Values for the report's prompts, by alias (`Worker_Type!WID`). */
  prompts?: Readonly<Record<string, string>>;
  /** The company's time zone: decides what day it is. */
  timeZone?: string;
  /** A report comes in one piece and takes as long as it takes. */
  deadlineMs?: number;
  bytesMax?: number;
};

/** Whether a column must be filled in every row, in some row, or nowhere at all. */
export type ColumnNeed = 'everyRow' | 'someRow' | 'optional';

/**
 * The report contract: default alias and need of each column. Workday leaves an empty column out of its row, so a
 * column that no row shows was forgotten by the report's author unless the contract calls it optional.
 */
export const REPORT_CONTRACT: Readonly<Record<ReportColumn, { alias: string; need: ColumnNeed }>> = {
  employeeId: { alias: 'Employee_ID', need: 'everyRow' },
  workerStatus: { alias: 'Worker_Status', need: 'everyRow' },
  onLeave: { alias: 'On_Leave', need: 'optional' },
  displayName: { alias: 'Display_Name', need: 'optional' },
  firstName: { alias: 'First_Name', need: 'someRow' },
  lastName: { alias: 'Last_Name', need: 'someRow' },
  workEmail: { alias: 'Work_Email', need: 'someRow' },
  department: { alias: 'Department', need: 'someRow' },
  jobTitle: { alias: 'Business_Title', need: 'optional' },
  managerEmployeeId: { alias: 'Manager_Employee_ID', need: 'someRow' },
  managerWorkEmail: { alias: 'Manager_Work_Email', need: 'optional' },
  hireDate: { alias: 'Hire_Date', need: 'someRow' },
  terminationDate: { alias: 'Termination_Date', need: 'optional' },
  returnDate: { alias: 'Return_Date', need: 'optional' },
  leaves: { alias: 'Leave_groups', need: 'optional' },
  leaveFirstDay: { alias: 'First_Day_of_Leave', need: 'optional' },
  leaveLastDay: { alias: 'Estimated_Last_Day_of_Leave', need: 'optional' },
};

const STATUS_WORDS: Readonly<Record<HrEmployee['status'], readonly string[]>> = {
  active: ['Active'],
  onLeave: ['On Leave', 'Leave', 'Leave of Absence'],
  inactive: ['Terminated', 'Inactive', 'Retired', 'Future Hire', 'Pre-Hire', 'Not Started'],
};

/** The contract as this customer's report keeps it. */
export type ReportRules = {
  /** Null: the report has no such column. */
  alias(column: ReportColumn): string | null;
  /** Undefined for a word nobody declared. */
  status(word: string): HrEmployee['status'] | undefined;
};

/** The contract with the customer's aliases and words in it. */
export function rulesOf(settings: Pick<WorkdaySettings, 'columns' | 'statusWords'>): ReportRules {
  const statuses = ['active', 'onLeave', 'inactive'] as const;
  const pairs = [STATUS_WORDS, settings.statusWords ?? {}].flatMap((words) =>
    statuses.flatMap((status) => (words[status] ?? []).map((word) => [keyOf(word), status] as const)),
  );
  // The customer's words come last and so win over the contract's.
  const byWord = new Map(pairs);
  return {
    alias(column) {
      const own = settings.columns?.[column];
      return own === undefined ? REPORT_CONTRACT[column].alias : own;
    },
    status: (word) => byWord.get(keyOf(word)),
  };
}

function keyOf(word: string): string {
  return word.trim().toLowerCase();
}
