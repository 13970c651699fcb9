import { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { type VendorCall, VendorRefusedError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../http.ts';
import type { Pacer } from '../../pacer.ts';
import type { DraftMade, MailBounce, MailDraft, MailFound, MailRefusal, MailSender } from '../mail.ts';
import {
  bounceIn,
  hasRoomFor,
  hasUsableAddresses,
  KEY_HEADER,
  outcomeOf,
  refusalIn,
  refuseBadKey,
  type SendRules,
  sendingOf,
} from '../mail-rules.ts';
import { createGmailApi, type GmailApi } from './api.ts';
import { messageIdOf, rawMessageOf } from './mime.ts';
import type { GmailSettings } from './settings.ts';
import { NO_SUCH_MAILBOX } from './token.ts';

const id = z.string().min(1);
const labels = z.array(z.string()).nullish();
const header = z.looseObject({ name: z.string(), value: z.string() });
const draftSchema = z.looseObject({ id, message: z.looseObject({ id, threadId: id.nullish() }) });
/** That it stands is all that is asked of it. */
const standingSchema = z.looseObject({ id });
const draftListSchema = z.looseObject({ drafts: z.array(draftSchema).nullish(), nextPageToken: z.string().nullish() });
const messageListSchema = z.looseObject({ messages: z.array(z.looseObject({ id })).nullish() });
const messageSchema = z.looseObject({
  id,
  labelIds: labels,
  payload: z.looseObject({ headers: z.array(header).nullish() }).nullish(),
});
const threadSchema = z.looseObject({ messages: z.array(messageSchema).nullish() });
const sentSchema = z.looseObject({ id });
type Message = z.infer<typeof messageSchema>;

/** Gmail takes mails of 25 MB ("Gmail sending limits"), in which a file stands as base64: a third longer. */
const ATTACHMENT_BYTES_MAX = 18_000_000;

const noticeSchema = messageSchema.extend({
  threadId: id,
  internalDate: z.string(),
  snippet: z.string().nullish(),
});

/** One page, the newest first: more than a mailbox may send in an hour. */
const NOTICES_MAX = 200;
const NOTICE_HEADERS = [
  ['format', 'metadata'],
  ['metadataHeaders', 'X-Failed-Recipients'],
  ['metadataHeaders', 'Subject'],
] as const;

const SENT_LABEL = 'SENT';
const DRAFT_LABEL = 'DRAFT';

const REFUSALS: Readonly<Record<string, MailRefusal>> = {
  // The message is composed correctly, so the argument that Gmail finds invalid is an address.
  invalidArgument: 'invalidRecipient',
  failedPrecondition: 'mailboxMissing',
  [NO_SUCH_MAILBOX]: 'mailboxMissing',
  dailyLimitExceeded: 'quota',
  quotaExceeded: 'quota',
};

/**
 * Sends from one Workspace mailbox through Gmail. A draft's id as given here also holds its thread, since sending ends
 * the draft and gives the message another id, while the thread stays.
 */
export function createGmailSender(
  deps: { http: HttpClient; clock: Clock; pacer: Pacer },
  settings: GmailSettings,
): MailSender {
  const { clock } = deps;
  const { mailbox } = settings;
  const api = createGmailApi(deps, settings);
  const findByKey = (key: string, signal?: AbortSignal) => foundBy(api, { mailbox, key, signal });
  return {
    way: 'gmail',
    findByKey,
    createDraft: (draft, signal) => draftOf(api, { mailbox, now: clock.now(), draft, signal }),
    send: (draftId, signal) =>
      sendingOf(SENDING, () =>
        api({
          call: 'sendDraft',
          answer: sentSchema,
          body: { id: partsOf(draftId).draft },
          attemptsMax: 1,
          signal,
        }),
      ),
    async discardDraft({ key, draftId }, signal) {
      await deleteDraft(api, { draftId, signal });
      return (await stateOf(api, { mailbox, ask: { key }, draftId, signal })) === 'sent' ? 'sent' : 'discarded';
    },
    bounces: (since, signal) => bouncesOf(api, { since, signal }),
    async outcome(ask, signal) {
      const own = ask.draftId === null ? null : await stateOf(api, { mailbox, ask, draftId: ask.draftId, signal });
      return outcomeOf(own ?? (await findByKey(ask.key, signal)).state, ask, clock.now());
    },
  };
}

function refusalOf({ vendorCode }: VendorCall): MailRefusal | undefined {
  return vendorCode !== undefined && Object.hasOwn(REFUSALS, vendorCode) ? REFUSALS[vendorCode] : undefined;
}

const SENDING: SendRules = { vendor: 'gmail', refusalOf, isNoDraft: ({ status }) => status === 404 };

const SEPARATOR = ':';

function idOf(draft: z.infer<typeof draftSchema>): string {
  return `${draft.id}${SEPARATOR}${draft.message.threadId ?? ''}`;
}

function partsOf(draftId: string): { draft: string; thread: string } {
  const [draft = '', thread = ''] = draftId.split(SEPARATOR);
  return { draft, thread };
}

type KeyAsk = { mailbox: string; key: string; signal: AbortSignal | undefined };

/** Asks for the headers by which a message is known as ours. */
const WITH_HEADERS = [
  ['format', 'metadata'],
  ['metadataHeaders', KEY_HEADER],
  ['metadataHeaders', 'Message-ID'],
] as const;

/**
 * By the Message-ID we gave: drafts keep it; a sent mail that Gmail gave another is found by its thread only. What is
 * found is looked at before it is believed, since a stranger's mail taken for ours would leave somebody without one.
 */
async function foundBy(api: GmailApi, { mailbox, key, signal }: KeyAsk): Promise<MailFound> {
  refuseBadKey(key);
  const search = ['q', `rfc822msgid:${messageIdOf(key, mailbox)}`] as const;
  const isOurs = createOursTest(key, mailbox);
  const { messages } = await api({ call: 'findMessages', answer: messageListSchema, query: [search], signal });
  const drafted = new Set<string>();
  for (const { id: messageId } of messages ?? []) {
    const message = await api({
      call: 'getMessage',
      answer: messageSchema,
      id: messageId,
      query: WITH_HEADERS,
      signal,
    });
    if (!isOurs(message)) continue;
    if (isSent(message)) return { state: 'sent' };
    if ((message.labelIds ?? []).includes(DRAFT_LABEL)) drafted.add(message.id);
  }
  const draftId = drafted.size === 0 ? null : await draftIdOf(api, { search, drafted, signal });
  return draftId === null ? { state: 'none' } : { state: 'draft', draftId };
}

const DRAFT_PAGES_MAX = 100;

/** The id by which a draft is sent stands in the listing of drafts alone. */
async function draftIdOf(
  api: GmailApi,
  ask: { search: readonly [string, string]; drafted: ReadonlySet<string>; signal: AbortSignal | undefined },
): Promise<string | null> {
  let token: string | undefined;
  for (let page = 1; page <= DRAFT_PAGES_MAX; page += 1) {
    const query = token === undefined ? [ask.search] : [ask.search, ['pageToken', token] as const];
    const listed = await api({ call: 'findDrafts', answer: draftListSchema, query, signal: ask.signal });
    const found = (listed.drafts ?? []).find(({ message }) => ask.drafted.has(message.id));
    if (found !== undefined) return idOf(found);
    token = listed.nextPageToken ?? undefined;
    if (token === undefined) return null;
  }
  return null;
}

function isSent({ labelIds }: Message): boolean {
  return (labelIds ?? []).includes(SENT_LABEL);
}

async function draftOf(
  api: GmailApi,
  ask: { mailbox: string; now: number; draft: MailDraft; signal: AbortSignal | undefined },
): Promise<DraftMade> {
  const { mailbox, now, draft, signal } = ask;
  if (!hasUsableAddresses(draft)) return { ok: false, reason: 'invalidRecipient' };
  if (!hasRoomFor(draft, ATTACHMENT_BYTES_MAX)) return { ok: false, reason: 'attachmentTooLarge' };
  try {
    const found = await knownOrFound(api, { mailbox, draft, signal });
    if (found.state === 'sent') return { ok: false, reason: 'alreadySent' };
    if (found.state === 'draft') {
      if (draft.attachments !== undefined) return { ok: true, draftId: found.draftId };
      // Replaced and not changed: what it says may have changed since it was made.
      await deleteDraft(api, { draftId: found.draftId, signal });
    }
    const raw = await rawMessageOf(draft, { mailbox, now });
    const made = await api({ call: 'createDraft', answer: draftSchema, body: { message: { raw } }, signal });
    return { ok: true, draftId: idOf(made) };
  } catch (error) {
    const reason = refusalIn(error, refusalOf);
    if (reason !== undefined) return { ok: false, reason };
    throw error;
  }
}

/** A draft made just now may not be found by a search yet, so the id that is known is asked first. */
async function knownOrFound(
  api: GmailApi,
  { mailbox, draft, signal }: { mailbox: string; draft: MailDraft; signal: AbortSignal | undefined },
): Promise<MailFound> {
  const { key, draftId = null } = draft;
  const own = draftId === null ? null : await stateOf(api, { mailbox, ask: { key }, draftId, signal });
  if (own === 'sent') return { state: 'sent' };
  return own === 'draft' && draftId !== null ? { state: 'draft', draftId } : foundBy(api, { mailbox, key, signal });
}

async function deleteDraft(
  api: GmailApi,
  { draftId, signal }: { draftId: string; signal: AbortSignal | undefined },
): Promise<void> {
  const { draft } = partsOf(draftId);
  await orNull(() => api({ call: 'deleteDraft', answer: z.unknown(), id: draft, expect: 'none', signal }));
}

/** Gmail tells in a header whom its notice is about; its other header, of a thread, leads to the mail. */
async function bouncesOf(
  api: GmailApi,
  { since, signal }: { since: Date; signal: AbortSignal | undefined },
): Promise<MailBounce[]> {
  const from = Math.floor(since.getTime() / 1000);
  const query = [
    ['q', `from:mailer-daemon after:${from}`],
    ['maxResults', String(NOTICES_MAX)],
  ] as const;
  const { messages } = await api({ call: 'findMessages', answer: messageListSchema, query, signal });
  const bounces: MailBounce[] = [];
  for (const { id: messageId } of messages ?? []) {
    const notice = await api({
      call: 'getMessage',
      answer: noticeSchema,
      id: messageId,
      query: NOTICE_HEADERS,
      signal,
    });
    const of = (wanted: string) =>
      (notice.payload?.headers ?? []).find(({ name }) => name.toLowerCase() === wanted)?.value ?? '';
    const failed = of('x-failed-recipients');
    if (failed === '') continue;
    const found = bounceIn(`${failed} ${notice.snippet ?? ''}`, {
      at: Number(notice.internalDate),
      subject: of('subject'),
    });
    if (found !== null) bounces.push({ ...found, draftIdEnd: `${SEPARATOR}${notice.threadId}` });
  }
  return bounces.sort((a, b) => a.at - b.at);
}

/** The draft, while it stands; else the mail that its thread holds. Null where neither is to be found. */
async function stateOf(
  api: GmailApi,
  {
    mailbox,
    ask,
    draftId,
    signal,
  }: { mailbox: string; ask: { key: string }; draftId: string; signal: AbortSignal | undefined },
): Promise<'draft' | 'sent' | null> {
  const { draft, thread } = partsOf(draftId);
  const standing = await orNull(() =>
    api({ call: 'getDraft', answer: standingSchema, id: draft, query: [['format', 'minimal']], signal }),
  );
  if (standing !== null) return 'draft';
  if (thread === '') return null;
  const held = await orNull(() =>
    api({ call: 'getThread', answer: threadSchema, id: thread, query: WITH_HEADERS, signal }),
  );
  const isOurs = createOursTest(ask.key, mailbox);
  return (held?.messages ?? []).some((message) => isSent(message) && isOurs(message)) ? 'sent' : null;
}

/** The thread may hold other mails from this mailbox as well: a person's answer to a reply. */
function createOursTest(key: string, mailbox: string): (message: Message) => boolean {
  const ours = new Map([
    [KEY_HEADER.toLowerCase(), key],
    ['message-id', messageIdOf(key, mailbox)],
  ]);
  return ({ payload }) =>
    (payload?.headers ?? []).some(({ name, value }) => ours.get(name.toLowerCase()) === value.trim());
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.vendor === 'gmail' && error.call.status === 404) return null;
    throw error;
  }
}
