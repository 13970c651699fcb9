/**
 * What stands in the PSA by our hand, one ticket for each key. The ticket belongs to the people who work on it: what one
 * of them closed or deleted stays so, and is told. A repetition writes nothing.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import { AppError } from '../../lib/errors.ts';
import { plainText } from './plain-text.core.ts';

export type TicketPriority = 'low' | 'normal' | 'high';

/** A ticket as it shall be, in the customer's language. */
export type WantedTicket = {
  /** Names it for ever: `finding:…`, `holdout:{accountId}`. */
  key: string;
  summary: string;
  text: string;
  state: { is: 'open' } | { is: 'closed'; why: string };
  priority: TicketPriority;
};

/** What a person did to a ticket of ours. */
export type ByPerson = 'closed' | 'deleted' | 'reopened';

/** A ticket of ours as it was last known. `written` is the digest of the content that was brought there last. */
export type KnownTicket = {
  ticketId: number | null;
  standing: 'none' | 'open' | 'closed';
  byPerson: ByPerson | null;
  written: string | null;
  /** The content whose write was begun and never seen done. */
  begun: string | null;
};

/** The ticket in the PSA. */
export type LiveTicket = {
  summary: string;
  isClosed: boolean;
  /** Whether it stands at another priority than ours names at this site. */
  priorityDiffers?: boolean;
};

export type TicketStep = 'create' | 'note' | 'summary' | 'priority' | 'reopen' | 'close';

export type TicketPlan = {
  steps: readonly TicketStep[];
  /** How it stands once the steps are done. */
  after: Pick<KnownTicket, 'standing' | 'byPerson'>;
};

/** What names one content of a ticket; two that differ in nothing people read are the same. */
export function contentOf(wanted: WantedTicket): string {
  return digestOf(wanted as unknown as Json);
}

const KEY = /^[a-z][a-zA-Z]*:[\p{L}\p{N} _.:@/+-]{1,300}$/u;

/**
 * The list as it may be kept: texts without control characters and markup of their own. Refuses `ticket_key_bad` for a
 * key that is none and `ticket_key_twice` when two tickets would share one.
 */
export function checkedTickets(wanted: readonly WantedTicket[]): WantedTicket[] {
  const seen = new Set<string>();
  return wanted.map((ticket) => {
    if (!KEY.test(ticket.key)) throw new AppError('ticket_key_bad', 'the key of a ticket is none');
    if (seen.has(ticket.key)) throw new AppError('ticket_key_twice', 'two tickets of one list have the same key');
    seen.add(ticket.key);
    const { state } = ticket;
    return {
      ...ticket,
      summary: plainText(ticket.summary, 'line'),
      text: plainText(ticket.text, 'lines'),
      state: state.is === 'open' ? state : { is: 'closed', why: plainText(state.why, 'lines') },
    };
  });
}

const NOTHING: readonly TicketStep[] = [];
const PRIORITIES: readonly TicketPriority[] = ['low', 'normal', 'high'];

/** The steps from how the ticket stands to how it shall stand. */
export function ticketPlan(wanted: WantedTicket, known: KnownTicket, live: LiveTicket | null): TicketPlan {
  if (live === null) return planForMissing(wanted, known);
  const written = writtenIn(wanted, known, live);
  const isWritten = written === contentOf(wanted);
  if (wanted.state.is === 'closed') return planToClose(known, live, isWritten);
  if (live.isClosed) {
    const byUs = known.standing === 'closed' && known.byPerson === null;
    return byUs
      ? { steps: ['note', ...summaryStep(wanted, live), ...priorityStep(live), 'reopen'], after: open }
      : { steps: NOTHING, after: { standing: 'closed', byPerson: 'closed' } };
  }
  return { steps: isWritten ? NOTHING : stepsOf(wanted, live, written), after: open };
}

/** Nobody reads a note in which nothing is new, so a change of the priority alone brings none. */
function stepsOf(wanted: WantedTicket, live: LiveTicket, written: string | null): TicketStep[] {
  const isSameText = PRIORITIES.some((priority) => contentOf({ ...wanted, priority }) === written);
  const rest = [...summaryStep(wanted, live), ...priorityStep(live)];
  return isSameText ? rest : ['note', ...rest];
}

/** A priority that a person chose stands until our own word about the ticket changes. */
function priorityStep({ priorityDiffers }: LiveTicket): TicketStep[] {
  return priorityDiffers === true ? ['priority'] : [];
}

const open = { standing: 'open', byPerson: null } as const;

function planForMissing(wanted: WantedTicket, known: KnownTicket): TicketPlan {
  if (known.ticketId !== null) return { steps: NOTHING, after: { standing: known.standing, byPerson: 'deleted' } };
  // What was never opened need not be closed.
  if (wanted.state.is === 'closed') return { steps: NOTHING, after: { standing: 'none', byPerson: null } };
  return { steps: ['create'], after: open };
}

function planToClose(known: KnownTicket, live: LiveTicket, isWritten: boolean): TicketPlan {
  if (live.isClosed) {
    const byUs = known.standing === 'closed' || isWritten;
    return { steps: NOTHING, after: { standing: 'closed', byPerson: byUs ? known.byPerson : 'closed' } };
  }
  if (known.standing === 'closed') {
    return { steps: NOTHING, after: { standing: 'closed', byPerson: 'reopened' } };
  }
  return { steps: ['note', 'close'], after: { standing: 'closed', byPerson: null } };
}

/** A ticket that is there without our having seen it made holds what was begun; so does one that we were closing. */
function writtenIn(wanted: WantedTicket, known: KnownTicket, live: LiveTicket): string | null {
  if (known.written === null && known.begun !== null && wanted.state.is === 'open') return known.begun;
  if (wanted.state.is === 'closed' && live.isClosed && known.begun !== null) return known.begun;
  return known.written;
}

function summaryStep(wanted: WantedTicket, live: LiveTicket): TicketStep[] {
  return wanted.summary === live.summary ? [] : ['summary'];
}

/** The text that a note about the present state carries. */
export function noteText(wanted: WantedTicket): string {
  return wanted.state.is === 'open' ? wanted.text : wanted.state.why;
}

const REFERENCE_DIGITS = 32;
const REFERENCE_PREFIX = 'mfa-rollout:';

/**
 * The reference under which a ticket is found again in the PSA. Made of digits only, whatever the key holds, so that no
 * name can become a condition or another ticket's reference; one PSA serves many customers, so it names the customer.
 */
export function referenceOf(customerId: string, key: string): string {
  return `${REFERENCE_PREFIX}${customerId}:${hexOf([customerId, key], REFERENCE_DIGITS)}`;
}

/** Whether a ticket carries a reference of this product, of whichever customer. */
export function isOurReference(reference: string | null | undefined): boolean {
  return (reference ?? '').startsWith(REFERENCE_PREFIX);
}

const MARKER_DIGITS = 12;

/** A line by which a note of ours is known again. */
export function markerOf(...parts: readonly string[]): string {
  return `[MFA-${hexOf(parts, MARKER_DIGITS)}]`;
}

function hexOf(parts: readonly string[], digits: number): string {
  return digestOf([...parts])
    .replace('sha256:', '')
    .slice(0, digits);
}
