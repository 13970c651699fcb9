import type { Clock } from '../../lib/clock.ts';
import { VendorUnreachableError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { orMissing, untilShown } from './eventually.ts';
import { objectOf, type ReadOptions, rowsOf } from './pages.ts';
import { type GraphTab, tabSchema } from './wire.ts';

/** The store's tab for any web page: it need not be installed in the team, and has no entity of its own. */
export const WEBSITE_APP_ID = 'com.microsoft.teamspace.tab.web';

type Place = { teamId: string; channelId: string };

/** `entityId` is null for the website tab. */
export type NewTab = { displayName: string; teamsAppId: string; entityId: string | null; url: string };

/** The tabs of a channel, each with its app. Needs TeamsTab.Read.Group. */
export function listTabs(graph: Graph, place: Place, options: ReadOptions = {}): Promise<GraphTab[]> {
  const ids = { id: place.teamId, channelId: place.channelId };
  return rowsOf(graph, {
    call: 'tabs.list',
    row: tabSchema,
    options: { ...options, ids, query: { $expand: 'teamsApp' } },
  });
}

/** Whether a tab shows this page of this app, whatever somebody has called it since. */
export function showsPage(tab: GraphTab, page: Pick<NewTab, 'teamsAppId' | 'entityId' | 'url'>): boolean {
  if (tab.teamsApp?.id !== page.teamsAppId) return false;
  const { contentUrl, websiteUrl } = tab.configuration ?? {};
  return contentUrl === page.url || (page.entityId === null && websiteUrl === page.url);
}

/**
 * Adds a tab, once: where the answer is lost, the channel is read again and the tab that shows the page is given.
 * Throws the loss when none does. Needs TeamsTab.Create.Group and TeamsTab.Read.Group, and the app in the team.
 */
export async function createTab(
  deps: { graph: Graph; clock: Clock },
  made: Place & { tab: NewTab },
  options: ReadOptions = {},
): Promise<GraphTab> {
  const { graph, clock } = deps;
  const { teamId, channelId, tab } = made;
  const body = {
    displayName: tab.displayName,
    'teamsApp@odata.bind': appBinding(graph, tab.teamsAppId),
    configuration: { entityId: tab.entityId, contentUrl: tab.url, websiteUrl: tab.url, removeUrl: null },
  };
  try {
    const ids = { id: teamId, channelId };
    return await objectOf(graph, { call: 'tabs.create', schema: tabSchema, options: { ...options, ids, body } });
  } catch (error) {
    if (!(error instanceof VendorUnreachableError)) throw error;
    const find = async () => (await listTabs(graph, made, options)).find((known) => showsPage(known, tab));
    const found = await untilShown(clock, find, options.signal);
    if (found === null) throw error;
    return found;
  }
}

/** Takes a tab away; one that is gone already is no matter. Needs TeamsTab.Delete.Group. */
export async function deleteTab(
  graph: Graph,
  { teamId, channelId, tabId }: Place & { tabId: string },
  options: ReadOptions = {},
): Promise<void> {
  const ids = { id: teamId, channelId, tabId };
  // Taking away twice is taking away once.
  await orMissing(() => graph.request('tabs.delete', { ...options, ids, expect: 'none', repeatable: true }));
}

/** How a body names an app of the catalogue: by its address in this very Graph. */
export function appBinding(graph: Graph, teamsAppId: string): string {
  return `${graph.origin}/v1.0/appCatalogs/teamsApps/${encodeURIComponent(teamsAppId)}`;
}
