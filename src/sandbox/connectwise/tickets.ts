import type { Answer } from '../http/exchange.ts';
import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type CwCall, type CwContext, hrefOf, infoOf, instant, keep, listingOf } from './context.ts';
import { type Flaw, invalidObject, noRecord } from './errors.ts';
import { type FieldTable, PROJECT_TICKET_FIELDS, readFields, searchNames, TICKET_FIELDS } from './fields.ts';
import { countRecords, cut, type ListQuery, listRecords } from './listing.ts';
import { noteRecord } from './notes.ts';
import { customFieldsFlaw, patchRecord } from './patch.ts';
import { resolveReferences } from './references.ts';
import { BOARDS, type BoardStatus } from './site.ts';
import { type CwKind, type CwRecord, idIn } from './state.ts';

export type TicketType = 'ServiceTicket' | 'ProjectTicket';

const FIELDS: Readonly<Record<TicketType, FieldTable>> = {
  ServiceTicket: TICKET_FIELDS,
  ProjectTicket: PROJECT_TICKET_FIELDS,
};
const NAMES: Readonly<Record<TicketType, ReadonlySet<string>>> = {
  ServiceTicket: searchNames(TICKET_FIELDS),
  ProjectTicket: searchNames(PROJECT_TICKET_FIELDS),
};
const DEFAULTS = {
  severity: 'Medium',
  impact: 'Medium',
  priority: { name: 'Priority 3 - Normal' },
  customFields: [],
  allowAllClientsPortalView: false,
  customerUpdatedFlag: false,
  automaticEmailContactFlag: false,
  automaticEmailResourceFlag: false,
  automaticEmailCcFlag: false,
};
/** Texts that become notes of a new ticket and are never given back, with the flag of the note. */
const INITIAL_NOTES = [
  ['initialDescription', 'detailDescriptionFlag'],
  ['initialInternalAnalysis', 'internalAnalysisFlag'],
  ['initialResolution', 'resolutionFlag'],
] as const;

function ticketsOf(context: CwCall, type: TicketType): CwRecord[] {
  return [...context.state.records.ticket.values()].filter((ticket) => ticket.recordType === type);
}

/** GET /service/tickets and /project/tickets: each shows its own kind only. */
export function listTickets(context: CwCall, type: TicketType): Answer {
  return listRecords(ticketsOf(context, type), listingOf(context, NAMES[type]));
}

export function countTickets(context: CwCall, type: TicketType): Answer {
  return countRecords(ticketsOf(context, type), listingOf(context, NAMES[type]));
}

/** POST …/tickets/search: the query in the body, its keys in lower case; other spellings are ignored. */
export function searchTickets(context: CwCall, type: TicketType): Answer {
  const body = isObject(context.json) ? context.json : {};
  const text = (key: string) => (typeof body[key] === 'string' ? body[key] : null);
  const query: ListQuery = {
    conditions: text('conditions'),
    childConditions: text('childconditions'),
    customFieldConditions: text('customfieldconditions'),
    orderBy: text('orderBy'),
  };
  return listRecords(ticketsOf(context, type), listingOf(context, NAMES[type]), query);
}

/** The ticket that the address names, of the right kind. */
export function findTicket(context: CwCall, type: TicketType): CwRecord | undefined {
  const ticket = context.state.records.ticket.get(Number(context.values.id));
  return ticket?.recordType === type ? ticket : undefined;
}

export function getTicket(context: CwCall, type: TicketType): Answer {
  const ticket = findTicket(context, type);
  return ticket === undefined
    ? noRecord('Ticket', context.values.id ?? '')
    : { status: 200, body: cut(ticket, context.call) };
}

/** POST …/tickets: 201 with the whole ticket. Equal tickets are two tickets: nothing recognises a repetition. */
export function postTicket(context: CwCall, type: TicketType): Answer {
  const sent = isObject(context.json) ? context.json : {};
  const made = createTicket(context, sent, { type });
  return made.ok ? { status: 201, body: made.record } : invalidObject('ticket', made.flaws);
}

type Made = { ok: true; record: CwRecord } | { ok: false; flaws: Flaw[] };

/** Makes a ticket with its first notes; the callbacks hear of it unless `skipCallback` was sent. */
export function createTicket(
  context: CwContext,
  sent: GraphObject,
  { type, author }: { type: TicketType; author?: GraphObject },
): Made {
  const board = BOARDS.find((candidate) => candidate.projectFlag === (type === 'ProjectTicket'));
  const read = completeTicket(context, { ...DEFAULTS, board: { id: board?.id }, ...sent }, { type, before: null });
  if (!read.ok) return read;
  const record = finishTicket(context, { ...read.values, recordType: type }, null);
  const notes = INITIAL_NOTES.flatMap(([field, flag], index) => {
    const text = sent[field];
    if (typeof text !== 'string' || text === '') return [];
    const note = { text, [flag]: true, ...(author === undefined ? {} : { contact: author }) };
    const given = { id: record.id + 1 + index, parent: { ticketId: record.id } };
    return [{ kind: 'note' as CwKind, record: noteRecord(context, note, given) }];
  });
  const isSilent = sent.skipCallback === true;
  keep(context, [{ kind: 'ticket', record }, ...notes], isSilent ? null : { action: 'added', type: 'ticket' });
  return { ok: true, record };
}

/** PATCH …/tickets/{id}. */
export function patchTicket(context: CwCall, type: TicketType): Answer {
  const before = findTicket(context, type);
  if (before === undefined) return noRecord('Ticket', context.values.id ?? '');
  const changed = changeTicket(context, before, context.json);
  return changed.ok ? { status: 200, body: changed.record } : invalidObject('ticket', changed.flaws);
}

/** Applies a patch to a ticket and tells the callbacks. */
export function changeTicket(context: CwContext, before: CwRecord, operations: unknown): Made {
  const type = before.recordType === 'ProjectTicket' ? 'ProjectTicket' : 'ServiceTicket';
  const patched = patchRecord(before, operations, NAMES[type]);
  if (!patched.ok) return patched;
  const flaw = context.state.options.customFieldsInPatch ? customFieldsFlaw(before, patched.paths) : null;
  if (flaw !== null) return { ok: false, flaws: [flaw] };
  const read = completeTicket(context, patched.record, { type, before });
  if (!read.ok) return read;
  const record = finishTicket(context, { ...read.values, recordType: type }, before);
  keep(context, [{ kind: 'ticket', record }], { action: 'updated', type: 'ticket' });
  return { ok: true, record };
}

type Complete = { ok: true; values: GraphObject } | { ok: false; flaws: Flaw[] };

/** The values of a ticket with every reference in full: its status belongs to its board, its contact is known. */
function completeTicket(
  context: CwContext,
  sent: GraphObject,
  { type, before }: { type: TicketType; before: CwRecord | null },
): Complete {
  const { values, flaws } = readFields(FIELDS[type], sent);
  // The board first: whether the status exists is a question of its board.
  const found = [...flaws, ...resolveReferences(context, { board: { type: 'reference', to: 'board' } }, values)];
  const movedBoard = before !== null && idIn(before.board) !== idIn(values.board);
  const statusIsOld = before !== null && idIn(before.status) === idIn(values.status);
  if (values.status === undefined || (movedBoard && statusIsOld)) {
    values.status = { id: statusesOf(values).find((status) => status.defaultFlag)?.id };
  }
  found.push(...resolveReferences(context, FIELDS[type], values));
  return found.length > 0 ? { ok: false, flaws: uniqueByField(found) } : { ok: true, values };
}

function uniqueByField(flaws: readonly Flaw[]): Flaw[] {
  return [...new Map(flaws.map((flaw) => [flaw.field, flaw])).values()];
}

function statusesOf(values: GraphObject): readonly BoardStatus[] {
  const boardId = idIn(values.board);
  return BOARDS.find((board) => board.id === boardId)?.statuses ?? [];
}

/** What the server sets itself: the contact's address, whether the status closes the ticket, `_info`. */
function finishTicket(context: CwContext, values: GraphObject, before: CwRecord | null): CwRecord {
  const { state } = context;
  const id = before?.id ?? state.nextId;
  const contactId = idIn(values.contact);
  const isNewContact = contactId !== null && contactId !== idIn(before?.contact);
  const contact = isNewContact ? state.contacts.find((candidate) => candidate.id === contactId) : undefined;
  const closes = statusesOf(values).find((status) => status.id === idIn(values.status))?.closedStatus === true;
  const closed = closes
    ? { closedDate: before?.closedDate ?? instant(context.now), closedBy: before?.closedBy ?? context.by }
    : {};
  const path = values.recordType === 'ProjectTicket' ? '/project/tickets' : '/service/tickets';
  return {
    id,
    ...values,
    ...(contact === undefined
      ? {}
      : { contactName: `${contact.firstName} ${contact.lastName}`.trim(), contactEmailAddress: contact.email }),
    closedFlag: closes,
    ...closed,
    _info: infoOf(context, before, {
      notes_href: hrefOf(context, `${path}/${id}/notes`),
      documents_href: hrefOf(context, `/system/documents?recordType=Ticket&recordId=${id}`),
    }),
  };
}

/** DELETE …/tickets/{id}. */
export function deleteTicket(context: CwCall, type: TicketType): Answer {
  const record = findTicket(context, type);
  if (record === undefined) return noRecord('Ticket', context.values.id ?? '');
  context.record({ type: 'connectwise.remove', kind: 'ticket', id: record.id });
  context.tell({ action: 'deleted', type: 'ticket', record });
  return { status: 204 };
}
