import type { Answer } from '../http/exchange.ts';
import type { Employee } from '../state/events.ts';
import { type BambooContext, headerError } from './context.ts';
import { fieldCatalogue, peopleOf, readableFields, showEmployee } from './fields.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS_OUT = 14;
const FIELDS_MAX = 400;

/** GET /v1/employees/directory: active people only; 404 when nobody is left, 403 when it is not shared. */
export function directory(context: BambooContext): Answer {
  const { company } = context;
  if (!company.options.directoryShared) return headerError(403, 'The directory is not shared');
  const fields = readableFields(company, company.options.directoryFields);
  const today = new Date(context.now).toISOString().slice(0, 10);
  const onlyCurrent = context.call.query.get('onlyCurrent') !== 'false';
  const employees = peopleOf(company, context.bend.shrinkTo)
    .filter((employee) => employee.status === 'Active' && (!onlyCurrent || (employee.hireDate ?? '') <= today))
    .map((employee) => ({
      id: employee.id,
      ...showEmployee(employee, fields),
      photoUploaded: false,
      canUploadPhoto: 0,
    }));
  if (employees.length === 0) return headerError(404, 'The directory is empty');
  const definitions = fields.map((field) => ({ id: field.alias, type: field.type, name: field.name }));
  return { status: 200, body: { fields: definitions, employees } };
}

/** GET /v1/employees/{id}?fields=: what the key's user may not see is simply missing. Id 0 is the caller's own. */
export function oneEmployee(context: BambooContext): Answer {
  const wanted = (context.call.query.get('fields') ?? 'firstName,lastName').split(',').map((name) => name.trim());
  if (wanted.length > FIELDS_MAX) return headerError(400, `Too many fields: at most ${FIELDS_MAX} can be requested`);
  const id = context.values.id;
  const people = peopleOf(context.company, context.bend.shrinkTo);
  // Nothing says whose the key is: somebody who works there.
  const isAsked = (one: Employee) => (id === '0' ? one.status === 'Active' : one.id === id);
  const employee = people.find(isAsked);
  if (employee === undefined) return headerError(404, 'Employee not found');
  return { status: 200, body: { id: employee.id, ...showEmployee(employee, readableFields(context.company, wanted)) } };
}

/** GET /v1/employees/changed?since=: a map by id, not a list. */
export function changedEmployees(context: BambooContext): Answer {
  const { query } = context.call;
  const since = Date.parse(query.get('since') ?? '');
  if (Number.isNaN(since)) return headerError(400, 'The since parameter is missing or is no valid date');
  const type = query.get('type')?.toLowerCase() ?? 'all';
  if (!['inserted', 'updated', 'deleted', 'all'].includes(type)) return headerError(400, 'Invalid type');
  const found = Object.entries(context.company.company.lastChanged).filter(
    ([, change]) => Date.parse(change.at) > since && (type === 'all' || change.action.toLowerCase() === type),
  );
  const latest = found.map(([, change]) => Date.parse(change.at)).reduce((a, b) => Math.max(a, b), since);
  const employees = Object.fromEntries(
    found.map(([id, change]) => [id, { id, action: change.action, lastChanged: withOffset(Date.parse(change.at)) }]),
  );
  return { status: 200, body: { latest: withOffset(latest), employees } };
}

/** GET /v1/time_off/whos_out: absences and holidays that touch the span, today and the next 14 days by default. */
export function whosOut(context: BambooContext): Answer {
  if (!context.company.options.whosOutEnabled) return headerError(403, "Who's Out is disabled");
  const { query } = context.call;
  const start = query.get('start') ?? dateOf(context.now);
  const end = query.get('end') ?? dateOf(Date.parse(start) + DEFAULT_DAYS_OUT * DAY_MS);
  const body = context.company.company.absences
    .filter((absence) => absence.start <= end && absence.end >= start)
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
    .map(({ id, type, employeeId, name, start: from, end: to }) => ({
      id: numberOr(id),
      type,
      ...(employeeId === undefined ? {} : { employeeId: numberOr(employeeId) }),
      name,
      start: from,
      end: to,
    }));
  return { status: 200, body };
}

/** GET /v1/meta/fields: ids are numbers, or texts with a dot. */
export function metaFields(context: BambooContext): Answer {
  const body = fieldCatalogue(context.company).map(({ id, name, type, alias }) => ({ id, name, type, alias }));
  return { status: 200, body };
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The specification has integers in this answer alone. */
function numberOr(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function withOffset(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}
