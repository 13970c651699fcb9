/** Who may sign in to BambooHR, and what time off was asked for. */
import { type Answer, headerOf } from '../http/exchange.ts';
import type { Employee } from '../state/events.ts';
import { type BambooContext, headerError } from './context.ts';
import { peopleOf } from './fields.ts';

const USER_IDS_FROM = 2000;
const DAY_MS = 86_400_000;
const USER_STATUSES = ['enabled', 'disabled'];
const REQUEST_STATUSES = ['approved', 'denied', 'superceded', 'requested', 'canceled'];

type User = {
  id: number;
  employeeId: number;
  firstName: string;
  lastName: string;
  email: string;
  status: string;
  lastLogin?: string;
};

/** GET /v1/meta/users: a map by user id, in XML unless JSON is asked for to the letter. */
export function metaUsers(context: BambooContext): Answer {
  const wanted = namesIn(context.call.query.get('status'), USER_STATUSES);
  const users = peopleOf(context.company, context.bend.shrinkTo)
    .map((employee) => userOf(employee, context.now))
    .filter(({ status }) => wanted.length === 0 || wanted.includes(status));
  if (headerOf(context.call, 'accept') !== 'application/json') return usersAsXml(users);
  return { status: 200, body: Object.fromEntries(users.map((user) => [String(user.id), user])) };
}

/** The words of a list that are known; the others are passed over. */
function namesIn(list: string | null, known: readonly string[]): string[] {
  return (list ?? '').split(',').filter((word) => known.includes(word));
}

/** Everybody has a user; who has not begun has never signed in. */
function userOf(employee: Employee, now: number): User {
  const number = Number(employee.id);
  const hasBegun = Date.parse(employee.hireDate ?? '') <= now;
  return {
    id: USER_IDS_FROM + number,
    employeeId: number,
    firstName: employee.firstName ?? '',
    lastName: employee.lastName ?? '',
    email: employee.workEmail ?? employee.homeEmail ?? '',
    status: employee.status === 'Active' ? 'enabled' : 'disabled',
    ...(hasBegun ? { lastLogin: `${employee.hireDate ?? ''}T09:00:00+00:00` } : {}),
  };
}

function usersAsXml(users: readonly User[]): Answer {
  const elements = users.map(({ id, employeeId, ...rest }) => {
    const inner = Object.entries(rest).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
    return `<user id="${id}" employeeId="${employeeId}">${inner.join('')}</user>`;
  });
  const text = `<?xml version="1.0"?><users>${elements.join('')}</users>`;
  return { status: 200, headers: { 'Content-Type': 'application/xml; charset=utf-8' }, text };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** GET /v1/time_off/requests: those that touch the span, of which both ends must be given. */
export function timeOffRequests(context: BambooContext): Answer {
  const { query } = context.call;
  const [start, end] = [query.get('start') ?? '', query.get('end') ?? ''];
  if (Number.isNaN(Date.parse(start)) || Number.isNaN(Date.parse(end)))
    return headerError(400, 'The start and end parameters are required');
  const statuses = query.get('status');
  // Everything that the company's calendar shows was approved.
  const isAsked = statuses === null || namesIn(statuses, REQUEST_STATUSES).includes('approved');
  const body = context.company.company.absences
    .filter((absence) => isAsked && absence.type === 'timeOff' && absence.start <= end && absence.end >= start)
    .map((absence) => ({
      id: Number(absence.id),
      employeeId: Number(absence.employeeId),
      name: absence.name,
      start: absence.start,
      end: absence.end,
      created: absence.start,
      status: { lastChanged: absence.start, lastChangedByUserId: USER_IDS_FROM, status: 'approved' },
      type: { id: 78, name: 'Time Off', icon: 'palm-trees' },
      amount: { unit: 'days', amount: (Date.parse(absence.end) - Date.parse(absence.start)) / DAY_MS + 1 },
    }));
  return { status: 200, body };
}
