import { z } from 'zod';
import { withAccidents } from './accidents.ts';
import type { Arrived, Reply } from './vendor-double.ts';

const creation = z.object({ message: z.object({ raw: z.string().regex(/^[A-Za-z0-9_-]+$/) }) });
const sending = z.object({ id: z.string() });

type Message = { id: string; threadId: string; labelIds: string[]; headers: Map<string, string>; mime: string };

/** A mailbox as Gmail keeps it: sending ends the draft and makes another message of the same thread. */
export function createGmailDouble(options: { rewritesMessageId?: boolean } = {}) {
  const drafts = new Map<string, Message>();
  const messages: Message[] = [];
  let count = 0;

  const create = (body: string): Reply => {
    const mime = Buffer.from(creation.parse(JSON.parse(body)).message.raw, 'base64url').toString('utf8');
    count += 1;
    const message = { id: `m${count}`, threadId: `t${count}`, labelIds: ['DRAFT'], headers: headersOf(mime), mime };
    drafts.set(`r-${count}`, message);
    messages.push(message);
    return { json: { id: `r-${count}`, message: { id: message.id, threadId: message.threadId, labelIds: ['DRAFT'] } } };
  };
  const send = (body: string): Reply => {
    const { id } = sending.parse(JSON.parse(body));
    const message = drafts.get(id);
    if (message === undefined) return refusal(404, 'notFound');
    drafts.delete(id);
    message.id = `${message.id}-sent`;
    message.labelIds = ['SENT'];
    if (options.rewritesMessageId === true) message.headers.set('message-id', `<CA${message.id}@mail.gmail.com>`);
    return { json: { id: message.id, threadId: message.threadId, labelIds: message.labelIds } };
  };
  const byQuery = (query: URLSearchParams) => {
    const wanted = /^rfc822msgid:(<.+>)$/.exec(query.get('q') ?? '')?.[1];
    return messages.filter(({ headers }) => headers.get('message-id') === wanted);
  };
  const findDrafts = (query: URLSearchParams): Reply => {
    const found = byQuery(query);
    const rows = [...drafts].filter(([, message]) => found.includes(message));
    // An empty result comes without its list.
    if (rows.length === 0) return { json: { resultSizeEstimate: 0 } };
    return {
      json: { drafts: rows.map(([id, { id: messageId, threadId }]) => ({ id, message: { id: messageId, threadId } })) },
    };
  };
  const findMessages = (query: URLSearchParams): Reply => {
    const found = byQuery(query);
    if (found.length === 0) return { json: { resultSizeEstimate: 0 } };
    return { json: { messages: found.map(({ id, threadId }) => ({ id, threadId })) } };
  };
  const one = (kind: string, id: string, query: URLSearchParams): Reply => {
    if (kind === 'drafts') {
      const message = drafts.get(id);
      return message === undefined ? refusal(404, 'notFound') : { json: { id, message: shown(message, query) } };
    }
    const found = messages.filter((message) => (kind === 'threads' ? message.threadId : message.id) === id);
    const [first] = found;
    if (first === undefined) return refusal(404, 'notFound');
    if (kind === 'messages') return { json: shown(first, query) };
    return { json: { id, messages: found.map((message) => shown(message, query)) } };
  };
  const remove = (id: string): Reply => {
    const message = drafts.get(id);
    if (message === undefined) return refusal(404, 'notFound');
    drafts.delete(id);
    messages.splice(messages.indexOf(message), 1);
    return { status: 204 };
  };
  const carriedOut = ({ method, path, query, body }: Arrived): Reply => {
    const [, kind = '', id] = /^\/gmail\/v1\/users\/me\/(drafts|messages|threads)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (method === 'DELETE') return remove(id ?? '');
    if (method === 'POST') return id === 'send' ? send(body) : create(body);
    if (id !== undefined) return one(kind, id, query);
    return kind === 'drafts' ? findDrafts(query) : findMessages(query);
  };

  const mishaps = withAccidents(carriedOut);
  return {
    drafts,
    messages,
    /** What left the mailbox, by its recipient. */
    delivered: () =>
      messages.filter(({ labelIds }) => labelIds.includes('SENT')).map(({ headers }) => headers.get('to')),
    next: mishaps.next,
    answer(request: Arrived): Reply {
      if (request.path === '/token') return { json: { access_token: `token-${count}`, expires_in: 3_599 } };
      return mishaps.answer(request);
    },
  };
}

function shown(message: Message, query: URLSearchParams): object {
  const wanted = query.getAll('metadataHeaders').map((name) => name.toLowerCase());
  const headers = [...message.headers].filter(([name]) => wanted.includes(name));
  return {
    id: message.id,
    threadId: message.threadId,
    labelIds: message.labelIds,
    ...(query.get('format') === 'metadata'
      ? { payload: { headers: headers.map(([name, value]) => ({ name, value })) } }
      : {}),
  };
}

function headersOf(mime: string): Map<string, string> {
  const head = mime.slice(0, mime.indexOf('\r\n\r\n')).replace(/\r\n[ \t]/g, ' ');
  return new Map(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
}

/** A refusal as Google words it. */
export function refusal(status: number, reason: string): Reply {
  return {
    status,
    json: {
      error: { code: status, message: 'private@contoso.example', errors: [{ domain: 'global', reason, message: 'x' }] },
    },
  };
}
