import type { Answer } from '../http/exchange.ts';
import type { Installation } from '../state/kept.ts';
import type { GraphObject, TeamsApp } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { forbidden, graphError, notFound } from './errors.ts';
import { cutToSelection, listAnswer } from './listing.ts';
import { boundApp, missing } from './teams-channels.ts';
import {
  chatIdOf,
  findApp,
  findInstallation,
  findTeam,
  type Holder,
  installationsOf,
  showApp,
  showDefinition,
  showInstallation,
} from './teams-form.ts';
import { findUser } from './users.ts';
import { commit, readBody, refuseParameters } from './write.ts';

const PAGE = { default: 100, max: 999 };
const FILTERS = {
  id: 'eq',
  'teamsApp/displayName': 'eq',
  'teamsApp/distributionMethod': 'eq',
  'teamsApp/externalId': 'eq',
  'teamsApp/id': 'eq',
  'teamsAppDefinition/displayName': 'eq',
};

/** GET /appCatalogs/teamsApps: an app's id here is another one than that of its manifest, which is `externalId`. */
export function listTeamsApps(context: GraphContext): Answer {
  const expands = context.options.expand.some((item) => item.property === 'appDefinitions');
  return listAnswer<GraphObject>(context, {
    fragment: 'appCatalogs/teamsApps',
    resource: 'teamsApp',
    items: [...context.tenant.kept.teamsApps.values()].map((app) => ({
      ...showApp(app),
      ...(expands ? { appDefinitions: [showDefinition(app)] } : {}),
    })),
    view: (app) => app,
    cut: (app, select) => {
      const { appDefinitions, ...rest } = app;
      return { ...cutToSelection(rest, select), ...(expands ? { appDefinitions } : {}) };
    },
    filters: { id: 'eq', externalId: 'eq', displayName: 'eq startswith', distributionMethod: 'eq' },
    page: PAGE,
    allows: ['expand'],
  });
}

type FoundHolder = { ok: true; holder: Holder } | { ok: false; refusal: Answer };

/** The team or the person whose apps a call is about. */
function holderOf(context: GraphContext): FoundHolder {
  const id = context.values.id ?? '';
  if (context.template.startsWith('/teams/')) {
    const team = findTeam(context.tenant, id);
    if (team === undefined) return { ok: false, refusal: missing(`team with Group Id ${id}`) };
    return { ok: true, holder: { holder: 'team', holderId: team.id } };
  }
  const user = findUser(context.tenant, id);
  if (user === undefined) return { ok: false, refusal: notFound(id) };
  return { ok: true, holder: { holder: 'user', holderId: user.id } };
}

function collectionOf({ holder, holderId }: Holder): string {
  return holder === 'team' ? `teams('${holderId}')/installedApps` : `users('${holderId}')/teamwork/installedApps`;
}

/** GET /teams/{id}/installedApps and /users/{id}/teamwork/installedApps. */
export function listInstallations(context: GraphContext): Answer {
  const found = holderOf(context);
  if (!found.ok) return found.refusal;
  return listAnswer<GraphObject>(context, {
    fragment: collectionOf(found.holder),
    resource: 'teamsAppInstallation',
    items: installationsOf(context.tenant, found.holder).map((item) => showInstallation(context.tenant, item)),
    view: (item) => item,
    cut: (item, select) => cutInstallation(context, item, select),
    filters: FILTERS,
    page: PAGE,
    allows: ['expand', 'count'],
  });
}

/** App and definition come expanded only. */
function cutInstallation(context: GraphContext, item: GraphObject, select: string[] | null): GraphObject {
  const { teamsApp, teamsAppDefinition, ...rest } = item;
  const names = new Set(context.options.expand.map((expand) => expand.property));
  return {
    ...cutToSelection(rest, select),
    ...(names.has('teamsApp') ? { teamsApp } : {}),
    ...(names.has('teamsAppDefinition') ? { teamsAppDefinition } : {}),
  };
}

/** POST …/installedApps: 201 with nothing; 409 when it is installed. A right for the own app reaches only that one. */
export function installApp(context: GraphContext): Answer {
  const found = holderOf(context);
  if (!found.ok) return found.refusal;
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const app = findApp(context.tenant, boundApp(read.body));
  if (app === undefined) return missing(`teams app with id ${boundApp(read.body)}`);
  if (!mayManage(context, app)) return forbidden();
  if (findInstallation(context.tenant, found.holder, app.id) !== undefined) {
    const message = `App is already installed in the scope of ${found.holder.holder} ${found.holder.holderId}.`;
    return graphError(409, 'Conflict', message);
  }
  const key = `${found.holder.holderId}##${app.id}`;
  const id = Buffer.from(key).toString('base64');
  const item: Installation = { id, ...found.holder, teamsAppId: app.id, version: app.version };
  commit(context, [{ type: 'kept.put', collection: 'installations', item }]);
  const place = `${context.deps.graphUrl()}/${context.version}/${collectionOf(found.holder)}('${item.id}')`;
  return { status: 201, headers: { Location: place } };
}

/** Rights that end in `Self…` are for the app whose manifest names the calling application. */
function mayManage(context: GraphContext, app: TeamsApp): boolean {
  if (app.azureAdAppId === context.appId) return true;
  const wide = [...context.roles].filter((role) => /^TeamsAppInstallation\.(ReadWrite|Manage)/.test(role));
  const others = ['Group.ReadWrite.All', 'Directory.ReadWrite.All'];
  return wide.some((role) => !role.includes('Self')) || others.some((role) => context.roles.has(role));
}

type FoundInstallation = { ok: true; installation: Installation; app: TeamsApp } | { ok: false; refusal: Answer };

function installationOf(context: GraphContext): FoundInstallation {
  const found = holderOf(context);
  if (!found.ok) return found;
  const id = context.values.installation ?? '';
  const installation = installationsOf(context.tenant, found.holder).find((item) => item.id === id);
  const app = installation === undefined ? undefined : findApp(context.tenant, installation.teamsAppId);
  if (installation === undefined || app === undefined) {
    return { ok: false, refusal: missing(`app installation with id ${id}`) };
  }
  return { ok: true, installation, app };
}

/** POST …/installedApps/{installation}/upgrade: 204; until then an installation stays at the version that it was made with. */
export function upgradeApp(context: GraphContext): Answer {
  const found = installationOf(context);
  if (!found.ok) return found.refusal;
  const refusal = refuseParameters(context);
  if (refusal !== null) return refusal;
  if (!mayManage(context, found.app)) return forbidden();
  const item: Installation = { ...found.installation, version: found.app.version };
  commit(context, [{ type: 'kept.put', collection: 'installations', item }]);
  return { status: 204 };
}

/** GET …/installedApps/{installation}. */
export function getInstallation(context: GraphContext): Answer {
  const found = installationOf(context);
  if (!found.ok) return found.refusal;
  const link = contextUrl(context, `${collectionOf(found.installation)}/$entity`);
  const shown = cutInstallation(context, showInstallation(context.tenant, found.installation), context.options.select);
  return { status: 200, body: { '@odata.context': link, ...shown } };
}

/** DELETE …/installedApps/{installation}: 204. */
export function uninstallApp(context: GraphContext): Answer {
  const found = installationOf(context);
  if (!found.ok) return found.refusal;
  if (!mayManage(context, found.app)) return forbidden();
  commit(context, [{ type: 'kept.remove', collection: 'installations', id: found.installation.id }]);
  return { status: 204 };
}

/** GET /users/{id}/teamwork/installedApps/{installation}/chat: the conversation of the person with the app's bot. */
export function getInstallationChat(context: GraphContext): Answer {
  const found = installationOf(context);
  if (!found.ok) return found.refusal;
  const id = chatIdOf(found.installation, found.app);
  const chat = {
    id,
    topic: null,
    chatType: 'oneOnOne',
    tenantId: context.tenant.tenant.tenantId,
    webUrl: `https://teams.microsoft.com/l/chat/${encodeURIComponent(id)}/0?tenantId=${context.tenant.tenant.tenantId}`,
  };
  const shown = cutToSelection(chat, context.options.select);
  return { status: 200, body: { '@odata.context': contextUrl(context, 'chats/$entity'), ...shown } };
}
