/** Where messages can stand: a channel with its threads, or the chat of a person with the bot. */
import { channelsOf, findApp, findTeam } from '../graph/teams-form.ts';
import type { StoredChannel } from '../state/kept.ts';
import type { GraphUser, SandboxState, TenantState } from '../state/state.ts';
import type { Tenant } from '../world/world.ts';
import { personalChatId, splitConversationId, userMri, userOfMri } from './ids.ts';

type Group = Tenant['groups'][number]['group'];

export type ChannelPlace = {
  kind: 'channel';
  tenant: TenantState;
  team: Group;
  channel: StoredChannel;
  rootId: string | null;
};
export type PersonalPlace = { kind: 'personal'; tenant: TenantState; user: GraphUser; conversationId: string };
export type Place = ChannelPlace | PersonalPlace;

/** A person in Teams, in the language of their client. */
export type Person = { tenant: TenantState; user: GraphUser; locale: string };

const GRAPH_CHAT = /^19:([^_]+)_([^@]+)@unq\.gbl\.spaces$/;

/** The product's app: every world has one. */
export function appIdOf(state: SandboxState): string {
  return state.cast.provider.app.appId;
}

/** The place that a conversation's id names, in one tenant or, when none is given, in any; null when there is none. */
export function findPlace(state: SandboxState, id: string, within: TenantState | null): Place | null {
  for (const tenant of within === null ? state.tenants.values() : [within]) {
    const found = findChannel(tenant, id) ?? findChat(state, tenant, id);
    if (found !== null) return found;
  }
  return null;
}

/** A channel of a tenant by the id of its conversation, the thread's part included. */
export function findChannel(tenant: TenantState, id: string): ChannelPlace | null {
  const { base, rootId } = splitConversationId(id);
  for (const team of teamsOf(tenant)) {
    const channel = channelsOf(tenant, team).find((one) => one.id === base);
    if (channel !== undefined) return { kind: 'channel', tenant, team, channel, rootId };
  }
  return null;
}

/** Every team of a tenant. */
export function teamsOf(tenant: TenantState): Group[] {
  return tenant.tenant.groups.flatMap(({ group }) => findTeam(tenant, group.id) ?? []);
}

/** A chat that was begun, under the bot's name for it or under Graph's. */
function findChat(state: SandboxState, tenant: TenantState, id: string): PersonalPlace | null {
  const [, userId, appId] = GRAPH_CHAT.exec(id) ?? [];
  const own = userId !== undefined && appId === appIdOf(state) ? chatIdOf(state, tenant, userId) : id;
  const chat = tenant.kept.botChats.get(own);
  const user = tenant.usersById.get(chat?.userId ?? '');
  return user === undefined ? null : { kind: 'personal', tenant, user, conversationId: own };
}

/** The id of a person's chat with the bot. */
export function chatIdOf(state: SandboxState, tenant: TenantState, userId: string): string {
  return personalChatId({ appId: appIdOf(state), tenantId: tenant.tenant.tenantId, userId });
}

/** Under which id the bot knows a person. */
export function mriOf(state: SandboxState, tenant: TenantState, userId: string): string {
  return userMri({ appId: appIdOf(state), tenantId: tenant.tenant.tenantId, userId });
}

/** A person by the bot's id for them or by their object id. */
export function findPerson(state: SandboxState, tenant: TenantState, id: string): GraphUser | undefined {
  const byMri = userOfMri(id, { appId: appIdOf(state), tenantId: tenant.tenant.tenantId });
  return tenant.usersById.get(byMri ?? id.toLowerCase());
}

/** Whether the product's app is installed with a team or a person. */
export function isInstalled(state: SandboxState, tenant: TenantState, holder: { team: string } | { user: string }) {
  const [kind, id] = 'team' in holder ? ['team', holder.team] : ['user', holder.user];
  return [...tenant.kept.installations.values()].some(
    (one) =>
      one.holder === kind && one.holderId === id && findApp(tenant, one.teamsAppId)?.azureAdAppId === appIdOf(state),
  );
}

/** The people of a team: the members of its group who are users. */
export function peopleOf(tenant: TenantState, teamId: string): GraphUser[] {
  const members = tenant.groupsById.get(teamId)?.members ?? [];
  return members.flatMap(({ id }) => tenant.usersById.get(id) ?? []);
}

/** The teams a person is a member of. */
export function teamsWith(tenant: TenantState, userId: string): Group[] {
  return teamsOf(tenant).filter((team) => peopleOf(tenant, team.id).some(({ id }) => id === userId));
}
