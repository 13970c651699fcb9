/** Messages as a page shows them. */
import type { StoredActivity } from '../state/kept.ts';
import { type SandboxState, type TenantState, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { conversationOf, messagesOf } from './messages.ts';
import type { Place } from './places.ts';

export type ShownMessage = {
  id: string;
  rootId: string | null;
  from: { isBot: boolean; id: string | null; name: string };
  at: string;
  isEdited: boolean;
  isDeleted: boolean;
  text: string;
  textFormat: string;
  attachments: GraphObject[];
  mentions: { text: string; name: string }[];
};

/** The messages of a place, oldest first; replies name their thread. */
export function showMessages(state: SandboxState, place: Place): ShownMessage[] {
  return messagesOf(place.tenant, conversationOf(place)).map((message) => showMessage(state, place.tenant, message));
}

/** One message. */
export function showMessage(state: SandboxState, tenant: TenantState, message: StoredActivity): ShownMessage {
  const { id, rootId, userId, activity, createdAt, editedAt, deletedAt } = message;
  const author = userId === null ? undefined : tenant.usersById.get(userId);
  const name =
    userId === null
      ? state.cast.provider.app.displayName
      : author === undefined
        ? 'Unknown'
        : textOf(author, 'displayName');
  return {
    id,
    rootId,
    from: { isBot: userId === null, id: userId, name },
    at: createdAt,
    isEdited: editedAt !== null,
    isDeleted: deletedAt !== null,
    text: textOf(activity, 'text'),
    textFormat: textOf(activity, 'textFormat') || 'markdown',
    attachments: Array.isArray(activity.attachments) ? (activity.attachments as GraphObject[]) : [],
    mentions: mentionsOf(activity),
  };
}

function mentionsOf(activity: GraphObject): { text: string; name: string }[] {
  const entities = Array.isArray(activity.entities) ? (activity.entities as GraphObject[]) : [];
  return entities
    .filter((entity) => entity.type === 'mention')
    .map((entity) => ({ text: textOf(entity, 'text'), name: textOf(entity, 'text').replaceAll(/<\/?at>/g, '') }));
}
