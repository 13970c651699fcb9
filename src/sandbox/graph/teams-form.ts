import { createHash } from 'node:crypto';
import type { Installation, StoredChannel, StoredTab } from '../state/kept.ts';
import { type TenantState, textOf } from '../state/state.ts';
import type { GraphObject, TeamsApp } from '../world/world.ts';

type Group = TenantState['tenant']['groups'][number]['group'];

/** The store's website tab: it can be added to every team without being installed there. */
const WEBSITE_TAB: TeamsApp = {
  id: 'com.microsoft.teamspace.tab.web',
  externalId: null,
  displayName: 'Website',
  distributionMethod: 'store',
  version: '1.0',
  azureAdAppId: null,
};

/** The group behind a team; undefined for a group that has none. */
export function findTeam(tenant: TenantState, teamId: string): Group | undefined {
  const group = tenant.groupsById.get(teamId)?.group;
  const options: unknown = group?.resourceProvisioningOptions;
  return Array.isArray(options) && options.includes('Team') ? group : undefined;
}

/** The channels of a team, General first: every team has it, and nothing can take its place. */
export function channelsOf(tenant: TenantState, team: Group): StoredChannel[] {
  const general: StoredChannel = {
    id: threadId(`general ${team.id}`),
    teamId: team.id,
    displayName: 'General',
    description: textOf(team, 'description') || null,
    createdDateTime: textOf(team, 'createdDateTime') || '2024-01-01T00:00:00Z',
  };
  return [general, ...[...tenant.kept.channels.values()].filter((channel) => channel.teamId === team.id)];
}

/** The id of a channel's thread, made from a key. */
export function threadId(key: string): string {
  return `19:${createHash('sha256').update(key).digest('hex').slice(0, 32)}@thread.tacv2`;
}

/** An app of the tenant's catalogue, the store's website tab among them. */
export function findApp(tenant: TenantState, appId: string): TeamsApp | undefined {
  return appId === WEBSITE_TAB.id ? WEBSITE_TAB : tenant.kept.teamsApps.get(appId);
}

/** Whether an app can make tabs in a team: it is installed there, or it is the store's website tab. */
export function isUsableIn(tenant: TenantState, teamId: string, appId: string): boolean {
  return (
    appId === WEBSITE_TAB.id || findInstallation(tenant, { holder: 'team', holderId: teamId }, appId) !== undefined
  );
}

export type Holder = Pick<Installation, 'holder' | 'holderId'>;

/** The installation of an app with a team or a person. */
export function findInstallation(tenant: TenantState, holder: Holder, appId: string): Installation | undefined {
  return installationsOf(tenant, holder).find((installation) => installation.teamsAppId === appId);
}

/** What is installed with a team or a person. */
export function installationsOf(tenant: TenantState, { holder, holderId }: Holder): Installation[] {
  return [...tenant.kept.installations.values()].filter(
    (installation) => installation.holder === holder && installation.holderId === holderId,
  );
}

/** The tabs of a channel. */
export function tabsOf(tenant: TenantState, channelId: string): StoredTab[] {
  return [...tenant.kept.tabs.values()].filter((tab) => tab.channelId === channelId);
}

/** The chat between a person and the bot of an installed app. */
export function chatIdOf(installation: Installation, app: TeamsApp): string {
  const bot = app.azureAdAppId ?? createHash('sha256').update(app.id).digest('hex').slice(0, 32);
  return `19:${installation.holderId}_${bot}@unq.gbl.spaces`;
}

/** A channel as Graph shows it. */
export function showChannel(tenant: TenantState, channel: StoredChannel): GraphObject {
  const { teamId, ...rest } = channel;
  const link = `https://teams.microsoft.com/l/channel/${encodeURIComponent(channel.id)}/${encodeURIComponent(channel.displayName)}`;
  return {
    ...rest,
    email: '',
    membershipType: 'standard',
    isArchived: false,
    tenantId: tenant.tenant.tenantId,
    webUrl: `${link}?groupId=${teamId}&tenantId=${tenant.tenant.tenantId}`,
  };
}

/** A tab as Graph shows it; its app only expanded. */
export function showTab(tenant: TenantState, tab: StoredTab): GraphObject {
  const label = encodeURIComponent(tab.displayName);
  const link = `https://teams.microsoft.com/l/channel/${encodeURIComponent(tab.channelId)}/tab%3a%3a${tab.id}?label=${label}`;
  const { id, displayName, configuration, sortOrderIndex } = tab;
  const app = findApp(tenant, tab.teamsAppId);
  return {
    id,
    displayName,
    webUrl: `${link}&groupId=${tab.teamId}&tenantId=${tenant.tenant.tenantId}`,
    configuration,
    sortOrderIndex,
    teamsApp: app === undefined ? null : showApp(app),
  };
}

/** An app of the catalogue as Graph shows it, without its definitions. */
export function showApp(app: TeamsApp): GraphObject {
  const { id, externalId, displayName, distributionMethod } = app;
  return { id, externalId, displayName, distributionMethod };
}

/** The published version of an app, or the one that is installed somewhere. */
export function showDefinition(app: TeamsApp, version = app.version): GraphObject {
  return {
    id: Buffer.from(`${app.id}##${version}`).toString('base64'),
    teamsAppId: app.id,
    azureADAppId: app.azureAdAppId,
    displayName: app.displayName,
    version,
    publishingState: 'published',
    shortDescription: app.displayName,
    description: app.displayName,
    lastModifiedDateTime: null,
    createdBy: null,
  };
}

/** An installation as Graph shows it, its app and definition included: callers cut them away. */
export function showInstallation(tenant: TenantState, installation: Installation): GraphObject {
  const app = findApp(tenant, installation.teamsAppId);
  const shown = app === undefined ? null : showApp(app);
  return {
    id: installation.id,
    teamsApp: shown,
    teamsAppDefinition: app === undefined ? null : showDefinition(app, installation.version),
  };
}
