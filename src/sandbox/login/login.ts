/**
 * The sign-in service: discovery, keys, and tokens for applications (client credentials with a secret or a signed
 * assertion). Shapes and AADSTS numbers as Microsoft Entra ID gives them.
 */
import { randomUUID, timingSafeEqual, X509Certificate } from 'node:crypto';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { type Answer, type Call, type CallFacts, headerOf, type VendorApp } from '../http/exchange.ts';
import { compileTemplate } from '../http/templates.ts';
import { findTenant, type SandboxState, type TenantState } from '../state/state.ts';
import type { AppRegistration } from '../world/world.ts';
import type { SigningKeys } from './keys.ts';

export type LoginDeps = {
  state: SandboxState;
  clock: Clock;
  keys: SigningKeys;
  /** This service's own address and Graph's: issuer and audience of the tokens. */
  loginUrl: () => string;
  graphUrl: () => string;
};

type Handler = (call: Call, values: Record<string, string>, facts: CallFacts) => Answer | Promise<Answer>;

const TOKEN_SECONDS = 3600;
/** The audience that a token for Microsoft Graph names, besides the address that was asked for. */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const SHARED_NAMES = new Set(['common', 'organizations', 'consumers']);

/** Creates the sign-in service. */
export function createLogin(deps: LoginDeps): VendorApp & { errorAnswer(status: number): Answer } {
  const routes: { method: string; template: ReturnType<typeof compileTemplate>; handle: Handler }[] = [
    route('GET', '/common/discovery/instance', (call) => instanceDiscovery(deps, call)),
    route('GET', '/{tenant}/v2.0/.well-known/openid-configuration', (_call, values) =>
      openIdConfiguration(deps, values),
    ),
    route('GET', '/{tenant}/.well-known/openid-configuration', (_call, values) => openIdConfiguration(deps, values)),
    route('GET', '/{tenant}/discovery/v2.0/keys', () => ({ status: 200, body: { keys: [deps.keys.jwk] } })),
    route('GET', '/{tenant}/discovery/keys', () => ({ status: 200, body: { keys: [deps.keys.jwk] } })),
    route('POST', '/{tenant}/oauth2/v2.0/token', (call, values, facts) => issueToken(deps, { call, values, facts })),
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

/** The resource of `<resource>/.default`; null for anything else, as for another resource than Graph. */
function readScope(deps: LoginDeps, scope: string): string | null {
  const match = /^(\S+)\/\.default$/.exec(scope.trim());
  const resource = match?.[1]?.replace(/\/$/, '');
  const known = ['https://graph.microsoft.com', GRAPH_APP_ID, deps.graphUrl()];
  return resource !== undefined && known.includes(resource) ? resource : null;
}

function readClient(call: Call, form: URLSearchParams): { id: string; secret: string | null } {
  const basic = /^Basic (.+)$/i.exec(headerOf(call, 'authorization') ?? '');
  if (basic === null) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') };
  const text = Buffer.from(basic[1] ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { id: decodeURIComponent(text.slice(0, colon)), secret: decodeURIComponent(text.slice(colon + 1)) };
}

async function checkClient(
  deps: LoginDeps,
  given: { app: AppRegistration; tenant: TenantState; secret: string | null; form: URLSearchParams },
): Promise<Answer | null> {
  const { app, secret, form } = given;
  if (form.get('client_assertion_type') === ASSERTION_TYPE) {
    return checkAssertion(deps, given, form.get('client_assertion') ?? '');
  }
  if (secret === null || secret === '') {
    const text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    return aadError(deps, { status: 401, error: 'invalid_client', code: 7000218, text });
  }
  if (isSame(secret, app.clientSecret)) return null;
  const text =
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the ' +
    `client secret ID, for a secret added to app '${app.clientId}'.`;
  return aadError(deps, { status: 401, error: 'invalid_client', code: 7000215, text });
}

/** An assertion is believed when a certificate registered with the service principal has signed it for this tenant. */
async function checkAssertion(
  deps: LoginDeps,
  given: { app: AppRegistration; tenant: TenantState },
  assertion: string,
): Promise<Answer | null> {
  const { app, tenant } = given;
  const text = `Client assertion failed signature validation or is not meant for app '${app.clientId}'.`;
  const refusal = aadError(deps, { status: 401, error: 'invalid_client', code: 700027, text });
  const principal = tenant.tenant.servicePrincipals.find((candidate) => candidate.appId === app.clientId);
  const audience = [tenant.tenant.tenantId, tenant.tenant.initialDomain].flatMap((name) => [
    `${deps.loginUrl()}/${name}/oauth2/v2.0/token`,
    `${deps.loginUrl()}/${name}/v2.0`,
  ]);
  const options = { issuer: app.clientId, subject: app.clientId, audience, currentDate: new Date(deps.clock.now()) };
  for (const certificate of registeredCertificates(principal?.keyCredentials)) {
    try {
      await jwtVerify(assertion, certificate.publicKey, options);
      return null;
    } catch {
      // Another registered certificate may have signed it; when none has, the refusal says so.
    }
  }
  return refusal;
}

function registeredCertificates(credentials: unknown): X509Certificate[] {
  if (!Array.isArray(credentials)) return [];
  return credentials.flatMap((credential: unknown) => {
    const key = typeof credential === 'object' && credential !== null && 'key' in credential ? credential.key : null;
    return typeof key === 'string' ? [new X509Certificate(Buffer.from(key, 'base64'))] : [];
  });
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

function unknownTenant(deps: LoginDeps, name: string): Answer {
  const text =
    `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct ` +
    'cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.';
  return aadError(deps, { status: 400, error: 'invalid_request', code: 90002, text });
}

function sharedName(deps: LoginDeps): Answer {
  const text = 'The provided request must name a tenant: application tokens cannot be had from a shared authority.';
  return aadError(deps, { status: 400, error: 'invalid_request', code: 900144, text });
}

function notConsented(deps: LoginDeps, clientId: string, tenant: TenantState): Answer {
  const text =
    `Application with identifier '${clientId}' was not found in the directory '${tenant.tenant.initialDomain}'. This can ` +
    'happen if the application has not been installed by the administrator of the tenant or consented to by any user in ' +
    'the tenant. You may have sent your authentication request to the wrong tenant.';
  return aadError(deps, { status: 400, error: 'unauthorized_client', code: 700016, text });
}

function aadError(deps: LoginDeps, given: { status: number; error: string; code: number; text: string }): Answer {
  const timestamp = `${new Date(deps.clock.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const trace = randomUUID();
  const correlation = randomUUID();
  const description = `AADSTS${given.code}: ${given.text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  return {
    status: given.status,
    headers: { 'x-ms-request-id': trace },
    body: {
      error: given.error,
      error_description: description,
      error_codes: [given.code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `${deps.loginUrl()}/error?code=${given.code}`,
    },
  };
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
