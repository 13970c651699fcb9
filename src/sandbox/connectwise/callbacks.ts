/** Callbacks: who wants to hear of what, and the signed message that goes out once and is never repeated. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { GraphObject } from '../world/world.ts';
import { type ConnectWiseState, type CwRecord, idIn } from './state.ts';

/** Something that a callback may be about. Tickets of projects are of the type `ticket` too. */
export type Notice = { action: 'added' | 'updated' | 'deleted'; type: 'ticket' | 'project'; record: CwRecord };

/** A message on its way to a callback's address. */
export type Message = { url: string; body: string; signature: string };

/** Levels of the types that are simulated; `owner` is the whole site. */
export const CALLBACK_LEVELS: Readonly<Record<string, readonly string[]>> = {
  ticket: ['owner', 'board', 'company', 'status', 'ticket'],
  project: ['owner', 'board', 'company', 'status', 'project'],
  company: ['owner', 'company'],
  contact: ['owner', 'company', 'contact'],
};

/** The messages that a change makes, in the order of the callbacks. `by` is who made the change. */
export function messagesFor(state: ConnectWiseState, notice: Notice, given: { url: string; by: string }): Message[] {
  const copies = { once: 1, twice: 2, never: 0 }[state.options.deliveries];
  return [...state.records.callback.values()]
    .filter((callback) => wants(state, callback, notice, given.by))
    .flatMap((callback) => Array.from({ length: copies }, () => callback))
    .map((callback) => messageTo(state, callback, notice, given));
}

function wants(state: ConnectWiseState, callback: CwRecord, notice: Notice, by: string): boolean {
  if (callback.inactiveFlag === true || callback.type !== notice.type) return false;
  if (callback.isSelfSuppressedFlag === true && by === state.site.member) return false;
  const { record } = notice;
  switch (callback.level) {
    case 'owner':
      return true;
    case notice.type:
      return record.id === callback.objectId;
    default:
      return idIn(record[String(callback.level)]) === callback.objectId;
  }
}

function messageTo(
  state: ConnectWiseState,
  callback: CwRecord,
  notice: Notice,
  given: { url: string; by: string },
): Message {
  const { site, options } = state;
  const query = `companyName=${site.company}&id=${site.signingKeyId}`;
  const body = JSON.stringify({
    Action: notice.action,
    CallbackObjectRecId: callback.id,
    CompanyId: site.company,
    Entity: notice.action === 'deleted' ? null : JSON.stringify(notice.record),
    FromUrl: new URL(given.url).host,
    ID: notice.record.id,
    MemberId: given.by,
    MessageId: randomUUID(),
    Metadata: { key_url: `${given.url}/${options.codebase}//system/callbackkey/index.rails?${query}` },
    PartnerId: '5f0000000000000000000001',
    ProductInstanceId: '5f0000000000000000000002',
    Type: notice.type,
  });
  // The record's id is put behind the address as it stands: an address that should have a query must end in one.
  return { url: `${String(callback.url)}${notice.record.id}`, body, signature: signatureOf(site.signingKey, body) };
}

/** Base64 of the HMAC-SHA256 over the body, with the SHA-256 of the signing key as the key. */
export function signatureOf(signingKey: string, body: string): string {
  const key = createHash('sha256').update(signingKey).digest();
  return createHmac('sha256', key).update(body).digest('base64');
}

/** What is wrong with the address or the level of a callback; `objectId` 0 stands for 1. */
export function callbackFlaws(values: GraphObject) {
  const levels = CALLBACK_LEVELS[String(values.type)] ?? [];
  const { protocol } = URL.parse(String(values.url)) ?? { protocol: '' };
  return [
    ...(protocol === 'https:' || protocol === 'http:'
      ? []
      : [{ code: 'InvalidField' as const, message: 'Invalid URL', field: 'url' }]),
    ...(levels.includes(String(values.level))
      ? []
      : [
          {
            code: 'InvalidObject' as const,
            message: 'Unrecognized level for type, see documentation for supported levels for each type',
            field: 'level',
          },
        ]),
  ];
}
