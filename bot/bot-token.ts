import { z } from 'zod';
import type { Clock } from '../src/lib/clock.ts';
import { AppError } from '../src/lib/errors.ts';
import type { Wire } from './connector-http.ts';
import type { BotSettings } from './settings.ts';

const RENEW_BEFORE_MS = 5 * 60_000;
const SCOPE = 'https://api.botframework.com/.default';

const answer = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** The bot's own token, held until shortly before its end; concurrent callers share one request for it. */
export type BotToken = { token(): Promise<string>; forget(token: string): void };

/**
 * Creates the source of the bot's token: client credentials in our own tenant, since the bot is registered as a
 * single-tenant one. botbuilder's own source keeps tokens in one place for the whole process and takes no certificate
 * authority of ours. Refuses with `bot_token_refused`.
 */
export function createBotToken(deps: { wire: Wire; clock: Clock }, settings: BotSettings): BotToken {
  let held: { token: string; renewAt: number } | undefined;
  let flight: Promise<string> | undefined;
  const fetchToken = async () => {
    const asked = deps.clock.now();
    const { status, text } = await deps.wire.exchange({
      method: 'POST',
      url: `${settings.loginUrl.replace(/\/+$/, '')}/${settings.homeTenantId}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: settings.appId,
        client_secret: settings.appSecret,
        scope: SCOPE,
      }).toString(),
    });
    const parsed = status === 200 ? answer.safeParse(jsonOf(text)) : undefined;
    if (parsed?.success !== true) {
      throw new AppError('bot_token_refused', `the login service gave the bot no token (${status})`, {
        userMessage: 'Microsoft gave the bot no token: check app id, secret and home tenant.',
        facts: { status },
      });
    }
    const lifetimeMs = parsed.data.expires_in * 1_000;
    held = {
      token: parsed.data.access_token,
      renewAt: asked + Math.max(lifetimeMs - RENEW_BEFORE_MS, lifetimeMs / 2),
    };
    return held.token;
  };
  return {
    token: () => {
      if (held !== undefined && deps.clock.now() < held.renewAt) return Promise.resolve(held.token);
      flight ??= fetchToken().finally(() => {
        flight = undefined;
      });
      return flight;
    },
    forget: (token) => {
      if (held?.token === token) held = undefined;
    },
  };
}

/** The JSON value of a text; undefined when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // That it is no JSON is the answer.
    return undefined;
  }
}
