/** How Teams names people, bots and conversations towards a bot. */
import { createHash } from 'node:crypto';

const USER = '29:1';
const MARK_BYTES = 8;
const PERSONAL = 'a:1';
const THREAD_MARK = ';messageid=';

/** The bot's own id in conversations. */
export function botMri(appId: string): string {
  return `28:${appId}`;
}

/** The id under which one bot knows a person of a tenant: another bot would see another one. */
export function userMri(given: { appId: string; tenantId: string; userId: string }): string {
  const stream = streamOf(given);
  const plain = Buffer.from(given.userId, 'utf8');
  const mixed = plain.map((byte, index) => byte ^ (stream[index % stream.length] ?? 0));
  return `${USER}${Buffer.concat([mixed, markOf(given)]).toString('base64url')}`;
}

/** The person behind a `29:` id; null when it is no id of this bot in this tenant. */
export function userOfMri(mri: string, given: { appId: string; tenantId: string }): string | null {
  if (!mri.startsWith(USER)) return null;
  const bytes = Buffer.from(mri.slice(USER.length), 'base64url');
  if (bytes.length <= MARK_BYTES) return null;
  const stream = streamOf(given);
  const mixed = bytes.subarray(0, bytes.length - MARK_BYTES);
  const userId = Buffer.from(mixed.map((byte, index) => byte ^ (stream[index % stream.length] ?? 0))).toString('utf8');
  return userMri({ ...given, userId }) === mri ? userId : null;
}

/** The id of the chat between a person and the bot. */
export function personalChatId(given: { appId: string; tenantId: string; userId: string }): string {
  const key = `chat ${given.appId} ${given.tenantId} ${given.userId}`;
  return `${PERSONAL}${createHash('sha512').update(key).digest('base64url')}`;
}

/** A conversation's id apart: the channel or chat, and the first message of the thread where it names one. */
export function splitConversationId(id: string): { base: string; rootId: string | null } {
  const at = id.indexOf(THREAD_MARK);
  return at < 0 ? { base: id, rootId: null } : { base: id.slice(0, at), rootId: id.slice(at + THREAD_MARK.length) };
}

/** The id of a thread in a channel. */
export function threadConversationId(channelId: string, rootId: string): string {
  return `${channelId}${THREAD_MARK}${rootId}`;
}

function streamOf({ appId, tenantId }: { appId: string; tenantId: string }): Buffer {
  return createHash('sha256').update(`mri ${appId} ${tenantId}`).digest();
}

function markOf(given: { appId: string; tenantId: string; userId: string }): Buffer {
  const key = `mark ${given.appId} ${given.tenantId} ${given.userId}`;
  return createHash('sha256').update(key).digest().subarray(0, MARK_BYTES);
}

/** The address under which a tenant's conversations are written to: a region and the tenant, with a slash at the end. */
export function serviceUrlOf(connectorUrl: string, tenantId: string): string {
  return `${connectorUrl}/emea/${tenantId}/`;
}
