import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Answer } from '../http/exchange.ts';
import { type GmailContext, newMessageId, textOfMessage } from './context.ts';
import { invalidArgument, notFound } from './errors.ts';
import { pageOf, shown } from './messages.ts';
import { parseMail } from './mime.ts';
import { matchesQuery } from './search.ts';
import { sendMail, threadFor } from './sending.ts';
import { openMailbox, type StoredMessage } from './state.ts';

const messageSchema = z.object({ raw: z.string().min(1), threadId: z.string().optional() });
const createSchema = z.object({ message: messageSchema });
const sendSchema = z.object({ id: z.string().optional(), message: messageSchema.optional() });

const NO_RAW = "'raw' RFC822 payload message string or uploading message via /upload/* URL required";
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;
const DRAFT_ID_BELOW = 2 ** 47;

/** POST drafts. */
export function createDraft(context: GmailContext): Answer {
  const parsed = createSchema.safeParse(context.json);
  if (!parsed.success) return invalidArgument(NO_RAW);
  const { raw, threadId: wanted } = parsed.data.message;
  if (!BASE64URL.test(raw))
    return invalidArgument("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed");
  const threadId = threadFor(context, parseMail(textOfMessage({ raw })), wanted);
  if (threadId === null) return notFound();
  const draftId = `r${randomInt(DRAFT_ID_BELOW)}`;
  const message: StoredMessage = {
    id: newMessageId(),
    threadId,
    labelIds: ['DRAFT'],
    raw: raw.replace(/=+$/, ''),
    internalDate: context.now,
    visibleFrom: context.now,
  };
  context.record({ type: 'gmail.draft.put', mailbox: context.mailbox, draftId, message });
  return { status: 200, body: { id: draftId, message: idsOf(message) } };
}

/** GET drafts: ids only, those that fit `q`, newest first. */
export function listDrafts(context: GmailContext): Answer {
  const q = context.call.query.get('q') ?? '';
  const mailbox = openMailbox(context.state, context.mailbox);
  const drafts = [...mailbox.draftMessageIds].reverse().flatMap(([id, messageId]) => {
    const message = mailbox.messages.get(messageId);
    if (message === undefined || !matchesQuery(q, message, context.now)) return [];
    return [{ id, message: { id: message.id, threadId: message.threadId } }];
  });
  const { page, next } = pageOf(context, drafts);
  return {
    status: 200,
    body: {
      ...(page.length === 0 ? {} : { drafts: page }),
      ...(next === null ? {} : { nextPageToken: next }),
      resultSizeEstimate: drafts.length,
    },
  };
}

/** GET drafts/{id}: 404 as soon as it was sent or deleted. */
export function getDraft(context: GmailContext): Answer {
  const found = findDraft(context, context.values.id ?? '');
  if (found === undefined) return notFound();
  return shown(context, found, (message) => ({ id: context.values.id, message }));
}

/** DELETE drafts/{id}: gone for good, not moved to the bin. */
export function deleteDraft(context: GmailContext): Answer {
  const draftId = context.values.id ?? '';
  if (findDraft(context, draftId) === undefined) return notFound();
  context.record({ type: 'gmail.draft.delete', mailbox: context.mailbox, draftId });
  return { status: 204 };
}

/** POST drafts/send: the draft is gone afterwards and the sent message has another id. */
export function sendDraft(context: GmailContext): Answer {
  const parsed = sendSchema.safeParse(context.json);
  if (!parsed.success) return invalidArgument('Invalid JSON payload received.');
  const { id, message } = parsed.data;
  if (id === undefined) return message === undefined ? invalidArgument(NO_RAW) : sendNow(context, message);
  const draft = findDraft(context, id);
  if (draft === undefined) return notFound();
  // The draft chose its thread when it was made; sending it keeps that thread.
  const raw = message?.raw ?? draft.raw;
  return sendMail(context, { raw, threadId: { kept: draft.threadId }, draftId: id });
}

/** POST messages/send. */
export function sendMessage(context: GmailContext): Answer {
  const parsed = messageSchema.safeParse(context.json);
  return parsed.success ? sendNow(context, parsed.data) : invalidArgument(NO_RAW);
}

function sendNow(context: GmailContext, message: z.infer<typeof messageSchema>): Answer {
  if (!BASE64URL.test(message.raw))
    return invalidArgument("Invalid value at 'raw' (TYPE_BYTES), Base64 decoding failed");
  return sendMail(context, { raw: message.raw, threadId: { wanted: message.threadId }, draftId: null });
}

function findDraft(context: GmailContext, draftId: string): StoredMessage | undefined {
  const mailbox = openMailbox(context.state, context.mailbox);
  return mailbox.messages.get(mailbox.draftMessageIds.get(draftId) ?? '');
}

function idsOf({ id, threadId, labelIds }: StoredMessage) {
  return { id, threadId, labelIds };
}
