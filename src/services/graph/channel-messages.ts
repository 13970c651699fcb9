import type { Graph } from './client.ts';
import { pagesOf, type ReadOptions } from './pages.ts';
import { channelMessageSchema, type GraphChannelMessage } from './wire.ts';

/** The most that Graph gives in a page. */
const PAGE_SIZE = 50;
/** A channel takes few messages between a crash and the start after it: what is further back was known before. */
const PAGES_MAX = 10;

type Place = { teamId: string; channelId: string; threadId?: string | undefined };

/**
 * The messages of a channel page by page, newest first: those that begin a thread, or the replies in the thread that is
 * named. Needs ChannelMessage.Read.Group, which holds in teams where the app is installed.
 */
export async function* channelMessages(
  graph: Graph,
  { teamId, channelId, threadId }: Place,
  options: ReadOptions = {},
): AsyncGenerator<GraphChannelMessage[], void, undefined> {
  const ids = { id: teamId, channelId, ...(threadId === undefined ? {} : { messageId: threadId }) };
  const listing = {
    call: threadId === undefined ? ('channels.messages' as const) : ('channels.replies' as const),
    row: channelMessageSchema,
    options: { ...options, ids, query: { $top: PAGE_SIZE } },
  };
  for await (const { rows } of pagesOf(graph, listing)) yield rows;
}

export type PostedAsk = Place & {
  /** A text that only this one posting holds: in its card, or in its words. */
  marker: string;
  /** The bot's application id: what others post is not ours, whatever it holds. */
  appId: string;
  /** When posting was first tried (ms): a page of older messages ends the search. */
  since: number;
};

/**
 * The message that our bot posted with this marker, for finding out after a lost answer or a crash whether it went out;
 * null where none stands. Deleted messages do not count. Needs ChannelMessage.Read.Group.
 */
export async function findPosted(
  graph: Graph,
  ask: PostedAsk,
  options: ReadOptions = {},
): Promise<GraphChannelMessage | null> {
  let pages = 0;
  for await (const messages of channelMessages(graph, ask, options)) {
    const found = messages.find((message) => isPosted(message, ask));
    if (found !== undefined) return found;
    pages += 1;
    if (pages >= PAGES_MAX || areAllOlder(messages, ask.since)) return null;
  }
  return null;
}

function isPosted(message: GraphChannelMessage, { marker, appId }: PostedAsk): boolean {
  if (message.from?.application?.id?.toLowerCase() !== appId.toLowerCase()) return false;
  if ((message.deletedDateTime ?? null) !== null) return false;
  const texts = [message.body?.content, ...(message.attachments ?? []).map(({ content }) => content)];
  return texts.some((text) => text?.includes(marker) === true);
}

/** All of them: a message that was answered lately may stand before newer ones. */
function areAllOlder(messages: readonly GraphChannelMessage[], since: number): boolean {
  const isOlder = ({ createdDateTime }: GraphChannelMessage) => Date.parse(createdDateTime ?? '') < since;
  return messages.length > 0 && messages.every(isOlder);
}
