import { createHash, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { textOf } from '../state/state.ts';
import type { Tenant } from '../world/world.ts';
import type { SigningKeys } from './keys.ts';

/** The application as which Teams in a browser asks for tokens of a tab. */
export const TEAMS_WEB_CLIENT = '5e3ce6c0-2b1f-4285-8d4b-75ee78787346';

export type TokenDeps = { clock: Clock; keys: SigningKeys; loginUrl: () => string };

/** A person of a tenant. */
export type Subject = { tenantId: string; user: Tenant['users'][number] };

const LIFE_SECONDS = 3600;

/** What a tab gets for its signed-in person: a version 2 token for the app, to act as the user. */
export function signTabToken(deps: TokenDeps, who: Subject, appId: string): Promise<string> {
  return sign(deps, {
    ...claimsOf(deps, who, appId),
    azp: TEAMS_WEB_CLIENT,
    azpacr: '0',
    scp: 'access_as_user',
    rh: 'sandbox',
    uti: randomUUID(),
  });
}

/** Who signed in, for the client that asked. */
export function signIdToken(
  deps: TokenDeps,
  who: Subject,
  given: { clientId: string; nonce: string | null },
): Promise<string> {
  const { clientId, nonce } = given;
  return sign(deps, { ...claimsOf(deps, who, clientId), ...(nonce === null ? {} : { nonce }) });
}

function claimsOf(deps: TokenDeps, { tenantId, user }: Subject, audience: string): Record<string, unknown> {
  return {
    aud: audience,
    iss: `${deps.loginUrl()}/${tenantId}/v2.0`,
    name: textOf(user, 'displayName'),
    oid: user.id,
    preferred_username: textOf(user, 'userPrincipalName'),
    // Another subject for every application, so that two of them cannot compare whom they know.
    sub: createHash('sha256').update(`${audience} ${tenantId} ${user.id}`).digest('base64url'),
    tid: tenantId,
    ver: '2.0',
  };
}

function sign(deps: TokenDeps, claims: Record<string, unknown>): Promise<string> {
  const issuedAt = Math.floor(deps.clock.now() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: deps.keys.kid })
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + LIFE_SECONDS)
    .sign(deps.keys.privateKey);
}
