import { AppError, VendorRefusedError } from '../../lib/errors.ts';
import {
  findInstallation,
  findTeamsApp,
  findTeamsAppOf,
  installApp,
  publishedVersion,
  upgradeApp,
} from '../../services/graph/app-installation.ts';
import { awaitChannel, createChannel, listChannels } from '../../services/graph/channels.ts';
import type { Graph } from '../../services/graph/client.ts';
import { untilShown } from '../../services/graph/eventually.ts';
import { createTab, deleteTab, listTabs, WEBSITE_APP_ID } from '../../services/graph/tabs.ts';
import { getTeam } from '../../services/graph/teams.ts';
import type { GraphChannel, GraphInstallation, GraphTab, GraphTeam, GraphTeamsApp } from '../../services/graph/wire.ts';
import type { CustomerSettings } from '../customers/customer-file.ts';
import {
  appStep,
  CHANNEL_TEXTS,
  channelStep,
  type LiveChannel,
  type LiveTab,
  type LiveTeam,
  type Refusal,
  TAB_KEYS,
  tabStep,
  teamRefusal,
  type WantedTab,
} from './channel.core.ts';
import type { ChannelRow } from './channel.store.ts';
import { bring, type Run, rowOf } from './channel-steps.ts';

/** The pages that tabs of the channel show. */
export type ChannelPages = { app: string; guide: string; faq: string };

export type Opening = Run & {
  graph: Graph;
  settings: CustomerSettings & { teams: NonNullable<CustomerSettings['teams']> };
  pages: ChannelPages;
  /** The deployment's application: without an app in the customer file, the one whose manifest names it is meant. */
  clientId: string;
};

/** Refuses with the core's code and sentence: what a person has to mend before the channel can be opened. */
export class ChannelRefusedError extends AppError {
  constructor({ code, message }: Refusal) {
    super(code, message, { userMessage: message });
  }
}

/**
 * Brings app, channel and tabs into the team: reads what is there and makes what is missing, each write journalled
 * before it and after it, each id saved at once. Killed anywhere and run again it makes nothing twice. Throws
 * ChannelRefusedError where a person has to mend something first, else the vendor's error.
 */
export async function openChannel(opening: Opening): Promise<ChannelRow> {
  const team = await orForbidden(() => readTeam(opening));
  if (team !== FORBIDDEN) refuseIf(teamRefusal(team));
  const { app, isNew } = await bringApp(opening);
  // Rights in the team come with the app, some seconds after it.
  const known = team === FORBIDDEN ? await patiently(opening, isNew, () => readTeam(opening)) : team;
  refuseIf(teamRefusal(known));
  const channel = await bringChannel(opening, known?.generalId ?? null, isNew);
  await bringTabs(opening, app, channel);
  return rowOf(opening);
}

async function readTeam({ graph, settings, signal }: Opening): Promise<LiveTeam | null> {
  const team: GraphTeam | null = await getTeam(graph, settings.teams.teamId, { signal });
  if (team === null) return null;
  const { displayName, isArchived, internalId } = team;
  return { displayName: displayName ?? null, isArchived: isArchived === true, generalId: internalId ?? null };
}

async function bringApp(opening: Opening): Promise<{ app: GraphTeamsApp; isNew: boolean }> {
  const { graph, deps, settings, signal } = opening;
  const { teamId, teamsAppId } = settings.teams;
  const app =
    teamsAppId === undefined
      ? await findTeamsAppOf(graph, opening.clientId, { signal })
      : await findTeamsApp(graph, teamsAppId, { signal });
  if (app === null) throw refused(appStep(null, null));
  const holder = { in: 'team', id: teamId } as const;
  const find = () => findInstallation(graph, { holder, teamsAppId: app.id }, { signal });
  const before = await find();
  const installed = await bring(opening, {
    step: 'app',
    found: before,
    find,
    make: () => installApp({ graph, clock: deps.clock }, { holder, app }, { signal }),
    keep: () => ({ teamsAppId: app.id }),
    facts: { teamsAppId: app.id },
  });
  const current = (installation: GraphInstallation | null) =>
    installation === null || appStep(versionOf(app), installedAs(installation)).do === 'upgrade' ? null : installation;
  await bring(opening, {
    step: 'upgrade',
    found: current(installed),
    find: async () => current(await find()),
    make: async () => {
      await upgradeApp(graph, { holder, installationId: installed.id, app }, { signal });
      return installed;
    },
    keep: () => ({}),
    facts: { teamsAppId: app.id, to: publishedVersion(app) },
  });
  const isNew = before === null;
  return { app, isNew };
}

function versionOf(app: GraphTeamsApp) {
  return { version: publishedVersion(app) };
}

function installedAs({ id, teamsAppDefinition }: GraphInstallation) {
  return { id, version: teamsAppDefinition?.version ?? null };
}

async function bringChannel(opening: Opening, generalId: string | null, isNew: boolean): Promise<LiveChannel> {
  const { graph, deps, settings, signal } = opening;
  const { teamId, channel: name } = settings.teams;
  const storedId = (await rowOf(opening)).channelId;
  const look = async () => {
    const channels = (await listChannels(graph, teamId, { signal })).map(liveChannel);
    const step = channelStep({ channels, storedId, name, generalId });
    if (step.do === 'refuse') throw refused(step);
    return step.do === 'keep' ? step.channel : null;
  };
  const channel = await bring(opening, {
    step: 'channel',
    found: await patiently(opening, isNew, look),
    find: look,
    make: async () => {
      const { description } = CHANNEL_TEXTS[settings.language];
      return liveChannel(await makeChannel(opening, { teamId, name, description }));
    },
    keep: ({ id, name: shown, webUrl }) => ({ channelId: id, name: shown, webUrl }),
    facts: { teamId, name },
  });
  if (channel.id === storedId) return channel;
  // A new channel answers for its tabs only after some seconds.
  await awaitChannel({ graph, clock: deps.clock }, { teamId, channelId: channel.id }, { signal });
  return channel;
}

/** A name that is taken by no channel in sight is held by a deleted one, or Teams refuses it for itself. */
async function makeChannel(
  { graph, deps, signal }: Opening,
  channel: Parameters<typeof createChannel>[1],
): Promise<GraphChannel> {
  try {
    return await createChannel({ graph, clock: deps.clock }, channel, { signal });
  } catch (error) {
    if (!(error instanceof VendorRefusedError) || error.call.status !== 400) throw error;
    const message = `Teams refuses a channel called ${channel.name}. A deleted channel keeps its name for 30 days: restore it in Teams (Manage team, Channels, Deleted), or name another channel in the customer file.`;
    throw refused({ do: 'refuse', code: 'channel_name_taken', message });
  }
}

async function bringTabs(opening: Opening, app: GraphTeamsApp, channel: LiveChannel): Promise<void> {
  const { graph, settings, signal } = opening;
  const place = { teamId: settings.teams.teamId, channelId: channel.id };
  const read = async () => (await listTabs(graph, place, { signal })).map(liveTab);
  const live = await patiently(opening, true, read);
  for (const wanted of wantedTabs(opening, app)) {
    await bringTab(opening, { place, wanted, live, read });
  }
}

type TabWork = {
  place: { teamId: string; channelId: string };
  wanted: WantedTab;
  live: LiveTab[];
  read(): Promise<LiveTab[]>;
};

async function bringTab(opening: Opening, { place, wanted, live, read }: TabWork): Promise<void> {
  const { graph, deps, signal } = opening;
  const { tabs } = await rowOf(opening);
  const look = (seen: LiveTab[]) => tabStep(seen, wanted, tabs[wanted.key] ?? null);
  const { outdatedId } = look(live);
  // Until the old one is gone its id stays stored, so that a run after a crash still knows it as ours.
  const replace = async () => {
    if (outdatedId !== null) await deleteTab(graph, { ...place, tabId: outdatedId }, { signal });
  };
  const kept = (seen: LiveTab[]) => {
    const step = look(seen);
    return step.do === 'keep' ? { id: step.id } : null;
  };
  const found = kept(live);
  if (found !== null) await replace();
  await bring(opening, {
    step: `tab.${wanted.key}`,
    found,
    find: async () => kept(await read()),
    make: async () => {
      const made = liveTab(await createTab({ graph, clock: deps.clock }, { ...place, tab: wanted }, { signal }));
      await replace();
      return made;
    },
    keep: ({ id }) => ({ tabs: { ...tabs, [wanted.key]: id } }),
    facts: { channelId: place.channelId, url: wanted.url },
  });
}

function wantedTabs({ settings, pages }: Opening, app: GraphTeamsApp): WantedTab[] {
  const names = CHANNEL_TEXTS[settings.language].tabs;
  return TAB_KEYS.map((key) => ({
    key,
    displayName: names[key],
    // Guide and answers are read by people who cannot sign in yet, so they are plain pages and not parts of the app.
    ...(key === 'app' ? { teamsAppId: app.id, entityId: 'overview' } : { teamsAppId: WEBSITE_APP_ID, entityId: null }),
    url: pages[key],
  }));
}

const FORBIDDEN = Symbol('forbidden');

async function orForbidden<T>(read: () => Promise<T>): Promise<T | typeof FORBIDDEN> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 403) return FORBIDDEN;
    throw error;
  }
}

/** Reads; right after something was made also again for a while, as long as Graph does not let us yet. */
async function patiently<T>({ deps, signal }: Opening, isNew: boolean, read: () => Promise<T>): Promise<T> {
  if (!isNew) return read();
  const isSettling = (error: unknown) =>
    error instanceof VendorRefusedError && (error.call.status === 403 || error.call.status === 404);
  const outcome = await untilShown(
    deps.clock,
    async () => {
      try {
        return { value: await read() };
      } catch (error) {
        if (isSettling(error)) return null;
        throw error;
      }
    },
    signal,
  );
  return outcome === null ? read() : outcome.value;
}

function liveChannel(channel: GraphChannel): LiveChannel {
  return {
    id: channel.id,
    name: channel.displayName,
    webUrl: channel.webUrl ?? null,
    isStandard: (channel.membershipType ?? 'standard') === 'standard',
    isArchived: channel.isArchived === true,
  };
}

function liveTab({ id, teamsApp, configuration }: GraphTab): LiveTab {
  return {
    id,
    teamsAppId: teamsApp?.id ?? null,
    url: configuration?.contentUrl ?? configuration?.websiteUrl ?? null,
  };
}

function refuseIf(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw refused(refusal);
}

function refused(step: { do: string } | Refusal): ChannelRefusedError {
  if ('code' in step) return new ChannelRefusedError(step);
  throw new TypeError('this step is no refusal');
}
