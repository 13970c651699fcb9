/**
 * What callers make in a tenant that a world does not begin with: mail, channels, tabs, installed apps. A stored
 * shape: the journal holds these objects as they are.
 */
import type { GraphObject, TeamsApp } from '../world/world.ts';

/** A message in a mailbox. Its id here is the key from which both kinds of Graph ids are made. */
export type StoredMessage = {
  id: string;
  mailboxId: string;
  /** What the sender wrote, in Graph's form, without attachments. */
  message: GraphObject;
  attachments: (GraphObject & { id: string })[];
  createdAt: string;
  modifiedAt: string;
  /** Whether it was a draft before it was sent; what was sent in one call appears in Sent Items only. */
  wasDraft: boolean;
  sentAt: string | null;
  /** From when on it stands in Sent Items; until then a sent draft still looks like a draft. */
  settlesAt: string | null;
};

/** One accepted mail: the truth about who was mailed what. `messageId` is the draft's id, null for a direct send. */
export type SentMail = {
  id: string;
  at: string;
  mailboxId: string;
  messageId: string | null;
  to: string[];
  cc: string[];
  bcc: string[];
  subject: string;
  message: GraphObject;
  attachments: { name: string; bytes: number; sha256: string }[];
  /** Addresses that nobody has; their notice reaches the sender's inbox at `returnsAt`. */
  undeliverable: string[];
  returnsAt: string | null;
};

export type StoredChannel = {
  id: string;
  teamId: string;
  displayName: string;
  description: string | null;
  createdDateTime: string;
};

export type StoredTab = {
  id: string;
  teamId: string;
  channelId: string;
  displayName: string;
  teamsAppId: string;
  configuration: GraphObject;
  sortOrderIndex: string;
};

export type Installation = {
  id: string;
  holder: 'team' | 'user';
  holderId: string;
  teamsAppId: string;
  /** The version that was installed; absent in older folders: whatever the catalogue has. */
  version?: string;
};

export type StoredPin = { id: string; chatId: string };

/** A message in a channel's thread or in the chat of a person with the bot. */
export type StoredActivity = {
  /** Milliseconds since the epoch as text, as Teams numbers its messages; unique in the tenant. */
  id: string;
  /** The channel, or the chat with the bot. */
  conversationId: string;
  /** The thread's first message; null for a first message and in chats. */
  rootId: string | null;
  /** The person who wrote it; null: the bot. */
  userId: string | null;
  /** Text, attachments and entities as they were sent. */
  activity: GraphObject;
  createdAt: string;
  editedAt: string | null;
  deletedAt: string | null;
};

/** What can become of a subscription. */
export type LifecycleEvent = 'missed' | 'subscriptionRemoved' | 'reauthorizationRequired';

/** A subscription to change notifications; `told` is what became of it, by control. */
export type StoredSubscription = {
  id: string;
  appId: string;
  changeType: string;
  resource: string;
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  clientState: string | null;
  expirationDateTime: string;
  told: LifecycleEvent | null;
};

/** The chat of a person with the bot, once either side began it; the person may have blocked the bot. */
export type StoredBotChat = { id: string; userId: string; isBlocked: boolean };

/** The collections by name. */
export type Kept = {
  messages: StoredMessage;
  sentMails: SentMail;
  channels: StoredChannel;
  tabs: StoredTab;
  teamsApps: TeamsApp;
  installations: Installation;
  pins: StoredPin;
  activities: StoredActivity;
  botChats: StoredBotChat;
  subscriptions: StoredSubscription;
};

export type KeptMaps = { [Name in keyof Kept]: Map<string, Kept[Name]> };

export type KeptEvent =
  | { [Name in keyof Kept]: { type: 'kept.put'; collection: Name; item: Kept[Name] } }[keyof Kept]
  | { type: 'kept.remove'; collection: keyof Kept; id: string };

/** Empty collections, apart from what the tenant's catalogue begins with. */
export function createKept(teamsApps: readonly TeamsApp[]): KeptMaps {
  return {
    messages: new Map(),
    sentMails: new Map(),
    channels: new Map(),
    tabs: new Map(),
    teamsApps: new Map(teamsApps.map((app) => [app.id, app])),
    installations: new Map(),
    pins: new Map(),
    activities: new Map(),
    botChats: new Map(),
    subscriptions: new Map(),
  };
}

/** Applies one event to the collections. */
export function applyKeptEvent(kept: KeptMaps, event: KeptEvent): void {
  if (event.type === 'kept.remove') {
    kept[event.collection].delete(event.id);
    return;
  }
  const collection: Map<string, Kept[keyof Kept]> = kept[event.collection];
  collection.set(event.item.id, event.item);
}
