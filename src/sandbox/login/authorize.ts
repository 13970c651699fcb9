/** Sign-in of people: the authorization-code flow with PKCE, a page of its own, and a session in the browser. */
import { createHash, randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { type Answer, type Call, headerOf } from '../http/exchange.ts';
import { findTenant, type SandboxState, type TenantState } from '../state/state.ts';
import { passwordOf } from '../teams/personas.ts';
import { signInPage } from './authorize-page.ts';
import { isSame } from './client-check.ts';
import { aadError } from './errors.ts';
import { type Subject, signIdToken, signTabToken, TEAMS_WEB_CLIENT, type TokenDeps } from './person-tokens.ts';

export type AuthorityDeps = TokenDeps & { state: SandboxState };

/** The interactive half of the sign-in service. */
export type Authority = {
  /** GET authorize: the page, or at once a code when the browser's session is enough. */
  show(call: Call, values: Record<string, string>): Promise<Answer>;
  /** POST authorize: user name and password from the page's form. */
  signIn(call: Call, values: Record<string, string>): Promise<Answer>;
  /** POST token with a code. */
  redeem(call: Call, values: Record<string, string>): Promise<Answer>;
};

type Grant = Subject & {
  clientId: string;
  redirectUri: string;
  challenge: string;
  nonce: string | null;
  scope: string;
  expires: number;
};

/** What an application asked for when it sent the browser here. */
type Asked = {
  clientId: string;
  redirectUri: string;
  challenge: string;
  state: string | null;
  nonce: string | null;
  scope: string;
  prompt: string;
  tenant: TenantState | null;
};

const CODE_MS = 600_000;
const SESSION_SECONDS = 12 * 3600;
/** The browser's session with the sign-in service. */
export const SIGN_IN_COOKIE = 'sandbox-sign-in';
const SHARED_NAMES = new Set(['common', 'organizations']);
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Creates it; codes live in memory, as an interrupted sign-in is simply begun again. */
export function createAuthority(deps: AuthorityDeps): Authority {
  const grants = new Map<string, Grant>();
  const giveCode = (asked: Asked, who: Subject): string => {
    const code = randomBytes(32).toString('base64url');
    const { clientId, redirectUri, challenge, nonce, scope } = asked;
    grants.set(code, { ...who, clientId, redirectUri, challenge, nonce, scope, expires: deps.clock.now() + CODE_MS });
    return backTo(asked, { code });
  };
  return {
    async show(call, values) {
      const read = readAsked(deps, call, values);
      if (!read.ok) return read.refusal;
      const { asked } = read;
      const known = await sessionOf(deps, call);
      const fits = known !== null && (asked.tenant === null || asked.tenant.tenant.tenantId === known.tenantId);
      if (fits && asked.prompt !== 'login' && asked.prompt !== 'select_account') {
        return { status: 302, headers: { Location: giveCode(asked, known) } };
      }
      if (asked.prompt === 'none') {
        return { status: 302, headers: { Location: backTo(asked, { error: 'login_required' }) } };
      }
      return signInPage(deps.state, { tenant: asked.tenant, redirectUri: asked.redirectUri, problem: null });
    },
    async signIn(call, values) {
      const read = readAsked(deps, call, values);
      if (!read.ok) return read.refusal;
      const { asked } = read;
      const checked = checkPassword(deps, asked, new URLSearchParams(call.body));
      if (typeof checked === 'string') {
        return signInPage(deps.state, { tenant: asked.tenant, redirectUri: asked.redirectUri, problem: checked });
      }
      const cookie = `${SIGN_IN_COOKIE}=${await signSession(deps, checked)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${SESSION_SECONDS}`;
      return { status: 302, headers: { Location: giveCode(asked, checked), 'Set-Cookie': cookie } };
    },
    redeem: (call) => redeem(deps, grants, new URLSearchParams(call.body)),
  };
}

type Read = { ok: true; asked: Asked } | { ok: false; refusal: Answer };

/** Reads what was asked; an unknown client or address is told on a page, as it must not be sent anywhere. */
function readAsked(deps: AuthorityDeps, call: Call, values: Record<string, string>): Read {
  const { query } = call;
  const name = values.tenant ?? '';
  const tenant = findTenant(deps.state, name) ?? null;
  const refuse = (code: number, text: string): Read => {
    const error = aadError(deps, { status: 400, error: 'invalid_request', code, text });
    const headers = { ...error.headers, 'Content-Type': 'text/plain; charset=utf-8' };
    return { ok: false, refusal: { status: 400, headers, text: error.body.error_description } };
  };
  if (tenant === null && !SHARED_NAMES.has(name)) return refuse(90002, `Tenant '${name}' not found.`);
  const clientId = query.get('client_id') ?? '';
  if (clientId !== TEAMS_WEB_CLIENT && clientId !== deps.state.cast.provider.app.appId) {
    return refuse(700016, `Application with identifier '${clientId}' was not found in the directory.`);
  }
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!LOOPBACK.has(URL.parse(redirectUri)?.hostname ?? '')) {
    return refuse(50011, `The redirect URI '${redirectUri}' does not match the redirect URIs of the application.`);
  }
  const challenge = query.get('code_challenge') ?? '';
  if (query.get('response_type') !== 'code' || challenge === '' || query.get('code_challenge_method') !== 'S256') {
    return refuse(9002325, 'Proof Key for Code Exchange is required: response_type=code with an S256 code_challenge.');
  }
  const asked = {
    clientId,
    redirectUri,
    challenge,
    state: query.get('state'),
    nonce: query.get('nonce'),
    scope: query.get('scope') ?? 'openid',
    prompt: query.get('prompt') ?? '',
    tenant,
  };
  return { ok: true, asked };
}

function backTo(asked: Asked, given: Record<string, string>): string {
  const url = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value);
  if (asked.state !== null) url.searchParams.set('state', asked.state);
  return url.href;
}

/** The person whose name and password these are, or what the page says about them. */
function checkPassword(deps: AuthorityDeps, asked: Asked, form: URLSearchParams): Subject | string {
  const name = (form.get('username') ?? '').trim().toLowerCase();
  const places = asked.tenant === null ? [...deps.state.tenants.values()] : [asked.tenant];
  for (const { tenant, usersByName } of places) {
    const user = usersByName.get(name);
    if (user === undefined) continue;
    if (!isSame(form.get('password') ?? '', passwordOf(user.id))) break;
    if (user.accountEnabled === false) return 'AADSTS50057: The user account is disabled.';
    return { tenantId: tenant.tenantId, user };
  }
  return 'AADSTS50126: Error validating credentials due to invalid username or password.';
}

function signSession(deps: AuthorityDeps, who: Subject): Promise<string> {
  const issuedAt = Math.floor(deps.clock.now() / 1000);
  return new SignJWT({ tid: who.tenantId, oid: who.user.id })
    .setProtectedHeader({ alg: 'RS256' })
    .setAudience(SIGN_IN_COOKIE)
    .setExpirationTime(issuedAt + SESSION_SECONDS)
    .sign(deps.keys.privateKey);
}

async function sessionOf(deps: AuthorityDeps, call: Call): Promise<Subject | null> {
  const cookie = cookieOf(call, SIGN_IN_COOKIE);
  if (cookie === null) return null;
  try {
    const options = { audience: SIGN_IN_COOKIE, currentDate: new Date(deps.clock.now()) };
    const { payload } = await jwtVerify(cookie, deps.keys.publicKey, options);
    const tenantId = String(payload.tid);
    const user = deps.state.tenants.get(tenantId)?.usersById.get(String(payload.oid));
    return user === undefined || user.accountEnabled === false ? null : { tenantId, user };
  } catch {
    // An old or foreign cookie: the person signs in again.
    return null;
  }
}

/** The value of a cookie that came with a call. */
export function cookieOf(call: Pick<Call, 'headers'>, name: string): string | null {
  const pairs = (headerOf(call, 'cookie') ?? '').split(/;\s*/);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

async function redeem(deps: AuthorityDeps, grants: Map<string, Grant>, form: URLSearchParams): Promise<Answer> {
  const code = form.get('code') ?? '';
  const grant = grants.get(code);
  // A code is good once, also when what comes with it is wrong.
  grants.delete(code);
  const refusal = refuseGrant(deps, grant, form);
  if (refusal !== null || grant === undefined) return refusal ?? { status: 400 };
  const { appId, appSecret } = deps.state.cast.provider.app;
  if (grant.clientId === appId && !isSame(form.get('client_secret') ?? '', appSecret)) {
    const text = `Invalid client secret provided for app '${appId}'.`;
    return aadError(deps, { status: 401, error: 'invalid_client', code: 7000215, text });
  }
  const body = {
    token_type: 'Bearer',
    scope: grant.scope,
    expires_in: 3600,
    access_token: await signTabToken(deps, grant, appId),
    id_token: await signIdToken(deps, grant, grant),
  };
  return { status: 200, headers: { 'Cache-Control': 'no-store, no-cache', Pragma: 'no-cache' }, body };
}

function refuseGrant(deps: AuthorityDeps, grant: Grant | undefined, form: URLSearchParams): Answer | null {
  const refuse = (code: number, text: string) => aadError(deps, { status: 400, error: 'invalid_grant', code, text });
  if (grant === undefined) return refuse(54005, 'OAuth2 Authorization code was already redeemed or is unknown.');
  if (grant.expires <= deps.clock.now()) return refuse(70008, 'The provided authorization code has expired.');
  if (form.get('client_id') !== grant.clientId || form.get('redirect_uri') !== grant.redirectUri) {
    return refuse(500112, 'The reply address does not match the reply address provided when requesting the code.');
  }
  const proof = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  return isSame(proof, grant.challenge)
    ? null
    : refuse(501481, 'The Code_Verifier does not match the code_challenge supplied in the authorization request.');
}
