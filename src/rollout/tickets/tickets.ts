import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import { type NewId, randomId } from '../../lib/ids.ts';
import {
  type CallbackVerifier,
  createCallbackVerifier,
  type Delivery,
} from '../../services/psa/connectwise/callbacks.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import type { Customer } from '../customers/customers.ts';
import { guidePath } from '../guide/guide-types.core.ts';
import type { PhaseListener } from '../phases/phase-ports.ts';
import { createPlaces } from './place.ts';
import { projectOf } from './project.core.ts';
import { syncProject } from './project-sync.ts';
import { notConfigured, type RecordDeps, wish, workOn } from './records.ts';
import { type PollDeps, poll, wantTickets } from './ticket-poll.ts';
import { askForReply, type ReplyDeps, replyKey, replyTo } from './ticket-reply.ts';
import { writeTicket } from './ticket-write.ts';
import type { WantedTicket } from './tickets.core.ts';
import {
  listRecords,
  listReplies,
  openReplies,
  type PollMark,
  type PsaRecord,
  type ReplyRow,
  readMark,
  readRecord,
  saveRecord,
  takeDelivery,
} from './tickets.store.ts';

/** What stands in the PSA by our hand, as it was last seen. */
export type TicketsShown = {
  records: PsaRecord[];
  /** The latest first. */
  replies: ReplyRow[];
  mark: PollMark | null;
};

/** How a delivery was taken; refused ones change nothing. */
export type DeliveryOutcome =
  | { ok: true; asked: boolean }
  | { ok: false; reason: 'unknown' | 'forged' | 'otherCustomer' | 'repeated' };

export type Tickets = {
  kinds: JobKinds;
  /**
   * Saves how tickets shall be and asks for their jobs, in the caller's transaction; gives how many jobs. Closing what
   * was never opened asks for nothing. Refuses `ticket_key_bad` and `ticket_key_twice`. Without a section `psa` in the
   * customer's file nothing is kept and 0 given.
   */
  want(tx: Tx, customer: Customer, wanted: readonly WantedTicket[]): Promise<number>;
  /** Brings the rollout's project up to date after a change of a phase. */
  onPhaseChange: PhaseListener;
  /** Takes a delivery of ConnectWise. Throws a vendor error where its key cannot be had: it is then not taken. */
  receive(customerId: string, received: { rawBody: Buffer; signature: string | undefined }): Promise<DeliveryOutcome>;
  /** Reads the customer's tickets now and waits for the replies that come of it. Refuses `psa_not_configured`. */
  poll(customer: Customer, signal: AbortSignal): Promise<TicketsShown>;
  /** What is stored; nothing is read from the PSA. */
  shown(customerId: string): Promise<TicketsShown>;
};

export type TicketsDeps = Omit<RecordDeps, 'places'> &
  Pick<ReplyDeps, 'faq' | 'phases'> & {
    /** Where this deployment's pages are; undefined where it has no address for others. */
    publicUrl: string | undefined;
    newId?: NewId;
  };

/** How often a customer's tickets are read without anybody asking. */
export const TICKETS_SCHEDULE: Recurring = { kind: 'tickets.poll', everySeconds: 5 * 60 };

const REPLIES_SHOWN = 200;
const record = z.strictObject({ key: z.string(), run: z.number().int() });
const replyAsk = z.strictObject({ ticketId: z.number().int(), run: z.number().int() });

/** Creates what the product does in the customer's PSA. */
export function createTickets(given: TicketsDeps): Tickets {
  const base = given.publicUrl?.replace(/\/+$/, '');
  const deps: PollDeps = {
    ...given,
    places: createPlaces(given),
    guideUrl: ({ id, settings: { language } }) =>
      base === undefined ? null : `${base}${guidePath({ customerId: id, language, method: null })}`,
    callbackUrl: ({ id }) => (base === undefined ? null : `${base}/api/connectwise/${id}`),
  };
  const shown = (customerId: string) =>
    deps.database.withCustomer(customerId, async (tx) => ({
      records: await listRecords(tx),
      replies: await listReplies(tx, REPLIES_SHOWN),
      mark: await readMark(tx),
    }));
  return {
    shown,
    kinds: {
      'ticket.write': defineJob({ payload: record, handle: (asked, job) => workOn(deps, asked, job, writeTicket) }),
      'project.sync': defineJob({ payload: record, handle: (asked, job) => workOn(deps, asked, job, syncProject) }),
      'ticket.reply': defineJob({ payload: replyAsk, handle: (asked, job) => replyTo(deps, asked, job) }),
      'tickets.poll': defineJob({ payload: z.strictObject({}), handle: (_none, job) => poll(deps, job) }),
    },
    want: (tx, customer, wanted) =>
      customer.settings.psa === undefined ? Promise.resolve(0) : wantTickets(tx, wanted, new Date(deps.clock.now())),
    onPhaseChange: async (tx, { customer, rollout, now }) => {
      if (customer.settings.psa === undefined) return;
      const planned = projectOf(rollout, customer.settings.language);
      await wish(tx, { key: planned.key, kind: 'project', wanted: planned as unknown as Json }, now);
    },
    receive: createReceiver(deps),
    poll: async (customer, signal) => {
      if (customer.settings.psa === undefined) throw notConfigured();
      await pollNow(deps, customer, signal);
      return shown(customer.id);
    },
  };
}

async function pollNow(deps: PollDeps & Pick<TicketsDeps, 'newId'>, customer: Customer, signal: AbortSignal) {
  const { id: customerId } = customer;
  const key = `tickets.poll:${(deps.newId ?? randomId)()}`;
  const effect = { kind: 'tickets.poll', key, payload: {}, dueAt: new Date(deps.clock.now()) };
  await deps.database.withCustomer(customerId, (tx) => enqueue(tx, effect));
  await awaitEffect(deps.database, { customerId, key }, signal);
  const asked = await deps.database.withCustomer(customerId, (tx) => openReplies(tx, new Date(0)));
  for (const { ticketId, run } of asked) {
    await awaitEffect(deps.database, { customerId, key: replyKey(ticketId, run) }, signal);
  }
}

const CUSTOMER_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function createReceiver(deps: PollDeps): Tickets['receive'] {
  const verifiers = new Map<string, { of: object; verifier: CallbackVerifier }>();
  return async (customerId, received) => {
    const customer = CUSTOMER_ID.test(customerId) ? await deps.customers.get(customerId) : undefined;
    const place = customer === undefined ? null : await deps.places.of(customer);
    if (place === null) return { ok: false, reason: 'unknown' };
    const held = verifiers.get(customerId);
    // Keys that were proven belong to one server and company.
    const isHeld = held?.of === place.connectWise;
    const verifier = isHeld ? held.verifier : createCallbackVerifier(place.connectWise, deps);
    if (!isHeld) verifiers.set(customerId, { of: place.connectWise, verifier });
    const verified = await verifier.verify(received, deps.signal);
    if (!verified.ok) {
      deps.log.warn('tickets.delivery_refused', { customerId, reason: verified.reason });
      return { ok: false, reason: 'forged' };
    }
    const digest = digestOf(received.rawBody.toString('base64'));
    return take(deps, { customerId, companyId: await place.companyId(deps.signal), digest }, verified.delivery);
  };
}

/**
 * One PSA serves many customers, so its signature does not prove whose ticket it is: the company does. A deletion names
 * no company, and counts only for a ticket that is known here.
 */
function take(
  { database, clock }: PollDeps,
  { customerId, companyId, digest }: { customerId: string; companyId: number; digest: string },
  { action, type, recordId, entity }: Delivery,
): Promise<DeliveryOutcome> {
  const at = new Date(clock.now());
  return database.withCustomer(customerId, async (tx) => {
    if (action !== 'deleted' && companyOf(entity) !== companyId) return { ok: false, reason: 'otherCustomer' };
    if (!(await takeDelivery(tx, digest, at))) return { ok: false, reason: 'repeated' };
    if (type !== 'ticket') return { ok: true, asked: false };
    const own = (await listRecords(tx)).find((known) => known.kind === 'ticket' && known.recordId === recordId);
    if (action === 'deleted') {
      if (own !== undefined) await noteDeleted(tx, own.key, at);
      return { ok: true, asked: false };
    }
    // Tickets of projects come under the same type, and are nobody's question.
    if (own !== undefined || entity?.recordType !== 'ServiceTicket') return { ok: true, asked: false };
    return { ok: true, asked: await askForReply(tx, { ticketId: recordId, seen: seenOf(entity) }, at) };
  });
}

async function noteDeleted(tx: Tx, key: string, at: Date): Promise<void> {
  const known = await readRecord(tx, key);
  if (known !== null) await saveRecord(tx, { ...known, byPerson: 'deleted' }, at);
}

const referenceSchema = z.looseObject({ id: z.number() });
const infoSchema = z.looseObject({ lastUpdated: z.string() });

function companyOf(entity: Delivery['entity']): number | null {
  const parsed = referenceSchema.safeParse(entity?.company);
  return parsed.success ? parsed.data.id : null;
}

function seenOf(entity: Delivery['entity']): string | null {
  const parsed = infoSchema.safeParse(entity?._info);
  return parsed.success ? parsed.data.lastUpdated : null;
}
