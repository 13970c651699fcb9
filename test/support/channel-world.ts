/** The help channel's surroundings: a made-up customer with a team, and a product that knows its own Teams app. */
import type { App, AppDeps } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { HelpdeskChannel } from '../../src/rollout/helpdesk/channel.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { outbox } from '../../src/store/schema.ts';
import { addCustomerOf, type RunningSandbox } from './product.ts';

export const PUBLIC_URL = 'https://rollout.example';

/** What the product is told of the sandbox's app. */
export function teamsOf({ sandbox }: RunningSandbox, publicUrl = PUBLIC_URL): Pick<AppDeps, 'teams'> {
  const { appId, appSecret, homeTenantId, openIdMetadataUrl, loginUrl } = sandbox.app;
  const settings = { appId, appSecret, homeTenantId, openIdMetadataUrl, loginUrl, connectorHosts: [], publicUrl };
  return { teams: () => Promise.resolve(settings) };
}

/** Adds the world's customer with its team; `section` changes that part of its file. */
export function addTeamCustomer(
  app: App,
  world: RunningSandbox,
  section: Record<string, unknown> = {},
): Promise<Customer> {
  const { teamId } = world.setUp.teams;
  const connectorUrl = world.sandbox.urls.connector;
  return addCustomerOf(app, world, (file) => {
    file.teams = { teamId, connectorUrl, teamsAppId: world.sandbox.app.teamsAppId, ...section };
  });
}

/** What stands in the customer's team: its channels, General apart, with their tabs; and how often the app is in it. */
export function teamOf(world: RunningSandbox) {
  const { tenantId, teams } = world.setUp;
  const kept = world.sandbox.state.tenants.get(tenantId)?.kept;
  if (kept === undefined) throw new Error('the tenant is there');
  const tabs = [...kept.tabs.values()];
  const channels = [...kept.channels.values()].filter(({ teamId }) => teamId === teams.teamId);
  return {
    installations: [...kept.installations.values()].filter(({ holderId }) => holderId === teams.teamId).length,
    channels: channels.map((channel) => ({
      ...channel,
      tabs: tabs
        .filter(({ channelId }) => channelId === channel.id)
        .map((tab) => ({ ...tab, contentUrl: (tab.configuration as GraphObject).contentUrl })),
    })),
  };
}

/** The requests that changed something in Teams since the log was emptied. */
export function teamsWrites({ sandbox }: RunningSandbox): string[] {
  return sandbox.requests
    .list()
    .filter(({ vendor, method }) => vendor === 'graph' && method !== 'GET')
    .map(({ method, template }) => `${method} ${template}`);
}

/** Takes everything out of the customer's team again. */
export function emptyTeam(world: RunningSandbox): void {
  const kept = world.sandbox.state.tenants.get(world.setUp.tenantId)?.kept;
  for (const map of [kept?.channels, kept?.tabs, kept?.installations]) map?.clear();
}

/** The names of the cards that are to be written into a channel, in order. */
export async function cardsAsked(app: App, customerId: string, { channelId }: HelpdeskChannel): Promise<string[]> {
  const rows = await app.database.withCustomer(customerId, (tx) =>
    tx.select({ key: outbox.key, kind: outbox.kind }).from(outbox),
  );
  const ofChannel = (key: string) => key.startsWith(`cards.post:${channelId ?? ''}:`);
  return rows.flatMap(({ key, kind }) => (kind === 'cards.post' && ofChannel(key) ? [key] : [])).sort();
}
