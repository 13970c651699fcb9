import type { SandboxEvent } from '../state/events.ts';
import type { StoredActivity } from '../state/kept.ts';
import type { SandboxState, TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { chatIdOf, type Place } from './places.ts';

/** What the functions of this folder keep things with. */
export type TeamsWorld = { state: SandboxState; now(): number; record(event: SandboxEvent): void };

/** Of a sent activity, what a message consists of. */
const CONTENT = ['type', 'text', 'textFormat', 'attachments', 'entities', 'summary', 'importance', 'value', 'locale'];

/** The key under which a place's messages stand. */
export function conversationOf(place: Place): string {
  return place.kind === 'channel' ? place.channel.id : place.conversationId;
}

/** Keeps a new message; in a channel without a thread it begins one. */
export function keepMessage(
  world: TeamsWorld,
  place: Place,
  given: { userId: string | null; activity: GraphObject },
): StoredActivity {
  const { tenant } = place;
  const item: StoredActivity = {
    id: nextId(tenant, world.now()),
    conversationId: conversationOf(place),
    rootId: place.kind === 'channel' ? place.rootId : null,
    userId: given.userId,
    activity: contentOf(given.activity),
    createdAt: new Date(world.now()).toISOString(),
    editedAt: null,
    deletedAt: null,
  };
  put(world, tenant, item);
  return item;
}

/** Replaces what a message says. */
export function editMessage(world: TeamsWorld, tenant: TenantState, of: { id: string; activity: GraphObject }): void {
  const before = tenant.kept.activities.get(of.id);
  if (before === undefined) throw new Error(`there is no message ${of.id}`);
  const editedAt = new Date(world.now()).toISOString();
  put(world, tenant, { ...before, activity: contentOf(of.activity), editedAt });
}

/** Takes a message away: what stays is that there was one. */
export function deleteMessage(world: TeamsWorld, tenant: TenantState, id: string): void {
  const before = tenant.kept.activities.get(id);
  if (before === undefined) throw new Error(`there is no message ${id}`);
  put(world, tenant, { ...before, activity: {}, deletedAt: new Date(world.now()).toISOString() });
}

/** Begins a person's chat with the bot, unless it was begun before; gives its id. */
export function openChat(world: TeamsWorld, tenant: TenantState, userId: string): string {
  const id = chatIdOf(world.state, tenant, userId);
  if (!tenant.kept.botChats.has(id)) setChat(world, tenant, { id, userId, isBlocked: false });
  return id;
}

/** A person blocks the bot or lets it write again. */
export function blockBot(world: TeamsWorld, tenant: TenantState, given: { userId: string; isBlocked: boolean }): void {
  setChat(world, tenant, { id: chatIdOf(world.state, tenant, given.userId), ...given });
}

function setChat(
  world: TeamsWorld,
  tenant: TenantState,
  item: { id: string; userId: string; isBlocked: boolean },
): void {
  world.record({ tenantId: tenant.tenant.tenantId, type: 'kept.put', collection: 'botChats', item });
}

/** The messages of a conversation, oldest first; of one thread when its first message is named. */
export function messagesOf(tenant: TenantState, conversationId: string, rootId?: string): StoredActivity[] {
  return [...tenant.kept.activities.values()].filter(
    (one) =>
      one.conversationId === conversationId && (rootId === undefined || one.id === rootId || one.rootId === rootId),
  );
}

function put(world: TeamsWorld, tenant: TenantState, item: StoredActivity): void {
  world.record({ tenantId: tenant.tenant.tenantId, type: 'kept.put', collection: 'activities', item });
}

function contentOf(activity: GraphObject): GraphObject {
  return Object.fromEntries(CONTENT.flatMap((name) => (activity[name] === undefined ? [] : [[name, activity[name]]])));
}

/** The instant in milliseconds, or the next one that no message of the tenant has. */
function nextId(tenant: TenantState, now: number): string {
  let number = Math.floor(now);
  while (tenant.kept.activities.has(String(number))) number += 1;
  return String(number);
}
