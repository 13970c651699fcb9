/** Consent of an administrator to an application's permissions in his tenant: a page, and the way back to the application. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { Answer, Call } from '../http/exchange.ts';
import type { SandboxEvent } from '../state/events.ts';
import { findTenant, type SandboxState, type TenantState, textOf } from '../state/state.ts';
import { personaOf } from '../teams/personas.ts';
import type { AppRegistration } from '../world/world.ts';
import { consentPage } from './consent-page.ts';
import { aadError } from './errors.ts';

type ConsentDeps = {
  state: SandboxState;
  clock: Clock;
  loginUrl: () => string;
  record(event: SandboxEvent): void;
};

/** Roles that may consent to application permissions. */
const CONSENTING = new Set([
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
]);
const SHARED_NAMES = new Set(['organizations']);
const ALL_PERMISSIONS = 'https://graph.microsoft.com/.default';
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

type Asked = {
  app: AppRegistration;
  redirectUri: string;
  state: string | null;
  /** Null where the address names no tenant: it is then the administrator's own. */
  tenant: TenantState | null;
};

/** GET adminconsent: the page with what is asked for; mistakes of the application are told there and sent nowhere. */
export function showConsent(deps: ConsentDeps, call: Call, values: Record<string, string>): Answer {
  const read = readAsked(deps, call, values);
  return read.ok ? pageFor(deps, read.asked, null) : read.refusal;
}

/**
 * POST adminconsent: a refusal goes back with `error` AND `admin_consent=True`; an acceptance by an administrator grants
 * every permission that the application's registration asks for.
 */
export function decideConsent(deps: ConsentDeps, call: Call, values: Record<string, string>): Answer {
  const read = readAsked(deps, call, values);
  if (!read.ok) return read.refusal;
  const { asked } = read;
  const form = new URLSearchParams(call.body);
  if (form.get('answer') !== 'accept') {
    const description = 'AADSTS65004: User declined to consent to access the app.';
    return backTo(asked, { error: 'access_denied', error_description: description });
  }
  const places = asked.tenant === null ? [...deps.state.tenants.values()] : [asked.tenant];
  const tenant = places.find((place) =>
    administratorsOf(place).some(
      ({ userPrincipalName, password }) =>
        userPrincipalName.toLowerCase() === (form.get('username') ?? '').toLowerCase() &&
        password === form.get('password'),
    ),
  );
  if (tenant === undefined) return pageFor(deps, asked, NEEDS_ADMINISTRATOR);
  grant(deps, tenant, asked.app);
  return backTo(asked, { tenant: tenant.tenant.tenantId, scope: ALL_PERMISSIONS });
}

const NEEDS_ADMINISTRATOR =
  'AADSTS90094: The grant requires administrator permission: user name and password must be an administrator’s.';

function readAsked(
  deps: ConsentDeps,
  { query }: Call,
  values: Record<string, string>,
): { ok: true; asked: Asked } | { ok: false; refusal: Answer } {
  const refuse = (code: number, text: string) => {
    const { body } = aadError(deps, { status: 400, error: 'invalid_request', code, text });
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
    return { ok: false as const, refusal: { status: 400, headers, text: body.error_description } };
  };
  const name = values.tenant ?? '';
  const tenant = findTenant(deps.state, name) ?? null;
  if (tenant === null && !SHARED_NAMES.has(name)) return refuse(90002, `Tenant '${name}' not found.`);
  const clientId = query.get('client_id') ?? '';
  const app = registrationOf(deps.state, clientId);
  if (app === null) return refuse(700016, `Application with identifier '${clientId}' was not found.`);
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!isRegistered(app, redirectUri))
    return refuse(50011, `The redirect URI '${redirectUri}' does not match the redirect URIs of the application.`);
  if (query.get('scope') !== ALL_PERMISSIONS)
    return refuse(70011, 'Application permissions are asked for with /.default and nothing else.');
  return { ok: true, asked: { app, redirectUri, state: query.get('state'), tenant } };
}

/** The registration of an application, wherever its home is. */
function registrationOf({ tenants, cast }: SandboxState, clientId: string): AppRegistration | null {
  const all = [...tenants.values()].flatMap(({ tenant }) => tenant.apps).filter((app) => app.clientId === clientId);
  const found = all.find(({ requested }) => requested !== undefined) ?? all[0];
  if (found !== undefined) return found;
  const { appId, appSecret } = cast.provider.app;
  return clientId === appId ? { clientId, clientSecret: appSecret, displayName: cast.provider.name, roles: [] } : null;
}

/** Registered addresses match to the letter; where none are known every safe one does. */
function isRegistered({ redirectUris }: AppRegistration, redirectUri: string): boolean {
  if (redirectUris !== undefined) return redirectUris.includes(redirectUri);
  const url = URL.parse(redirectUri);
  return url !== null && (url.protocol === 'https:' || LOOPBACK.has(url.hostname));
}

function grant(deps: ConsentDeps, { tenant }: TenantState, app: AppRegistration): void {
  const { tenantId, servicePrincipals } = tenant;
  const consentedAt = new Date(deps.clock.now()).toISOString();
  const isThere = servicePrincipals.some(({ appId }) => appId === app.clientId);
  const principal = { id: randomUUID(), appId: app.clientId, displayName: app.displayName };
  const value = [...servicePrincipals, { ...principal, servicePrincipalType: 'Application', accountEnabled: true }];
  deps.record({
    ...{ tenantId, type: 'together' },
    events: [
      { type: 'app.put', app: { ...app, roles: app.requested ?? app.roles, consentedAt } },
      ...(isThere ? [] : [{ type: 'part.set' as const, part: 'servicePrincipals' as const, value }]),
    ],
  });
}

/** Both answers say so; only `error` tells them apart. */
function backTo({ redirectUri, state }: Asked, given: Record<string, string>): Answer {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ admin_consent: 'True', ...given })) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  return { status: 302, headers: { Location: url.href, 'Cache-Control': 'no-store' } };
}

function administratorsOf({ tenant, usersById }: TenantState) {
  return tenant.roleAssignments
    .filter(({ roleDefinitionId }) => CONSENTING.has(String(roleDefinitionId)))
    .flatMap(({ principalId }) => usersById.get(String(principalId)) ?? [])
    .filter((user) => user.accountEnabled !== false)
    .map((user) => personaOf(tenant, user));
}

/** More would not be looked at. */
const SHOWN_MAX = 5;

function pageFor(deps: ConsentDeps, { app, redirectUri, tenant }: Asked, problem: string | null): Answer {
  const places = tenant === null ? [...deps.state.tenants.values()] : [tenant];
  return consentPage({
    app: app.displayName,
    permissions: app.requested ?? app.roles,
    tenant: tenant === null ? null : textOf(tenant.tenant.organization, 'displayName') || tenant.tenant.initialDomain,
    administrators: places.flatMap((place) => administratorsOf(place).slice(0, SHOWN_MAX)),
    origin: new URL(redirectUri).origin,
    problem,
  });
}
