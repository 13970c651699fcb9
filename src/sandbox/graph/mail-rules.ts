/** What Outlook refuses in a message that is created or sent. */
import { z } from 'zod';
import type { Answer } from '../http/exchange.ts';
import { isObject, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import type { GraphContext } from './context.ts';
import { badRequest, graphError } from './errors.ts';
import { addressesOf } from './mail-form.ts';

const HEADERS_MAX = 5;
const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;
/** `String {guid} Name x` and the like, or a tag such as `String 0x1045`. */
const PROPERTY_ID =
  /^(?:String|Integer|Boolean|SystemTime|Binary) (?:\{[0-9a-f-]{36}\} (?:Name|Id) \S.*|0x[0-9a-f]{1,4})$/i;

const recipient = z.looseObject({ emailAddress: z.looseObject({ address: z.string() }) });
const recipientList = z.array(recipient).optional();

const messageSchema = z.looseObject({
  subject: z.string().nullish(),
  importance: z.string().optional(),
  body: z.looseObject({ contentType: z.string().optional(), content: z.string().nullish() }).optional(),
  toRecipients: recipientList,
  ccRecipients: recipientList,
  bccRecipients: recipientList,
  replyTo: recipientList,
  from: recipient.optional(),
  internetMessageHeaders: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
  singleValueExtendedProperties: z.array(z.looseObject({ id: z.string(), value: z.string() })).optional(),
  attachments: z.array(z.looseObject({ name: z.string(), contentBytes: z.string().optional() })).optional(),
});

/** Why a message cannot be stored: a wrong kind of value, headers, properties. Null: it can. */
export function refuseMessage(message: GraphObject): Answer | null {
  const parsed = messageSchema.safeParse(message);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('/') ?? '';
    return badRequest(`Invalid value specified for property '${where}' of message.`, 'RequestBodyRead');
  }
  const headers = refuseHeaders(parsed.data.internetMessageHeaders);
  if (headers !== null) return headers;
  const bad = (parsed.data.singleValueExtendedProperties ?? []).find(({ id }) => !PROPERTY_ID.test(id));
  return bad === undefined
    ? null
    : badRequest(
        `PropertyId values may only be in one of the following formats: '${bad.id}' is not.`,
        'ErrorInvalidProperty',
      );
}

/** Own headers begin with x-, there are at most five, and a list that is there holds one at least. */
function refuseHeaders(headers: { name: string }[] | undefined): Answer | null {
  if (headers === undefined) return null;
  if (headers.length === 0 || headers.length > HEADERS_MAX) {
    const message = `The number of internet message headers must be between 1 and ${HEADERS_MAX}.`;
    return badRequest(message, 'InvalidInternetMessageHeaderCollection');
  }
  const bad = headers.find(({ name }) => !/^x-./i.test(name));
  if (bad === undefined) return null;
  return badRequest(
    `The internet message header name '${bad.name}' should start with 'x-' or 'X-'.`,
    'InvalidInternetMessageHeader',
  );
}

/** Why a message cannot be sent: nobody to send it to, or what is no address. */
export function refuseRecipients(message: GraphObject): Answer | null {
  const all = ['toRecipients', 'ccRecipients', 'bccRecipients'].flatMap((name) => addressesOf(message[name]));
  if (all.length === 0 || all.some((address) => !ADDRESS.test(address))) {
    return badRequest('At least one recipient is not valid.', 'ErrorInvalidRecipients');
  }
  return null;
}

const DAY_MS = 86_400_000;

/**
 * Why a mail cannot be sent today: its mailbox has written to so many people already. The code is the one that Microsoft
 * names for 10,000 mails in 24 hours (learn.microsoft.com, "ErrorSubmissionQuotaExceeded exception appears in Microsoft
 * Dynamics 365 mailbox"); with which status Graph gives it is written nowhere.
 */
export function refuseForToday(
  context: GraphContext,
  given: { mailboxId: string; message: GraphObject },
): Answer | null {
  const { tenant, now } = context;
  const since = new Date(now - DAY_MS).toISOString();
  let written = recipientsOf(given.message);
  for (const { mailboxId, at, to, cc, bcc } of tenant.kept.sentMails.values())
    if (mailboxId === given.mailboxId && at > since) written += to.length + cc.length + bcc.length;
  if (written <= tenant.options.mailRecipientsPerDay) return null;
  return graphError(429, 'ErrorSubmissionQuotaExceeded', 'The daily limit for message recipients was reached.');
}

function recipientsOf(message: GraphObject): number {
  return ['toRecipients', 'ccRecipients', 'bccRecipients'].flatMap((name) => addressesOf(message[name])).length;
}

/** A mail may only come from the mailbox that sends it, as long as nobody granted more. */
export function refuseSender(message: GraphObject, mailbox: GraphObject): Answer | null {
  const address =
    isObject(message.from) && isObject(message.from.emailAddress) ? textOf(message.from.emailAddress, 'address') : '';
  const own = [textOf(mailbox, 'mail'), textOf(mailbox, 'userPrincipalName')].map((name) => name.toLowerCase());
  if (address === '' || own.includes(address.toLowerCase())) return null;
  return {
    ...badRequest(
      'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
      'ErrorSendAsDenied',
    ),
    status: 403,
  };
}
