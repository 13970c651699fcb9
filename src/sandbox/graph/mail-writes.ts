import { createHash, randomUUID } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { TenantHappening } from '../state/events.ts';
import type { SentMail, StoredMessage } from '../state/kept.ts';
import { type GraphUser, isObject, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest } from './errors.ts';
import { addressesOf, folderOf, showMessage } from './mail-form.ts';
import { findMailbox, findMessage, preferenceApplied, sightOf } from './mail-reads.ts';
import { refuseForToday, refuseMessage, refuseRecipients, refuseSender } from './mail-rules.ts';
import { commit, instant, readBody, refuseBody } from './write.ts';

type Attachment = StoredMessage['attachments'][number];

/** POST /users/{id}/messages: 201 with a draft, under an immutable id when the caller prefers it. */
export function createDraft(context: GraphContext): Answer {
  const mailbox = findMailbox(context);
  if (!mailbox.ok) return mailbox.refusal;
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const refusal = refuseMessage(read.body);
  if (refusal !== null) return refusal;
  const stored = newMessage(context, mailbox.user, { body: read.body, wasDraft: true });
  commit(context, [{ type: 'kept.put', collection: 'messages', item: stored }]);
  return { status: 201, headers: preferenceApplied(context), body: entity(context, stored) };
}

/** PATCH /users/{id}/messages/{message}: 200; only a draft can change, and its headers cannot. */
export function updateDraft(context: GraphContext): Answer {
  const found = findMessage(context);
  if (!found.ok) return found.refusal;
  const { stored } = found;
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  if (found.folder !== 'drafts' || read.body.internetMessageHeaders !== undefined) {
    return badRequest('The property can only be set on a draft that is being created.', 'ErrorInvalidPropertySet');
  }
  const message = { ...stored.message, ...bare(read.body) };
  const refusal = refuseMessage(message);
  if (refusal !== null) return refusal;
  const item = { ...stored, message, modifiedAt: instant(context) };
  commit(context, [{ type: 'kept.put', collection: 'messages', item }]);
  return { status: 200, headers: preferenceApplied(context), body: entity(context, item) };
}

/** DELETE /users/{id}/messages/{message}: 204. */
export function deleteMessage(context: GraphContext): Answer {
  const found = findMessage(context);
  if (!found.ok) return found.refusal;
  commit(context, [{ type: 'kept.remove', collection: 'messages', id: found.stored.id }]);
  return { status: 204 };
}

/** POST /users/{id}/messages/{message}/attachments: 201. */
export function addAttachment(context: GraphContext): Answer {
  const found = findMessage(context);
  if (!found.ok) return found.refusal;
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const refusal = refuseMessage({ attachments: [read.body] });
  if (refusal !== null) return refusal;
  const attachment = newAttachment(context, read.body);
  const item = {
    ...found.stored,
    attachments: [...found.stored.attachments, attachment],
    modifiedAt: instant(context),
  };
  commit(context, [{ type: 'kept.put', collection: 'messages', item }]);
  return { status: 201, body: attachment };
}

/**
 * POST /users/{id}/messages/{message}/send: 202 with nothing. The message goes on looking like a draft until it
 * settles, so that a second call in between sends a second time; afterwards it is no draft and is refused.
 */
export function sendDraft(context: GraphContext): Answer {
  const found = findMessage(context);
  if (!found.ok) return found.refusal;
  const { stored, folder, user } = found;
  const filled = refuseBody(context);
  if (filled !== null) return filled;
  if (folder !== 'drafts') return badRequest('The message is not a draft and cannot be sent.', 'ErrorInvalidOperation');
  const refusal =
    refuseRecipients(stored.message) ??
    refuseSender(stored.message, user) ??
    refuseForToday(context, { mailboxId: user.id, message: stored.message });
  if (refusal !== null) return refusal;
  const at = instant(context);
  const settlesAt = stored.settlesAt ?? later(context, context.tenant.options.mailSettleMs, stored.id);
  const item: StoredMessage = {
    ...stored,
    message: withSender(stored.message, user),
    sentAt: at,
    settlesAt,
    modifiedAt: at,
  };
  commit(context, [{ type: 'kept.put', collection: 'messages', item }, sentEvent(context, item)]);
  return { status: 202 };
}

/** POST /users/{id}/sendMail: 202 with nothing: no id, no word about delivery. A copy comes to Sent Items later. */
export function sendMail(context: GraphContext): Answer {
  const mailbox = findMailbox(context);
  if (!mailbox.ok) return mailbox.refusal;
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const message = read.body.message ?? read.body.Message;
  if (!isObject(message)) return badRequest("The parameter 'message' is missing or no message.", 'ErrorInvalidRequest');
  const refusal =
    refuseMessage(message) ??
    refuseRecipients(message) ??
    refuseSender(message, mailbox.user) ??
    refuseForToday(context, { mailboxId: mailbox.user.id, message });
  if (refusal !== null) return refusal;
  const stored = newMessage(context, mailbox.user, { body: message, wasDraft: false });
  const at = instant(context);
  const settlesAt = later(context, context.tenant.options.mailSettleMs, stored.id);
  const item: StoredMessage = { ...stored, message: withSender(stored.message, mailbox.user), sentAt: at, settlesAt };
  // The official sample writes the truth value as a text.
  const isKept = String(read.body.saveToSentItems ?? read.body.SaveToSentItems) !== 'false';
  const copy: TenantHappening[] = isKept ? [{ type: 'kept.put', collection: 'messages', item }] : [];
  commit(context, [...copy, sentEvent(context, item)]);
  return { status: 202 };
}

function newMessage(
  context: GraphContext,
  user: GraphUser,
  given: { body: GraphObject; wasDraft: boolean },
): StoredMessage {
  const at = instant(context);
  const { attachments } = given.body;
  const list = Array.isArray(attachments) ? attachments.filter(isObject) : [];
  return {
    id: randomUUID(),
    mailboxId: user.id,
    message: bare(given.body),
    attachments: list.map((attachment) => newAttachment(context, attachment)),
    createdAt: at,
    modifiedAt: at,
    wasDraft: given.wasDraft,
    sentAt: null,
    settlesAt: null,
  };
}

/** What the sender may decide; read-only properties and annotations are left out. */
function bare(body: GraphObject): GraphObject {
  const names = new Set([
    'bccRecipients',
    'body',
    'ccRecipients',
    'from',
    'importance',
    'internetMessageHeaders',
    'isDeliveryReceiptRequested',
    'isReadReceiptRequested',
    'replyTo',
    'singleValueExtendedProperties',
    'subject',
    'toRecipients',
  ]);
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
}

function newAttachment(context: GraphContext, given: GraphObject): Attachment {
  const bytes = textOf(given, 'contentBytes');
  return {
    '@odata.type': '#microsoft.graph.fileAttachment',
    id: randomUUID(),
    lastModifiedDateTime: instant(context),
    name: textOf(given, 'name'),
    contentType: textOf(given, 'contentType') || 'application/octet-stream',
    size: Buffer.byteLength(bytes, 'base64'),
    isInline: given.isInline === true,
    contentId: textOf(given, 'contentId') || null,
    contentBytes: bytes,
  };
}

function withSender(message: GraphObject, user: GraphUser): GraphObject {
  const emailAddress = { name: textOf(user, 'displayName'), address: textOf(user, 'mail') || user.userPrincipalName };
  return { ...message, from: { emailAddress } };
}

/** An instant after the call, somewhere in a window, the same for the same message. */
function later(context: GraphContext, [shortest, longest]: [number, number], key: string): string {
  const share = createHash('sha256').update(key).digest().readUInt16BE(0) / 0xffff;
  return new Date(context.now + shortest + share * (longest - shortest)).toISOString();
}

/** The entry in the ledger: each acceptance is one, whatever the sender believes. */
function sentEvent(context: GraphContext, stored: StoredMessage): TenantHappening {
  const { message } = stored;
  const [to, cc, bcc] = ['toRecipients', 'ccRecipients', 'bccRecipients'].map((name) => addressesOf(message[name]));
  const dead = new Set(context.tenant.options.undeliverableAddresses);
  const all = [...(to ?? []), ...(cc ?? []), ...(bcc ?? [])];
  const undeliverable = [...new Set(all.filter((address) => dead.has(address.toLowerCase())))];
  const item: SentMail = {
    id: randomUUID(),
    at: instant(context),
    mailboxId: stored.mailboxId,
    messageId: stored.wasDraft ? stored.id : null,
    to: to ?? [],
    cc: cc ?? [],
    bcc: bcc ?? [],
    subject: textOf(message, 'subject'),
    message,
    attachments: stored.attachments.map(summaryOf),
    undeliverable,
    returnsAt: undeliverable.length === 0 ? null : later(context, context.tenant.options.mailReturnMs, stored.id),
  };
  return { type: 'kept.put', collection: 'sentMails', item };
}

function summaryOf(attachment: Attachment): SentMail['attachments'][number] {
  const content = Buffer.from(textOf(attachment, 'contentBytes'), 'base64');
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name: textOf(attachment, 'name'), bytes: content.length, sha256 };
}

function entity(context: GraphContext, stored: StoredMessage): GraphObject {
  const link = contextUrl(context, `users('${encodeURIComponent(context.values.id ?? '')}')/messages/$entity`);
  const folder = folderOf(stored, context.now) ?? 'drafts';
  return { '@odata.context': link, ...showMessage(stored, folder, sightOf(context)) };
}
