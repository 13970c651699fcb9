import type { Clock } from '../../lib/clock.ts';
import { type VendorError, VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import type { GraphCallName } from './calls.ts';
import type { Graph } from './client.ts';
import { untilShown } from './eventually.ts';
import { objectOf, type ReadOptions, rowsOf } from './pages.ts';
import { appBinding } from './tabs.ts';
import { chatSchema, type GraphInstallation, type GraphTeamsApp, installationSchema, teamsAppSchema } from './wire.ts';

/** Where an app is installed: in a team, or with a person. */
export type Holder = { in: 'team'; id: string } | { in: 'person'; id: string };

type Calls = { list: GraphCallName; install: GraphCallName; upgrade: GraphCallName };

const CALLS: Record<Holder['in'], Calls> = {
  team: { list: 'apps.ofTeam', install: 'apps.installInTeam', upgrade: 'apps.upgradeInTeam' },
  person: { list: 'apps.ofPerson', install: 'apps.installForPerson', upgrade: 'apps.upgradeForPerson' },
};

/** Where two apps of a tenant have the same manifest id, the organisation's own is meant. */
const OWN = 'organization';

/**
 * The app of the tenant's catalogue with this manifest id (`externalId`) or this catalogue id, which are never the same;
 * null where there is none. Needs AppCatalog.Read.All.
 */
export async function findTeamsApp(
  graph: Graph,
  appId: string,
  options: ReadOptions = {},
): Promise<GraphTeamsApp | null> {
  for (const property of ['externalId', 'id']) {
    const apps = await rowsOf(graph, {
      call: 'apps.catalogue',
      row: teamsAppSchema,
      options: {
        ...options,
        query: { $filter: `${property} eq '${quoted(appId)}'`, $expand: 'appDefinitions' },
      },
    });
    const app = apps.find(({ distributionMethod }) => distributionMethod === OWN) ?? apps[0];
    if (app !== undefined) return app;
  }
  return null;
}

/** The organisation's app whose manifest names this application of Entra ID, or null. Needs AppCatalog.Read.All. */
export async function findTeamsAppOf(
  graph: Graph,
  clientId: string,
  options: ReadOptions = {},
): Promise<GraphTeamsApp | null> {
  const query = { $filter: `distributionMethod eq '${OWN}'`, $expand: 'appDefinitions' };
  const apps = await rowsOf(graph, { call: 'apps.catalogue', row: teamsAppSchema, options: { ...options, query } });
  const names = (app: GraphTeamsApp) =>
    (app.appDefinitions ?? []).some(
      ({ authorization, azureADAppId }) => (authorization?.clientAppId ?? azureADAppId)?.toLowerCase() === clientId,
    );
  return apps.find(names) ?? null;
}

/** The version that the catalogue gives out, null where it names none. */
export function publishedVersion(app: GraphTeamsApp): string | null {
  return publishedDefinition(app)?.version ?? null;
}

function publishedDefinition({ appDefinitions }: GraphTeamsApp) {
  return (appDefinitions ?? []).findLast(({ publishingState }) => (publishingState ?? 'published') === 'published');
}

/** The installation of an app of the catalogue with a team or a person, or null; its version stands in its definition. */
export async function findInstallation(
  graph: Graph,
  { holder, teamsAppId }: { holder: Holder; teamsAppId: string },
  options: ReadOptions = {},
): Promise<GraphInstallation | null> {
  const [found] = await rowsOf(graph, {
    call: CALLS[holder.in].list,
    row: installationSchema,
    options: {
      ...options,
      ids: { id: holder.id },
      query: { $expand: 'teamsApp,teamsAppDefinition', $filter: `teamsApp/id eq '${quoted(teamsAppId)}'` },
    },
  });
  return found ?? null;
}

/**
 * Installs an app of the catalogue, in a team with consent to the rights that it asks for there. One that is installed
 * already, or whose answer was lost, is found again. Throws the refusal, or the loss when it does not show up. Needs
 * TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All for a team, …ReadWriteSelfForUser.All for a person.
 */
export async function installApp(
  deps: { graph: Graph; clock: Clock },
  { holder, app }: { holder: Holder; app: GraphTeamsApp },
  options: ReadOptions = {},
): Promise<GraphInstallation> {
  const { graph, clock } = deps;
  const body = { 'teamsApp@odata.bind': appBinding(graph, app.id), ...consentTo(app, holder) };
  let lost: VendorError | null = null;
  try {
    // The answer is empty: what was made is read afterwards.
    await graph.request(CALLS[holder.in].install, { ...options, ids: { id: holder.id }, body, expect: 'none' });
  } catch (error) {
    if (!mayBeThere(error)) throw error;
    lost = error;
  }
  const find = () => findInstallation(graph, { holder, teamsAppId: app.id }, options);
  const found = await untilShown(clock, find, options.signal);
  if (found !== null) return found;
  throw lost ?? new VendorUnreachableError({ vendor: 'graph', method: 'POST', path: '/installedApps' }, NOT_SHOWN);
}

function mayBeThere(error: unknown): error is VendorError {
  return error instanceof VendorUnreachableError || (error instanceof VendorRefusedError && error.call.status === 409);
}

const NOT_SHOWN = 'the app was installed and is not shown yet';

/** Brings an installation to the catalogue's version; one that has it already is left alone by Graph. */
export async function upgradeApp(
  graph: Graph,
  { holder, installationId, app }: { holder: Holder; installationId: string; app: GraphTeamsApp },
  options: ReadOptions = {},
): Promise<void> {
  const ids = { id: holder.id, installationId };
  const body = consentTo(app, holder);
  // To be brought to the newest version twice changes nothing.
  await graph.request(CALLS[holder.in].upgrade, { ...options, ids, body, expect: 'none', repeatable: true });
}

/** The conversation between a person and the bot of an app installed with that person. */
export async function chatOfInstallation(
  graph: Graph,
  { personId, installationId }: { personId: string; installationId: string },
  options: ReadOptions = {},
): Promise<string> {
  const ids = { id: personId, installationId };
  const query = { $select: 'id' };
  return (await objectOf(graph, { call: 'apps.chat', schema: chatSchema, options: { ...options, ids, query } })).id;
}

/** An app that asks for rights in the team is installed only with consent to exactly the published ones. */
function consentTo(app: GraphTeamsApp, holder: Holder): object {
  const required = publishedDefinition(app)?.authorization?.requiredPermissionSet?.resourceSpecificPermissions ?? [];
  if (holder.in === 'person' || required.length === 0) return {};
  const resourceSpecificPermissions = required.map(({ permissionValue, permissionType }) => ({
    permissionValue,
    permissionType,
  }));
  return { consentedPermissionSet: { resourceSpecificPermissions } };
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}
