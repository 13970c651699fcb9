import type { HttpMethod } from '../../http-types.ts';

export type ConnectWiseCall = {
  area: string;
  method: HttpMethod;
  version: string;
  /** Below `{codebase}apis/3.0`, but for the calls of version `login` and `key`. Ids stand in braces. */
  path: string;
  /** What the security role of the API member must allow. */
  permissions: readonly string[];
  limit: string;
};

type Entry = readonly [area: string, method: HttpMethod, path: string, ...permissions: string[]];

/** Every request to ConnectWise goes through one of these; docs/permissions.md is compared with this table by a test. */
const TABLE = {
  companies: ['company', 'GET', '/company/companies', 'Companies > Company Maintenance: inquire'],
  boards: ['company', 'GET', '/service/boards', 'Service Desk > Service Tickets: inquire'],
  serviceTickets: ['tickets', 'GET', '/service/tickets', 'Service Desk > Service Tickets: inquire'],
  serviceTicket: ['tickets', 'GET', '/service/tickets/{id}', 'Service Desk > Service Tickets: inquire'],
  addServiceTicket: ['tickets', 'POST', '/service/tickets', 'Service Desk > Service Tickets: add'],
  patchServiceTicket: ['tickets', 'PATCH', '/service/tickets/{id}', 'Service Desk > Service Tickets: edit'],
  serviceNotes: ['tickets', 'GET', '/service/tickets/{id}/notes', 'Service Desk > Service Tickets: inquire'],
  addServiceNote: ['tickets', 'POST', '/service/tickets/{id}/notes', 'Service Desk > Service Tickets: add'],
  boardStatuses: ['tickets', 'GET', '/service/boards/{id}/statuses', 'Service Desk > Service Tickets: inquire'],
  priorities: ['tickets', 'GET', '/service/priorities', 'System > Table Setup: inquire'],
  projectTickets: ['tickets', 'GET', '/project/tickets', 'Project > Project Tickets: inquire'],
  projectTicket: ['tickets', 'GET', '/project/tickets/{id}', 'Project > Project Tickets: inquire'],
  addProjectTicket: ['tickets', 'POST', '/project/tickets', 'Project > Project Tickets: add'],
  patchProjectTicket: ['tickets', 'PATCH', '/project/tickets/{id}', 'Project > Project Tickets: edit'],
  projectNotes: ['tickets', 'GET', '/project/tickets/{id}/notes', 'Project > Project Tickets: inquire'],
  addProjectNote: ['tickets', 'POST', '/project/tickets/{id}/notes', 'Project > Project Tickets: add'],
  projects: ['projects', 'GET', '/project/projects', 'Project > Project Headers: inquire'],
  addProject: ['projects', 'POST', '/project/projects', 'Project > Project Headers: add'],
  patchProject: ['projects', 'PATCH', '/project/projects/{id}', 'Project > Project Headers: edit'],
  projectStatuses: ['projects', 'GET', '/project/statuses', 'Project > Project Headers: inquire'],
  phases: ['projects', 'GET', '/project/projects/{id}/phases', 'Project > Project Phase: inquire'],
  addPhase: ['projects', 'POST', '/project/projects/{id}/phases', 'Project > Project Phase: add'],
  patchPhase: ['projects', 'PATCH', '/project/projects/{id}/phases/{phaseId}', 'Project > Project Phase: edit'],
  phaseStatuses: ['projects', 'GET', '/project/phaseStatuses', 'Project > Project Phase: inquire'],
  callbacks: ['callbacks', 'GET', '/system/callbacks', 'System > My Company: inquire'],
  addCallback: ['callbacks', 'POST', '/system/callbacks', 'System > My Company: add'],
} as const satisfies Record<string, Entry>;

export type ConnectWiseCallName = keyof typeof TABLE;

/** Calls outside the API proper, which need no right of the member. */
export const companyInfoCall: ConnectWiseCall = {
  area: 'company',
  method: 'GET',
  version: 'login',
  path: '/login/companyinfo/{company}',
  permissions: [],
  limit: 'connectwise',
};
export const callbackKeyCall: ConnectWiseCall = {
  area: 'callbacks',
  method: 'GET',
  version: 'key',
  path: '/system/callbackkey',
  permissions: [],
  limit: 'connectwise',
};

/** The table's entry. */
export function connectWiseCallOf(name: ConnectWiseCallName): ConnectWiseCall {
  const [area, method, path, ...permissions]: Entry = TABLE[name];
  return { area, method, version: '3.0', path, permissions, limit: 'connectwise' };
}

/** Every call there is. */
export function connectWiseCalls(): ConnectWiseCall[] {
  const names = Object.keys(TABLE) as ConnectWiseCallName[];
  return [companyInfoCall, callbackKeyCall, ...names.map(connectWiseCallOf)];
}
