import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../src/lib/errors.ts';
import { createSharedWork } from '../src/lib/shared-work.ts';
import { placeOf } from './actor.ts';
import type { BotAdapter } from './adapter.ts';
import { createBotToken } from './bot-token.ts';
import { createChannelToken } from './channel-token.ts';
import { createWire } from './connector-http.ts';
import type { BotDeps } from './deps.ts';
import { newReference } from './errors.ts';
import { type Inbound, readInbound } from './inbound.ts';
import { checkedSettings, isKnownServiceUrl } from './settings.ts';
import { type BotJobs, createBotJobs } from './subscriptions.ts';
import { take } from './teams-bot.ts';

export type Bot = {
  /**
   * Answers POST /api/messages, its JSON already in `body`. What our code handled is HTTP 200; 401 for a token that does
   * not hold, 403 for an address or tenant that is none of ours, 400 for what is no activity, 503 when the signing keys
   * cannot be read. Nothing is stored and no stack is told in any of these.
   */
  handle(request: IncomingMessage & { body?: unknown }, response: ServerResponse): Promise<void>;
  jobs: BotJobs;
  /** Ends every connection. */
  close(): Promise<void>;
};

/** Creates the bot. botbuilder is loaded with the first activity or message. Refuses settings with `teams_settings`. */
export function createBot(given: BotDeps): Bot {
  const deps: BotDeps = { sharePhase: createSharedWork(), ...given, settings: checkedSettings(given.settings) };
  const { settings } = deps;
  const wire = createWire(settings);
  const channelToken = createChannelToken({ wire, clock: deps.clock }, settings);
  const token = createBotToken({ wire, clock: deps.clock }, settings);
  let adapter: Promise<BotAdapter> | undefined;
  // Loading the SDK takes time and memory that a command line does not have to pay.
  const loaded = () => {
    adapter ??= import('./adapter.ts').then(({ createAdapter }) => createAdapter({ ...deps, settings, wire, token }));
    return adapter;
  };
  const late: BotAdapter = {
    turn: async (...call) => (await loaded()).turn(...call),
    post: async (...call) => (await loaded()).post(...call),
    update: async (...call) => (await loaded()).update(...call),
    postToChannel: async (...call) => (await loaded()).postToChannel(...call),
    openChat: async (...call) => (await loaded()).openChat(...call),
  };
  const check = (authorization: string, activity: { serviceUrl: string; channelId: string }) =>
    channelToken.verify(authorization, activity);
  return {
    jobs: createBotJobs({ ...deps, adapter: late }),
    close: () => wire.close(),
    handle: async (request, response) => {
      const answer = await answered({ deps, adapter: late, check }, request).catch((error: unknown) =>
        failed(deps, error),
      );
      respond(response, answer);
    },
  };
}

type HttpAnswer = { status: number; body?: unknown };
type Parts = {
  deps: BotDeps;
  adapter: BotAdapter;
  check(authorization: string, activity: { serviceUrl: string; channelId: string }): Promise<unknown>;
};

/** The ladder of checks: what it is, where the answer would go, who sent it, whose tenant it is. */
async function answered(
  { deps, adapter, check }: Parts,
  request: IncomingMessage & { body?: unknown },
): Promise<HttpAnswer> {
  const authorization = request.headers.authorization ?? '';
  if (authorization === '') return refused(deps, 401, 'token_missing');
  const inbound = readInbound(request.body);
  if (inbound === undefined) return refused(deps, 400, 'activity_invalid');
  if (!isKnownServiceUrl(inbound.serviceUrl, deps.settings)) return refused(deps, 403, 'service_url_refused');
  await check(authorization, { serviceUrl: inbound.serviceUrl, channelId: 'msteams' });
  const place = await placeOf(deps, inbound);
  if (place === undefined) return refused(deps, 403, 'tenant_unknown');
  return adapter.turn(request.body as object, () => taken(deps, place, inbound));
}

/** What fails in an invoke is told in its answer; of a message nobody waits for the answer, so it is logged. */
async function taken(deps: BotDeps, place: NonNullable<Awaited<ReturnType<typeof placeOf>>>, inbound: Inbound) {
  try {
    const answer = await take(deps, place, inbound);
    deps.stopPoint(`bot.${inbound.type}.handled`);
    return answer;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not_granted') throw error;
    deps.log.info('bot.ignored', { why: error.code, activity: inbound.type });
    return undefined;
  }
}

function failed(deps: BotDeps, error: unknown): HttpAnswer {
  if (error instanceof AppError && error.code === 'token_refused') return refused(deps, 401, error.code);
  if (error instanceof AppError && error.code === 'keys_unreachable') return refused(deps, 503, error.code);
  const reference = newReference();
  const text = error instanceof Error ? `${error.name}: ${error.message}` : 'thrown';
  deps.log.error('bot.failed', { reference, error: text });
  return { status: 500, body: { error: { code: 'internal', message: `Something failed. Reference ${reference}.` } } };
}

function refused({ log }: BotDeps, status: number, code: string): HttpAnswer {
  const reference = newReference();
  log.warn('bot.refused', { reference, code });
  return { status, body: { error: { code, message: `This activity is not taken. Reference ${reference}.` } } };
}

function respond(response: ServerResponse, { status, body }: HttpAnswer): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(text);
}
