import { createHash, randomBytes } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import { type GmailContext, newMessageId, textOfMessage, visibleMessages } from './context.ts';
import { dayIsFull, invalidArgument, notFound, tooFast } from './errors.ts';
import { addressesIn, decodeWords, headerValue, type Mail, parseMail, partOf, textOfPart, withHeader } from './mime.ts';
import { recipientsOf } from './search.ts';
import { type GmailEvent, isReachable, openMailbox, type StoredMessage, workspaceOfAddress } from './state.ts';

type Sending = {
  raw: string;
  /** A thread that is settled already, or one that the caller would like to join. */
  threadId: { kept: string } | { wanted: string | undefined };
  draftId: string | null;
};
type Delivery = Extract<GmailEvent, { type: 'gmail.sent' }>['deliveries'][number];

const DAY_MS = 86_400_000;
const RETRY_AFTER_MS = 60_000;

/**
 * Sends a mail: gives it its final ids, files the sender's copy and tells the ledger of deliveries. Refuses a mail
 * without recipients, with an address that is none, with too many recipients, and one too many for the day.
 */
export function sendMail(context: GmailContext, sending: Sending): Answer {
  const { options } = context.workspace;
  const mail = parseMail(textOfMessage(sending));
  const recipients = recipientsOf(mail);
  for (const field of ['To', 'Cc', 'Bcc']) {
    if (addressesIn(headerValue(mail, field)).bad.length > 0) return invalidArgument(`Invalid ${field} header`);
  }
  if (recipients.length === 0) return invalidArgument('Recipient address required');
  if (recipients.length > options.recipientsMax) return invalidArgument('Too many recipients');
  if (
    sentToday(context) >= options.mailsPerDay ||
    writtenToday(context) + recipients.length > options.recipientsPerDay
  ) {
    if (options.dayRefusal === 'dailyLimitExceeded') return dayIsFull();
    const again = new Date(context.now + RETRY_AFTER_MS).toISOString();
    return tooFast(429, `User-rate limit exceeded.  Retry after ${again} (Mail sending)`);
  }
  const thread = sending.threadId;
  const threadId = 'kept' in thread ? thread.kept : threadFor(context, mail, thread.wanted);
  if (threadId === null) return notFound();
  const text = finalText(context, textOfMessage(sending));
  const copy: StoredMessage = {
    id: newMessageId(),
    threadId,
    labelIds: ['SENT'],
    raw: Buffer.from(text, 'latin1').toString('base64url'),
    internalDate: context.now,
    visibleFrom: context.now + options.sentCopyDelayMs,
  };
  const deliveries = deliveriesOf(context, copy);
  const isLost = context.bend.vanish === true;
  const messages = [copy, ...bouncesOf(context, copy, deliveries)];
  context.record({
    type: 'gmail.sent',
    mailbox: context.mailbox,
    draftId: sending.draftId,
    messages: isLost ? [] : messages,
    deliveries: isLost ? [] : deliveries,
  });
  return { status: 200, body: { id: copy.id, threadId, labelIds: copy.labelIds } };
}

function sentToday(context: GmailContext): number {
  const messages = openMailbox(context.state, context.mailbox).messages.values();
  return [...messages].filter(
    ({ labelIds, internalDate }) => labelIds.includes('SENT') && internalDate > context.now - DAY_MS,
  ).length;
}

function writtenToday(context: GmailContext): number {
  const since = new Date(context.now - DAY_MS).toISOString();
  return context.state.deliveries.filter(({ mailbox, at }) => mailbox === context.mailbox && at > since).length;
}

/**
 * The thread that the mail joins: the one asked for when it answers a message of it under the same subject, else a
 * new one. Null: there is no thread of that id.
 */
export function threadFor(context: GmailContext, mail: Mail, wanted: string | undefined): string | null {
  if (wanted === undefined) return newMessageId();
  const others = visibleMessages(context).filter((message) => message.threadId === wanted);
  if (others.length === 0) return null;
  const named = `${headerValue(mail, 'in-reply-to') ?? ''} ${headerValue(mail, 'references') ?? ''}`;
  const isAnswer = others.some((message) => {
    const other = parseMail(textOfMessage(message));
    const id = headerValue(other, 'message-id');
    return id !== null && named.includes(id) && plainSubject(other) === plainSubject(mail);
  });
  return isAnswer ? wanted : newMessageId();
}

function plainSubject(mail: Mail): string {
  return subjectOf(mail).replace(/^((re|fwd?|aw|wg):\s*)+/i, '');
}

function subjectOf(mail: Mail): string {
  return decodeWords(headerValue(mail, 'subject') ?? '');
}

/** The mail as Google sends it: from the mailbox itself, with a date and an id of Google's. */
function finalText(context: GmailContext, text: string): string {
  const mail = parseMail(text);
  let final = text;
  const from = headerValue(mail, 'from');
  if (!addressesIn(from).addresses.includes(context.mailbox)) final = withHeader(final, 'From', context.mailbox);
  if (headerValue(mail, 'date') === null) final = withHeader(final, 'Date', new Date(context.now).toUTCString());
  const keeps = !context.workspace.options.replacesMessageId && headerValue(mail, 'message-id') !== null;
  return keeps ? final : withHeader(final, 'Message-ID', `<CA${randomBytes(24).toString('base64url')}@mail.gmail.com>`);
}

function deliveriesOf(context: GmailContext, copy: StoredMessage): Delivery[] {
  const mail = parseMail(textOfMessage(copy));
  const subject = subjectOf(mail);
  const content = createHash('sha256')
    .update(`${subject}\n${textOfPart(partOf(mail)).trim()}`)
    .digest('hex');
  return recipientsOf(mail).map(({ recipient, field }) => {
    const workspace = workspaceOfAddress(context.state, recipient);
    return {
      at: new Date(context.now).toISOString(),
      mailbox: context.mailbox,
      recipient,
      field,
      // What happens outside the simulated companies is not known here; it counts as delivered.
      delivered: workspace === undefined || isReachable(workspace, recipient),
      gmailId: copy.id,
      messageId: headerValue(mail, 'message-id') ?? '',
      subject,
      content,
    };
  });
}

/** The notices that come back for addresses that do not exist. */
function bouncesOf(context: GmailContext, copy: StoredMessage, deliveries: readonly Delivery[]): StoredMessage[] {
  return deliveries
    .filter((delivery) => !delivery.delivered)
    .map((delivery) => {
      const at = context.now + context.workspace.options.bounceDelayMs;
      const text = [
        `Message-ID: <${randomBytes(12).toString('hex')}.gmr@mx.google.com>`,
        'From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
        `To: ${context.mailbox}`,
        `Date: ${new Date(at).toUTCString()}`,
        'Subject: Delivery Status Notification (Failure)',
        'Auto-Submitted: auto-replied',
        `X-Failed-Recipients: ${delivery.recipient}`,
        `References: ${delivery.messageId}`,
        `In-Reply-To: ${delivery.messageId}`,
        'Content-Type: text/plain; charset=UTF-8',
        '',
        `Your message wasn't delivered to ${delivery.recipient} because the address couldn't be found.`,
        '',
      ].join('\r\n');
      return {
        id: newMessageId(),
        threadId: copy.threadId,
        labelIds: ['INBOX', 'UNREAD'],
        raw: Buffer.from(text, 'latin1').toString('base64url'),
        internalDate: at,
        visibleFrom: at,
      };
    });
}
