/** What others wrote to a tenant's people since life last looked: mail, messages of the bot, tickets in the PSA. */

import { parseMail, partOf, textOfPart } from '../gmail/mime.ts';
import { openMailbox } from '../gmail/state.ts';
import { isObject, type SandboxState, type TenantState, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import type { LegacyClient, Seen } from './life-state.ts';

/** Something that reached somebody: `key` names it in the same way whatever ids the vendors drew. */
export type Letter = { at: number; userId: string; key: string; text: string };

/** Words by which people see that something is about them and MFA, in the languages of the customers. */
const ABOUT_MFA =
  /\bMFA\b|\b2FA\b|multi-?factor|authenticat|authentifi|two-?(step|factor)|second factor|zwei-?(faktor|stufig)|zweite[rnm]? faktor|security info|sicherheitsinfo|passkey/i;

/** Words by which the owner of a program sees that it is meant. */
const ABOUT_LEGACY =
  /legacy|\bROPC\b|\bIMAP|\bPOP3|\bSMTP\b|ActiveSync|basic auth|older? (client|protocol)|veraltet|alte[srn]? (protokoll|programm|anmeld)/i;

export function isAboutMfa(text: string): boolean {
  return ABOUT_MFA.test(text);
}

/** Letters to people of the tenant since `seen`, in order of arrival. */
export function newLetters(state: SandboxState, tenant: TenantState, seen: Seen): Letter[] {
  const byAddress = addressBook(tenant);
  const letters = [
    ...outlookLetters(tenant, seen, byAddress),
    ...gmailLetters(state, seen, byAddress),
    ...botLetters(tenant, seen),
  ];
  return letters.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

function addressBook(tenant: TenantState): ReadonlyMap<string, string> {
  const book = new Map<string, string>();
  for (const user of tenant.tenant.users) {
    const aliases = Array.isArray(user.proxyAddresses)
      ? user.proxyAddresses.filter((one) => typeof one === 'string')
      : [];
    for (const name of [textOf(user, 'mail'), textOf(user, 'userPrincipalName'), ...aliases]) {
      const address = name.toLowerCase().replace(/^smtp:/, '');
      if (address !== '') book.set(address, user.id);
    }
  }
  return book;
}

function outlookLetters(tenant: TenantState, seen: Seen, byAddress: ReadonlyMap<string, string>): Letter[] {
  return [...tenant.kept.sentMails.values()].slice(seen.mails).flatMap((mail) => {
    const body = isObject(mail.message.body) ? textOf(mail.message.body, 'content') : '';
    const text = `${mail.subject}\n${body}`;
    const missed = new Set(mail.undeliverable.map((address) => address.toLowerCase()));
    return [...mail.to, ...mail.cc, ...mail.bcc].flatMap((address) => {
      const userId = missed.has(address.toLowerCase()) ? undefined : byAddress.get(address.toLowerCase());
      return userId === undefined ? [] : [letterOf({ at: Date.parse(mail.at), userId, text, subject: mail.subject })];
    });
  });
}

function gmailLetters(state: SandboxState, seen: Seen, byAddress: ReadonlyMap<string, string>): Letter[] {
  return state.gmail.deliveries.slice(seen.deliveries).flatMap((delivery) => {
    const userId = delivery.delivered ? byAddress.get(delivery.recipient.toLowerCase()) : undefined;
    if (userId === undefined) return [];
    const raw = openMailbox(state.gmail, delivery.mailbox).messages.get(delivery.gmailId)?.raw ?? '';
    const body = textOfPart(partOf(parseMail(Buffer.from(raw, 'base64url').toString('latin1'))));
    const { subject } = delivery;
    return [letterOf({ at: Date.parse(delivery.at), userId, text: `${subject}\n${body}`, subject })];
  });
}

function botLetters(tenant: TenantState, seen: Seen): Letter[] {
  return [...tenant.kept.activities.values()].slice(seen.activities).flatMap((one) => {
    const chat = tenant.kept.botChats.get(one.conversationId);
    if (one.userId !== null || chat === undefined || chat.isBlocked || one.deletedAt !== null) return [];
    const text = JSON.stringify(one.activity);
    return [letterOf({ at: Date.parse(one.createdAt), userId: chat.userId, text, subject: 'chat' })];
  });
}

/** People look for what is new by the half hour: the second at which one of a hundred mails left tells nothing of them. */
const SEEN_MS = 30 * 60_000;

function letterOf({ subject, ...letter }: Omit<Letter, 'key'> & { subject: string }): Letter {
  const at = Math.ceil(letter.at / SEEN_MS) * SEEN_MS;
  return { ...letter, at, key: `${at} ${letter.userId} ${subject}` };
}

/** What was written into the PSA since `seen`, each with all that stands on its ticket and when it was written. */
export function newRecords(state: SandboxState, seen: Seen): { id: number; at: number; text: string }[] {
  const { ticket, note } = state.connectwise.records;
  const notes = [...note.values()];
  const fresh = [...ticket.values(), ...notes].filter(({ id }) => id > seen.records).sort((a, b) => a.id - b.id);
  return fresh.map((record) => {
    const ticketId = typeof record.ticketId === 'number' ? record.ticketId : record.id;
    const told = notes.filter((one) => one.ticketId === ticketId).map((one) => textOf(one, 'text'));
    const text = [textOf(ticket.get(ticketId) ?? {}, 'summary'), ...told].join('\n');
    return { id: record.id, at: enteredAt(record), text };
  });
}

function enteredAt(record: GraphObject): number {
  const info = isObject(record._info) ? record._info : {};
  return Date.parse(textOf(info, 'dateEntered') || textOf(record, 'dateCreated'));
}

/** Whether a text tells somebody of this program: it names the account and what signs in. */
export function isAboutClient(tenant: TenantState, client: LegacyClient, text: string): boolean {
  const user = tenant.usersById.get(client.userId);
  if (user === undefined) return false;
  const lower = text.toLowerCase();
  const has = (name: string) => name.length > 3 && lower.includes(name.toLowerCase());
  const names = [user.id, textOf(user, 'userPrincipalName'), textOf(user, 'mail'), textOf(user, 'displayName')];
  const isMeant = has(client.appId) || has(client.appName) || has(client.client) || ABOUT_LEGACY.test(text);
  return isMeant && names.some(has);
}
