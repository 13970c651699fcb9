/**
 * The sign-in service: discovery, keys, and tokens for applications (client credentials with a secret or a signed
 * assertion). Shapes and AADSTS numbers as Microsoft Entra ID gives them.
 */
import { randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import type { Answer, Call, CallFacts, VendorApp } from '../http/exchange.ts';
import { compileTemplate } from '../http/templates.ts';
import type { SandboxEvent } from '../state/events.ts';
import { findTenant, type SandboxState, type TenantState } from '../state/state.ts';
import type { AppRegistration } from '../world/world.ts';
import { type Authority, createAuthority } from './authorize.ts';
import { checkClient, readClient } from './client-check.ts';
import { decideConsent, showConsent } from './consent.ts';
import { aadError, notConsented, sharedName, spreading, unknownTenant } from './errors.ts';
import type { SigningKeys } from './keys.ts';

export type LoginDeps = {
  state: SandboxState;
  clock: Clock;
  /** Signs what applications and people get. */
  keys: SigningKeys;
  /** This service's own address and Graph's: issuer and audience of the tokens. */
  loginUrl: () => string;
  graphUrl: () => string;
  record(event: SandboxEvent): void;
};

type Handler = (call: Call, values: Record<string, string>, facts: CallFacts) => Answer | Promise<Answer>;

const TOKEN_SECONDS = 3600;
/** The audience that a token for Microsoft Graph names, besides the address that was asked for. */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';
/** The audience of the tokens with which a bot calls the connector. */
export const BOT_FRAMEWORK = 'https://api.botframework.com';
const SHARED_NAMES = new Set(['common', 'organizations', 'consumers']);

/** Creates the sign-in service. */
export function createLogin(deps: LoginDeps): VendorApp & { errorAnswer(status: number): Answer } {
  const authority: Authority = createAuthority(deps);
  const routes: { method: string; template: ReturnType<typeof compileTemplate>; handle: Handler }[] = [
    route('GET', '/common/discovery/instance', (call) => instanceDiscovery(deps, call)),
    route('GET', '/{tenant}/v2.0/.well-known/openid-configuration', (_call, values) =>
      openIdConfiguration(deps, values),
    ),
    route('GET', '/{tenant}/.well-known/openid-configuration', (_call, values) => openIdConfiguration(deps, values)),
    route('GET', '/{tenant}/discovery/v2.0/keys', () => ({ status: 200, body: { keys: [deps.keys.jwk] } })),
    route('GET', '/{tenant}/discovery/keys', () => ({ status: 200, body: { keys: [deps.keys.jwk] } })),
    route('GET', '/{tenant}/oauth2/v2.0/authorize', (call, values) => authority.show(call, values)),
    route('POST', '/{tenant}/oauth2/v2.0/authorize', (call, values) => authority.signIn(call, values)),
    route('GET', '/{tenant}/v2.0/adminconsent', (call, values) => showConsent(deps, call, values)),
    route('POST', '/{tenant}/v2.0/adminconsent', (call, values) => decideConsent(deps, call, values)),
    route('POST', '/{tenant}/oauth2/v2.0/token', (call, values, facts) =>
      new URLSearchParams(call.body).get('grant_type') === 'authorization_code'
        ? authority.redeem(call, values)
        : issueToken(deps, { call, values, facts }),
    ),
  ];
  return {
    vendor: 'login',
    errorAnswer: (status) => aadError(deps, { status, error: 'temporarily_unavailable', code: 90033, text: TRANSIENT }),
    match(call) {
      const facts: CallFacts = {};
      for (const candidate of routes) {
        const values = candidate.template.match(call.path);
        if (values === null || candidate.method !== call.method) continue;
        const tenant = findTenant(deps.state, values.tenant ?? '');
        if (tenant !== undefined) facts.tenant = tenant.tenant.tenantId;
        const answer = async () => candidate.handle(call, values, facts);
        return { template: candidate.template.text, facts, answer };
      }
      return { template: '(unknown)', facts, answer: () => Promise.resolve({ status: 404 }) };
    },
  };
}

const TRANSIENT = 'A transient error has occurred. Please try again.';

function route(method: string, template: string, handle: Handler) {
  return { method, template: compileTemplate(template), handle };
}

/** What a client asks before it trusts an authority: this host, under its own name only. */
function instanceDiscovery(deps: LoginDeps, call: Call): Answer {
  const host = new URL(deps.loginUrl()).host;
  const asked = URL.parse(call.query.get('authorization_endpoint') ?? '');
  const segment = asked?.pathname.split('/')[1] ?? 'common';
  return {
    status: 200,
    body: {
      tenant_discovery_endpoint: `${deps.loginUrl()}/${segment}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    },
  };
}

function openIdConfiguration(deps: LoginDeps, values: Record<string, string>): Answer {
  const name = values.tenant ?? '';
  const tenant = findTenant(deps.state, name);
  if (tenant === undefined && !SHARED_NAMES.has(name)) return unknownTenant(deps, name);
  const id = tenant?.tenant.tenantId;
  const base = `${deps.loginUrl()}/${id ?? name}`;
  return {
    status: 200,
    body: {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${deps.loginUrl()}/${id ?? '{tenantid}'}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'oid', 'preferred_username', 'name'],
      tenant_region_scope: 'EU',
      cloud_instance_name: new URL(deps.loginUrl()).host,
      msgraph_host: new URL(deps.graphUrl()).host,
    },
  };
}

type TokenCall = { call: Call; values: Record<string, string>; facts: CallFacts };

async function issueToken(deps: LoginDeps, given: TokenCall): Promise<Answer> {
  const { call, values, facts } = given;
  const form = new URLSearchParams(call.body);
  const name = values.tenant ?? '';
  const tenant = findTenant(deps.state, name);
  if (tenant === undefined) return SHARED_NAMES.has(name) ? sharedName(deps) : unknownTenant(deps, name);
  if (form.get('grant_type') !== 'client_credentials') {
    const text = `The app requested an unsupported grant type '${form.get('grant_type') ?? ''}'.`;
    return aadError(deps, { status: 400, error: 'unsupported_grant_type', code: 70003, text });
  }
  const scope = readScope(deps, form.get('scope') ?? '');
  if (scope === null) {
    const text = `The provided value for the input parameter 'scope' is not valid. The scope ${form.get('scope') ?? ''} is not valid.`;
    return aadError(deps, { status: 400, error: 'invalid_scope', code: 1002012, text });
  }
  const client = readClient(call, form);
  facts.appId = client.id;
  const app = tenant.tenant.apps.find((candidate) => candidate.clientId === client.id);
  if (app === undefined) return notConsented(deps, client.id, tenant);
  if (isStillSpreading(app, tenant, deps.clock.now())) return spreading(deps, client.id);
  const refusal = await checkClient(deps, { app, tenant, secret: client.secret, form });
  if (refusal !== null) return refusal;
  const body = {
    token_type: 'Bearer',
    expires_in: TOKEN_SECONDS,
    ext_expires_in: TOKEN_SECONDS,
    access_token: await signToken(deps, { app, tenant, audience: scope }),
  };
  return { status: 200, headers: { 'Cache-Control': 'no-store, no-cache', Pragma: 'no-cache' }, body };
}

/** A consent is known at once where it was given, and everywhere else after a while. */
function isStillSpreading({ consentedAt }: AppRegistration, { options }: TenantState, now: number): boolean {
  return consentedAt !== undefined && now < Date.parse(consentedAt) + options.consentVisibleAfterMs;
}

/** The resource of `<resource>/.default`; null for anything else, as for a resource that nobody here plays. */
function readScope(deps: LoginDeps, scope: string): string | null {
  const match = /^(\S+)\/\.default$/.exec(scope.trim());
  const resource = match?.[1]?.replace(/\/$/, '');
  const known = ['https://graph.microsoft.com', GRAPH_APP_ID, deps.graphUrl(), BOT_FRAMEWORK];
  return resource !== undefined && known.includes(resource) ? resource : null;
}

async function signToken(
  deps: LoginDeps,
  given: { app: AppRegistration; tenant: TenantState; audience: string },
): Promise<string> {
  const { app, tenant } = given;
  const issuedAt = Math.floor(deps.clock.now() / 1000);
  const principal = tenant.tenant.servicePrincipals.find((candidate) => candidate.appId === app.clientId);
  const claims = {
    aud: given.audience,
    iss: `${deps.loginUrl()}/${tenant.tenant.tenantId}/v2.0`,
    app_displayname: app.displayName,
    appid: app.clientId,
    azp: app.clientId,
    appidacr: '1',
    idtyp: 'app',
    oid: principal?.id ?? app.clientId,
    sub: principal?.id ?? app.clientId,
    roles: app.roles,
    tid: tenant.tenant.tenantId,
    uti: randomUUID(),
    ver: '1.0',
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: deps.keys.kid })
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_SECONDS)
    .sign(deps.keys.privateKey);
}

/** Reads the tenant that a token claims, without believing it. */
export function claimedTenant(token: string): string | undefined {
  try {
    const { tid } = decodeJwt(token);
    return typeof tid === 'string' ? tid : undefined;
  } catch {
    // Not a token at all: the check of its signature will say so.
    return undefined;
  }
}
