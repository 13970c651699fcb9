import type { Roster } from '../rollout/roster/roster-types.core.ts';
import { table } from './output.ts';

const ROWS_SHOWN = 30;

/** The master list in words: the counts first, then every list a person has to look at, long ones cut with a count. */
export function rosterText(roster: Roster): string {
  const { counts } = roster;
  return [
    `${counts.people} of ${counts.active + counts.onLeave} employees are matched to their account.`,
    `MFA: ${counts.enrolment.capable} capable, ${counts.enrolment.not} not, ${counts.enrolment.unknown} unknown.`,
    '',
    section('By department', ['department', 'people', 'capable', 'not', 'unknown'], departmentRows(roster)),
    section(
      'Employees without account',
      ['employee id', 'name', 'department', 'why'],
      roster.hrWithoutAccount.map((row) => [row.employeeId, row.displayName, row.department ?? '', row.why]),
    ),
    section(
      'Not started yet',
      ['employee id', 'name', 'first day', 'account'],
      roster.futureHires.map((row) => [
        row.employeeId,
        row.displayName,
        row.hireDate ?? '',
        row.accountId ?? 'none yet',
      ]),
    ),
    section(
      'Accounts without employee',
      ['account', 'name', 'class', 'status', 'why'],
      roster.accountWithoutHr.map((row) => [row.accountId, row.displayName, row.class, row.accountStatus, row.why]),
    ),
    section(
      'Suggestions, for a person to confirm',
      ['employee id', 'account', 'why'],
      roster.suggestions.map((row) => [row.employeeId, row.accountId, row.why]),
    ),
    section(
      'Conflicts',
      ['employee id', 'account taken', 'other account', 'why'],
      roster.conflicts.map((row) => [row.employeeId, row.accountId, row.otherAccountId, row.why]),
    ),
    section(
      'HR and Entra differ',
      ['employee id', 'name', 'field', 'HR (taken)', 'Entra'],
      roster.people.flatMap((row) =>
        row.differences.map((difference) => [
          row.employeeId,
          row.displayName,
          difference.field,
          difference.hr ?? 'nothing',
          difference.entra ?? 'nothing',
        ]),
      ),
    ),
  ]
    .filter((part) => part !== undefined)
    .join('\n');
}

/** A headed table of at most ROWS_SHOWN rows; undefined when there is nothing to show. */
export function section(title: string, headings: string[], rows: string[][]): string | undefined {
  if (rows.length === 0) return undefined;
  const more = rows.length > ROWS_SHOWN ? `\n… and ${rows.length - ROWS_SHOWN} more (--json shows all)` : '';
  return `${title} (${rows.length})\n${table(headings, rows.slice(0, ROWS_SHOWN))}${more}\n`;
}

function departmentRows(roster: Roster): string[][] {
  const byDepartment = new Map<string, { people: number; capable: number; not: number; unknown: number }>();
  for (const person of roster.people) {
    const name = person.department ?? '(none)';
    const row = byDepartment.get(name) ?? { people: 0, capable: 0, not: 0, unknown: 0 };
    row.people += 1;
    row[person.enrolment] += 1;
    byDepartment.set(name, row);
  }
  return [...byDepartment]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) => [name, String(row.people), String(row.capable), String(row.not), String(row.unknown)]);
}
