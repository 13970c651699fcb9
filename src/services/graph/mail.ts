import type { Clock } from '../../lib/clock.ts';
import { type VendorCall, VendorRefusedError } from '../../lib/errors.ts';
import type {
  DraftMade,
  MailAddress,
  MailAttachment,
  MailBounce,
  MailDraft,
  MailFound,
  MailRefusal,
  MailSender,
} from '../mail/mail.ts';
import {
  bounceIn,
  hasRoomFor,
  hasUsableAddresses,
  KEY_HEADER,
  nameOf,
  oneLine,
  outcomeOf,
  refusalIn,
  refuseBadKey,
  type SendRules,
  sendingOf,
} from '../mail/mail-rules.ts';
import type { Pacer } from '../pacer.ts';
import type { Graph, GraphOptions } from './client.ts';
import { objectOf, rowsOf } from './pages.ts';
import { arrivedSchema, messageSchema, noticeSchema } from './wire.ts';

/** Our key on a message: a named property of our own, since headers can be neither searched nor read back. */
const KEY_PROPERTY = 'String {6d1f3b52-8f0e-4f0a-9a53-2c7f6f0c9e41} Name mfa-rollout-key';
/** Without it the id changes when sending moves the message from Drafts to Sent Items. */
const IMMUTABLE = { prefer: 'IdType="ImmutableId"' };
const SELECT = 'id,isDraft,createdDateTime';

/**
 * Graph takes a file of less than 3 MB by plain POST ("Attach large files to Outlook messages") and a request of 4 MB in
 * all, in which a file stands as base64: a third longer, beside the message's own text.
 */
const ATTACHMENT_BYTES_MAX = 2_900_000;

const REFUSALS: Readonly<Record<string, MailRefusal>> = {
  ErrorInvalidRecipients: 'invalidRecipient',
  ErrorInvalidSmtpAddress: 'invalidRecipient',
  MailboxNotEnabledForRESTAPI: 'mailboxMissing',
  MailboxNotSupportedForRESTAPI: 'mailboxMissing',
  ErrorNonExistentMailbox: 'mailboxMissing',
  ErrorInvalidUser: 'mailboxMissing',
  ResourceNotFound: 'mailboxMissing',
  Request_ResourceNotFound: 'mailboxMissing',
  ErrorExceededMessageLimit: 'quota',
  ErrorMessageSubmissionBlocked: 'quota',
  ErrorSubmissionQuotaExceeded: 'quota',
  ErrorQuotaExceeded: 'quota',
};

/**
 * Sends from one mailbox of the tenant through Outlook. Needs Mail.ReadWrite and Mail.Send. A sending waits for the
 * mailbox's message rate, which is Exchange's own beside that of Graph's calls.
 */
export function createOutlookSender(
  deps: { graph: Graph; clock: Clock; pacer: Pacer },
  settings: { mailbox: string },
): MailSender {
  const { graph, clock, pacer } = deps;
  const { mailbox } = settings;
  const lane = `${graph.tenantId}/${mailbox.toLowerCase()}`;
  const findByKey = (key: string, signal?: AbortSignal) => foundBy(graph, { mailbox, key, signal });
  return {
    way: 'outlook',
    findByKey,
    createDraft: (draft, signal) => draftOf(graph, { mailbox, draft, signal }),
    send: (draftId, signal) =>
      sendingOf(SENDING, () =>
        pacer.run({ lane, signal }, () =>
          graph.request('mail.send', {
            ...optionsOf(mailbox, signal),
            ids: { id: mailbox, messageId: draftId },
            attemptsMax: 1,
            expect: 'none',
          }),
        ),
      ),
    async discardDraft({ key, draftId }, signal) {
      const own = await stateOf(graph, { mailbox, messageId: draftId, signal });
      if (own === 'draft') await deleteDraft(graph, { mailbox, messageId: draftId, signal });
      const state = own ?? (await findByKey(key, signal)).state;
      return state === 'sent' ? 'sent' : 'discarded';
    },
    bounces: (since, signal) => bouncesOf(graph, { mailbox, since, signal }),
    async outcome(ask, signal) {
      const own = ask.draftId === null ? null : await stateOf(graph, { mailbox, messageId: ask.draftId, signal });
      return outcomeOf(own ?? (await findByKey(ask.key, signal)).state, ask, clock.now());
    },
  };
}

function refusalOf({ vendorCode }: VendorCall): MailRefusal | undefined {
  return vendorCode !== undefined && Object.hasOwn(REFUSALS, vendorCode) ? REFUSALS[vendorCode] : undefined;
}

/** A message that has been sent is no draft any more, whichever way Graph says so. */
const SENDING: SendRules = {
  vendor: 'graph',
  refusalOf,
  isNoDraft: ({ status, vendorCode }) => status === 404 || vendorCode === 'ErrorInvalidOperation',
};

function optionsOf(mailbox: string, signal: AbortSignal | undefined): GraphOptions {
  return { ids: { id: mailbox }, headers: IMMUTABLE, mailbox, signal };
}

type Ask = { mailbox: string; signal: AbortSignal | undefined };

/** A mail that was sent outweighs drafts of the same key; of several drafts the oldest is the one. */
async function foundBy(graph: Graph, { mailbox, key, signal }: Ask & { key: string }): Promise<MailFound> {
  refuseBadKey(key);
  const messages = await rowsOf(graph, {
    call: 'mail.find',
    row: messageSchema,
    options: {
      ...optionsOf(mailbox, signal),
      query: {
        $filter: `singleValueExtendedProperties/Any(ep: ep/id eq '${KEY_PROPERTY}' and ep/value eq '${key}')`,
        $select: SELECT,
        $top: 50,
      },
    },
  });
  if (messages.some(({ isDraft }) => !isDraft)) return { state: 'sent' };
  const age = (created: string | null | undefined) => created ?? '';
  const [oldest] = messages.sort((a, b) => (age(a.createdDateTime) <= age(b.createdDateTime) ? -1 : 1));
  return oldest === undefined ? { state: 'none' } : { state: 'draft', draftId: oldest.id };
}

async function draftOf(graph: Graph, { mailbox, draft, signal }: Ask & { draft: MailDraft }): Promise<DraftMade> {
  if (!hasUsableAddresses(draft)) return { ok: false, reason: 'invalidRecipient' };
  if (!hasRoomFor(draft, ATTACHMENT_BYTES_MAX)) return { ok: false, reason: 'attachmentTooLarge' };
  try {
    const found = await foundBy(graph, { mailbox, key: draft.key, signal });
    if (found.state === 'sent') return { ok: false, reason: 'alreadySent' };
    if (found.state === 'draft') {
      await bringUpToDate(graph, { mailbox, draft, messageId: found.draftId, signal });
      return { ok: true, draftId: found.draftId };
    }
    const { id } = await objectOf(graph, {
      call: 'mail.create',
      schema: messageSchema,
      options: { ...optionsOf(mailbox, signal), body: messageOf(draft, mailbox) },
    });
    return { ok: true, draftId: id };
  } catch (error) {
    const reason = refusalIn(error, refusalOf);
    if (reason !== undefined) return { ok: false, reason };
    throw error;
  }
}

/** A draft may have waited for days, and what it says may have changed. Graph lets only drafts be changed so. */
async function bringUpToDate(
  graph: Graph,
  { mailbox, draft, messageId, signal }: Ask & { draft: MailDraft; messageId: string },
): Promise<void> {
  if (draft.attachments !== undefined) return;
  const ids = { id: mailbox, messageId };
  const options = { ...optionsOf(mailbox, signal), ids, body: textOf(draft), repeatable: true };
  await graph.request('mail.update', { ...options, expect: 'none' });
}

async function deleteDraft(graph: Graph, { mailbox, messageId, signal }: Ask & { messageId: string }): Promise<void> {
  try {
    const ids = { id: mailbox, messageId };
    await graph.request('mail.delete', { ...optionsOf(mailbox, signal), ids, expect: 'none' });
  } catch (error) {
    if (!(error instanceof VendorRefusedError && error.call.status === 404)) throw error;
  }
}

/** What may change in a draft. */
function textOf(draft: MailDraft): object {
  return {
    subject: oneLine(draft.subject),
    body: { contentType: 'HTML', content: draft.html },
    toRecipients: draft.to.map(recipientOf),
    ccRecipients: draft.cc.map(recipientOf),
  };
}

function messageOf(draft: MailDraft, mailbox: string): object {
  const isOther = draft.from.address.toLowerCase() !== mailbox.toLowerCase();
  return {
    ...textOf(draft),
    // Another sender than the mailbox needs the right to send as it, so it is named only where it differs.
    ...(isOther ? { from: recipientOf(draft.from) } : {}),
    // Names must begin with x-, and a list that is empty or longer than five is refused.
    internetMessageHeaders: [{ name: KEY_HEADER, value: draft.key }],
    singleValueExtendedProperties: [{ id: KEY_PROPERTY, value: draft.key }],
    ...(draft.attachments === undefined ? {} : { attachments: draft.attachments.map(attachmentOf) }),
  };
}

function attachmentOf({ name, contentType, bytes }: MailAttachment): object {
  return {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name: oneLine(name),
    contentType: oneLine(contentType),
    contentBytes: Buffer.from(bytes).toString('base64'),
  };
}

function recipientOf(person: MailAddress): object {
  const name = nameOf(person);
  return { emailAddress: { address: person.address, ...(name === undefined ? {} : { name }) } };
}

/** Null where the message is not to be found by its id: it was deleted, or archived after sending. */
async function stateOf(
  graph: Graph,
  { mailbox, messageId, signal }: Ask & { messageId: string },
): Promise<'draft' | 'sent' | null> {
  try {
    const { isDraft } = await objectOf(graph, {
      call: 'mail.get',
      schema: messageSchema,
      options: { ...optionsOf(mailbox, signal), ids: { id: mailbox, messageId }, query: { $select: SELECT } },
    });
    return isDraft ? 'draft' : 'sent';
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 404) return null;
    throw error;
  }
}

/** Exchange names the sender of its notices so, in every language; other mail systems use the two names of RFC 5321. */
const POSTMASTER = /^(microsoftexchange[0-9a-f]{32}|postmaster|mailer-daemon)@/i;

/** Notices are looked for among everything that came: a filter by sender is refused together with one by time. */
async function bouncesOf(graph: Graph, { mailbox, since, signal }: Ask & { since: Date }): Promise<MailBounce[]> {
  const options = optionsOf(mailbox, signal);
  const arrived = await rowsOf(graph, {
    call: 'mail.find',
    row: arrivedSchema,
    options: {
      ...options,
      query: {
        $filter: `receivedDateTime ge ${since.toISOString()}`,
        $orderby: 'receivedDateTime',
        $select: 'id,subject,from,receivedDateTime',
        $top: 100,
      },
    },
  });
  const bounces: MailBounce[] = [];
  for (const { id, subject, from, receivedDateTime } of arrived) {
    if (!POSTMASTER.test(from?.emailAddress?.address ?? '')) continue;
    const ids = { id: mailbox, messageId: id };
    const query = { $select: 'body' };
    const notice = { call: 'mail.get', schema: noticeSchema, options: { ...options, ids, query } } as const;
    const { body } = await objectOf(graph, notice);
    const found = bounceIn(body.content, { at: Date.parse(receivedDateTime), subject: subject ?? '' });
    if (found !== null) bounces.push(found);
  }
  return bounces;
}
