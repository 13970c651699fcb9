/**
 * Where the bot can write in Teams and what it wrote. A chat or channel is known by tenant, kind and party; its ids and
 * address may change with every activity, so the latest one counts. A message is planned before it is sent and noted
 * after, so that a crash between the two is seen.
 */
import type { Json } from '../../lib/canonical-json.ts';
import type { Identity } from '../access/access.core.ts';

export type ConversationKind = 'personal' | 'channel' | 'groupChat';

/** Whether the bot may write there: the app was removed, or the person blocked it. */
export type ConversationState = 'installed' | 'blocked' | 'removed';

/** One chat or channel as last seen. */
export type Conversation = {
  tenantId: string;
  kind: ConversationKind;
  /** Object id of the person, or id of the channel or group chat. */
  party: string;
  /** Root id, without `;messageid=`. */
  conversationId: string;
  serviceUrl: string;
  botId: string;
  /** The person's id towards this bot (`29:…`); null for a channel. */
  userId: string | null;
  teamId: string | null;
  state: ConversationState;
};

/** Where a message shall go. */
export type PostTarget =
  /** Into a conversation as it is: a thread of a channel, or a chat. */
  | { to: 'conversation'; tenantId: string; conversationId: string; serviceUrl: string; party: string }
  /** To a person, in the chat with the bot, which is opened when there is none yet. */
  | { to: 'person'; tenantId: string; objectId: string }
  /** A new post in a channel. */
  | { to: 'channel'; tenantId: string; channelId: string; teamId: string | null };

export type PostState = 'planned' | 'posting' | 'posted' | 'unknown' | 'refused' | 'gone';

/** One message of the bot. */
export type Post = {
  key: string;
  target: PostTarget;
  content: Json | null;
  subject: string | null;
  state: PostState;
  serviceUrl: string | null;
  conversationId: string | null;
  activityId: string | null;
  shown: string | null;
  failure: string | null;
  /** When this state was noted, ISO 8601. */
  updatedAt: string;
};

/** Where a message landed. */
export type Landed = { serviceUrl: string; conversationId: string; activityId: string };

/** A question that a person has to answer, and who took it. */
export type HandOver = {
  id: string;
  facts: Json;
  taken: { by: Identity; displayName: string | null; at: string } | null;
};

/** The conversation's own id: Teams appends the thread to it. */
export function rootOf(conversationId: string): string {
  return conversationId.split(';messageid=')[0] ?? conversationId;
}

/** The first message of the thread that an id names; null for a conversation without threads. */
export function threadOf(conversationId: string): string | null {
  return conversationId.split(';messageid=')[1] ?? null;
}
