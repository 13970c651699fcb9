import { AppError } from '../../lib/errors.ts';
import { dayOf } from '../../lib/local-time.ts';
import { ensureCallback } from '../../services/psa/connectwise/callbacks.ts';
import { is } from '../../services/psa/connectwise/conditions.ts';
import { ticketsChangedSince } from '../../services/psa/connectwise/tickets.ts';
import type { Ticket } from '../../services/psa/connectwise/wire.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import type { PsaPlace } from './place.ts';
import { askAgain, isPassing, isSettled, wish } from './records.ts';
import { holdoutTickets } from './ticket-lists.core.ts';
import { askForReply, type ReplyDeps } from './ticket-reply.ts';
import { checkedTickets, contentOf, isOurReference, type WantedTicket } from './tickets.core.ts';
import {
  forgetDeliveries,
  listRecords,
  openReplies,
  type PollMark,
  type PsaRecord,
  readMark,
  readRecord,
  saveMark,
  saveRecord,
} from './tickets.store.ts';

export type PollDeps = ReplyDeps & {
  /** Where ConnectWise delivers what changed; null where this deployment has no address for others. */
  callbackUrl(customer: Customer): string | null;
};

/** At the first reading, tickets this old are still looked at, as long as nobody has answered them. */
const FIRST_LOOK_MS = 24 * 60 * 60_000;
const RETRY_AFTER_MS = 60 * 60_000;
const DELIVERIES_KEPT_MS = 30 * 24 * 60 * 60_000;

/**
 * Reads which tickets of the customer's company changed and asks for a look at each, notes what people did to tickets of
 * ours, brings the holdout tickets up to date and asks again for what failed. Without a section `psa` nothing is done.
 */
export async function poll(deps: PollDeps, job: RunningJob): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  if (customer.settings.psa === undefined) return undefined;
  const mark = await deps.database.withCustomer(customer.id, readMark);
  const signal = AbortSignal.any([job.signal, deps.signal]);
  try {
    const place = await deps.places.of(customer);
    if (place === null) return undefined;
    const read = await readChanges(deps, { customer, place, mark, signal });
    const holdouts = await holdoutsOf(deps, customer);
    return async (tx) => {
      const at = new Date(deps.clock.now());
      await saveMark(tx, { ...read.mark, polledAt: at });
      await takeChanges(tx, read, at);
      await wantTickets(tx, holdouts, at);
      await askForRest(tx, at);
      await forgetDeliveries(tx, new Date(at.getTime() - DELIVERIES_KEPT_MS));
    };
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    const failure = { code: error.code, message: error.sentence };
    deps.log.warn('tickets.poll_failed', { customerId: customer.id, code: error.code });
    if (mark === null) return undefined;
    return (tx) => saveMark(tx, { ...mark, failure, polledAt: new Date(deps.clock.now()) });
  }
}

type Reading = { customer: Customer; place: PsaPlace; mark: PollMark | null; signal: AbortSignal };
type Changes = { mark: PollMark; tickets: Ticket[] };

async function readChanges(deps: PollDeps, { customer, place, mark, signal }: Reading): Promise<Changes> {
  const companyId = await place.companyId(signal);
  // Another company has other tickets: what was read of the one before says nothing about it.
  const known = mark?.companyId === companyId ? mark : null;
  const first = new Date(deps.clock.now() - FIRST_LOOK_MS);
  const { tickets, next } = await ticketsChangedSince(place.connectWise, {
    kind: 'service',
    since: (known?.since ?? first).getTime(),
    conditions: is('company/id', companyId),
    signal,
  });
  const callback = await bringCallback(deps, { customer, place, mark: known, signal }, companyId);
  return {
    tickets,
    mark: {
      companyId,
      since: new Date(next),
      answersFrom: known?.answersFrom ?? first,
      polledAt: new Date(deps.clock.now()),
      looked: tickets.length,
      ...callback,
    },
  };
}

/** Callbacks only make the reply come sooner: where they cannot be had, the poll does all of it. */
async function bringCallback(
  deps: PollDeps,
  { customer, place, mark, signal }: Reading,
  companyId: number,
): Promise<Pick<PollMark, 'callbackUrl' | 'failure'>> {
  const url = deps.callbackUrl(customer);
  if (url === null || url === mark?.callbackUrl) return { callbackUrl: url, failure: null };
  try {
    const callback = {
      url,
      type: 'ticket',
      level: 'company',
      objectId: companyId,
      description: 'MFA rollout',
    } as const;
    await ensureCallback(place.connectWise, { ...callback, signal });
    return { callbackUrl: url, failure: null };
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    return { callbackUrl: null, failure: { code: 'psa_callback_refused', message: error.sentence } };
  }
}

async function takeChanges(tx: Tx, { tickets }: Changes, at: Date): Promise<void> {
  const records = new Map((await listRecords(tx)).map((record) => [record.recordId, record]));
  for (const ticket of tickets) {
    const record = records.get(ticket.id);
    if (record?.kind === 'ticket') await noteClosed(tx, { record, isClosed: ticket.closedFlag === true, at });
    else if (!isOurReference(ticket.externalXRef)) {
      await askForReply(tx, { ticketId: ticket.id, seen: ticket._info?.lastUpdated ?? null }, at);
    }
  }
}

/** A ticket of ours that somebody closed is told as such at once, and not only when something else is wanted of it. */
async function noteClosed(
  tx: Tx,
  { record, isClosed, at }: { record: PsaRecord; isClosed: boolean; at: Date },
): Promise<void> {
  const isOurs = record.begun !== null || !isSettled(record);
  if (isOurs || !isClosed || record.standing !== 'open') return;
  const now = await readRecord(tx, record.key);
  if (now !== null) await saveRecord(tx, { ...now, standing: 'closed', byPerson: 'closed' }, at);
}

/**
 * Saves how tickets shall be and asks for their jobs, in the caller's transaction. What was never opened is not closed.
 * Gives how many jobs were asked for; refuses with the codes of `checkedTickets`.
 */
export async function wantTickets(tx: Tx, wanted: readonly WantedTicket[], at: Date): Promise<number> {
  let asked = 0;
  if (wanted.length === 0) return asked;
  const records = new Map((await listRecords(tx)).map((record) => [record.key, record]));
  for (const ticket of checkedTickets(wanted)) {
    const known = records.get(ticket.key);
    if (known === undefined && ticket.state.is === 'closed') continue;
    // Asked at every look at the rollout, for hundreds of people: what stands as wanted costs nothing more.
    if (known?.wantedDigest === contentOf(ticket) && isSettled(known)) continue;
    if (await wish(tx, { key: ticket.key, kind: 'ticket', wanted: { ...ticket } }, at)) asked += 1;
  }
  return asked;
}

async function askForRest(tx: Tx, at: Date): Promise<void> {
  const before = new Date(at.getTime() - RETRY_AFTER_MS);
  for (const record of await listRecords(tx)) {
    if (record.updatedAt <= before) await askAgain(tx, record, at);
  }
  for (const { ticketId, seen } of await openReplies(tx, before)) await askForReply(tx, { ticketId, seen }, at);
}

const HOLDOUT = 'holdout:';

/** The holdout tickets of every phase of the running rollout. */
async function holdoutsOf(deps: PollDeps, customer: Customer): Promise<WantedTicket[]> {
  const rollout = await deps.phases.current(customer.id);
  if (rollout === null) return [];
  const people = await deps.phases.people(customer);
  const records = await deps.database.withCustomer(customer.id, listRecords);
  const knownAccountIds = records.flatMap(({ key }) => (key.startsWith(HOLDOUT) ? [key.slice(HOLDOUT.length)] : []));
  const { language, timeZone } = customer.settings;
  const today = dayOf(new Date(deps.clock.now()), timeZone);
  const all = rollout.phases.flatMap((phase) =>
    holdoutTickets({ rollout, phase, people, language, today, knownAccountIds }),
  );
  // Whoever is gone is said to be gone by each phase.
  return [...new Map(all.map((ticket) => [ticket.key, ticket])).values()];
}
