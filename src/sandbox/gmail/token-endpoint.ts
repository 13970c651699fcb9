/** Google's token endpoint for service accounts: a signed assertion against an access token for one mailbox. */

import type { JWTPayload } from 'jose';
import { errors, jwtVerify } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import type { Answer, Call, CallFacts, VendorApp } from '../http/exchange.ts';
import type { SandboxState } from '../state/state.ts';
import { type ServiceAccountKey, writeToken } from './service-account.ts';
import { isSubject, type Workspace, workspaceOfAddress } from './state.ts';

type TokenDeps = { state: SandboxState; clock: Clock; key: ServiceAccountKey; tokenUrl: () => string };

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const GOOGLE_AUDIENCE = 'https://oauth2.googleapis.com/token';
const LIFE_SECONDS_MAX = 3600;
/** Google's tokens are said to last one second less than the hour. */
const TOKEN_SECONDS = 3599;
const SKEW_SECONDS = 300;

/** Creates the simulated token endpoint. */
export function createGoogleToken(deps: TokenDeps): VendorApp & { errorAnswer(status: number): Answer } {
  return {
    vendor: 'googleToken',
    errorAnswer: (status) => refusal(status, status >= 500 ? 'internal_failure' : 'invalid_request', 'Bad Request'),
    match(call) {
      const facts: CallFacts = {};
      const isToken = call.method === 'POST' && call.path === '/token';
      const answer = () => (isToken ? issue(deps, call, facts) : Promise.resolve({ status: 404 }));
      return { template: isToken ? '/token' : '(unknown)', facts, answer };
    },
  };
}

async function issue(deps: TokenDeps, call: Call, facts: CallFacts): Promise<Answer> {
  const form = new URLSearchParams(call.body);
  const grantType = form.get('grant_type');
  if (grantType !== GRANT) return refusal(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType ?? ''}`);
  const read = await readAssertion(deps, form.get('assertion') ?? '');
  if (typeof read === 'string') return refusal(400, 'invalid_grant', read);
  const scopes = typeof read.scope === 'string' ? read.scope.split(/\s+/).filter((scope) => scope !== '') : [];
  if (scopes.length === 0) return refusal(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  facts.appId = deps.state.gmail.serviceAccount.clientId;
  // Without a subject the token is the service account's own, which has no mailbox; Gmail says so, not this endpoint.
  if (read.sub === undefined || read.sub === read.iss) return grant(deps, { scopes, mailbox: null, workspace: null });
  const mailbox = read.sub.toLowerCase();
  const workspace = workspaceOfAddress(deps.state.gmail, mailbox);
  if (workspace === undefined || !isSubject(workspace, mailbox)) {
    return refusal(400, 'invalid_grant', 'Invalid email or User ID');
  }
  facts.tenant = workspace.tenant.tenantId;
  if (!scopes.every((scope) => workspace.delegatedScopes.includes(scope)))
    return refusal(401, 'unauthorized_client', UNAUTHORIZED);
  return grant(deps, { scopes, mailbox, workspace });
}

const UNAUTHORIZED =
  'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';
const LIFETIME =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';

/** The claims of a good assertion, or what is wrong with it in Google's words. */
async function readAssertion(deps: TokenDeps, assertion: string): Promise<JWTPayload | string> {
  const { email } = deps.state.gmail.serviceAccount;
  const now = deps.clock.now() / 1000;
  try {
    const options = { currentDate: new Date(deps.clock.now()), clockTolerance: SKEW_SECONDS, algorithms: ['RS256'] };
    const { payload } = await jwtVerify(assertion, deps.key.publicKey, options);
    if (payload.iss !== email) return 'Invalid grant: account not found';
    const audiences = [payload.aud].flat();
    if (![GOOGLE_AUDIENCE, deps.tokenUrl()].some((audience) => audiences.includes(audience))) {
      return 'Invalid JWT: Failed audience check.';
    }
    const { iat, exp } = payload;
    const isShort = iat !== undefined && exp !== undefined && exp - iat <= LIFE_SECONDS_MAX && exp > iat;
    return isShort && iat <= now + SKEW_SECONDS && exp > now ? payload : LIFETIME;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'Invalid JWT Signature.';
    if (error instanceof errors.JWTExpired) return LIFETIME;
    // Whatever else the library finds wrong is a mistake of the caller's: the text is no assertion.
    return 'Bad Request';
  }
}

function grant(
  deps: TokenDeps,
  given: { scopes: string[]; mailbox: string | null; workspace: Workspace | null },
): Answer {
  const token = writeToken(deps.key.tokenSecret, {
    scopes: given.scopes,
    mailbox: given.mailbox,
    tenantId: given.workspace?.tenant.tenantId ?? null,
    expires: Math.floor(deps.clock.now() / 1000) + TOKEN_SECONDS,
  });
  return { status: 200, body: { access_token: token, expires_in: TOKEN_SECONDS, token_type: 'Bearer' } };
}

function refusal(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } };
}
