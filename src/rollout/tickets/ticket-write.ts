import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import {
  ensureNote,
  ensureTicket,
  findTicket,
  getTicket,
  updateTicket,
} from '../../services/psa/connectwise/tickets.ts';
import type { Ticket } from '../../services/psa/connectwise/wire.ts';
import { begin, type RecordOutcome, type RecordRun, settled } from './records.ts';
import {
  type KnownTicket,
  type LiveTicket,
  markerOf,
  noteText,
  referenceOf,
  type TicketPlan,
  type TicketStep,
  ticketPlan,
  type WantedTicket,
} from './tickets.core.ts';

const wantedSchema = z.object({
  key: z.string(),
  summary: z.string(),
  text: z.string(),
  state: z.discriminatedUnion('is', [
    z.object({ is: z.literal('open') }),
    z.object({ is: z.literal('closed'), why: z.string() }),
  ]),
  priority: z.enum(['low', 'normal', 'high']),
});

/** How a stored wish for a ticket reads. */
export function wantedTicketOf(wanted: unknown): WantedTicket {
  return wantedSchema.parse(wanted);
}

/**
 * Brings one ticket to how it shall be: looks for it by its reference before making it, adds a note once, changes the
 * status only where it is otherwise. Killed anywhere and run again it makes nothing twice.
 */
export async function writeTicket(run: RecordRun): Promise<RecordOutcome> {
  const { deps, record, signal } = run;
  const wanted = wantedTicketOf(record.wanted);
  await settled(deps, record.begun?.at ?? null, signal);
  const live = await readTicket(run);
  const known: KnownTicket = {
    ticketId: record.recordId,
    standing: record.standing,
    byPerson: record.byPerson,
    written: record.writtenDigest,
    begun: record.begun?.digest ?? null,
  };
  const priorityId = wanted.state.is === 'open' ? await run.place.priority(wanted.priority, signal) : null;
  const plan = ticketPlan(wanted, known, live === null ? null : shownIn(live, priorityId));
  if (plan.steps.length > 0) await begin(run);
  deps.stopPoint('tickets.write.begun');
  const ticketId = await takeSteps(run, { wanted, live, plan, priorityId });
  return { recordId: ticketId, ...plan.after, event: eventOf(plan, known) };
}

function shownIn(live: Ticket, priorityId: number | null): LiveTicket {
  return {
    summary: live.summary ?? '',
    isClosed: live.closedFlag === true,
    priorityDiffers: priorityId !== null && live.priority?.id !== priorityId,
  };
}

async function readTicket({ place, customer, record, signal }: RecordRun): Promise<Ticket | null> {
  const { connectWise } = place;
  if (record.recordId !== null) return getTicket(connectWise, { kind: 'service', ticketId: record.recordId, signal });
  const externalXRef = referenceOf(customer.id, record.key);
  return findTicket(connectWise, { kind: 'service', externalXRef, signal });
}

type Work = { wanted: WantedTicket; live: Ticket | null; plan: TicketPlan; priorityId: number | null };

async function takeSteps(run: RecordRun, { wanted, live, plan, priorityId }: Work): Promise<number | null> {
  let ticketId = live?.id ?? run.record.recordId;
  for (const step of plan.steps) {
    if (step === 'create') {
      ticketId = await create(run, wanted, priorityId);
      run.deps.stopPoint('tickets.create.made');
    } else if (ticketId !== null) {
      await takeStep(run, { step, ticketId, wanted, priorityId });
      run.deps.stopPoint(`tickets.${step}.made`);
    }
  }
  return ticketId;
}

async function create(
  { place, customer, signal }: RecordRun,
  wanted: WantedTicket,
  priorityId: number | null,
): Promise<number> {
  const boardId = await place.boardId('service', signal);
  const { ticket } = await ensureTicket(place.connectWise, {
    kind: 'service',
    externalXRef: referenceOf(customer.id, wanted.key),
    summary: wanted.summary,
    initialDescription: wanted.text,
    companyId: await place.companyId(signal),
    ...(boardId === undefined ? {} : { boardId }),
    ...(priorityId === null ? {} : { priorityId }),
    signal,
  });
  return ticket.id;
}

type Step = {
  step: Exclude<TicketStep, 'create'>;
  ticketId: number;
  wanted: WantedTicket;
  priorityId: number | null;
};

async function takeStep(run: RecordRun, { step, ticketId, wanted, priorityId }: Step): Promise<void> {
  const { place, customer, record, signal } = run;
  const { connectWise } = place;
  const at = { kind: 'service', ticketId, signal } as const;
  switch (step) {
    case 'note': {
      const marker = markerOf(customer.id, record.key, String(record.run));
      const text = `${noteText(wanted)}\n${marker}`;
      await ensureNote(connectWise, { ...at, text, marker, audience: 'internal' });
      return;
    }
    case 'summary':
      await change(run, ticketId, () => Promise.resolve({ summary: wanted.summary }));
      return;
    case 'priority':
      if (priorityId !== null) await change(run, ticketId, () => Promise.resolve({ priority: { id: priorityId } }));
      return;
    case 'reopen':
    case 'close':
      await change(run, ticketId, async (ticket) => {
        const boardId = ticket.board?.id;
        if (boardId === undefined || boardId === null)
          throw new AppError('psa_status_missing', 'a ticket has no board');
        return { status: { id: await place.status(boardId, { closes: step === 'close' }, signal) } };
      });
  }
}

const TRIES_MAX = 3;

/** Somebody may write into the ticket between reading and changing it; then it is read anew. */
async function change(
  { place, signal }: RecordRun,
  ticketId: number,
  changes: (ticket: Ticket) => Promise<Parameters<typeof updateTicket>[1]['changes']>,
): Promise<void> {
  const { connectWise } = place;
  const at = { kind: 'service', ticketId, signal } as const;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const ticket = await getTicket(connectWise, at);
    if (ticket === null) return;
    const seenLastUpdated = ticket._info?.lastUpdated ?? null;
    const outcome = await updateTicket(connectWise, { ...at, changes: await changes(ticket), seenLastUpdated });
    // Deleted meanwhile: the next look sees it.
    if (outcome.ok || outcome.reason === 'gone') return;
  }
  const userMessage = `Ticket ${ticketId} is being changed by somebody again and again; it is tried later.`;
  throw new AppError('psa_ticket_busy', userMessage, { userMessage });
}

function eventOf({ steps, after }: TicketPlan, known: KnownTicket): string | null {
  if (after.byPerson !== null) return after.byPerson === known.byPerson ? null : 'ticket.leftToPerson';
  if (steps.includes('create')) return 'ticket.created';
  if (steps.includes('close')) return 'ticket.closed';
  if (steps.includes('reopen')) return 'ticket.reopened';
  return steps.length > 0 ? 'ticket.updated' : null;
}
