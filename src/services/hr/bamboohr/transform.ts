import { DAY_MS } from '../../../lib/clock.ts';
import { VendorBrokenError, type VendorCall } from '../../../lib/errors.ts';
import { dayAfter } from '../days.ts';
import type { HrEmployee } from '../hr.ts';
import type { BambooAbsence } from './api.ts';
import { type BambooRow, neededFields } from './rows.ts';
import type { BambooRules } from './settings.ts';

const CALL: VendorCall = { vendor: 'bamboohr', method: 'POST', path: 'employees' };
/** Another number wherever the same answer becomes another list: what is known of older readings then counts for nothing. */
export const BAMBOO_READING = 'bamboohr/1';
const UNSET_DATE = '0000-00-00';

/**
 * Turns BambooHR's rows into employees as of `today` (YYYY-MM-DD). Refuses, by VendorBrokenError, rows in which a
 * field that everything rests on is missing throughout (the API key's user may not see it), unknown statuses and
 * dates that are none.
 */
export function employeesOf(
  read: { rows: readonly BambooRow[]; absences: readonly BambooAbsence[] | null },
  rules: BambooRules,
  today: string,
): HrEmployee[] {
  refuseHiddenFields(read.rows, rules);
  const lookup = createSupervisorLookup(read.rows, rules);
  const away = leavesOf(read.absences ?? [], rules, today);
  const leaveWords = new Set(rules.leaveStatuses.map((word) => word.trim().toLowerCase()));
  return read.rows.map((row) => {
    const leave = away.get(row.id);
    const onLeave = leave !== undefined || leaveWords.has((row.employmentHistoryStatus ?? '').toLowerCase());
    const status = statusOf(row, onLeave);
    return {
      employeeId: employeeIdOf(row, rules),
      displayName: row.displayName ?? nameOf(row),
      firstName: row.firstName ?? null,
      lastName: row.lastName ?? null,
      workEmail: row.workEmail ?? null,
      department: row.department ?? null,
      jobTitle: row.jobTitle ?? null,
      managerEmployeeId: lookup(row),
      status,
      hireDate: dateOf(row, 'hireDate'),
      terminationDate: dateOf(row, 'terminationDate'),
      returnDate: status === 'onLeave' ? (leave ?? null) : null,
    };
  });
}

/** BambooHR leaves out, without a word, what the key's user may not see; nobody must take that for an answer. */
function refuseHiddenFields(rows: readonly BambooRow[], rules: BambooRules): void {
  if (rows.length === 0) return;
  const hidden = neededFields(rules).filter((field) => rows.every((row) => row[field] === undefined));
  if (hidden.length === 0) return;
  throw new VendorBrokenError(CALL, `the answer lacks ${hidden.join(', ')} in every row`, {
    facts: { property: hidden.join(',') },
    userMessage: `BambooHR does not show ${hidden.join(', ')}: let the user of the API key see these fields.`,
  });
}

/** Somebody without the configured number is still somebody: the prefix keeps the other id from passing for it. */
function employeeIdOf(row: BambooRow, rules: BambooRules): string {
  if (rules.employeeIdField === 'id') return row.id;
  return row.employeeNumber ?? `id:${row.id}`;
}

/**
 * `supervisorEId` is the supervisor's `id`, `supervisorId` the supervisor's number: two different figures for one
 * person. The first is asked first, since ids are unique and always there.
 */
function createSupervisorLookup(rows: readonly BambooRow[], rules: BambooRules): (row: BambooRow) => string | null {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byNumber = new Map(
    rows.flatMap((row) => (row.employeeNumber == null ? [] : [[row.employeeNumber, row] as const])),
  );
  return (row) => {
    const supervisor = byId.get(row.supervisorEId ?? '') ?? byNumber.get(row.supervisorId ?? '');
    return supervisor === undefined ? null : employeeIdOf(supervisor, rules);
  };
}

function statusOf(row: BambooRow, onLeave: boolean): HrEmployee['status'] {
  switch ((row.status ?? '').toLowerCase()) {
    case 'active':
      return onLeave ? 'onLeave' : 'active';
    case 'inactive':
      return 'inactive';
    default:
      throw new VendorBrokenError(CALL, 'the answer does not fit at status', {
        facts: { property: 'status', id: row.id },
      });
  }
}

function nameOf(row: BambooRow): string | null {
  const name = [row.preferredName ?? row.firstName, row.lastName].filter((part) => part != null).join(' ');
  return name === '' ? null : name;
}

function dateOf(row: BambooRow, field: 'hireDate' | 'terminationDate'): string | null {
  const text = row[field] ?? null;
  if (text === null || text === UNSET_DATE) return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new VendorBrokenError(CALL, `the answer does not fit at ${field}`, {
      facts: { property: field, id: row.id },
    });
  }
  return text;
}

/**
 * Who is on leave today, with the first day back. Absences that follow one another without a gap are one, since long
 * leaves are often approved in parts.
 */
function leavesOf(absences: readonly BambooAbsence[], rules: BambooRules, today: string): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [employeeId, own] of Map.groupBy(absences, (absence) => absence.employeeId)) {
    const current = joined(own).find(({ start, end }) => start <= today && today <= end);
    if (current === undefined) continue;
    const days = (Date.parse(current.end) - Date.parse(current.start)) / DAY_MS + 1;
    if (days > rules.leaveDaysMin) leaves.set(employeeId, dayAfter(current.end));
  }
  return leaves;
}

function joined(absences: readonly BambooAbsence[]): { start: string; end: string }[] {
  const spans: { start: string; end: string }[] = [];
  for (const { start, end } of [...absences].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = spans.at(-1);
    if (last === undefined || start > dayAfter(last.end)) spans.push({ start, end });
    else if (end > last.end) last.end = end;
  }
  return spans;
}
