import { createHash } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { AppError } from '../lib/errors.ts';
import { storableText } from '../lib/storable-text.ts';
import type { Identity } from '../rollout/access/access.core.ts';
import { refused } from './api-error.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Who a token speaks for; the name is the directory's, for people to read and never to decide by. */
export type SignedIn = { identity: Identity; displayName: string | null };

export type TokenSettings = {
  /** Where tokens come from: https://login.microsoftonline.com, or the sandbox's sign-in service. */
  loginUrl: string;
  /** The app's id and its app id URIs: what a token for this API names as its audience. */
  audiences: readonly string[];
};

export type TokenDeps = {
  settings: TokenSettings;
  clock: Clock;
  keys: SigningKeys;
  /** Whether people of this tenant may come at all: a customer, or the service provider's own tenant. */
  isOnboarded(tenantId: string): Promise<boolean>;
};

export type TokenCheck = {
  /**
   * Who the bearer is. Refuses with `token_invalid` or `token_expired` (sign in again), `token_scope`, `token_client` or
   * `tenant_not_onboarded` (a good token for something else), or `sign_in_unavailable` (no verdict).
   */
  verify(token: string): Promise<SignedIn>;
};

/** Teams on the desktop and on phones, Teams in a browser: the only programs that get tokens for the tab. */
const TEAMS_CLIENTS: ReadonlySet<string> = new Set([
  '1fec8e78-bce4-4aaf-ab1b-5451cc387264',
  '5e3ce6c0-2b1f-4285-8d4b-75ee78787346',
]);
const SCOPE = 'access_as_user';
/** Clocks differ; a wider margin would let tokens live on noticeably. */
const TOLERANCE_SECONDS = 60;
const TOKEN_CHARACTERS_MAX = 16_384;
/** Longer names are cut; no directory has one. */
const NAME_CHARS_MAX = 256;
/** Checking a signature costs ten times all the rest, and a tab sends the same token for an hour. */
const REMEMBERED_MAX = 5_000;
const REMEMBERED_MS = 5 * 60_000;

const guid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i);
const claimsSchema = z.looseObject({
  tid: guid,
  oid: guid,
  ver: z.enum(['1.0', '2.0']),
  exp: z.number(),
  iss: z.string(),
  scp: z.string().optional(),
  idtyp: z.string().optional(),
  azp: z.string().optional(),
  appid: z.string().optional(),
  name: z.string().optional(),
});
type Claims = z.infer<typeof claimsSchema>;

/** Creates the check of the tokens that the tab sends, of both of Entra's token versions. */
export function createTokenCheck(deps: TokenDeps): TokenCheck {
  const remembered = new Map<string, { signedIn: SignedIn; until: number }>();
  return {
    verify: async (token) => {
      if (token.length > TOKEN_CHARACTERS_MAX) throw invalid('the token is too long');
      const key = createHash('sha256').update(token).digest('base64');
      const known = remembered.get(key);
      const now = deps.clock.now();
      // Not before it was remembered either: a clock that was turned back makes every earlier verdict void.
      if (known !== undefined && now < known.until && now >= known.until - REMEMBERED_MS) return known.signedIn;
      remembered.delete(key);
      const claims = await readClaims(deps, token);
      const signedIn = await judge(deps, claims);
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      remembered.set(key, { signedIn, until: Math.min(now + REMEMBERED_MS, claims.exp * 1_000) });
      return signedIn;
    },
  };
}

/** The token of an Authorization header. Refuses with `token_missing`. */
export function bearerOf(header: string | undefined): string {
  const [, token] = /^Bearer +([\w~+/.=-]+) *$/i.exec(header ?? '') ?? [];
  if (token === undefined) throw refused('token_missing', 'You are not signed in. Open this page as a tab in Teams.');
  return token;
}

/** The audiences that name this app: its id, and the forms of its app id URI that Teams asks for. */
export function audiencesOf(appId: string, publicUrl: string): string[] {
  const { host, hostname } = new URL(publicUrl);
  const hosts = [...new Set([host, hostname])];
  return [
    appId,
    `api://${appId}`,
    ...hosts.flatMap((name) => [`api://${name}/${appId}`, `api://${name}/botid-${appId}`]),
  ];
}

async function readClaims({ settings, clock, keys }: TokenDeps, token: string): Promise<Claims> {
  const payload = await jwtVerify(token, keys, {
    algorithms: ['RS256'],
    audience: [...settings.audiences],
    clockTolerance: TOLERANCE_SECONDS,
    currentDate: new Date(clock.now()),
    requiredClaims: ['exp', 'nbf', 'iat', 'tid', 'oid', 'ver', 'iss'],
  }).then(
    (verified): JWTPayload => verified.payload,
    (error: unknown) => {
      if (error instanceof errors.JWTExpired)
        throw refused('token_expired', 'Your sign-in has run out. Open the tab again.');
      if (error instanceof errors.JOSEError) throw invalid(error.code);
      throw error;
    },
  );
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw invalid(`claims: ${claims.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  return claims.data;
}

async function judge(deps: TokenDeps, claims: Claims): Promise<SignedIn> {
  // The tenants share their keys: only this ties a token to the tenant that it claims to come from.
  if (claims.iss !== issuerOf(deps.settings.loginUrl, claims)) throw invalid('the issuer is not that of the tenant');
  if (claims.idtyp === 'app' || claims.scp === undefined)
    throw refused('token_scope', 'This is for people who are signed in, not for programs.', 'an app-only token');
  if (!claims.scp.split(' ').includes(SCOPE))
    throw refused('token_scope', 'This sign-in is for something else. Open the tab again.', 'another scope');
  const client = claims.ver === '2.0' ? claims.azp : claims.appid;
  if (client === undefined || !TEAMS_CLIENTS.has(client.toLowerCase()))
    throw refused('token_client', 'This works inside Teams only.', 'a client other than Teams');
  const identity = { tenantId: claims.tid.toLowerCase(), objectId: claims.oid.toLowerCase() };
  if (!(await deps.isOnboarded(identity.tenantId)))
    throw refused('tenant_not_onboarded', 'Your organisation does not use this app yet. Ask your service provider.');
  return { identity, displayName: claims.name === undefined ? null : storableText(claims.name, NAME_CHARS_MAX) };
}

function issuerOf(loginUrl: string, { ver, tid }: Claims): string {
  return ver === '2.0' ? `${loginUrl.replace(/\/+$/, '')}/${tid}/v2.0` : `https://sts.windows.net/${tid}/`;
}

function invalid(why: string): AppError {
  return refused('token_invalid', 'Your sign-in could not be accepted. Open the tab again.', why);
}
