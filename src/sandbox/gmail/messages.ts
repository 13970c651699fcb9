import type { Answer } from '../http/exchange.ts';
import { type GmailContext, textOfMessage, visibleMessages } from './context.ts';
import { googleError, invalidArgument, notFound } from './errors.ts';
import { type MailPart, parseMail, partOf, textOfPart } from './mime.ts';
import { matchesQuery } from './search.ts';
import type { StoredMessage } from './state.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 500;
const SNIPPET_LENGTH = 100;
const FORMATS = ['full', 'metadata', 'minimal', 'raw'];
/** Scopes that show bodies; a token with none of them sees headers only and may not search. */
const BODY_SCOPES = ['https://mail.google.com/', ...['modify', 'readonly', 'compose'].map(gmailScope)];

function gmailScope(name: string): string {
  return `https://www.googleapis.com/auth/gmail.${name}`;
}

/** GET messages: ids and thread ids only, newest first; without a find there is no list in the answer. */
export function listMessages(context: GmailContext): Answer {
  const found = searchMessages(context);
  if ('status' in found) return found;
  const { page, next } = pageOf(context, found.messages);
  return {
    status: 200,
    body: {
      ...(page.length === 0 ? {} : { messages: page.map(({ id, threadId }) => ({ id, threadId })) }),
      ...(next === null ? {} : { nextPageToken: next }),
      resultSizeEstimate: found.messages.length,
    },
  };
}

/** GET threads: the same for threads. */
export function listThreads(context: GmailContext): Answer {
  const found = searchMessages(context);
  if ('status' in found) return found;
  const ids = [...new Set(found.messages.map((message) => message.threadId))];
  const { page, next } = pageOf(context, ids);
  return {
    status: 200,
    body: {
      ...(page.length === 0 ? {} : { threads: page.map((id) => ({ id, snippet: '', historyId: '1' })) }),
      ...(next === null ? {} : { nextPageToken: next }),
      resultSizeEstimate: ids.length,
    },
  };
}

function searchMessages(context: GmailContext): { messages: StoredMessage[] } | Answer {
  const { query } = context.call;
  const q = query.get('q') ?? '';
  if (q !== '' && seesHeadersOnly(context)) return metadataRefusal("Metadata scope does not support 'q' parameter");
  const labels = query.getAll('labelIds');
  const messages = visibleMessages(context).filter(
    (message) => labels.every((label) => message.labelIds.includes(label)) && matchesQuery(q, message, context.now),
  );
  return { messages };
}

/** The page of a list that the query asks for, and the token of the next one. */
export function pageOf<T>(context: GmailContext, items: readonly T[]): { page: T[]; next: string | null } {
  const { query } = context.call;
  const size = Math.min(Math.max(1, Number(query.get('maxResults') ?? PAGE_DEFAULT) || PAGE_DEFAULT), PAGE_MAX);
  const from = Number(query.get('pageToken') ?? '0') || 0;
  return { page: items.slice(from, from + size), next: from + size < items.length ? String(from + size) : null };
}

/** GET messages/{id}. */
export function getMessage(context: GmailContext): Answer {
  const message = visibleMessages(context).find((candidate) => candidate.id === context.values.id);
  return message === undefined ? notFound() : shown(context, message, (body) => body);
}

/** GET threads/{id}: its messages, oldest first. */
export function getThread(context: GmailContext): Answer {
  const messages = visibleMessages(context).filter((message) => message.threadId === context.values.id);
  const [first] = messages;
  if (first === undefined) return notFound();
  return shown(context, first, () => ({
    id: first.threadId,
    historyId: historyOf(first),
    messages: messages.reverse().map((message) => showMessage(message, formatOf(context), metadataNames(context))),
  }));
}

/** A message in the form asked for, wrapped by `wrap`; refuses an unknown form and one that the scope does not show. */
export function shown(context: GmailContext, message: StoredMessage, wrap: (body: unknown) => unknown): Answer {
  const format = formatOf(context);
  if (!FORMATS.includes(format)) return invalidArgument(`Invalid value for format: ${format}`);
  if (seesHeadersOnly(context) && (format === 'full' || format === 'raw')) {
    return metadataRefusal(`Metadata scope doesn't allow format ${format.toUpperCase()}`);
  }
  return { status: 200, body: wrap(showMessage(message, format, metadataNames(context))) };
}

function formatOf(context: GmailContext): string {
  return context.call.query.get('format')?.toLowerCase() ?? 'full';
}

function metadataNames(context: GmailContext): string[] {
  return context.call.query.getAll('metadataHeaders').map((name) => name.toLowerCase());
}

function seesHeadersOnly(context: GmailContext): boolean {
  return !context.scopes.some((scope) => BODY_SCOPES.includes(scope));
}

function metadataRefusal(message: string): Answer {
  return googleError({ status: 403, message, reason: 'forbidden', name: 'PERMISSION_DENIED' });
}

function showMessage(message: StoredMessage, format: string, names: readonly string[]): unknown {
  const mail = parseMail(textOfMessage(message));
  const whole = partOf(mail);
  const base = {
    id: message.id,
    threadId: message.threadId,
    labelIds: message.labelIds,
    snippet: textOfPart(whole).replaceAll(/\s+/g, ' ').trim().slice(0, SNIPPET_LENGTH),
    sizeEstimate: Buffer.from(message.raw, 'base64url').length,
    historyId: historyOf(message),
    internalDate: String(message.internalDate),
  };
  if (format === 'minimal') return base;
  if (format === 'raw') return { ...base, raw: message.raw };
  return { ...base, payload: format === 'metadata' ? headersOnly(whole, names) : whole };
}

function headersOnly(part: MailPart, names: readonly string[]) {
  const { mimeType, headers } = part;
  return {
    mimeType,
    headers: names.length === 0 ? headers : headers.filter((header) => names.includes(header.name.toLowerCase())),
  };
}

function historyOf(message: StoredMessage): string {
  return String(Math.floor(message.internalDate / 1000));
}
