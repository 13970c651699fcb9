import type { Answer } from '../http/exchange.ts';
import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type CwCall, type CwContext, infoOf, instant, listingOf } from './context.ts';
import { invalidObject, noRecord } from './errors.ts';
import { NOTE_FIELDS, readFields, searchNames } from './fields.ts';
import { countRecords, listRecords } from './listing.ts';
import { resolveReferences } from './references.ts';
import type { CwRecord } from './state.ts';

const NAMES = searchNames(NOTE_FIELDS);
const FLAGS = { detailDescriptionFlag: false, internalAnalysisFlag: false, resolutionFlag: false };

type Parent = { ticketId: number } | { projectId: number };

/** A note as it is kept: by a contact of the customer, else by the member. */
export function noteRecord(context: CwContext, values: GraphObject, given: { id: number; parent: Parent }): CwRecord {
  const { site } = context.state;
  const member = { id: site.memberId, identifier: site.member, name: site.member };
  return {
    id: given.id,
    ...given.parent,
    ...FLAGS,
    customerUpdatedFlag: values.contact !== undefined,
    processNotifications: false,
    ...values,
    ...(values.contact === undefined ? { member } : {}),
    dateCreated: instant(context.now),
    createdBy: context.by,
    internalFlag: values.internalAnalysisFlag === true,
    externalFlag: values.internalAnalysisFlag !== true,
    _info: infoOf(context, null),
  };
}

function notesOf(context: CwCall, parent: Parent): CwRecord[] {
  const { records } = context.state;
  return 'ticketId' in parent
    ? [...records.note.values()].filter((note) => note.ticketId === parent.ticketId)
    : [...records.projectNote.values()].filter((note) => note.projectId === parent.projectId);
}

export function listNotes(context: CwCall, parent: Parent): Answer {
  return listRecords(notesOf(context, parent), listingOf(context, NAMES));
}

export function countNotes(context: CwCall, parent: Parent): Answer {
  return countRecords(notesOf(context, parent), listingOf(context, NAMES));
}

export function getNote(context: CwCall, parent: Parent): Answer {
  const note = notesOf(context, parent).find((candidate) => candidate.id === Number(context.values.noteId));
  return note === undefined ? noRecord('Note', context.values.noteId ?? '') : { status: 200, body: note };
}

/** POST …/notes: 201. Which flag is set decides who sees it; without one nobody is shown it. */
export function postNote(context: CwCall, parent: Parent): Answer {
  const resource = 'ticketId' in parent ? 'ticketNote' : 'projectNote';
  const { values, flaws } = readFields(NOTE_FIELDS, isObject(context.json) ? context.json : {});
  const found = [...flaws, ...resolveReferences(context, NOTE_FIELDS, values)];
  if (found.length > 0) return invalidObject(resource, found);
  const record = noteRecord(context, values, { id: context.state.nextId, parent });
  addNote(context, record, parent);
  return { status: 201, body: record };
}

/** Keeps a note; the ticket under it counts as updated, and its callbacks hear so. */
export function addNote(context: CwContext, note: CwRecord, parent: Parent): void {
  if (!('ticketId' in parent)) {
    context.record({ type: 'connectwise.put', records: [{ kind: 'projectNote', record: note }] });
    return;
  }
  const before = context.state.records.ticket.get(parent.ticketId);
  if (before === undefined) return;
  const links = before._info as Record<string, string>;
  const ticket = {
    ...before,
    customerUpdatedFlag: note.contact !== undefined,
    _info: { ...links, ...infoOf(context, before) },
  };
  context.record({
    type: 'connectwise.put',
    records: [
      { kind: 'note', record: note },
      { kind: 'ticket', record: ticket },
    ],
  });
  context.tell({ action: 'updated', type: 'ticket', record: ticket });
}
