/** What Teams sends to a bot: the activities as its channel writes them. */
import { randomUUID } from 'node:crypto';
import { channelsOf } from '../graph/teams-form.ts';
import type { StoredActivity } from '../state/kept.ts';
import { type GraphUser, type SandboxState, type TenantState, textOf } from '../state/state.ts';
import type { GraphObject, Tenant } from '../world/world.ts';
import { botMri, serviceUrlOf, threadConversationId } from './ids.ts';
import { type ChannelPlace, chatIdOf, mriOf, type PersonalPlace, type Place } from './places.ts';

export type ActivityDeps = { state: SandboxState; now(): number; connectorUrl: () => string };

type Group = Tenant['groups'][number]['group'];

/** Who does something, and in which language their Teams is. */
export type Author = { user: GraphUser; locale: string };

/** A message as the bot gets it; in a channel the mention stands in the text and among the entities. */
export function messageActivity(
  deps: ActivityDeps,
  place: Place,
  given: { author: Author; message: StoredActivity },
): GraphObject {
  const { author, message } = given;
  const rootId = message.rootId ?? message.id;
  const at: Place = place.kind === 'channel' ? { ...place, rootId } : place;
  const { text, value, entities, attachments } = message.activity;
  return {
    ...base(deps, at, author),
    type: 'message',
    id: message.id,
    timestamp: message.createdAt,
    localTimestamp: message.createdAt,
    ...(text === undefined ? {} : { text, textFormat: 'plain' }),
    ...(value === undefined ? {} : { value }),
    attachments: attachments ?? [],
    entities: [...(Array.isArray(entities) ? (entities as GraphObject[]) : []), clientInfo(author)],
  };
}

/** A press on a card, or its refresh by itself. */
export function cardAction(
  deps: ActivityDeps,
  place: Place,
  given: { author: Author; on: StoredActivity; action: GraphObject; trigger: 'manual' | 'automatic' },
): GraphObject {
  const { author, on, action, trigger } = given;
  const at: Place = place.kind === 'channel' ? { ...place, rootId: on.rootId ?? on.id } : place;
  const instant = new Date(deps.now()).toISOString();
  return {
    ...base(deps, at, author),
    type: 'invoke',
    id: `f:${randomUUID()}`,
    name: 'adaptiveCard/action',
    timestamp: instant,
    localTimestamp: instant,
    replyToId: on.id,
    value: { action, trigger },
    entities: [clientInfo(author)],
  };
}

/** The app came to a person or a team, or left: the two activities that Teams sends for it. */
export function installationActivities(
  deps: ActivityDeps,
  tenant: TenantState,
  given: { holder: { team: Group } | { user: GraphUser }; isAdded: boolean },
): GraphObject[] {
  const { holder, isAdded } = given;
  const bot = { id: botMri(deps.state.cast.provider.app.appId) };
  const instant = new Date(deps.now()).toISOString();
  const place = placeOf(deps, tenant, holder);
  if (place === null) return [];
  // In a team Teams names whoever added the app; in this world nobody in particular, so the bot itself.
  const author = 'user' in holder ? { user: holder.user, locale: localeOf(holder.user) } : null;
  const common = { ...base(deps, place, author), timestamp: instant, entities: [] };
  const change = isAdded ? { membersAdded: [bot] } : { membersRemoved: [bot] };
  const eventType = isAdded ? 'teamMemberAdded' : 'teamMemberRemoved';
  const channelData = { ...common.channelData, ...('team' in holder ? { eventType } : {}) };
  const settings = 'team' in holder && isAdded ? { settings: { selectedChannel: { id: conversation(place) } } } : {};
  return [
    { ...common, type: 'conversationUpdate', id: `f:${randomUUID()}`, ...change, channelData },
    {
      ...common,
      type: 'installationUpdate',
      id: `f:${randomUUID()}`,
      action: isAdded ? 'add' : 'remove',
      channelData: { ...common.channelData, ...settings, source: { name: 'message' } },
    },
  ];
}

function placeOf(deps: ActivityDeps, tenant: TenantState, holder: { team: Group } | { user: GraphUser }): Place | null {
  if ('user' in holder) {
    const conversationId = chatIdOf(deps.state, tenant, holder.user.id);
    return { kind: 'personal', tenant, user: holder.user, conversationId };
  }
  const channel = channelsOf(tenant, holder.team)[0];
  return channel === undefined ? null : { kind: 'channel', tenant, team: holder.team, channel, rootId: null };
}

/** The language of a person's Teams, by the account. */
export function localeOf(user: GraphUser): string {
  const language = textOf(user, 'preferredLanguage').toLowerCase();
  return language.startsWith('de') ? 'de-DE' : 'en-US';
}

/** Who, where, and under which address the bot answers. */
function base(deps: ActivityDeps, place: Place, author: Author | null) {
  const { state } = deps;
  const { tenant } = place;
  const { tenantId } = tenant.tenant;
  const { app } = state.cast.provider;
  const from =
    author === null
      ? { id: botMri(app.appId), name: app.displayName }
      : {
          id: mriOf(state, tenant, author.user.id),
          name: textOf(author.user, 'displayName'),
          aadObjectId: author.user.id,
        };
  return {
    channelId: 'msteams',
    serviceUrl: serviceUrlOf(deps.connectorUrl(), tenantId),
    from,
    recipient: { id: botMri(app.appId), name: app.displayName },
    conversation: {
      ...(place.kind === 'channel' ? { isGroup: true, name: place.channel.displayName } : {}),
      conversationType: place.kind === 'channel' ? 'channel' : 'personal',
      tenantId,
      id: conversation(place),
    },
    ...(author === null ? {} : { locale: author.locale }),
    channelData: place.kind === 'channel' ? channelDataOf(place) : personalDataOf(place),
  };
}

function conversation(place: Place): string {
  if (place.kind === 'personal') return place.conversationId;
  return place.rootId === null ? place.channel.id : threadConversationId(place.channel.id, place.rootId);
}

function personalDataOf({ tenant }: PersonalPlace): GraphObject {
  return { tenant: { id: tenant.tenant.tenantId } };
}

function channelDataOf({ tenant, team, channel }: ChannelPlace): GraphObject {
  const teamThread = channelsOf(tenant, team)[0]?.id ?? channel.id;
  return {
    teamsChannelId: channel.id,
    teamsTeamId: teamThread,
    channel: { id: channel.id, name: channel.displayName },
    team: { id: teamThread, name: textOf(team, 'displayName'), aadGroupId: team.id },
    tenant: { id: tenant.tenant.tenantId },
  };
}

function clientInfo(author: Author): GraphObject {
  const country = author.locale.slice(-2);
  return { locale: author.locale, country, platform: 'Web', timezone: 'Europe/Berlin', type: 'clientInfo' };
}
