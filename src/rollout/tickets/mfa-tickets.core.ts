/**
 * First replies to tickets about MFA: whether a ticket is one, whether it is still ours to answer, and where the question
 * goes. A helpdesk forgives a reply that did not come sooner than one that does not belong, so doubt means silence.
 */
import type { FaqMatch, TopicId } from '../helpdesk/faq/faq-types.core.ts';
import { isOurReference } from './tickets.core.ts';

/** A ticket and its notes as far as they decide. Instants in milliseconds; null where the PSA did not say. */
export type AskedTicket = {
  companyId: number | null;
  reference: string | null;
  isClosed: boolean;
  enteredAt: number | null;
  summary: string;
  askerAddress: string | null;
};

export type AskedNote = {
  text: string;
  /** Shown to the customer. */
  isShown: boolean;
  /** Written by a contact of the customer rather than by a member of the provider. */
  isByContact: boolean;
  createdAt: number | null;
};

/** Why a ticket gets no reply of ours. */
export type LeftReason =
  | 'gone'
  | 'otherCompany'
  | 'ours'
  | 'closed'
  | 'older'
  | 'noAsker'
  | 'technician'
  | 'notMfa'
  | 'noText';

/** What speaks against a reply before the notes are read. */
export function ticketRefusal(
  ticket: AskedTicket,
  given: { companyId: number; answersFrom: number; isRecord: boolean },
): LeftReason | null {
  if (ticket.companyId !== given.companyId) return 'otherCompany';
  if (given.isRecord || isOurReference(ticket.reference)) return 'ours';
  if (ticket.isClosed) return 'closed';
  if (ticket.enteredAt !== null && ticket.enteredAt < given.answersFrom) return 'older';
  return (ticket.askerAddress ?? '').trim() === '' ? 'noAsker' : null;
}

/** A note this soon after its ticket is what the ticket was opened with, whoever typed it in. */
const OPENING_MS = 60_000;

/** The text that the ticket was opened with; empty where there is none. `notes` in the order in which they were written. */
export function openingOf(ticket: AskedTicket, notes: readonly AskedNote[]): string {
  const first = notes.find(({ isShown }) => isShown);
  return first !== undefined && isOpening(ticket, first) ? first.text : '';
}

function isOpening({ enteredAt }: AskedTicket, note: AskedNote): boolean {
  if (note.isByContact) return true;
  return enteredAt !== null && note.createdAt !== null && note.createdAt - enteredAt <= OPENING_MS;
}

/** Whether somebody of the provider has answered the customer already. */
export function isAnswered(ticket: AskedTicket, notes: readonly AskedNote[]): boolean {
  const shown = notes.filter(({ isShown }) => isShown);
  const [first, ...later] = shown;
  const replies = first !== undefined && isOpening(ticket, first) ? later : shown;
  return replies.some(({ isByContact }) => !isByContact);
}

const QUOTED_LINE = /^\s*>/;
const HISTORY =
  /^\s*(?:-{2,}\s*(?:original message|ursprüngliche nachricht)|(?:from|von):\s.+@|on .+ wrote:|am .+ schrieb .*:)/i;
const SIGNATURE = /^--\s*$/;
const READ_MAX = 1_500;

/** What the customer himself wrote: without quoted mails and what stands below a signature's mark. */
export function ownWords(text: string): string {
  const lines = text.split(/\r\n|[\r\n]/);
  const end = lines.findIndex((line) => HISTORY.test(line) || SIGNATURE.test(line));
  const own = (end === -1 ? lines : lines.slice(0, end)).filter((line) => !QUOTED_LINE.test(line));
  return own.join('\n').slice(0, READ_MAX).trim();
}

/** What is read to judge a ticket. */
export function questionOf(ticket: Pick<AskedTicket, 'summary'>, opening: string): string {
  return `${ticket.summary}\n${ownWords(opening)}`.trim();
}

/** Words that leave no doubt of what is meant. */
const NAMED =
  /\b(?:mfa|2fa|authenticator|passkeys?)\b|multi[- ]?fa[ck]tor|mehr[- ]?faktor|zwei[- ]?faktor|two[- ]?factor|zweite[rn]? faktor|second factor/i;

/** How sure the model must be of a ticket that never names the matter. Set by hand: tickets of every kind come in here. */
const SURE = 0.5;

/** Whether the question is about MFA: the model must think so, and the words must say so or the model be sure. */
export function isAboutMfa(question: string, match: Pick<FaqMatch, 'action' | 'score'>): boolean {
  if (match.action === 'silent') return false;
  return NAMED.test(question) || match.score >= SURE;
}

/** The fixed ways on which a question is sent. */
export type HandOverRoute = 'noPhone' | 'ownPhoneRefused' | 'travelling' | 'lockedOut' | 'general';

const ROUTES: Readonly<Partial<Record<TopicId, HandOverRoute>>> = {
  'no-phone': 'noPhone',
  'private-phone': 'ownPhoneRefused',
  travel: 'travelling',
  'locked-out': 'lockedOut',
  'lost-phone': 'lockedOut',
};

/** The way that fits the topic. */
export function routeOf({ topic }: Pick<FaqMatch, 'topic'>): HandOverRoute {
  return (topic === null ? undefined : ROUTES[topic]) ?? 'general';
}
