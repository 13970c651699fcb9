import type { Clock } from '../../lib/clock.ts';
import { AppError, type VendorCall, VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import type { HttpClient } from '../http.ts';
import type { HttpAnswer } from '../http-types.ts';
import { parsedAnswer } from '../parsed-answer.ts';
import { untilShown } from './eventually.ts';
import { graphErrorCode } from './middleware.ts';
import { type GraphTeamsApp, pageSchema, teamsAppSchema } from './wire.ts';

/** What publishing needs of the world. Graph takes this call from people only, so nothing here uses the app's own token. */
export type CatalogueDeps = {
  http: HttpClient;
  clock: Clock;
  /** Base address of the customer's Graph. */
  graphUrl: string;
  /** The customer's tenant, whose catalogue is meant. */
  tenantId: string;
  /** Verifies a person's token (signature, issuer, audience, scope) and says who it is; throws for any other token. */
  verify(token: string): Promise<{ tenantId: string }>;
  /** A token for these scopes in the name of the person whose verified token this is. */
  onBehalfOf(verifiedToken: string, scopes: readonly string[]): Promise<string>;
};

export type AppPackage = {
  /** The id in the manifest, which the catalogue calls `externalId`. */
  externalId: string;
  /** The version in the manifest. */
  version: string;
  zip: Uint8Array;
};

export type PublishOutcome =
  /** The catalogue gives out this version, or an administrator has yet to approve it. */
  | { outcome: 'published' | 'inReview'; change: 'added' | 'updated' | 'none'; appId: string }
  | { outcome: 'refused'; code: 'catalogue_rejected' | 'catalogue_not_allowed' | 'catalogue_package'; message: string }
  /** Sent, and the catalogue does not show it yet: to be asked again later, never to be sent again unread. */
  | { outcome: 'unknown'; message: string };

/** Least right for both calls, delegated; whether a review is needed follows from the person's role. */
export const CATALOGUE_SCOPES = ['https://graph.microsoft.com/AppCatalog.Submit'] as const;

const PATH = '/appCatalogs/teamsApps';
const OWN = 'organization';

type Session = { deps: CatalogueDeps; bearer: string; app: AppPackage; signal: AbortSignal | undefined };

/**
 * Brings an app package into the catalogue of the customer's tenant as the person whose token this is: adds the app,
 * adds the version to it, or finds that it is there. Reads before it writes and sends once; where the answer is lost it
 * reads again. Refuses with `catalogue_tenant` a person of another tenant, and whatever `verify` and `onBehalfOf` refuse.
 */
export async function publishApp(
  deps: CatalogueDeps,
  request: { token: string; app: AppPackage; signal?: AbortSignal },
): Promise<PublishOutcome> {
  const { tenantId } = await deps.verify(request.token);
  if (tenantId.toLowerCase() !== deps.tenantId.toLowerCase()) throw foreignTenant();
  const bearer = await deps.onBehalfOf(request.token, CATALOGUE_SCOPES);
  const session: Session = { deps, bearer, app: request.app, signal: request.signal };
  const known = await findApp(session);
  const before = known === null ? null : shownOutcome(known, { version: request.app.version, change: 'none' });
  return before ?? (await send(session, known));
}

/** What the catalogue says of a version of the app; null where it has none of it. */
function shownOutcome(
  app: GraphTeamsApp,
  { version, change }: { version: string; change: 'added' | 'updated' | 'none' },
): PublishOutcome | null {
  const definition = (app.appDefinitions ?? []).findLast((candidate) => candidate.version === version);
  if (definition === undefined) return null;
  // Older answers carry no state: what has a definition and no state is given out.
  const state = definition.publishingState ?? 'published';
  if (state === 'published') return { outcome: 'published', change, appId: app.id };
  if (state === 'submitted') return { outcome: 'inReview', change, appId: app.id };
  if (state === 'rejected') {
    return refused('catalogue_rejected', 'An administrator rejected this version. Raise it and publish again.');
  }
  return { outcome: 'unknown', message: 'The catalogue shows this version in a state that is not known here.' };
}

async function send(session: Session, known: GraphTeamsApp | null): Promise<PublishOutcome> {
  const change = known === null ? 'added' : 'updated';
  try {
    await post(session, known);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== null) return refusal;
    if (!mayBeThere(error)) throw error;
  }
  const { clock } = session.deps;
  const find = async () => {
    const app = await findApp(session);
    return app === null ? null : shownOutcome(app, { version: session.app.version, change });
  };
  const shown = await untilShown(clock, find, session.signal);
  return (
    shown ?? { outcome: 'unknown', message: 'Sent; the catalogue does not show it yet. Look again in some minutes.' }
  );
}

/** A conflict means that somebody else was first; a lost answer, that it may have worked. Both are read, not repeated. */
function mayBeThere(error: unknown): boolean {
  return error instanceof VendorUnreachableError || (error instanceof VendorRefusedError && error.call.status === 409);
}

function refusalOf(error: unknown): PublishOutcome | null {
  if (!(error instanceof VendorRefusedError)) return null;
  if (error.call.status === 403)
    return refused(
      'catalogue_not_allowed',
      'You may not publish here. It takes a Teams administrator of the customer.',
    );
  if (error.call.status === 400)
    return refused('catalogue_package', 'The catalogue refused the package. Check it with "npm run package".');
  return null;
}

function refused(code: Extract<PublishOutcome, { outcome: 'refused' }>['code'], message: string): PublishOutcome {
  return { outcome: 'refused', code, message };
}

/** The organisation's own app of this manifest id; a store's app of the same id is another one. */
async function findApp(session: Session): Promise<GraphTeamsApp | null> {
  const id = session.app.externalId.replaceAll("'", "''");
  const filter = encodeURIComponent(`externalId eq '${id}' and distributionMethod eq '${OWN}'`);
  const call: VendorCall = { vendor: 'graph', method: 'GET', path: PATH };
  const answer = await callGraph(session, { method: 'GET', path: `${PATH}?$filter=${filter}&$expand=appDefinitions` });
  const rows = parsedAnswer(pageSchema, answer.body, call).value.map((row) => parsedAnswer(teamsAppSchema, row, call));
  return rows.find((app) => app.distributionMethod === OWN) ?? null;
}

async function post(session: Session, known: GraphTeamsApp | null): Promise<void> {
  const path = known === null ? PATH : `${PATH}/${encodeURIComponent(known.id)}/appDefinitions`;
  await callGraph(session, { method: 'POST', path });
}

function callGraph(
  { deps, bearer, app, signal }: Session,
  { method, path }: { method: 'GET' | 'POST'; path: string },
): Promise<HttpAnswer> {
  return deps.http.send({
    vendor: 'graph',
    method,
    url: `${deps.graphUrl.replace(/\/+$/, '')}/v1.0${path}`,
    pathTemplate: path.startsWith(`${PATH}/`) ? `${PATH}/{id}/appDefinitions` : PATH,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${bearer}`,
      ...(method === 'POST' ? { 'content-type': 'application/zip' } : {}),
    },
    ...(method === 'POST' ? { body: app.zip, attemptsMax: 1 } : {}),
    // The answer of a write is not needed: what the catalogue shows afterwards is what counts.
    expect: method === 'GET' ? 'json' : 'none',
    signal,
    vendorCode: graphErrorCode,
  });
}

function foreignTenant(): AppError {
  const userMessage = 'Sign in with an account of the customer: the catalogue belongs to the customer’s tenant.';
  return new AppError('catalogue_tenant', userMessage, { userMessage });
}
