import { dayAfter, isDay } from '../days.ts';
import type { HrEmployee } from '../hr.ts';
import {
  type ColumnNeed,
  REPORT_CONTRACT,
  type ReportColumn,
  type ReportRules,
  rulesOf,
  type WorkdaySettings,
} from './settings.ts';

/** Why a column cannot be used as the report fills it. */
export type ColumnFault =
  | 'notText'
  | 'notFlag'
  | 'notDate'
  | 'notGroup'
  | 'unknownStatus'
  | 'emptyInSomeRows'
  | 'twoWorkersWithOneId';

export type ReportCheck = {
  rows: number;
  /** Columns that the contract needs and that no row shows, by alias; `Report_Entry` for no report at all. */
  missing: string[];
  /** Columns that are there but cannot be read, by alias, with the number of rows at fault. */
  unusable: { column: string; fault: ColumnFault; rows: number }[];
  /** Optional columns that no row shows: empty throughout, or not in the report. */
  neverSeen: string[];
};

export type ReportLeave = { firstDay: string | null; lastDay: string | null };

/** A row of the report, read by the contract. */
export type ReportRow = {
  employeeId: string;
  status: HrEmployee['status'];
  onLeave: boolean | null;
  displayName: string | null;
  firstName: string | null;
  lastName: string | null;
  workEmail: string | null;
  department: string | null;
  jobTitle: string | null;
  managerEmployeeId: string | null;
  managerWorkEmail: string | null;
  hireDate: string | null;
  terminationDate: string | null;
  returnDate: string | null;
  leaves: ReportLeave[];
};

/**
 * Tells what keeps a sample of the report – its JSON, parsed – from being used, column by column, by the aliases of
 * this customer. Nothing missing and nothing unusable: the report can be read.
 */
export function checkReport(
  sample: unknown,
  settings: Pick<WorkdaySettings, 'columns' | 'statusWords'> = {},
): ReportCheck {
  return readReport(sample, rulesOf(settings)).check;
}

/** Reads a report and tells what is wrong with it; the rows may be used only where nothing is. */
function readReport(body: unknown, rules: ReportRules): ReportReading {
  const reader = createReportReader(rules);
  const entries = isEntry(body) ? body[REPORT_LIST] : undefined;
  if (Array.isArray(entries)) for (const entry of entries as unknown[]) reader.row(entry);
  return reader.end(body);
}

/** The list that a report is. */
export const REPORT_LIST = 'Report_Entry';

export type ReportReading = { check: ReportCheck; rows: ReportRow[] };

export type ReportReader = {
  row(entry: unknown): void;
  /**
   * What the rows came to, given what stood around them. A report without its list is no report: taken for an empty one,
   * it would make everybody a leaver.
   */
  end(around: unknown): ReportReading;
};

/** Creates the reader of one report, which takes it row by row and keeps of a row what the contract names. */
export function createReportReader(rules: ReportRules): ReportReader {
  const findings = createFindings(rules);
  const rows: ReportRow[] = [];
  let isReport = true;
  return {
    row(entry) {
      if (isEntry(entry)) rows.push(readRow(createCells(entry, rules, findings), rules, findings));
      else isReport = false;
    },
    end(around) {
      const hasList = isEntry(around) && Array.isArray(around[REPORT_LIST]);
      if (!(hasList && isReport)) return { check: findings.check(null), rows: [] };
      noteSharedIds(rows, findings);
      return { check: findings.check(rows.length), rows };
    },
  };
}

type Entry = Record<string, unknown>;

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Findings = ReturnType<typeof createFindings>;

/** The columns of a leave are judged with it, not by rows. */
const GROUP_MEMBERS: readonly ReportColumn[] = ['leaveFirstDay', 'leaveLastDay'];
/** In a report of one row the only worker may well be the one without a manager. */
const ROWS_MIN_FOR_MANAGERS = 2;

function createFindings(rules: ReportRules) {
  const filled = new Map<ReportColumn, number>();
  const faults = new Map<string, { column: string; fault: ColumnFault; rows: number }>();
  const note = (column: ReportColumn, fault: ColumnFault, rows = 1) => {
    const name = rules.alias(column) ?? REPORT_CONTRACT[column].alias;
    const known = faults.get(`${name} ${fault}`);
    if (known === undefined) faults.set(`${name} ${fault}`, { column: name, fault, rows });
    else known.rows += rows;
  };
  const unseen = (need: ColumnNeed, rows: number) =>
    columns().flatMap((column) => {
      const alias =
        rules.alias(column) ?? (REPORT_CONTRACT[column].need === 'everyRow' ? REPORT_CONTRACT[column].alias : null);
      const excused =
        alias === null || filled.has(column) || (column === 'managerEmployeeId' && rows < ROWS_MIN_FOR_MANAGERS);
      return excused || REPORT_CONTRACT[column].need !== need ? [] : [alias];
    });
  return {
    note,
    seen: (column: ReportColumn) => filled.set(column, (filled.get(column) ?? 0) + 1),
    check(rows: number | null): ReportCheck {
      if (rows === null) return { rows: 0, missing: [REPORT_LIST], unusable: [], neverSeen: [] };
      if (rows === 0) return { rows, missing: [], unusable: [], neverSeen: [] };
      for (const column of columns()) {
        const count = filled.get(column) ?? 0;
        const isPartial = REPORT_CONTRACT[column].need === 'everyRow' && count > 0 && count < rows;
        if (isPartial) note(column, 'emptyInSomeRows', rows - count);
      }
      const missing = [...unseen('everyRow', rows), ...unseen('someRow', rows)];
      return { rows, missing, unusable: [...faults.values()], neverSeen: unseen('optional', rows) };
    },
  };
}

function columns(): ReportColumn[] {
  return (Object.keys(REPORT_CONTRACT) as ReportColumn[]).filter((column) => !GROUP_MEMBERS.includes(column));
}

type Cells = ReturnType<typeof createCells>;

function createCells(entry: Entry, rules: ReportRules, findings: Findings) {
  /** Null for a column that is absent or blank, which to Workday is the same. */
  const raw = (column: ReportColumn): unknown => {
    const alias = rules.alias(column);
    const value = alias === null || !Object.hasOwn(entry, alias) ? null : entry[alias];
    const isBlank = value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
    if (isBlank) return null;
    findings.seen(column);
    return value;
  };
  const text = (column: ReportColumn): string | null => {
    const value = raw(column);
    if (value === null) return null;
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'number') return String(value);
    findings.note(column, 'notText');
    return null;
  };
  return {
    raw,
    text,
    flag(column: ReportColumn): boolean | null {
      const value = raw(column);
      if (value === null) return null;
      const flag = FLAGS.get(String(value).trim().toLowerCase());
      if (flag === undefined) findings.note(column, 'notFlag');
      return flag ?? null;
    },
    date(column: ReportColumn): string | null {
      const value = raw(column);
      if (value === null) return null;
      const day = dayOf(value);
      if (day === null) findings.note(column, 'notDate');
      return day;
    },
  };
}

const FLAGS = new Map([
  ['1', true],
  ['0', false],
  ['true', true],
  ['false', false],
]);

/** A date of XML Schema: a day, which may carry a zone (`2026-08-31-07:00`) or a time. */
function dayOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const day = /^(\d{4}-\d{2}-\d{2})(T[\d:.]+)?(Z|[+-]\d{2}:\d{2})?$/.exec(value.trim())?.[1];
  return day !== undefined && isDay(day) ? day : null;
}

function readRow(cells: Cells, rules: ReportRules, findings: Findings): ReportRow {
  return {
    employeeId: cells.text('employeeId') ?? '',
    status: statusOf(cells, rules, findings),
    onLeave: cells.flag('onLeave'),
    displayName: cells.text('displayName'),
    firstName: cells.text('firstName'),
    lastName: cells.text('lastName'),
    workEmail: cells.text('workEmail'),
    department: cells.text('department'),
    jobTitle: cells.text('jobTitle'),
    managerEmployeeId: cells.text('managerEmployeeId'),
    managerWorkEmail: cells.text('managerWorkEmail'),
    hireDate: cells.date('hireDate'),
    terminationDate: cells.date('terminationDate'),
    returnDate: cells.date('returnDate'),
    leaves: leavesOf(cells, rules, findings),
  };
}

function statusOf(cells: Cells, rules: ReportRules, findings: Findings): HrEmployee['status'] {
  const word = cells.text('workerStatus');
  const status = word === null ? undefined : rules.status(word);
  if (word !== null && status === undefined) findings.note('workerStatus', 'unknownStatus');
  return status ?? 'inactive';
}

/**
 * A group is a list of objects; a converter from XML makes a single object of a group with one member. A report without
 * the group may show the days of the leave as columns of the row.
 */
function leavesOf(cells: Cells, rules: ReportRules, findings: Findings): ReportLeave[] {
  const value = cells.raw('leaves');
  if (value === null) {
    const flat = { firstDay: cells.date('leaveFirstDay'), lastDay: cells.date('leaveLastDay') };
    return flat.firstDay === null && flat.lastDay === null ? [] : [flat];
  }
  const members: unknown[] = Array.isArray(value) ? value : [value];
  if (!members.every(isEntry)) {
    findings.note('leaves', 'notGroup');
    return [];
  }
  return members.map((member) => {
    const own = createCells(member, rules, findings);
    return { firstDay: own.date('leaveFirstDay'), lastDay: own.date('leaveLastDay') };
  });
}

/** Two rows for one worker are harmless where they say the same, as a report by position does for second jobs. */
function noteSharedIds(rows: ReportRow[], findings: Findings): void {
  const byId = new Map<string, ReportRow>();
  for (const row of rows) {
    if (row.employeeId === '') continue;
    const known = byId.get(row.employeeId);
    if (known === undefined) byId.set(row.employeeId, row);
    else if (JSON.stringify(known) !== JSON.stringify(row)) findings.note('employeeId', 'twoWorkersWithOneId');
  }
}

/** The first day back after the leave that covers a day; null where no leave does or none has an end. */
export function returnDayOf(leaves: readonly ReportLeave[], today: string): string | null {
  const current = leaves.filter(
    ({ firstDay, lastDay }) => (firstDay === null || firstDay <= today) && lastDay !== null && lastDay >= today,
  );
  const last = current
    .map(({ lastDay }) => lastDay ?? '')
    .sort()
    .at(-1);
  return last === undefined ? null : dayAfter(last);
}
