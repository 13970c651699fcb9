/** The way from Teams to the product's bot: each activity signed by the channel, posted once, never off this machine. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import { Agent, request } from 'undici';
import type { Clock } from '../../lib/clock.ts';
import type { SigningKeys } from '../login/keys.ts';
import type { SandboxState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { CHANNEL_ISSUER } from './connector.ts';

/** How the bot took an activity: its HTTP status and body, or that it could not be reached. */
export type BotAnswer = { reached: true; status: number; body: string } | { reached: false; why: string };

export type BotLink = {
  /** Posts an activity and gives the bot's answer; never rejects. */
  post(activity: GraphObject): Promise<BotAnswer>;
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

export type BotLinkDeps = { state: SandboxState; clock: Clock; keys: SigningKeys; caFile: string };

const TOKEN_SECONDS = 300;
/** After which Teams tells the person that the app does not answer. */
const PATIENCE_MS = 15_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Creates the link; where the bot answers stands in the state, and can change at any time. */
export function createBotLink(deps: BotLinkDeps): BotLink {
  const agent = new Agent({ connect: { ca: readFileSync(deps.caFile, 'utf8') } });
  const underway = new Set<Promise<BotAnswer>>();
  const send = async (activity: GraphObject): Promise<BotAnswer> => {
    const endpoint = deps.state.botEndpoint;
    if (endpoint === null) return { reached: false, why: 'no bot has told its address' };
    if (!LOOPBACK.has(URL.parse(endpoint)?.hostname ?? ''))
      return { reached: false, why: 'its address is not on this machine' };
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await signActivity(deps, activity)}`,
    };
    const answer = await request(endpoint, {
      dispatcher: agent,
      method: 'POST',
      headers,
      body: JSON.stringify(activity),
      headersTimeout: PATIENCE_MS,
      bodyTimeout: PATIENCE_MS,
    });
    return { reached: true, status: answer.statusCode, body: await answer.body.text() };
  };
  return {
    post(activity) {
      const sent = send(activity).catch(
        (error: unknown): BotAnswer => ({
          reached: false,
          why: error instanceof Error ? error.message : String(error),
        }),
      );
      underway.add(sent);
      void sent.finally(() => underway.delete(sent));
      return sent;
    },
    async idle() {
      while (underway.size > 0) await Promise.all(underway);
    },
    stop: () => agent.destroy(),
  };
}

/** The channel's token for one activity: for this bot, and only for the address that the activity names. */
export function signActivity(
  deps: Pick<BotLinkDeps, 'state' | 'clock' | 'keys'>,
  activity: GraphObject,
): Promise<string> {
  const issuedAt = Math.floor(deps.clock.now() / 1000);
  return new SignJWT({ serviceurl: activity.serviceUrl, uti: randomUUID() })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: deps.keys.kid, x5t: deps.keys.kid })
    .setIssuer(CHANNEL_ISSUER)
    .setAudience(deps.state.cast.provider.app.appId)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_SECONDS)
    .sign(deps.keys.privateKey);
}
