import { type Answer, headerOf } from '../http/exchange.ts';
import type { FilterRules } from '../odata/rules.ts';
import type { StoredMessage } from '../state/kept.ts';
import { type GraphUser, isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, graphError, notFound } from './errors.ts';
import { cutToSelection, listAnswer } from './listing.ts';
import {
  extendedProperties,
  type Folder,
  folderId,
  folderOf,
  immutableId,
  readFolder,
  returnedMessages,
  type Sight,
  showMessage,
} from './mail-form.ts';
import { findUser } from './users.ts';

const PAGE = { default: 10, max: 1000 };
const FILTERS: FilterRules = {
  conversationId: 'eq ne',
  createdDateTime: 'eq ne gt ge lt le',
  'from/emailAddress/address': 'eq ne startswith contains',
  hasAttachments: 'eq ne',
  id: 'eq',
  importance: 'eq ne',
  internetMessageId: 'eq',
  isDraft: 'eq ne',
  isRead: 'eq ne',
  receivedDateTime: 'eq ne gt ge lt le',
  sentDateTime: 'eq ne gt ge lt le',
  singleValueExtendedProperties: 'any',
  'singleValueExtendedProperties/*/id': 'eq',
  'singleValueExtendedProperties/*/value': 'eq ne contains startswith',
  subject: 'eq ne contains startswith',
  toRecipients: 'any',
  'toRecipients/*/emailAddress/address': 'eq ne startswith contains',
};
const ORDERS = ['createdDateTime', 'receivedDateTime', 'sentDateTime', 'subject'];
const MAILBOX_MISSING = 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.';

export type Mailbox = { ok: true; user: GraphUser } | { ok: false; refusal: Answer };

/** The mailbox that a call names. Refuses an unknown user and one without a mailbox with 404. */
export function findMailbox(context: GraphContext): Mailbox {
  const id = context.values.id ?? '';
  const user = findUser(context.tenant, id);
  if (user === undefined) return { ok: false, refusal: notFound(id) };
  if (context.tenant.tenant.mailboxPurposes[user.id] === undefined) {
    return { ok: false, refusal: graphError(404, 'MailboxNotEnabledForRESTAPI', MAILBOX_MISSING) };
  }
  return { ok: true, user };
}

export type FoundMessage =
  | { ok: true; user: GraphUser; stored: StoredMessage; folder: Folder }
  | { ok: false; refusal: Answer };

/** The message that a call names, by its immutable id or by the id that it has in its present folder. */
export function findMessage(context: GraphContext): FoundMessage {
  const mailbox = findMailbox(context);
  if (!mailbox.ok) return mailbox;
  const wanted = context.values.message ?? '';
  const placed = messagesOf(context, mailbox.user.id).find(
    ({ stored, folder }) => immutableId(stored.id) === wanted || folderId(stored.id, folder) === wanted,
  );
  if (placed === undefined) {
    const message =
      'The specified object was not found in the store., The process failed to get the correct properties.';
    return { ok: false, refusal: graphError(404, 'ErrorItemNotFound', message) };
  }
  return { ok: true, user: mailbox.user, ...placed };
}

type Placed = { stored: StoredMessage; folder: Folder };

/** Everything in a mailbox at the instant of the call, newest first. */
function messagesOf(context: GraphContext, mailboxId: string): Placed[] {
  const { tenant, now } = context;
  const placed: Placed[] = [];
  for (const stored of tenant.kept.messages.values()) {
    const folder = stored.mailboxId === mailboxId ? folderOf(stored, now) : null;
    if (folder !== null) placed.push({ stored, folder });
  }
  for (const stored of returnedMessages(tenant, mailboxId, now)) placed.push({ stored, folder: 'inbox' });
  const timeOf = ({ stored }: Placed) => Date.parse(stored.sentAt ?? stored.createdAt);
  return placed.sort((a, b) => timeOf(b) - timeOf(a));
}

/** Which ids the caller wants, and when it asks. */
export function sightOf(context: GraphContext): Sight {
  return { now: context.now, immutable: prefersImmutable(context) };
}

function prefersImmutable(context: GraphContext): boolean {
  return /IdType\s*=\s*"?ImmutableId"?/i.test(headerOf(context.call, 'prefer') ?? '');
}

/** Says that the wished kind of id was given. */
export function preferenceApplied(context: GraphContext): Record<string, string> {
  return prefersImmutable(context) ? { 'Preference-Applied': 'IdType="ImmutableId"' } : {};
}

/** GET /users/{id}/messages and /users/{id}/mailFolders/{folder}/messages. */
export function listMessages(context: GraphContext): Answer {
  const mailbox = findMailbox(context);
  if (!mailbox.ok) return mailbox.refusal;
  const name = context.values.folder;
  const folder = name === undefined ? null : readFolder(mailbox.user.id, name);
  if (name !== undefined && folder === null) {
    return graphError(404, 'ErrorFolderNotFound', 'The specified folder could not be found in the store.');
  }
  const refusal = refuseExpand(context);
  if (refusal !== null) return refusal;
  const sight = sightOf(context);
  const rows = messagesOf(context, mailbox.user.id).filter((placed) => folder === null || placed.folder === folder);
  const items = rows.map(
    (placed): GraphObject => ({
      ...showMessage(placed.stored, placed.folder, sight),
      singleValueExtendedProperties: extendedProperties(placed.stored.message),
    }),
  );
  const answer = listAnswer<GraphObject>(context, {
    fragment: `users('${encodeURIComponent(context.values.id ?? '')}')/messages`,
    resource: 'Message',
    items,
    view: (row) => row,
    cut: (row, select) => cutMessage(context, row, select),
    filters: FILTERS,
    orders: ORDERS,
    page: PAGE,
    allows: ['skip', 'count', 'expand'],
  });
  return { ...answer, headers: { ...answer.headers, ...preferenceApplied(context) } };
}

/** GET /users/{id}/messages/{message}. */
export function getMessage(context: GraphContext): Answer {
  const refusal = refuseExpand(context);
  if (refusal !== null) return refusal;
  const found = findMessage(context);
  if (!found.ok) return found.refusal;
  const row = {
    ...showMessage(found.stored, found.folder, sightOf(context)),
    singleValueExtendedProperties: extendedProperties(found.stored.message),
    // An application's own headers can be written, but not read back once the message is sent.
    ...(found.folder === 'drafts' ? { internetMessageHeaders: found.stored.message.internetMessageHeaders ?? [] } : {}),
  };
  const link = contextUrl(context, `users('${encodeURIComponent(context.values.id ?? '')}')/messages/$entity`);
  const body = { '@odata.context': link, ...cutMessage(context, row, context.options.select) };
  return { status: 200, headers: preferenceApplied(context), body };
}

/** GET /users/{id}/messages/{message}/attachments. */
export function listAttachments(context: GraphContext): Answer {
  const found = findMessage(context);
  if (!found.ok) return found.refusal;
  const value = found.stored.attachments.map((item) => cutToSelection(item, context.options.select));
  return { status: 200, body: { '@odata.context': contextUrl(context, 'attachments'), value } };
}

function refuseExpand(context: GraphContext): Answer | null {
  const unknown = context.options.expand.find((item) => item.property !== 'singleValueExtendedProperties');
  if (unknown === undefined) return null;
  const message = `Could not find a property named '${unknown.property}' on type 'microsoft.graph.message'.`;
  return badRequest(message, 'BadRequest');
}

/** Headers come when selected; extended properties only expanded, and only those that the expansion names. */
function cutMessage(context: GraphContext, row: GraphObject, select: string[] | null): GraphObject {
  const { singleValueExtendedProperties: all, internetMessageHeaders: headers, ...rest } = row;
  const shown = cutToSelection(rest, select === null ? null : ['id', ...select]);
  if (select?.includes('internetMessageHeaders') === true && Array.isArray(headers)) {
    shown.internetMessageHeaders = headers;
  }
  if (context.options.expand.length === 0) return shown;
  const wanted = new Set(
    [...(context.call.query.get('$expand') ?? '').matchAll(/id\s+eq\s+'([^']*)'/g)].map(([, id]) => id),
  );
  const properties = (Array.isArray(all) ? all.filter(isObject) : []).filter(
    (property) => wanted.size === 0 || wanted.has(String(property.id)),
  );
  return properties.length === 0 ? shown : { ...shown, singleValueExtendedProperties: properties };
}
