import type { Answer } from '../http/exchange.ts';
import { compileTemplate } from '../http/templates.ts';
import type { CwCall } from './context.ts';
import { countShelf, getFromShelf, listShelf, SHELVES, systemInfo } from './directory.ts';
import { noRecord } from './errors.ts';
import { countNotes, getNote, listNotes, postNote } from './notes.ts';
import { countPlans, deletePlan, getPlan, listPlans, PHASE, PROJECT, patchPlan, postPlan } from './projects.ts';
import { countCallbacks, deleteCallback, getCallback, listCallbacks, postCallback } from './subscriptions.ts';
import {
  countTickets,
  deleteTicket,
  findTicket,
  getTicket,
  listTickets,
  patchTicket,
  postTicket,
  searchTickets,
  type TicketType,
} from './tickets.ts';

type Handler = (context: CwCall) => Answer;
type Route = { method: string; template: ReturnType<typeof compileTemplate>; handle: Handler };

function route(method: string, path: string, handle: Handler): Route {
  return { method, template: compileTemplate(path), handle };
}

/** Every place of the API that is simulated; those with a fixed last step stand before those with an id. */
export const ROUTES: readonly Route[] = [
  route('GET', '/system/info', systemInfo),
  ...shelf('/company/companies', SHELVES.companies),
  ...shelf('/company/contacts', SHELVES.contacts),
  ...shelf('/service/boards/{parentId}/statuses', SHELVES.boardStatuses),
  ...shelf('/service/boards', SHELVES.boards),
  ...shelf('/service/priorities', SHELVES.priorities),
  ...shelf('/service/sources', SHELVES.sources),
  ...shelf('/project/statuses', SHELVES.projectStatuses),
  ...shelf('/project/phaseStatuses', SHELVES.phaseStatuses),
  ...shelf('/system/members', SHELVES.members),
  ...tickets('/service/tickets', 'ServiceTicket'),
  ...tickets('/project/tickets', 'ProjectTicket'),
  ...plans('/project/projects/{parentId}/phases', PHASE),
  ...plans('/project/projects', PROJECT),
  ...projectNotes('/project/projects/{id}/notes'),
  route('GET', '/system/callbacks/count', countCallbacks),
  route('GET', '/system/callbacks', listCallbacks),
  route('POST', '/system/callbacks', postCallback),
  route('GET', '/system/callbacks/{id}', getCallback),
  route('DELETE', '/system/callbacks/{id}', deleteCallback),
];

function shelf(path: string, of: Parameters<typeof listShelf>[1]): Route[] {
  return [
    route('GET', path, (context) => listShelf(context, of)),
    route('GET', `${path}/count`, (context) => countShelf(context, of)),
    route('GET', `${path}/{id}`, (context) => getFromShelf(context, of)),
  ];
}

function tickets(path: string, type: TicketType): Route[] {
  const noted = (act: (context: CwCall, parent: { ticketId: number }) => Answer): Handler => {
    return (context) => {
      const ticket = findTicket(context, type);
      return ticket === undefined ? noRecord('Ticket', context.values.id ?? '') : act(context, { ticketId: ticket.id });
    };
  };
  return [
    route('GET', path, (context) => listTickets(context, type)),
    route('POST', path, (context) => postTicket(context, type)),
    route('GET', `${path}/count`, (context) => countTickets(context, type)),
    route('POST', `${path}/search`, (context) => searchTickets(context, type)),
    route('GET', `${path}/{id}`, (context) => getTicket(context, type)),
    route('PATCH', `${path}/{id}`, (context) => patchTicket(context, type)),
    route('DELETE', `${path}/{id}`, (context) => deleteTicket(context, type)),
    route('GET', `${path}/{id}/notes`, noted(listNotes)),
    route('GET', `${path}/{id}/allNotes`, noted(listNotes)),
    route('POST', `${path}/{id}/notes`, noted(postNote)),
    route('GET', `${path}/{id}/notes/count`, noted(countNotes)),
    route('GET', `${path}/{id}/notes/{noteId}`, noted(getNote)),
  ];
}

function plans(path: string, plan: typeof PROJECT): Route[] {
  return [
    route('GET', path, (context) => listPlans(context, plan)),
    route('POST', path, (context) => postPlan(context, plan)),
    route('GET', `${path}/count`, (context) => countPlans(context, plan)),
    route('GET', `${path}/{id}`, (context) => getPlan(context, plan)),
    route('PATCH', `${path}/{id}`, (context) => patchPlan(context, plan)),
    route('DELETE', `${path}/{id}`, (context) => deletePlan(context, plan)),
  ];
}

function projectNotes(path: string): Route[] {
  const noted = (act: (context: CwCall, parent: { projectId: number }) => Answer): Handler => {
    return (context) => {
      const id = Number(context.values.id);
      return context.state.records.project.has(id)
        ? act(context, { projectId: id })
        : noRecord('Project', context.values.id ?? '');
    };
  };
  return [
    route('GET', path, noted(listNotes)),
    route('POST', path, noted(postNote)),
    route('GET', `${path}/count`, noted(countNotes)),
    route('GET', `${path}/{noteId}`, noted(getNote)),
  ];
}
