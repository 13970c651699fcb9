import type { Answer } from '../http/exchange.ts';
import type { Employee } from '../state/events.ts';
import { type BambooContext, headerError } from './context.ts';
import { peopleOf } from './fields.ts';

/** Any of these opens the list of employees. */
export const EMPLOYEE_SCOPES: readonly string[] = ['employee', 'employee:name', 'employee:job', 'employee_directory'];

const LIMIT = 250;
const LIMIT_MAX = 2500;

/** Names of this endpoint for the fields that stand in every row and for some that can be asked for. */
const ALWAYS = {
  firstName: 'firstName',
  lastName: 'lastName',
  preferredName: 'preferredName',
  jobTitleName: 'jobTitle',
};
const ON_REQUEST: Readonly<Record<string, string>> = {
  workEmail: 'workEmail',
  departmentName: 'department',
  reportsToId: 'supervisorEId',
  reportsToName: 'supervisor',
  employmentStatusName: 'employmentHistoryStatus',
  hireDate: 'hireDate',
};

/**
 * GET /v1/employees: for connections only, page by page behind a cursor, which is `BadPage` once the person at the
 * boundary is gone. What may not be seen is null and named in `_restrictedFields`.
 */
export function listEmployees(context: BambooContext): Answer {
  if (context.by === 'key') return headerError(403, 'This endpoint requires OAuth');
  const { query } = context.call;
  const limit = Number(query.get('page[limit]') ?? LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) return badRequest('BadRequest', 'Invalid page limit');
  const status = query.get('filter[status]');
  if (status !== null && !['active', 'inactive'].includes(status)) return badRequest('BadRequest', 'Invalid filter');
  const people = peopleOf(context.company, context.bend.shrinkTo).filter(
    (employee) => status === null || employee.status?.toLowerCase() === status,
  );
  const cursor = query.get('page[after]');
  const boundary = cursor === null ? null : Buffer.from(cursor, 'base64url').toString('utf8');
  const before = people.findIndex(({ id }) => id === boundary);
  if (boundary !== null && before < 0) return badRequest('BadPage', 'The page cursor is no longer valid');
  const page = people.slice(before + 1, before + 1 + limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && before + 1 + limit < people.length;
  const nextCursor = hasMore ? Buffer.from(last.id, 'utf8').toString('base64url') : null;
  return {
    status: 200,
    body: {
      data: page.map((employee) => shown(context, employee)),
      meta: { total: people.length, page: { limit, nextCursor, prevCursor: null } },
      // The host of the documents' examples, whichever was called.
      _links: { self: { href: 'https://api.bamboohr.com/api/v1/employees' } },
    },
  };
}

function shown({ company, call }: BambooContext, employee: Employee) {
  const asked = (call.query.get('fields') ?? '').split(',').flatMap((name) => {
    const field = ON_REQUEST[name.trim()];
    return field === undefined ? [] : [[name.trim(), field] as const];
  });
  const fields = [...Object.entries(ALWAYS), ...asked];
  const isHidden = (field: string) => company.options.hiddenFields.includes(field);
  return {
    employeeId: employee.id,
    ...Object.fromEntries(fields.map(([name, field]) => [name, isHidden(field) ? null : (employee[field] ?? null)])),
    photoUrl: null,
    status: employee.status,
    _restrictedFields: fields.flatMap(([name, field]) => (isHidden(field) ? [name] : [])),
  };
}

function badRequest(code: 'BadRequest' | 'BadPage', message: string): Answer {
  return { status: 400, body: { error: { code, message } } };
}
