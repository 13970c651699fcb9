import { createHash } from 'node:crypto';
import type { SentMail, StoredMessage } from '../state/kept.ts';
import { isObject, type TenantState, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';

/** Where a message stands at an instant; the id of the second kind changes with it. */
export type Folder = 'drafts' | 'sentitems' | 'inbox';

const PREVIEW_LENGTH = 255;
const FOLDERS: readonly Folder[] = ['drafts', 'sentitems', 'inbox'];

/** Where a message stands: a sent draft looks like a draft until it settles. Null: nowhere to be seen yet. */
export function folderOf(stored: StoredMessage, now: number): Folder | null {
  if (stored.settlesAt === null) return 'drafts';
  if (Date.parse(stored.settlesAt) <= now) return 'sentitems';
  return stored.wasDraft ? 'drafts' : null;
}

/** The id that stays with the message through all folders. */
export function immutableId(key: string): string {
  return `AAkALg${Buffer.from(key).toString('base64url')}`;
}

/** The ordinary id: it changes when the message moves to another folder. */
export function folderId(key: string, folder: Folder): string {
  return `AAMkAD${Buffer.from(`${FOLDERS.indexOf(folder)}${key}`).toString('base64url')}`;
}

/** The id of a mailbox's folder; the well-known names work as well. */
export function parentFolderId(mailboxId: string, folder: Folder): string {
  return `AAMkADFolder${digest(`${mailboxId} ${folder}`).slice(0, 24)}`;
}

/** The folder that a name or id means; null for another one. */
export function readFolder(mailboxId: string, name: string): Folder | null {
  const wanted = name.toLowerCase();
  return FOLDERS.find((folder) => folder === wanted || parentFolderId(mailboxId, folder) === name) ?? null;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** How a message is shown: which ids the caller asked for, and the instant. */
export type Sight = { now: number; immutable: boolean };

/** A message of a mailbox as Graph shows it, extended properties and attachments included: callers cut them away. */
export function showMessage(stored: StoredMessage, folder: Folder, sight: Sight): GraphObject {
  const { message, id } = stored;
  const body = isObject(message.body) ? message.body : { contentType: 'text', content: '' };
  const changeKey = digest(`${id} ${folder} ${stored.modifiedAt}`).slice(0, 40);
  const shownId = sight.immutable ? immutableId(id) : folderId(id, folder);
  // A draft carries a sending time as well: only isDraft tells.
  const sentAt = stored.sentAt ?? stored.createdAt;
  const shown: GraphObject = {
    '@odata.etag': `W/"${changeKey}"`,
    id: shownId,
    createdDateTime: seconds(stored.createdAt),
    lastModifiedDateTime: seconds(stored.modifiedAt),
    changeKey,
    categories: [],
    receivedDateTime: seconds(sentAt),
    sentDateTime: seconds(sentAt),
    hasAttachments: stored.attachments.length > 0,
    internetMessageId: `<${digest(id).slice(0, 24)}@sandbox.prod.outlook.com>`,
    subject: textOf(message, 'subject'),
    bodyPreview: previewOf(textOf(body, 'content')),
    importance: textOf(message, 'importance').toLowerCase() || 'normal',
    parentFolderId: parentFolderId(stored.mailboxId, folder),
    conversationId: `AAQkAD${digest(`conversation ${id}`).slice(0, 24)}`,
    conversationIndex: Buffer.from(digest(`index ${id}`).slice(0, 22)).toString('base64'),
    isDeliveryReceiptRequested: message.isDeliveryReceiptRequested === true,
    isReadReceiptRequested: message.isReadReceiptRequested === true,
    isRead: folder !== 'inbox',
    isDraft: folder === 'drafts',
    webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(shownId)}&exvsurl=1&viewmodel=ReadMessageItem`,
    inferenceClassification: 'focused',
    body: { contentType: textOf(body, 'contentType').toLowerCase() || 'text', content: textOf(body, 'content') },
    toRecipients: named(message.toRecipients),
    ccRecipients: named(message.ccRecipients),
    bccRecipients: named(message.bccRecipients),
    replyTo: named(message.replyTo),
    flag: { flagStatus: 'notFlagged' },
  };
  if (isObject(message.from)) Object.assign(shown, { from: message.from, sender: message.from });
  return shown;
}

function seconds(instant: string): string {
  return `${instant.slice(0, 19)}Z`;
}

function previewOf(content: string): string {
  const text = content
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.slice(0, PREVIEW_LENGTH);
}

function recipients(value: unknown): GraphObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A recipient without a name is shown under its address. */
function named(value: unknown): GraphObject[] {
  return recipients(value).map((recipient) => {
    const given = isObject(recipient.emailAddress) ? recipient.emailAddress : {};
    return { emailAddress: { name: textOf(given, 'address'), ...given } };
  });
}

/** The addresses of a list of recipients. */
export function addressesOf(value: unknown): string[] {
  return recipients(value).map(({ emailAddress }) => (isObject(emailAddress) ? textOf(emailAddress, 'address') : ''));
}

/** Extended properties of a message, as `$expand` shows them and filters look at them. */
export function extendedProperties(message: GraphObject): GraphObject[] {
  return recipients(message.singleValueExtendedProperties);
}

/** The notices about addresses that nobody has, as messages of the sender's inbox that have arrived by now. */
export function returnedMessages(tenant: TenantState, mailboxId: string, now: number): StoredMessage[] {
  const arrived: StoredMessage[] = [];
  for (const mail of tenant.kept.sentMails.values()) {
    const { returnsAt } = mail;
    if (mail.mailboxId !== mailboxId || returnsAt === null || Date.parse(returnsAt) > now) continue;
    arrived.push(...mail.undeliverable.map((address) => noticeOf(tenant, mail, { address, returnsAt })));
  }
  return arrived;
}

function noticeOf(
  tenant: TenantState,
  mail: SentMail,
  { address, returnsAt }: { address: string; returnsAt: string },
): StoredMessage {
  const sender = tenant.usersById.get(mail.mailboxId) ?? {};
  const content =
    `Delivery has failed to these recipients or groups: ${address}. The email address you entered couldn't be found. ` +
    `Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ${address} not found by SMTP address lookup'`;
  const postmaster = {
    name: 'Microsoft Outlook',
    address: `MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@${tenant.tenant.initialDomain}`,
  };
  return {
    id: `${mail.id}-${digest(address).slice(0, 8)}`,
    mailboxId: mail.mailboxId,
    message: {
      subject: `Undeliverable: ${mail.subject}`,
      body: { contentType: 'html', content },
      from: { emailAddress: postmaster },
      toRecipients: [{ emailAddress: { name: textOf(sender, 'displayName'), address: textOf(sender, 'mail') } }],
    },
    attachments: [],
    createdAt: returnsAt,
    modifiedAt: returnsAt,
    wasDraft: false,
    sentAt: returnsAt,
    settlesAt: returnsAt,
  };
}
