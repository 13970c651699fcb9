import { AppError, VendorBrokenError, VendorRefusedError } from '../../../lib/errors.ts';
import { type ConnectWise, isNoRecord } from './api.ts';
import { type ConnectWiseCallName, connectWiseCallOf } from './calls.ts';
import { after, all, type Condition, is } from './conditions.ts';
import { listOf } from './pages.ts';
import { type Change, ignoredChanges, sendPatch } from './patch.ts';
import { type Note, noteSchema, type Status, statusSchema, type Ticket, ticketSchema } from './wire.ts';

/** Tickets of service boards and of projects live apart, with calls of their own. */
export type TicketKind = 'service' | 'project';

type TicketCalls = Record<'list' | 'get' | 'add' | 'patch' | 'notes' | 'addNote', ConnectWiseCallName>;

const CALLS: Readonly<Record<TicketKind, TicketCalls>> = {
  service: {
    list: 'serviceTickets',
    get: 'serviceTicket',
    add: 'addServiceTicket',
    patch: 'patchServiceTicket',
    notes: 'serviceNotes',
    addNote: 'addServiceNote',
  },
  project: {
    list: 'projectTickets',
    get: 'projectTicket',
    add: 'addProjectTicket',
    patch: 'patchProjectTicket',
    notes: 'projectNotes',
    addNote: 'addProjectNote',
  },
};

const SUMMARY_MAX = 100;

/** Where a ticket keeps our reference, and how much of it: tickets of projects have no external reference. */
const REFERENCES = {
  service: { field: 'externalXRef', max: 100 },
  project: { field: 'wbsCode', max: 50 },
} as const satisfies Record<TicketKind, { field: string; max: number }>;

export type NewTicket = {
  kind: TicketKind;
  /** Ours: the same reference never becomes two tickets. At most 100 characters, 50 for a ticket of a project. */
  externalXRef: string;
  /** Cut to what ConnectWise keeps. */
  summary: string;
  initialDescription?: string;
  companyId?: number;
  boardId?: number;
  statusId?: number;
  priorityId?: number;
  contactId?: number;
  contactEmailAddress?: string;
  /** Of project tickets. */
  projectId?: number;
  phaseId?: number;
};

type Signal = { signal?: AbortSignal | undefined };

/** The ticket of a reference, the first one if there are several; null where there is none. */
export async function findTicket(
  connectWise: ConnectWise,
  ask: Signal & { kind: TicketKind; externalXRef: string },
): Promise<Ticket | null> {
  const { field, max } = REFERENCES[ask.kind];
  if (ask.externalXRef === '' || ask.externalXRef.length > max)
    throw new AppError('bad_reference', `a reference holds 1 to ${max} characters`);
  const tickets = await listOf(connectWise, {
    call: CALLS[ask.kind].list,
    row: ticketSchema,
    conditions: is(field, ask.externalXRef),
    signal: ask.signal,
  });
  // Looked at again here, since a condition that a server reads otherwise must not give somebody else's ticket.
  const own = tickets.filter((ticket) => ticket[field] === ask.externalXRef).sort((a, b) => a.id - b.id);
  return own[0] ?? null;
}

/**
 * The ticket of this reference: the one that is there, else a new one. After a lost answer ask again: ConnectWise has
 * no key against repetition, so the creation itself is never repeated.
 */
export async function ensureTicket(
  connectWise: ConnectWise,
  ticket: NewTicket & Signal,
): Promise<{ ticket: Ticket; created: boolean }> {
  const found = await findTicket(connectWise, ticket);
  if (found !== null) return { ticket: found, created: false };
  const body = {
    summary: cut(ticket.summary, SUMMARY_MAX),
    [REFERENCES[ticket.kind].field]: ticket.externalXRef,
    initialDescription: ticket.initialDescription,
    company: referenceOf(ticket.companyId),
    board: referenceOf(ticket.boardId),
    status: referenceOf(ticket.statusId),
    priority: referenceOf(ticket.priorityId),
    contact: referenceOf(ticket.contactId),
    contactEmailAddress: ticket.contactEmailAddress,
    project: referenceOf(ticket.projectId),
    phase: referenceOf(ticket.phaseId),
  };
  const made = await connectWise.call({ call: CALLS[ticket.kind].add, body, signal: ticket.signal }, ticketSchema);
  return { ticket: made, created: true };
}

/** A ticket by its number; null where there is none. */
export function getTicket(
  connectWise: ConnectWise,
  ask: Signal & { kind: TicketKind; ticketId: number },
): Promise<Ticket | null> {
  return orGone(() =>
    connectWise.call({ call: CALLS[ask.kind].get, ids: { id: ask.ticketId }, signal: ask.signal }, ticketSchema),
  );
}

export type TicketUpdate = { ok: true; ticket: Ticket } | { ok: false; reason: 'gone' | 'changed' };

/**
 * Changes a ticket, unless it was changed since it was read (`seenLastUpdated`, from its `_info`): ConnectWise has no
 * lock of its own. Refuses, by VendorBrokenError, a success that left the ticket as it was.
 */
export async function updateTicket(
  connectWise: ConnectWise,
  update: Signal & { kind: TicketKind; ticketId: number; changes: Change; seenLastUpdated?: string | null },
): Promise<TicketUpdate> {
  const { kind, ticketId, changes, seenLastUpdated, signal } = update;
  if (seenLastUpdated !== undefined) {
    const now = await getTicket(connectWise, { kind, ticketId, signal });
    if (now === null) return { ok: false, reason: 'gone' };
    if ((now._info?.lastUpdated ?? null) !== seenLastUpdated) return { ok: false, reason: 'changed' };
  }
  const call = CALLS[kind].patch;
  const read = () => getTicket(connectWise, { kind, ticketId, signal });
  const patch = { call, ids: { id: ticketId }, changes, read, signal };
  const ticket = await orGone(() => sendPatch(connectWise, patch, ticketSchema));
  if (ticket === null) return { ok: false, reason: 'gone' };
  refuseIgnored(call, ignoredChanges(changes, ticket));
  return { ok: true, ticket };
}

/** Null for a record that is not there; an address that is not there is an error. */
async function orGone<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof VendorRefusedError && isNoRecord(error.call)) return null;
    throw error;
  }
}

/** Refuses, by VendorBrokenError, a change that was accepted and not made. */
export function refuseIgnored(call: ConnectWiseCallName, ignored: readonly string[]): void {
  if (ignored.length === 0) return;
  const { method, path } = connectWiseCallOf(call);
  throw new VendorBrokenError(
    { vendor: 'connectwise', method, path },
    `answered success and did not change ${ignored.join(', ')}`,
    {
      facts: { property: ignored.join(',') },
    },
  );
}

/** All notes of a ticket. */
export function listNotes(
  connectWise: ConnectWise,
  ask: Signal & { kind: TicketKind; ticketId: number },
): Promise<Note[]> {
  return listOf(connectWise, {
    call: CALLS[ask.kind].notes,
    ids: { id: ask.ticketId },
    row: noteSchema,
    signal: ask.signal,
  });
}

export type NewNote = {
  kind: TicketKind;
  ticketId: number;
  text: string;
  /** Who sees it: the asker, or the helpdesk alone. */
  audience: 'customer' | 'internal';
  /** A part of the text by which the note is known again: a link, a reference. */
  marker: string;
  /** Lets ConnectWise mail the note by its own rules. */
  notify?: boolean;
};

/**
 * Adds a note unless one with its marker is there for the same audience; notes have no reference of ours, so the text
 * itself must hold it. Refuses a marker that the text does not hold.
 */
export async function ensureNote(
  connectWise: ConnectWise,
  note: NewNote & Signal,
): Promise<{ note: Note; created: boolean }> {
  const { kind, ticketId, text, marker, signal } = note;
  if (marker.trim() === '' || !text.includes(marker))
    throw new AppError('bad_marker', 'the text of a note does not hold its marker');
  const isForCustomer = note.audience === 'customer';
  const notes = await listNotes(connectWise, { kind, ticketId, signal });
  const known = notes.find((one) => {
    const isSeen = one.detailDescriptionFlag === true;
    return isSeen === isForCustomer && (one.text ?? '').includes(marker);
  });
  if (known !== undefined) return { note: known, created: false };
  const body = {
    text,
    detailDescriptionFlag: isForCustomer,
    internalAnalysisFlag: !isForCustomer,
    resolutionFlag: false,
    processNotifications: note.notify ?? false,
  };
  const made = await connectWise.call({ call: CALLS[kind].addNote, ids: { id: ticketId }, body, signal }, noteSchema);
  return { note: made, created: true };
}

/** The statuses of a board: the same name has another id on each. */
export function listBoardStatuses(connectWise: ConnectWise, ask: Signal & { boardId: number }): Promise<Status[]> {
  return listOf(connectWise, {
    call: 'boardStatuses',
    ids: { id: ask.boardId },
    row: statusSchema,
    signal: ask.signal,
  });
}

/**
 * The status in use of a name, compared without regard to case; without a name the first that closes or leaves open,
 * the default before others. Null where the board has none such.
 */
export function pickStatus(statuses: readonly Status[], wanted: { name: string } | { closes: boolean }): Status | null {
  const usable = statuses.filter(({ inactive, inactiveFlag }) => inactive !== true && inactiveFlag !== true);
  if ('name' in wanted) {
    const name = wanted.name.trim().toLowerCase();
    return usable.find((status) => status.name.trim().toLowerCase() === name) ?? null;
  }
  const fitting = usable.filter((status) => closes(status) === wanted.closes);
  return fitting.find(({ defaultFlag }) => defaultFlag === true) ?? fitting[0] ?? null;
}

function closes({ closedStatus, closedFlag }: Status): boolean {
  return closedStatus === true || closedFlag === true;
}

export type ChangedTickets = {
  tickets: Ticket[];
  /** From when to ask next time. */
  next: number;
};

/** Instants are kept to the second, so what changed within the last one seen is asked for again. */
const OVERLAP_MS = 1_000;

/**
 * Tickets changed since an instant: what callbacks may have lost. A ticket may come twice, never not at all; `next`
 * moves with what was read, by the server's clock.
 */
export async function ticketsChangedSince(
  connectWise: ConnectWise,
  ask: Signal & { kind: TicketKind; since: number; conditions?: Condition },
): Promise<ChangedTickets> {
  const since = after('lastUpdated', ask.since - OVERLAP_MS);
  const tickets = await listOf(connectWise, {
    call: CALLS[ask.kind].list,
    row: ticketSchema,
    conditions: ask.conditions === undefined ? since : all(since, ask.conditions),
    signal: ask.signal,
  });
  const instants = tickets.map((ticket) => Date.parse(ticket._info?.lastUpdated ?? '')).filter(Number.isFinite);
  return { tickets, next: instants.reduce((latest, instant) => Math.max(latest, instant), ask.since) };
}

function referenceOf(id: number | undefined): { id: number } | undefined {
  return id === undefined ? undefined : { id };
}

/** One line of a text, cut to a length without leaving half a character behind. */
function cut(lines: string, max: number): string {
  const text = lines.replace(/\p{Cc}+/gu, ' ').trim();
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
