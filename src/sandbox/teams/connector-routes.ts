/** The connector's calls: who may, what is written, what comes back. */
import type { Answer } from '../http/exchange.ts';
import { isObject, type TenantState, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { messageBytes, messageProblem } from './card-check.ts';
import type { ConnectorCall, Found } from './connector-call.ts';
import {
  badArgument,
  connectorError,
  noActivity,
  noConversation,
  notInRoster,
  tooLarge,
  writesBlocked,
} from './connector-errors.ts';
import { getMember, getTeam, inTeam, listChannels, membersOf, pageMembers, showMember } from './connector-reads.ts';
import { botMri, serviceUrlOf, threadConversationId } from './ids.ts';
import { conversationOf, deleteMessage, editMessage, keepMessage, openChat } from './messages.ts';
import {
  appIdOf,
  chatIdOf,
  findChannel,
  findPerson,
  findPlace,
  isInstalled,
  type PersonalPlace,
  type Place,
  teamsWith,
} from './places.ts';

export type ConnectorRoute = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  template: string;
  kind: 'send' | 'read';
  find(call: ConnectorCall): Found;
};

function route(call: string, kind: ConnectorRoute['kind'], find: ConnectorRoute['find']): ConnectorRoute {
  const [method, template = ''] = call.split(' ');
  return { method: method as ConnectorRoute['method'], template, kind, find };
}

const ACTIVITIES = '/v3/conversations/{id}/activities';
const MEMBERS = '/v3/conversations/{id}/members';

export const CONNECTOR_ROUTES: readonly ConnectorRoute[] = [
  route('POST /v3/conversations', 'send', createConversation),
  route(`POST ${ACTIVITIES}`, 'send', (call) => inPlace(call, (place) => sendActivity(call, place))),
  route(`POST ${ACTIVITIES}/{activity}`, 'send', (call) => inPlace(call, (place) => sendActivity(call, place))),
  route(`PUT ${ACTIVITIES}/{activity}`, 'send', (call) => inPlace(call, (place) => updateActivity(call, place))),
  route(`DELETE ${ACTIVITIES}/{activity}`, 'send', (call) => inPlace(call, (place) => removeActivity(call, place))),
  route(`GET ${MEMBERS}`, 'read', (call) =>
    inPlace(call, (place) => ({
      status: 200,
      body: membersOf(place).map((user) => showMember(call, place.tenant, user)),
    })),
  ),
  route('GET /v3/conversations/{id}/pagedmembers', 'read', (call) =>
    inPlace(call, (place) => pageMembers(call, place)),
  ),
  route(`GET ${MEMBERS}/{member}`, 'read', (call) => inPlace(call, (place) => getMember(call, place))),
  route('GET /v3/teams/{id}', 'read', (call) => inTeam(call, getTeam)),
  route('GET /v3/teams/{id}/conversations', 'read', (call) => inTeam(call, listChannels)),
];

/** The place of the path, in which the app must be installed. */
function inPlace(call: ConnectorCall, act: (place: Place) => Answer): Found {
  const place = findPlace(call.world.state, call.values.id ?? '', call.within);
  if (place === null) return { ok: false, refusal: noConversation() };
  if (!isMember(call, place)) return { ok: false, refusal: notInRoster() };
  return { ok: true, tenant: place.tenant, thread: conversationOf(place), act: () => act(place) };
}

/** Whether the bot belongs to a place: installed in the team, for the person, or in a team the person is in. */
function isMember(call: ConnectorCall, place: Place): boolean {
  const { state } = call.world;
  if (place.kind === 'channel') return isInstalled(state, place.tenant, { team: place.team.id });
  return reaches(call, place.tenant, place.user.id);
}

function reaches(call: ConnectorCall, tenant: TenantState, userId: string): boolean {
  const { state } = call.world;
  if (isInstalled(state, tenant, { user: userId })) return true;
  return teamsWith(tenant, userId).some((team) => isInstalled(state, tenant, { team: team.id }));
}

/** POST /v3/conversations: the chat with one person, or a new thread in a channel. */
function createConversation(call: ConnectorCall): Found {
  const { body } = call;
  const refuse = (refusal: Answer): Found => ({ ok: false, refusal });
  const channelData = isObject(body.channelData) ? body.channelData : {};
  const named = isObject(channelData.tenant) ? textOf(channelData.tenant, 'id') : '';
  const tenantId = (textOf(body, 'tenantId') || named).toLowerCase();
  const tenant = call.within ?? call.world.state.tenants.get(tenantId);
  if (tenant === undefined) return refuse(badArgument('The tenant is missing or unknown.'));
  if (tenantId !== '' && tenantId !== tenant.tenant.tenantId)
    return refuse(badArgument('The tenant is another one than that of the address.'));
  const bot = isObject(body.bot) ? textOf(body.bot, 'id') : '';
  const own = appIdOf(call.world.state);
  if (bot !== '' && bot !== own && bot !== botMri(own)) return refuse(badArgument('Unknown bot.'));
  const channel = isObject(channelData.channel)
    ? textOf(channelData.channel, 'id')
    : textOf(channelData, 'teamsChannelId');
  return channel === '' ? createChat(call, tenant) : createThread(call, tenant, channel);
}

function createChat(call: ConnectorCall, tenant: TenantState): Found {
  const members: unknown = call.body.members;
  const ids = Array.isArray(members) ? members.map((member) => (isObject(member) ? textOf(member, 'id') : '')) : [];
  if (ids.length !== 1 || call.body.isGroup === true) {
    return { ok: false, refusal: badArgument('A bot can begin a chat with one person only.') };
  }
  const [id = ''] = ids;
  const person = findPerson(call.world.state, tenant, id);
  if (person === undefined) {
    return { ok: false, refusal: connectorError(404, 'UserNotFound', 'The user was not found in the tenant.') };
  }
  // By object id Teams wants the app with the person; a `29:` id is known from a team already.
  const byObjectId = !id.startsWith('29:');
  const isReached = byObjectId
    ? isInstalled(call.world.state, tenant, { user: person.id })
    : reaches(call, tenant, person.id);
  if (!isReached) return { ok: false, refusal: notInRoster() };
  const thread = chatIdOf(call.world.state, tenant, person.id);
  const act = () => {
    openChat(call.world, tenant, person.id);
    const place: PersonalPlace = { kind: 'personal', tenant, user: person, conversationId: thread };
    if (!isObject(call.body.activity)) return created(call, tenant, { id: thread });
    const sent = sendActivity({ ...call, body: call.body.activity }, place);
    return sent.status < 300 ? created(call, tenant, { id: thread, activityId: idOf(sent) }) : sent;
  };
  return { ok: true, tenant, thread, act };
}

function createThread(call: ConnectorCall, tenant: TenantState, channelId: string): Found {
  const place = findChannel(tenant, channelId);
  if (place === null) return { ok: false, refusal: noConversation() };
  if (!isMember(call, place)) return { ok: false, refusal: notInRoster() };
  const { activity } = call.body;
  if (!isObject(activity)) return { ok: false, refusal: badArgument('A thread begins with an activity.') };
  const act = () => {
    const sent = sendActivity({ ...call, body: activity }, { ...place, rootId: null });
    const activityId = idOf(sent);
    return sent.status < 300
      ? created(call, tenant, { id: threadConversationId(place.channel.id, activityId), activityId })
      : sent;
  };
  return { ok: true, tenant, thread: place.channel.id, act };
}

function created(call: ConnectorCall, tenant: TenantState, body: { id: string; activityId?: string }): Answer {
  return { status: 201, body: { ...body, serviceUrl: serviceUrlOf(call.url(), tenant.tenant.tenantId) } };
}

function idOf(sent: Answer): string {
  return isObject(sent.body) ? textOf(sent.body, 'id') : '';
}

/** POST …/activities: a message, or the sign that the bot is typing. */
function sendActivity(call: ConnectorCall, place: Place): Answer {
  const { body } = call;
  const refusal = refuseContent(call, place, body);
  if (refusal !== null) return refusal;
  if (body.type === 'typing') {
    call.typing(conversationOf(place));
    return { status: 201, body: { id: String(Math.floor(call.world.now())) } };
  }
  const { rootId } = place.kind === 'channel' ? place : { rootId: null };
  const root = rootId === null ? null : place.tenant.kept.activities.get(rootId);
  if (root !== null && root?.conversationId !== conversationOf(place)) return noConversation();
  return { status: 201, body: { id: keepMessage(call.world, place, { userId: null, activity: body }).id } };
}

function refuseContent(call: ConnectorCall, place: Place, activity: GraphObject): Answer | null {
  if (place.kind === 'personal' && place.tenant.kept.botChats.get(place.conversationId)?.isBlocked === true) {
    return writesBlocked();
  }
  if (activity.type !== undefined && activity.type !== 'message' && activity.type !== 'typing') {
    return badArgument(`Activities of type '${String(activity.type)}' cannot be sent.`);
  }
  if (messageBytes(activity) > call.limits.connectorMessageBytes) return tooLarge();
  const problem = messageProblem(activity);
  return problem === null ? null : badArgument(problem);
}

type OwnMessage = { ok: true; id: string } | { ok: false; refusal: Answer };

/** A message of the bot in this place that is still there. */
function ownMessage(call: ConnectorCall, place: Place): OwnMessage {
  const found = place.tenant.kept.activities.get(call.values.activity ?? '');
  if (found === undefined || found.deletedAt !== null || found.conversationId !== conversationOf(place)) {
    return { ok: false, refusal: noActivity() };
  }
  if (found.userId === null) return { ok: true, id: found.id };
  return { ok: false, refusal: connectorError(403, 'NotEnoughPermissions', 'The message is not one of the bot.') };
}

/** PUT …/activities/{activity}. */
function updateActivity(call: ConnectorCall, place: Place): Answer {
  const own = ownMessage(call, place);
  if (!own.ok) return own.refusal;
  const refusal = refuseContent(call, place, call.body);
  if (refusal !== null) return refusal;
  editMessage(call.world, place.tenant, { id: own.id, activity: { type: 'message', ...call.body } });
  return { status: 200, body: { id: own.id } };
}

/** DELETE …/activities/{activity}. */
function removeActivity(call: ConnectorCall, place: Place): Answer {
  const own = ownMessage(call, place);
  if (!own.ok) return own.refusal;
  deleteMessage(call.world, place.tenant, own.id);
  return { status: 200 };
}
