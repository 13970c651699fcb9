/** What customers and technicians do at the site without the API: tickets that arrive, answers, statuses set by hand. */
import type { CwContext } from './context.ts';
import { addNote, noteRecord } from './notes.ts';
import { SOURCES } from './site.ts';
import type { CwContact, CwRecord } from './state.ts';
import { changeTicket, createTicket } from './tickets.ts';

/** Who writes when a mail comes in. */
export const EMAIL_CONNECTOR = 'EmailConnector';

/**
 * A customer opens a ticket by mail: it stands on the help desk's board with what he wrote as its description. A
 * sender who is no contact leaves only his address on it. Throws when the ticket cannot be.
 */
export function openTicket(
  context: CwContext,
  given: { from: string; summary: string; description: string; board?: string | undefined },
): CwRecord {
  const contact = contactOf(context, given.from);
  const source = SOURCES.find((candidate) => candidate.name === 'Email');
  const sent = {
    summary: given.summary,
    source: { id: source?.id },
    initialDescription: given.description,
    ...(given.board === undefined ? {} : { board: { name: given.board } }),
    ...(contact === undefined
      ? { contactEmailAddress: given.from }
      : { contact: { id: contact.id }, company: { id: contact.companyId } }),
  };
  const made = createTicket(context, sent, {
    type: 'ServiceTicket',
    ...(contact === undefined ? {} : { author: referenceTo(contact) }),
  });
  if (!made.ok) throw new Error(made.flaws.map((flaw) => flaw.message).join(' '));
  return made.record;
}

/** The customer answers on a ticket. */
export function replyToTicket(context: CwContext, ticketId: number, given: { from: string; text: string }): CwRecord {
  requireTicket(context, ticketId);
  const contact = contactOf(context, given.from);
  if (contact === undefined) throw new Error(`there is no contact ${given.from}`);
  const values = { text: given.text, detailDescriptionFlag: true, contact: referenceTo(contact) };
  const note = noteRecord(context, values, { id: context.state.nextId, parent: { ticketId } });
  addNote(context, note, { ticketId });
  return note;
}

/** A technician moves a ticket to a status of its board, by name. */
export function moveTicket(context: CwContext, ticketId: number, status: string): void {
  const ticket = requireTicket(context, ticketId);
  const operations = [{ op: 'replace', path: 'status', value: { name: status } }];
  const changed = changeTicket(context, ticket, operations);
  if (!changed.ok) throw new Error(changed.flaws.map((flaw) => flaw.message).join(' '));
}

function requireTicket(context: CwContext, ticketId: number): CwRecord {
  const ticket = context.state.records.ticket.get(ticketId);
  if (ticket === undefined) throw new Error(`there is no ticket ${ticketId}`);
  return ticket;
}

function contactOf(context: CwContext, address: string): CwContact | undefined {
  const wanted = address.toLowerCase();
  return context.state.contacts.find((contact) => contact.email.toLowerCase() === wanted);
}

function referenceTo(contact: CwContact) {
  return { id: contact.id, name: `${contact.firstName} ${contact.lastName}`.trim() };
}
