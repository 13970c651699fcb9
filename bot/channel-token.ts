import { decodeProtectedHeader, importJWK, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../src/lib/clock.ts';
import { AppError } from '../src/lib/errors.ts';
import { jsonOf } from './bot-token.ts';
import type { Wire } from './connector-http.ts';
import type { BotSettings } from './settings.ts';

/** Checks the token that the Bot Framework sends with an activity. */
export type ChannelToken = {
  /**
   * The claims of a good token. Refuses with `token_refused` whatever is wrong with it, and with `keys_unreachable`
   * when the signing keys cannot be had.
   */
  verify(authorization: string, activity: { serviceUrl: string; channelId: string }): Promise<JWTPayload>;
};

const ISSUER = 'https://api.botframework.com';
const SKEW_SECONDS = 5 * 60;
const KEYS_KEPT_MS = 24 * 3_600_000;
/** A token that names an unknown key makes us look again, but not more often than this. */
const REFRESH_MS_MIN = 60_000;
/** After a failure sooner; but anybody can send tokens that make us look. */
const RETRY_MS_MIN = 1_000;

const metadata = z.looseObject({ jwks_uri: z.url() });
const keySet = z.looseObject({ keys: z.array(z.unknown()) });
const rsaKey = z.looseObject({
  kid: z.string(),
  kty: z.literal('RSA'),
  n: z.string(),
  e: z.string(),
  endorsements: z.array(z.string()).nullish(),
});

type Key = z.infer<typeof rsaKey>;

/**
 * Creates the check of channel tokens, by the rules of the Bot Framework's connector authentication: issuer, audience
 * (our app), time with five minutes of skew, signature by a key of the OpenID metadata, its endorsement for Teams, and
 * the service address. botbuilder's own check answers a bad signature as a fault, skips the address when the activity
 * has none, and takes tokens of the emulator; it cannot use our certificate authorities either.
 */
export function createChannelToken(deps: { wire: Wire; clock: Clock }, settings: BotSettings): ChannelToken {
  const keys = createKeys(deps, settings.openIdMetadataUrl);
  return {
    verify: async (authorization, activity) => {
      const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization)?.[1];
      if (token === undefined) throw refused('no bearer token');
      const key = await keys.find(kidOf(token));
      if (key === undefined) throw refused('signed by an unknown key');
      const payload = await verified(token, key, { settings, now: new Date(deps.clock.now()) });
      const endorsements = key.endorsements ?? [];
      if (endorsements.length > 0 && !endorsements.includes(activity.channelId)) throw refused('key not for Teams');
      if (payload.serviceurl !== activity.serviceUrl) throw refused('for another service address');
      return payload;
    },
  };
}

function kidOf(token: string): string {
  try {
    return decodeProtectedHeader(token).kid ?? '';
  } catch (cause) {
    throw refused('no JWT', cause);
  }
}

async function verified(
  token: string,
  key: Key,
  { settings, now }: { settings: BotSettings; now: Date },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, await importJWK({ kty: key.kty, n: key.n, e: key.e }, 'RS256'), {
      algorithms: ['RS256'],
      issuer: ISSUER,
      audience: settings.appId,
      clockTolerance: SKEW_SECONDS,
      currentDate: now,
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (cause) {
    throw refused('signature, issuer, audience or time', cause);
  }
}

function createKeys({ wire, clock }: { wire: Wire; clock: Clock }, url: string) {
  let known: { keys: readonly Key[]; at: number } | undefined;
  let flight: Promise<void> | undefined;
  const refresh = () => {
    flight ??= read()
      .then((keys) => {
        known = { keys, at: clock.now() };
      })
      .finally(() => {
        flight = undefined;
      });
    return flight;
  };
  const read = async (): Promise<readonly Key[]> => {
    const { jwks_uri: keysUrl } = metadata.parse(await jsonAt(wire, url));
    const { keys } = keySet.parse(await jsonAt(wire, keysUrl));
    // A key of another kind is none of ours to use, and no reason to believe the others less.
    return keys.flatMap((key) => rsaKey.safeParse(key).data ?? []);
  };
  let failedAt: number | undefined;
  const refreshed = async () => {
    if (failedAt !== undefined && Math.abs(clock.now() - failedAt) < RETRY_MS_MIN) throw unreachable('tried just now');
    try {
      await refresh();
    } catch (cause) {
      failedAt = clock.now();
      throw unreachable(cause);
    }
  };
  return {
    find: async (kid: string): Promise<Key | undefined> => {
      const isOld = known === undefined || clock.now() - known.at > KEYS_KEPT_MS;
      if (isOld) await refreshed();
      const found = known?.keys.find((key) => key.kid === kid);
      if (found !== undefined || known === undefined || clock.now() - known.at < REFRESH_MS_MIN) return found;
      await refreshed();
      return known.keys.find((key) => key.kid === kid);
    },
  };
}

async function jsonAt(wire: Wire, url: string): Promise<unknown> {
  const { status, text } = await wire.exchange({ method: 'GET', url, headers: { accept: 'application/json' } });
  if (status !== 200) throw new AppError('keys_unreachable', `the signing keys were answered with ${status}`);
  return jsonOf(text);
}

function unreachable(cause: unknown): AppError {
  return new AppError('keys_unreachable', 'the signing keys of the Bot Framework cannot be read', { cause });
}

function refused(why: string, cause?: unknown): AppError {
  return new AppError('token_refused', `the activity's token is refused: ${why}`, cause === undefined ? {} : { cause });
}
