/** The posts of a channel as Graph shows them to an application that may read them. */
import type { Answer } from '../http/exchange.ts';
import type { StoredActivity } from '../state/kept.ts';
import { textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import type { GraphContext } from './context.ts';
import { forbidden } from './errors.ts';
import { listAnswer } from './listing.ts';
import { channelOf, missing } from './teams-channels.ts';
import { findApp, installationsOf } from './teams-form.ts';

const PAGE = { default: 20, max: 50 };
const GROUP_RIGHT = 'ChannelMessage.Read.Group';
const EVERYWHERE = 'ChannelMessage.Read.All';

/** GET /teams/{id}/channels/{channel}/messages: first messages only, the newest first. */
export function listChannelMessages(context: GraphContext): Answer {
  return answerMessages(context, { fragment: 'messages', wanted: (message) => message.rootId === null });
}

/** GET …/messages/{message}/replies, the newest first. */
export function listReplies(context: GraphContext): Answer {
  const root = context.values.message ?? '';
  return answerMessages(context, {
    fragment: `messages('${root}')/replies`,
    root,
    wanted: (message) => message.rootId === root,
  });
}

type Wanted = { fragment: string; root?: string; wanted(message: StoredActivity): boolean };

function answerMessages(context: GraphContext, { fragment, root, wanted }: Wanted): Answer {
  const found = channelOf(context);
  if (!found.ok) return found.refusal;
  const { team, channel } = found;
  if (!mayRead(context, team.id)) return forbidden();
  const own = [...context.tenant.kept.activities.values()].filter(
    ({ conversationId }) => conversationId === channel.id,
  );
  if (root !== undefined && own.every(({ id }) => id !== root)) return missing(`message with id ${root}`);
  const items = own.filter(wanted).reverse();
  return listAnswer<GraphObject>(context, {
    fragment: `teams('${team.id}')/channels('${encodeURIComponent(channel.id)}')/${fragment}`,
    resource: 'chatMessage',
    items: items.map((message) => showMessage(context, { message, teamId: team.id })),
    view: (message) => message,
    filters: {},
    page: PAGE,
  });
}

/** The right of a team comes with the app's installation there, and goes with it. */
function mayRead(context: GraphContext, teamId: string): boolean {
  if (context.roles.has(EVERYWHERE)) return true;
  if (!context.roles.has(GROUP_RIGHT)) return false;
  const installed = installationsOf(context.tenant, { holder: 'team', holderId: teamId });
  return installed.some(({ teamsAppId }) => findApp(context.tenant, teamsAppId)?.azureAdAppId === context.appId);
}

/** A post as Graph's chatMessage; what is in a card comes as JSON inside a text. */
function showMessage(context: GraphContext, given: { message: StoredActivity; teamId: string }): GraphObject {
  const { message, teamId } = given;
  const { id, activity, rootId, createdAt, editedAt, deletedAt, conversationId } = message;
  const attachments = attachmentsOf(message);
  const marks = attachments.map((attachment) => `<attachment id="${String(attachment.id)}"></attachment>`).join('');
  const text = textOf(activity, 'text');
  return {
    id,
    replyToId: rootId,
    etag: String(editedAt === null ? id : Date.parse(editedAt)),
    messageType: 'message',
    createdDateTime: createdAt,
    lastModifiedDateTime: editedAt ?? createdAt,
    lastEditedDateTime: editedAt,
    deletedDateTime: deletedAt,
    subject: null,
    summary: null,
    chatId: null,
    importance: 'normal',
    locale: 'en-us',
    webUrl: `https://teams.microsoft.com/l/message/${encodeURIComponent(conversationId)}/${id}?groupId=${teamId}&tenantId=${context.tenant.tenant.tenantId}`,
    policyViolation: null,
    eventDetail: null,
    from: authorOf(context, message),
    body: { contentType: marks === '' ? 'text' : 'html', content: marks === '' ? text : `${escapeHtml(text)}${marks}` },
    channelIdentity: { teamId, channelId: conversationId },
    attachments,
    mentions: [],
    reactions: [],
  };
}

function authorOf(context: GraphContext, { userId }: StoredActivity): GraphObject {
  const { state } = context.deps;
  if (userId === null) {
    const { appId, displayName } = state.cast.provider.app;
    return { application: { id: appId, displayName, applicationIdentityType: 'bot' }, device: null, user: null };
  }
  const user = context.tenant.usersById.get(userId);
  const displayName = user === undefined ? null : textOf(user, 'displayName');
  const { tenantId } = context.tenant.tenant;
  return {
    application: null,
    device: null,
    user: { id: userId, displayName, userIdentityType: 'aadUser', tenantId },
  };
}

function attachmentsOf({ id, activity }: StoredActivity): GraphObject[] {
  const given = Array.isArray(activity.attachments) ? (activity.attachments as GraphObject[]) : [];
  return given.map(({ contentType, content, contentUrl, name }, index) => ({
    id: `${id}${String(index).padStart(4, '0')}`,
    contentType,
    contentUrl: contentUrl ?? null,
    content: content === undefined ? null : typeof content === 'string' ? content : JSON.stringify(content),
    name: name ?? null,
    thumbnailUrl: null,
    teamsAppId: null,
  }));
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
