import { AppError } from '../../lib/errors.ts';
import { ensureNote, getTicket, listNotes } from '../../services/psa/connectwise/tickets.ts';
import type { Note, Ticket } from '../../services/psa/connectwise/wire.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import type { Faq } from '../helpdesk/faq/faq.ts';
import type { PhasePerson, Rollout } from '../phases/phase-types.core.ts';
import {
  type AskedNote,
  type AskedTicket,
  isAboutMfa,
  isAnswered,
  type LeftReason,
  openingOf,
  ownWords,
  questionOf,
  routeOf,
  ticketRefusal,
} from './mfa-tickets.core.ts';
import type { PsaPlace } from './place.ts';
import { isPassing, notConfigured, type RecordDeps, settled, THE_PRODUCT } from './records.ts';
import { askerOf, handOverText, replyText } from './reply-text.core.ts';
import { markerOf } from './tickets.core.ts';
import {
  isUnderWay,
  listRecords,
  lockRecords,
  type PollMark,
  type ReplyRow,
  readMark,
  readReply,
  saveReply,
} from './tickets.store.ts';

/** What replies need of the rollout. */
export type TicketPhases = {
  current(customerId: string): Promise<Rollout | null>;
  people(customer: Customer): Promise<readonly PhasePerson[]>;
};

export type ReplyDeps = RecordDeps & {
  faq: Pick<Faq, 'ask'>;
  phases: TicketPhases;
  /** Where the customer's guide is; null where this deployment has no address for people. */
  guideUrl(customer: Customer): string | null;
};

/** The name of the effect that looks at one ticket. */
export function replyKey(ticketId: number, run: number): string {
  return `ticket.reply:${ticketId}:${run}`;
}

/**
 * Asks, in the caller's transaction, that a ticket be looked at, whoever heard of it first: callback and poll end in the
 * same effect. A ticket that was judged is asked for again only where its text was missing and it has changed since, or
 * where looking at it failed.
 */
export async function askForReply(
  tx: Tx,
  { ticketId, seen }: { ticketId: number; seen: string | null },
  at: Date,
): Promise<boolean> {
  await lockRecords(tx);
  const known = await readReply(tx, ticketId);
  if (known !== null && !(await isToLookAgain(tx, known, seen))) return false;
  const run = (known?.run ?? 0) + 1;
  const begunAt = known?.begunAt ?? null;
  await saveReply(tx, { ticketId, state: 'asked', reason: null, seen, begunAt, run, at });
  return enqueue(tx, { kind: 'ticket.reply', key: replyKey(ticketId, run), payload: { ticketId, run }, dueAt: at });
}

async function isToLookAgain(tx: Tx, known: ReplyRow, seen: string | null): Promise<boolean> {
  switch (known.state) {
    case 'replied':
      return false;
    case 'left':
      return known.reason === 'noText' && seen !== known.seen;
    case 'failed':
      return true;
    case 'asked':
      return !(await isUnderWay(tx, replyKey(known.ticketId, known.run)));
  }
}

type Judged = { do: 'leave'; reason: LeftReason } | { do: 'reply'; reply: string; handOver: string; route: string };

type Reply = { deps: ReplyDeps; customer: Customer; place: PsaPlace; row: ReplyRow; signal: AbortSignal };

/**
 * Looks at one ticket and gives it its first reply, where one is due: the reply that the customer sees, once for ever,
 * and the note for the technician. Killed anywhere and run again, it sees by the notes what is there.
 */
export async function replyTo(
  deps: ReplyDeps,
  asked: { ticketId: number; run: number },
  job: RunningJob,
): Promise<Save | undefined> {
  const { row, mark } = await deps.database.withCustomer(job.customerId, async (tx) => ({
    row: await readReply(tx, asked.ticketId),
    mark: await readMark(tx),
  }));
  if (row?.run !== asked.run || row.state !== 'asked') return undefined;
  const customer = await deps.customers.find(job.customerId);
  const signal = AbortSignal.any([job.signal, deps.signal]);
  try {
    const place = await deps.places.of(customer);
    if (place === null) throw notConfigured();
    await settled(deps, row.begunAt?.getTime() ?? null, signal);
    const reply = { deps, customer, place, row, signal };
    const judged = await judge(reply, mark);
    if (judged.do === 'reply') await writeNotes(reply, judged);
    return (tx) => saveJudged(deps, tx, row, judged);
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    deps.log.warn('tickets.reply_failed', { customerId: customer.id, ticketId: row.ticketId, code: error.code });
    return async (tx) => {
      const now = (await readReply(tx, row.ticketId)) ?? row;
      await saveReply(tx, { ...now, state: 'failed', reason: error.code, at: new Date(deps.clock.now()) });
    };
  }
}

async function judge(reply: Reply, mark: PollMark | null): Promise<Judged> {
  const { deps, customer, place, row, signal } = reply;
  const at = { kind: 'service', ticketId: row.ticketId, signal } as const;
  const live = await getTicket(place.connectWise, at);
  if (live === null) return { do: 'leave', reason: 'gone' };
  const ticket = askedTicket(live);
  const records = await deps.database.withCustomer(customer.id, listRecords);
  const refusal = ticketRefusal(ticket, {
    companyId: await place.companyId(signal),
    answersFrom: mark?.answersFrom.getTime() ?? Number.NEGATIVE_INFINITY,
    isRecord: records.some(({ kind, recordId }) => kind === 'ticket' && recordId === row.ticketId),
  });
  if (refusal !== null) return { do: 'leave', reason: refusal };
  const listed = await listNotes(place.connectWise, at);
  const notes = listed.sort((a, b) => a.id - b.id).map(askedNote);
  const marker = replyMarker(customer.id, row.ticketId);
  const isBegun = row.begunAt !== null && notes.some(({ isShown, text }) => isShown && text.includes(marker));
  if (!isBegun && isAnswered(ticket, notes)) return { do: 'leave', reason: 'technician' };
  const opening = openingOf(ticket, notes);
  const question = questionOf(ticket, opening);
  const match = deps.faq.ask(question);
  if (!isAboutMfa(question, match)) return { do: 'leave', reason: ownWords(opening) === '' ? 'noText' : 'notMfa' };
  return replyFor(reply, ticket, routeOf(match));
}

async function replyFor(
  { deps, customer, row }: Reply,
  ticket: AskedTicket,
  route: ReturnType<typeof routeOf>,
): Promise<Judged> {
  const guideUrl = deps.guideUrl(customer);
  if (guideUrl === null) throw noAddress();
  const rollout = await deps.phases.current(customer.id);
  const people = await peopleOf(deps, customer);
  const person = askerOf(ticket.askerAddress ?? '', people);
  const facts = { person, rollout, guideUrl, route, language: customer.settings.language };
  const reply = `${replyText(facts)}\n${replyMarker(customer.id, row.ticketId)}`;
  const handOver = `${handOverText(facts)}\n${handOverMarker(customer.id, row.ticketId)}`;
  return { do: 'reply', reply, handOver, route };
}

/** Before the first sync there is no list, and every asker is unknown. */
async function peopleOf({ phases }: ReplyDeps, customer: Customer): Promise<readonly PhasePerson[]> {
  try {
    return await phases.people(customer);
  } catch (error) {
    if (error instanceof AppError && error.code === 'snapshot_part_missing') return [];
    throw error;
  }
}

function noAddress(): AppError {
  const userMessage = 'This server has no address for people, so replies would lack the guide: set PUBLIC_URL.';
  return new AppError('public_url_missing', userMessage, { userMessage });
}

function replyMarker(customerId: string, ticketId: number): string {
  return markerOf(customerId, 'reply', String(ticketId));
}

function handOverMarker(customerId: string, ticketId: number): string {
  return markerOf(customerId, 'handOver', String(ticketId));
}

async function writeNotes(
  { deps, customer, place, row, signal }: Reply,
  { reply, handOver }: { reply: string; handOver: string },
): Promise<void> {
  const begunAt = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, (tx) => saveReply(tx, { ...row, begunAt }));
  deps.stopPoint('tickets.reply.begun');
  const { connectWise } = place;
  const at = { kind: 'service', ticketId: row.ticketId, signal } as const;
  const marker = replyMarker(customer.id, row.ticketId);
  await ensureNote(connectWise, { ...at, text: reply, marker, audience: 'customer', notify: true });
  deps.stopPoint('tickets.reply.made');
  const ownMarker = handOverMarker(customer.id, row.ticketId);
  await ensureNote(connectWise, { ...at, text: handOver, marker: ownMarker, audience: 'internal' });
  deps.stopPoint('tickets.handOver.made');
}

async function saveJudged(deps: ReplyDeps, tx: Tx, row: ReplyRow, judged: Judged): Promise<void> {
  const at = new Date(deps.clock.now());
  const { ticketId } = row;
  if (judged.do === 'leave') {
    await saveReply(tx, { ...row, state: 'left', reason: judged.reason, at });
    return;
  }
  await saveReply(tx, { ...row, state: 'replied', reason: judged.route, begunAt: null, at });
  const facts = { ticketId, route: judged.route };
  await appendJournal(tx, { at, actor: THE_PRODUCT, event: 'ticket.replied', facts });
}

function askedTicket(ticket: Ticket): AskedTicket {
  return {
    companyId: ticket.company?.id ?? null,
    reference: ticket.externalXRef ?? null,
    isClosed: ticket.closedFlag === true,
    enteredAt: instantOf(ticket._info?.dateEntered),
    summary: ticket.summary ?? '',
    askerAddress: ticket.contactEmailAddress ?? null,
  };
}

function askedNote(note: Note): AskedNote {
  return {
    text: note.text ?? '',
    isShown: note.detailDescriptionFlag === true || note.resolutionFlag === true,
    isByContact: typeof note.contact === 'object' && note.contact !== null,
    createdAt: instantOf(note.dateCreated),
  };
}

function instantOf(text: unknown): number | null {
  const ms = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
