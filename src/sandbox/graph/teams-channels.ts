import { randomUUID } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { StoredChannel, StoredTab } from '../state/kept.ts';
import { isObject, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, forbidden, graphError } from './errors.ts';
import { cutToSelection, listAnswer } from './listing.ts';
import { channelsOf, findApp, findTeam, isUsableIn, showChannel, showTab, tabsOf, threadId } from './teams-form.ts';
import { commit, instant, readBody } from './write.ts';

const NAME_MAX = 50;
/** Characters that a channel's name cannot hold (limits and specifications page). */
const FORBIDDEN = /[~#%&*{}+/\\:<>?|'"]/;
const PAGE = { default: 100, max: 999 };

type Team = NonNullable<ReturnType<typeof findTeam>>;

/** The answer about a team, channel or app that is not there. */
export function missing(what: string): Answer {
  return graphError(404, 'NotFound', `No ${what} found.`);
}

type FoundTeam = { ok: true; team: Team } | { ok: false; refusal: Answer };

function teamOf(context: GraphContext): FoundTeam {
  const id = context.values.id ?? '';
  const team = findTeam(context.tenant, id);
  return team === undefined ? { ok: false, refusal: missing(`team with Group Id ${id}`) } : { ok: true, team };
}

/** GET /teams/{id}. */
export function getTeam(context: GraphContext): Answer {
  const found = teamOf(context);
  if (!found.ok) return found.refusal;
  const { id, displayName, description } = found.team;
  const team = { id, displayName, description: description ?? null, isArchived: false, visibility: 'private' };
  const shown = cutToSelection(team, context.options.select);
  return { status: 200, body: { '@odata.context': contextUrl(context, 'teams/$entity'), ...shown } };
}

/** GET /teams/{id}/channels. */
export function listChannels(context: GraphContext): Answer {
  const found = teamOf(context);
  if (!found.ok) return found.refusal;
  return listAnswer<GraphObject>(context, {
    fragment: `teams('${found.team.id}')/channels`,
    resource: 'channel',
    items: channelsOf(context.tenant, found.team).map((channel) => showChannel(context.tenant, channel)),
    view: (channel) => channel,
    filters: { displayName: 'eq startswith', membershipType: 'eq', id: 'eq' },
    page: PAGE,
  });
}

type FoundChannel = { ok: true; team: Team; channel: StoredChannel } | { ok: false; refusal: Answer };

/** The channel of a call's path, in its team. */
export function channelOf(context: GraphContext): FoundChannel {
  const found = teamOf(context);
  if (!found.ok) return found;
  const channel = channelsOf(context.tenant, found.team).find(({ id }) => id === context.values.channel);
  return channel === undefined
    ? { ok: false, refusal: missing(`channel with id ${context.values.channel ?? ''}`) }
    : { ok: true, team: found.team, channel };
}

/** GET /teams/{id}/channels/{channel}. */
export function getChannel(context: GraphContext): Answer {
  const found = channelOf(context);
  if (!found.ok) return found.refusal;
  return { status: 200, body: channelEntity(context, found.channel) };
}

function channelEntity(context: GraphContext, channel: StoredChannel): GraphObject {
  const link = contextUrl(context, `teams('${channel.teamId}')/channels/$entity`);
  return { '@odata.context': link, ...cutToSelection(showChannel(context.tenant, channel), context.options.select) };
}

/** POST /teams/{id}/channels: 201; a name with `#` and a name that is taken are 400. */
export function createChannel(context: GraphContext): Answer {
  const found = teamOf(context);
  if (!found.ok) return found.refusal;
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const displayName = textOf(read.body, 'displayName').trim();
  if (displayName === '' || displayName.length > NAME_MAX || FORBIDDEN.test(displayName)) {
    return badRequest(
      `Channel name '${displayName}' is empty, too long or holds a character that is not allowed.`,
      'BadRequest',
    );
  }
  const taken = channelsOf(context.tenant, found.team).map((channel) => channel.displayName.toLowerCase());
  if (taken.includes(displayName.toLowerCase())) {
    return badRequest('Channel name already existed, please use other name.', 'BadRequest');
  }
  const item: StoredChannel = {
    id: threadId(randomUUID()),
    teamId: found.team.id,
    displayName,
    description: textOf(read.body, 'description') || null,
    createdDateTime: instant(context),
  };
  commit(context, [{ type: 'kept.put', collection: 'channels', item }]);
  return { status: 201, body: channelEntity(context, item) };
}

/** GET /teams/{id}/channels/{channel}/tabs. */
export function listTabs(context: GraphContext): Answer {
  const found = channelOf(context);
  if (!found.ok) return found.refusal;
  const expands = context.options.expand.some((item) => item.property === 'teamsApp');
  return listAnswer<GraphObject>(context, {
    fragment: `teams('${found.team.id}')/channels('${encodeURIComponent(found.channel.id)}')/tabs`,
    resource: 'teamsTab',
    items: tabsOf(context.tenant, found.channel.id).map((tab) => showTab(context.tenant, tab)),
    view: (tab) => tab,
    cut: (tab, select) => cutTab(tab, select, expands),
    filters: { displayName: 'eq', id: 'eq', 'teamsApp/id': 'eq' },
    page: PAGE,
    allows: ['expand'],
  });
}

function cutTab(tab: GraphObject, select: string[] | null, expands: boolean): GraphObject {
  const { teamsApp, ...rest } = tab;
  return { ...cutToSelection(rest, select), ...(expands ? { teamsApp } : {}) };
}

/** POST /teams/{id}/channels/{channel}/tabs: 201; the app must be installed in the team. */
export function createTab(context: GraphContext): Answer {
  const found = channelOf(context);
  if (!found.ok) return found.refusal;
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const app = findApp(context.tenant, boundApp(read.body));
  if (app === undefined) return missing(`teams app with id ${boundApp(read.body)}`);
  const displayName = textOf(read.body, 'displayName').trim();
  if (displayName === '') return badRequest('The name of the tab is missing.', 'BadRequest');
  if (!isUsableIn(context.tenant, found.team.id, app.id)) {
    return badRequest(`App with id ${app.id} is not installed in the team.`, 'BadRequest');
  }
  const configuration = isObject(read.body.configuration) ? read.body.configuration : {};
  const item: StoredTab = {
    id: randomUUID(),
    teamId: found.team.id,
    channelId: found.channel.id,
    displayName,
    teamsAppId: app.id,
    configuration: { entityId: null, contentUrl: null, removeUrl: null, websiteUrl: null, ...configuration },
    sortOrderIndex: String(10_000 + 100 * tabsOf(context.tenant, found.channel.id).length),
  };
  commit(context, [{ type: 'kept.put', collection: 'tabs', item }]);
  const link = contextUrl(
    context,
    `teams('${found.team.id}')/channels('${encodeURIComponent(found.channel.id)}')/tabs/$entity`,
  );
  return { status: 201, body: { '@odata.context': link, ...cutTab(showTab(context.tenant, item), null, false) } };
}

/** DELETE /teams/{id}/channels/{channel}/tabs/{tab}: 204. */
export function deleteTab(context: GraphContext): Answer {
  const found = channelOf(context);
  if (!found.ok) return found.refusal;
  const tab = tabsOf(context.tenant, found.channel.id).find(({ id }) => id === context.values.tab);
  if (tab === undefined) return missing(`tab with id ${context.values.tab ?? ''}`);
  commit(context, [{ type: 'kept.remove', collection: 'tabs', id: tab.id }]);
  return { status: 204 };
}

/** The id at the end of `teamsApp@odata.bind`; empty when there is none. */
export function boundApp(body: GraphObject): string {
  const link = textOf(body, 'teamsApp@odata.bind');
  return /\/teamsApps(?:\/|\(')([^/()']+)(?:'\))?$/i.exec(link)?.[1] ?? '';
}

/**
 * POST /teams/{id}/channels/{channel}/messages and …/replies: 403. The one application permission that reaches here
 * is for channels in migration, and no channel of this sandbox is.
 */
export function refuseMessagePost(context: GraphContext): Answer {
  const found = context.values.channel === undefined ? null : channelOf(context);
  if (found !== null && !found.ok) return found.refusal;
  return forbidden('Messages can be posted by an application only while the thread is in migration mode.');
}

const PIN = /\/messages\/(\d+|[^/]+)$/;

/**
 * POST /chats/{id}/pinnedMessages: 201. The thread id of a channel is answered in the same way and nothing is pinned:
 * what this sandbox keeps is only that of real chats.
 */
export function pinMessage(context: GraphContext): Answer {
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const chatId = context.values.id ?? '';
  const id = PIN.exec(textOf(read.body, 'message@odata.bind'))?.[1];
  if (id === undefined) return badRequest("The reference 'message@odata.bind' is missing.", 'BadRequest');
  if (!isChannelThread(context, chatId)) {
    commit(context, [{ type: 'kept.put', collection: 'pins', item: { id: `${chatId} ${id}`, chatId } }]);
  }
  return { status: 201, body: { '@odata.type': '#microsoft.graph.pinnedChatMessageInfo', id } };
}

/** GET /chats/{id}/pinnedMessages. */
export function listPins(context: GraphContext): Answer {
  const chatId = context.values.id ?? '';
  const pins = [...context.tenant.kept.pins.values()].filter((pin) => pin.chatId === chatId);
  const value = pins.map((pin) => ({ id: pin.id.slice(chatId.length + 1) }));
  const link = contextUrl(context, `chats('${encodeURIComponent(chatId)}')/pinnedMessages`);
  return { status: 200, body: { '@odata.context': link, '@odata.count': value.length, value } };
}

function isChannelThread(context: GraphContext, chatId: string): boolean {
  return chatId.endsWith('@thread.tacv2') || context.tenant.kept.channels.has(chatId);
}
