import { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { VendorBrokenError, type VendorCall, VendorRefusedError } from '../../../lib/errors.ts';
import { createHeldToken, type HeldToken } from '../../held-token.ts';
import type { HttpClient } from '../../http.ts';
import type { HttpAnswer } from '../../http-types.ts';
import type { SecretRoom } from '../../kept-secret.ts';
import { bambooCallOf } from './calls.ts';
import type { BambooOAuth } from './settings.ts';

type Deps = { http: HttpClient; clock: Clock };

const TOKEN_CALL = bambooCallOf('token');
const CALL: VendorCall = { vendor: 'bamboohr', method: TOKEN_CALL.method, path: TOKEN_CALL.path };

/** The code with which the token endpoint refuses the refresh token itself, and nothing else. */
const NO_GRANT = 'invalid_grant';

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  /** A successor of the refresh token; where it is absent the old one goes on. */
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.coerce.number().positive(),
});

/**
 * Creates the token source of one company's connection (OAuth, refresh token). A successor of the refresh token is kept
 * before the access token is given out. Refuses by VendorRefusedError with BambooHR's code: `invalid_grant` says the
 * connection has ended, any other the application.
 */
export function createBambooToken(deps: Deps, oauth: BambooOAuth): HeldToken {
  /** A successor that could not be kept: it alone is still good, so this process goes on with it. */
  let unkept: string | null = null;
  const refresh = async (room: SecretRoom) => {
    const { token, used } = await redeemed(deps, oauth, unkept);
    const next = token.refresh_token ?? used;
    if (next !== used || unkept !== null) {
      unkept = next;
      room.keep(next);
      unkept = null;
    }
    return { token: token.access_token, lifetimeMs: token.expires_in * 1_000 };
  };
  return createHeldToken(deps.clock, async () => {
    const room = oauth.refreshToken.makeRoom();
    try {
      return await refresh(room);
    } finally {
      room.close();
    }
  });
}

/**
 * One connection may serve several processes: where the refresh token was refused and another stands in its place by
 * now, another process has used it, and the other one is tried.
 */
async function redeemed(deps: Deps, oauth: BambooOAuth, unkept: string | null) {
  const used = unkept ?? oauth.refreshToken.read();
  try {
    return { token: await redeem(deps, oauth, refreshForm(used)), used };
  } catch (error) {
    const isEnded = error instanceof VendorRefusedError && error.call.vendorCode === NO_GRANT;
    const now = isEnded ? oauth.refreshToken.read() : used;
    if (now === used) throw error;
    return { token: await redeem(deps, oauth, refreshForm(now)), used: now };
  }
}

function refreshForm(refreshToken: string): Record<string, string> {
  return { grant_type: 'refresh_token', refresh_token: refreshToken };
}

/**
 * Exchanges the code that an administrator's consent brought for the first tokens and keeps the refresh token. Refuses
 * with BambooHR's code, and by VendorBrokenError where no refresh token came: `offline_access` was then not granted.
 */
export async function connectBamboo(
  deps: Pick<Deps, 'http'>,
  oauth: BambooOAuth,
  given: { code: string; redirectUri: string },
): Promise<void> {
  const room = oauth.refreshToken.makeRoom();
  try {
    const form = { grant_type: 'authorization_code', code: given.code, redirect_uri: given.redirectUri };
    const { refresh_token: first } = await redeem(deps, oauth, form);
    if (first === null || first === undefined) {
      throw new VendorBrokenError(CALL, 'no refresh token came', {
        userMessage: 'BambooHR gave no refresh token: the application must be allowed the scope offline_access.',
      });
    }
    room.keep(first);
  } finally {
    room.close();
  }
}

async function redeem({ http }: Pick<Deps, 'http'>, oauth: BambooOAuth, form: Record<string, string>) {
  const { clientId, clientSecret, loginUrl } = oauth;
  const answer: HttpAnswer = await http.send({
    vendor: 'bamboohr',
    method: TOKEN_CALL.method,
    url: `${loginUrl}${TOKEN_CALL.path}?request=token`,
    pathTemplate: TOKEN_CALL.path,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }).toString(),
    expect: 'json',
    // A lost answer leaves nothing but to ask again: the token it carried is lost either way.
    repeatable: true,
    refusalMessage: (status) => (status === 401 ? REFUSED_APP : REFUSED_GRANT),
  });
  const parsed = tokenAnswer.safeParse(answer.body);
  if (!parsed.success) throw new VendorBrokenError(CALL, 'the answer is not a token');
  return parsed.data;
}

const REFUSED_APP =
  'BambooHR refused the application: check hr.oauth.clientId and the secret that hr.oauth.clientSecret refers to.';
const REFUSED_GRANT =
  'BambooHR no longer accepts this connection: it was revoked, has expired, was used up elsewhere, or belongs to another application. Connect again with "mfa-rollout customers connect-hr".';
