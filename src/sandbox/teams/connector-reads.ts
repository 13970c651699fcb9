/** What the connector tells a bot about people, teams and channels. */
import { channelsOf, type findTeam } from '../graph/teams-form.ts';
import type { Answer } from '../http/exchange.ts';
import { type GraphUser, type TenantState, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import type { ConnectorCall, Found } from './connector-call.ts';
import { badArgument, connectorError, notInRoster } from './connector-errors.ts';
import { findPerson, isInstalled, mriOf, type Place, peopleOf, teamsOf } from './places.ts';

const PAGE = { default: 200, max: 500 };

/** The people of a place. */
export function membersOf(place: Place): GraphUser[] {
  return place.kind === 'personal' ? [place.user] : peopleOf(place.tenant, place.team.id);
}

/** A person as the connector shows one to the bot. */
export function showMember(call: ConnectorCall, tenant: TenantState, user: GraphUser): GraphObject {
  return {
    id: mriOf(call.world.state, tenant, user.id),
    name: textOf(user, 'displayName'),
    givenName: textOf(user, 'givenName'),
    surname: textOf(user, 'surname'),
    objectId: user.id,
    aadObjectId: user.id,
    email: textOf(user, 'mail'),
    userPrincipalName: textOf(user, 'userPrincipalName'),
    tenantId: tenant.tenant.tenantId,
    userRole: user.userType === 'Guest' ? 'guest' : 'user',
  };
}

/** GET …/pagedmembers: by `pageSize`, on with `continuationToken`. */
export function pageMembers(call: ConnectorCall, place: Place): Answer {
  const asked = Number(call.query.get('pageSize') ?? PAGE.default);
  if (!Number.isInteger(asked) || asked < 1) return badArgument('pageSize must be a positive number.');
  const size = Math.min(asked, PAGE.max);
  const token = call.query.get('continuationToken');
  const from =
    token === null ? 0 : Number(/^p(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1] ?? 'x');
  if (Number.isNaN(from)) return badArgument('The continuation token is not valid.');
  const all = membersOf(place);
  const members = all.slice(from, from + size).map((user) => showMember(call, place.tenant, user));
  const isLast = from + size >= all.length;
  const continuationToken = Buffer.from(`p${from + size}`).toString('base64url');
  return { status: 200, body: { ...(isLast ? {} : { continuationToken }), members } };
}

/** GET …/members/{member}, by the bot's id or the object id. */
export function getMember(call: ConnectorCall, place: Place): Answer {
  const person = findPerson(call.world.state, place.tenant, call.values.member ?? '');
  if (person === undefined || !membersOf(place).includes(person)) {
    return connectorError(404, 'MemberNotFoundInConversation', 'Member not found in conversation.');
  }
  return { status: 200, body: showMember(call, place.tenant, person) };
}

type TeamAnswer = (call: ConnectorCall, tenant: TenantState, team: NonNullable<ReturnType<typeof findTeam>>) => Answer;

/** The team of the path: Teams names it by the thread of its General channel. */
export function inTeam(call: ConnectorCall, act: TeamAnswer): Found {
  const { state } = call.world;
  for (const tenant of call.within === null ? state.tenants.values() : [call.within]) {
    const team = teamsOf(tenant).find((one) => channelsOf(tenant, one)[0]?.id === call.values.id);
    if (team === undefined) continue;
    if (!isInstalled(state, tenant, { team: team.id })) return { ok: false, refusal: notInRoster() };
    return { ok: true, tenant, thread: call.values.id ?? '', act: () => act(call, tenant, team) };
  }
  return { ok: false, refusal: connectorError(404, 'TeamNotFound', 'Team not found.') };
}

/** GET /v3/teams/{id}. */
export function getTeam(call: ConnectorCall, tenant: TenantState, team: Parameters<TeamAnswer>[2]): Answer {
  const body = {
    id: call.values.id ?? '',
    name: textOf(team, 'displayName'),
    type: 'standard',
    aadGroupId: team.id,
    tenantId: tenant.tenant.tenantId,
    channelCount: channelsOf(tenant, team).length,
    memberCount: peopleOf(tenant, team.id).length,
  };
  return { status: 200, body };
}

/** GET /v3/teams/{id}/conversations: the General channel comes without a name. */
export function listChannels(_call: ConnectorCall, tenant: TenantState, team: Parameters<TeamAnswer>[2]): Answer {
  const conversations = channelsOf(tenant, team).map(({ id, displayName }, index) => ({
    id,
    name: index === 0 ? null : displayName,
    type: 'standard',
  }));
  return { status: 200, body: { conversations } };
}
