/** Who looks at the page: signed in at the sandbox's sign-in service by the authorization-code flow with PKCE. */
import { createHash, randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Answer, Call } from '../http/exchange.ts';
import { cookieOf, SIGN_IN_COOKIE } from '../login/authorize.ts';
import { TEAMS_WEB_CLIENT } from '../login/person-tokens.ts';
import type { Person } from './places.ts';
import type { StandInDeps } from './stand-in-deps.ts';

export type Sessions = {
  /** The person whose cookie this is; null when nobody is signed in. */
  personOf(call: Call): Promise<Person | null>;
  /** Sends the browser to the sign-in page, and to where it was afterwards; `select` shows it although somebody is signed in. */
  begin(call: Call): Answer;
  /** The browser comes back with a code. */
  finish(call: Call): Promise<Answer>;
  end(): Answer;
};

type Begun = { verifier: string; nonce: string; expires: number; backTo: string };

const BEGUN_MS = 900_000;
const SESSION_SECONDS = 12 * 3600;
const AUDIENCE = 'stand-in';
/** Behind this path the sign-in service answers without TLS. */
export const SIGN_IN_PATH = '/login';

/** Links to pages of the app's tab begin so, as they do at Teams itself. */
const TAB_LINK = /^\/l\/entity\/[\w-]+\/[\w-]+$/;

/** Whether a call follows a link to a page of the tab. */
export function isTabLink({ method, path }: Pick<Call, 'method' | 'path'>): boolean {
  return method === 'GET' && TAB_LINK.test(path);
}

/** Creates the sessions; what was begun and not finished is forgotten at a restart. */
export function createSessions(deps: StandInDeps): Sessions {
  const begun = new Map<string, Begun>();
  // Browsers send cookies to every port of a host, so that two sandboxes need names of their own.
  const name = () => `stand-in-${new URL(deps.urls().standIn).port}`;
  const redirectUri = () => `${deps.urls().standIn}/signed-in`;
  return {
    async personOf(call) {
      const cookie = cookieOf(call, name());
      return cookie === null ? null : readSession(deps, cookie);
    },
    begin(call) {
      const state = randomBytes(16).toString('base64url');
      const verifier = randomBytes(32).toString('base64url');
      const nonce = randomBytes(16).toString('base64url');
      forgetOld(begun, deps.clock.now());
      const backTo = isTabLink(call) ? `${call.path}?${call.query.toString()}` : '/';
      begun.set(state, { verifier, nonce, expires: deps.clock.now() + BEGUN_MS, backTo });
      const query = new URLSearchParams({
        client_id: TEAMS_WEB_CLIENT,
        response_type: 'code',
        redirect_uri: redirectUri(),
        scope: 'openid profile',
        state,
        nonce,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...(call.query.get('prompt') === 'select_account' ? { prompt: 'select_account' } : {}),
      });
      const place = `${SIGN_IN_PATH}/organizations/oauth2/v2.0/authorize?${query.toString()}`;
      return { status: 302, headers: { Location: place, 'Cache-Control': 'no-store' } };
    },
    async finish(call) {
      const state = call.query.get('state') ?? '';
      const known = begun.get(state);
      begun.delete(state);
      const again: Answer = { status: 302, headers: { Location: '/sign-in' } };
      if (known === undefined) return again;
      const idToken = await redeem(deps, { code: call.query.get('code') ?? '', known, redirectUri: redirectUri() });
      const session = idToken === null ? null : await sessionFrom(deps, idToken, known.nonce);
      if (session === null) return again;
      const cookie = `${name()}=${session}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${SESSION_SECONDS}`;
      return { status: 302, headers: { Location: known.backTo, 'Set-Cookie': cookie } };
    },
    end() {
      const gone = (cookie: string) => `${cookie}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
      return { status: 204, headers: { 'Set-Cookie': [gone(name()), gone(SIGN_IN_COOKIE)] } };
    },
  };
}

function forgetOld(begun: Map<string, Begun>, now: number): void {
  for (const [state, { expires }] of begun) if (expires <= now) begun.delete(state);
}

/** The id token for a code, from the token endpoint; null when it is refused. */
async function redeem(
  deps: StandInDeps,
  given: { code: string; known: Begun; redirectUri: string },
): Promise<string | null> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: TEAMS_WEB_CLIENT,
    code: given.code,
    redirect_uri: given.redirectUri,
    code_verifier: given.known.verifier,
  });
  const path = '/organizations/oauth2/v2.0/token';
  const call = { method: 'POST', path, query: new URLSearchParams(), headers: {}, body: form.toString() };
  const { status, body } = await deps.login.match(call).answer({});
  const isGood = status === 200 && typeof body === 'object' && body !== null && 'id_token' in body;
  return isGood && typeof body.id_token === 'string' ? body.id_token : null;
}

async function sessionFrom(deps: StandInDeps, idToken: string, nonce: string): Promise<string | null> {
  const now = deps.clock.now();
  const options = { audience: TEAMS_WEB_CLIENT, currentDate: new Date(now) };
  const { payload } = await jwtVerify(idToken, deps.keys.publicKey, options);
  if (payload.nonce !== nonce) return null;
  return new SignJWT({ tid: payload.tid, oid: payload.oid })
    .setProtectedHeader({ alg: 'RS256' })
    .setAudience(AUDIENCE)
    .setExpirationTime(Math.floor(now / 1000) + SESSION_SECONDS)
    .sign(deps.keys.privateKey);
}

async function readSession(deps: StandInDeps, cookie: string): Promise<Person | null> {
  try {
    const options = { audience: AUDIENCE, currentDate: new Date(deps.clock.now()) };
    const { payload } = await jwtVerify(cookie, deps.keys.publicKey, options);
    return deps.teams.person(String(payload.tid), String(payload.oid));
  } catch {
    // An old cookie, or a person who is gone: whoever it is signs in again.
    return null;
  }
}
