import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';

export const ADAPTIVE_CARD = 'application/vnd.microsoft.card.adaptive';

/** The newest version of cards that Teams draws. */
const VERSION_MAX = 1.5;
const ATTACHMENTS_MAX = 10;
const REFRESH_USERS_MAX = 60;

/** What Teams refuses about a message, or null. */
export function messageProblem(activity: GraphObject): string | null {
  if (activity.type !== undefined && activity.type !== 'message') return null;
  const attachments = attachmentsOf(activity);
  if (attachments === null) return 'Attachments must be a list of objects.';
  if (attachments.length > ATTACHMENTS_MAX) return `A message takes at most ${ATTACHMENTS_MAX} attachments.`;
  const text = typeof activity.text === 'string' ? activity.text.trim() : '';
  if (text === '' && attachments.length === 0) return 'Message must have text, attachments or both.';
  for (const attachment of attachments) {
    const problem = attachmentProblem(attachment);
    if (problem !== null) return problem;
  }
  return null;
}

function attachmentsOf(activity: GraphObject): GraphObject[] | null {
  const given: unknown = activity.attachments ?? [];
  return Array.isArray(given) && given.every(isObject) ? given : null;
}

function attachmentProblem(attachment: GraphObject): string | null {
  if (typeof attachment.contentType !== 'string') return 'An attachment needs a contentType.';
  if (attachment.contentType !== ADAPTIVE_CARD) return null;
  return cardProblem(attachment.content);
}

/** What Teams refuses about a card, or null. */
export function cardProblem(card: unknown): string | null {
  if (!isObject(card) || card.type !== 'AdaptiveCard') return 'Invalid card: its content is no AdaptiveCard.';
  const version = typeof card.version === 'string' ? card.version : '';
  if (!/^\d+\.\d+$/.test(version)) return 'Invalid card: it has no version.';
  if (Number.parseFloat(version) > VERSION_MAX) return `Invalid card: version ${version} is not supported.`;
  return card.body === undefined || Array.isArray(card.body) ? null : 'Invalid card: its body is no list.';
}

/** The card of a message; null when it carries none. */
export function cardOf(activity: GraphObject): GraphObject | null {
  const card = (attachmentsOf(activity) ?? []).find((one) => one.contentType === ADAPTIVE_CARD)?.content;
  return isObject(card) ? card : null;
}

/** The action that a card asks to be sent by itself for this person; null for everybody else. */
export function refreshOf(card: GraphObject, mri: string, memberCount: number): GraphObject | null {
  const { refresh } = card;
  if (!isObject(refresh) || !isObject(refresh.action)) return null;
  const { userIds } = refresh;
  // Without a list everybody is meant, in small conversations; of a longer one Teams takes the first names.
  if (!Array.isArray(userIds)) return memberCount <= REFRESH_USERS_MAX ? refresh.action : null;
  return userIds.slice(0, REFRESH_USERS_MAX).includes(mri) ? refresh.action : null;
}

/** The length of a message as Teams counts it: UTF-16, without the pictures that are written into it. */
export function messageBytes(activity: GraphObject): number {
  const text = JSON.stringify(activity).replaceAll(/data:image\/[a-z+.-]+;base64,[A-Za-z0-9+/=]+/g, '');
  return Buffer.byteLength(text, 'utf16le');
}
